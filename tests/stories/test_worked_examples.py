"""The worked examples of the handbook through the real program: 8.6, 10.3 and 12.3 stored, verified and reported."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.goods.bom import Bom, BomLine
from bondesk.areas.goods.part import Part
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine
from bondesk.areas.stock.held import contractor_stock
from bondesk.areas.stock.item_level import ItemLevel, by_material
from bondesk.areas.stock.stock_model import StockDocument, StockLine, Stocktake, StocktakeLine
from bondesk.areas.verification.verification_model import AccountVerification
from bondesk.base.options import read_options
from bondesk.base.reports import ReportTable
from bondesk.engine import reporting
from bondesk.engine.act import Act
from bondesk.engine.engine import SYSTEM
from bondesk.engine.posting import post_document
from builders.office import Office, copy_of, open_office
from builders.small_factory import PlainBook, store
from ledger.test_balance import CYCLE_1

D = Decimal
BOOK = "E52042300001"
CUT_OFF, COUNTED, DAY = date(2024, 2, 22), date(2024, 2, 25), date(2024, 1, 15)
FULL = D(100)
PLAIN = PlainBook(
    BOOK,
    (1, 2, 3),
    ((1, "1"), (2, "1")),
    {
        (1, "1"): {1: (D("0.020408163"), FULL), 2: (D(1), FULL), 3: (D("0.260416667"), FULL)},
        (2, "1"): {1: (D("0.030612245"), FULL), 2: (D(1), FULL), 3: (D("0.104166667"), FULL)},
    },
)
#: 仓单 of 10.3 and 12.3: type, part, quantity. What was transferred in cycle 1 was delivered, and a little more.
MOVED = (
    *(("A113", "M2", 1000), ("A114", "M2", 30), ("A113", "M1", 20), ("C253", "SEMI-1", 900), ("C254", "SEMI-1", 20)),
    *(("A107", "M1", 100), ("A107", "M2", 80), ("B206", "P1", 1100)),
    *(("A119", "M3", 10), ("A120", "M3", 10)),
)


class _Undone(Exception):
    """Ends an act so that nothing of it is kept."""


@pytest.fixture(scope="module")
def office(codes_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The factory of 8.6 with cycle 1 posted, its counts, and the 仓单 of 10.3 and 12.3."""
    opened = open_office(copy_of(codes_template, tmp_path_factory.mktemp("worked") / "home"))
    with opened.act(SYSTEM) as act:
        store(act, [PLAIN])
        _semi(act)
        words = CYCLE_1.split()
        for number, start in enumerate(range(0, len(words), 5)):
            item, mode, goods, way, quantity = words[start : start + 5]
            note(act, f"N{number}", (mode, goods, way), int(item), D(quantity))
        document = opened.document("stock_doc")
        assert document.derive is not None
        for number, (kind, part_no, amount) in enumerate(MOVED):
            moved = StockDocument(document_no=f"S{number}", document_date=DAY, partner="", state="AUDITED")
            line = StockLine(line_no=1, doc_type=kind, part_no=part_no, quantity=D(amount), erp_unit="035")
            line.bom_version, moved.lines = "B1" if part_no == "SEMI-1" else "", [line]
            document.derive(moved, act.facts)
            act.session.add(moved)
        for day, raw, products in (
            (CUT_OFF, ("368.5", 1618, 228), (200, 100)),
            (COUNTED, (366, 1700, 226), (100, 100)),
        ):
            take(act, day, "I", {f"M{item}": D(one) for item, one in enumerate(raw, 1)})
            take(act, day, "E", {f"P{item}": D(one) for item, one in enumerate(products, 1)})
            take(act, day, "S", {"SEMI-1": D(50)})
    yield opened
    opened.close()


def _semi(act: Act) -> None:
    """SEMI-1: M1 0.010 with 2 % loss, M2 1."""
    part = Part(part_no="SEMI-1", goods_kind="S", name="半成品", hs_code="8532241000")
    part.erp_unit, part.dcl_unit, part.active = "035", "035", True
    bom = Bom(product_part_no="SEMI-1", bom_version="B1")
    bom.lines = [
        BomLine(line_no=1, material_part_no="M1", net=D("0.010"), tangible=D(2), intangible=D(0), bonded=FULL),
        BomLine(line_no=2, material_part_no="M2", net=D(1), tangible=D(0), intangible=D(0), bonded=FULL),
    ]
    act.session.add_all((part, bom))
    act.session.flush()


def note(act: Act, number: str, kind: tuple[str, str, str], item: int, quantity: Decimal, mark: str = "2") -> None:
    """Store an approved note of one line and post it."""
    mode, goods, way = kind
    head = BondedNote(internal_no=number, record_no=BOOK, ie_flag=way, goods_flag=goods, supervision_mode=mode)
    head.declared_on, head.state, head.writeoff_mark = DAY, "APPROVED", mark
    line = NoteLine(line_no=1, item_no=item, dcl_qty=quantity, total=D(0), currency="USD")
    line.uc_version, head.lines = "" if goods == "I" else "1", [line]
    act.session.add(head)
    act.session.flush()
    post_document(act, act.catalogue.document("bonded_note"), head)


