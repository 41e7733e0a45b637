"""Marks of the rows of a draft: what a comparison gives, what 撤销行 and 删除行 do (handbook 4.3, 4.4). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from bondesk.base.change import Mark
from bondesk.base.readings import width_normal


def same(before: Any, after: Any) -> bool:
    """Tell whether two values are equal for the comparison: texts trimmed and width-normalised, numbers by value.

    >>> same("ＡＢ ", "AB"), same(Decimal("1.0"), Decimal("1")), same("", None), same(None, Decimal(0))
    (True, True, True, False)
    """
    if isinstance(before, Decimal | int) and isinstance(after, Decimal | int):
        return before == after
    if isinstance(before, str) or isinstance(after, str):
        return width_normal(before or "") == width_normal(after or "")
    return bool(before == after)


def differing(columns: Sequence[str], before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the columns whose values differ, in order."""
    return tuple(column for column in columns if not same(before.get(column), after.get(column)))


def mark_of(columns: Sequence[str], approved: Mapping[str, Any] | None, row: Mapping[str, Any]) -> Mark:
    """Return the mark of a row that stays: added when customs has none, else modified or same."""
    if approved is None:
        return Mark.ADDED
    return Mark.MODIFIED if differing(columns, approved, row) else Mark.SAME


class Values(StrEnum):
    """What becomes of a row's values."""

    KEPT = "kept"
    RESTORED = "restored"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Fate:
    """What an order does to a row: its new mark and its values; ``acts`` is False where nothing happens."""

    mark: Mark
    values: Values
    acts: bool = True


_REVERTED = {
    Mark.ADDED: Fate(Mark.ADDED, Values.GONE),
    Mark.MODIFIED: Fate(Mark.SAME, Values.RESTORED),
    Mark.SAME: Fate(Mark.SAME, Values.KEPT, acts=False),
    Mark.STRUCK: Fate(Mark.SAME, Values.RESTORED),
}
_STRUCK = {
    Mark.ADDED: Fate(Mark.ADDED, Values.GONE),
    Mark.MODIFIED: Fate(Mark.STRUCK, Values.RESTORED),
    Mark.SAME: Fate(Mark.STRUCK, Values.KEPT),
    Mark.STRUCK: Fate(Mark.STRUCK, Values.KEPT, acts=False),
}


def reverted(mark: Mark) -> Fate:
    """Return what 撤销行 does to a row with ``mark`` (4.4)."""
    return _REVERTED[mark]


def struck(mark: Mark) -> Fate:
    """Return what 删除行 does to a row with ``mark`` (4.4): what customs has filed is only marked."""
    return _STRUCK[mark]
