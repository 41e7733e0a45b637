"""Balances as folds: both cycles of handbook 8.6, the manual's sign, one rounding."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from bondesk.base.numbers import half_up
from bondesk.ledger.balance import Movement, fold
from bondesk.ledger.consumption import Consumption, Filed, usage
from bondesk.ledger.posting import Effect, EffectTable

#: Filed consumption of 8.6: product, material, U; version 1 each.
EXAMPLE = Filed(
    Consumption(product, "1", material, Decimal(total), Decimal(100))
    for product, material, total in (
        (1, 1, "0.020408163"),
        (1, 2, "1"),
        (1, 3, "0.260416667"),
        (2, 1, "0.030612245"),
        (2, 2, "1"),
        (2, 3, "0.104166667"),
        (9, 1, "0.010204082"),  # SEMI-1
        (9, 2, "1"),
    )
)
#: The part of the sign table the example needs (8.4).
SIGNS = (
    Effect("0615", "I", "I", 1, 0, 1, 0, "M"),
    Effect("0615", "E", "E", 0, 1, 0, 1, "M"),
    Effect("0654", "I", "I", 1, 0, 1, 0, "M"),
    Effect("0654", "E", "E", 0, 1, 0, 1, "M"),
    Effect("0644", "I", "I", -1, 0, -1, 0, "M"),
    Effect("0664", "I", "E", -1, 0, -1, 0, "M"),
    Effect("0700", "I", "I", 1, 0, None, None, "X"),
    Effect("0700", "I", "E", -1, 0, None, None, "X"),
    Effect("0657", "I", "E", -1, 0, None, None, "X"),
    Effect("4600", "E", "I", 0, -1, 0, 1, "M!"),
    Effect("4600", "E", "E", 0, 1, 0, -1, "M!"),
)
#: Movements in the handbook's words: item, mode, goods flag, direction, quantity.
CYCLE_1 = """
    1 0615 I I 500      1 0654 I I 100     1 0644 I I 20    1 0664 I E 10
    2 0615 I I 10000    2 0664 I E 50
    3 0615 I I 2000     3 0644 I I 100
    1 0615 E E 4000     1 0654 E E 1000    1 4600 E I 60    1 4600 E E 40
    2 0615 E E 3000
"""
CYCLE_2 = """
    1 0615 I I 300      1 0700 I I 20      1 0700 I E 20    1 0657 I E 5
    2 0615 I I 6000
    3 0615 I I 1500     3 0654 I I 50
    1 0615 E E 3500     1 0654 E E 500
    2 0615 E E 2600
