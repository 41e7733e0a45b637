"""The edits of a form as commands that can be undone: a head value, cells, inserted and removed lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtGui import QUndoCommand

from bondesk.desktop.edited import EditedLine, Unread

_HEAD, _CELLS = 1, 2
Values = Mapping[str, Any]


class Head(Protocol):
    """Where head values live."""

    def write_head(self, key: str, value: Any) -> None:
        """Set a head value and show it."""

    def write_heads(self, values: Mapping[str, Any]) -> None:
        """Set several head values and show them; the cursor stays where it is."""


class Lines(Protocol):
    """Where the lines of one table live."""

    def write(self, changes: Sequence[CellChange], *, undone: bool) -> None:
        """Write the new (or, undone, the old) contents of cells and show them."""

    def put(self, row: int, lines: Sequence[EditedLine]) -> None:
        """Insert lines before ``row`` and show them."""

    def take(self, row: int, count: int) -> None:
        """Remove lines and show what is left."""

    def shift(self, row: int, count: int, by: int) -> None:
        """Move lines up (-1) or down (1) by one place."""


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell before and after: value and, when it cannot be read, the text that stands there instead."""

    line: EditedLine
    key: str
    before: tuple[Any, Unread | None]
    after: tuple[Any, Unread | None]


def change_of(line: EditedLine, key: str, value: Any, unread: Unread | None = None) -> CellChange:
    """Return the change that gives a cell another value, or an unreadable text beside its old value."""
    before = (line.values.get(key), line.unread.get(key))
    return CellChange(line, key, before, (before[0] if unread else value, unread))


class HeadEdit(QUndoCommand):
    """Another head value; what is typed without leaving the box (``visit``) is one command."""

    def __init__(self, head: Head, key: str, before: Any, after: Any, visit: int) -> None:
        """Change ``key`` from ``before`` to ``after``."""
        super().__init__()
        self._head, self.key, self._before, self.after, self.visit = head, key, before, after, visit
        self._followed: tuple[Values, Values] = ({}, {})

    def id(self) -> int:
        """Return what may be merged with what."""
        return _HEAD

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802 - Qt's name
        """Take over a later edit of the same visit, and the boxes that were filled because of this one."""
        if isinstance(other, HeadFollow) and (other.key, other.cause) == (self.key, self.after):
            before, after = self._followed
            self._followed = ({**other.before, **before}, {**after, **other.after})
            return True
        if isinstance(other, HeadEdit) and (other.key, other.visit) == (self.key, self.visit):
            self.after = other.after
            return True
        return False

    def redo(self) -> None:
        """Write the new value and what followed from it."""
        self._head.write_head(self.key, self.after)
        if self._followed[1]:
            self._head.write_heads(self._followed[1])

    def undo(self) -> None:
        """Write the old value and what stood in the boxes that followed."""
        if self._followed[0]:
            self._head.write_heads(self._followed[0])
        self._head.write_head(self.key, self._before)


class HeadFollow(QUndoCommand):
    """Head values that follow from the one just typed; undone with it unless something else was typed meanwhile."""

    def __init__(self, head: Head, key: str, cause: Any, before: Values, after: Values) -> None:
        """Change ``before`` to ``after`` because ``key`` became ``cause``."""
        super().__init__("带出")
        self._head, self.key, self.cause, self.before, self.after = head, key, cause, dict(before), dict(after)

    def id(self) -> int:
        """Return what may be merged with what."""
        return _HEAD

    def redo(self) -> None:
        """Write what follows."""
        self._head.write_heads(self.after)

    def undo(self) -> None:
        """Write what stood there."""
        self._head.write_heads(self.before)


class HeadFill(QUndoCommand):
    """Several head values at once, as a template gives them."""

    def __init__(self, head: Head, before: Mapping[str, Any], after: Mapping[str, Any], text: str) -> None:
        """Change ``before`` to ``after``; ``text`` says what is done."""
        super().__init__(text)
        self._head, self.before, self.after = head, dict(before), dict(after)

    def redo(self) -> None:
        """Write the new values."""
        self._head.write_heads(self.after)

    def undo(self) -> None:
        """Write the old values."""
        self._head.write_heads(self.before)


