"""How a value of a report is written for eyes: on the screen, in a search and on paper alike. Pure."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bondesk.base.numbers import padded


def shown_value(value: Any, places: int | None) -> str:
    """Write a cell: numbers with all their places and a separator every three digits, zero as a dash."""
    match value:
        case None:
            return ""
        case Decimal():
            if value == 0:
                return "–"
            text = padded(value, places if places is not None else 2)
            whole, _, rest = text.partition(".")
            sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
            return f"{sign}{int(digits):,}" + (f".{rest}" if rest else "")
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case _:
            return str(value)
