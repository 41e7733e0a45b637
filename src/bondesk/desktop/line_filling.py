"""The rest of a line follows from what was typed: asked through the lane, written into cells still empty.

What is filled is undone together with the typed cell; after a save or a later edit it is an edit of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoStack

from bondesk.base.documents import LineTable
from bondesk.desktop.context import DeskContext
from bondesk.desktop.edited import EditedLine
from bondesk.desktop.form_edits import CellsEdit, CellsFill, change_of
from bondesk.desktop.form_work import in_act, sentence
from bondesk.desktop.line_model import LineModel
from bondesk.engine.act import Act

#: The line, which of its cells was typed, and its values at that moment.
Asked = tuple[EditedLine, str, dict[str, Any]]
_EMPTY = (None, "")


class LineFilling(QObject):
    """Fills lines of one grid as its table declares; idle for tables that declare nothing."""

    def __init__(
        self,
        context: DeskContext,
        table: LineTable,
        model: LineModel,
        stack: QUndoStack,
        head: Callable[[], Mapping[str, Any]],
        parent: QObject,
    ) -> None:
        """Follow the edits of ``model``; ``head`` gives the head values as they are now."""
        super().__init__(parent)
        self._context, self._table, self._model, self._stack, self._head = context, table, model, stack, head
        self._waiting: list[list[Asked]] = []
        self._given: dict[tuple[int, str], EditedLine] = {}
        if table.fill is not None:
            model.ordered.connect(self._ask)

    @property
    def busy(self) -> bool:
        """Tell whether an answer is still to come."""
        return bool(self._waiting)

    def passes(self, row: int, column: int) -> bool:
        """Tell whether Enter need not stop at a cell: it was filled, or will be by the answer still to come."""
        line, target = self._model.lines[row], self._model.fields[column].key
        if (id(line), target) in self._given:
            return line.values.get(target) not in _EMPTY
        waiting = (one for asked in self._waiting for one in asked)
        return any(one is line and target in self._table.fills[key] for one, key, _ in waiting)

    def _ask(self, cause: CellsEdit) -> None:
        fill, head = self._table.fill, dict(self._head())
        asked: list[Asked] = [
            (change.line, change.key, dict(change.line.values))
            for change in cause.changes
            if change.key in self._table.fills and change.after[1] is None and change.after[0] not in _EMPTY
        ]
        if not asked or fill is None:
            return

        def work(act: Act) -> list[Mapping[str, Any]]:
            return [fill(head, values, key, act.facts) for _, key, values in asked]

        def done(found: Sequence[Mapping[str, Any]]) -> None:
            self._waiting.remove(asked)
            self._write(cause, asked, found)

        def failed(problem: Exception) -> None:
            self._waiting.remove(asked)
            self._context.show_message(f"本行其余栏目没有带出：{sentence(problem)}")

        self._waiting.append(asked)
        in_act(self._context, self, work, done, failed)

    def _write(self, cause: CellsEdit, asked: Sequence[Asked], found: Sequence[Mapping[str, Any]]) -> None:
        """Fill what is still empty of lines that still stand there as they were asked about."""
        if not self._model.editable:
            return
        present = {id(line) for line in self._model.lines}
        known = {entry.key for entry in self._table.fields}
        changes = {}
        for (line, key, values), proposed in zip(asked, found, strict=True):
            if id(line) not in present or line.values.get(key) != values[key]:
                continue
            for target, value in proposed.items():
                free = line.values.get(target) in _EMPTY and target not in line.unread
                if target in known and free and value not in _EMPTY:
                    changes[id(line), target] = change_of(line, target, value)
                    self._given[id(line), target] = line
        if changes:
            self._stack.push(CellsFill(self._model, list(changes.values()), cause))