class LinesEdit(QUndoCommand):
    """Any edit of lines; head values that follow from the lines go with it, there and back."""

    def __init__(self) -> None:
        """Begin without anything that follows."""
        super().__init__()
        self._follow: HeadFill | None = None

    def follow(self, head: Head, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Write the head values that follow from this edit; what an earlier call found before it is kept."""
        known = self._follow
        self._follow = HeadFill(head, {**before, **(known.before if known else {})}, after, "")
        if known is not None:
            self._follow.after = {**known.after, **after}
        head.write_heads(after)

    def redo(self) -> None:
        """Write the lines, then what follows from them."""
        self.do()
        if self._follow is not None:
            self._follow.redo()

    def undo(self) -> None:
        """Take the lines back, then what followed from them."""
        self.take_back()
        if self._follow is not None:
            self._follow.undo()

    def do(self) -> None:
        """Write the lines."""
        raise NotImplementedError

    def take_back(self) -> None:
        """Take the lines back."""
        raise NotImplementedError


class CellsEdit(LinesEdit):
    """Other contents of any number of cells."""

    def __init__(self, lines: Lines, changes: Sequence[CellChange]) -> None:
        """Change cells of ``lines``."""
        super().__init__()
        self._lines, self.changes = lines, tuple(changes)

    def id(self) -> int:
        """Return what may be merged with what."""
        return _CELLS

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802 - Qt's name
        """Take over the cells that were filled because of this edit: one thing to undo."""
        if isinstance(other, CellsFill) and other.cause is self:
            self.changes = (*self.changes, *other.changes)
            return True
        return False

    def do(self) -> None:
        """Write what is new."""
        self._lines.write(self.changes, undone=False)

    def take_back(self) -> None:
        """Write what was before."""
        self._lines.write(self.changes, undone=True)


class CellsFill(CellsEdit):
    """Cells the program filled because of an edit; undone with it unless something else was typed meanwhile."""

    def __init__(self, lines: Lines, changes: Sequence[CellChange], cause: CellsEdit) -> None:
        """Change cells of ``lines`` on account of ``cause``."""
        super().__init__(lines, changes)
        self.cause = cause


class LinesPut(LinesEdit):
    """Lines inserted before ``row``."""

    def __init__(self, lines: Lines, row: int, fresh: Sequence[EditedLine]) -> None:
        """Insert ``fresh``."""
        super().__init__()
        self._lines, self._row, self._fresh = lines, row, tuple(fresh)

    def do(self) -> None:
        """Insert."""
        self._lines.put(self._row, self._fresh)

    def take_back(self) -> None:
        """Remove again."""
        self._lines.take(self._row, len(self._fresh))


class LinesTaken(LinesEdit):
    """Lines removed from ``row`` on."""

    def __init__(self, lines: Lines, row: int, gone: Sequence[EditedLine]) -> None:
        """Remove ``gone``."""
        super().__init__()
        self._lines, self._row, self._gone = lines, row, tuple(gone)

    def do(self) -> None:
        """Remove."""
        self._lines.take(self._row, len(self._gone))

    def take_back(self) -> None:
        """Insert again."""
        self._lines.put(self._row, self._gone)


class LinesShifted(LinesEdit):
    """Lines moved up (-1) or down (1) by one place."""

    def __init__(self, lines: Lines, row: int, count: int, by: int) -> None:
        """Move ``count`` lines from ``row`` on."""
        super().__init__()
        self._lines, self._row, self._count, self._by = lines, row, count, by

    def do(self) -> None:
        """Move."""
        self._lines.shift(self._row, self._count, self._by)

    def take_back(self) -> None:
        """Move back."""
        self._lines.shift(self._row + self._by, self._count, -self._by)


Push = Callable[[QUndoCommand], None]
