"""Overlays: nothing assumed is the real books themselves; what is assumed is seen, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bondesk.ledger.attribution import STEPS, telescoped
from bondesk.ledger.balance import Movement
from bondesk.ledger.overlay import OverlaidBooks, Overlay, summed
from bondesk.ledger.posting import EVERY, Effect, EffectTable, Only, Posting, Stage

D = Decimal
BOOK, DAY = "E1", date(2024, 1, 1)
TABLE = (Effect("4600", "E", "I", 0, -1, 0, 1, "M!"), Effect("0615", "E", "E", 0, 1, 0, 1, "M"))
PRINTED = EffectTable(TABLE, "MANUAL")


def posting(
    goods: str = "E", item: int = 7, version: str = "9", day: int = 0, line: int = 1, **more: object
) -> Posting:
    values: dict[str, object] = {
        "mode": "0615", "ie_flag": "E" if goods == "E" else "I", "stage": Stage.POSTED, "quantity": D(10), "effect": 1,
        "document_no": "N1", "reversal": False,
    }  # fmt: skip
    values |= more
    return Posting(
        record_no=BOOK, goods_flag=goods, item_no=item, uc_version=version if goods == "E" else "",
        term="", business_date=DAY + timedelta(days=day), amount=D(0), currency="USD", document_key="bonded_note",
        document_id=1, line_id=line, line_no=1, **values,  # type: ignore[arg-type]
    )  # fmt: skip


class PlainBooks:
    """Books over a list."""

    def __init__(self, every: Sequence[Posting]) -> None:
        self.every = every

    def postings(
        self, record_no: str, begin: date | None, end: date | None, stage: str, only: Only = EVERY
    ) -> Sequence[Posting]:
        return [
            one
            for one in self.every
            if one.record_no == record_no and one.stage.value == stage and only.holds(one)
            and (begin is None or one.business_date >= begin) and (end is None or one.business_date <= end)
        ]  # fmt: skip

    def movements(self, record_no: str, begin: date | None, end: date | None) -> Sequence[Movement]:
        return summed(one for stage in Stage for one in self.postings(record_no, begin, end, stage.value))


POSTINGS = st.lists(
    st.builds(
        posting,
        goods=st.sampled_from("IE"), item=st.integers(1, 3), version=st.sampled_from(["1", "2"]),
        day=st.integers(0, 5), line=st.integers(1, 9), stage=st.sampled_from(list(Stage)),
        quantity=st.decimals("0.00001", "99999", places=5), effect=st.sampled_from([1, -1]),
        reversal=st.booleans(), document_no=st.sampled_from(["N1", "N2", "N3"]),
    ),
    max_size=20,
)  # fmt: skip
DATES = st.none() | st.integers(0, 5).map(lambda days: DAY + timedelta(days=days))


@given(POSTINGS, DATES, DATES)
def test_an_empty_overlay_is_the_real_books(every: list[Posting], begin: date | None, end: date | None) -> None:
    real = PlainBooks(every)
    seen = OverlaidBooks(real, Overlay(cut_off=end, stocktake=begin), drafts=[posting(line=99)], signs=PRINTED)
    assert Overlay().empty
    assert seen.movements(BOOK, begin, end) == real.movements(BOOK, begin, end)
    for stage in Stage:
        assert seen.postings(BOOK, begin, end, stage.value) == real.postings(BOOK, begin, end, stage.value)


@given(POSTINGS, POSTINGS, st.sets(st.integers(1, 3)), st.booleans(), st.sampled_from(["", "I", "E"]))
def test_a_reader_of_few_gets_what_it_would_pick_itself(
    every: list[Posting], drafts: list[Posting], items: set[int], counted: bool, goods: str
) -> None:
    overlay = Overlay(drafts=counted, versions={(1, "1"): "2"}, left_out=frozenset({"N1"}))
    seen = OverlaidBooks(PlainBooks(every), overlay, drafts)
    for only in (Only(goods, frozenset(items)), Only(goods, modes=frozenset({"0654"})), Only(documents=frozenset())):
        for stage in Stage:
            wanted = [one for one in seen.postings(BOOK, None, None, stage.value) if only.holds(one)]
            assert seen.postings(BOOK, None, None, stage.value, only) == wanted


@given(POSTINGS, POSTINGS)
def test_drafts_counted_as_declared_leave_nothing_reserved(every: list[Posting], drafts: list[Posting]) -> None:
    seen = OverlaidBooks(PlainBooks(every), Overlay(drafts=True), drafts)
    assert seen.postings(BOOK, None, None, "reserved") == []
    posted = seen.postings(BOOK, None, None, "posted")
    assert sum(one.signed for one in posted) == sum(one.signed for one in (*every, *drafts))
    assert {one.stage for one in seen.movements(BOOK, None, None)} <= {"posted"}


@given(POSTINGS)
def test_a_document_left_out_takes_only_its_own_with_it(every: list[Posting]) -> None:
    seen = OverlaidBooks(PlainBooks(every), Overlay(left_out=frozenset({"N1"})))
    kept = [one for stage in Stage for one in seen.postings(BOOK, None, None, stage.value)]
    assert sorted(map(repr, kept)) == sorted(repr(one) for one in every if one.document_no != "N1")


def test_another_version_takes_products_and_leaves_materials() -> None:
    books = PlainBooks([posting(), posting(version="10"), posting("I", item=7)])
    seen = OverlaidBooks(books, Overlay(versions={(7, "9"): "10"}))
    found = {(one.goods_flag, one.uc_version): one.quantity for one in seen.movements(BOOK, None, None)}
    assert found == {("E", "10"): D(20), ("I", ""): D(10)}


def test_the_printed_formula_turns_what_came_back() -> None:
    back = posting(mode="4600", ie_flag="I", effect=-1)
    seen = OverlaidBooks(PlainBooks([posting(line=1), back]), Overlay(printed=True), signs=PRINTED)
    assert sum(one.quantity for one in seen.movements(BOOK, None, None)) == D(20)
    assert sum(one.quantity for one in PlainBooks([posting(), back]).movements(BOOK, None, None)) == D(0)


def test_exact_quantities_stand_in_for_rounded_ones() -> None:
    seen = OverlaidBooks(PlainBooks([posting(line=5)]), Overlay(exact={5: D("9.999999999")}))
    assert seen.movements(BOOK, None, None)[0].quantity == D("9.999999999")


def test_together_the_later_overlay_holds() -> None:
    first = Overlay(drafts=True, versions={(7, "9"): "10"}, cut_off=DAY, left_out=frozenset({"N1"}))
    second = Overlay(versions={(7, "9"): "11"}, cut_off=DAY + timedelta(days=1), left_out=frozenset({"N2"}))
    both = second.over(first)
    assert both == Overlay(True, {(7, "9"): "11"}, DAY + timedelta(days=1), None, frozenset({"N1", "N2"}))
    assert Overlay().over(first) == first
    assert replace(first).over(Overlay()) == first


VALUES = st.dictionaries(st.integers(1, 4), st.decimals(-9999, 9999, places=5), max_size=4)


@given(st.lists(VALUES, min_size=len(STEPS) + 1, max_size=len(STEPS) + 1))
def test_bars_sum_to_the_difference_exactly(differences: list[dict[int, Decimal]]) -> None:
    splits = telescoped(differences)
    assert {one.item_no for one in splits} == {item for one in differences for item in one}
    for one in splits:
        assert len(one.bars) == len(STEPS) + 1
        assert sum(one.bars) == one.total == differences[0].get(one.item_no, D(0))
        assert one.unexplained == differences[-1].get(one.item_no, D(0))
