"""Typing brought back into a form as one thing to undo: after a conflict, after a crash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from PySide6.QtGui import QUndoCommand, QUndoStack

from bondesk.base.documents import DocumentType
from bondesk.desktop.draft_files import TypedLine, UnsavedInput
from bondesk.desktop.edited import EditedLine, Unread, blank_line
from bondesk.desktop.form_edits import CellChange, CellsEdit, Head, HeadEdit, LinesPut, LinesTaken, change_of
from bondesk.desktop.header_form import HeaderForm
from bondesk.desktop.kept_input import Change, Difference
from bondesk.desktop.line_deeds import runs_of
from bondesk.desktop.line_grid import LineGrid
from bondesk.desktop.line_model import LineModel
from bondesk.engine.drafts import Draft

_NO_VISIT = -1


class Filled(Head, Protocol):
    """What is filled: the body of a form."""

    document: DocumentType
    base: Draft
    head: dict[str, Any]
    stack: QUndoStack
    header: HeaderForm
    grids: dict[str, LineGrid]


def merge(body: Filled, chosen: Sequence[Difference], kept: UnsavedInput) -> None:
    """Write the clerk's side of ``chosen``, part of ``kept``, over the newer version that is on the screen."""
    commands: list[QUndoCommand] = [
        HeadEdit(body, one.entry.key, body.head.get(one.entry.key), one.mine, _NO_VISIT)
        for one in chosen
        if not one.table and one.entry is not None
    ]
    for key, grid in body.grids.items():
        commands += _line_commands(grid, [one for one in chosen if one.table == key], kept.lines.get(key, ()))
    _together(body, "合并我的输入", commands)
    put_unread(body, kept)


def _line_commands(grid: LineGrid, chosen: Sequence[Difference], typed: Sequence[TypedLine]) -> list[QUndoCommand]:
    model = grid.model
    unread = {id(line.values): line.unread for line in typed if line.unread}
    by_id = {line.id: row for row, line in enumerate(model.lines) if line.id is not None}
    changes: list[CellChange] = [
        change_of(model.lines[by_id[one.line_id]], one.entry.key, one.mine)
        for one in chosen
        if one.entry is not None and one.line_id in by_id
    ]
    taken = [by_id[one.line_id] for one in chosen if one.change is Change.TAKEN and one.line_id in by_id]
    fresh = [
        _fresh(model, one.line, unread.get(id(one.line), {}))
        for one in chosen
        if one.change in {Change.ADDED, Change.GONE} and one.line is not None
    ]
    changes += [
        change_of(model.lines[by_id[line.id]], key, None, text)
        for line in typed
        if line.id in by_id
        for key, text in line.unread.items()
    ]
    commands: list[QUndoCommand] = [CellsEdit(model, changes)] if changes else []
    commands += [LinesTaken(model, run[0], model.lines[run[0] : run[-1] + 1]) for run in reversed(runs_of(taken))]
    return commands + ([LinesPut(model, model.rowCount() - len(taken), fresh)] if fresh else [])


def _fresh(model: LineModel, values: Mapping[str, object], unread: Mapping[str, Unread]) -> EditedLine:
    """Make a new line of values that may have belonged to a stored one."""
    own = {entry.key for entry in model.fields}
    line = blank_line(model.table)
    line.values.update({key: value for key, value in values.items() if key in own})
    line.unread.update(unread)
    return line


def restore(body: Filled, kept: UnsavedInput) -> None:
    """Bring the screen to what it was: head, lines in their order, and texts that cannot be read."""
    same = kept.id == body.base.id
    fields = [entry for entry in body.document.head_fields if same or not entry.readonly]
    commands: list[QUndoCommand] = [
        HeadEdit(body, entry.key, body.head.get(entry.key), kept.head[entry.key], _NO_VISIT)
        for entry in fields
        if entry.key in kept.head and body.head.get(entry.key) != kept.head[entry.key]
    ]
    for key, grid in body.grids.items():
        commands += _restored_lines(grid.model, kept, key)
    _together(body, "恢复未保存的输入", commands)
    put_unread(body, kept)


def _restored_lines(model: LineModel, kept: UnsavedInput, key: str) -> list[QUndoCommand]:
    present = {line.id: line for line in model.lines if line.id is not None}
    wanted = []
    for line in kept.lines.get(key, ()):
        if line.touched:
            wanted.append(EditedLine(dict(line.values), line.id if line.id in present else None, dict(line.unread)))
        elif line.id in present:
            wanted.append(present[line.id])
    if [id(line) for line in wanted] == [id(line) for line in model.lines]:
        return []
    gone: list[QUndoCommand] = [LinesTaken(model, 0, list(model.lines))] if model.lines else []
    return gone + ([LinesPut(model, 0, wanted)] if wanted else [])


def put_unread(body: Filled, kept: UnsavedInput) -> None:
    """Put texts that could not be read back into their boxes."""
    for key, text in kept.unread.items():
        if key in body.header.cells:
            body.header.cells[key].editor.set_text(text)


def _together(body: Filled, title: str, commands: Sequence[QUndoCommand]) -> None:
    if not commands:
        return
    body.stack.beginMacro(title)
    for command in commands:
        body.stack.push(command)
    body.stack.endMacro()
