"""内购抵扣 by the example of handbook 13.4, and for whatever the invoices say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bondesk.ledger.deduction import Bought, deducted, settled, shortfall_of

D = Decimal


def bought(
    line_id: int, quantity: str, day: int = 1, *, item_no: int = 1, invoice_no: str = "", order: int = 1
) -> Bought:
    number = invoice_no or f"F{line_id}"
    return Bought(line_id, item_no, date(2024, 1, 1) + timedelta(days=day), number, order, D(quantity))


def test_the_example_of_the_handbook() -> None:
    invoices = [bought(1, "150", 1), bought(2, "100", 2)]
    assert deducted({1: D(230)}, invoices) == {1: D(150), 2: D(80)}
    one = settled(D(230), invoices)
    assert (one.bought, one.deducted, one.left) == (D(250), D(230), D(0))


@pytest.mark.parametrize(
    ("shortfall", "lines", "used"),
    [
        ("0", [bought(1, "5")], {1: "0"}),
        ("5", [], {}),
        ("5", [bought(1, "4"), bought(2, "9", item_no=2)], {1: "4", 2: "0"}),
        ("5", [bought(1, "4", 3), bought(2, "4", 2)], {2: "4", 1: "1"}),
        ("5", [bought(1, "4", invoice_no="B"), bought(2, "4", invoice_no="A")], {2: "4", 1: "1"}),
        ("5", [bought(1, "4", invoice_no="A", order=2), bought(2, "4", invoice_no="A")], {2: "4", 1: "1"}),
        ("0.00001", [bought(1, "0"), bought(2, "0.00002")], {1: "0", 2: "0.00001"}),
    ],
)
def test_the_earliest_gives_first(shortfall: str, lines: Sequence[Bought], used: dict[int, str]) -> None:
    assert deducted({1: D(shortfall)}, lines) == {key: D(value) for key, value in used.items()}


def test_a_shortfall_is_what_is_below_nothing() -> None:
    assert [shortfall_of(D(value)) for value in ("-230", "0", "18.75")] == [D(230), D(0), D(0)]


quantities = st.decimals(0, 10**6, places=5)
offers = st.lists(st.tuples(quantities, st.integers(0, 5), st.integers(1, 3)), max_size=12)


@given(st.dictionaries(st.integers(1, 3), quantities), offers, st.randoms(use_true_random=False))
def test_every_deduction_foots(
    shortfalls: dict[int, Decimal], rows: list[tuple[Decimal, int, int]], random: object
) -> None:
    lines = [bought(place, str(quantity), day, item_no=item) for place, (quantity, day, item) in enumerate(rows)]
    used = deducted(shortfalls, lines)
    shuffled = list(lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert deducted(shortfalls, shuffled) == used  # the order they are read in does not matter
    mine: dict[int, list[Bought]] = defaultdict(list)
    for one in lines:
        mine[one.item_no].append(one)
        assert 0 <= used[one.line_id] <= one.available
    for item_no, of_item in mine.items():
        settlement = settled(shortfalls.get(item_no, D(0)), of_item)
        given_up = sum((used[one.line_id] for one in of_item), D(0))
        assert given_up == settlement.deducted == min(settlement.shortfall, settlement.bought)
        assert settlement.left == settlement.shortfall - given_up >= 0
        ordered = sorted(of_item, key=lambda one: (one.day, one.invoice_no, one.order))
        for before, after in zip(ordered, ordered[1:], strict=False):
            assert not used[after.line_id] or used[before.line_id] == before.available
