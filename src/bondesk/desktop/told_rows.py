"""A table of things told by the engine: one object per row, its state as a word on its tone, filtered by any text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QLineEdit, QTableView, QVBoxLayout, QWidget

from bondesk.desktop import style

Index = QModelIndex | QPersistentModelIndex
#: (heading, width in characters); the last column takes the rest.
Columns = Sequence[tuple[str, int]]


class ToldModel(QAbstractTableModel):
    """``cells`` gives the texts of an object in column order, ``tone`` the tone of the first column ("" = none)."""

    def __init__(
        self, columns: Columns, cells: Callable[[Any], Sequence[str]], tone: Callable[[Any], str], parent: QWidget
    ) -> None:
        """Start empty."""
        super().__init__(parent)
        self._columns, self._cells, self._tone = columns, cells, tone
        self._all: list[Any] = []
        self.rows: list[Any] = []
        self._text = ""

    def show(self, rows: Sequence[Any]) -> None:
        """Show other rows, filtered as before."""
        self._all = list(rows)
        self.narrow(self._text)

    def narrow(self, text: str) -> None:
        """Show only rows with ``text`` in some cell."""
        self._text = text
        wanted = text.strip().casefold()
        self.beginResetModel()
        self.rows = [
            row for row in self._all if not wanted or any(wanted in cell.casefold() for cell in self._cells(row))
        ]
        self.endResetModel()

    @property
    def every(self) -> int:
        """Return how many rows there are, shown or not."""
        return len(self._all)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return how many rows are shown."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self._columns)

    def headerData(  # noqa: N802 - Qt's signature
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the headings."""
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return self._columns[section][0]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return text, tooltip and tone of a cell."""
        row = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._cells(row)[index.column()]
        if index.column() == 0 and (name := self._tone(row)):
            if role == Qt.ItemDataRole.BackgroundRole:
                return QColor(style.tone(name).background)
            if role == Qt.ItemDataRole.ForegroundRole:
                return QColor(style.tone(name).foreground)
        return None


class ToldRows(QWidget):
    """The table with a count and a filter; ``marked`` at a change of selection, ``opened`` by double click."""

    marked = Signal()
    opened = Signal()

    def __init__(
        self,
        name: str,
        columns: Columns,
        cells: Callable[[Any], Sequence[str]],
        tone: Callable[[Any], str] = lambda _row: "",
        empty: str = "没有内容",
        parent: QWidget | None = None,
    ) -> None:
        """Show nothing until :meth:`show_rows`; ``empty`` is said when there is none."""
        super().__init__(parent)
        self.setObjectName(name)
        self._empty = empty
        self.model = ToldModel(columns, cells, tone, self)
        self._make_view(name, columns)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self.marked.emit())
        self.view.activated.connect(lambda _index: self.opened.emit())
        self.count = QLabel(self)
        self.count.setObjectName(f"{name}_count")
        self.count.setProperty("role", "quiet")
        self.filter = QLineEdit(self)
        self.filter.setObjectName(f"{name}_filter")
        self.filter.setPlaceholderText("筛选：输入任意文字")
        self.filter.setClearButtonEnabled(True)
        self.filter.setMinimumWidth(style.scaled(200))
        self.filter.setMaximumWidth(style.scaled(260))
        self.filter.textChanged.connect(self._narrow)
        bar = QHBoxLayout()
        bar.addWidget(self.count, 1)
        bar.addWidget(self.filter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(style.GAP)
        layout.addLayout(bar)
        layout.addWidget(self.view, 1)
        self.setFocusProxy(self.view)

    def _make_view(self, name: str, columns: Columns) -> None:
        self.view = QTableView(self)
        self.view.setObjectName(f"{name}_rows")
        self.view.setModel(self.model)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setAlternatingRowColors(True)
        self.view.setShowGrid(False)
        self.view.setWordWrap(False)
        self.view.setTabKeyNavigation(False)
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setDefaultSectionSize(style.ROW_HEIGHT)
        header = self.view.horizontalHeader()
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for number, (_heading, width) in enumerate(columns):
            self.view.setColumnWidth(number, width * style.CHARACTER)

    def show_rows(self, rows: Sequence[Any], keep: Callable[[Any], Any] = id) -> None:
        """Show ``rows``; what was marked stays marked when ``keep`` finds it again, else the first row is."""
        marked = {keep(row) for row in self.chosen()}
        self.model.show(rows)
        self._counted()
        places = [number for number, row in enumerate(self.model.rows) if keep(row) in marked]
        if self.model.rows:
            self.view.selectRow(places[0] if places else 0)
        self.marked.emit()

    def _narrow(self, text: str) -> None:
        self.model.narrow(text)
        self._counted()
        self.marked.emit()

    def _counted(self) -> None:
        shown, every = len(self.model.rows), self.model.every
        text = f"{every:,} 行" if shown == every else f"显示 {shown:,} / {every:,} 行"
        self.count.setText(text if every else self._empty)

    def chosen(self) -> list[Any]:
        """Return the objects of the marked rows, from above."""
        numbers = sorted({index.row() for index in self.view.selectionModel().selectedRows()})
        return [self.model.rows[number] for number in numbers if number < len(self.model.rows)]
