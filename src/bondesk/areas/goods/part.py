"""料号档案: the enterprise's parts with what turns their ERP quantities into declared ones (handbook 2)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from bondesk.areas.codes.customs_code import FactsCodeBook, units_of
from bondesk.areas.codes.units import kilograms_per
from bondesk.areas.goods.hs_filling import PART_FILLS, fill_part
from bondesk.areas.goods.hs_known import HsKnown, fill_from_table, hs_findings
from bondesk.base.columns import Code4, Code10, Code32, Factor, Memo, SourcePrice, Text255, Text512
from bondesk.base.documents import DocumentType, group
from bondesk.base.elements import MOST_BYTES, byte_length, element_names, missing
from bondesk.base.facts import Facts
from bondesk.base.fields import shown
from bondesk.base.findings import Finding, error, note
from bondesk.base.numbers import PRICE_PLACES, half_up
from bondesk.base.records import Record
from bondesk.base.workbooks import SheetPlan, WorkbookPlan, may, must

GOODS_KINDS = (("I", "料件"), ("E", "成品"), ("S", "半成品"))


class Part(Record, HsKnown):
    """One ERP part. ``erp_unit`` is the ERP's word, ``erp_unit_code`` the customs unit it means."""

    __tablename__ = "part"
    __table_args__ = (Index("ix_part_key", "company_id", "part_no", unique=True),)

    part_no: Mapped[Code32] = shown("料号", required=True, width=16)
    goods_kind: Mapped[Code4] = shown("物料类型", choices=GOODS_KINDS, required=True)
    name: Mapped[Text255] = shown("品名", required=True, width=20)
    spec: Mapped[Text512] = shown("规格型号", width=24)
    erp_unit: Mapped[Code10] = shown("企业单位", required=True, help="ERP 中的计量单位，在企业参数中对照")
    erp_unit_code: Mapped[Code4] = shown("企业单位代码", table="unit", readonly=True)
    hs_code: Mapped[Code10] = shown("商品编码", required=True, help="10 位商品编码")
    dcl_unit: Mapped[Code4] = shown("申报单位", table="unit", required=True)
    legal_unit1: Mapped[Code4] = shown("法定第一单位", table="unit")
    legal_unit2: Mapped[Code4] = shown("法定第二单位", table="unit")
    unit_weight: Mapped[Factor | None] = shown("单重", help="每企业单位千克数")
    conv_factor: Mapped[Factor | None] = shown("转换率", help="每企业单位折申报单位数")
    factor1: Mapped[Factor | None] = shown("第一比例因子", help="每申报单位折法定第一单位数")
    factor2: Mapped[Factor | None] = shown("第二比例因子", help="每申报单位折法定第二单位数")
    currency: Mapped[Code4] = shown("币制", table="currency")
    ref_price: Mapped[SourcePrice | None] = shown("参考单价")
    origin: Mapped[Code4] = shown("原产国", table="country")
    duty_mode: Mapped[Code4] = shown("征免方式", table="duty_mode")
    destination: Mapped[Code4] = shown("最终目的国", table="country", help="成品；归并时同一项须相同")
    elements: Mapped[Memo] = shown("申报要素", elements_of="hs_code", help="按商品编码的申报要素逐项填写")
    consumable: Mapped[bool] = shown("消耗性物料", default=False, server_default="0")
    standard_controlled: Mapped[bool] = shown("涉及单耗标准", default=False, server_default="0")
    export_dutiable: Mapped[bool] = shown("出口应税", default=False, server_default="0")
    single_out: Mapped[bool] = shown("需单列", default=False, server_default="0")
    active: Mapped[bool] = shown("有效", default=True, server_default="1")


def derive_part(part: Part, facts: Facts) -> None:
    """Fill the customs unit behind the ERP unit, and what follows from the commodity code."""
    part.erp_unit_code = FactsCodeBook(facts).read("unit", part.erp_unit) or ""
    fill_from_table(part, facts)


def hs_code_known(part: Part, facts: Facts) -> Iterator[Finding]:
    """MAP-08 and MAP-09."""
    yield from hs_findings(part, facts)


def elements_complete(part: Part, _facts: Facts) -> Iterator[Finding]:
    """ELM-01: an element customs expects is empty; ELM-02: 规格型号 longer than a declaration takes."""
    text = part.elements or ""
    if absent := missing(element_names(part.hs_elements or ""), text):
        yield note("ELM-01", f"申报要素「{'」「'.join(absent)}」没有填写", "elements")
    if (length := byte_length(text)) > MOST_BYTES:
        yield note(
            "ELM-02", f"申报要素共 {length} 字节，报关单规格型号最多 {MOST_BYTES} 字节（汉字占2字节）", "elements"
        )


