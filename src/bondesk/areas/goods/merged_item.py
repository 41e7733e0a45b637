"""归并后料件/成品: the enterprise's own items before they are filed in a book."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from bondesk.base.columns import Code4, Code10, Price, Text255, Text512
from bondesk.base.documents import DocumentType, group
from bondesk.base.fields import shown
from bondesk.base.records import Record
from bondesk.base.workbooks import SheetPlan, WorkbookPlan, may, must

GOODS_FLAGS = (("I", "料件"), ("E", "成品"))


class MergedItem(Record):
    """One merged item; ``merge_no`` counts apart for materials and products."""

    __tablename__ = "merged_item"
    __table_args__ = (Index("ix_merged_item_key", "company_id", "goods_flag", "merge_no", unique=True),)

    merge_no: Mapped[int] = shown("归并序号", required=True)
    goods_flag: Mapped[Code4] = shown("物料类型", choices=GOODS_FLAGS, required=True)
    hs_code: Mapped[Code10] = shown("商品编码", required=True)
    name: Mapped[Text255] = shown("品名", required=True, width=20)
    spec: Mapped[Text512] = shown("规格型号", width=24)
    dcl_unit: Mapped[Code4] = shown("申报单位", table="unit", required=True)
    legal_unit1: Mapped[Code4] = shown("法定第一单位", table="unit")
    legal_unit2: Mapped[Code4] = shown("法定第二单位", table="unit")
    price: Mapped[Price | None] = shown("单价")
    currency: Mapped[Code4] = shown("币制", table="currency")
    duty_mode: Mapped[Code4] = shown("征免方式", table="duty_mode")


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
)
_REQUIRED = {"merge_no", "goods_flag", "hs_code", "name", "dcl_unit"}

MERGED_ITEM = DocumentType(
    key="merged_item",
    title="归并后料件/成品",
    area="goods",
    header=MergedItem,
    number=(MergedItem.goods_flag, MergedItem.merge_no),
    list_columns=_ALL,
    form=(group("归并项", *_ALL),),
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
