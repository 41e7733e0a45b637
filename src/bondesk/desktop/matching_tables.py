"""What 对碰 shows as tables: pairs of any number, fetched as they come into sight, and values three ways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from bondesk.base.matching import ComparedRow, Matching, PairRow
from bondesk.desktop import style
from bondesk.desktop.background import while_alive
from bondesk.desktop.lane import Lane
from bondesk.desktop.list_model import TONE_ROLE
from bondesk.desktop.list_view import StateDelegate
from bondesk.desktop.paged_rows import PAGE_ROWS, PagedRows
from bondesk.engine import matching as acts
from bondesk.engine.act import Act

Index = QModelIndex | QPersistentModelIndex
_PAIRS = (("草单", 17), ("正式单", 21), ("结果", 22), ("依据", 16), ("对应时间", 17), ("对应人", 10))
_RESULT = 2
_VALUES = (
    ("位置", 11),
    ("栏目", 14),
    ("差异", 11),
    ("来源单证", 22),
    ("草单（对应前）", 22),
    ("正式单", 22),
    ("处理", 22),
)
_WORD, _DRAFT, _FORMAL, _DONE = 2, 4, 5, 6
_TONES = {"differs": "warn", "draft_only": "bad", "formal_only": "info"}


class PairModel(QAbstractTableModel):
    """The pairs of a query, newest first; ``loaded`` brings their number, ``failed`` the exception."""

    loaded = Signal(int)
    failed = Signal(object)

    def __init__(self, matching: Matching, lane: Lane, parent: QObject) -> None:
        """Show nothing until :meth:`load`."""
        super().__init__(parent)
        self._matching, self._lane, self._generation = matching, lane, 0
        self.rows = PagedRows(lane, self)
        self.rows.arrived.connect(self._arrived)
        self.rows.failed.connect(self.failed)

    def load(self, options: Any) -> None:
        """Read how many pairs there are and the first page."""
        self._generation += 1
        generation, matching = self._generation, self._matching

        def fetch(act: Act, offset: int, limit: int, _total: int) -> Sequence[PairRow]:
            return acts.pairs(act, matching, options, offset, limit)

        def job(act: Act) -> tuple[int, Sequence[PairRow]]:
            return acts.count(act, matching, options), fetch(act, 0, PAGE_ROWS, 0)

        def done(found: tuple[int, Sequence[PairRow]]) -> None:
            if generation != self._generation:
                return
            self.beginResetModel()
            self.rows.replace(fetch, found[0], 0, found[1])
            self.endResetModel()
            self.loaded.emit(found[0])

        self._lane.act(job, while_alive(self, done), while_alive(self, self.failed.emit))

    def _arrived(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(_PAIRS) - 1))

    def pair(self, row: int) -> PairRow | None:
        """Return a pair if its page is here."""
        found: PairRow | None = self.rows.peek(row)
        return found

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return how many pairs there are."""
        return 0 if parent.isValid() else self.rows.count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return the fixed columns."""
        return 0 if parent.isValid() else len(_PAIRS)

    def headerData(  # noqa: N802 - Qt's signature
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return headings and row numbers."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return _PAIRS[section][0] if orientation is Qt.Orientation.Horizontal else section + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return text and tone of a cell."""
        shown = role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
        pair: PairRow | None = (self.rows.look if shown else self.rows.peek)(index.row())
        if pair is None:
            return "…" if role == Qt.ItemDataRole.DisplayRole else None
        if role == TONE_ROLE and index.column() == _RESULT:
            return "warn" if pair.open else "good" if not pair.differences else "muted"
        if not shown:
            return None
        at = pair.matched_at.strftime("%Y-%m-%d %H:%M")
        return (pair.draft_no, pair.formal_no, pair.summary, pair.rule, at, pair.matched_by)[index.column()]


class ValueModel(QAbstractTableModel):
    """Values of a pair three ways."""

    def __init__(self, parent: QObject) -> None:
        """Show nothing until :meth:`show_rows`."""
        super().__init__(parent)
        self.rows: Sequence[ComparedRow] = ()

    def show_rows(self, rows: Sequence[ComparedRow]) -> None:
        """Show other values."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return how many values are shown."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return the fixed columns."""
        return 0 if parent.isValid() else len(_VALUES)

    def headerData(  # noqa: N802 - Qt's signature
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the headings."""
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return _VALUES[section][0]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return text, and the colours of what differs: the word in a pill, both values on its ground."""
        one, column = self.rows[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(one, column)
        tone = "muted" if one.handled else _TONES.get(one.kind, "")
        if not tone:
            return None
        if role == TONE_ROLE and column == _WORD:
            return tone
        if role == Qt.ItemDataRole.BackgroundRole and column in (_DRAFT, _FORMAL):
            return QColor(style.tone(tone).background)
        if role == Qt.ItemDataRole.ForegroundRole and column in (_DRAFT, _FORMAL):
            return QColor(style.tone(tone).foreground)
        return None

    @staticmethod
    def _text(one: ComparedRow, column: int) -> str:
        if column == _DONE:
            return f"已接受：{one.remark}" if one.handled else "待处理" if one.id is not None else ""
        return (one.place, one.label, one.word or _agreeing(one), one.source, one.draft, one.formal)[column]


def _agreeing(one: ComparedRow) -> str:
    """Say of a value that is no difference why it is none."""
    if one.draft == one.formal:
        return "相同"
    return "海关给出" if not one.draft else "正式单未填"


def table(name: str, model: QAbstractTableModel, parent: QWidget, state: int, *, several: bool) -> QTableView:
    """Return a view over ``model`` whose column ``state`` shows words on their tones."""
    view = QTableView(parent)
    view.setObjectName(name)
    view.setModel(model)
    view.setItemDelegateForColumn(state, StateDelegate(view))
    mode = QAbstractItemView.SelectionMode
    view.setSelectionMode(mode.ExtendedSelection if several else mode.SingleSelection)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setAlternatingRowColors(True)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.horizontalHeader().setStretchLastSection(True)
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.verticalHeader().setDefaultSectionSize(style.ROW_HEIGHT)
    view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    view.horizontalHeader().setHighlightSections(False)
    return view


def pair_table(model: PairModel, parent: QWidget) -> QTableView:
    """Return the table of pairs."""
    return _wide(table("matching_pairs", model, parent, _RESULT, several=True), _PAIRS)


def value_table(name: str, model: ValueModel, parent: QWidget) -> QTableView:
    """Return a table of values three ways."""
    view = _wide(table(name, model, parent, _WORD, several=True), _VALUES)
    view.verticalHeader().hide()
    return view


def _wide(view: QTableView, columns: Sequence[tuple[str, int]]) -> QTableView:
    for number, (_title, width) in enumerate(columns):
        view.setColumnWidth(number, width * style.CHARACTER + style.scaled(8))
    return view


def chosen_rows(view: QTableView) -> list[int]:
    """Return the selected rows, top down."""
    return sorted(index.row() for index in view.selectionModel().selectedRows())


def enter_table(view: QTableView) -> None:
    """Put the cursor into the marked row, or mark the first one."""
    view.setFocus(Qt.FocusReason.TabFocusReason)
    if view.model().rowCount() and not view.selectionModel().hasSelection():
        view.selectRow(0)
