"""The lines of 报关单 and what each was made of: note lines, or parts of source lines (handbook 5.8, 6.1, 6.3).

On exports ``origin_country`` and ``destination_country`` keep their plain meaning: only the message swaps them.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bondesk.base.columns import Amount, Code4, Code10, Code32, Memo, Price, Qty, Text64, Text255, Text512, Weight
from bondesk.base.fields import shown
from bondesk.base.portions import PortionColumns
from bondesk.base.records import Line, Row, belongs_to

YES_NO = (("0", "否"), ("1", "是"))


class DeclarationLine(Line):
    """One 商品项 of a declaration (1 to 50); ``spec`` holds the 申报要素 joined by ``|``.

    ``hand_typed`` says that legal quantities or net weight were typed and do not follow the quantity (6.2).
    """

    __tablename__ = "declaration_line"
    __table_args__ = (
        *belongs_to("declaration", "declaration_line"),
        Index("ix_declaration_line_part", "company_id", "part_no"),
    )

    item_no: Mapped[int | None] = shown("备案序号", help="有备案号时必填")
    part_no: Mapped[Code32] = shown("货号", reference="part", width=16)
    hs_code: Mapped[Code10] = shown("商品编码", required=True)
    ciq_code: Mapped[Code4] = shown("检验检疫编码", help="13位编码的后三位")
    name: Mapped[Text255] = shown("商品名称", required=True, width=20)
    spec: Mapped[Text512] = shown("规格型号", width=24, elements_of="hs_code", help="申报要素以竖线分隔，不超过255字节")
    dcl_qty: Mapped[Qty] = shown("成交数量", required=True)
    dcl_unit: Mapped[Code4] = shown("成交单位", table="unit", required=True)
    price: Mapped[Price | None] = shown("单价")
    total: Mapped[Amount | None] = shown("总价", required=True)
    currency: Mapped[Code4] = shown("币制", table="currency", required=True)
    legal_qty1: Mapped[Qty | None] = shown("法定数量", required=True)
    legal_unit1: Mapped[Code4] = shown("法定单位", table="unit", required=True)
    legal_qty2: Mapped[Qty | None] = shown("第二法定数量")
    legal_unit2: Mapped[Code4] = shown("第二法定单位", table="unit")
    origin_country: Mapped[Code4] = shown("原产国", table="country", required=True)
    destination_country: Mapped[Code4] = shown("最终目的国", table="country", required=True)
    domestic_district: Mapped[Code10] = shown("境内目的地/货源地", help="5位国内地区代码")
    domestic_region: Mapped[Code10] = shown("目的地/产地行政区划", help="6位行政区划代码")
    duty_mode: Mapped[Code4] = shown("征免方式", table="duty_mode", required=True)
    uc_version: Mapped[Code10] = shown("版本号", help="单耗版本；出口成品、有账册时填写")
    net_weight: Mapped[Weight | None] = shown("净重", help="千克")
    gross_weight: Mapped[Weight | None] = shown("毛重", help="千克")
    packages: Mapped[int | None] = shown("件数", counted=True)
    goods_attribute: Mapped[Code32] = shown("货物属性", help="两位代码，多个以逗号分隔")
    purpose: Mapped[Code4] = shown("用途")
    origin_region: Mapped[Code10] = shown("原产地区代码")
    goods_spec: Mapped[Text255] = shown("检验检疫货物规格")
    goods_model: Mapped[Text255] = shown("货物型号")
    goods_brand: Mapped[Text255] = shown("货物品牌")
    ingredients: Mapped[Text255] = shown("成份/原料/组份")
    produced_on: Mapped[Text64] = shown("生产日期", help="yyyyMMdd，多个以分号分隔")
    batch_no: Mapped[Text64] = shown("生产批号")
    not_dangerous: Mapped[Code4] = shown("非危险化学品", choices=YES_NO)
    un_code: Mapped[Code10] = shown("UN编码")
    dangerous_name: Mapped[Text64] = shown("危险货物名称")
    dangerous_pack: Mapped[Code4] = shown("危包类别")
    hand_typed: Mapped[bool] = shown(
        "手工数量", default=False, server_default="0", help="法定数量或净重为手工填写，不随数量改变"
    )
    reason: Mapped[Memo] = shown("生成说明", readonly=True)
    note_lines: Mapped[list[DeclarationNoteLine]] = relationship(
        cascade="all, delete-orphan", order_by="DeclarationNoteLine.id", passive_deletes=True
    )
    sources: Mapped[list[DeclarationLineSource]] = relationship(
        cascade="all, delete-orphan", order_by="DeclarationLineSource.id", passive_deletes=True
    )


class DeclarationNoteLine(Row):
    """A note line that went into a declaration line (handbook 5.8)."""

    __tablename__ = "declaration_note_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "declaration_line_id"],
            ["declaration_line.company_id", "declaration_line.id"],
            ondelete="CASCADE",
        ),
        Index("ix_declaration_note_line_line", "company_id", "declaration_line_id"),
        Index("ix_declaration_note_line_note", "company_id", "note_line_id"),
    )

    declaration_line_id: Mapped[int] = mapped_column(BigInteger)
    note_line_id: Mapped[int] = mapped_column(BigInteger)


class DeclarationLineSource(PortionColumns, Row):
    """What a general-trade declaration line took of one source line, in the source line's unit (handbook 6.3)."""

    __tablename__ = "declaration_line_source"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "declaration_line_id"],
            ["declaration_line.company_id", "declaration_line.id"],
            ondelete="CASCADE",
        ),
        Index("ix_declaration_line_source_line", "company_id", "declaration_line_id"),
        Index("ix_declaration_line_source_source", "company_id", "source_line_id"),
    )

    declaration_line_id: Mapped[int] = mapped_column(BigInteger)
    derivation: Mapped[Text255] = shown("换算")
