"""What a merged item takes while it is typed: from the HS table by its code, from 料号档案 by its part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bondesk.areas.goods.hs_filling import FROM_TABLE, table_values
from bondesk.areas.goods.part import Part, declared_price
from bondesk.base.facts import Facts

_FROM_PART = ("hs_code", "name", "spec", "dcl_unit", "legal_unit1", "legal_unit2", "currency", "duty_mode")
#: Typed box → the boxes that follow from it.
ITEM_FILLS: Mapping[str, frozenset[str]] = {
    "hs_code": FROM_TABLE,
    "part_no": frozenset({*_FROM_PART, "price", "origin"}),
}


def fill_merged_item(values: Mapping[str, Any], key: str, facts: Facts) -> Mapping[str, Any]:
    """Propose what the HS table says of the code, or what 料号档案 holds of the part."""
    if key == "hs_code":
        return table_values(values.get("hs_code"), facts)
    return part_values(str(values.get("part_no") or ""), str(values.get("goods_flag") or ""), facts)


def part_values(part_no: str, goods_flag: str, facts: Facts) -> dict[str, Any]:
    """Return what a merged item takes from its part; {} for an unknown part or one of another kind."""
    part = facts.one(Part, part_no=part_no) if part_no else None
    if part is None or part.goods_kind != goods_flag:
        return {}
    origin = part.origin if goods_flag == "I" else part.destination
    return {key: getattr(part, key) for key in _FROM_PART} | {"price": declared_price(part), "origin": origin}
