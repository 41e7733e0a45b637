"""Reads the code tables after sign-in: names first, then initials table by table, so that pages come in between."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from bondesk.desktop.background import while_alive
from bondesk.desktop.codes_loading import read_codes, with_initials
from bondesk.desktop.context import Codes, DeskContext
from bondesk.desktop.recent_codes import RECENT_CODES, RecentCodes

#: Documents that name codes, the customs' and the enterprise's own.
_CODE_DOCUMENTS = ("code_mapping", "customs_code")


class CodesReader(QObject):
    """Fills the codes of a context; ``arrived`` is called once the names are there."""

    def __init__(self, context: DeskContext, arrived: Callable[[], object], parent: QObject) -> None:
        """Begin at once."""
        super().__init__(parent)
        self._context, self._arrived = context, arrived
        if RECENT_CODES not in context.extras:
            context.extras[RECENT_CODES] = RecentCodes(context, parent)
        self._read()

    def _read(self) -> None:
        self._context.lane.act(read_codes, while_alive(self, self._named), while_alive(self, self._failed))

    def follow(self, key: str) -> None:
        """Read anew after documents of a kind that names codes were changed."""
        if key in _CODE_DOCUMENTS:
            self._read()

    def _named(self, codes: Codes) -> None:
        self._context.codes.entries.update(codes.entries)
        self._context.codes.synonyms.update(codes.synonyms)
        self._context.codes.former.update(codes.former)
        self._arrived()
        self._load_initials(list(codes.entries))

    def _failed(self, problem: Exception) -> None:
        self._context.show_message(str(problem))

    def _load_initials(self, tables: list[str]) -> None:
        if not tables:
            return
        table, codes = tables.pop(), self._context.codes

        def done(entries: tuple[tuple[str, str, str], ...]) -> None:
            codes.entries[table] = entries
            self._load_initials(tables)

        self._context.lane.run(lambda: with_initials(codes, table), while_alive(self, done))
