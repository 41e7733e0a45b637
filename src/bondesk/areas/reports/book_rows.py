"""What a row of a report opens that stands for one filed row of a book, or for one part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bondesk.areas.accounts.book_model import Account, AccountConsumption, AccountLine
from bondesk.areas.goods.part import Part
from bondesk.base.reports import ReportRow

#: The document a row opens by kind and id, and the line of it by line table and id.
RowPlace = tuple[tuple[str, int], tuple[str, int]]
_WHOLE = ("", 0)
NO_PLACE: RowPlace = (("", 0), _WHOLE)


def _book(book: Account) -> tuple[str, int]:
    return ("account" if book.book_kind == "EMS" else "handbook", book.id)


def item_place(book: Account, line: AccountLine | None) -> RowPlace:
    """Return the place of a material or product of an approved book; without a line the book itself."""
    if line is None:
        return _book(book), _WHOLE
    return _book(book), ("materials" if line.goods_flag == "I" else "products", line.id)


def part_place(part: Part | None) -> RowPlace:
    """Return the place of a part; one nobody recorded has none."""
    return (("part", part.id), _WHOLE) if part is not None else NO_PLACE


def item_row(key: str, values: tuple[Any, ...], book: Account, line: AccountLine | None) -> ReportRow:
    """Return a row that stands for a material or product of ``book``."""
    return ReportRow(key, values, *item_place(book, line))


def part_row(key: str, values: tuple[Any, ...], part: Part | None) -> ReportRow:
    """Return a row that stands for a part."""
    return ReportRow(key, values, *part_place(part))


#: Filed rows of consumption by product, version and material.
FiledRows = Mapping[tuple[int, str, int], AccountConsumption]


def filed_rows(book: Account) -> FiledRows:
    """Return the rows of consumption a book has, those struck out left aside."""
    present = (row for row in book.consumptions if row.row_mark != "2")
    return {(row.product_no, row.uc_version, row.material_no): row for row in present}


def consumption_row(key: str, values: tuple[Any, ...], book: Account, filed: AccountConsumption | None) -> ReportRow:
    """Return a row that stands for one filed consumption of ``book``; without one the book itself opens."""
    return ReportRow(key, values, _book(book), ("consumptions", filed.id) if filed is not None else _WHOLE)
