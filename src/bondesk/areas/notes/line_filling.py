"""A note line typed by hand: what the approved book says of the item, and 数量 × 单价 = 总价 (handbook 5.4).

A clerk types 备案序号 and 数量; what the book knows is proposed, never forced. The filed price is left out: a note
declares what the invoice says, and a price nobody typed would go to customs unread.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bondesk.areas.accounts.account import approved_account
from bondesk.areas.accounts.book_model import Account, AccountConsumption, AccountLine
from bondesk.areas.codes.customs_code import units_of
from bondesk.areas.codes.line_arithmetic import recomputed
from bondesk.areas.setup.company import company_of
from bondesk.base.facts import Facts
from bondesk.base.numbers import AMOUNT_PLACES, QUANTITY_PLACES, half_up, price_of

_TAKEN = (
    "part_no",
    "hs_code",
    "name",
    "spec",
    "dcl_unit",
    "legal_unit1",
    "legal_unit2",
    "currency",
    "duty_mode",
)
_HOME = "CHN"
#: Typed cell → the cells that follow from it.
FILLS: Mapping[str, frozenset[str]] = {
    "item_no": frozenset({*_TAKEN, "origin_country", "destination_country", "uc_version"}),
    "dcl_qty": frozenset(),
    "price": frozenset({"total"}),
    "total": frozenset(),
}


def fill_note_line(head: Mapping[str, Any], line: Mapping[str, Any], key: str, facts: Facts) -> Mapping[str, Any]:
    """Propose the cells that follow from the one just typed; the form keeps what is not empty."""
    found = dict(filed_values(head, line, facts)) if key == "item_no" else {}
    known = {**found, **{name: value for name, value in line.items() if value not in (None, "")}}
    return {**found, **amounts(known), **legal_quantities(known)}


def recompute_note_line(
    _head: Mapping[str, Any], line: Mapping[str, Any], key: str, before: Mapping[str, Any], facts: Facts
) -> Mapping[str, Any]:
    """Keep 数量 × 单价 = 总价 as on declarations (handbook 6.2); legal quantities follow only where units say so."""
    on = bool(company_of(facts).quantity_changes_price)
    return recomputed(line, key, before, units_of(facts), quantity_changes_price=on, flagged=False)


def filed_values(head: Mapping[str, Any], line: Mapping[str, Any], facts: Facts) -> Mapping[str, Any]:
    """Return what the approved book files of 备案序号; {} for an item it does not have."""
    goods, item_no = head.get("goods_flag"), line.get("item_no")
    book = approved_account(facts, str(head.get("record_no") or ""))
    if book is None or goods not in ("I", "E") or item_no is None:
        return {}
    item = facts.one(AccountLine, header_id=book.id, goods_flag=goods, item_no=item_no)
    if item is None:
        return {}
    values = {key: getattr(item, key) for key in _TAKEN}
    values |= countries(str(head.get("ie_flag") or ""), item.country)
    if goods == "E":
        values["uc_version"] = newest_version(book, item_no, facts)
    return values


def countries(ie_flag: str, filed: str) -> dict[str, str]:
    """Return 原产国 and 最终目的国: the book's country abroad, China on the other side."""
    match ie_flag:
        case "I":
            return {"origin_country": filed, "destination_country": _HOME}
        case "E":
            return {"origin_country": _HOME, "destination_country": filed}
    return {}


def newest_version(book: Account, product_no: int, facts: Facts) -> str:
    """Return the highest 单耗版本号 filed for a product, "" when none is."""
    rows = facts.find(AccountConsumption, header_id=book.id, product_no=product_no)
    versions = {row.uc_version for row in rows if row.row_mark != "2"}
    return max(versions, key=int, default="")


def amounts(line: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return the third of 申报数量, 申报单价 and 申报总价 when two are there, rounded once."""
    quantity, price, total = (line.get(key) for key in ("dcl_qty", "price", "total"))
    if total is None and quantity is not None and price is not None:
        return {"total": half_up(Fraction(quantity) * Fraction(price), AMOUNT_PLACES)}
    if price is None and total is not None and quantity:
        return {"price": price_of(total, quantity)}
    if quantity is None and total is not None and price:
        return {"dcl_qty": half_up(Fraction(total) / Fraction(price), QUANTITY_PLACES)}
    return {}


def legal_quantities(line: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return the legal quantities whose unit is the declared one; others need a conversion the clerk knows."""
    quantity, unit = line.get("dcl_qty"), line.get("dcl_unit")
    if quantity is None or not unit:
        return {}
    pairs = (("legal_unit1", "legal_qty1"), ("legal_unit2", "legal_qty2"))
    return {target: quantity for source, target in pairs if line.get(source) == unit}
