"""The one way to round, and how numbers are written (handbook 0.2)."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bondesk.base import numbers
from bondesk.base.numbers import half_up, padded, places_of, plain, price_of, prices_agree

#: What a column of the trade can hold: 18 digits, up to 9 of them decimals.
exact = st.decimals(min_value=-(10**9), max_value=10**9, places=9)
places = st.integers(min_value=0, max_value=9)


@pytest.mark.parametrize(
    ("value", "decimals", "rounded"),
    [
        ("2.5", 0, "3"),  # TV23
        ("0.5", 0, "1"),  # TV23
        ("0.125", 2, "0.13"),  # TV23
        ("2.00005", 4, "2.0001"),  # TV23
        ("-0.125", 2, "-0.13"),
        ("-2.5", 0, "-3"),
        ("0.4999999999", 0, "0"),
        ("1.005", 2, "1.01"),
        ("1234567890.123456789", 5, "1234567890.12346"),
        ("0", 5, "0.00000"),
        ("7", 2, "7.00"),
    ],
)
def test_half_up(value: str, decimals: int, rounded: str) -> None:
    assert str(half_up(Decimal(value), decimals)) == rounded
    assert half_up(Fraction(value), decimals) == Decimal(rounded)
    assert places_of(half_up(Fraction(value), decimals)) <= decimals


@pytest.mark.parametrize(
    ("value", "decimals", "rounded"),
    [
        (Fraction(1, 3), 9, "0.333333333"),
        (Fraction(2, 3), 9, "0.666666667"),
        (Fraction(-2, 3), 2, "-0.67"),
        (Fraction(1, 2), 0, "1"),
        (Fraction(10**30, 3), 2, "333333333333333333333333333333.33"),
        (5, 2, "5.00"),
    ],
)
def test_half_up_of_what_no_decimal_holds(value: Fraction | int, decimals: int, rounded: str) -> None:
    assert half_up(value, decimals) == Decimal(rounded)


@given(exact, places)
def test_decimal_and_fraction_round_alike(value: Decimal, decimals: int) -> None:
    assert half_up(value, decimals) == half_up(Fraction(value), decimals)


@given(st.fractions(min_value=-(10**9), max_value=10**9), places)
def test_rounding_moves_by_at_most_half_a_unit_and_only_once(value: Fraction, decimals: int) -> None:
    rounded = half_up(value, decimals)
    assert abs(Fraction(rounded) - value) <= Fraction(1, 2 * 10**decimals)
    assert half_up(rounded, decimals) == rounded
    assert half_up(-value, decimals) == -rounded


@given(exact)
def test_the_context_of_the_caller_does_not_matter(value: Decimal) -> None:
    wanted = half_up(value, 2)
    with localcontext(prec=3, rounding=ROUND_HALF_EVEN):
        assert half_up(value, 2) == wanted
        assert half_up(Fraction(value), 2) == wanted
        assert places_of(value) == len(plain(value).partition(".")[2])


@pytest.mark.parametrize(
    ("value", "needed"),
    [("1.500", 1), ("1E+4", 0), ("0", 0), ("0.00000", 0), ("-0.001", 3), ("100", 0), ("0.260416667", 9)],
)
def test_places_of(value: str, needed: int) -> None:
    assert places_of(Decimal(value)) == needed


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2000.00000", "2000"),
        ("0.00850", "0.0085"),
        ("1E+4", "10000"),
        ("1E-9", "0.000000001"),
        ("-0", "0"),
        ("-0.00", "0"),
        ("-12.50", "-12.5"),
        ("100", "100"),
    ],
)
def test_plain(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text


@given(exact)
def test_plain_says_the_same_number_in_the_fewest_signs(value: Decimal) -> None:
    text = plain(value)
    assert Decimal(text) == value
    assert "E" not in text
    assert "." not in text or not text.endswith("0")


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [("1.5", 5, "1.50000"), ("0.125", 2, "0.13"), ("1E+3", 2, "1000.00"), ("-3", 0, "-3")],
)
def test_padded(value: str, decimals: int, text: str) -> None:
    assert padded(Decimal(value), decimals) == text


@pytest.mark.parametrize(
    ("total", "quantity", "price"),
    [
        ("373.55", "30.50000", "12.2475"),  # TV7
        ("1000.00", "310", "3.2258"),  # TV8
        ("646261.00", "794.00000", "813.9307"),
        ("1", "3", "0.3333"),
        ("2", "3", "0.6667"),
    ],
)
def test_price_of(total: str, quantity: str, price: str) -> None:
    assert price_of(Decimal(total), Decimal(quantity)) == Decimal(price)


@pytest.mark.parametrize(
    ("quantity", "price", "total", "agree"),
    [
        ("310", "3.3333", "1033.32", True),  # TV8
        ("310", "3.2258", "1000.00", True),  # TV8
        ("100", "1.0000", "100.01", True),  # 0.01 = 100 x 0.00005 + 0.005 exactly
        ("100", "1.0000", "99.99", True),
        ("100", "1.0000", "100.02", False),
        ("1", "2.0000", "2.01", False),
        ("0", "5.0000", "0.00", True),
    ],
)
def test_prices_agree(quantity: str, price: str, total: str, agree: bool) -> None:
    assert prices_agree(Decimal(quantity), Decimal(price), Decimal(total)) is agree


@given(st.decimals(min_value="0.00001", max_value=10**6, places=5), st.decimals(min_value=0, max_value=10**8, places=2))
def test_a_price_we_compute_never_fails_our_own_test(quantity: Decimal, total: Decimal) -> None:
    assert prices_agree(quantity, price_of(total, quantity), total)


def test_places_are_the_handbooks() -> None:
    assert numbers.QUANTITY_PLACES == numbers.WEIGHT_PLACES == 5
    assert numbers.CONSUMPTION_PLACES == numbers.PERCENT_PLACES == numbers.FACTOR_PLACES == 9
    assert (numbers.PRICE_PLACES, numbers.AMOUNT_PLACES, numbers.RATE_PLACES) == (4, 2, 6)
