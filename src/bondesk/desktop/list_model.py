"""A list of any length as a table: pages fetched through the lane when they come into sight, the count once."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QColor

from bondesk.base.documents import DocumentType
from bondesk.base.fields import field_of
from bondesk.desktop import style
from bondesk.desktop.background import while_alive
from bondesk.desktop.cell_text import cell_text
from bondesk.desktop.context import Codes
from bondesk.desktop.lane import Lane
from bondesk.desktop.list_columns import STATE_KEY, CodeNames, columns_of
from bondesk.engine.act import Act
from bondesk.engine.query import PageRow, Query, count, page, shown_keys

Index = QModelIndex | QPersistentModelIndex

PAGE_ROWS = 200
#: Pages kept in memory; the least recently painted go first.
KEPT_PAGES = 40
#: Pages worth fetching when the user scrolls fast: what was passed by long ago is forgotten.
WANTED_PAGES = 4
#: Milliseconds the view may come to rest before pages are asked for.
SETTLE_MS = 25

TONE_ROLE = Qt.ItemDataRole.UserRole + 1
_LOADING = "…"
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
        self._count = 0
        self._generation = 0
        self._pages: OrderedDict[int, list[PageRow]] = OrderedDict()
        self._wanted: OrderedDict[int, None] = OrderedDict()
        self._asked: int | None = None
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._ask)

    def load(self, query: Query, near: int = 0) -> None:
        """Answer ``query``: first the page around row ``near``, then, when there may be more, the count.

        What is shown stays until the page is here; counting a million rows takes longer than showing some.
        """
        self._generation += 1
        generation, number = self._generation, near // PAGE_ROWS
        document, columns = self.document, query.columns
        query = self._fetching(query)

        def job(act: Act) -> list[PageRow]:
            return page(act, document, query, number * PAGE_ROWS, PAGE_ROWS)

        def done(first: list[PageRow]) -> None:
            if generation != self._generation:
                return
            if number and not first:
                self.load(replace(query, columns=columns))  # rows went away meanwhile
                return
            self._replace(query, columns, number * PAGE_ROWS + len(first), number, first)
            if len(first) < PAGE_ROWS:
                self.counted.emit(self._count)
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
        if rows > self._count:
            self.beginInsertRows(QModelIndex(), self._count, rows - 1)
            self._count = rows
            self.endInsertRows()
        self.arrived.emit()
        self.counted.emit(rows)

    def _replace(self, query: Query, columns: tuple[str, ...], rows: int, number: int, first: list[PageRow]) -> None:
        self.beginResetModel()
        before, self.columns = self.columns, columns_of(self.document, columns)
        self.query, self._count = query, rows
        self._places = {key: place for place, key in enumerate(shown_keys(self.document, query))}
        self._pages.clear()
        self._wanted.clear()
        self._asked = None
        if first:
            self._pages[number] = first
        self.endResetModel()
        if self.columns != before:
            self.rearranged.emit()
        self.loaded.emit(rows)

    def peek(self, row: int) -> PageRow | None:
        """Return a row if its page is here; nothing is fetched."""
        rows = self._pages.get(row // PAGE_ROWS)
        offset = row % PAGE_ROWS
        return rows[offset] if rows is not None and offset < len(rows) else None

    def _want(self, number: int) -> None:
        if number == self._asked:
            return
        self._wanted.pop(number, None)
        self._wanted[number] = None
        while len(self._wanted) > WANTED_PAGES:
            self._wanted.popitem(last=False)
        if self._asked is None and not self._settle.isActive():
            self._settle.start()

    def _ask(self) -> None:
        """Fetch the page wanted last: it is the one the user looks at."""
        if not self._wanted or self._asked is not None:
            return
        number, _ = self._wanted.popitem()
        self._asked = number
        generation, document, query, total = self._generation, self.document, self.query, self._count

        def done(rows: list[PageRow]) -> None:
            if generation == self._generation:
                self._keep(number, rows)

        def failed(problem: Exception) -> None:
            if generation == self._generation:
                self._asked = None
                self.failed.emit(problem)

        self._lane.act(
            lambda act: page(act, document, query, number * PAGE_ROWS, PAGE_ROWS, total),
            while_alive(self, done),
            while_alive(self, failed),
        )

    def _keep(self, number: int, rows: list[PageRow]) -> None:
        self._asked = None
        self._pages[number] = rows
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)
        last = min((number + 1) * PAGE_ROWS, self._count) - 1
        self.dataChanged.emit(self.index(number * PAGE_ROWS, 0), self.index(last, len(self.columns) - 1))
        self.arrived.emit()
        self._ask()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return how many rows the list holds."""
        return 0 if parent.isValid() else self._count

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
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.right else _LEFT
        number = index.row() // PAGE_ROWS
        row = self.peek(index.row())
        if row is None:
            return self._missing(number, role)
        if role == Qt.ItemDataRole.DisplayRole:
            self._pages.move_to_end(number)
            return self.text(row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.text(row, index.column())
        if role == TONE_ROLE and column.field is None:
            return self.document.flow.state(row.state).tone
        return None

    def _missing(self, number: int, role: int) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            self._want(number)
            return _LOADING
        return QColor(style.scheme().quiet) if role == Qt.ItemDataRole.ForegroundRole else None

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
