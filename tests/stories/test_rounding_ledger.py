"""舍入台账 against an exact sum of the source lines, for any conversions, splits and corrections (decision 0035)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bondesk.app import open_engine
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine, NoteLineSource
from bondesk.base.options import read_options
from bondesk.base.steps import Amounts, Step, play, proposed_answer, run_through
from bondesk.engine import records, reporting, scripts
from bondesk.engine.act import Act
from bondesk.engine.checking import check_steps
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.tables import PostingRow
from bondesk.settings import Home
from builders.office import copy_of
from builders.rounding_factory import (
    BOOK,
    FIRST_DAY,
    ITEMS,
    PLACES,
    SIGNS,
    DrawnDocument,
    DrawnLine,
    DrawnPart,
    drawn_documents,
    drawn_parts,
    store,
    store_book,
)

Item = tuple[str, int]
#: A converted source line is kept at nine places: so much one may be off.
KEPT = Fraction(1, 2 * 10**9)
#: More than this many declared units of one source line are refused.
MOST = 10**9 - 1
LAST_DAY = FIRST_DAY + timedelta(days=3)
OPTIONS = st.fixed_dictionaries(
    {
        "merge": st.sampled_from(["NONE", "PART", "ITEM"]),
        "by_document": st.booleans(),
        "order": st.sampled_from(["SOURCE", "ITEM"]),
        "note_max_lines": st.sampled_from([1, 2, 999]),
    }
)


class _Done(Exception):
    """Takes the example's transaction back."""


@dataclass(frozen=True)
class Moved:
    """A posted note line in plain values; ``taken`` are the quantities it took, by source line id."""

    item: Item
    voucher: str
    day: date
    sign: int
    declared: Decimal
    taken: Sequence[tuple[int, Decimal]]
    by_hand: bool

    def exact(self, lines: Mapping[int, DrawnLine]) -> Fraction:
        """Return the signed sum of what was taken, each converted, nothing rounded."""
        return self.sign * sum((_exact(lines[line], quantity) for line, quantity in self.taken), Fraction(0))


@pytest.fixture(scope="module")
def opened(codes_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Engine]]:
    """One engine for all examples: each works in a transaction that is taken back."""
    engine = open_engine(Home(copy_of(codes_template, tmp_path_factory.mktemp("rounding") / "home")))
    engine = replace(engine, clock=lambda: datetime(2024, 3, 20, 9))
    with engine.acting(SYSTEM) as act:
        store_book(act)
    yield lambda: engine
    engine.store.dispose()


@contextmanager
def undone(engine: Engine) -> Iterator[Act]:
    with pytest.raises(_Done), engine.acting(SYSTEM) as act:
        yield act
        raise _Done


def _exact(line: DrawnLine, quantity: Decimal) -> Fraction:
    return line.part.exact(quantity, line.unit)


def generate(
    act: Act, lines: Mapping[int, DrawnLine], options: dict[str, Any], shares: Sequence[int]
) -> tuple[Mapping[int, Decimal], Sequence[int]]:
    """Run the wizard for so many hundredths of what is left of each line; return what was asked, and the notes.

    The clerk leaves alone what comes to more than can be kept.
    """
    asked: dict[int, Decimal] = {}

    def answer(step: Step) -> Any:
        if not isinstance(step, Amounts):
            return proposed_answer(step)
        for place, (line, most) in enumerate(zip(step.ids, step.most, strict=True)):
            asked[line] = (most * shares[place % len(shares)] / 100).quantize(Decimal("0.00001"))
            if _exact(lines[line], asked[line]) >= MOST:
                asked[line] = Decimal(0)
        if not any(asked.values()):
            asked[step.ids[0]] = Decimal("0.00001")
        return asked

    script = act.catalogue.script("generate_notes")
    made = play(scripts.start(act, script, script.options(record_no=BOOK, date_by_document=True, **options)), answer)
    return asked, made.changed["bonded_note"]


def approve(act: Act, ids: Sequence[int], state: str = "APPROVED", mark: str = "2") -> None:
    for one in act.session.scalars(select(BondedNote).where(BondedNote.id.in_(ids))):
        one.state, one.writeoff_mark = state, mark
    act.session.flush()
    act.post("bonded_note", list(ids))


