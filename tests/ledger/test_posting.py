"""Signs of the ledger (handbook 5.6, 8.4) and corrections by reversal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import FrozenInstanceError, replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bondesk.base.errors import Refused
from bondesk.ledger.posting import Effect, EffectTable, Posting, Stage, changes

#: (mode, goods, direction, in/out, consume, manual in/out, manual consume, source) as the table carries them.
EFFECTS = tuple(
    Effect(mode, goods, way, in_out, consume, manual_in_out, manual_consume, source)
    for mode, goods, way, in_out, consume, manual_in_out, manual_consume, source in (
        ("0615", "I", "I", 1, 0, 1, 0, "M"),
        ("0615", "E", "E", 0, 1, 0, 1, "M"),
        ("0214", "I", "I", 1, 0, None, None, "X"),
        ("0644", "I", "I", -1, 0, -1, 0, "M"),
        ("0664", "I", "E", -1, 0, -1, 0, "M"),
        ("0654", "I", "I", 1, 0, 1, 0, "M"),
        ("0654", "I", "E", -1, 0, None, None, "X"),
        ("0654", "E", "E", 0, 1, 0, 1, "M"),
        ("0654", "E", "I", 0, -1, None, None, "X"),
        ("0700", "I", "I", 1, 0, None, None, "X"),
        ("0700", "I", "E", -1, 0, None, None, "X"),
        ("4600", "E", "I", 0, -1, 0, 1, "M!"),
        ("4600", "E", "E", 0, 1, 0, -1, "M!"),
        ("4400", "E", "I", 0, -1, None, None, "X"),
        ("0744", "E", "I", 0, 1, None, None, "X"),
        ("0844", "I", "I", 0, 0, None, None, "X"),
    )
)

POSTING = Posting(
    record_no="E52042300A01",
    goods_flag="I",
    item_no=1,
    uc_version="",
    mode="0615",
    ie_flag="I",
    term="in_out",
    business_date=date(2024, 1, 8),
    stage=Stage.POSTED,
    quantity=Decimal("12.50000"),
    effect=1,
    amount=Decimal("100.00"),
    currency="USD",
    document_key="bonded_note",
    document_no="I2401080001",
    document_id=5,
    line_id=50,
    line_no=1,
)

#: Switches: default, printed sign of 4600, only what the manual prints, both.
TABLES = (
    EffectTable(EFFECTS),
    EffectTable(EFFECTS, exchange_sign="MANUAL"),
    EffectTable(EFFECTS, strict_manual_formula=True),
    EffectTable(EFFECTS, exchange_sign="MANUAL", strict_manual_formula=True),
)


@pytest.mark.parametrize(
    ("movement", "default", "manual", "strict", "both"),
    [
        ("0615 I I", (1, 0), (1, 0), (1, 0), (1, 0)),
        ("0615 E E", (0, 1), (0, 1), (0, 1), (0, 1)),
        ("0644 I I", (-1, 0), (-1, 0), (-1, 0), (-1, 0)),
        ("0664 I E", (-1, 0), (-1, 0), (-1, 0), (-1, 0)),
        ("4600 E I", (0, -1), (0, 1), (0, -1), (0, 1)),
        ("4600 E E", (0, 1), (0, -1), (0, 1), (0, -1)),
        ("4400 E I", (0, -1), (0, -1), (0, 0), (0, 0)),
        ("0214 I I", (1, 0), (1, 0), (0, 0), (0, 0)),
        ("0700 I E", (-1, 0), (-1, 0), (0, 0), (0, 0)),
        ("0654 E I", (0, -1), (0, -1), (0, 0), (0, 0)),
        ("0844 I I", (0, 0), (0, 0), (0, 0), (0, 0)),
    ],
)
def test_effects_and_switches(
    movement: str, default: tuple[int, int], manual: tuple[int, int], strict: tuple[int, int], both: tuple[int, int]
) -> None:
    mode, goods, way = movement.split()
    assert tuple(table.effect(mode, goods, way) for table in TABLES) == (default, manual, strict, both)


@pytest.mark.parametrize(
    ("movement", "words"),
    [
        ("9999 I I", "9999（料件进口）"),
        ("0615 I E", "0615（料件出口）"),
        ("0615 E I", "0615（成品进口）"),
        ("0844 E E", "0844（成品出口）"),
        (" I I", "（料件进口）"),
    ],
)
def test_an_unknown_combination_stops_and_never_counts_as_0(movement: str, words: str) -> None:
    mode, goods, way = movement.split(" ")
    for table in TABLES:
        with pytest.raises(Refused) as caught:
            table.effect(mode, goods, way)
        (finding,) = caught.value.findings
        assert finding.code == "NOTE-08"
        assert words in finding.text


@pytest.mark.parametrize(
    ("movement", "mode_code"),
    [
        ("0615 I I", "D"),
        ("0654 I E", "D"),
        ("0664 I E", "D"),
        ("0615 E E", "D"),
        ("4600 E E", "D"),
        ("0644 I I", "F"),  # an import note that reduces the material ledger
        ("4600 E I", "F"),  # customs posts the import in reverse mode
        ("0654 E I", "F"),
        ("0744 E I", "F"),
        ("0844 I I", "N"),
    ],
)
def test_writeoff_mode(movement: str, mode_code: str) -> None:
    mode, goods, way = movement.split()
    assert TABLES[0].writeoff_mode(mode, goods, way) == mode_code


@pytest.mark.parametrize(
    ("effect", "reversal", "signed"), [(1, False, "12.5"), (-1, False, "-12.5"), (1, True, "-12.5"), (-1, True, "12.5")]
)
def test_the_sign_of_a_posting(effect: int, reversal: bool, signed: str) -> None:
    assert replace(POSTING, effect=effect, reversal=reversal).signed == Decimal(signed)


def test_a_posting_never_changes() -> None:
    with pytest.raises(FrozenInstanceError):
        POSTING.quantity = Decimal(1)  # type: ignore[misc]


RESERVED = replace(POSTING, stage=Stage.RESERVED)
OTHER = replace(POSTING, quantity=Decimal("13.00000"))


def taken_back(posting: Posting) -> Posting:
    return replace(posting, reversal=True)


@pytest.mark.parametrize(
    ("existing", "desired", "wanted"),
    [
        pytest.param([], [], [], id="nothing"),
        pytest.param([], [POSTING], [POSTING], id="first posting"),
        pytest.param([POSTING], [POSTING], [], id="nothing new"),
        pytest.param([POSTING], [], [taken_back(POSTING)], id="deleted"),
        pytest.param([RESERVED], [POSTING], [taken_back(RESERVED), POSTING], id="released"),
        pytest.param([POSTING], [OTHER], [taken_back(POSTING), OTHER], id="corrected"),
        pytest.param([POSTING, taken_back(POSTING)], [], [], id="already taken back"),
        pytest.param([POSTING, taken_back(POSTING)], [POSTING], [POSTING], id="back again"),
        pytest.param([POSTING], [POSTING, POSTING], [POSTING], id="twice wanted"),
        pytest.param([POSTING, POSTING], [POSTING], [taken_back(POSTING)], id="once too often"),
        pytest.param([POSTING, OTHER], [OTHER, POSTING], [], id="order does not matter"),
    ],
)
def test_changes(existing: list[Posting], desired: list[Posting], wanted: list[Posting]) -> None:
    assert list(changes(existing, desired)) == wanted


postings = st.builds(
    replace,
    st.just(POSTING),
    item_no=st.integers(1, 2),
    quantity=st.sampled_from([Decimal(1), Decimal("2.50000"), Decimal("0.00001")]),
    stage=st.sampled_from(Stage),
    line_id=st.integers(50, 51),
)
desired_ones = st.lists(postings, max_size=6)
histories = st.lists(st.builds(lambda one, back: replace(one, reversal=back), postings, st.booleans()), max_size=8)


def standing(history: Iterable[Posting]) -> Counter[Posting]:
    """Return what a ledger says in the end: postings less their reversals; nothing that is 0."""
    counted: Counter[Posting] = Counter()
    for posting in history:
        counted[replace(posting, reversal=False)] += -1 if posting.reversal else 1
    return Counter({posting: times for posting, times in counted.items() if times})


@given(histories, desired_ones)
def test_existing_and_changes_make_what_is_desired(existing: list[Posting], desired: list[Posting]) -> None:
    made = changes(existing, desired)
    assert standing([*existing, *made]) == Counter(desired)
    signed = sum((posting.signed for posting in (*existing, *made)), Decimal(0))
    assert signed == sum((posting.signed for posting in desired), Decimal(0))


@given(histories, desired_ones)
def test_once_changed_nothing_is_left_to_change(existing: list[Posting], desired: list[Posting]) -> None:
    assert changes([*existing, *changes(existing, desired)], desired) == ()


@given(desired_ones)
def test_equal_books_need_no_change(desired: list[Posting]) -> None:
    assert changes(desired, desired) == ()
    assert changes(desired[::-1], desired) == ()


@given(histories, desired_ones)
def test_no_more_is_written_than_needed(existing: list[Posting], desired: list[Posting]) -> None:
    gap = standing(existing)
    gap.subtract(Counter(desired))
    assert len(changes(existing, desired)) == sum(abs(times) for times in gap.values())


@given(desired_ones)
def test_what_stands_is_never_written_over(desired: list[Posting]) -> None:
    """Only reversals and new postings come out; a reversal names exactly the posting it takes back."""
    for made in changes(desired, ()):
        assert made.reversal
        assert replace(made, reversal=False) in desired
