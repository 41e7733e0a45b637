"""Which offered lines a table already holds, and which lines come or go when ticks change. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bondesk.base.documents import LineTable, Offer
from bondesk.desktop.edited import EditedLine, blank_line

UNKNOWN = "未知（已不在清单中）"


@dataclass(frozen=True, slots=True)
class Taken:
    """Rows by the place of the offer they hold; rows that hold none stand alone under ``strangers``."""

    rows: dict[int, list[int]]
    strangers: tuple[int, ...]


def taken(table: LineTable, offers: Sequence[Offer], lines: Sequence[EditedLine]) -> Taken:
    """Match lines with offers by the offered values; explanations the program fills (labels) do not count."""
    keys = telling_keys(table, offers)
    places = {_key(offer.values, keys): place for place, offer in reversed(list(enumerate(offers)))}
    rows: dict[int, list[int]] = {}
    strangers = []
    for row, line in enumerate(lines):
        place = places.get(_key(line.values, keys))
        if place is None:
            strangers.append(row)
        else:
            rows.setdefault(place, []).append(row)
    return Taken(rows, tuple(strangers))


def telling_keys(table: LineTable, offers: Sequence[Offer]) -> tuple[str, ...]:
    """Return the offered keys that tell lines apart: all but labels, which follow from a key beside them."""
    given = list(dict.fromkeys(key for offer in offers for key in offer.values))
    return tuple(key for key in given if key != "label") or tuple(given)


def _key(values: Any, keys: Sequence[str]) -> tuple[Any, ...]:
    return tuple(values.get(key) or "" for key in keys)


def fresh_lines(table: LineTable, offers: Sequence[Offer]) -> list[EditedLine]:
    """Return new lines with what the offers say."""
    lines = []
    for offer in offers:
        line = blank_line(table)
        line.values.update(offer.values)
        lines.append(line)
    return lines


def stranger_title(table: LineTable, line: EditedLine) -> str:
    """Write a line no offer has, as far as it can be read."""
    words = [str(line.values.get(entry.key) or "") for entry in table.fields if entry.key != "line_no"]
    return " · ".join(word for word in words if word) or "空行"
