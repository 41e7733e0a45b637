"""The rows of a report with their total row, sorted where the user clicked."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QWidget

from bondesk.base.columns import PLACES, Kind
from bondesk.base.numbers import padded
from bondesk.base.reports import Report, ReportTable
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

    def show_table(self, table: ReportTable) -> None:
        """Show another table, in its own order."""
        self.beginResetModel()
        self.table, self.order = table, list(range(len(table.rows)))
        self._sums = totals(self.report, table) if table.rows else ()
        self.endResetModel()

    @property
    def totalled(self) -> bool:
        """Tell whether there is a total row."""
        return any(value is not None for value in self._sums)

    def row_key(self, row: int) -> str:
        """Return the key of a shown row, "" for the total row."""
        return self.table.rows[self.order[row]].key if row < len(self.order) else ""

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
            return _RIGHT if column.kind in PLACES or column.kind is Kind.INTEGER else _LEFT
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
                explained = column.explained and index.row() < len(self.order)
                return "双击或回车：查看这个数字的来历" if explained else None
            case _:
                return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort the rows by a column; empty cells come last, the total row stays below."""
        if not 0 <= column < len(self.report.columns):
            return
        rows = self.table.rows
        filled = [n for n in range(len(rows)) if rows[n].values[column] is not None]
        empty = [n for n in range(len(rows)) if rows[n].values[column] is None]
        self.layoutAboutToBeChanged.emit()
        filled.sort(key=lambda n: rows[n].values[column], reverse=order is Qt.SortOrder.DescendingOrder)
        self.order = filled + empty
        self.layoutChanged.emit()


def shown_value(value: Any, places: int | None) -> str:
    """Write a cell: numbers with all their places and a separator every three digits, zero as a dash."""
    match value:
        case None:
            return ""
        case Decimal():
            if value == 0:
                return "–"
            text = padded(value, places if places is not None else 2)
            whole, _, rest = text.partition(".")
            sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
            return f"{sign}{int(digits):,}" + (f".{rest}" if rest else "")
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case _:
            return str(value)
