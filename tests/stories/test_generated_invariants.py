"""The invariants at the end of handbook 16 on factories drawn from a seed: several books, versions, modes, corrections."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.stock.held import rolled_stock
from bondesk.areas.stock.item_level import ItemLevel, by_material
from bondesk.areas.stock.stock_model import StockDocument, StockLine, Stocktake, StocktakeLine
from bondesk.areas.verification.computing import compute
from bondesk.areas.verification.verification_model import AccountVerification
from bondesk.base.options import read_options
from bondesk.engine import reporting
from bondesk.engine.act import Act
from bondesk.engine.engine import SYSTEM
from builders.ledger_walk import Walk, opened
from builders.office import copy_of
from builders.small_factory import FOUNDED

D = Decimal
ZERO = D(0)
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module", params=[3, 4])
def walk(
    request: pytest.FixtureRequest, codes_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Walk]:
    """A random walk of notes, and 仓单 of materials and products after a count."""
    made = opened(copy_of(codes_template, tmp_path_factory.mktemp("generated") / "home"), request.param, every=500)
    made.run(250)
    chance = random.Random(request.param)
    with made.engine.acting(SYSTEM) as act:
        counted(act, chance)
        for number in range(40):
            moved(act, chance, number, made.today)
    yield made
    made.engine.store.dispose()


def counted(act: Act, chance: random.Random) -> None:
    """Count every part on the day the books begin."""
    for kind, letter, count in (("I", "M", 4), ("E", "P", 3), ("S", "", 0)):
        taken = Stocktake(count_date=FOUNDED, kind=kind, warehouse="", state="CONFIRMED")
        taken.lines = []
        for item in range(1, count + 1):
            quantity = D(chance.randint(0, 10**9)).scaleb(-5)
            line = StocktakeLine(line_no=item, part_no=f"{letter}{item}", quantity=quantity, counted_qty=quantity)
            line.erp_unit, line.scope = "035", "bonded"
            taken.lines.append(line)
        act.session.add(taken)


def moved(act: Act, chance: random.Random, number: int, today: date) -> None:
    """Store a 仓单 of a day since."""
    kinds = chance.choice(
        ((("A101", "A107", "A113", "A117", "A119", "A120"), "M", 4), (("B206", "B214", "B217"), "P", 3))
    )
    day = FOUNDED + timedelta(days=chance.randint(0, (today - FOUNDED).days))
    head = StockDocument(document_no=f"S{number}", document_date=day, partner="", state="AUDITED")
    head.lines = []
    kind = chance.choice(kinds[0])
    for place in range(1, chance.randint(2, 4)):
        line = StockLine(line_no=place, doc_type=kind, part_no=f"{kinds[1]}{chance.randint(1, kinds[2])}")
        line.quantity, line.erp_unit = D(chance.randint(1, 10**8)).scaleb(-5), "035"
        head.lines.append(line)
    document = act.catalogue.document("stock_doc")
    assert document.derive is not None
    document.derive(head, act.facts)
    act.session.add(head)


def rows(act: Act, key: str, **options: object) -> Rows:
    declared = act.catalogue.report(key)
    given = {name: str(value) for name, value in options.items()}
    table = reporting.run_at_once(act, declared, read_options(declared.options, given))
    names = [column.key for column in declared.columns]
    return [dict(zip(names, row.values, strict=True)) for row in table.rows]


def by_item(found: Rows, figure: str, number: str = "item_no") -> dict[int, Decimal]:
    """Return one figure per item, those that are not 0."""
    return {int(row[number]): row[figure] for row in found if row[figure]}


def test_every_invariant_holds_for_every_book_and_day(walk: Walk) -> None:
    days = (FOUNDED + timedelta(days=5), walk.today - timedelta(days=20), walk.today)
    with walk.engine.acting(SYSTEM) as act:
        for record_no in walk.books:
            for day in days:
                the_balance_is_one(act, record_no, day)
                usage_is_consumption(act, record_no, day)
                the_journal_is_the_columns(act, record_no, day)
                the_verified_is_the_reported(act, record_no, day)
                the_closing_stock_is_the_rolling_one(act, record_no, day)
        assert sum(len(rows(act, "note_journal", record_no=record_no)) for record_no in walk.books) == len(
            rows(act, "note_journal")
        )


def the_balance_is_one(act: Act, record_no: str, day: date) -> None:
    """Report 1 balance = report 7 = the last row of report 8."""
    status = rows(act, "material_status", record_no=record_no, date_to=day)
    balance = rows(act, "material_balance", record_no=record_no, day=day)
    assert by_item(status, "balance") == by_item(balance, "balance")
    last = {int(row["item_no"]): row["balance"] for row in rows(act, "item_ledger", record_no=record_no, date_to=day)}
    assert {item: one for item, one in last.items() if one} == by_item(status, "balance")


def usage_is_consumption(act: Act, record_no: str, day: date) -> None:
    """Σ report 9 usage = report 1 耗用."""
    used: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for row in rows(act, "product_usage", record_no=record_no, date_to=day):
        used[row["material_no"]] += row["usage"]
    status = rows(act, "material_status", record_no=record_no, date_to=day)
    assert {item: one for item, one in used.items() if one} == by_item(status, "consumed")


def the_journal_is_the_columns(act: Act, record_no: str, day: date) -> None:
    """Σ by mode of report 5 = the columns of reports 1 and 2."""
    sums: dict[tuple[str, int], Decimal] = defaultdict(lambda: ZERO)
    direct: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for row in rows(act, "note_journal", record_no=record_no, date_to=day):
        sums[row["goods"], row["item_no"]] += row["effect"] or 0
        if (row["goods"], row["mode"]) == ("料件", "0615"):
            direct[row["item_no"]] += row["effect"] or 0
    status = rows(act, "material_status", record_no=record_no, date_to=day)
    products = rows(act, "product_status", record_no=record_no, date_to=day)
    wanted = {("料件", item): one for item, one in by_item(status, "in_out").items()}
    wanted |= {("成品", item): one for item, one in by_item(products, "exported").items()}
    assert {key: one for key, one in sums.items() if one} == wanted
    assert {item: one for item, one in direct.items() if one} == by_item(status, "direct_import")


def the_verified_is_the_reported(act: Act, record_no: str, day: date) -> None:
    """报核 expected = report 1 of the same day; nothing is stored."""
    book = act.facts.one(Account, copy="approved", record_no=record_no)
    assert book is not None
    one = AccountVerification(record_no=record_no, times=1, begin_date=FOUNDED, end_date=day, reserved_notes="next")
    one.actual_source, one.carry_basis, one.with_transit = "EXPECTED", "EXPECTED", False
    with act.session.no_autoflush:
        compute(act, one, book)
    status = rows(act, "material_status", record_no=record_no, date_to=day)
    assert {line.item_no: line.expected for line in one.materials if line.expected} == by_item(status, "balance")
    if one in act.session:
        act.session.expunge(one)


def the_closing_stock_is_the_rolling_one(act: Act, record_no: str, day: date) -> None:
    """Report 18 closing = the rolling stock the 短溢表 uses."""
    book = act.facts.one(Account, copy="approved", record_no=record_no)
    assert book is not None
    held = rolled_stock(act, ItemLevel(act.facts, book), day, FOUNDED)
    rolled = {item: quantity for item, quantity in by_material(held.shares["material"]).items() if quantity}
    flow = {"level": "ITEM", "date_to": day, "opening_day": FOUNDED, "goods_kind": "I", "record_no": record_no}
    assert by_item(rows(act, "stock_flow", **flow), "closing", "number") == rolled
