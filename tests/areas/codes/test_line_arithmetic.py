"""Handbook 6.2: quantity, price and total; what follows the quantity until somebody types it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bondesk.areas.codes.line_arithmetic import agreeing_price, amounts, filled_quantities, recomputed
from bondesk.areas.codes.units import Unit
from bondesk.base.numbers import places_of, prices_agree
from bondesk.base.readings import Unreadable

D = Decimal
UNITS = {
    "035": Unit("035", "千克", "mass", "035", D(1)),
    "007": Unit("007", "个", "count"),
    "054": Unit("054", "千个", "count", "007", D(1000)),
    "006": Unit("006", "套", "count"),
}
QTY = st.decimals("0.00001", "999999", places=5)
TOTAL = st.decimals("0.01", "9999999", places=2)
PRICE = st.decimals("0.0001", "99999", places=4)


def typed(key: str, value: Any, on: bool = False, flagged: bool = True, **line: Any) -> dict[str, Any]:
    """What changes when ``key`` of a line becomes ``value``."""
    return recomputed({**line, key: value}, key, line, UNITS, quantity_changes_price=on, flagged=flagged)


def test_the_example_of_the_handbook() -> None:
    """TV8: 300 pieces, total 1000.00, price 3.3333, changed to 310."""
    line = {"dcl_qty": D(300), "price": D("3.3333"), "total": D("1000.00")}
    assert typed("dcl_qty", D(310), on=True, **line) == {"price": D("3.2258")}
    assert typed("dcl_qty", D(310), on=False, **line) == {"total": D("1033.32")}


@pytest.mark.parametrize("on", [True, False])
def test_price_makes_total_and_total_makes_price(on: bool) -> None:
    line = {"dcl_qty": D(3197), "price": D(1), "total": D(3197)}
    assert typed("price", D("2.335"), on=on, **line) == {"total": D("7465.00")}
    assert typed("total", D("7465.00"), on=on, **line) == {"price": D("2.3350")}


@pytest.mark.parametrize("on", [True, False])
@pytest.mark.parametrize("quantity", [D(0), D(-1)])
def test_no_quantity_changes_nothing(on: bool, quantity: Decimal) -> None:
    with pytest.raises(Unreadable) as told:
        typed("dcl_qty", quantity, on=on, dcl_qty=D(300), price=D(1), total=D(300))
    assert told.value.code == "DEC-05"


def test_the_first_quantity_takes_what_is_there() -> None:
    assert typed("dcl_qty", D(4), on=True, price=D("2.5")) == {"total": D("10.00")}
    assert typed("dcl_qty", D(4), on=False, total=D("10.00")) == {"price": D("2.5000")}
    assert typed("dcl_qty", D(4)) == {}


@given(QTY, TOTAL)
def test_the_price_of_a_total_never_changes_the_total(quantity: Decimal, total: Decimal) -> None:
    found = amounts({"dcl_qty": quantity, "total": total}, "total", quantity_changes_price=False)
    assert set(found) == {"price"}
    assert places_of(found["price"]) <= 4
    assert prices_agree(quantity, found["price"], total)


@given(QTY, PRICE, st.booleans())
def test_amounts_agree_whatever_is_typed(quantity: Decimal, price: Decimal, on: bool) -> None:
    line = {"dcl_qty": quantity, "price": price}
    line |= amounts(line, "price", quantity_changes_price=on)
    assert prices_agree(line["dcl_qty"], line["price"], line["total"])
    assert places_of(line["total"]) <= 2


def test_a_legal_quantity_of_the_same_unit_is_the_declared_one() -> None:
    line = {"dcl_qty": D(10), "dcl_unit": "035", "legal_unit1": "035", "legal_qty1": D(7), "hand_typed": True}
    assert typed("dcl_qty", D(12), **line) == {"legal_qty1": D(12)}
    assert typed("legal_unit1", "035", **{**line, "legal_unit1": "007"}) == {"legal_qty1": D(10)}


def test_units_that_convert_convert() -> None:
    """TV27: 12.345 thousand pieces are 12345 pieces."""
    line = {"dcl_qty": D(1), "dcl_unit": "054", "legal_unit1": "007", "legal_qty1": D(1000)}
    assert typed("dcl_qty", D("12.345"), **line) == {"legal_qty1": D(12345)}


def test_others_follow_by_ratio_until_they_are_typed() -> None:
    line = {"dcl_qty": D(300), "dcl_unit": "007", "legal_unit1": "035", "legal_qty1": D(10), "net_weight": D(10)}
    found = typed("dcl_qty", D(310), **line)
    assert found == {"legal_qty1": D("10.33333"), "net_weight": D("10.33333")}
    assert typed("legal_qty1", D(11), **line) == {"hand_typed": True}
    assert typed("net_weight", D(9), **line) == {"hand_typed": True}
    assert typed("dcl_qty", D(310), **line, hand_typed=True) == {}
    assert typed("dcl_qty", D(310), flagged=False, **line) == {}


def test_a_typed_quantity_the_unit_gives_anyway_is_no_hand_work() -> None:
    line = {"dcl_qty": D(2), "dcl_unit": "054", "legal_unit1": "007", "legal_qty1": D(1)}
    assert typed("legal_qty1", D(2000), **line) == {}


def test_a_small_rest_is_never_nothing() -> None:
    line = {"dcl_qty": D(1000), "dcl_unit": "007", "legal_unit1": "035", "legal_qty1": D("0.00100")}
    assert typed("dcl_qty", D(1), **line)["legal_qty1"] == D("0.00001")


@given(QTY, QTY, QTY)
def test_going_back_by_ratio_stays_near(old: Decimal, new: Decimal, legal: Decimal) -> None:
    line = {"dcl_qty": old, "dcl_unit": "007", "legal_unit1": "035", "legal_qty1": legal}
    found = typed("dcl_qty", new, **line).get("legal_qty1", legal)
    exact = legal * new / old
    assert abs(found - exact) <= D("0.00001")
    assert found > 0


def test_weight_and_a_mass_unit_fill_each_other() -> None:
    assert filled_quantities({"legal_unit1": "035", "net_weight": D(3)}, UNITS) == {"legal_qty1": D("3.00000")}
    assert filled_quantities({"legal_unit2": "035", "legal_qty2": D(3)}, UNITS) == {"net_weight": D("3.00000")}
    line = {"dcl_qty": D(3), "dcl_unit": "035", "legal_unit1": "035"}
    assert filled_quantities(line, UNITS) == {"legal_qty1": D(3), "net_weight": D("3.00000")}


def test_the_price_is_repaired_and_the_total_kept() -> None:
    assert agreeing_price({"dcl_qty": D(300), "price": D(9), "total": D(1000)}) == {"price": D("3.3333")}
    assert agreeing_price({"dcl_qty": D(3), "price": D(2)}) == {"total": D("6.00")}
    assert agreeing_price({"dcl_qty": D(0), "price": D(2), "total": D(1)}) == {}
