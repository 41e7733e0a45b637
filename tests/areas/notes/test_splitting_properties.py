"""What must hold for any source lines and any options: nothing lost, no limit broken, the same every time."""

from __future__ import annotations

import itertools
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from bondesk.areas.codes.units import Unit
from bondesk.areas.notes.declaration_key import declaration_key
from bondesk.areas.notes.shares import SourceShare, SplitOptions
from bondesk.areas.notes.split_keys import why_apart
from bondesk.areas.notes.splitting import NoteDraft, split

UNITS = [
    Unit("007", "个", "count"),
    Unit("054", "千个", "count", "007", Decimal(1000)),
    Unit("035", "千克", "mass", "035", Decimal(1)),
]
PLACES = {"007": 0, "054": 5, "035": 5}

#: Which attribute each checkbox keeps single, said independently of the program's own key.
TICKED = {
    "by_document": "document_no",
    "by_partner": "partner",
    "by_currency": "currency",
    "by_transaction_mode": "transaction_mode",
    "by_contract": "contract_no",
    "by_invoice": "invoice_no",
    "by_bill": "bill_no",
    "by_licence": "licence_no",
    "by_trade_country": "trade_country",
    "by_origin": "country",
}
ALWAYS = (
    "record_no",
    "ie_flag",
    "goods_flag",
    "supervision_mode",
    "transport_mode",
    "entry_exit_customs",
    "declare_customs",
    "trade_partner_country",
    "note_flow_type",
    "application_no",
    "linked_record_no",
    "linked_note_no",
)


def rarely(*values: str) -> st.SearchStrategy[str]:
    """Draw the first value mostly, so that lines meet."""
    return st.integers(0, 9).map(lambda n: values[n - 9 + len(values) - 1] if n > 10 - len(values) else values[0])


@st.composite
def shares(draw: st.DrawFn) -> list[SourceShare]:
    """Draw up to 25 source lines out of few documents, items and values."""
    return [_share(draw, number) for number in range(1, draw(st.integers(0, 25)) + 1)]


def _share(draw: st.DrawFn, number: int) -> SourceShare:
    legal = draw(st.booleans())
    quantity = draw(st.fractions(Fraction(1, 10**7), 10**4, max_denominator=10**7))
    item = draw(st.integers(1, 3))
    return SourceShare(
        source_line_id=number,
        document_no=draw(st.sampled_from(["D1", "D2"])),
        line_no=number,
        order=number,
        record_no="E52042300A01",
        ie_flag="I",
        goods_flag=draw(rarely("I", "E")),
        supervision_mode=draw(rarely("0615", "0654")),
        application_no=draw(rarely("", "A1")),
        partner=draw(rarely("S01", "S02")),
        contract_no=draw(rarely("C1", "C2")),
        invoice_no=draw(rarely("V1", "V2")),
        trade_country=draw(rarely("", "JPN")),
        transaction_mode=draw(rarely("1", "3")),
        item_no=item,
        part_no=draw(st.sampled_from([f"P{item}A", f"P{item}B"])),
        account_part_no=f"P{item}A",
        hs_code=draw(rarely("8532241000", "8532221000")),
        name=f"品名{item}",
        dcl_unit=UNITS[item - 1],
        legal_unit1=UNITS[2] if legal else None,
        currency=draw(rarely("USD", "JPY")),
        country=draw(rarely("JPN", "KOR")),
        duty_mode="3",
        price=draw(st.sampled_from([None, Decimal(1), Decimal("1.0"), Decimal(2)])),
        consumable=draw(st.integers(0, 9)) == 9,
        single_out=draw(st.integers(0, 9)) == 9,
        quantity=draw(st.decimals("0.001", 1000, places=3)),
        dcl_qty=quantity,
        legal1=quantity / 3 if legal else None,
        net_weight=draw(st.fractions(0, 100, max_denominator=10**6)),
        gross_weight=draw(st.none() | st.decimals(0, 100, places=5)),
        total=draw(st.decimals(0, 10**6, places=2)),
        packages=draw(st.none() | st.integers(1, 50)),
    )


OPTIONS = st.builds(
    SplitOptions,
    **{name: st.booleans() for name in TICKED},
    merge=st.sampled_from(["NONE", "PART", "ITEM"]),
    price_apart=st.booleans(),
    order=st.sampled_from(["SOURCE", "ITEM"]),
    note_max_lines=st.integers(1, 8),
    declaration_max_lines=st.integers(1, 5),
    raise_to_min=st.booleans(),
)


def members(note: NoteDraft) -> list[SourceShare]:
    return [share for line in note.lines for share in line.shares]


def chunk_groups(notes: tuple[NoteDraft, ...]) -> list[list[NoteDraft]]:
    return [list(group) for _, group in itertools.groupby(notes, key=lambda note: note.key)]


