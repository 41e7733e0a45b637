"""The table view of a line grid: keyboard first."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from bondesk.base.fields import Field
from bondesk.desktop import style
from bondesk.desktop.line_model import LineModel

Index = QModelIndex | QPersistentModelIndex
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_BLOCK_KEYS = (QKeySequence.StandardKey.Paste, QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.Cut)
_ROW_HEIGHT = 26
_EMPTY = "还没有明细：按 Enter 新增一行，也可从 Excel 复制后按 Ctrl+V 粘贴"
_EMPTY_LOCKED = "没有明细"


class LineView(QTableView):
    """Enter and Tab go to the next cell that can be typed into; past the last one the next line opens."""

    def __init__(self, model: LineModel, new_line: Callable[[], object], parent: QWidget) -> None:
        """Show ``model``; ``new_line`` is called when Enter leaves the last line."""
        super().__init__(parent)
        self._lines, self._new_line = model, new_line
        self._light: tuple[int, int] | None = None
        #: Whether going on need not stop at a (row, column).
        self.passes: Callable[[int, int], bool] = lambda _row, _column: False
        self.setObjectName(f"lines_view.{model.table.key}")
        self.setModel(model)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.AnyKeyPressed | trigger.EditKeyPressed | trigger.DoubleClicked)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.verticalHeader().setDefaultSectionSize(style.scaled(_ROW_HEIGHT))
        self.verticalHeader().setMinimumSectionSize(style.scaled(_ROW_HEIGHT))
        self.verticalHeader().setSectionResizeMode(self.verticalHeader().ResizeMode.Fixed)
        self.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        for column, entry in enumerate(model.fields):
            self.setColumnWidth(column, width_of(entry))

    def walked(self) -> list[int]:
        """Return the columns Enter walks: what can be typed into, but the line number the program proposes."""
        fields = self._lines.fields
        columns = [place for place in range(len(fields)) if self._lines.can_edit(place)]
        return [place for place in columns if fields[place].key != "line_no"] or columns

    def go(self, by: int) -> None:
        """Go to the next (1) or previous (-1) cell that can be typed into."""
        columns, here = self.walked(), self.currentIndex()
        if not columns:
            return
        row, column = (here.row(), here.column()) if here.isValid() else (0, -1)
        if by > 0:
            later = [place for place in columns if place > column and not (here.isValid() and self.passes(row, place))]
            row, column = (row, later[0]) if later else (row + 1, columns[0])
        else:
            earlier = [place for place in columns if place < column]
            row, column = (row, earlier[-1]) if earlier else (row - 1, columns[-1])
        if row >= self._lines.rowCount():
            self._new_line()
        elif row >= 0:
            self.show_cell(row, column)

    def next_line(self) -> None:
        """Go to the first cell of the next line, opening one below the last."""
        row = self.currentIndex().row() + 1
        if row >= self._lines.rowCount():
            self._new_line()
        else:
            self.start_line(row)

    def show_cell(self, row: int, column: int) -> None:
        """Make a cell the current one and bring it into sight."""
        if 0 <= row < self._lines.rowCount() and 0 <= column < self._lines.columnCount():
            index = self._lines.index(row, column)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.scrollTo(index)

    def start_line(self, row: int) -> None:
        """Go to the first cell of a line that can be typed into."""
        columns = self.walked()
        self.show_cell(row, columns[0] if columns else 0)

    def rowsAboutToBeRemoved(self, parent: Index, start: int, end: int) -> None:  # noqa: N802 - Qt's name
        """Keep the column of the cursor: Qt would go to the first one of the line that is left."""
        before = self.currentIndex()
        super().rowsAboutToBeRemoved(parent, start, end)
        here = self.currentIndex()
        if here.isValid() and start <= before.row() <= end:
            self.setCurrentIndex(self._lines.index(here.row(), before.column()))

    def take_input(self) -> None:
        """Let an input method compose into the current cell when it can be typed into."""
        here = self.currentIndex()
        wanted = here.isValid() and self._lines.can_edit(here.column())
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, wanted)

    def rows(self) -> list[int]:
        """Return the rows of the selection, the current one when nothing is selected."""
        rows = sorted({index.row() for index in self.selectedIndexes()})
        return rows or ([self.currentIndex().row()] if self.currentIndex().isValid() else [])

    def event(self, event: QEvent) -> bool:
        """Keep Tab inside the grid; Ctrl+Tab leaves it."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            walks = event.key() == Qt.Key.Key_Backtab or (event.key() == Qt.Key.Key_Tab and not event.modifiers())
            if walks and self._lines.editable and self._lines.rowCount():
                self.go(1 if event.key() == Qt.Key.Key_Tab else -1)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Walk on Enter (back with Shift), leave blocks to the commands; everything else as usual."""
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        walks = held in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        if event.key() in _ENTER and walks and self.state() != QAbstractItemView.State.EditingState:
            if self._lines.editable:
                self.go(-1 if held else 1)
            return
        if any(event.matches(key) for key in _BLOCK_KEYS):
            event.ignore()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Start at the first cell that can be typed into."""
        fresh = not self.currentIndex().isValid()  # Qt makes a cell current without marking it
        super().focusInEvent(event)
        if fresh and self._lines.rowCount():
            self.start_line(0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Say how to begin where there are no lines."""
        super().paintEvent(event)
        self._paint_light()
        if self._lines.rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setPen(style.scheme().quiet)
            text = _EMPTY if self._lines.editable else _EMPTY_LOCKED
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, text)
            painter.end()

    def light(self, row: int, column: int, *, reveal: bool = False) -> None:
        """Frame a cell (-1, -1: none), because what it holds is looked at elsewhere; the current cell stays.

        A row without such a column is framed at its first cell.
        """
        self._light = (row, max(column, 0)) if row >= 0 else None
        if reveal and self._light is not None:
            self.scrollTo(self._lines.index(*self._light))
        self.viewport().update()

    def _paint_light(self) -> None:
        if self._light is not None and self._light[0] < self._lines.rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(QPen(QColor(style.scheme().accent), 2))
            painter.drawRect(self.visualRect(self._lines.index(*self._light)).adjusted(1, 1, -2, -2))
            painter.end()


def width_of(entry: Field) -> int:
    """Return how many pixels a column wants: for its values, its names and its label."""
    characters = entry.width
    if entry.choices:
        characters = 2 * max(len(name) for _, name in entry.choices) + 1
    elif entry.table:
        characters = 12
    elif entry.numeric:
        characters = min(entry.width, 12)
    label = 2 * len(entry.label) + (2 if entry.required else 0) + 2
    return max(characters, label, 6) * style.CHARACTER + 10
