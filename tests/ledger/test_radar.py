"""First-negative-day radar by table, and by property against a plain scan of every day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bondesk.base.numbers import half_up
from bondesk.ledger.consumption import Consumption, Filed
from bondesk.ledger.radar import Event, FirstNegative, first_negatives

D = Decimal
DAY = date(2024, 1, 1)
FILED = Filed([Consumption(7, "9", 13, D("0.3"), D(100)), Consumption(7, "10", 13, D(2), D(50)),
               Consumption(8, "1", 14, D(1), D(100))])  # fmt: skip


def event(day: int, number: int, quantity: str, goods: str = "I", item: int = 13, version: str = "") -> Event:
    on = DAY + timedelta(days=day)
    return Event(on, "posted", "bonded_note", number, f"N{number}", number, goods, item, version, D(quantity))


def only(events: list[Event], since: date | None = None) -> FirstNegative | None:
    found = first_negatives(events, FILED, since)
    return found[0] if found else None


def export(day: int, number: int, quantity: str, version: str = "9") -> Event:
    return event(day, number, quantity, "E", 7, version)


@pytest.mark.parametrize(
    ("events", "day", "cause", "move_to", "reduce", "product", "forward"),
    [
        # 100 in, 400 × 0.3 = 120 out: 20 short until 50 more come on day 5
        ([event(0, 1, "100"), export(2, 2, "400"), event(5, 3, "50")], 2, "N2", 5, "20", "66.66667", ["N3"]),
        # two additions are needed, and nothing later makes room before both are there
        ([event(0, 1, "100"), export(2, 2, "400"), event(5, 3, "15"), event(6, 4, "15")], 2, "N2", 6, "20", "66.66667",
         ["N3", "N4"]),
        # never enough: the export can move nowhere and no import helps
        ([event(0, 1, "100"), export(2, 2, "400"), event(5, 3, "15")], 2, "N2", None, "20", "66.66667", []),
        # an addition of the same day counts first
        ([export(2, 2, "400"), event(2, 3, "119")], 2, "N2", None, "1", "3.33334", []),
        # of two exports of a day the one that crosses 0 is named
        ([event(0, 1, "100"), export(2, 2, "300"), export(2, 3, "100")], 2, "N3", None, "20", "66.66667", []),
        # materials going out themselves have no product to reduce
        ([event(1, 1, "-5")], 1, "N1", None, "5", None, []),
    ],
)  # fmt: skip
def test_by_table(
    events: list[Event], day: int, cause: str, move_to: int | None, reduce: str, product: str | None, forward: list[str]
) -> None:
    found = only(events)
    assert found is not None
    assert (found.day, found.cause.document.document_no) == (DAY + timedelta(days=day), cause)
    assert found.move_to == (None if move_to is None else DAY + timedelta(days=move_to))
    assert (found.reduce, found.balance) == (D(reduce), -D(reduce))
    assert found.reduce_product == (None if product is None else D(product))
    assert [one.document.document_no for one in found.bring_forward] == forward


def test_what_stays_at_or_above_zero_is_not_named() -> None:
    assert only([event(0, 1, "120"), export(0, 2, "400")]) is None
    assert only([]) is None


def test_a_half_bonded_version_takes_half() -> None:
    found = only([event(0, 1, "10"), export(1, 2, "12", "10")])
    assert found is not None
    assert (found.balance, found.reduce_product) == (D(-2), D(2))


EVENTS = st.lists(
    st.one_of(
        st.builds(event, st.integers(0, 6), st.integers(1, 8), st.integers(-20, 60).map(str)),
        st.builds(export, st.integers(0, 6), st.integers(1, 8), st.integers(0, 90).map(str)),
    ),
    max_size=14,
)


def balances(events: list[Event], without: int = 0) -> dict[date, Fraction]:
    """Add everything up anew for every day."""
    found = {}
    for day in (DAY + timedelta(days=n) for n in range(8)):
        total = Fraction(0)
        for one in events:
            if one.day <= day and one.document_id != without:
                amount = Fraction(one.signed)
                total += amount if one.goods_flag == "I" else -amount * Fraction(3, 10)
        found[day] = total
    return found


def test_days_before_are_history() -> None:
    events = [export(0, 1, "10"), event(2, 2, "10"), export(4, 3, "40")]
    for since, day, cause in ((None, 0, "N1"), (1, 1, "N1"), (2, 4, "N3"), (4, 4, "N3"), (6, 6, "N3")):
        found = only(events, None if since is None else DAY + timedelta(days=since))
        assert found is not None
        assert (found.day, found.cause.document.document_no) == (DAY + timedelta(days=day), cause)


@given(EVENTS, st.integers(0, 7))
def test_from_a_day_on_against_a_naive_scan(events: list[Event], days: int) -> None:
    since = DAY + timedelta(days=days)
    negative = [day for day, value in balances(events).items() if day >= since and half_up(value, 5) < 0]
    found = only(events, since)
    assert (found.day if found else None) == (negative[0] if negative else None)


@given(EVENTS)
def test_against_a_naive_scan(events: list[Event]) -> None:
    by_day = balances(events)
    negative = [day for day, value in by_day.items() if half_up(value, 5) < 0]
    found = only(events)
    assert (found.day if found else None) == (negative[0] if negative else None)
    if found is None:
        return
    assert found.balance == half_up(by_day[found.day], 5)
    assert found.cause.day == found.day
    assert found.cause.effect < 0
    assert found.reduce == -found.balance
    reduced = by_day[found.day] + Fraction(found.reduce)
    assert half_up(reduced, 5) >= 0
    if found.bring_forward:
        assert all(one.day > found.day for one in found.bring_forward)
        assert sum(one.effect for one in found.bring_forward) >= Fraction(found.reduce)
        assert sum(one.effect for one in found.bring_forward[:-1]) < Fraction(found.reduce)
    if found.move_to is not None:
        assert found.move_to > found.day
        assert half_up(by_day[found.move_to], 5) >= 0
        between = (day for day in by_day if found.day < day < found.move_to)
        assert all(half_up(by_day[day], 5) < 0 for day in between if any(one.day == day for one in events))
