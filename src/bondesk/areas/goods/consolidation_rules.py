"""Which parts may share one merged item: the agreement, and what never merges (handbook 2.2). Pure.

The five agreements are those of 公告2018年第23号第八条, written for notes and applied by the trade to filing too.
Every reason is a sentence that names both parts, so that the clerk sees which one to take out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bondesk.base.readings import width_normal

#: What every part of an item has in common with the item itself.
ITEM_AGREES = (("hs_code", "商品编码"), ("name", "品名"), ("dcl_unit", "申报单位"))
#: What the parts of one item have in common beside that, by goods flag.
PARTS_AGREE = {
    "I": (*ITEM_AGREES, ("currency", "币制"), ("origin", "原产国")),
    "E": (*ITEM_AGREES, ("currency", "币制"), ("destination", "最终目的国")),
}


def differing(one: Any, other: Any, compared: tuple[tuple[str, str], ...]) -> list[str]:
    """Return ``label(a ≠ b)`` for every compared value that differs after trimming and width-normalising."""
    return [
        f"{label}({getattr(one, key) or '空'} ≠ {getattr(other, key) or '空'})"
        for key, label in compared
        if width_normal(getattr(one, key) or "") != width_normal(getattr(other, key) or "")
    ]


def reasons_apart(one: Any, other: Any, goods_flag: str) -> Iterator[str]:
    """Say why two parts may not share a merged item; nothing when they may."""
    pair = f"料号 {one.part_no} 与 {other.part_no}"
    gaps = differing(one, other, PARTS_AGREE[goods_flag])
    if gaps:
        yield f"{pair} 的{'、'.join(gaps)}不一致，不能归并为一项"
    if bool(one.consumable) != bool(other.consumable):
        yield f"{pair}：{_which(one, other, 'consumable')} 是消耗性物料，不能与普通料件归并"
    if bool(one.standard_controlled) != bool(other.standard_controlled):
        yield f"{pair}：{_which(one, other, 'standard_controlled')} 涉及单耗标准，不能与不涉及单耗标准的归并"
    if goods_flag == "E" and (one.export_dutiable or other.export_dutiable):
        yield f"{pair}：{_which(one, other, 'export_dutiable')} 是出口应税商品，不能与其他成品归并"
    if one.single_out or other.single_out:
        yield f"{pair}：{_which(one, other, 'single_out')} 需单列，不能与其他料号归并"


def _which(one: Any, other: Any, mark: str) -> str:
    return str((one if getattr(one, mark) else other).part_no)
