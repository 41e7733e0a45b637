"""The tables of 手册核销: one handbook, its materials, products, vouchers and deductions (handbook 9, 13.4).

企业调整数 stand beside what was computed: signed, in the same unit, and counted only in 申报余料.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bondesk.areas.accounts.book_model import BASES
from bondesk.areas.verification.verification_model import IE_FLAGS
from bondesk.base.columns import Code4, Code10, Code18, Code32, Code64, Memo, Qty, RatePercent, Text255, Text512
from bondesk.base.fields import shown
from bondesk.base.records import Flowing, Line, Record, belongs_to

BALANCED = (("1", "平衡"), ("0", "有欠数"))
#: Quantities a stored 核销 has from its first computation on.
_NONE: dict[str, Any] = {"default": Decimal(0), "server_default": "0"}


class HandbookMaterialLine(Line):
    """One material: the figures of ledger.handbook, and the enterprise's adjustments beside them."""

    __tablename__ = "handbook_material"
    __table_args__ = belongs_to("handbook_verification", "handbook_material")

    item_no: Mapped[int] = shown("备案序号", readonly=True)
    part_no: Mapped[Code32] = shown("料号", readonly=True, width=12)
    hs_code: Mapped[Code10] = shown("商品编码", readonly=True)
    name: Mapped[Text255] = shown("商品名称", readonly=True, width=18)
    spec: Mapped[Text512] = shown("规格型号", readonly=True, width=14)
    unit: Mapped[Code4] = shown("单位", table="unit", readonly=True)
    filed: Mapped[Qty | None] = shown("备案数量", readonly=True)
    direct_import: Mapped[Qty] = shown("直接进口", readonly=True)
    transfer_in: Mapped[Qty] = shown("结转进口", readonly=True)
    surplus_in: Mapped[Qty] = shown("余料转入", readonly=True)
    exchange_out: Mapped[Qty] = shown("退换出口", readonly=True)
    imported: Mapped[Qty] = shown("进口总数量", readonly=True)
    adjust_import: Mapped[Qty | None] = shown("进口调整数", help="企业调整数，可为负")
    consumed: Mapped[Qty] = shown("产品总耗用", readonly=True)
    adjust_consumed: Mapped[Qty | None] = shown("耗用调整数", help="企业调整数，可为负")
    domestic_sale: Mapped[Qty] = shown("内销", readonly=True)
    adjust_sale: Mapped[Qty | None] = shown("内销调整数", help="企业调整数，可为负")
    reexport: Mapped[Qty] = shown("复出", readonly=True)
    adjust_reexport: Mapped[Qty | None] = shown("复出调整数", help="企业调整数，可为负")
    surplus_out: Mapped[Qty] = shown("余料转出", readonly=True)
    adjust_surplus: Mapped[Qty | None] = shown("转出调整数", help="企业调整数，可为负")
    destroyed: Mapped[Qty] = shown("销毁", readonly=True)
    adjust_destroyed: Mapped[Qty | None] = shown("销毁调整数", help="企业调整数，可为负")
    remaining: Mapped[Qty] = shown("余料数量", readonly=True, help="按单证计算")
    declared_remaining: Mapped[Qty] = shown("申报余料", readonly=True, help="余料数量加企业调整数的影响")
    shortfall: Mapped[Qty] = shown("欠数", readonly=True, help="申报余料小于0的数量", **_NONE)
    bought: Mapped[Qty] = shown("内购", readonly=True, help="可抵扣的内购发票数量，申报单位", **_NONE)
    deducted: Mapped[Qty] = shown("抵扣", readonly=True, help="欠数与内购中的小者", **_NONE)
    shortfall_left: Mapped[Qty] = shown("剩余欠数", readonly=True, help="欠数 − 抵扣，0 为平衡", **_NONE)
    remark: Mapped[Text255] = shown("调整说明", width=20, help="有调整数时必填")
    scrap: Mapped[Qty] = shown("边角料", readonly=True)
    scrap_sold: Mapped[Qty] = shown("边角料内销", readonly=True)
    scrap_reexported: Mapped[Qty] = shown("边角料复出", readonly=True)
    scrap_destroyed: Mapped[Qty] = shown("边角料销毁", readonly=True)
    scrap_left: Mapped[Qty] = shown("边角料余量", readonly=True)
    importable: Mapped[Qty | None] = shown("可进口量", readonly=True)
    share: Mapped[RatePercent | None] = shown("进口比例", readonly=True, help="%")


class HandbookProductLine(Line):
    """One product: the figures of ledger.handbook."""

    __tablename__ = "handbook_product"
    __table_args__ = belongs_to("handbook_verification", "handbook_product")

    item_no: Mapped[int] = shown("备案序号", readonly=True)
    part_no: Mapped[Code32] = shown("料号", readonly=True, width=12)
    hs_code: Mapped[Code10] = shown("商品编码", readonly=True)
    name: Mapped[Text255] = shown("商品名称", readonly=True, width=18)
    unit: Mapped[Code4] = shown("单位", table="unit", readonly=True)
    filed: Mapped[Qty | None] = shown("备案数量", readonly=True)
    direct: Mapped[Qty] = shown("直接出口", readonly=True)
    transferred: Mapped[Qty] = shown("结转出口", readonly=True)
    returned_in: Mapped[Qty] = shown("退厂返工", readonly=True)
    returned_out: Mapped[Qty] = shown("返工复出", readonly=True)
    exported: Mapped[Qty] = shown("出口总数量", readonly=True)
    exportable: Mapped[Qty | None] = shown("可出口量", readonly=True)
    share: Mapped[RatePercent | None] = shown("出口比例", readonly=True, help="%")
    remark: Mapped[Text255] = shown("备注", width=20)


