"""What the HS table said when a part or merged item was last saved or brought up to date.

Without it, 商品编码校验 could not tell a changed name, supervision condition or element list from one that
was always so: only codes and units stand on the goods themselves (handbook 2.5).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Mapped

from bondesk.areas.codes.hs_code import HsCode, hs_code_on
from bondesk.base.columns import Code10, Memo, Text64, Text255
from bondesk.base.facts import Facts
from bondesk.base.fields import shown
from bondesk.base.findings import Finding, error, note

#: Column of the goods ← column of the HS table.
KNOWN = {"hs_name": "name", "supervision_condition": "supervision_condition", "hs_elements": "elements"}
LEGAL_UNITS = ("legal_unit1", "legal_unit2")


class HsKnown:
    """Columns of goods that carry a commodity code; ``hs_seen`` is the code the others were read for."""

    hs_seen: Mapped[Code10] = shown("已核对编码", readonly=True)
    hs_name: Mapped[Text255] = shown("商品编码名称", readonly=True, width=30, help="海关商品编码表中的名称")
    supervision_condition: Mapped[Text64] = shown("监管条件", readonly=True, help="保存时商品编码表中的监管条件")
    hs_elements: Mapped[Memo] = shown("应报要素", readonly=True, help="保存时商品编码要求申报的要素")


def fill_from_table(goods: Any, facts: Facts) -> None:
    """Fill what follows from the code: what the table says, and legal units left empty.

    Only a code not seen before is read, so that a later change of the table stays visible as a difference.
    """
    if not goods.hs_code or goods.hs_seen == goods.hs_code:
        return
    known = hs_code_on(facts, goods.hs_code)
    if known is None:
        return
    if not any(getattr(goods, key) for key in LEGAL_UNITS):
        for key in LEGAL_UNITS:
            setattr(goods, key, getattr(known, key))
    take_known(goods, known)


def take_known(goods: Any, known: HsCode) -> None:
    """Remember what the table says about the code of ``goods``."""
    goods.hs_seen = goods.hs_code
    for ours, theirs in KNOWN.items():
        setattr(goods, ours, getattr(known, theirs))


def hs_findings(goods: Any, facts: Facts) -> list[Finding]:
    """MAP-08: ten digits, and in the HS table today; MAP-09: legal units as in the HS table."""
    code = goods.hs_code or ""
    if len(code) != 10 or not code.isdigit():
        return [error("MAP-08", f"商品编码须为10位数字，现为 {code}", "hs_code")]
    known = hs_code_on(facts, code)
    if known is None:
        return [error("MAP-08", f"商品编码 {code} 不在商品编码表中，请核对或先更新海关参数", "hs_code")]
    found = []
    for key in LEGAL_UNITS:
        ours, theirs = getattr(goods, key), getattr(known, key)
        if ours != theirs:
            text = f"法定单位 {ours or '空'} 与商品编码表的 {theirs or '空'} 不一致，可用「商品编码校验」更新"
            found.append(note("MAP-09", text, key))
    return found
