"""The table of a step: shown, filtered by a text, and with ticks where rows are to be chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from bondesk.base.numbers import AMOUNT_PLACES, plain
from bondesk.base.steps import Table
from bondesk.desktop import style

Index = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_MEASURED, _WIDEST, _NARROWEST = 200, 320, 60
#: The least of a last column that is told in full below the table.
_TOLD = 100


def shown_text(value: Any) -> str:
    """Write a value of a step's table: amounts keep their two decimals, other numbers those they need."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case Decimal():
            return f"{value:f}" if value.as_tuple().exponent == -AMOUNT_PLACES else plain(value)
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case _:
            return str(value)


class StepModel(QAbstractTableModel):
    """Rows of a :class:`Table`; with ``ticked`` given, the first column carries a tick. ``ticking`` on change."""

    ticking = Signal()

    def __init__(self, table: Table, ticked: Iterable[int] | None = None, parent: QWidget | None = None) -> None:
        """Show ``table``; ``ticked`` are row numbers, None for a table without ticks."""
        super().__init__(parent)
        self.table = table
        self.ticked: set[int] | None = None if ticked is None else set(ticked)
        self.rows: list[int] = list(range(len(table.rows)))
        self._right = [_is_numeric(table.rows, column) for column in range(len(table.headings))]

    def narrow(self, text: str) -> None:
        """Show only rows with ``text`` in some cell; ticks of hidden rows stay."""
        wanted = text.strip().lower()
        self.beginResetModel()
        self.rows = [
            number
            for number, row in enumerate(self.table.rows)
            if not wanted or any(wanted in shown_text(value).lower() for value in row)
        ]
        self.endResetModel()

    def tick_all(self, ticked: bool) -> None:
        """Tick or untick every row shown."""
        if self.ticked is None:
            return
        self.ticked = self.ticked | set(self.rows) if ticked else self.ticked - set(self.rows)
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, 0))
        self.ticking.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return how many rows are shown."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.table.headings)

    def is_right(self, column: int) -> bool:
        """Tell whether a column holds numbers, written to the right."""
        return 0 <= column < len(self._right) and self._right[column]

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let the first column be ticked."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        tickable = self.ticked is not None and index.column() == 0
        return flags | Qt.ItemFlag.ItemIsUserCheckable if tickable else flags

    def headerData(  # noqa: N802 - Qt's signature
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return headings and row numbers."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self.table.headings[section] if orientation is Qt.Orientation.Horizontal else section + 1
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation is Qt.Orientation.Horizontal:
            return _RIGHT if self._right[section] else _LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return text, alignment and tick of a cell."""
        number = self.rows[index.row()]
        row = self.table.rows[number]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return shown_text(row[index.column()]) if index.column() < len(row) else ""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self._right[index.column()] else _LEFT
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == 0 and self.ticked is not None:
            return Qt.CheckState.Checked if number in self.ticked else Qt.CheckState.Unchecked
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802 - Qt's name
        """Tick or untick a row."""
        if role != Qt.ItemDataRole.CheckStateRole or self.ticked is None or index.column() != 0:
            return False
        number = self.rows[index.row()]
        if Qt.CheckState(value) is Qt.CheckState.Checked:
            self.ticked.add(number)
        else:
            self.ticked.discard(number)
        self.dataChanged.emit(index, index)
        self.ticking.emit()
        return True


def _is_numeric(rows: Sequence[Sequence[Any]], column: int) -> bool:
    values = [row[column] for row in rows[:_MEASURED] if column < len(row) and row[column] is not None]
    return bool(values) and all(isinstance(value, Decimal | int) and not isinstance(value, bool) for value in values)


class StepTable(QWidget):
    """A table with its title and a box to filter it; ticks with 全选 and 全不选 where rows are to be chosen."""

    ticking = Signal()

    def __init__(
        self,
        table: Table,
        ticked: Iterable[int] | None = None,
        parent: QWidget | None = None,
        model: StepModel | None = None,
    ) -> None:
        """Show ``table``; see :class:`StepModel` for ``ticked``. ``model`` shows it with more than it says."""
        super().__init__(parent)
        self.setObjectName("step_table")
        self.model = model or StepModel(table, ticked, self)
        self.told = self._make_told()
        self.view = self._make_view()
        self.filter = QLineEdit(self)
        self.filter.setObjectName("step_filter")
        self.filter.setPlaceholderText("筛选：输入任意文字")
        self.filter.setClearButtonEnabled(True)
        self.filter.setMinimumWidth(style.scaled(200))
        self.filter.setMaximumWidth(style.scaled(260))
        self.filter.textChanged.connect(self.model.narrow)
        self.count = QLabel(self)
        self.count.setObjectName("step_count")
        self.count.setProperty("role", "quiet")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(style.GAP)
        self.bar = self._bar()
        layout.addLayout(self.bar)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.told)
        self.model.ticking.connect(self._ticked)
        self.model.modelReset.connect(self._ticked)
        self._ticked()

    def _make_told(self) -> QLabel:
        told = QLabel(self)
        told.setObjectName("step_told")
        told.setWordWrap(True)
        told.setTextFormat(Qt.TextFormat.PlainText)
        told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        told.hide()
        return told

    def _make_view(self) -> QTableView:
        view = QTableView(self)
        view.setObjectName("step_rows")
        view.setModel(self.model)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setAlternatingRowColors(True)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.verticalHeader().setDefaultSectionSize(style.scaled(26))
        view.verticalHeader().setVisible(self.model.ticked is None)
        last = self.model.columnCount() - 1
        view.horizontalHeader().setStretchLastSection(not self.model.is_right(last))
        view.resizeColumnsToContents()
        cut = not self.model.is_right(last) and view.columnWidth(last) > _WIDEST
        for column in range(self.model.columnCount()):
            view.setColumnWidth(column, max(_NARROWEST, min(_WIDEST, view.columnWidth(column) + 2 * style.GAP)))
        if cut:
            self._tell(view, last)
        return view

    def _tell(self, view: QTableView, column: int) -> None:
        """Write the long text of the current row's column in full below the table."""
        view.setColumnWidth(column, _TOLD)

        def show() -> None:
            row = max(view.currentIndex().row(), 0)
            text = self.model.index(row, column).data() if row < self.model.rowCount() else ""
            self.told.setText(f"{self.model.table.headings[column]}：{text}")
            self.told.setVisible(bool(text))

        view.selectionModel().currentRowChanged.connect(lambda *_: show())
        self.model.modelReset.connect(show)
        show()

    def _bar(self) -> QHBoxLayout:
        bar = QHBoxLayout()
        bar.setSpacing(style.GAP)
        bar.addWidget(self.count)
        bar.addStretch(1)
        bar.addWidget(self.filter)
        if self.model.ticked is not None:
            for name, text, ticked in (("step_all", "全选", True), ("step_none", "全不选", False)):
                button = QPushButton(text, self)
                button.setObjectName(name)
                button.setAutoDefault(False)
                button.clicked.connect(lambda _checked=False, on=ticked: self.model.tick_all(on))
                bar.addWidget(button)
        return bar

    def _ticked(self) -> None:
        shown, every = len(self.model.rows), len(self.model.table.rows)
        text = f"{every:,} 行" if shown == every else f"显示 {shown:,} / {every:,} 行"
        if self.model.ticked is not None:
            text += f"，已选 {len(self.model.ticked):,} 行"
        self.count.setText(text)
        self.ticking.emit()

    def toggle_selected(self) -> None:
        """Tick the selected rows, or untick them when all are ticked."""
        if self.model.ticked is None:
            return
        numbers = {self.model.rows[index.row()] for index in self.view.selectionModel().selectedRows()}
        if numbers:
            self.model.ticked ^= numbers if numbers <= self.model.ticked else numbers - self.model.ticked
            self.model.dataChanged.emit(self.model.index(0, 0), self.model.index(len(self.model.rows) - 1, 0))
            self.model.ticking.emit()
