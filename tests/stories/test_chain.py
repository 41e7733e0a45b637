"""What the sample figures leave open: the printed sign, the hand-over of every note, the cells themselves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from bondesk.app import open_engine
from bondesk.areas.accounts.book_model import Account
from bondesk.areas.accounts.book_reading import filed_of
from bondesk.areas.codes.effects import effect_table
from bondesk.areas.goods.unit_consumption import UnitConsumption
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLineSource
from bondesk.base.errors import Refused
from bondesk.base.explanation import Explanation
from bondesk.base.options import read_options
from bondesk.demo import run_headless
from bondesk.engine import reporting
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.tables import Outbox
from bondesk.ledger.balance import Movement, fold
from bondesk.ledger.posting import EffectTable, Stage
from bondesk.settings import Home
from builders.office import DEMO, Office

CUT_OFF = date(2024, 2, 22)
FIGURES = ("part_level", "item_level", "residue")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The engine over a data folder in which the demo has run to its end."""
    home = Home(tmp_path_factory.mktemp("demo") / "home")
    run_headless(home, None, lambda _text: None)
    engine = open_engine(home)
    yield engine
    engine.store.dispose()


def test_products_that_come_back(demo: Engine) -> None:
    """Figure 7: 成品退换 counts physically; the sign the manual prints would give another consumption."""
    with demo.acting(SYSTEM) as act:
        book = act.facts.one(Account, copy="approved")
        assert book is not None
        physical = effect_table(act.facts)
        printed = EffectTable(physical.rows, exchange_sign="MANUAL")

        def turned(movement: Movement) -> Movement:
            key = (movement.mode, movement.goods_flag, movement.ie_flag)
            if movement.goods_flag == "I":
                return movement
            return movement._replace(quantity=movement.quantity * physical.effect(*key)[1] * printed.effect(*key)[1])

        moved = act.books.movements(book.record_no, None, CUT_OFF)
        assert fold(moved, filed_of(book)).item(1).consumed == Decimal("1043.31858")
        assert fold(map(turned, moved), filed_of(book)).item(1).consumed == Decimal("1052.17182")


def test_the_printed_formula_is_a_switch_of_the_reports(demo: Engine) -> None:
    """Figure 7 on the screen: every report turns alike, explains its figure, says so, and nothing stored changes."""
    stated = {"": "1043.31858", "PRINTED": "1052.17182", "STRICT": "1043.31858", "MANUAL": "1052.17182"}
    with demo.acting(SYSTEM) as act:
        for formula, consumed in stated.items():
            for key, day in (("material_status", "date_to"), ("material_balance", "day")):
                report = act.catalogue.report(key)
                options = read_options(report.options, {day: str(CUT_OFF), "item_no": "1", "formula": formula})
                table = reporting.run_at_once(act, report, options)
                (row,) = table.rows
                assert row.values[report.column_place("consumed")] == Decimal(consumed), (key, formula)
                assert [one.code for one in table.findings if one.code == "RPT-48"] == ["RPT-48"] * bool(formula)
                told = reporting.explain(act, report, options, row.key, "consumed")
                assert told.value.startswith(consumed), (key, formula)
        assert not act.session.dirty


def test_parts_are_items_and_what_rounding_left(demo: Engine) -> None:
    """舍入台账: the item level is the ledger, the part level the exact conversion of the source lines, the rest is small."""
    with demo.acting(SYSTEM) as act:
        report, place = act.catalogue.report("rounding_ledger"), act.catalogue.report("rounding_ledger").column_place
        whole = reporting.run_at_once(act, report, read_options(report.options, {}))
        lines = reporting.run_at_once(act, report, read_options(report.options, {"per_line": "1"}))
        assert whole.findings == lines.findings == ()

        book = act.facts.one(Account, copy="approved")
        assert book is not None
        moved: dict[str, Decimal] = {}
        for one in act.books.movements(book.record_no, None, None):
            key = f"{one.goods_flag}{one.item_no}"
            moved[key] = moved.get(key, Decimal(0)) + one.quantity
        figures = {row.key: [row.values[place(name)] for name in FIGURES] for row in whole.rows}
        assert {key: row[1] for key, row in figures.items()} == {key: one for key, one in moved.items() if one}

        exact: dict[int, Decimal] = {}
        for source in act.session.scalars(select(NoteLineSource)):
            exact[source.note_line_id] = exact.get(source.note_line_id, Decimal(0)) + source.dcl_share
        converted: dict[str, Decimal] = {}
        for posting in act.books.postings(book.record_no, None, None, Stage.POSTED.value):
            key = f"{posting.goods_flag}{posting.item_no}"
            converted[key] = converted.get(key, Decimal(0)) + posting.effect * exact[posting.line_id]
        assert {key: row[0] for key, row in figures.items()} == converted
        assert {key: row[2] for key, row in figures.items()} == {key: converted[key] - moved[key] for key in figures}
        drafts = act.session.scalars(select(BondedNote)).all()
        residues = sorted(abs(exact[line.id] - line.dcl_qty) for note in drafts for line in note.lines)
        assert sorted(abs(row.values[place("residue")]) for row in lines.rows) == residues
        assert residues[-1] > 0
        assert Counter(row.values[place("nature")] for row in lines.rows) == {
            "舍入": len(residues) - 2,
            "进到最小数": 2,
        }

        last = [row for row in lines.rows if row.key.startswith("I5:")][-1]
        assert last.values[place("running")] == figures["I5"][2]
        told = reporting.explain(act, report, read_options(report.options, {"per_line": "1"}), last.key, "running")
        assert Decimal(told.value) == figures["I5"][2]
        assert sum(Decimal(part.value) for part in told.parts) == figures["I5"][2]
        note = next(note for note in drafts if note.lines[0].dcl_qty > 2)
        note.lines[0].dcl_qty -= 2
        act.session.flush()
        act.post("bonded_note", [note.id])
        changed = reporting.run_at_once(act, report, read_options(report.options, {"per_line": "1"}))
        assert [row.values[place("residue")] for row in changed.rows if row.values[place("nature")] == "数量改动"]
        assert [one.code for one in changed.findings] == ["RPT-49"]
        act.session.rollback()


