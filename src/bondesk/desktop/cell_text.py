"""How one value reads in a list: codes with their names, exact decimals, Chinese yes and no."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bondesk.base.columns import Kind
from bondesk.base.fields import Field
from bondesk.base.numbers import padded, plain

#: Money reads column-wise, so it keeps its zeros; quantities and factors drop theirs.
_PADDED = {Kind.AMOUNT, Kind.PRICE}
NameOf = Callable[[str, str], str]


def cell_text(entry: Field, value: Any, name_of: NameOf) -> str:
    """Write ``value`` of a field; ``name_of(table, code)`` gives the Chinese name of a customs code or "".

    Money keeps all its decimals (``1200.00``), other decimals lose trailing zeros (``0.0085``), fixed
    choices show their name, codes ``035 千克``.
    """
    if value is None or value == "":
        return ""
    if entry.choices:
        return entry.choice_name(str(value))
    if entry.table:
        return f"{value} {name_of(entry.table, str(value))}".rstrip()
    return _plain_text(entry, value)


def _plain_text(entry: Field, value: Any) -> str:
    match value:
        case bool():
            return "是" if value else "否"
        case Decimal():
            return padded(value, entry.places) if entry.kind in _PADDED else plain(value)
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case _:
            return str(value).replace("\n", " ")
