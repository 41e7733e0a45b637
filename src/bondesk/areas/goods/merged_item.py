"""归并后料件/成品: the enterprise's own items before they are filed in a book."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from bondesk.areas.goods.hs_known import HsKnown, fill_from_table, hs_findings
from bondesk.areas.goods.item_filling import ITEM_FILLS, fill_merged_item
from bondesk.base.columns import Code4, Code10, Code32, Price, Text255, Text512
from bondesk.base.documents import DocumentType, group
from bondesk.base.facts import Facts
from bondesk.base.fields import shown
from bondesk.base.findings import Finding
from bondesk.base.records import Record
from bondesk.base.workbooks import SheetPlan, WorkbookPlan, may, must

GOODS_FLAGS = (("I", "料件"), ("E", "成品"))


class MergedItem(Record, HsKnown):
    """One merged item; ``merge_no`` counts apart for materials and products."""

    __tablename__ = "merged_item"
    __table_args__ = (Index("ix_merged_item_key", "company_id", "goods_flag", "merge_no", unique=True),)

    merge_no: Mapped[int] = shown("归并序号", required=True)
    goods_flag: Mapped[Code4] = shown("物料类型", choices=GOODS_FLAGS, required=True)
    hs_code: Mapped[Code10] = shown("商品编码", required=True)
    name: Mapped[Text255] = shown("品名", required=True, width=20)
    spec: Mapped[Text512] = shown("规格型号", width=24)
    part_no: Mapped[Code32] = shown("料号", width=16, help="料号级账册一项一料号；项号级填代表料号")
    dcl_unit: Mapped[Code4] = shown("申报单位", table="unit", required=True)
    legal_unit1: Mapped[Code4] = shown("法定第一单位", table="unit")
    legal_unit2: Mapped[Code4] = shown("法定第二单位", table="unit")
    price: Mapped[Price | None] = shown("单价")
    currency: Mapped[Code4] = shown("币制", table="currency")
    duty_mode: Mapped[Code4] = shown("征免方式", table="duty_mode")
    origin: Mapped[Code4] = shown("产销国", table="country", help="料件为原产国，成品为最终目的国")
    main_mark: Mapped[Code4] = shown("主料标志", choices=(("", ""), ("1", "主料"), ("2", "辅料")))


_ALL = (
    MergedItem.merge_no,
    MergedItem.goods_flag,
    MergedItem.hs_code,
    MergedItem.name,
    MergedItem.spec,
    MergedItem.dcl_unit,
    MergedItem.legal_unit1,
    MergedItem.legal_unit2,
    MergedItem.price,
    MergedItem.currency,
    MergedItem.duty_mode,
    MergedItem.part_no,
    MergedItem.origin,
    MergedItem.main_mark,
)
_REQUIRED = {"merge_no", "goods_flag", "hs_code", "name", "dcl_unit"}


def derive_merged_item(item: MergedItem, facts: Facts) -> None:
    """Fill what follows from the commodity code."""
    fill_from_table(item, facts)


def hs_code_known(item: MergedItem, facts: Facts) -> Iterator[Finding]:
    """MAP-08 and MAP-09."""
    yield from hs_findings(item, facts)


MERGED_ITEM = DocumentType(
    key="merged_item",
    title="归并后料件/成品",
    area="goods",
    header=MergedItem,
    number=(MergedItem.goods_flag, MergedItem.merge_no),
    list_columns=_ALL,
    form=(
        group("归并项", *_ALL),
        group("编码表", MergedItem.hs_name, MergedItem.supervision_condition),
    ),
    derive=derive_merged_item,
    fill=fill_merged_item,
    fills=ITEM_FILLS,
    rules=(hs_code_known,),
    workbook=WorkbookPlan(
        "归并后料件成品",
        (
            SheetPlan(
                "归并后料件成品",
                tuple(must(a) if a.key in _REQUIRED else may(a) for a in _ALL),
            ),
        ),
    ),
    help="归并后的料件与成品，备案账册、手册时从这里提取。",
)