def test_every_note_is_handed_over_and_posted_once(demo: Engine) -> None:
    """145 notes: one message each, one 清单编号 each."""
    with demo.acting(SYSTEM) as act:
        notes = act.session.scalars(select(BondedNote)).all()
        assert Counter((note.state, note.writeoff_mark) for note in notes) == {("APPROVED", "2"): 145}
        assert len({note.bond_no for note in notes}) == 145
        assert Counter(act.session.scalars(select(Outbox.state))) == {"handed": 145}
        assert len(set(act.session.scalars(select(Outbox.file_name)))) == 145


def leaves(explanation: Explanation) -> Iterator[Explanation]:
    """Every node without parts."""
    if not explanation.parts:
        yield explanation
    for part in explanation.parts:
        yield from leaves(part)


@cache
def workbook(name: str) -> Workbook:
    """Read a demo workbook by another library than the program's."""
    return load_workbook(DEMO / name)


def cell_values(explanation: Explanation) -> Iterator[Decimal]:
    """The raw values of the workbook cells under a figure, each compared with the workbook itself."""
    for leaf in leaves(explanation):
        cell = re.fullmatch(r"工作簿 (\S+)「(.+)」([A-Z]+)(\d+)", leaf.title)
        if cell is not None:
            name, sheet, letters, row = cell.groups()
            raw = workbook(name)[sheet][f"{letters}{row}"]
            assert not isinstance(raw, tuple)
            assert Decimal(str(raw.value)) == Decimal(leaf.value), leaf.title
            yield Decimal(leaf.value)


def test_balance_is_explained_down_to_its_cells(demo: Engine) -> None:
    """The cells named for item 13 hold what they are said to hold, and make up its 11,600 pieces."""
    report = demo.catalogue.report("material_status")
    options = read_options(report.options, {"date_to": CUT_OFF.isoformat()})
    with demo.acting(SYSTEM) as act:
        tree = reporting.explain(act, report, options, "13", "balance")
    assert [part.value.split()[0] for part in tree.parts] == ["0.00000", "11600.00000", "4268.72795"]
    _, came_in, consumed = (sum(cell_values(part)) for part in tree.parts)
    assert came_in == 11600  # one part is one piece of the item
    assert consumed > 0


@pytest.mark.parametrize(
    ("item", "net", "tangible", "intangible", "unit_consumption"),
    [(1, "0.072", "2.408673895", "0", "0.073777049"), (22, "0.0007", "2.465", "5", "0.000756471")],
)
def test_roll_up(
    masters_office: Office, item: int, net: str, tangible: str, intangible: str, unit_consumption: str
) -> None:
    """Figure 3: GW-200 V1 with its semi-product dissolved."""
    outcome = masters_office.run("generate_unit_consumption", {"merge": "0"})
    (version,) = [str(row[3]) for table in outcome.tables for row in table.rows if row[:2] == ("GW-200", "V1")]
    with masters_office.act() as act:
        made = act.facts.one(UnitConsumption, product_no=5, uc_version=version)
        assert made is not None
        line = next(line for line in made.lines if line.material_no == item)
        figures = (line.net, line.tangible, line.intangible, line.unit_consumption)
    assert figures == tuple(map(Decimal, (net, tangible, intangible, unit_consumption)))


def test_demo_refuses_a_used_folder(tmp_path: Path) -> None:
    """The demo never writes over a company of the user's."""
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(Refused):
        run_headless(Home(tmp_path), None, lambda _text: None)
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "keep"
