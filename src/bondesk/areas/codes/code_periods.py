"""Which period of a code holds on a day, and what may be said when none does. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Protocol, TypeVar

from bondesk.base.codebook import OutOfDate


class Period(Protocol):
    """One stored period of a code."""

    name: Any
    valid_from: Any
    valid_to: Any

    def valid(self, on: date) -> bool:
        """Tell whether the period holds on the date."""


P = TypeVar("P", bound=Period)


def out_of_date(rows: Sequence[P], on: date, successors: Callable[[P], Sequence[str]]) -> OutOfDate | None:
    """Return why no period of ``rows`` holds on the date; None when one does, or when there are no rows."""
    if not rows or any(row.valid(on) for row in rows):
        return None
    begun = [row for row in rows if row.valid_from <= on]
    if not begun:
        first = min(rows, key=lambda row: row.valid_from)
        return OutOfDate(first.name, first.valid_from, None)
    last = max(begun, key=lambda row: row.valid_to)
    return OutOfDate(last.name, last.valid_from, last.valid_to, tuple(successors(last)))
