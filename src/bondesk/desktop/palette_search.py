"""What the palette finds beyond names: documents through the lane, kind by kind, and customs codes at hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from bondesk.base.documents import DocumentType
from bondesk.desktop.background import while_alive
from bondesk.desktop.command_palette import Entry
from bondesk.desktop.context import DeskContext
from bondesk.engine.act import Act
from bondesk.engine.number_search import search_numbers
from bondesk.engine.search import HITS, LEAST_LETTERS, Hit, code_document, code_row, search_document, searchable

Take = Callable[[Sequence[Entry], bool], None]
#: Documents found already: kind and id.
Known = set[tuple[str, int]]
_CODES = 8


class PaletteSearch:
    """Searches for one palette; a newer text ends the search of the older one."""

    def __init__(self, context: DeskContext, owner: QObject) -> None:
        """Answers that arrive after ``owner`` is gone are dropped."""
        self._context, self._owner = context, owner
        self._turn = 0

    def look(self, typed: str, take: Take) -> None:
        """Give ``take`` the codes at once, then documents by their numbers, then those of each kind whose texts fit."""
        self._turn += 1
        text = typed.strip()
        if len(text) < LEAST_LETTERS:
            take(code_entries(self._context, text, self._open_code), True)
            return
        catalogue = self._context.engine.catalogue
        kinds = searchable(catalogue, self._context.identity)
        take(code_entries(self._context, text, self._open_code), not kinds)
        turn, codes = self._turn, code_document(catalogue)
        rest = [kind for kind in kinds if kind is not codes]

        def numbered(hits: list[Hit]) -> None:
            if turn == self._turn:
                hits = [hit for hit in hits if codes is None or hit.document_key != codes.key]
                known = {(hit.document_key, hit.document_id) for hit in hits}
                entries = [self._entry(catalogue.document(hit.document_key), hit) for hit in hits]
                take(entries, not rest)
                self._next(turn, text, rest, known, take)

        self._act(lambda act: search_numbers(act, text), numbered)

    def stop(self) -> None:
        """Look no further."""
        self._turn += 1

    def _next(self, turn: int, text: str, kinds: list[DocumentType], known: Known, take: Take) -> None:
        """Look into the texts of one kind after the other; what is ``known`` by its number is not told twice."""
        if turn != self._turn or not kinds:
            return
        document, rest = kinds[0], kinds[1:]

        def done(hits: list[Hit]) -> None:
            if turn == self._turn:
                fresh = [hit for hit in hits if (hit.document_key, hit.document_id) not in known]
                take([self._entry(document, hit) for hit in fresh], not rest)
                self._next(turn, text, rest, known, take)

        self._act(lambda act: search_document(act, document, text, HITS), done)

    def _act(self, look: Callable[[Act], list[Hit]], done: Callable[[list[Hit]], None]) -> None:
        """Ask the database; what cannot be answered is nothing found."""
        alive = self._owner
        self._context.lane.act(look, while_alive(alive, done), while_alive(alive, lambda _problem: done([])))

    def _entry(self, document: DocumentType, hit: Hit) -> Entry:
        title = f"{hit.number}  {hit.text}".strip()
        return Entry(title, document.title, lambda: self._context.open_document(document, hit.document_id))

    def _open_code(self, table: str, code: str) -> None:
        """Copy the code; open its row when the user may see the code tables."""
        context = self._context
        QApplication.clipboard().setText(code)
        context.show_message(f"已复制代码 {code}，可直接粘贴")
        document = code_document(context.engine.catalogue)
        if document is None or not context.identity.may(document.key, "view"):
            return

        def done(row: int | None) -> None:
            if row is not None:
                context.open_document(document, row)

        context.lane.act(
            lambda act: code_row(act, table, code),
            while_alive(self._owner, done),
            lambda problem: context.show_message(str(problem)),
        )


def code_entries(context: DeskContext, typed: str, open_code: Callable[[str, str], object]) -> list[Entry]:
    """Return customs codes that are ``typed``, begin with it, or whose name or initials hold it; best first."""
    wanted = typed.strip().lower()
    if not wanted:
        return []
    ranked: list[tuple[int, Entry]] = []
    for table, entries in context.codes.entries.items():
        for code, name, letters in entries:
            low, rank = code.lower(), -1
            if low == wanted or name.lower() == wanted:
                rank = 0
            elif len(wanted) >= LEAST_LETTERS:
                if low.startswith(wanted) or name.lower().startswith(wanted):
                    rank = 1
                elif wanted in name.lower() or (letters and letters.startswith(wanted)):
                    rank = 2
            if rank >= 0:
                run = _opener(open_code, table, code)
                ranked.append((rank, Entry(f"{code}  {name}", f"代码 {table_title(table)}", run)))
    ranked.sort(key=lambda pair: pair[0])
    return [entry for _, entry in ranked[:_CODES]]


def _opener(open_code: Callable[[str, str], object], table: str, code: str) -> Callable[[], object]:
    return lambda: open_code(table, code)


_TABLES = {
    "unit": "计量单位",
    "currency": "币制",
    "country": "国别地区",
    "customs_office": "关区",
    "supervision_mode": "监管方式",
    "transport_mode": "运输方式",
    "transaction_mode": "成交方式",
    "duty_mode": "征免方式",
    "duty_nature": "征免性质",
    "package_type": "包装种类",
    "use_code": "用途",
    "hs_code": "商品编码",
    "document_code": "随附单证",
}


def table_title(table: str) -> str:
    """Return the Chinese name of a code table, "" when it has none of its own."""
    return _TABLES.get(table, "")
