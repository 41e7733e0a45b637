"""The rest of a line follows from what was typed: asked through the lane, written into the cells it concerns.

Proposals fill cells still empty, what is computed again may change any cell but the typed ones. Both are undone
together with the typed cell; after a save or a later edit they are an edit of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoStack

from bondesk.base.documents import LineTable
from bondesk.base.facts import Facts
from bondesk.base.readings import Unreadable
from bondesk.desktop.context import DeskContext
from bondesk.desktop.edited import EditedLine, Unread
from bondesk.desktop.form_edits import CellChange, CellsEdit, CellsFill, change_of
from bondesk.desktop.form_work import in_act, sentence
from bondesk.desktop.line_model import LineModel
from bondesk.desktop.typed_values import edit_text
from bondesk.engine.act import Act

_EMPTY = (None, "")


@dataclass(frozen=True, slots=True)
class Asked:
    """A line, the cells typed in one edit, and its values then and before."""

    line: EditedLine
    keys: tuple[str, ...]
    values: Mapping[str, Any]
    before: Mapping[str, Any]

    @property
    def stands(self) -> bool:
        """Tell whether the typed cells still hold what they held when the question was put."""
        return all(self.line.values.get(key) == self.values[key] for key in self.keys)


@dataclass(frozen=True, slots=True)
class Answer:
    """Cells to fill where empty, cells to change, and typed values that are none (by key)."""

    filled: Mapping[str, Any]
    changed: Mapping[str, Any]
    refused: Mapping[str, Unreadable]


def answered(table: LineTable, head: Mapping[str, Any], one: Asked, facts: Facts) -> Answer:
    """Work out what follows from the typed cells, one after the other; no typed cell is written over."""
    filled: dict[str, Any] = {}
    changed: dict[str, Any] = {}
    refused: dict[str, Unreadable] = {}
    for key in one.keys:
        values = {**one.values, **changed}
        if table.recompute is not None and key in table.recomputes:
            try:
                found = table.recompute(head, values, key, one.before, facts)
            except Unreadable as problem:
                refused[key] = problem
                continue
            changed |= {name: value for name, value in found.items() if name not in one.keys}
        if table.fill is not None and key in table.fills:
            known = {**{name: value for name, value in filled.items() if values.get(name) in _EMPTY}, **changed}
            filled |= table.fill(head, {**values, **known}, key, facts)
    return Answer(filled, changed, refused)


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
        if table.fill is not None or table.recompute is not None:
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
        waiting = (one for asked in self._waiting for one in asked if one.line is line)
        return any(target in self._table.fills.get(key, ()) for one in waiting for key in one.keys)

    def _ask(self, cause: CellsEdit) -> None:
        table, head = self._table, dict(self._head())
        asked = list(_typed(cause, {*table.fills, *table.recomputes}))
        if not asked:
            return

        def work(act: Act) -> list[Answer]:
            return [answered(table, head, one, act.facts) for one in asked]

        def done(found: Sequence[Answer]) -> None:
            self._waiting.remove(asked)
            self._write(cause, asked, found)

        def failed(problem: Exception) -> None:
            self._waiting.remove(asked)
            self._context.show_message(f"本行其余栏目没有带出：{sentence(problem)}")

        self._waiting.append(asked)
        in_act(self._context, self, work, done, failed)

    def _write(self, cause: CellsEdit, asked: Sequence[Asked], found: Sequence[Answer]) -> None:
        """Write the answers about lines that still stand there as they were asked about."""
        if not self._model.editable:
            return
        present = {id(line) for line in self._model.lines}
        changes: list[CellChange] = []
        for one, answer in zip(asked, found, strict=True):
            if id(one.line) in present and one.stands:
                changes += self._changes(one, answer)
        if changes:
            self._stack.push(CellsFill(self._model, changes, cause))

    def _changes(self, one: Asked, answer: Answer) -> Iterator[CellChange]:
        line, known = one.line, {entry.key: entry for entry in self._table.fields}
        for key, problem in answer.refused.items():
            unread = Unread(edit_text(known[key], one.values[key]), problem.code, problem.text)
            yield CellChange(line, key, (one.values[key], None), (one.before.get(key), unread))
        for target, value in answer.changed.items():
            if target in known and target not in line.unread and line.values.get(target) == one.values.get(target):
                yield change_of(line, target, value)
        for target, value in answer.filled.items():
            free = line.values.get(target) in _EMPTY and target not in line.unread and target not in answer.changed
            if target in known and free and value not in _EMPTY:
                yield change_of(line, target, value)
                self._given[id(line), target] = line


def _typed(cause: CellsEdit, watched: set[str]) -> Iterator[Asked]:
    """Return the lines of an edit with the watched cells that got a value, each with its values before."""
    lines: dict[int, list[CellChange]] = {}
    for change in cause.changes:
        lines.setdefault(id(change.line), []).append(change)
    for changes in lines.values():
        line = changes[0].line
        typed = [one for one in changes if one.after[1] is None and one.after[0] not in _EMPTY]
        keys = tuple(one.key for one in typed if one.key in watched)
        if keys:
            before = {**line.values, **{one.key: one.before[0] for one in changes}}
            yield Asked(line, keys, dict(line.values), before)
