"""The two scales of a picture over time: round figures upward, days or months along. Whole pixels, no floats. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

_ROUND = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))
_DAYS = (1, 2, 5, 10)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)
_ZERO = Decimal(0)


def round_figures(low: Decimal, high: Decimal, most: int) -> list[Decimal]:
    """Return round figures evenly apart, from below 0 and ``low`` to above 0 and ``high``: two to ``most`` (3) of them.

    >>> [str(one) for one in round_figures(Decimal(-30), Decimal(170), 6)]
    ['-50', '0', '50', '100', '150', '200']
    """
    low, high = min(low, _ZERO), max(high, _ZERO)
    if low == high:
        return [_ZERO, Decimal(1)]
    power = Decimal(1).scaleb(((high - low) / most).adjusted())
    while True:
        for one in _ROUND:
            step = one * power
            first = (low / step).to_integral_value(ROUND_FLOOR)
            last = (high / step).to_integral_value(ROUND_CEILING)
            if last - first + 1 <= max(most, 3):
                return [_plain(step * (first + place)) for place in range(int(last - first) + 1)]
        power *= 10


def _plain(value: Decimal) -> Decimal:
    """Drop the exponent a round figure may carry: 1E+3 is 1000."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value


def marked_days(first: date, last: date, most: int) -> list[tuple[date, str]]:
    """Return at most ``most`` days between two, evenly apart, with their words: each day, or the first of months.

    >>> [word for _day, word in marked_days(date(2024, 1, 20), date(2024, 4, 7), 4)]
    ['2024-02', '2024-03', '2024-04']
    """
    count = (last - first).days + 1
    for step in _DAYS:
        if -(-count // step) <= most:
            days = (first + timedelta(days=place) for place in range(0, count, step))
            return [(day, day.isoformat()) for day in days]
    for step in _MONTHS:
        months = [month for month in _months(first, last) if (month.year * 12 + month.month - 1) % step == 0]
        if len(months) <= max(1, most) and months:
            return [(month, f"{month:%Y-%m}") for month in months]
    return [(first, first.isoformat())]


def _months(first: date, last: date) -> list[date]:
    begin, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    days = (date(month // 12, month % 12 + 1, 1) for month in range(begin, end + 1))
    return [day for day in days if first <= day <= last]


@dataclass(frozen=True, slots=True)
class Scale:
    """A plot of ``width`` by ``height`` pixels at (``left``, ``top``), from ``low`` to ``high`` over some days.

    A day is as wide as it lasts: it begins at its own place and ends where the next one begins.
    """

    left: int
    top: int
    width: int
    height: int
    low: Decimal
    high: Decimal
    first: date
    last: date

    @property
    def days(self) -> int:
        """Return how many days are shown, the last one included."""
        return (self.last - self.first).days + 1

    def x(self, day: date) -> int:
        """Return where a day begins; the day after the last is the right edge."""
        return self.left + (day - self.first).days * self.width // self.days

    def y(self, value: Decimal) -> int:
        """Return how far down a figure stands."""
        return self.top + int((self.high - value) * self.height / (self.high - self.low))

    def day_at(self, x: int) -> date:
        """Return the day under a place, the nearest one outside the plot."""
        day = (x - self.left) * self.days // max(1, self.width)
        return self.first + timedelta(days=min(max(day, 0), self.days - 1))
