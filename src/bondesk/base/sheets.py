"""Workbooks as plain values, so that the engine reads and writes them without seeing a file format. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class NoResult:
    """A formula without a saved result: neither empty nor 0."""

    def __str__(self) -> str:
        return "（公式）"


@dataclass(frozen=True, slots=True)
class ErrorCell:
    """An Excel error value such as ``#DIV/0!``."""

    text: str

    def __str__(self) -> str:
        return self.text


#: What a cell holds as read; ``float`` exists only here, at the very edge.
RawCell = str | int | float | bool | datetime.date | datetime.datetime | datetime.time | NoResult | ErrorCell | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet; ``rows[0]`` is Excel row 1."""

    name: str
    rows: Sequence[Sequence[RawCell]]


@dataclass(frozen=True, slots=True)
class SheetBook:
    """A read workbook."""

    sheets: tuple[Sheet, ...]


@dataclass(frozen=True, slots=True)
class WrittenSheet:
    """A sheet to write as it stands: exact values, the cells to mark, the row of headings (-1 = none)."""

    name: str
    rows: Sequence[Sequence[object]]
    marked: frozenset[tuple[int, int]] = frozenset()
    heading_row: int = -1


@dataclass(frozen=True, slots=True)
class ColumnLook:
    """A column of a written table: heading, width in characters, kind of the values.

    Columns that are ``barred`` show their figures as bars on one common scale.
    """

    heading: str
    width: int
    kind: str
    barred: bool = False


@dataclass(frozen=True, slots=True)
class TableHead:
    """What a written table says of itself: whose it is, its conditions as (label, value), when and by whom it was made.

    ``notes`` are what the program has to say about the figures; on paper they stand below them.
    """

    company: str
    conditions: tuple[tuple[str, str], ...] = ()
    made: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TemplateHeading:
    """A heading of an import template."""

    text: str
    required: bool
    explanation: str
    width: int = 14


@dataclass(frozen=True, slots=True)
class TemplateSheet:
    """A sheet of an import template; ``pairs`` is the two-column layout 项目 · 内容."""

    title: str
    headings: tuple[TemplateHeading, ...]
    layout: Literal["rows", "pairs"] = "rows"
