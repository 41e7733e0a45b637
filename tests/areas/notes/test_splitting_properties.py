"""What must hold for any source lines and any options: nothing lost, no limit broken, the same every time."""

from __future__ import annotations

import itertools
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

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


#: Values that now and then differ from the usual ones, so that lines mostly meet.
DEPARTURES: list[dict[str, Any]] = [
    {"goods_flag": "E"},
    {"supervision_mode": "0654"},
    {"application_no": "A1"},
    {"partner": "S02"},
    {"contract_no": "C2"},
    {"invoice_no": "V2"},
    {"trade_country": "JPN"},
    {"transaction_mode": "3"},
    {"hs_code": "8532221000"},
    {"currency": "JPY"},
    {"country": "KOR"},
    {"price": Decimal(1)},
    {"price": Decimal("1.00")},
    {"price": Decimal(2)},
    {"consumable": True},
    {"single_out": True},
    {"gross_weight": None, "packages": None},
    {"dcl_qty": Fraction(1, 10**7)},
    {"legal_unit1": UNITS[2], "legal1": Fraction(22, 7)},
]


def _share(number: int, item: int, document: int, departures: list[dict[str, Any]], size: int) -> SourceShare:
    values: dict[str, Any] = {}
    for departure in departures:
        values |= departure
    usual = SourceShare(
        source_line_id=number,
        document_no=f"D{document}",
        line_no=number,
        order=number,
        record_no="E52042300A01",
        ie_flag="I",
        goods_flag="I",
        supervision_mode="0615",
        item_no=item,
        part_no=f"P{item}{size % 2}",
        account_part_no=f"P{item}",
        hs_code="8532241000",
        name=f"品名{item}",
        dcl_unit=UNITS[item - 1],
        currency="USD",
        country="JPN",
        duty_mode="3",
        quantity=Decimal(size),
        dcl_qty=Fraction(size, 7),
        net_weight=Fraction(size, 300),
        gross_weight=Decimal(size).scaleb(-5),
        total=Decimal(size).scaleb(-2),
        packages=size,
    )
    return replace(usual, **values)


SHARES = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.integers(1, 2),
        st.lists(st.sampled_from(DEPARTURES), max_size=2),
        st.integers(1, 10**6),
    ),
    max_size=20,
).map(lambda drawn: [_share(number, *values) for number, values in enumerate(drawn, start=1)])

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


@given(shares=SHARES, options=OPTIONS)
def test_every_share_is_in_exactly_one_line(shares: list[SourceShare], options: SplitOptions) -> None:
    placed = [share for note in split(shares, options).notes for share in members(note)]
    assert sorted(placed, key=lambda share: share.order) == shares


@given(shares=SHARES, options=OPTIONS)
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
        if line.legal_unit1 is not None and line.legal1:
            legal = sum(share.legal1 for share in line.shares if share.legal1 is not None)
            last = Fraction(1, 10 ** PLACES[line.legal_unit1.code])
            assert abs(Fraction(line.legal1) - legal) <= (last if line.adjusted_min else last / 2)


@given(shares=SHARES, options=OPTIONS)
def test_packages_are_conserved_on_the_first_chunk(shares: list[SourceShare], options: SplitOptions) -> None:
    groups = chunk_groups(split(shares, options).notes)
    assert len({group[0].key for group in groups}) == len(groups)
    assert sum(group[0].packages or 0 for group in groups) == sum(share.packages or 0 for share in shares)
    for group in groups:
        rest = None if group[0].packages is None else 1
        assert all(note.packages == rest for note in group[1:])
        assert all(note.packages_flagged is (len(group) > 1) for note in group)


@given(shares=SHARES, options=OPTIONS)
def test_a_note_has_one_value_per_split_key(shares: list[SourceShare], options: SplitOptions) -> None:
    kept = [*ALWAYS, *(name for tick, name in TICKED.items() if getattr(options, tick))]
    for note in split(shares, options).notes:
        for name in kept:
            assert {getattr(share, name) for share in members(note)} == {getattr(note.key, name)}


@given(shares=SHARES, options=OPTIONS)
def test_no_note_exceeds_a_limit_and_none_is_closed_early(shares: list[SourceShare], options: SplitOptions) -> None:
    for group in chunk_groups(split(shares, options).notes):
        for note in group:
            keys = {declaration_key(line) for line in note.lines}
            assert 1 <= len(note.lines) <= options.note_max_lines
            assert note.declaration_lines == len(keys) <= options.declaration_max_lines
        for note, following in itertools.pairwise(group):
            keys = {declaration_key(line) for line in (*note.lines, following.lines[0])}
            assert len(note.lines) == options.note_max_lines or len(keys) > options.declaration_max_lines


@given(orders=SHARES.flatmap(lambda shares: st.tuples(st.just(shares), st.permutations(shares))), options=OPTIONS)
def test_the_result_does_not_depend_on_the_order_handed_in(
    orders: tuple[list[SourceShare], list[SourceShare]], options: SplitOptions
) -> None:
    shares, shuffled = orders
    assert split(shuffled, options) == split(shares, options)


@given(shares=SHARES, options=OPTIONS)
def test_lines_stand_in_the_chosen_order(shares: list[SourceShare], options: SplitOptions) -> None:
    for group in chunk_groups(split(shares, options).notes):
        lines = [line for note in group for line in note.lines]
        places = [(line.item_no if options.order == "ITEM" else 0, line.shares[0].order) for line in lines]
        assert places == sorted(places)
        assert all(line.shares == tuple(sorted(line.shares, key=lambda share: share.order)) for line in lines)


@given(shares=SHARES, options=OPTIONS)
def test_why_apart_is_silent_exactly_for_lines_that_meet(shares: list[SourceShare], options: SplitOptions) -> None:
    lines = [line for note in split(shares, options).notes for line in note.lines]
    home = {share.source_line_id: number for number, line in enumerate(lines) for share in line.shares}
    for a, b in itertools.combinations(shares, 2):
        together = home[a.source_line_id] == home[b.source_line_id]
        assert (why_apart(a, b, options) == "") is together


@given(shares=SHARES, options=OPTIONS)
def test_a_merged_line_keeps_one_declaration_key(shares: list[SourceShare], options: SplitOptions) -> None:
    for note in split(shares, options).notes:
        for line in note.lines:
            keys = {declaration_key(share)._replace(alone=0) for share in line.shares}
            assert keys == {declaration_key(line)._replace(alone=0)}
