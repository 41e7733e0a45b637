"""What the Single Window looks at across the elements of a DecMessage, asked before hand-over (reference 4, 8)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from bondesk.areas.declarations.declaration_face import DECLARATION_FORM, DECLARATION_LINES
from bondesk.areas.declarations.declaration_lines import DeclarationLine
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.base.fields import Field
from bondesk.base.findings import Finding, error
from bondesk.base.messages import MessageFacts

#: What only one direction must say when it declares: (direction, field, element, label).
ONE_WAY = (
    ("I", "departure_port", "DespPortCode", "启运港"),
    ("I", "goods_place", "GoodsPlace", "货物存放地点"),
    ("I", "overseas_name", "OverseasConsignorEname", "境外发货人名称（外文），没有填 NO"),
    ("E", "overseas_name", "OverseasConsigneeEname", "境外收货人名称（外文），没有填 NO"),
)
_COMPUTED = {"customs_state"}
HEAD_CODES = tuple(one for part in DECLARATION_FORM for one in part.fields if one.table and one.key not in _COMPUTED)
TABLE_CODES = tuple((table, tuple(one for one in table.fields if one.table)) for table in DECLARATION_LINES)


def cross_checks(declaration: Declaration, facts: MessageFacts) -> tuple[Finding, ...]:
    """MSG-01 for what one direction demands, MSG-06 for what contradicts, MSG-07 for codes customs does not know."""
    lines = declaration.lines
    return tuple(
        chain(
            _one_way(declaration) if facts.declares else (),
            _weights(declaration),
            chain.from_iterable(_goods(declaration, place, line) for place, line in enumerate(lines)),
            _containers(declaration),
            _unknown_codes(declaration, facts),
        )
    )


def _one_way(declaration: Declaration) -> Iterator[Finding]:
    for direction, key, element, label in ONE_WAY:
        if declaration.ie_flag == direction and not getattr(declaration, key):
            yield error("MSG-01", f"「{label}」({element})必填", key)


def _weights(declaration: Declaration) -> Iterator[Finding]:
    net, gross = declaration.net_weight, declaration.gross_weight
    if net is not None and gross is not None and net > gross:
        yield error("MSG-06", "净重(NetWt)不能大于毛重(GrossWet)", "net_weight")


def _goods(declaration: Declaration, place: int, line: DeclarationLine) -> Iterator[Finding]:
    def wrong(text: str, key: str) -> Finding:
        return error("MSG-06", text, key, place, table="lines")

    if line.line_no != place + 1:
        yield wrong(f"商品序号(GNo)应为 {place + 1}，现为 {line.line_no}：须从 1 起连续编号", "line_no")
    if declaration.record_no and not line.item_no:
        yield wrong("有备案号时备案序号(ContrItem)必填", "item_no")
    if bool(line.legal_unit2) != (line.legal_qty2 is not None):
        yield wrong("法定第二单位(SecondUnit)与法定第二数量(SecondQty)须同时填写或同时不填", "legal_qty2")


def _containers(declaration: Declaration) -> Iterator[Finding]:
    numbers = {str(line.line_no) for line in declaration.lines}
    for place, container in enumerate(declaration.containers):
        named = [one.strip() for one in (container.goods_nos or "").replace("，", ",").split(",") if one.strip()]
        if unknown := [one for one in named if one not in numbers]:
            text = f"商品项号(GoodsNo)“{'、'.join(unknown)}”不在商品中"
            yield error("MSG-06", text, "goods_nos", place, table="containers")


def _unknown_codes(declaration: Declaration, facts: MessageFacts) -> Iterator[Finding]:
    for entry in HEAD_CODES:
        yield from _unknown(entry, declaration, facts, None, "")
    for table, entries in TABLE_CODES:
        for place, row in enumerate(getattr(declaration, table.attribute_key)):
            for entry in entries:
                yield from _unknown(entry, row, facts, place, table.key)


def _unknown(entry: Field, row: Any, facts: MessageFacts, place: int | None, table: str) -> Iterator[Finding]:
    code = getattr(row, entry.key)
    if code and not facts.known(entry.table, code):
        yield error("MSG-07", f"「{entry.label}」的代码“{code}”不在海关参数中", entry.key, place, table=table)
