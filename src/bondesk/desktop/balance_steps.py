"""A balance over time as steps, out of the rows of a report: what stood at the end of each day that moved it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bondesk.base.reports import Report, ReportTable

_DAY = timedelta(days=1)
Name = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class BalanceStep:
    """What stood from the end of ``day`` until before ``until``; ``rows`` are those of the table on that day."""

    day: date
    until: date
    value: Decimal
    rows: tuple[int, ...]

    @property
    def days(self) -> int:
        """Return for how many days it stood, the last step of all for its own day."""
        return (self.until - self.day).days


@dataclass(frozen=True, slots=True)
class Balances:
    """The steps of everything a table tells of, and what each row belongs to; a row without a balance is in none."""

    steps: dict[Name, tuple[BalanceStep, ...]] = field(default_factory=dict)
    names: dict[int, Name] = field(default_factory=dict)

    def of_row(self, row: int) -> tuple[Name, int]:
        """Return what a row of the table belongs to and the step it is in; ``((), -1)`` when it has no balance."""
        name = self.names.get(row)
        if name is None:
            return (), -1
        return name, next(place for place, step in enumerate(self.steps[name]) if row in step.rows)


def balances_of(report: Report, table: ReportTable) -> Balances:
    """Read the balances a report declares (``course``); rows of one thing are taken in the order of their days."""
    course = report.course
    if course is None:
        return Balances()
    day, value = report.column_place(course.day), report.column_place(course.value)
    naming = [report.column_place(key) for key in course.of]
    rows: dict[Name, list[int]] = {}
    names: dict[int, Name] = {}
    for number, row in enumerate(table.rows):
        if isinstance(row.values[day], date) and isinstance(row.values[value], Decimal):
            names[number] = tuple(row.values[place] for place in naming)
            rows.setdefault(names[number], []).append(number)
    return Balances({name: _steps(table, mine, day, value) for name, mine in rows.items()}, names)


def _steps(table: ReportTable, rows: Sequence[int], day: int, value: int) -> tuple[BalanceStep, ...]:
    by_day: dict[date, list[int]] = {}
    for number in rows:
        by_day.setdefault(table.rows[number].values[day], []).append(number)
    days = sorted(by_day)
    ends = (*days[1:], days[-1] + _DAY)
    return tuple(
        BalanceStep(one, end, table.rows[by_day[one][-1]].values[value], tuple(by_day[one]))
        for one, end in zip(days, ends, strict=True)
    )


def below_zero(steps: Sequence[BalanceStep]) -> list[int]:
    """Return where each stretch below zero begins, as places in ``steps``."""
    return [place for place, one in enumerate(steps) if one.value < 0 and (place == 0 or steps[place - 1].value >= 0)]
