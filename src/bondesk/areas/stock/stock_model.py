"""The tables of 仓单 and 盘点 (handbook 12.1, 12.2)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, relationship

from bondesk.areas.stock.stock_types import GOODS_KINDS, KINDS, SCOPES, TABLE
from bondesk.base.columns import Code4, Code10, Code32, Code64, Qty, Text64, Text255
from bondesk.base.fields import shown
from bondesk.base.records import Flowing, Line, Record, belongs_to


class StockLine(Line):
    """One part that moved: ``quantity`` > 0 as the ERP says, ``stock_change`` signed and in the part's own unit."""

    __tablename__ = "stock_line"
    __table_args__ = (
        *belongs_to("stock_document", "stock_line"),
        Index("ix_stock_line_part", "company_id", "part_no", "scope", "moved_on"),
    )

    doc_type: Mapped[Code4] = shown("仓单类型", table=TABLE, required=True)
    part_no: Mapped[Code32] = shown("料号", reference="part", required=True, width=16)
    quantity: Mapped[Qty] = shown("数量", required=True)
    erp_unit: Mapped[Code10] = shown("企业单位")
    scope: Mapped[Code32] = shown("保税标志", choices=SCOPES, help="空 = 按仓单类型")
    bom_version: Mapped[Code32] = shown("BOM版本")
    warehouse: Mapped[Code32] = shown("仓库")
    batch_no: Mapped[Code64] = shown("批号")
    source_no: Mapped[Code64] = shown("来源单号")
    moved_on: Mapped[date | None] = shown("日期", readonly=True)
    stock_change: Mapped[Qty | None] = shown("库存增减", readonly=True, help="按仓单类型的实际方向，料号的企业单位")


class StockDocument(Record, Flowing):
    """One 仓单; all its types belong to one of the six kinds."""

    __tablename__ = "stock_document"
    __table_args__ = (
        Index("ix_stock_document_key", "company_id", "document_no", unique=True),
        Index("ix_stock_document_date", "company_id", "document_date"),
        Index("ix_stock_document_partner", "company_id", "partner"),
    )

    document_no: Mapped[Code64] = shown("单据号", required=True, width=16)
    document_date: Mapped[date] = shown("单据日期", required=True)
    kind: Mapped[Code4] = shown("仓单种类", choices=KINDS, readonly=True)
    partner: Mapped[Code32] = shown("合作伙伴", reference="partner")
    application_no: Mapped[Code64] = shown("申请表编号")
    remark: Mapped[Text255] = shown("备注")
    lines: Mapped[list[StockLine]] = relationship(
        cascade="all, delete-orphan", order_by="StockLine.line_no", passive_deletes=True
    )


STOCKTAKE_KINDS = (("I", "料件"), ("E", "成品"), ("S", "半成品"), ("T", "在途"))
QUALITIES = (("good", "良品"), ("defective", "不良"), ("wip", "在制"))
WAYS = (("I", "进口在途"), ("E", "出口在途"))


class StocktakeLine(Line):
    """One counted part; ``counted_qty`` is the quantity in the part's own unit."""

    __tablename__ = "stocktake_line"
    __table_args__ = (
        *belongs_to("stocktake", "stocktake_line"),
        Index("ix_stocktake_line_part", "company_id", "part_no"),
    )

    part_no: Mapped[Code32] = shown("料号", reference="part", required=True, width=16)
    quantity: Mapped[Qty] = shown("数量", required=True)
    erp_unit: Mapped[Code10] = shown("企业单位")
    scope: Mapped[Code32] = shown("保税标志", choices=SCOPES, insert_default="bonded")
    bom_version: Mapped[Code32] = shown("BOM版本")
    quality: Mapped[Code10] = shown("状态", choices=QUALITIES)
    location: Mapped[Text64] = shown("库位")
    goods_kind: Mapped[Code4] = shown("物料类型", choices=GOODS_KINDS, help="在途盘点填写；空 = 料号档案的物料类型")
    transit_way: Mapped[Code4] = shown("在途方向", choices=WAYS, help="在途盘点填写")
    counted_qty: Mapped[Qty | None] = shown("折企业单位数量", readonly=True)


class Stocktake(Record, Flowing):
    """One 盘点 of one kind in one warehouse on one date; several warehouses add up."""

    __tablename__ = "stocktake"
    __table_args__ = (Index("ix_stocktake_key", "company_id", "count_date", "kind", "warehouse", unique=True),)

    count_date: Mapped[date] = shown("盘点日期", required=True)
    kind: Mapped[Code4] = shown("盘点类型", choices=STOCKTAKE_KINDS, required=True)
    warehouse: Mapped[Code32] = shown("仓库")
    remark: Mapped[Text255] = shown("备注")
    unlock_reason: Mapped[Text255] = shown("解锁原因", readonly=True)
    lines: Mapped[list[StocktakeLine]] = relationship(
        cascade="all, delete-orphan", order_by="StocktakeLine.line_no", passive_deletes=True
    )
