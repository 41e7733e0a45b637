"""The help pages: one Markdown file per document, report and script, and what the declarations add to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bondesk.base.catalogue import Catalogue
from bondesk.base.documents import DocumentType
from bondesk.base.fields import Field
from bondesk.base.options import options_of

INDEX, KEYS = "index", "keys"
#: Pages that belong to no declaration.
OWN_PAGES = (
    INDEX,
    KEYS,
    "importing",
    "flow",
    "single_window",
    "rehearsal",
    "training",
    "ic_card",
    "data_update",
    "pre_entry",
)
_EXCERPT = 60


@dataclass(frozen=True, slots=True)
class Topic:
    """A page: its key (the file's name), its title and its text."""

    key: str
    title: str
    text: str


def declared_keys(catalogue: Catalogue) -> list[str]:
    """Return the keys that must have a page, in menu order."""
    declared: list[str] = [document.key for document in catalogue.documents]
    declared += [report.key for report in catalogue.reports]
    return declared + [script.key for script in catalogue.scripts]


class HelpPages:
    """The pages of a folder; a missing folder gives one page that says so."""

    def __init__(self, folder: Path | None, catalogue: Catalogue) -> None:
        """Read nothing yet."""
        self._folder, self._catalogue = folder, catalogue
        self._topics: dict[str, Topic] | None = None

    def topics(self) -> dict[str, Topic]:
        """Return every page by key, read once."""
        if self._topics is None:
            self._topics = {topic.key: topic for topic in self._read()}
        return self._topics

    def _read(self) -> Iterator[Topic]:
        if self._folder is None or not self._folder.is_dir():
            return
        for path in sorted(self._folder.glob("*.md")):
            text = path.read_text(encoding="utf-8")
            yield Topic(path.stem, text.partition("\n")[0].lstrip("# ").strip() or path.stem, text)

    def has(self, key: str) -> bool:
        """Tell whether there is a page of that key."""
        return key in self.topics()

    def markdown(self, key: str) -> str:
        """Return the text of a page with the field list of its declaration; a word when there is none."""
        topic = self.topics().get(key)
        if topic is None:
            return f"# 没有这一页\n\n没有找到帮助「{key}」。请从[目录]({INDEX}.md)进入，或在上面输入文字查找。"
        if key == INDEX:
            return f"{topic.text}\n{self._contents()}"
        return f"{topic.text}\n{self._declared(key)}"

    def _contents(self) -> str:
        catalogue, lines = self._catalogue, list[str]()
        for area in catalogue.areas:
            entries = [(d.key, d.title) for d in catalogue.documents if d.area == area.key]
            entries += [(r.key, r.title) for r in catalogue.reports if r.area == area.key]
            keys = {key for key, _ in entries}
            entries += [(s.key, s.title) for s in catalogue.scripts if s.document in keys]
            links = "　".join(f"[{title}]({key}.md)" for key, title in entries if self.has(key))
            if links:
                lines.append(f"**{area.title}**　{links}\n")
        return "\n".join(lines)

    def _declared(self, key: str) -> str:
        for document in self._catalogue.documents:
            if document.key == key:
                return _fields_of(document)
        options = {one.key: one.options for one in self._catalogue.reports}
        options |= {one.key: one.options for one in self._catalogue.scripts}
        rows = [(option.label, option.help) for option in options_of(options[key])] if key in options else []
        return _table("选项", ("选项", "说明"), rows) if rows else ""

    def search(self, words: str) -> list[tuple[Topic, str]]:
        """Return the pages that hold every word, those with it in the title first, each with an excerpt."""
        wanted = words.lower().split()
        if not wanted:
            return []
        found = []
        for topic in self.topics().values():
            text = self.markdown(topic.key)
            low = text.lower()
            if all(word in low for word in wanted):
                rank = 0 if wanted[0] in topic.title.lower() else 1
                found.append((rank, topic, _excerpt(text, wanted[-1])))
        found.sort(key=lambda one: one[0])
        return [(topic, excerpt) for _, topic, excerpt in found]


def _excerpt(text: str, word: str) -> str:
    flat = " ".join(text.replace("|", " ").replace("#", " ").replace("*", "").split())
    at = max(flat.lower().find(word) - _EXCERPT // 3, 0)
    return f"…{flat[at : at + _EXCERPT]}…"


def _fields_of(document: DocumentType) -> str:
    parts = [_table("字段", ("字段", "怎么填"), [_field_row(entry) for entry in document.head_fields])]
    for table in document.lines:
        parts.append(_table(f"{table.title}的字段", ("字段", "怎么填"), [_field_row(entry) for entry in table.fields]))
    return "\n".join(parts)


def _field_row(entry: Field) -> tuple[str, str]:
    words = ["必填"] if entry.required and not entry.readonly else []
    if entry.readonly:
        words.append("程序填写")
    if entry.choices:
        words.append("选择：" + "、".join(name for _, name in entry.choices[:8]))
    elif entry.table:
        words.append("海关代码，按空格打开代码表")
    elif entry.reference:
        words.append("引用已有档案")
    elif entry.places:
        words.append(f"数字，最多 {entry.places} 位小数")
    elif entry.length:
        words.append(f"最多 {entry.length} 个字符")
    if entry.help:
        words.append(entry.help)
    return entry.label, "；".join(words)


def _table(title: str, heads: Sequence[str], rows: Sequence[tuple[str, str]]) -> str:
    lines = [f"\n## {title}\n", f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    lines += [f"| {_cell(label)} | {_cell(text)} |" for label, text in rows]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "／").replace("\n", " ") or "　"