"""


def movements_of(text: str, table: EffectTable) -> list[Movement]:
    """Read movements and give each the sign of the table."""
    words = text.split()
    found = []
    for item, mode, goods, way, quantity in zip(*[iter(words)] * 5, strict=True):
        in_out, consume = table.effect(mode, goods, way)
        sign = in_out if goods == "I" else consume
        version = "" if goods == "I" else "1"
        found.append(Movement(goods, int(item), version, mode, way, "posted", sign * Decimal(quantity)))
    return found


def cycle(text: str, opening: Sequence[str], exchange_sign: str = "PHYSICAL") -> list[tuple[str, str, str]]:
    """Return (in/out, consumed, expected) of materials 1 to 3."""
    folded = fold(movements_of(text, EffectTable(SIGNS, exchange_sign)), EXAMPLE)
    assert folded.findings == ()
    items = [folded.item(number) for number in (1, 2, 3)]
    return [
        (f"{item.in_out:.5f}", f"{item.consumed:f}", f"{Decimal(start) + item.net:.5f}")
        for item, start in zip(items, opening, strict=True)
    ]


def test_tv9_cycle_1() -> None:
    assert cycle(CYCLE_1, ["0", "0", "0"]) == [
        ("570.00000", "193.46939", "376.53061"),
        ("9950.00000", "7980.00000", "1970.00000"),
        ("1900.00000", "1609.37500", "290.62500"),
    ]


def test_tv9_cycle_2_opens_with_the_balance_of_cycle_1() -> None:
    opening = [expected for _, _, expected in cycle(CYCLE_1, ["0", "0", "0"])]
    assert cycle(CYCLE_2, opening) == [
        ("295.00000", "161.22449", "510.30612"),
        ("6000.00000", "6600.00000", "1370.00000"),
        ("1550.00000", "1312.50000", "528.12500"),
    ]


def test_tv10_the_printed_sign_of_the_manual() -> None:
    assert cycle(CYCLE_1, ["0", "0", "0"], "MANUAL") == [
        ("570.00000", "194.28571", "375.71429"),
        ("9950.00000", "8020.00000", "1930.00000"),
        ("1900.00000", "1619.79167", "280.20833"),
    ]


def test_over_a_full_exchange_both_signs_agree() -> None:
    """What comes back and leaves again cancels; only a cut-off between the two tells the signs apart."""
    whole = "1 0615 E E 4000  1 4600 E I 60  1 4600 E E 60  1 0615 I I 500  2 0615 I I 9000  3 0615 I I 2000"
    assert cycle(whole, ["0"] * 3) == cycle(whole, ["0"] * 3, "MANUAL")


def test_counted_products_are_exploded() -> None:
    """Products P1 200 and P2 100, semi-products 50, as the stocktake of cycle 1 counts them."""
    products = "1 0615 E E 200  2 0615 E E 100"
    assert [consumed for _, consumed, _ in cycle(products, ["0"] * 3)] == ["7.14286", "300.00000", "62.50000"]
    assert [consumed for _, consumed, _ in cycle("9 0615 E E 50", ["0"] * 3)] == ["0.51020", "50.00000", "0.00000"]


@pytest.mark.parametrize(
    ("quantity", "total", "bonded", "used"),
    [
        pytest.param("4980", "0.260416667", "100", "1296.87500", id="TV4"),
        pytest.param("1000", "0.050505051", "100", "50.50505", id="TV24 gross"),
        pytest.param("1000", "0.050505051", "60", "30.30303", id="TV24 bonded"),
        pytest.param("-4980", "0.260416667", "100", "-1296.87500", id="came back"),
        pytest.param("4980", "0.260416667", "0", "0.00000", id="bought at home"),
    ],
)
def test_usage(quantity: str, total: str, bonded: str, used: str) -> None:
    row = Consumption(1, "1", 1, Decimal(total), Decimal(bonded))
    assert f"{half_up(usage(Decimal(quantity), row), 5):f}" == used


def test_tv4_gross_is_net_and_both_losses() -> None:
    exact = usage(Decimal(4980), Consumption(1, "1", 1, Decimal("0.260416667"), Decimal(100)))
    tangible, intangible = (half_up(exact * rate / 100, 5) for rate in (3, 1))
    assert (tangible, intangible) == (Decimal("38.90625"), Decimal("12.96875"))
    assert Decimal(4980) * Decimal("0.25") + tangible + intangible == half_up(exact, 5)


def test_the_version_of_the_line_counts_not_the_newest() -> None:
    filed = Filed(
        Consumption(7, version, 1, Decimal(total), Decimal(100)) for version, total in (("9", "2"), ("10", "5"))
    )
    folded = fold([movement(7, "9", 10), movement(7, "10", 1)], filed)
    assert folded.item(1).consumed == Decimal(25)
    assert folded.item(1).by_version == {(7, "9"): Decimal(10), (7, "10"): Decimal(1)}


def movement(product: int, version: str, quantity: int) -> Movement:
    return Movement("E", product, version, "0615", "E", "posted", Decimal(quantity))


@pytest.mark.parametrize(
    ("product", "version", "quantity", "text"),
    [
        (1, "2", 5, "成品 1 版本 2 没有备案单损耗，未计入耗用"),
        (1, "", 5, "成品 1 版本 空 没有备案单损耗，未计入耗用"),
        (8, "1", -5, "成品 8 版本 1 没有备案单损耗，未计入耗用"),
        (8, "1", 0, ""),
    ],
)
def test_a_version_that_is_not_filed_is_rpt_05_and_left_out(
    product: int, version: str, quantity: int, text: str
) -> None:
    folded = fold([movement(product, version, quantity), movement(1, "1", 100)], EXAMPLE)
    assert [(finding.code, finding.text) for finding in folded.findings] == ([("RPT-05", text)] if text else [])
    assert folded.item(2).consumed == 100


def test_usage_is_summed_unrounded_and_rounded_once() -> None:
    """Two products of 0.000004 each: rounded each, they would vanish."""
    filed = Filed(Consumption(product, "1", 1, Decimal("0.000004"), Decimal(100)) for product in (1, 2))
    folded = fold([movement(1, "1", 1), movement(2, "1", 1)], filed)
    assert folded.item(1).consumed == Decimal("0.00001")


def test_an_item_nothing_moved_is_empty() -> None:
    item = fold([], EXAMPLE).item(5)
    assert (item.in_out, item.consumed, item.net) == (Decimal(0),) * 3


def test_in_and_out_are_kept_apart_by_mode_and_direction() -> None:
    item = fold(movements_of(CYCLE_2, EffectTable(SIGNS)), EXAMPLE).item(1)
    assert item.by_mode == {("0615", "I"): 300, ("0700", "I"): 20, ("0700", "E"): -20, ("0657", "E"): -5}
