"""The rows of a report with their total row, sorted where the user clicked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QWidget

from bondesk.base.cell_words import shown_value
from bondesk.base.columns import PLACES, Kind
from bondesk.base.numbers import padded
from bondesk.base.reports import Report, ReportColumn, ReportTable
from bondesk.desktop import style
from bondesk.engine.reporting import totals

Index = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ReportModel(QAbstractTableModel):
    """Shows a :class:`ReportTable`; a last row holds the sums of the totalled columns."""

    def __init__(self, report: Report, parent: QWidget) -> None:
        """Start without rows."""
        super().__init__(parent)
        self.report = report
        self.table = ReportTable(())
        self.order: list[int] = []
        self._sums: tuple[Decimal | None, ...] = ()
        self._sorting: tuple[int, bool] | None = None
        self.text = ""
        self._words: list[str] | None = None

    def show_table(self, table: ReportTable) -> None:
        """Show another table, in its own order."""
        self.table, self._sorting, self._words = table, None, None
        self._rearrange()

    def search(self, text: str) -> None:
        """Show only the rows that hold ``text`` in a text column, whatever the case; "" shows all."""
        if text.casefold() != self.text:
            self.text = text.casefold()
            self._rearrange()

    def _rearrange(self) -> None:
        self.beginResetModel()
        self.order = self._sorted(self._matching())
        shown = ReportTable(tuple(self.table.rows[number] for number in self.order))
        self._sums = totals(self.report, shown) if self.order else ()
        self.endResetModel()

    def _matching(self) -> list[int]:
        rows = self.table.rows
        if not self.text:
            return list(range(len(rows)))
        if self._words is None:  # written together once: a hundred thousand rows are searched between two keys
            places = [n for n, column in enumerate(self.report.columns) if not self.is_number(n)]
            self._words = ["\n".join(shown_value(row.values[n], None) for n in places).casefold() for row in rows]
        return [number for number, words in enumerate(self._words) if self.text in words]

    @property
    def totalled(self) -> bool:
        """Tell whether there is a total row."""
        return any(value is not None for value in self._sums)

    def row_key(self, row: int) -> str:
        """Return the key of a shown row, "" for the total row."""
        return self.table.rows[self.order[row]].key if row < len(self.order) else ""

    def opens(self, row: int) -> tuple[str, int]:
        """Return the document a shown row tells of, by kind and id; an empty kind when it tells of none."""
        return self.table.rows[self.order[row]].opens if row < len(self.order) else ("", 0)

    def opened_line(self, row: int) -> tuple[str, int]:
        """Return the line of it by line table and id; an empty table when the row tells of the whole document."""
        return self.table.rows[self.order[row]].line

    def value(self, row: int, column: int) -> Any:
        """Return the value behind a shown cell."""
        if row < len(self.order):
            return self.table.rows[self.order[row]].values[column]
        return "合计" if column == 0 else self._sums[column]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return how many rows are shown, the total row included."""
        return 0 if parent.isValid() else len(self.order) + (1 if self.totalled else 0)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.report.columns)

    def headerData(  # noqa: N802 - Qt's signature
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return titles, and the key of each row, by which it is found again however far one scrolls."""
        if orientation is Qt.Orientation.Vertical:
            return self.row_key(section) if role == Qt.ItemDataRole.DisplayRole else None
        column = self.report.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self.is_number(section) else _LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return text, alignment, weight and colour of a cell."""
        column = self.report.columns[index.column()]
        value = self.value(index.row(), index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return shown_value(value, PLACES.get(column.kind))
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if isinstance(value, Decimal | int) else _LEFT
            case Qt.ItemDataRole.ForegroundRole:
                negative = isinstance(value, Decimal) and value < 0
                return QColor(style.tone("bad").foreground) if negative else None
            case Qt.ItemDataRole.FontRole:
                if index.row() >= len(self.order):
                    font = QFont()
                    font.setBold(True)
                    return font
                return None
            case Qt.ItemDataRole.ToolTipRole:
                return self._deed(column, index.row())
            case _:
                return None

    def _deed(self, column: ReportColumn, row: int) -> str | None:
        """Say what a double click does."""
        if column.explained and row < len(self.order):
            return "双击或回车：查看这个数字的来历"
        return "双击或回车：打开这一行所说的单据" if self.opens(row)[0] else None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort the rows by a column; empty cells come last, the total row stays below."""
        if not 0 <= column < len(self.report.columns):
            return
        self._sorting = column, order is Qt.SortOrder.DescendingOrder
        self.layoutAboutToBeChanged.emit()
        self.order = self._sorted(self.order)
        self.layoutChanged.emit()

    def _sorted(self, numbers: list[int]) -> list[int]:
        if self._sorting is None:
            return numbers
        rows, (column, falling) = self.table.rows, self._sorting
        filled = [n for n in numbers if rows[n].values[column] is not None]
        filled.sort(key=lambda n: rows[n].values[column], reverse=falling)
        return filled + [n for n in numbers if rows[n].values[column] is None]

    def is_number(self, column: int) -> bool:
        """Tell whether a column holds numbers."""
        kind = self.report.columns[column].kind
        return kind in PLACES or kind is Kind.INTEGER

    def exact_text(self, row: int, column: int) -> str:
        """Return what a shown cell is copied as: a number with all its places, ready to be computed with."""
        value = self.value(row, column)
        if isinstance(value, Decimal):
            return padded(value, PLACES.get(self.report.columns[column].kind, 2))
        return shown_value(value, None)
