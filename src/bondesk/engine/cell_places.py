"""Where cells stand, as Excel writes it."""

from __future__ import annotations

from typing import NamedTuple

from bondesk.base.sheets import RawCell


class Labelled(NamedTuple):
    """The cell that belongs to a label: what it holds, its Excel row and 0-based column."""

    raw: RawCell
    row: int
    column: int


def column_letter(index: int) -> str:
    """Return the Excel letters of a 0-based column.

    >>> column_letter(0), column_letter(27)
    ('A', 'AB')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
