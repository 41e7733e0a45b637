"""A grid of lines: the view with its commands, paste from Excel, and the sums below."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QUndoStack
from PySide6.QtWidgets import QApplication, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from bondesk.base.columns import Kind
from bondesk.base.documents import LineTable
from bondesk.base.fields import Field
from bondesk.base.findings import Finding
from bondesk.base.numbers import plain
from bondesk.desktop import style
from bondesk.desktop.background import while_alive
from bondesk.desktop.code_lookup import ask_code, known_codes, unknown_code
from bondesk.desktop.commands import Command, CommandActions
from bondesk.desktop.context import DeskContext
from bondesk.desktop.edited import EditedLine, Unread, blank_line, untouched
from bondesk.desktop.elided_label import ElidedLabel
from bondesk.desktop.form_edits import CellsEdit, LinesPut, change_of
from bondesk.desktop.line_deeds import LineDeeds, line_commands
from bondesk.desktop.line_delegate import LineDelegate
from bondesk.desktop.line_filling import LineFilling
from bondesk.desktop.line_model import LineModel
from bondesk.desktop.line_paste import Block, block_cells, read_block, too_large, unread_findings, within
from bondesk.desktop.line_view import LineView
from bondesk.desktop.offer_dialog import choose_from_list

_SUMMED = {Kind.QUANTITY, Kind.WEIGHT, Kind.AMOUNT}
_SUM_MS = 120


class LineGrid(QWidget):
    """The lines of one table of a document. ``told`` brings the findings of a paste."""

    told = Signal(object)

    def __init__(self, context: DeskContext, table: LineTable, stack: QUndoStack, parent: QWidget) -> None:
        """Edit the lines of ``table``; every edit goes onto ``stack``."""
        super().__init__(parent)
        self.setObjectName(f"lines.{table.key}")
        self._context, self.table, self._stack = context, table, stack
        self.model = LineModel(table, known_codes(context), stack, self)
        self.view = LineView(self.model, self.append, self)
        self.delegate = LineDelegate(context, self.view.go, self._ask_code, self.view)
        self.view.setItemDelegate(self.delegate)
        self.deeds = LineDeeds(table, self.model, self.view)
        self.head: Callable[[], Mapping[str, Any]] = dict
        self.filling = LineFilling(context, table, self.model, stack, lambda: self.head(), self)
        self.view.passes = self.filling.passes
        self.commands = line_commands(self.deeds, self.paste)
        if table.repair is not None:
            self.commands.add(
                Command("lines.repair", table.repair.title, "Ctrl+R", self.deeds.repair, self.deeds.why_no_line)
            )
        if table.offers is not None:
            self.commands.add(Command("lines.choose", "从清单选择…", "", self.choose, self._why_locked))
        self.bound = CommandActions(self.commands, self.view)
        self.footer = ElidedLabel(self)  # long sums are cut rather than widen the window; the tooltip has them all
        self.footer.setObjectName(f"lines_sums.{table.key}")
        self.footer.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.footer.setProperty("role", "quiet")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.MARGIN, style.GAP, style.MARGIN, style.GAP)
        layout.setSpacing(style.GAP - 2)
        layout.addWidget(self.view, 1)
        self._foot = self._bottom()
        layout.addLayout(self._foot)
        self._summing = QTimer(self)
        self._summing.setSingleShot(True)
        self._summing.setInterval(_SUM_MS)
        self._summing.timeout.connect(self.write_sums)
        self.model.edited.connect(self._edited)
        self.model.modelReset.connect(self._summing.start)
        self.model.shown.connect(self.view.show_cell)
        self.view.selectionModel().selectionChanged.connect(lambda _on, _off: self.bound.refresh())
        self.view.selectionModel().currentChanged.connect(lambda _now, _before: self.bound.refresh())

    def _bottom(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2)
        rows = () if self.table.computed else ("lines.choose", "lines.insert", "lines.duplicate", "lines.remove")
        shown = (*rows, *(("lines.paste", "lines.repair") if self._typed() else ()))
        for key in (one for one in shown if one in self.commands):
            button = QToolButton(self)
            button.setObjectName(f"button.{self.table.key}.{key}")
            button.setDefaultAction(self.bound[key])
            button.setAutoRaise(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row.addWidget(button)
        row.addSpacing(style.WIDE_GAP)
        row.addWidget(self.footer, 1)
        return row

    def _typed(self) -> bool:
        """Tell whether any cell can be typed into at all."""
        return not all(entry.readonly for entry in self.table.fields)

    def choose(self) -> None:
        """Open the list of what the lines may be, for the head as it is now."""
        choose_from_list(self._context, self, self.model, self.head())

    def _why_locked(self) -> str:
        return "" if self.model.editable else "当前不能修改"

    def set_editable(self, editable: bool) -> None:
        """Let the lines be edited, or grey them."""
        self.model.set_editable(editable)
        self.view.take_input()
        self.bound.refresh()

    def _edited(self) -> None:
        self._summing.start()
        self.bound.refresh()

    def append(self) -> None:
        """Open a line after the last one and go to its first cell; an untouched last line is enough."""
        last = self.model.rowCount() - 1
        if self.table.computed:
            return
        if last < 0 or not untouched(self.table, self.model.lines[last]):
            self.model.insert(last + 1)
            last += 1
        self.view.start_line(last)

    def paste(self) -> None:
        """Read the block on the clipboard through the lane, as the import would, then write it."""
        rows = block_cells(QApplication.clipboard().text())
        if not rows:
            self._context.show_message("剪贴板中没有可粘贴的内容")
            return
        if refused := too_large(rows):
            self.told.emit([refused])
            return
        here = self.view.currentIndex()
        row, column = (here.row(), here.column()) if here.isValid() else (self.model.rowCount(), self._first())
        fields = self.model.fields
        self._context.lane.act(
            lambda act: read_block(act, rows, fields, column),
            while_alive(self, lambda block: self.write_block(block, row)),
            while_alive(self, lambda problem: self._context.show_message(str(problem))),
        )

    def _first(self) -> int:
        return next((place for place in range(len(self.model.fields)) if self.model.can_edit(place)), 0)

    def write_block(self, block: Block, row: int) -> None:
        """Write a read block from ``row`` on, adding lines where it is longer; one thing to undo."""
        if not self.model.editable:
            return
        row = min(row, self.model.rowCount())
        if self.table.computed:
            block = within(block, self.model.rowCount() - row)
        lines = self.model.lines[row : row + block.rows]
        fresh = [blank_line(self.table) for _ in range(block.rows - len(lines))]
        target = [*lines, *fresh]
        changes = [change_of(target[cell.row], cell.key, cell.value, cell.unread) for cell in block.cells]
        commands: list[LinesPut | CellsEdit] = []
        if fresh:
            commands.append(LinesPut(self.model, row + len(lines), fresh))
        cells = CellsEdit(self.model, [change for change in changes if change.before != change.after])
        if cells.changes:
            commands.append(cells)
        self.model.together("粘贴", commands)
        self.model.ordered.emit(cells)
        found = [*unread_findings(block, self.model.fields, row, self.table.key), *block.notes]
        self.view.show_cell(row, max(0, self.view.currentIndex().column()))
        bad = sum(cell.unread is not None for cell in block.cells)
        self._context.show_message(f"已粘贴 {block.rows} 行" + (f"，{bad} 格不能识别，已标红" if bad else ""))
        self.told.emit(found)

    def _ask_code(self, line: EditedLine, entry: Field, text: str, proposed: str) -> None:
        """Let the code book read what a cell says; meanwhile the cell shows it."""
        key, before = entry.key, (line.values.get(entry.key), line.unread.get(entry.key))
        waiting = Unread(text, "FORM-03", "正在企业参数中查找…")
        if proposed:
            self.model.change([change_of(line, key, proposed)])
        else:
            self.model.hold(line, key, waiting)

        def answered(code: str | None) -> None:
            if proposed:
                if code is not None and line.values.get(key) == proposed:
                    self.model.change([change_of(line, key, code)])
                return
            if line.unread.get(key) is not waiting:
                return
            self.model.hold(line, key, before[1])
            if code is not None:
                self.model.change([change_of(line, key, code)])
            else:
                self.model.set_unread(line, key, Unread(text, *unknown_code(entry, text)))

        ask_code(self._context, entry.table, text, self, answered)

    def write_sums(self) -> None:
        """Sum quantities, weights and amounts of all lines below the grid."""
        lines = self.model.lines
        parts = [f"共 {len(lines):,} 行"]
        for entry in self.model.fields:
            if entry.kind in _SUMMED:
                values = [value for line in lines if isinstance(value := line.values.get(entry.key), Decimal)]
                if values:
                    parts.append(f"{entry.label} {grouped(sum(values, Decimal(0)))}")
        self.footer.setText("　".join(parts))
        self.footer.tip = "\n".join(parts)
        self._fit_foot()

    def _fit_foot(self) -> None:
        """Leave the keys of the buttons to their tooltips where the sums need the room."""

        def fits() -> bool:
            self._foot.invalidate()
            return self._foot.sizeHint().width() <= self.width() - 2 * style.MARGIN

        self.bound.fit_keys(fits)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Write below the grid what fits."""
        super().resizeEvent(event)
        self._fit_foot()

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Colour the cells findings are about."""
        self.model.show_findings(findings)

    def show_place(self, row: int, key: str) -> None:
        """Go to the cell a finding is about."""
        self.view.show_cell(row, max(0, self.model.column(key)))
        self.view.setFocus()


def grouped(value: Decimal) -> str:
    """Write a sum with thousands separators, for reading only.

    >>> grouped(Decimal("1234567.50000"))
    '1,234,567.5'
    """
    whole, _, rest = plain(value).partition(".")
    return f"{int(whole):,}" + (f".{rest}" if rest else "") if whole not in {"-0"} else plain(value)
