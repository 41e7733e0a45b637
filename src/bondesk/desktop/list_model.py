"""A list of any length as a table: pages fetched through the lane when they come into sight, the count once."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QColor

from bondesk.base.documents import DocumentType
from bondesk.base.fields import Field
from bondesk.desktop import style
from bondesk.desktop.background import while_alive
from bondesk.desktop.cell_text import cell_text
from bondesk.desktop.context import Codes
from bondesk.desktop.lane import Lane
from bondesk.engine.act import Act
from bondesk.engine.query import PageRow, Query, count, page

Index = QModelIndex | QPersistentModelIndex

PAGE_ROWS = 200
#: Pages kept in memory; the least recently painted go first.
KEPT_PAGES = 40
#: Pages worth fetching when the user scrolls fast: what was passed by long ago is forgotten.
WANTED_PAGES = 4
#: Milliseconds the view may come to rest before pages are asked for.
SETTLE_MS = 25

TONE_ROLE = Qt.ItemDataRole.UserRole + 1
STATE_KEY = "state"
_LOADING = "…"
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class ListColumn:
    """One column: attribute key, heading, width in pixels, and the field (None for the state)."""

    key: str
    title: str
    width: int
    field: Field | None = None

    @property
    def right(self) -> bool:
        """Tell whether the column's values align right."""
        return self.field is not None and self.field.numeric and not self.field.choices


def columns_of(document: DocumentType) -> tuple[ListColumn, ...]:
    """Return the columns of a document's list: the state first, then the declared ones."""
    state = [ListColumn(STATE_KEY, "状态", 96)] if document.flow.states else []
    return (*state, *(ListColumn(entry.key, entry.label, _width(entry), entry) for entry in document.list_fields))


def _width(entry: Field) -> int:
    names = [len(name) for _, name in entry.choices]
    characters = 2 * max(names) if names else entry.width + (4 if entry.table else 0)
    return max(characters, 2 * len(entry.label) + 3) * style.CHARACTER + 16


class CodeNames:
    """Names of codes by table, indexed at first use; :meth:`forget` after the tables were loaded anew."""

    def __init__(self, codes: Codes) -> None:
        """Look up in ``codes``."""
        self._codes = codes
        self._tables: dict[str, dict[str, str]] = {}

    def __call__(self, table: str, code: str) -> str:
        """Return the Chinese name of ``code``, or ""."""
        if table not in self._tables:
            self._tables[table] = {entry[0]: entry[1] for entry in self._codes.entries.get(table, ())}
        return self._tables[table].get(code, "")

    def forget(self) -> None:
        """Index the tables again when next asked."""
        self._tables.clear()


class ListModel(QAbstractTableModel):
    """Rows of one document's list.

    ``loaded`` brings the number of rows after a query was answered, ``failed`` the exception, and
    ``arrived`` tells that a page came in, ``counted`` how many rows there are in all.
    """

    loaded = Signal(int)
    failed = Signal(object)
    arrived = Signal()
    counted = Signal(int)

    def __init__(self, document: DocumentType, lane: Lane, codes: Codes, parent: QObject | None = None) -> None:
        """Show nothing until :meth:`load`."""
        super().__init__(parent)
        self.document = document
        self.columns = columns_of(document)
        self.query = Query()
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
        document = self.document

        def job(act: Act) -> list[PageRow]:
            return page(act, document, query, number * PAGE_ROWS, PAGE_ROWS)

        def done(first: list[PageRow]) -> None:
            if generation != self._generation:
                return
            if number and not first:
                self.load(query)  # rows went away meanwhile
                return
            self._replace(query, number * PAGE_ROWS + len(first), number, first)
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

    def _grow(self, rows: int) -> None:
        """Add the rows known to exist behind the first page."""
        if rows > self._count:
            self.beginInsertRows(QModelIndex(), self._count, rows - 1)
            self._count = rows
            self.endInsertRows()
        self.arrived.emit()
        self.counted.emit(rows)

    def _replace(self, query: Query, rows: int, number: int, first: list[PageRow]) -> None:
        self.beginResetModel()
        self.query, self._count = query, rows
        self._pages.clear()
        self._wanted.clear()
        self._asked = None
        if first:
            self._pages[number] = first
        self.endResetModel()
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
        generation, document, query = self._generation, self.document, self.query

        def done(rows: list[PageRow]) -> None:
            if generation == self._generation:
                self._keep(number, rows)

        def failed(problem: Exception) -> None:
            if generation == self._generation:
                self._asked = None
                self.failed.emit(problem)

        self._lane.act(
            lambda act: page(act, document, query, number * PAGE_ROWS, PAGE_ROWS),
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
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            help_text = column.field.help if column.field else ""
            return f"{column.title}：{help_text}。点击排序" if help_text else f"{column.title}：点击排序"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.right else _LEFT
        return None

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
        skipped = len(self.columns) - len(row.values)
        return row.values[column - skipped] if column >= skipped else row.state

    def label(self, row: PageRow) -> str:
        """Return what a message calls the document of a row: its number, as far as the list shows it."""
        numbered = {attribute.key for attribute in self.document.number}
        shown = [self.text(row, n) for n, column in enumerate(self.columns) if column.key in numbered]
        return "/".join(text for text in shown if text) or self.text(row, len(self.columns) - len(row.values))
