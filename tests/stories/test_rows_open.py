"""Rows of reports open what they stand for: the item of the book, the filed consumption, the part, the counted line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bondesk import demo
from bondesk.app import open_engine
from bondesk.areas.goods.part import Part
from bondesk.base.options import read_options
from bondesk.base.reports import Report, ReportTable
from bondesk.engine import records, reporting
from bondesk.engine.act import Act
from builders.homes import declared_home, identity_of

#: Report, options, line table its rows stand in, and (column, attribute of the line) that must be the same.
FILED = (
    ("material_status", {}, "materials", (("item_no", "item_no"), ("name", "name"))),
    ("product_status", {}, "products", (("item_no", "item_no"), ("name", "name"))),
    ("material_balance", {}, "materials", (("item_no", "item_no"), ("name", "name"))),
    (
        "product_usage",
        {},
        "consumptions",
        (("product_no", "product_no"), ("uc_version", "uc_version"), ("material_no", "material_no")),
    ),
    (
        "filed_consumption",
        {},
        "consumptions",
        (("product_no", "product_no"), ("uc_version", "uc_version"), ("material_no", "material_no")),
    ),
    ("shortage_table", {}, "materials", (("item_no", "item_no"), ("name", "name"))),
    ("shortage_attribution", {}, "materials", (("item_no", "item_no"),)),
    ("rounding_ledger", {}, "", (("item_no", "item_no"), ("name", "name"))),
    ("stock_flow", {"level": "ITEM"}, "", (("name", "name"),)),
)


@pytest.fixture(scope="module")
def act(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Act]:
    """One act that only reads the factory with every note declared."""
    engine = open_engine(declared_home(tmp_path_factory.mktemp("rows-open")))
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as opened:
        yield opened
        opened.session.rollback()
    engine.store.dispose()


def shown(act: Act, key: str, options: dict[str, str]) -> tuple[Report, ReportTable]:
    report = act.catalogue.report(key)
    table = reporting.run_at_once(act, report, read_options(report.options, options))
    assert table.rows, key
    return report, table


def line_of(act: Act, kind: str, document_id: int, table: str, line_id: int) -> Any:
    """Return the stored line as the form of the document has it."""
    document = act.catalogue.document(kind)
    header = records.load(act, document, document_id)
    relation = next(one for one in document.lines if one.key == table).relation.key
    return next(line for line in getattr(header, relation) if line.id == line_id)


@pytest.mark.parametrize(("key", "options", "table", "same"), FILED, ids=[one[0] for one in FILED])
def test_a_row_of_a_book_opens_the_book_where_it_is_filed(
    act: Act, key: str, options: dict[str, str], table: str, same: tuple[tuple[str, str], ...]
) -> None:
    report, found = shown(act, key, options)
    for row in (*found.rows[:5], found.rows[-1]):
        assert row.opens[0] == "account"
        assert row.line[0] == table or (not table and row.line[0] in ("materials", "products"))
        line = line_of(act, *row.opens, *row.line)
        for column, attribute in same:
            assert row.values[report.column_place(column)] == getattr(line, attribute)


def test_a_row_of_stock_opens_its_part(act: Act) -> None:
    report, found = shown(act, "stock_flow", {})
    for row in found.rows[:20]:
        part = act.facts.one(Part, part_no=row.values[report.column_place("number")])
        assert row.opens == (("part", part.id) if part is not None else ("", 0))
    assert {row.opens[0] for row in found.rows} >= {"part"}


@pytest.mark.parametrize(("source", "kinds"), [("STOCKTAKE", {"stocktake"}), ("STOCK", {"part"})])
def test_a_row_of_a_count_opens_what_was_counted(act: Act, source: str, kinds: set[str]) -> None:
    """A counted line opens its 盘点 at that line, a rolled sum its part, a gap of time the material."""
    report, found = shown(
        act, "shortage_detail", {"source": source, "transit": "1", "direct": "1", "day": "2024-04-07"}
    )
    number, places = report.column_place("part_no"), set[str]()
    for row in found.rows[:: max(1, len(found.rows) // 25)]:
        part_no = row.values[number]
        places.add(row.opens[0])
        if row.opens[0] == "part":
            part = act.facts.one(Part, id=row.opens[1])
            assert part is not None
            assert (part.part_no, row.line) == (part_no, ("", 0))
        elif row.opens[0]:
            line = line_of(act, *row.opens, *row.line)
            named = line.part_no if part_no else line.item_no
            assert named == (part_no or row.values[report.column_place("item_no")])
    assert places >= kinds