def unit_known(part: Part, _facts: Facts) -> Iterator[Finding]:
    """MAP-12: the ERP's unit stands for a customs unit."""
    if part.erp_unit and not part.erp_unit_code:
        yield error("MAP-12", f"计量单位 {part.erp_unit} 未在企业参数中对照", "erp_unit")


def convertible(part: Part, facts: Facts) -> Iterator[Finding]:
    """MAP-03, MAP-04, MAP-07, MAP-10: a mapped part must reach its declared unit (handbook 2.3)."""
    from bondesk.areas.goods.consolidation_map import ConsolidationMap

    if part.conv_factor is not None and part.conv_factor <= 0:
        yield error("MAP-10", "转换率须大于0", "conv_factor")
    if part.unit_weight is not None and part.unit_weight < 0:
        yield error("MAP-10", "单重不能小于0", "unit_weight")
    unit = units_of(facts).get(part.dcl_unit)
    kilograms = kilograms_per(unit) if unit else None
    if part.conv_factor is None and part.unit_weight is None:
        mapped = facts.groups(ConsolidationMap, ConsolidationMap.part_no).get(part.part_no, ())
        if any(row.active for row in mapped):
            yield error("MAP-03", f"料号 {part.part_no} 已归并，单重与转换率至少填一项", "conv_factor")
    elif part.conv_factor is None and kilograms is None:
        name = unit.name if unit else part.dcl_unit
        yield error("MAP-04", f"申报单位 {name} 不是重量单位，不能只用单重换算", "conv_factor")
    elif part.conv_factor and part.unit_weight and kilograms:
        declared = Fraction(part.conv_factor) * Fraction(kilograms)
        if abs(declared - Fraction(part.unit_weight)) > declared * Fraction(5, 1000):
            yield note("MAP-07", "单重与转换率相差超过0.5%，以转换率为准", "unit_weight")
    if part.unit_weight is None and part.conv_factor is not None and part.goods_kind != "S":
        yield note("MAP-05", "没有单重，净重须在单证上填写", "unit_weight")


def still_agrees(part: Part, facts: Facts) -> Iterator[Finding]:
    """MAP-02: a mapped part that was changed away from its item or from the others of it."""
    from bondesk.areas.goods.consolidation_map import disagreements

    for text in disagreements(part, facts):
        yield note("MAP-02", f"{text}；请同时修改归并项，或改归并关系", "hs_code")


def declared_price(part: Part) -> Decimal | None:
    """Turn 参考单价, per ERP unit, into a price per declared unit at 4 decimals."""
    if part.ref_price is None:
        return None
    if part.conv_factor is None:
        return half_up(part.ref_price, PRICE_PLACES)
    return half_up(Fraction(part.ref_price) / Fraction(part.conv_factor), PRICE_PLACES)


PART = DocumentType(
    key="part",
    title="料号档案",
    area="goods",
    header=Part,
    number=(Part.part_no,),
    list_columns=(
        Part.part_no,
        Part.goods_kind,
        Part.name,
        Part.spec,
        Part.erp_unit,
        Part.hs_code,
        Part.dcl_unit,
        Part.unit_weight,
        Part.conv_factor,
        Part.currency,
        Part.ref_price,
    ),
    form=(
        group("料号", Part.part_no, Part.goods_kind, Part.name, Part.spec, Part.erp_unit, Part.active),
        group(
            "申报",
            Part.hs_code,
            Part.dcl_unit,
            Part.legal_unit1,
            Part.legal_unit2,
            Part.duty_mode,
            Part.origin,
            Part.destination,
            Part.currency,
            Part.ref_price,
        ),
        group("换算", Part.unit_weight, Part.conv_factor, Part.factor1, Part.factor2),
        group("编码表", Part.hs_name, Part.supervision_condition),
        group("归并限制", Part.consumable, Part.standard_controlled, Part.export_dutiable, Part.single_out),
        group("申报要素", Part.elements),
    ),
    derive=derive_part,
    fill=fill_part,
    fills=PART_FILLS,
    rules=(unit_known, hs_code_known, convertible, still_agrees, elements_complete),
    workbook=WorkbookPlan(
        "料号档案",
        (
            SheetPlan(
                "料号档案",
                (
                    must(Part.part_no),
                    must(Part.goods_kind),
                    must(Part.name),
                    may(Part.spec),
                    must(Part.erp_unit),
                    must(Part.hs_code),
                    must(Part.dcl_unit),
                    may(Part.legal_unit1),
                    may(Part.legal_unit2),
                    may(Part.unit_weight),
                    may(Part.conv_factor),
                    may(Part.factor1),
                    may(Part.factor2),
                    may(Part.currency),
                    may(Part.ref_price),
                    may(Part.origin),
                    may(Part.duty_mode),
                    may(Part.elements),
                ),
            ),
        ),
    ),
    help="企业料号及其商品编码、申报单位与换算系数。单重与转换率至少填一项。",
)
