"""A goods row of a book typed by hand: what 归并后料件/成品 and the HS table say, and 数量 × 单价 = 总价."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bondesk.areas.accounts.comparing import TAKEN
from bondesk.areas.goods.hs_filling import table_values
from bondesk.areas.goods.item_filling import part_values
from bondesk.areas.goods.merged_item import MergedItem
from bondesk.base.facts import Facts
from bondesk.base.numbers import AMOUNT_PLACES, half_up

_FROM_ITEM = frozenset(TAKEN) - {"part_no"}
_FROM_TABLE = frozenset({"name", "legal_unit1", "legal_unit2"})
#: Typed box → the boxes that follow from it.
GOODS_FILLS: Mapping[str, frozenset[str]] = {
    "part_no": _FROM_ITEM,
    "hs_code": _FROM_TABLE,
    "price": frozenset({"total"}),
    "filed_qty": frozenset({"total"}),
}


def fill_goods_row(_head: Mapping[str, Any], row: Mapping[str, Any], key: str, facts: Facts) -> Mapping[str, Any]:
    """Propose the boxes that follow from the one just typed."""
    match key:
        case "part_no":
            return item_values(str(row.get("part_no") or ""), str(row["goods_flag"]), facts)
        case "hs_code":
            return {
                name: value for name, value in table_values(row.get("hs_code"), facts).items() if name in _FROM_TABLE
            }
    quantity, price = row.get("filed_qty"), row.get("price")
    return {"total": amount(quantity, price)} if quantity is not None and price is not None else {}


def item_values(part_no: str, goods_flag: str, facts: Facts) -> Mapping[str, Any]:
    """Return what the merged item of a part says, else what 料号档案 does; {} for an unknown part."""
    item = facts.one(MergedItem, goods_flag=goods_flag, part_no=part_no) if part_no else None
    if item is None:
        found = part_values(part_no, goods_flag, facts)
        return found | {"country": found.pop("origin")} if found else {}
    return {key: getattr(item, "origin" if key == "country" else key) for key in _FROM_ITEM}


def amount(quantity: Decimal, price: Decimal) -> Decimal:
    """Return 申报总价, rounded once."""
    return half_up(Fraction(quantity) * Fraction(price), AMOUNT_PLACES)
