"""However a source line is taken apart and given back, all takings add up to the line exactly."""

from __future__ import annotations

import random
from dataclasses import fields
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bondesk.base.portions import Portion, left_of, part_of

ZERO = Decimal(0)


def some(places: int, most: int) -> st.SearchStrategy[Decimal]:
    """Exact decimals from 0 to ``most``."""
    return st.integers(0, most * 10**places).map(lambda whole: Decimal(whole).scaleb(-places))


WHOLES = st.builds(
    Portion,
    some(5, 9999).map(lambda quantity: quantity + Decimal("0.00001")),
    st.none() | some(2, 99999),
    st.none() | some(5, 999),
    st.none() | some(5, 999),
    st.none() | st.integers(0, 50),
)


def summed(parts: list[Portion], key: str) -> Decimal | int:
    """Add one figure of all parts."""
    return sum((getattr(part, key) for part in parts), ZERO)


@given(WHOLES, st.integers(1, 12), st.randoms(use_true_random=False))
def test_all_takings_add_up_to_the_line_whatever_is_given_back_in_between(
    whole: Portion, rounds: int, chance: random.Random
) -> None:
    taken: list[Portion] = []
    for _ in range(rounds):
        left = left_of(whole, taken)
        if taken and chance.random() < 0.3:
            taken.pop(chance.randrange(len(taken)))  # a draft is deleted
        elif left.quantity > 0:
            units = int(left.quantity.scaleb(5))
            taken.append(part_of(left, Decimal(chance.randint(1, units)).scaleb(-5)))
    rest = left_of(whole, taken)
    if rest.quantity > 0:
        taken.append(part_of(rest, rest.quantity))
    for entry in fields(Portion):
        of = getattr(whole, entry.name)
        if of is None:
            assert all(getattr(part, entry.name) is None for part in taken)
        else:
            assert summed(taken, entry.name) == of, entry.name
            assert all(getattr(part, entry.name) >= 0 for part in taken)


@given(WHOLES, st.integers(1, 99))
def test_a_part_is_its_share_to_the_last_digit(whole: Portion, percent: int) -> None:
    quantity = Decimal(int(whole.quantity.scaleb(5) * percent) // 100 or 1).scaleb(-5)
    part = part_of(whole, quantity)
    for key, unit in (("total", "0.01"), ("net_weight", "0.00001"), ("gross_weight", "0.00001"), ("packages", "1")):
        of, got = getattr(whole, key), getattr(part, key)
        if of is not None:
            assert abs(Decimal(got) * whole.quantity - Decimal(of) * quantity) <= Decimal(unit) / 2 * whole.quantity


def test_what_an_older_link_does_not_say_went_by_quantity() -> None:
    whole = Portion(Decimal(3), Decimal("1.00"), Decimal("0.9"), None, 10)
    left = left_of(whole, [Portion(Decimal(1))])
    assert left == Portion(Decimal(2), Decimal("0.67"), Decimal("0.6"), None, 7)


def test_a_line_corrected_downwards_leaves_no_negative_weight_but_shows_the_total() -> None:
    whole = Portion(Decimal(10), Decimal(50), Decimal(1), Decimal(1), 1)
    took = Portion(Decimal(5), Decimal(60), Decimal(2), Decimal(2), 3)
    assert left_of(whole, [took]) == Portion(Decimal(5), Decimal(-10), ZERO, ZERO, 0)