@given(shares=shares(), options=OPTIONS)
def test_every_share_is_in_exactly_one_line(shares: list[SourceShare], options: SplitOptions) -> None:
    placed = [share for note in split(shares, options).notes for share in members(note)]
    assert sorted(placed, key=lambda share: share.order) == shares


@given(shares=shares(), options=OPTIONS)
def test_amounts_are_conserved(shares: list[SourceShare], options: SplitOptions) -> None:
    """Totals and gross weights sum exactly; quantities and net weights are within half of their last place."""
    lines = [line for note in split(shares, options).notes for line in note.lines]
    assert sum(line.total for line in lines) == sum(share.total for share in shares)
    assert sum(line.gross_weight or 0 for line in lines) == sum(share.gross_weight or 0 for share in shares)
    for line in lines:
        net = sum(share.net_weight for share in line.shares)
        assert abs(Fraction(line.net_weight) - net) <= Fraction(1, 2 * 10**5)
        exact = sum(share.dcl_qty for share in line.shares)
        last = Fraction(1, 10 ** PLACES[line.dcl_unit.code])
        assert abs(Fraction(line.dcl_qty) - exact) <= (last if line.adjusted_min else last / 2)
        assert (line.legal1 is None) is (line.legal_unit1 is None)


@given(shares=shares(), options=OPTIONS)
def test_packages_are_conserved_on_the_first_chunk(shares: list[SourceShare], options: SplitOptions) -> None:
    groups = chunk_groups(split(shares, options).notes)
    assert len({group[0].key for group in groups}) == len(groups)
    assert sum(group[0].packages or 0 for group in groups) == sum(share.packages or 0 for share in shares)
    for group in groups:
        rest = None if group[0].packages is None else 1
        assert all(note.packages == rest for note in group[1:])
        assert all(note.packages_flagged is (len(group) > 1) for note in group)


@given(shares=shares(), options=OPTIONS)
def test_a_note_has_one_value_per_split_key(shares: list[SourceShare], options: SplitOptions) -> None:
    kept = [*ALWAYS, *(name for tick, name in TICKED.items() if getattr(options, tick))]
    for note in split(shares, options).notes:
        for name in kept:
            assert {getattr(share, name) for share in members(note)} == {getattr(note.key, name)}


@given(shares=shares(), options=OPTIONS)
def test_no_note_exceeds_a_limit_and_none_is_closed_early(shares: list[SourceShare], options: SplitOptions) -> None:
    for group in chunk_groups(split(shares, options).notes):
        for note in group:
            keys = {declaration_key(line) for line in note.lines}
            assert 1 <= len(note.lines) <= options.note_max_lines
            assert note.declaration_lines == len(keys) <= options.declaration_max_lines
        for note, following in itertools.pairwise(group):
            keys = {declaration_key(line) for line in (*note.lines, following.lines[0])}
            assert len(note.lines) == options.note_max_lines or len(keys) > options.declaration_max_lines


@given(shares=shares(), options=OPTIONS, seed=st.randoms(use_true_random=False))
def test_the_result_does_not_depend_on_the_order_handed_in(
    shares: list[SourceShare],
    options: SplitOptions,
    seed: st.randoms,  # type: ignore[valid-type]
) -> None:
    shuffled = list(shares)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    assert split(shuffled, options) == split(shares, options)


@given(shares=shares(), options=OPTIONS)
def test_lines_stand_in_the_chosen_order(shares: list[SourceShare], options: SplitOptions) -> None:
    for group in chunk_groups(split(shares, options).notes):
        lines = [line for note in group for line in note.lines]
        places = [(line.item_no if options.order == "ITEM" else 0, line.shares[0].order) for line in lines]
        assert places == sorted(places)
        assert all(line.shares == tuple(sorted(line.shares, key=lambda share: share.order)) for line in lines)


@given(shares=shares(), options=OPTIONS)
def test_why_apart_is_silent_exactly_for_lines_that_meet(shares: list[SourceShare], options: SplitOptions) -> None:
    lines = [line for note in split(shares, options).notes for line in note.lines]
    home = {share.source_line_id: number for number, line in enumerate(lines) for share in line.shares}
    for a, b in itertools.combinations(shares, 2):
        together = home[a.source_line_id] == home[b.source_line_id]
        assert (why_apart(a, b, options) == "") is together


@given(shares=shares(), options=OPTIONS)
def test_a_merged_line_keeps_one_declaration_key(shares: list[SourceShare], options: SplitOptions) -> None:
    for note in split(shares, options).notes:
        for line in note.lines:
            keys = {declaration_key(share)._replace(alone=0) for share in line.shares}
            assert keys == {declaration_key(line)._replace(alone=0)}
