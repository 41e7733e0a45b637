"""单耗标准: the most of a material a product may consume, by commodity codes (单耗管理办法; BOM-06)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from bondesk.base.columns import Code10, ConsumptionQty, Text255
from bondesk.base.documents import DocumentType, group
from bondesk.base.facts import Facts
from bondesk.base.fields import shown
from bondesk.base.findings import Finding, error, note
from bondesk.base.numbers import plain
from bondesk.base.records import Record


class ConsumptionStandard(Record):
    """One ceiling: products and materials under commodity codes, or the first digits of such."""

    __tablename__ = "consumption_standard"
    __table_args__ = (Index("ix_consumption_standard_key", "company_id", "product_hs", "material_hs", unique=True),)

    product_hs: Mapped[Code10] = shown("成品商品编码", required=True, help="10 位，或前 4～8 位")
    material_hs: Mapped[Code10] = shown("料件商品编码", required=True, help="10 位，或前 4～8 位")
    ceiling: Mapped[ConsumptionQty] = shown("单耗上限", required=True, help="每申报单位成品耗用的料件申报单位数")
    basis: Mapped[Text255] = shown("标准依据", width=30, help="单耗标准编号与名称")


def codes_formed(standard: ConsumptionStandard, _facts: Facts) -> Iterator[Finding]:
    """BOM-06 needs codes it can compare, and a ceiling above 0."""
    for key, label in (("product_hs", "成品商品编码"), ("material_hs", "料件商品编码")):
        code = getattr(standard, key) or ""
        if not code.isdigit() or not 4 <= len(code) <= 10:
            yield error("MAP-08", f"{label}须为4至10位数字，现为 {code}", key)
    if standard.ceiling is not None and standard.ceiling <= 0:
        yield error("BOM-06", "单耗上限须大于0", "ceiling")


def ceiling_for(facts: Facts, product_hs: str, material_hs: str) -> ConsumptionStandard | None:
    """Return the standard that names the two codes most closely, None when none does."""
    found = [
        one
        for one in facts.find(ConsumptionStandard)
        if product_hs.startswith(one.product_hs) and material_hs.startswith(one.material_hs)
    ]
    return max(found, key=lambda one: (len(one.product_hs), len(one.material_hs)), default=None)


def above_standard(
    facts: Facts, product: tuple[int, str], materials: Iterable[tuple[int, str, Decimal]]
) -> Iterator[Finding]:
    """BOM-06: note every material of a product (item number, code) whose U lies above its ceiling."""
    number, product_hs = product
    for item, material_hs, total in materials:
        standard = ceiling_for(facts, product_hs, material_hs)
        if standard is not None and total > standard.ceiling:
            text = f"成品 {number} 料件 {item} 的单耗 {plain(total)} 超过单耗标准上限 {plain(standard.ceiling)}"
            yield note("BOM-06", f"{text}（{standard.basis or '单耗标准'}）", "net")


_ALL = (
    ConsumptionStandard.product_hs,
    ConsumptionStandard.material_hs,
    ConsumptionStandard.ceiling,
    ConsumptionStandard.basis,
)

CONSUMPTION_STANDARD = DocumentType(
    key="consumption_standard",
    title="单耗标准",
    area="goods",
    header=ConsumptionStandard,
    number=(ConsumptionStandard.product_hs, ConsumptionStandard.material_hs),
    list_columns=_ALL,
    form=(group("单耗标准", *_ALL),),
    rules=(codes_formed,),
    help="国家加工贸易单耗标准的上限。生成或保存单损耗时，涉及单耗标准的成品超过上限会提示。",
)
