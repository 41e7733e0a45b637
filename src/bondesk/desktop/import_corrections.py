"""Corrections typed over the cells of a workbook, each step of which can be taken back."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from bondesk.base.readings import cell_text
from bondesk.engine.import_reading import Cell, OpenedWorkbook

_Changes = dict[Cell, tuple[str | None, str | None]]


class CorrectionStack(QObject):
    """What was typed over which cell; ``changed`` tells when that is another set."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        """Start without a correction."""
        super().__init__(parent)
        self.texts: dict[Cell, str] = {}
        self.undo = QUndoStack(self)

    def clear(self) -> None:
        """Forget everything, the way back included."""
        self.texts.clear()
        self.undo.clear()

    def type(self, opened: OpenedWorkbook, texts: Mapping[Cell, str]) -> None:
        """Let ``texts`` stand for their cells, as one step; what the file itself holds is no correction."""
        changes: _Changes = {}
        for cell, text in texts.items():
            before = self.texts.get(cell)
            after = None if text == cell_text(opened.raw(cell)) else text
            if before != after:
                changes[cell] = (before, after)
        if changes:
            self.undo.push(_Step(self, changes))

    def keep(self, before: OpenedWorkbook, after: OpenedWorkbook) -> int:
        """Take over to a workbook read anew what was typed over cells it left alone; return how many went."""
        kept = {c: t for c, t in self.texts.items() if cell_text(before.raw(c)) == cell_text(after.raw(c))}
        gone = len(self.texts) - len(kept)
        if gone:
            self.clear()
            self.texts.update(kept)
        return gone

    def apply(self, changes: Mapping[Cell, str | None]) -> None:
        """Set or take away texts."""
        for cell, text in changes.items():
            if text is None:
                self.texts.pop(cell, None)
            else:
                self.texts[cell] = text
        self.changed.emit()


class _Step(QUndoCommand):
    def __init__(self, stack: CorrectionStack, changes: _Changes) -> None:
        super().__init__(f"更正 {len(changes)} 格")
        self._stack, self._changes = stack, changes

    def redo(self) -> None:
        self._stack.apply({cell: after for cell, (_, after) in self._changes.items()})

    def undo(self) -> None:
        self._stack.apply({cell: before for cell, (before, _) in self._changes.items()})
