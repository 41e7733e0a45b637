"""What a clerk does to whole lines and blocks of cells with one key; each is one thing to undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QUndoCommand
from PySide6.QtWidgets import QApplication

from bondesk.base.documents import LineTable
from bondesk.desktop.commands import Command, Commands
from bondesk.desktop.edited import EditedLine, blank_line, duplicate, empty_value
from bondesk.desktop.form_edits import CellChange, CellsEdit, LinesPut, LinesShifted, LinesTaken, change_of
from bondesk.desktop.line_model import LineModel
from bondesk.desktop.line_view import LineView

_NUMBER = "line_no"
COMPUTED = "这些行由程序计算，不能增加、移动或删除"


class LineDeeds:
    """Edits of the lines a view shows; typing that is under way in a cell is finished first."""

    def __init__(self, table: LineTable, model: LineModel, view: LineView) -> None:
        """Edit ``model`` where ``view`` stands."""
        self._table, self._model, self._view = table, model, view

    def why_locked(self) -> str:
        """Return why nothing can be typed."""
        return "" if self._model.editable else "当前不能修改"

    def why_rows_stand(self) -> str:
        """Return why no row can be added or taken away."""
        return self.why_locked() or (COMPUTED if self._table.computed else "")

    def why_no_row(self) -> str:
        """Return why there is no row to copy or take away."""
        return self.why_rows_stand() or self.why_no_line()

    def why_no_line(self) -> str:
        """Return why there is no line to work on."""
        return self.why_locked() or ("" if self._view.rows() else "请先选择明细行")

    def why_not_shift(self, by: int) -> str:
        """Return why the marked lines cannot move by one place."""
        if reason := self.why_no_row():
            return reason
        rows = self._view.rows()
        if rows[-1] - rows[0] + 1 != len(rows):
            return "请选择连续的明细行"
        if by < 0 and rows[0] == 0:
            return "已在最上面"
        return "已在最下面" if by > 0 and rows[-1] == self._model.rowCount() - 1 else ""

    def why_nothing_above(self) -> str:
        """Return why there is nothing to fill from."""
        reason = self.why_no_line()
        return reason or ("" if len(self._view.rows()) > 1 or self._view.rows()[0] > 0 else "上方没有单元格")

    def _finish(self) -> None:
        """Take over what is being typed in a cell."""
        focus = QApplication.focusWidget()
        if focus is not None and self._view.isAncestorOf(focus):
            self._view.setFocus()

    def insert(self) -> None:
        """Open a line above the current one."""
        self._finish()
        row = max(0, self._view.currentIndex().row())
        self._put(row, [blank_line(self._table)])
        self._view.start_line(row)

    def _put(self, row: int, fresh: Sequence[EditedLine]) -> None:
        """Put lines in; where lines are numbered by their place, those below move on, else two would be equal."""
        lines = self._model.lines
        placed = all(line.values.get(_NUMBER) in (None, place) for place, line in enumerate(lines, 1))
        below = [line for line in lines[row:] if line.values.get(_NUMBER) is not None]
        if self._model.column(_NUMBER) < 0 or not placed or not below:
            self._model.insert(row, fresh)
            return
        changes = [change_of(line, _NUMBER, line.values[_NUMBER] + len(fresh)) for line in below]
        self._model.together("插入行", [CellsEdit(self._model, changes), LinesPut(self._model, row, fresh)])

    def next_line(self) -> None:
        """Go to the first cell of the next line; the rest of the current one stays as it is."""
        self._finish()
        self._view.next_line()

    def duplicate(self) -> None:
        """Copy the marked lines below the last of them."""
        self._finish()
        rows, here = self._view.rows(), self._view.currentIndex()
        self._put(rows[-1] + 1, [duplicate(self._table, self._model.lines[row]) for row in rows])
        self._view.show_cell(rows[-1] + 1, here.column())

    def remove(self) -> None:
        """Remove the marked lines."""
        self._finish()
        rows, column = self._view.rows(), max(0, self._view.currentIndex().column())
        lines = self._model.lines
        taken = [LinesTaken(self._model, run[0], lines[run[0] : run[-1] + 1]) for run in reversed(runs_of(rows))]
        self._model.together("删除行", taken)
        self._view.show_cell(min(rows[0], self._model.rowCount() - 1), column)

    def clear_cells(self) -> None:
        """Empty the marked cells."""
        fields, lines = self._model.fields, self._model.lines
        self._model.change(
            [
                change_of(lines[index.row()], fields[index.column()].key, empty_value(fields[index.column()]))
                for index in self._view.selectedIndexes()
                if self._model.can_edit(index.column())
            ]
        )

    def fill_down(self) -> None:
        """Write the first marked row into the rows below; a single row takes over the row above (as Excel)."""
        self._finish()
        columns: dict[int, list[int]] = {}
        for index in self._view.selectedIndexes():
            columns.setdefault(index.column(), []).append(index.row())
        changes: list[CellChange] = []
        for column, rows in columns.items():
            top = min(rows) if len(rows) > 1 else rows[0] - 1
            if top >= 0 and self._model.can_edit(column):
                changes += [self._copied(top, row, column) for row in rows if row != top]
        self._model.change(changes)

    def copy_above(self) -> None:
        """Write the cell above into the current one."""
        self._finish()
        here = self._view.currentIndex()
        if here.row() > 0 and self._model.can_edit(here.column()):
            self._model.change([self._copied(here.row() - 1, here.row(), here.column())])

    def _copied(self, source: int, target: int, column: int) -> CellChange:
        key = self._model.fields[column].key
        from_line = self._model.lines[source]
        return change_of(self._model.lines[target], key, from_line.values.get(key), from_line.unread.get(key))

    def shift(self, by: int) -> None:
        """Move the marked lines by one place; numbers the user sees stay in order."""
        if self.why_not_shift(by):
            return
        self._finish()
        rows = self._view.rows()
        top, count = rows[0], len(rows)
        first = top - 1 if by < 0 else top
        span = self._model.lines[first : first + count + 1]
        moved = self._model.lines[top : top + count]
        rest = [line for line in span if not any(line is other for other in moved)]
        after = [*moved, *rest] if by < 0 else [*rest, *moved]
        shifted: list[QUndoCommand] = [LinesShifted(self._model, top, count, by)]
        if changes := self._renumbered(span, after):
            shifted.append(CellsEdit(self._model, changes))
        self._model.together("移动行", shifted)
        self._view.scrollTo(self._model.index(top + by, max(0, self._view.currentIndex().column())))

    def _renumbered(self, before: Sequence[EditedLine], after: Sequence[EditedLine]) -> list[CellChange]:
        if self._model.column(_NUMBER) < 0:
            return []
        numbers = [line.values.get(_NUMBER) for line in before]
        changes = [change_of(line, _NUMBER, number) for line, number in zip(after, numbers, strict=True)]
        return [change for change in changes if change.before != change.after]

    def up(self) -> None:
        """Move the marked lines up."""
        self.shift(-1)

    def down(self) -> None:
        """Move the marked lines down."""
        self.shift(1)

    def repair(self) -> None:
        """Give the marked lines the cells the table computes for them; one thing to undo."""
        self._finish()
        repair = self._table.repair
        lines = [self._model.lines[row] for row in self._view.rows()]
        found = [(line, repair.cells(line.values)) for line in lines] if repair else []
        cells = [change_of(line, key, value) for line, given in found for key, value in given.items()]
        if real := [change for change in cells if change.before != change.after]:
            self._model.together(repair.title if repair else "", [CellsEdit(self._model, real)])

    def copy(self) -> None:
        """Put the marked cells on the clipboard as a block Excel and WPS take."""
        cells = {(index.row(), index.column()) for index in self._view.selectedIndexes()}
        if not cells:
            return
        rows, columns = sorted({row for row, _ in cells}), sorted({column for _, column in cells})
        lines = [
            "\t".join(_quoted(self._model.plain_text(row, place)) if (row, place) in cells else "" for place in columns)
            for row in rows
        ]
        QApplication.clipboard().setText("\n".join(lines))

    def cut(self) -> None:
        """Copy the marked cells, then empty them."""
        self.copy()
        self.clear_cells()


def line_commands(deeds: LineDeeds, paste: Callable[[], object]) -> Commands:
    """Return the commands of a grid of lines, in the order of its context menu."""
    locked = deeds.why_locked
    return Commands(
        Command("lines.insert", "插入行", "Ctrl+Ins", deeds.insert, deeds.why_rows_stand),
        Command("lines.next", "下一行首格", "Ctrl+Return", deeds.next_line, locked),
        Command("lines.duplicate", "复制行", "Ctrl+Shift+D", deeds.duplicate, deeds.why_no_row),
        Command("lines.remove", "删除行", "Ctrl+Del", deeds.remove, deeds.why_no_row),
        Command("lines.up", "上移", "Alt+Up", deeds.up, lambda: deeds.why_not_shift(-1)),
        Command("lines.down", "下移", "Alt+Down", deeds.down, lambda: deeds.why_not_shift(1)),
        Command("lines.fill", "向下填充", "Ctrl+D", deeds.fill_down, deeds.why_nothing_above),
        Command("lines.above", "同上一格", "Ctrl+'", deeds.copy_above, deeds.why_nothing_above),
        Command("lines.cut", "剪切", "Ctrl+X", deeds.cut, locked),
        Command("lines.copy", "复制单元格", "Ctrl+C", deeds.copy),
        Command("lines.paste", "粘贴", "Ctrl+V", paste, locked),
        Command("lines.clear", "清除单元格", "Del", deeds.clear_cells, locked),
    )


def runs_of(rows: Sequence[int]) -> list[list[int]]:
    """Group row numbers into runs without gaps.

    >>> runs_of([5, 1, 2, 2])
    [[1, 2], [5]]
    """
    runs: list[list[int]] = []
    for row in sorted(set(rows)):
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def _quoted(text: str) -> str:
    """Quote a cell that would break the block."""
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in '\t\n"') else text