def moved(act: Act, by_hand: set[int]) -> list[Moved]:
    """Read the notes that stand, and which quantities of which source lines they took."""
    act.session.expire_all()
    heads = act.session.scalars(select(BondedNote).where(BondedNote.state == "APPROVED"))
    return [
        Moved(
            (note.goods_flag, line.item_no),
            f"{note.internal_no}/{line.line_no}",
            note.declared_on or LAST_DAY,
            SIGNS[note.goods_flag, note.ie_flag, note.supervision_mode],
            line.dcl_qty,
            [(link.source_line_id, link.quantity) for link in line.sources],
            line.id in by_hand,
        )
        for note in heads
        for line in note.lines
    ]


def table(act: Act, **given: str) -> list[dict[str, Any]]:
    report = act.catalogue.report("rounding_ledger")
    shown = reporting.run_at_once(act, report, read_options(report.options, {"record_no": BOOK, **given}))
    names = [column.key for column in report.columns]
    return [{"key": row.key, **dict(zip(names, row.values, strict=True))} for row in shown.rows]


def posted(act: Act, day: date) -> Mapping[Item, Decimal]:
    """Sum the stored postings up to a day."""
    sums: dict[Item, Decimal] = defaultdict(Decimal)
    mine = select(PostingRow).where(PostingRow.record_no == BOOK, PostingRow.business_date <= day)
    for row in act.session.scalars(mine):
        sums[row.goods_flag, row.item_no] += row.quantity * row.effect * (-1 if row.reversal else 1)
    return sums


def same(shown: Decimal, wanted: Fraction, kept: int) -> bool:
    """Tell whether a figure is the exact one, but for the places below the ninth of ``kept`` source lines."""
    return abs(Fraction(shown) - wanted) <= kept * KEPT


def check_lines(act: Act, lines: Mapping[int, DrawnLine], notes: Sequence[Moved], day: date) -> None:
    """Each line: declared + residue = exact; the nature is what the test says; the residues run up."""
    wanted = {f"{one.item[0]}{one.item[1]}:{one.voucher}": one for one in notes if one.day <= day}
    shown = table(act, per_line="1", day=str(day))
    assert {row["key"] for row in shown} == set(wanted)
    running: dict[str, Decimal] = defaultdict(Decimal)
    for row in shown:
        one, item = wanted[row["key"]], row["key"].partition(":")[0]
        exact, kept = one.exact(lines), len(one.taken)
        assert row["item_level"] == one.sign * one.declared
        assert same(row["item_level"] + row["residue"], exact, kept), row
        assert same(row["part_level"], exact, kept), row
        assert row["sources"] == kept
        running[item] += row["residue"]
        assert row["running"] == running[item]
        half = Fraction(1, 2 * 10 ** PLACES[ITEMS[one.item]])
        if abs(one.sign * Fraction(one.declared) - exact) <= half:
            assert row["nature"] == "舍入", row
        else:
            assert row["nature"] == ("数量改动" if one.by_hand else "进到最小数"), row
        if not one.by_hand:
            assert Fraction(one.declared) == max(Fraction(int(abs(exact) / half / 2 + Fraction(1, 2))), 1) * half * 2


def check_items(act: Act, lines: Mapping[int, DrawnLine], notes: Sequence[Moved], day: date) -> None:
    """Each item up to a day: posted + residue = the exact sum of the source lines."""
    exact: dict[Item, Fraction] = defaultdict(Fraction)
    kept: dict[Item, int] = defaultdict(int)
    for one in notes:
        if one.day <= day:
            exact[one.item] += one.exact(lines)
            kept[one.item] += len(one.taken)
    stored, shown = posted(act, day), {row["key"]: row for row in table(act, day=str(day))}
    assert set(shown) == {f"{goods}{item_no}" for goods, item_no in exact}
    for item, sum_ in exact.items():
        row = shown[f"{item[0]}{item[1]}"]
        assert row["item_level"] == stored[item]
        assert same(stored[item] + row["residue"], sum_, kept[item]), row
        assert row["part_level"] == row["item_level"] + row["residue"]


def asked_of(lines: Mapping[int, DrawnLine], notes: Sequence[Moved], asked: Mapping[int, Decimal]) -> None:
    """What the notes took is what was asked for: no source line is short or twice in them."""
    taken: dict[int, Decimal] = defaultdict(Decimal)
    for one in notes:
        for line, quantity in one.taken:
            assert lines[line].part.item_no == one.item[1]
            taken[line] += quantity
    assert taken == {line: quantity for line, quantity in asked.items() if quantity}


