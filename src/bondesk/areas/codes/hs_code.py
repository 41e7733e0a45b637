"""商品编码: the HS table with its legal units and declaration elements (handbook 17)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from bondesk.base.columns import Code4, Code10, Memo, Text32, Text64, Text255
from bondesk.base.documents import DocumentType, group
from bondesk.base.fields import shown
from bondesk.base.records import Reference


class HsCode(Reference):
    """One 10-digit code, valid in a closed period; elements are ``index:name`` joined by ``|``."""

    __tablename__ = "hs_code"
    __table_args__ = (Index("ix_hs_code_key", "hs_code", "valid_from", unique=True),)

    hs_code: Mapped[Code10] = shown("商品编码", required=True)
    name: Mapped[Text255] = shown("商品名称", required=True, width=40)
    legal_unit1: Mapped[Code4] = shown("法定第一单位", table="unit")
    legal_unit2: Mapped[Code4] = shown("法定第二单位", table="unit")
    supervision_condition: Mapped[Text64] = shown("监管条件")
    elements: Mapped[Memo] = shown("申报要素")
    valid_from: Mapped[date] = shown("生效日期", required=True)
    valid_to: Mapped[date | None] = shown("失效日期")
    confidence: Mapped[Text32] = shown("可信度")


HS_CODE = DocumentType(
    key="hs_code",
    title="商品编码",
    area="codes",
    header=HsCode,
    number=(HsCode.hs_code, HsCode.valid_from),
    list_columns=(
        HsCode.hs_code,
        HsCode.name,
        HsCode.legal_unit1,
        HsCode.legal_unit2,
        HsCode.supervision_condition,
        HsCode.valid_from,
    ),
    form=(
        group(
            "商品编码",
            HsCode.hs_code,
            HsCode.name,
            HsCode.legal_unit1,
            HsCode.legal_unit2,
            HsCode.supervision_condition,
            HsCode.elements,
            HsCode.valid_from,
            HsCode.valid_to,
            HsCode.confidence,
        ),
    ),
    creatable=False,
    help="海关商品编码、法定单位与申报要素。",
)