class HandbookVoucher(Line):
    """A note or declaration the figures were counted from."""

    __tablename__ = "handbook_voucher"
    __table_args__ = belongs_to("handbook_verification", "handbook_voucher")

    document_key: Mapped[Code32] = mapped_column(default="", server_default="")
    document_id: Mapped[int] = mapped_column(BigInteger)
    document_no: Mapped[Code64] = shown("单证编号", readonly=True, width=18)
    bond_no: Mapped[Code18] = shown("清单编号", readonly=True, width=20)
    ie_flag: Mapped[Code4] = shown("进出口标志", choices=IE_FLAGS, readonly=True)
    supervision_mode: Mapped[Code4] = shown("监管方式", table="supervision_mode", readonly=True)
    declared_on: Mapped[date] = shown("申报日期", readonly=True)


class HandbookDeduction(Line):
    """One line of a purchase invoice: what it offers the handbook, and what of it its 欠数 uses (handbook 13.4)."""

    __tablename__ = "handbook_deduction"
    __table_args__ = (
        *belongs_to("handbook_verification", "handbook_deduction"),
        Index("ix_handbook_deduction_invoice", "company_id", "invoice_line_id"),
    )

    item_no: Mapped[int] = shown("备案序号", readonly=True)
    invoice_no: Mapped[Code64] = shown("发票号", readonly=True, width=22)
    invoice_date: Mapped[date] = shown("发票日期", readonly=True)
    supplier: Mapped[Code32] = shown("供应商", reference="partner", readonly=True)
    part_no: Mapped[Code32] = shown("料号", readonly=True, width=14)
    quantity: Mapped[Qty] = shown("发票数量", readonly=True)
    erp_unit: Mapped[Code10] = shown("企业单位", readonly=True)
    item_qty: Mapped[Qty] = shown("折申报数量", readonly=True)
    available: Mapped[Qty] = shown("可抵扣", readonly=True, help="折申报数量 − 其他核销已抵扣")
    used: Mapped[Qty] = shown("抵扣", readonly=True, **_NONE)
    unused: Mapped[Qty] = shown("未用", readonly=True, **_NONE)
    invoice_id: Mapped[int] = mapped_column(BigInteger)
    invoice_line_id: Mapped[int] = mapped_column(BigInteger)


class HandbookVerification(Record, Flowing):
    """One 核销 of one handbook, from its beginning to ``day``."""

    __tablename__ = "handbook_verification"
    __table_args__ = (
        Index("ix_handbook_verification_key", "company_id", "internal_no", unique=True),
        Index("ix_handbook_verification_book", "company_id", "record_no"),
    )

    internal_no: Mapped[Code64] = shown("企业内部编号", required=True, readonly=True, width=16)
    record_no: Mapped[Code18] = shown("手册编号", reference="handbook", required=True, readonly=True, width=14)
    basis: Mapped[Code32] = shown("统计依据", choices=BASES, readonly=True)
    day: Mapped[date] = shown("截止日期", readonly=True)
    last_export: Mapped[date | None] = shown("最后出口日期", readonly=True)
    valid_to: Mapped[date | None] = shown("手册有效期", readonly=True)
    due_on: Mapped[date | None] = shown("报核期限", readonly=True, help="最后出口或手册到期后30天内")
    balanced: Mapped[Code4] = shown("合同平衡", choices=BALANCED, readonly=True, help="内购抵扣后没有剩余欠数即为平衡")
    import_papers: Mapped[int] = shown("进口单证数", readonly=True, default=0, counted=True)
    export_papers: Mapped[int] = shown("出口单证数", readonly=True, default=0, counted=True)
    computed_at: Mapped[datetime | None] = shown("计算时间", readonly=True)
    declared_on: Mapped[date | None] = shown("报核申报日期")
    seq_no: Mapped[Code18] = shown("预录入统一编号", readonly=True, width=18)
    customs_at: Mapped[datetime | None] = shown("海关处理时间", readonly=True)
    customs_reason: Mapped[Memo] = shown("海关说明", readonly=True)
    closed_on: Mapped[date | None] = shown("结案日期", readonly=True)
    remark: Mapped[Text255] = shown("备注")
    materials: Mapped[list[HandbookMaterialLine]] = relationship(
        cascade="all, delete-orphan", order_by="HandbookMaterialLine.line_no", passive_deletes=True
    )
    products: Mapped[list[HandbookProductLine]] = relationship(
        cascade="all, delete-orphan", order_by="HandbookProductLine.line_no", passive_deletes=True
    )
    deductions: Mapped[list[HandbookDeduction]] = relationship(
        cascade="all, delete-orphan", order_by="HandbookDeduction.line_no", passive_deletes=True
    )
    vouchers: Mapped[list[HandbookVoucher]] = relationship(
        cascade="all, delete-orphan", order_by="HandbookVoucher.line_no", passive_deletes=True
    )
