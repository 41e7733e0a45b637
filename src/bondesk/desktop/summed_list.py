"""Unpaired papers with number of lines, quantity and amount each: how a clerk tells which two belong together."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt

from bondesk.base.documents import DocumentType
from bondesk.base.matching import SUM_TITLES, Matching
from bondesk.desktop import style
from bondesk.desktop.context import Codes
from bondesk.desktop.lane import Lane
from bondesk.desktop.list_columns import ListColumn
from bondesk.desktop.list_model import ListModel
from bondesk.engine import matching as acts
from bondesk.engine.act import Act
from bondesk.engine.query import PageRow, Query, page

Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
#: Key of a column of sums: no attribute is called so, so that nothing is sorted by it.
_KEY = "sum."
_WIDTHS = (5, 12, 16)
#: The number alone stands before the sums.
_AHEAD = 1


class SummedModel(ListModel):
    """A list with the sums of each paper behind its number, read with its page."""

    def __init__(self, matching: Matching, document: DocumentType, lane: Lane, codes: Codes, parent: QObject) -> None:
        """Show nothing until it is loaded."""
        super().__init__(document, lane, codes, parent)
        self._matching = matching
        self._sums = tuple(
            ListColumn(f"{_KEY}{place}", title, width * style.CHARACTER + 16)
            for place, (title, width) in enumerate(zip(SUM_TITLES, _WIDTHS, strict=True))
        )

    def arranged(self, columns: tuple[ListColumn, ...]) -> tuple[ListColumn, ...]:
        """Put the sums where they are seen without scrolling."""
        return (*columns[:_AHEAD], *self._sums, *columns[_AHEAD:])

    def read(self, act: Act, query: Query, offset: int, limit: int, total: int | None) -> list[PageRow]:
        """Read a page of papers and their sums."""
        rows = page(act, self.document, query, offset, limit, total)
        sums = acts.sums(act, self._matching, [row.id for row in rows])
        none = ("0", *[""] * (len(SUM_TITLES) - 1))
        return [replace(row, values=(*row.values, *sums.get(row.id, none))) for row in rows]

    @staticmethod
    def is_sum(key: str) -> bool:
        """Tell whether a column's key is one of a sum."""
        return key.startswith(_KEY)

    def summed(self, column: int) -> int | None:
        """Return which sum a column shows, None for the document's own."""
        key = self.columns[column].key
        return int(key.removeprefix(_KEY)) if self.is_sum(key) else None

    def text(self, row: PageRow, column: int) -> str:
        """Return what a cell of ``row`` shows."""
        place = self.summed(column)
        return super().text(row, column) if place is None else str(row.values[place - len(SUM_TITLES)])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return text, alignment, tone of a cell; sums have no tone and stand right."""
        if self.summed(index.column()) is not None:
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT
            if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                return None
        return super().data(index, role)

    def headerData(  # noqa: N802 - Qt's signature
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return headings; those of sums do not offer sorting."""
        if orientation is Qt.Orientation.Horizontal and self.summed(section) is not None:
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT
            if role == Qt.ItemDataRole.ToolTipRole:
                return f"{self.columns[section].title}：表体合计，删除的项不计"
        return super().headerData(section, orientation, role)
