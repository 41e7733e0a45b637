"""What the approved book and two of three amounts say of a note line typed by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bondesk.areas.accounts.book_model import Account, AccountConsumption, AccountLine
from bondesk.areas.notes.line_filling import amounts, fill_note_line
from bondesk.base.numbers import prices_agree
from builders.plain_facts import PlainFacts

BOOK = "E9900A000001"


def item(goods: str, number: int, **values: Any) -> AccountLine:
    """An item of the approved book."""
    own = {
        "part_no": "P",
        "hs_code": "8544421100",
        "name": "导线",
        "spec": "1m",
        "dcl_unit": "035",
        "legal_unit1": "035",
    }
    own |= {"legal_unit2": "006", "currency": "502", "duty_mode": "3", "country": "JPN", "price": Decimal(9)}
    return AccountLine(header_id=1, goods_flag=goods, item_no=number, **{**own, **values})


def used(version: str, mark: str = "0") -> AccountConsumption:
    """A filed version of product 2."""
    return AccountConsumption(header_id=1, product_no=2, uc_version=version, row_mark=mark)


FACTS = PlainFacts(
    Account(id=1, record_no=BOOK, copy="approved"),
    Account(id=9, record_no=BOOK, copy="draft"),
    item("I", 2),
    item("E", 2, name="线束", country="USA"),
    used("9"),
    used("10"),
    used("11", "2"),
)


def filled(ie_flag: str, goods: str, key: str, **line: Any) -> dict[str, Any]:
    """What follows from typing ``key``."""
    head = {"record_no": BOOK, "ie_flag": ie_flag, "goods_flag": goods}
    return dict(fill_note_line(head, line, key, FACTS))


def test_an_item_brings_what_the_book_files_but_no_price() -> None:
    found = filled("I", "I", "item_no", item_no=2)
    assert (found["hs_code"], found["name"], found["dcl_unit"], found["currency"]) == (
        "8544421100",
        "导线",
        "035",
        "502",
    )
    assert (found["origin_country"], found["destination_country"]) == ("JPN", "CHN")
    assert "price" not in found
    assert "uc_version" not in found


def test_a_product_brings_its_newest_version_that_is_not_deleted() -> None:
    found = filled("E", "E", "item_no", item_no=2)
    assert (found["name"], found["uc_version"]) == ("线束", "10")
    assert (found["origin_country"], found["destination_country"]) == ("CHN", "USA")


@pytest.mark.parametrize("line", [{"item_no": 3}, {}])
def test_an_unknown_item_brings_nothing(line: dict[str, Any]) -> None:
    assert filled("I", "I", "item_no", **line) == {}


def test_a_quantity_brings_total_and_the_legal_quantity_of_the_same_unit() -> None:
    line = {"dcl_qty": Decimal("3"), "price": Decimal("0.3335"), "dcl_unit": "035", "legal_unit1": "035"}
    found = filled("I", "I", "dcl_qty", legal_unit2="006", **line)
    assert found == {"total": Decimal("1.00"), "legal_qty1": Decimal("3")}


def test_price_follows_from_total_and_quantity_from_both() -> None:
    assert amounts({"dcl_qty": Decimal(3), "total": Decimal("1.00")}) == {"price": Decimal("0.3333")}
    assert amounts({"price": Decimal(4), "total": Decimal("1.00")}) == {"dcl_qty": Decimal("0.25000")}
    assert amounts({"dcl_qty": Decimal(0), "total": Decimal(1)}) == {}
    assert amounts({"dcl_qty": Decimal(2), "price": Decimal(1), "total": Decimal(5)}) == {}


@given(st.decimals("0.00001", "99999", places=5), st.decimals("0", "9999", places=4))
def test_the_total_agrees_with_the_price_rule(quantity: Decimal, price: Decimal) -> None:
    assert prices_agree(quantity, price, amounts({"dcl_qty": quantity, "price": price})["total"])
