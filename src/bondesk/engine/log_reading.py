"""The operation log as a clerk reads it: labels for keys, names for codes, lines under their number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType, LineTable
from bondesk.base.fields import Field, field_of
from bondesk.base.numbers import plain
from bondesk.base.readings import Unreadable, read_number

EMPTY, NEW_LINE, GONE_LINE = "空", "新增行", "删除行"
_MOST = 12
#: (table, code) → Chinese name, "" when unknown.
NameOf = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Change:
    """One value before and after; ``where`` is "" for the head, else table and line number."""

    where: str
    label: str
    before: str
    after: str

    @property
    def told(self) -> str:
        """Write the values as one text; a new or removed line has only one."""
        if self.label in {NEW_LINE, GONE_LINE}:
            return self.after if self.label == NEW_LINE else self.before
        return f"{self.before} → {self.after}"


def unnamed(_table: str, _code: str) -> str:
    """Know no name."""
    return ""


def changes(
    document: DocumentType | None,
    model: type[Any] | None,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    name_of: NameOf = unnamed,
) -> list[Change]:
    """Return what a log row changed, head first, then line by line."""
    found = []
    for key in dict.fromkeys((*before, *after)):
        if key.startswith("#"):
            continue
        if key == "state" and document is not None and document.flow.states:
            found.append(Change("", "状态", _state(document, before.get(key)), _state(document, after.get(key))))
        else:
            found.append(_change("", model, key, before.get(key), after.get(key), name_of))
    for key in dict.fromkeys((*before, *after)):
        if key.startswith("#"):
            found += _line_changes(document, key[1:], before.get(key, {}), after.get(key, {}), name_of)
    return found


def _line_changes(
    document: DocumentType | None,
    table_key: str,
    before: Mapping[str, Mapping[str, Any]],
    after: Mapping[str, Mapping[str, Any]],
    name_of: NameOf,
) -> Iterator[Change]:
    table = next((one for one in document.lines if one.key == table_key), None) if document else None
    model = table.model if table else None
    title = table.title if table and document and len(document.lines) > 1 else "明细"
    for line_id in dict.fromkeys((*before, *after)):
        old, new = before.get(line_id), after.get(line_id)
        where = f"{title} 第{(new or old or {}).get('line_no', '?')}行"
        if old is None or new is None:
            what = _words(table, new if old is None else old, name_of)
            yield Change(where, NEW_LINE, EMPTY, what) if old is None else Change(where, GONE_LINE, what, EMPTY)
            continue
        if table is not None and table.told is not None and table.told(new, name_of):
            yield Change(where, table.title, _words(table, old, name_of), _words(table, new, name_of))
            continue
        for key in dict.fromkeys((*old, *new)):
            if old.get(key) != new.get(key):
                yield _change(where, model, key, old.get(key), new.get(key), name_of)


def _words(table: LineTable | None, values: Mapping[str, Any] | None, name_of: NameOf) -> str:
    """Write a whole line in one text: the columns its grid shows."""
    values = values or {}
    if table is None:
        return "，".join(f"{key} {value}" for key, value in values.items())
    if table.told is not None and (said := table.told(values, name_of)):
        return said
    shown = [(entry, values[entry.key]) for entry in table.fields if entry.key in values and entry.key != "line_no"]
    return "，".join(f"{entry.label} {word(entry, value, name_of)}" for entry, value in shown)


def _change(where: str, model: type[Any] | None, key: str, before: Any, after: Any, name_of: NameOf) -> Change:
    try:
        entry = field_of(getattr(model, key))
    except (AttributeError, LookupError):
        return Change(where, key, _plain(before), _plain(after))
    return Change(where, entry.label, word(entry, before, name_of), word(entry, after, name_of))


def _state(document: DocumentType, key: Any) -> str:
    return next((state.title for state in document.flow.states if state.key == key), _plain(key))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return EMPTY if value in (None, "") else str(value)


def word(entry: Field, value: Any, name_of: NameOf = unnamed) -> str:
    """Write a logged value, which JSON keeps as text, as the form would: choices and codes with their names."""
    if entry.choices and value:
        return entry.choice_name(str(value))
    if entry.table and value:
        return f"{value} {name_of(entry.table, str(value))}".strip()
    if entry.places and isinstance(value, str):
        try:
            number = read_number(value)
        except Unreadable:
            return value
        return plain(number) if number is not None else EMPTY
    if entry.kind is Kind.TIME and isinstance(value, str):
        return value.replace("T", " ")
    return _plain(value)


def sentence(told: Iterable[Change]) -> str:
    """Write changes as one text for the list; of many the first twelve and how many more."""
    parts = [f"{one.where} {one.label}：{one.told}".strip() for one in told]
    more = f"；另有 {len(parts) - _MOST} 处" if len(parts) > _MOST else ""
    return "；".join(parts[:_MOST]) + more
