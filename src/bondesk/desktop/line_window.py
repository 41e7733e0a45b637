"""The lines of a document of any length as a table: pages through the lane, marks as coloured words, old values shown.

What the engine's window (:mod:`bondesk.engine.line_query`) gives is painted here; rows are changed elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from bondesk.base.change import Mark
from bondesk.base.documents import DocumentType, LineTable
from bondesk.base.fields import Field
from bondesk.base.findings import Finding
from bondesk.desktop import style
from bondesk.desktop.background import while_alive
from bondesk.desktop.cell_text import cell_text
from bondesk.desktop.context import DeskContext
from bondesk.desktop.list_columns import CodeNames, column_of
from bondesk.desktop.list_model import TONE_ROLE
from bondesk.desktop.list_view import StateDelegate
from bondesk.desktop.paged_rows import PAGE_ROWS, PagedRows
from bondesk.engine.act import Act
from bondesk.engine.line_query import LineQuery, LineRow, line_count, line_page, line_place, mark_counts

Index = QModelIndex | QPersistentModelIndex
MARK = "row_mark"
#: Tones of the marks: what goes is red, what comes green, what changed amber.
TONES = {Mark.SAME: "muted", Mark.MODIFIED: "warn", Mark.STRUCK: "bad", Mark.ADDED: "good"}
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look into the lines brought: how many, per mark, one page, and where the wanted line is."""

    count: int
    marks: dict[str, int]
    page: int
    rows: list[LineRow]
    row: int