@settings(max_examples=40, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_posted_and_residue_are_the_exact_sum(opened: Callable[[], Engine], data: st.DataObject) -> None:
    parts = data.draw(drawn_parts(), "parts")
    documents = data.draw(drawn_documents(parts), "documents")
    with undone(opened()) as act:
        lines = store(act, parts, documents)
        asked: dict[int, Decimal] = defaultdict(Decimal)
        ids: list[int] = []
        for run in range(data.draw(st.integers(1, 3), "runs")):
            if all(asked[number] == line.quantity for number, line in lines.items()):
                break
            shares = data.draw(st.lists(st.integers(0, 100), min_size=1, max_size=6), f"shares {run}")
            taken, made = generate(act, lines, data.draw(OPTIONS, f"options {run}"), shares)
            for line, quantity in taken.items():
                asked[line] += quantity
            ids += made
        if data.draw(st.booleans(), "a draft is deleted") and len(ids) > 1:
            give_back(act, ids.pop(), asked)
        by_hand = changed(act, data.draw(st.lists(st.integers(0, 50), max_size=2), "changed by hand"), ids)
        approve(act, ids)
        if data.draw(st.booleans(), "a note is taken back") and len(ids) > 1:
            give_back(act, ids.pop(), asked)
        notes = moved(act, by_hand)
        asked_of(lines, notes, asked)
        # the log of this act is not written yet: who changed a quantity cannot be told
        named = {one.breach.text.partition("项 ")[0] for one in run_through(check_steps(act, "CHK-60"))}
        wanted = {one.voucher.replace("/", " 第") for one in notes if one.by_hand}
        assert named == {f"核注清单 {one}" for one in wanted}
        for number in range(4):
            check_lines(act, lines, notes, FIRST_DAY + timedelta(days=number))
            check_items(act, lines, notes, FIRST_DAY + timedelta(days=number))


def test_more_than_can_be_kept_names_its_line(opened: Callable[[], Engine]) -> None:
    """A thousand tons declared in grams: the rest is generated, and the sentence says what to do."""
    ton = DrawnPart("I4A", "I", 4, "035", Decimal(1000), None)
    small = DrawnLine(ton, Decimal("999999.99999"), "035", Decimal(1))
    large = DrawnLine(ton, Decimal(1000000), "035", Decimal(1))
    with undone(opened()) as act:
        store(act, [ton], [DrawnDocument(("I", "I", "0615"), FIRST_DAY, (small, large))])
        script = act.catalogue.script("generate_notes")
        outcome = play(scripts.start(act, script, script.options(record_no=BOOK)), proposed_answer)
        (note,) = act.session.scalars(select(BondedNote))
        assert [line.dcl_qty for line in note.lines] == [Decimal("999999999.99")]
        (said,) = [one for one in outcome.findings if one.code == "IMP-07"]
        assert said.text == ("单据 R0 第 2 行 I4A：折合 1000000000 克，一次最多 999999999，请减少生成数量、分次生成")


def give_back(act: Act, note_id: int, asked: dict[int, Decimal]) -> None:
    """Delete a draft, or take an approved note back: what it took is not asked for any more."""
    note = act.session.get_one(BondedNote, (act.company_id, note_id))
    lines = select(NoteLine.id).where(NoteLine.header_id == note_id)
    for link in act.session.scalars(select(NoteLineSource).where(NoteLineSource.note_line_id.in_(lines))):
        asked[link.source_line_id] -= link.quantity
    if note.state == "DRAFT":
        records.delete(act, act.catalogue.document("bonded_note"), note_id)
    else:
        approve(act, [note_id], "VOID", "0")


def changed(act: Act, places: Sequence[int], ids: Sequence[int]) -> set[int]:
    """Declare more of some lines than was converted; return their ids."""
    rows = act.session.scalars(select(NoteLine).where(NoteLine.header_id.in_(ids)).order_by(NoteLine.id)).all()
    chosen = {rows[place % len(rows)].id: rows[place % len(rows)] for place in places}
    for line in chosen.values():
        line.dcl_qty += 7
    act.session.flush()
    return set(chosen)