def take(act: Act, day: date, kind: str, counts: dict[str, Decimal]) -> None:
    """Store a confirmed stocktake."""
    taken = Stocktake(count_date=day, kind=kind, warehouse="", state="CONFIRMED")
    taken.lines = []
    for place, (part_no, quantity) in enumerate(counts.items(), 1):
        line = StocktakeLine(line_no=place, part_no=part_no, quantity=quantity, counted_qty=quantity, erp_unit="035")
        line.scope, line.bom_version = "bonded", "B1" if kind == "S" else ""
        taken.lines.append(line)
    act.session.add(taken)


def report(act: Act, key: str, **options: str) -> ReportTable:
    declared = act.catalogue.report(key)
    return reporting.run_at_once(act, declared, read_options(declared.options, options))


def figures(act: Act, table: ReportTable, *columns: str, key: str = "shortage_table") -> list[tuple[Any, ...]]:
    """Return the columns of every row of a report, in order."""
    places = [act.catalogue.report(key).column_place(column) for column in columns]
    return [tuple(row.values[place] for place in places) for row in table.rows]


def test_tv9_the_cycle_by_the_wizard(office: Office) -> None:
    """8.6, cycle 1, with the stocktake of its cut-off."""
    office.run("new_account_verification", {"end_date": str(CUT_OFF), "override_reason": "示例"})
    with office.act(SYSTEM) as act:
        (made,) = act.facts.find(AccountVerification)
        rows = [(one.in_out, one.consumed, one.expected, one.actual, one.variance) for one in made.materials]
        assert rows == [
            (D(570), D("193.46939"), D("376.53061"), D("376.15306"), D("-0.37755")),
            (D(9950), D(7980), D(1970), D(1968), D(-2)),
            (D(1900), D("1609.375"), D("290.625"), D("290.5"), D("-0.125")),
        ]
        assert [one.variance_rate for one in made.materials] == [D("-0.1003"), D("-0.1015"), D("-0.0430")]
        assert [one.effective for one in made.products] == [D(4980), D(3000)]  # TV4 among them
        act.session.delete(made)


def test_tv10_the_printed_formula_as_an_assumption(office: Office) -> None:
    with office.act(SYSTEM) as act:
        options = {"day": str(COUNTED), "kind1": "PRINTED", "figure": "A", "outsourced": "0"}
        table = report(act, "what_if", **options)
        found = figures(act, table, "base", "value1", key="what_if")
        assert found == [
            (D("376.53061"), D("375.71429")),
            (D(1970), D(1930)),
            (D("290.625"), D("280.20833")),
        ]


def test_tv13_what_lies_at_the_contractor(office: Office) -> None:
    with office.act(SYSTEM) as act:
        book = act.facts.one(Account, copy="approved", record_no=BOOK)
        assert book is not None
        held = contractor_stock(act, ItemLevel(act.facts, book), COUNTED)
        assert by_material(held.shares["outsourced"]) == {1: D("11.02041"), 2: D(90)}
        assert held.findings == ()


def test_tv15_the_shortage_table(office: Office) -> None:
    with office.act(SYSTEM) as act:
        table = report(act, "shortage_table", day=str(COUNTED), outsourced="0")
        assert figures(act, table, "booked", "counted", "gaps", "difference", "rate", "verdict") == [
            (D("376.53061"), D("371.61224"), D("2.04082"), D("-2.87755"), D("-0.7642"), "短"),
            (D(1970), D(1950), D(20), D(0), D(0), "平"),
            (D("290.625"), D("262.45833"), D("26.04167"), D("-2.125"), D("-0.7312"), "短"),
        ]
        assert {"SHO-04", "SHO-05"} & {one.code for one in table.findings} == set()


def test_tv20_a_gain_of_10_raises_and_a_loss_of_10_lowers(office: Office) -> None:
    with office.act(SYSTEM) as act:
        changes = {
            one.doc_type: one.stock_change for one in act.facts.find(StockLine) if one.doc_type in {"A119", "A120"}
        }
        assert changes == {"A119": D(10), "A120": D(-10)}


def test_sho_04_names_the_notes_that_wait_and_sho_05_what_is_below_nothing(office: Office) -> None:
    """Both hold the document back until somebody answers, and neither stands before its cause does."""
    with pytest.raises(_Undone), office.act(SYSTEM) as act:
        note(act, "WAITS-1", ("0615", "I", "I"), 1, D(5), mark="1")
        table = report(act, "shortage_table", day=str(COUNTED), outsourced="0")
        (found,) = [one for one in table.findings if one.code in {"SHO-04", "SHO-05"}]
        assert (found.code, "WAITS-1" in found.text) == ("SHO-04", True)
        assert figures(act, table, "booked")[0] == (D("376.53061"),)  # what only waits is not counted
        note(act, "TOO-MUCH", ("0664", "I", "E"), 3, D(1000))
        table = report(act, "shortage_table", day=str(COUNTED), outsourced="0")
        below = [one for one in table.findings if one.code == "SHO-05"]
        assert [("料件 3" in one.text, "-709.375" in one.text) for one in below] == [(True, True)]
        assert figures(act, table, "booked")[2] == (D("-709.375"),)
        raise _Undone
