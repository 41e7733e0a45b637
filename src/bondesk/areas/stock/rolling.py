"""Rolling stock of a part: what the first 盘点 found, and every signed movement after it (handbook 12.1). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Moved:
    """One movement: day, signed quantity in the part's unit, document number; ``key`` is whatever names its line."""

    day: date
    change: Decimal
    number: str
    key: object = None


@dataclass(frozen=True, slots=True)
class Below:
    """Where the stock first falls below 0: the movement that takes it there, and what is then left."""

    moved: Moved
    left: Decimal


def first_below(opened: date, counted: Decimal, movements: Iterable[Moved]) -> Below | None:
    """Return where stock rolling on from ``counted`` on the day ``opened`` first ends a day below 0, or None.

    Within one day receipts come before issues: only what a day as a whole lacks is missing. Movements up to the day
    of the count are in the count.
    """
    left = counted
    for moved in sorted(movements, key=lambda one: (one.day, one.change < 0, one.number)):
        if moved.day > opened:
            left += moved.change
            if left < 0:
                return Below(moved, left)
    return None