class LineWindow(QAbstractTableModel):
    """Lines of one stored document.

    ``loaded`` brings the row to go to (-1 = none) after a look; ``failed`` the exception.
    """

    loaded = Signal(int)
    failed = Signal(object)

    def __init__(self, context: DeskContext, document: DocumentType, table: LineTable, parent: QObject) -> None:
        """Show nothing until :meth:`show_document`."""
        super().__init__(parent)
        self._context, self.document, self.table = context, document, table
        drafts = document.change is not None and document.change.draft == document.key
        shown = [entry for entry in table.fields if entry.key != MARK]
        marks = [entry for entry in table.fields if entry.key == MARK] if drafts else []
        self.fields: tuple[Field, ...] = (*marks, *shown)
        self.header_id: int | None = None
        self.query = LineQuery()
        self.marks: dict[str, int] = {}
        self.differing: frozenset[str] = frozenset()
        self.rows = PagedRows(context.lane, self)
        self._names = CodeNames(context.codes)
        self._findings: dict[int, list[Finding]] = {}
        self._generation = 0
        self.rows.arrived.connect(self._arrived)
        self.rows.failed.connect(self.failed)

    def _arrived(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.fields) - 1))

    def show_document(self, header_id: int | None) -> None:
        """Show the lines of another document (None = one not stored yet), or the same ones as they are now."""
        if header_id != self.header_id:
            self.header_id, self.query = header_id, LineQuery()
        self.load(self.query)

    def load(self, query: LineQuery, near: int = 0, line_id: int | None = None) -> None:
        """Look for ``query``; ``loaded`` then names the row of ``line_id``, or the row nearest to ``near``."""
        self._generation += 1
        generation, document, header_id, key = self._generation, self.document, self.header_id, self.table.key
        if header_id is None:
            self._replace(query, Looked(0, {}, 0, [], -1))
            return

        def work(act: Act) -> Looked:
            return _look(act, document, header_id, key, query, near, line_id)

        def done(looked: Looked) -> None:
            if generation == self._generation:
                self._replace(query, looked)

        def failed(problem: Exception) -> None:
            if generation == self._generation:
                self.failed.emit(problem)

        self._context.lane.act(work, while_alive(self, done), while_alive(self, failed))

    def _replace(self, query: LineQuery, looked: Looked) -> None:
        document, header_id, key = self.document, self.header_id, self.table.key

        def fetch(act: Act, offset: int, limit: int, total: int) -> Sequence[LineRow]:
            if header_id is None:
                return ()
            return line_page(act, document, header_id, key, query, offset, limit, total)

        self.beginResetModel()
        self.query, self.marks = query, looked.marks
        self.rows.replace(fetch, looked.count, looked.page, looked.rows)
        self.endResetModel()
        self.loaded.emit(looked.row)

    @property
    def plain(self) -> bool:
        """Tell whether the window shows every line in the order findings count them."""
        return self.query == LineQuery()

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Colour the cells findings are about; they count lines in the plain order."""
        self._findings = {}
        for finding in findings:
            if finding.line is not None:
                self._findings.setdefault(finding.line, []).append(finding)
        if self.rows.count:
            self._arrived(0, self.rows.count - 1)

    def highlight(self, keys: frozenset[str], line: int) -> None:
        """Make the cells ``keys`` of row ``line`` stand out: they are what a source row would change."""
        self.differing, self._differing_row = keys, line
        if self.rows.count:
            self._arrived(0, self.rows.count - 1)

    _differing_row = -1

    def column(self, key: str) -> int:
        """Return the column of an attribute, -1 when the window has none."""
        return next((place for place, entry in enumerate(self.fields) if entry.key == key), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return how many lines the window holds."""
        return 0 if parent.isValid() else self.rows.count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return how many columns the lines have."""
        return 0 if parent.isValid() else len(self.fields)

    def headerData(  # noqa: N802 - Qt's signature
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return headings and row numbers."""
        if orientation is Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        entry = self.fields[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.label
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{entry.label}：{entry.help}。点击排序" if entry.help else f"{entry.label}：点击排序"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _align(entry)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return text, colours and tooltip of a cell; a row not here yet is asked for."""
        entry = self.fields[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _align(entry)
        row: LineRow | None = self.rows.look(index.row())
        if row is None:
            return "…" if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(entry, row.values[entry.key])
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._told(index.row(), entry, row)
        if role == TONE_ROLE:
            return TONES[Mark(row.mark)] if entry.key == MARK else None
        look = _LOOKS.get(role)
        return look(self, index.row(), entry, row) if look is not None else None

    def text(self, entry: Field, value: Any) -> str:
        """Return what a cell shows for ``value``."""
        return cell_text(entry, value, self._names)

    def _about(self, row: int, key: str) -> list[Finding]:
        return [one for one in self._findings.get(row, ()) if one.field == key] if self.plain else []

    def _told(self, number: int, entry: Field, row: LineRow) -> str:
        said = [self.text(entry, row.values[entry.key])]
        if entry.key in row.before:
            said.append(f"原值: {self.text(entry, row.before[entry.key]) or '空'}")
        said += [one.text for one in self._about(number, entry.key)]
        return "\n".join(filter(None, said))

    def _ground(self, number: int, entry: Field, row: LineRow) -> QColor | None:
        name = ""
        if self._about(number, entry.key):
            name = "bad"
        elif number == self._differing_row and entry.key in self.differing:
            name = "info"
        elif entry.key in row.before:
            name = "warn"
        elif row.mark == Mark.ADDED and self.document.change is not None and MARK in {f.key for f in self.fields}:
            name = "good"
        return QColor(style.tone(name).background) if name else None

    def _ink(self, number: int, entry: Field, row: LineRow) -> QColor | None:
        if row.mark == Mark.STRUCK:
            return QColor(style.scheme().disabled)
        ground = self._ground(number, entry, row)
        return QColor(style.scheme().text) if ground is not None else None

    def _font(self, _number: int, _entry: Field, row: LineRow) -> QFont | None:
        if row.mark != Mark.STRUCK:
            return None
        font = QFont()
        font.setStrikeOut(True)
        return font


_LOOKS: dict[int, Callable[[LineWindow, int, Field, LineRow], object]] = {
    Qt.ItemDataRole.BackgroundRole: LineWindow._ground,
    Qt.ItemDataRole.ForegroundRole: LineWindow._ink,
    Qt.ItemDataRole.FontRole: LineWindow._font,
}


def _align(entry: Field) -> Qt.AlignmentFlag:
    return _RIGHT if entry.numeric and not entry.choices else _LEFT


def _look(
    act: Act, document: DocumentType, header_id: int, key: str, query: LineQuery, near: int, line_id: int | None
) -> Looked:
    count, marks = line_count(act, document, header_id, key, query), mark_counts(act, document, header_id, key)
    place = line_place(act, document, header_id, key, query, line_id) if line_id is not None else None
    row = min(near if place is None else place, count - 1)
    page = max(row, 0) // PAGE_ROWS
    rows = line_page(act, document, header_id, key, query, page * PAGE_ROWS, PAGE_ROWS, count)
    return Looked(count, marks, page, rows, row)


def rows_view(model: LineWindow, parent: QWidget) -> QTableView:
    """Return a table over ``model`` that never measures its rows."""
    view = QTableView(parent)
    view.setObjectName(f"rows_table.{model.table.key}")
    view.setModel(model)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setAlternatingRowColors(True)
    view.setTabKeyNavigation(False)
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.verticalHeader().setDefaultSectionSize(style.ROW_HEIGHT)
    view.horizontalHeader().setHighlightSections(False)
    view.horizontalHeader().setSectionsClickable(True)
    for place, entry in enumerate(model.fields):
        view.setColumnWidth(place, column_of(entry).width)
        if entry.key == MARK:
            view.setItemDelegateForColumn(place, StateDelegate(view))
    return view


def selected_spans(view: QTableView) -> list[range]:
    """Return the selected rows as ranges, without listing hundreds of thousands of indexes."""
    selection = view.selectionModel().selection()
    return [range(selection.at(n).top(), selection.at(n).bottom() + 1) for n in range(selection.size())]
