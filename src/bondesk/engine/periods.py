"""Periods a clerk names by word (今天, 本月 …): kept as words in saved views, so that they move with the day. Pure."""

from __future__ import annotations

from datetime import date, timedelta

#: Word as kept → word as shown, in the order offered.
PERIODS: dict[str, str] = {
    "today": "今天",
    "week": "本周",
    "month": "本月",
    "last_month": "上月",
    "year": "今年",
    "last_year": "去年",
}


def period(word: str, today: date) -> tuple[date, date]:
    """Return first and last day of a named period; ``KeyError`` for an unknown word. Weeks begin on Monday.

    >>> period("last_month", date(2024, 3, 31))
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    """
    match word:
        case "today":
            return today, today
        case "week":
            monday = today - timedelta(days=today.weekday())
            return monday, monday + timedelta(days=6)
        case "month":
            return month_of(today)
        case "last_month":
            return month_of(today.replace(day=1) - timedelta(days=1))
        case "year":
            return date(today.year, 1, 1), date(today.year, 12, 31)
        case "last_year":
            return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
        case _:
            raise KeyError(word)


def month_of(day: date) -> tuple[date, date]:
    """Return first and last day of the month of ``day``."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
