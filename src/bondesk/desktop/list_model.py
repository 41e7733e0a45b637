"""A list of any length as a table: pages fetched through the lane when they come into sight, the count once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from bondesk.base.documents import DocumentType
from bondesk.base.fields import field_of
from bondesk.desktop import style
from bondesk.desktop.background import while_alive
from bondesk.desktop.cell_text import cell_text
from bondesk.desktop.context import Codes
from bondesk.desktop.lane import Lane
from bondesk.desktop.list_columns import STATE_KEY, CodeNames, ListColumn, columns_of
from bondesk.desktop.paged_rows import PAGE_ROWS, PagedRows
from bondesk.engine.act import Act
from bondesk.engine.query import PageRow, Query, count, page, shown_keys

Index = QModelIndex | QPersistentModelIndex

TONE_ROLE = Qt.ItemDataRole.UserRole + 1
_LOADING = "…"
#: The roles a cell answers; a view asks every visible cell for five others in every frame.
_ANSWERED = frozenset(
    {
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.TextAlignmentRole,
        Qt.ItemDataRole.ForegroundRole,
        TONE_ROLE,
    }
)
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ListModel(QAbstractTableModel):
    """Rows of one document's list.

    ``loaded`` brings the number of rows after a query was answered, ``failed`` the exception, and
    ``arrived`` tells that a page came in, ``counted`` how many rows there are in all; ``rearranged``
    that the columns are others. ``query`` is what was asked: beside the columns shown it fetches the
    document's number, by which messages name a row.
    """

    loaded = Signal(int)
    failed = Signal(object)
    arrived = Signal()
    counted = Signal(int)
    rearranged = Signal()

    def __init__(self, document: DocumentType, lane: Lane, codes: Codes, parent: QObject | None = None) -> None:
        """Show nothing until :meth:`load`."""
        super().__init__(parent)
        self.document = document
        self.columns = columns_of(document)
        self.sorting: tuple[tuple[str, bool], ...] = ()
        self.query = Query()
        self._places = {key: place for place, key in enumerate(shown_keys(document, self.query))}
        self.names = CodeNames(codes)
        self._lane = lane
        self._generation = 0
        self.rows = PagedRows(lane, self)
        self.rows.arrived.connect(self._arrived)
        self.rows.failed.connect(self.failed)

    def load(self, query: Query, near: int = 0) -> None:
        """Answer ``query``: first the page around row ``near``, then, when there may be more, the count.

        What is shown stays until the page is here; counting a million rows takes longer than showing some.
        """
        self._generation += 1
        generation, number = self._generation, near // PAGE_ROWS
        document, columns = self.document, query.columns
        query = self._fetching(query)

        def job(act: Act) -> list[PageRow]:
            return self.read(act, query, number * PAGE_ROWS, PAGE_ROWS, None)

        def done(first: list[PageRow]) -> None:
            if generation != self._generation:
                return
            if number and not first:
                self.load(replace(query, columns=columns))  # rows went away meanwhile
                return
            self._replace(query, columns, number * PAGE_ROWS + len(first), number, first)
            if len(first) < PAGE_ROWS:
                self.counted.emit(self.rows.count)
            else:
                self._lane.act(lambda act: count(act, document, query), while_alive(self, counted), failed)

        def counted(rows: int) -> None:
            if generation == self._generation:
                self._grow(rows)

        def failed(problem: Exception) -> None:
            if generation == self._generation:
                self.failed.emit(problem)

        self._lane.act(job, while_alive(self, done), while_alive(self, failed))

    def _fetching(self, query: Query) -> Query:
        """Return ``query`` with the document's number among its columns."""
        if not query.columns:
            return query
        numbered = (attribute.key for attribute in self.document.number)
        return replace(query, columns=tuple(dict.fromkeys((*query.columns, *numbered))))

    def _grow(self, rows: int) -> None:
        """Add the rows known to exist behind the first page."""
        if rows > self.rows.count:
            self.beginInsertRows(QModelIndex(), self.rows.count, rows - 1)
            self.rows.grow(rows)
            self.endInsertRows()
        self.arrived.emit()
        self.counted.emit(rows)

    def _replace(self, query: Query, columns: tuple[str, ...], rows: int, number: int, first: list[PageRow]) -> None:
        document = self.document

        def fetch(act: Act, offset: int, limit: int, total: int) -> Sequence[PageRow]:
            return self.read(act, query, offset, limit, total)

        self.beginResetModel()
        before, self.columns = self.columns, self.arranged(columns_of(document, columns))
        self.query = query
        self._places = {key: place for place, key in enumerate(shown_keys(document, query))}
        self.rows.replace(fetch, rows, number, first)
        self.endResetModel()
        if self.columns != before:
            self.rearranged.emit()
        self.loaded.emit(rows)

    def arranged(self, columns: tuple[ListColumn, ...]) -> tuple[ListColumn, ...]:
        """Return the columns shown: those of the document, and more where a list knows more of its rows."""
        return columns

    def read(self, act: Act, query: Query, offset: int, limit: int, total: int | None) -> list[PageRow]:
        """Read rows of a query; called off the UI thread."""
        return page(act, self.document, query, offset, limit, total)

    def peek(self, row: int) -> PageRow | None:
        """Return a row if its page is here; nothing is fetched."""
        found: PageRow | None = self.rows.peek(row)
        return found

    def _arrived(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))
        self.arrived.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return how many rows the list holds."""
        return 0 if parent.isValid() else self.rows.count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return how many columns the list has."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(  # noqa: N802 - Qt's signature
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return headings and row numbers."""
        if orientation is Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{column.title}{self._sort_mark(column.key)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            help_text = column.field.help if column.field else ""
            how = "点击排序，按住 Shift 点击再加一列"
            return f"{column.title}：{help_text}。{how}" if help_text else f"{column.title}：{how}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.right else _LEFT
        return None

    def show_sorting(self, order: tuple[tuple[str, bool], ...]) -> None:
        """Mark the headings of the columns the list is sorted by."""
        self.sorting = order
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def _sort_mark(self, key: str) -> str:
        for place, (sorted_key, descending) in enumerate(self.sorting, 1):
            if sorted_key == key:
                return f" {'▼' if descending else '▲'}{place if len(self.sorting) > 1 else ''}"
        return ""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return text, alignment, tone of a cell; a row not here yet is asked for and shows a placeholder."""
        if role not in _ANSWERED:
            return None
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.right else _LEFT
        row: PageRow | None = (self.rows.look if role == Qt.ItemDataRole.DisplayRole else self.rows.peek)(index.row())
        if row is None:
            return _loading(role)
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.text(row, index.column())
        if role == TONE_ROLE and column.field is None:
            return self.document.flow.state(row.state).tone
        return None

    def text(self, row: PageRow, column: int) -> str:
        """Return what a cell of ``row`` shows."""
        entry = self.columns[column].field
        if entry is None:
            return self.document.flow.state(row.state).title
        return cell_text(entry, self.value(row, column), self.names)

    def value(self, row: PageRow, column: int) -> Any:
        """Return the stored value behind a cell."""
        key = self.columns[column].key
        return row.state if key == STATE_KEY else row.values[self._places[key]]

    def field_value(self, row: PageRow, key: str) -> Any:
        """Return the stored value of attribute ``key`` as far as it was fetched, else None."""
        return row.values[self._places[key]] if key in self._places else None

    def label(self, row: PageRow) -> str:
        """Return what a message calls the document of a row: its number, as far as the list shows it."""
        fields = [field_of(attribute) for attribute in self.document.number]
        shown = [cell_text(entry, self.field_value(row, entry.key), self.names) for entry in fields]
        first = next((n for n, column in enumerate(self.columns) if column.field is not None), 0)
        return "/".join(text for text in shown if text) or self.text(row, first)


def _loading(role: int) -> object:
    """Return what stands in a cell whose page is on its way."""
    if role == Qt.ItemDataRole.DisplayRole:
        return _LOADING
    return QColor(style.scheme().quiet) if role == Qt.ItemDataRole.ForegroundRole else None
