"""Head values that follow from the lines, where the document declares some and the enterprise wants them.

They are computed after every edit of lines and belong to it: undone and done again together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoCommand, QUndoStack

from bondesk.base.documents import LineTable, Totals
from bondesk.desktop.context import DeskContext
from bondesk.desktop.edited import EditedLine, filled
from bondesk.desktop.form_edits import LinesEdit
from bondesk.desktop.form_refill import Filled
from bondesk.desktop.form_work import in_act, sentence
from bondesk.engine.act import Act


class HeadTotals(QObject):
    """Follows the undo stack of one form; idle for documents that declare no totals."""

    def __init__(self, context: DeskContext, body: Filled, parent: QObject) -> None:
        """Watch the edits of ``body``; whether anything is computed is asked once, through the lane."""
        super().__init__(parent)
        self._context, self._body = context, body
        self._totals: Totals | None = None
        self._place = 0
        if body.document.totals is not None:
            body.stack.indexChanged.connect(self._moved)
            self._ask(body.document.totals)

    def _ask(self, declared: Callable[..., Totals | None]) -> None:
        def work(act: Act) -> Totals | None:
            return declared(act.facts)

        def done(totals: Totals | None) -> None:
            self._totals = totals

        def failed(problem: Exception) -> None:
            self._context.show_message(f"表头合计没有启用：{sentence(problem)}")

        in_act(self._context, self, work, done, failed)

    def _moved(self, place: int) -> None:
        """Let the head follow an edit just done; what is undone or done again brings its own values."""
        before, self._place = self._place, place
        if self._totals is None or place == 0 or place < before:
            return  # nothing done; the stack may be on its way out
        edit = last_edit(self._body.stack) if place == self._body.stack.count() else None
        if not isinstance(edit, LinesEdit):
            return
        head = self._body.head
        lines = {key: _values(grid.table, grid.model.lines) for key, grid in self._body.grids.items()}
        found = self._totals(head, lines)
        fresh = {key: value for key, value in found.items() if head.get(key) != value}
        if fresh:
            edit.follow(self._body, {key: head.get(key) for key in fresh}, fresh)


def last_edit(stack: QUndoStack) -> QUndoCommand | None:
    """Return the last thing done, of several done as one the last of them."""
    command = stack.command(stack.index() - 1) if stack.index() else None
    while command is not None and command.childCount():
        command = command.child(command.childCount() - 1)
    return command


def _values(table: LineTable, lines: Sequence[EditedLine]) -> list[dict[str, Any]]:
    return [line.values for line in filled(table, lines)]
