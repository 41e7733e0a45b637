"""The tables of 账册报核: one cycle of one book, its materials, products and notes (handbook 8, EMS121)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bondesk.base.columns import (
    Amount,
    Code4,
    Code10,
    Code18,
    Code32,
    Code64,
    Memo,
    Percent,
    Price,
    Qty,
    RatePercent,
    Text255,
    Text512,
)
from bondesk.base.fields import shown
from bondesk.base.records import Flowing, Line, Record, belongs_to

KINDS = (("1", "正常申报"), ("2", "补充申报"), ("3", "海关处置"))
ACTUAL_SOURCES = (("STOCKTAKE", "取盘点"), ("EXPECTED", "等于应剩余数量"))
CARRY_BASES = (("EXPECTED", "本期结余"), ("ACTUAL", "实际剩余"), ("APPROVED", "海关核定"))
RESERVED_NOTES = (("", "待确认"), ("include", "计入本期"), ("next", "留待下期"))
IE_FLAGS = (("I", "进口"), ("E", "出口"))


class VerificationMaterial(Line):
    """One material of a cycle; every quantity at 5 decimals in the book's unit (see ledger.verification)."""

    __tablename__ = "verification_material"
    __table_args__ = (
        *belongs_to("account_verification", "verification_material"),
        Index("ix_verification_material_item", "company_id", "header_id", "item_no"),
    )

    item_no: Mapped[int] = shown("备案序号", readonly=True)
    part_no: Mapped[Code32] = shown("料号", readonly=True, width=12)
    hs_code: Mapped[Code10] = shown("商品编码", readonly=True)
    name: Mapped[Text255] = shown("商品名称", readonly=True, width=18)
    spec: Mapped[Text512] = shown("规格型号", readonly=True, width=14)
    unit: Mapped[Code4] = shown("单位", table="unit", readonly=True)
    opening: Mapped[Qty] = shown("期初数量", readonly=True)
    in_out: Mapped[Qty] = shown("进出口总数量", readonly=True)
    consumed: Mapped[Qty] = shown("消耗总数量", readonly=True)
    expected: Mapped[Qty] = shown("应剩余数量", readonly=True)
    balance: Mapped[Qty] = shown("本期结余", readonly=True)
    actual: Mapped[Qty] = shown("实际剩余数量", readonly=True)
    variance: Mapped[Qty] = shown("差异数量", readonly=True)
    variance_rate: Mapped[RatePercent | None] = shown("差异率", readonly=True, help="%")
    remark: Mapped[Text255] = shown("差异说明", width=20)
    counted_material: Mapped[Qty | None] = shown("料件盘点", readonly=True)
    counted_product: Mapped[Qty | None] = shown("成品折料", readonly=True)
    counted_semi: Mapped[Qty | None] = shown("半成品折料", readonly=True)
    counted_transit: Mapped[Qty | None] = shown("在途折料", readonly=True)
    approved_qty: Mapped[Qty | None] = shown("海关核定数量", help="海关审核后核定的剩余数量")
    carried_break: Mapped[Qty] = shown("结转断差", readonly=True, help="期初与上期结余之差")
    price: Mapped[Price | None] = shown("平均单价", readonly=True, help="核销币制")
    expected_amount: Mapped[Amount | None] = shown("应剩余价值", readonly=True)
    actual_amount: Mapped[Amount | None] = shown("实际剩余价值", readonly=True)
    variance_amount: Mapped[Amount | None] = shown("差异价值", readonly=True)
    direct_import: Mapped[Qty] = shown("直接进口", readonly=True)
    transfer_in: Mapped[Qty] = shown("深加工结转进口", readonly=True)
    surplus_in: Mapped[Qty] = shown("余料转入", readonly=True)
    exchange_in: Mapped[Qty] = shown("料件退换进口", readonly=True)
    exchange_out: Mapped[Qty] = shown("料件退换出口", readonly=True)
    domestic_sale: Mapped[Qty] = shown("料件内销", readonly=True)
    reexport: Mapped[Qty] = shown("料件复出", readonly=True)
    surplus_out: Mapped[Qty] = shown("余料转出", readonly=True)
    destroyed: Mapped[Qty] = shown("料件销毁", readonly=True)
    direct_export: Mapped[Qty] = shown("成品直接出口折料", readonly=True)
    transfer_out: Mapped[Qty] = shown("深加工结转出口折料", readonly=True)
    returned_in: Mapped[Qty] = shown("成品退换进口折料", readonly=True)
    returned_out: Mapped[Qty] = shown("成品退换复出折料", readonly=True)
    reduced: Mapped[Qty] = shown("成品减免及以产顶进折料", readonly=True)
    net: Mapped[Qty] = shown("净耗量", readonly=True)
    tangible: Mapped[Qty] = shown("有形损耗量", readonly=True)
    intangible: Mapped[Qty] = shown("无形损耗量", readonly=True)


class VerificationProduct(Line):
    """What one product version did in the cycle: signed as the ledger counts it."""

    __tablename__ = "verification_product"
    __table_args__ = belongs_to("account_verification", "verification_product")

    item_no: Mapped[int] = shown("备案序号", readonly=True)
    uc_version: Mapped[Code10] = shown("单耗版本号", readonly=True)
    name: Mapped[Text255] = shown("商品名称", readonly=True, width=18)
    unit: Mapped[Code4] = shown("单位", table="unit", readonly=True)
    direct: Mapped[Qty] = shown("直接出口", readonly=True)
    transferred: Mapped[Qty] = shown("结转出口", readonly=True)
    returned_in: Mapped[Qty] = shown("退换进口", readonly=True)
    returned_out: Mapped[Qty] = shown("退换复出", readonly=True)
    other: Mapped[Qty] = shown("其他", readonly=True)
    effective: Mapped[Qty] = shown("有效出口数量", readonly=True)


class VerificationNote(Line):
    """A note of the cycle; not ``included`` ones were not posted by the cut-off and wait for the next cycle."""

    __tablename__ = "verification_note"
    __table_args__ = belongs_to("account_verification", "verification_note")

    document_key: Mapped[Code32] = mapped_column(default="", server_default="")
    document_id: Mapped[int] = mapped_column(BigInteger)
    document_no: Mapped[Code64] = shown("企业内部清单编号", readonly=True, width=16)
    bond_no: Mapped[Code18] = shown("清单编号", readonly=True, width=20)
    ie_flag: Mapped[Code4] = shown("进出口标志", choices=IE_FLAGS, readonly=True)
    supervision_mode: Mapped[Code4] = shown("监管方式", table="supervision_mode", readonly=True)
    declared_on: Mapped[date] = shown("清单申报日期", readonly=True)
    posted: Mapped[bool] = shown("已核扣", readonly=True)
    included: Mapped[bool] = shown("计入本期", readonly=True)
    carried_over: Mapped[bool] = shown("上期留下", readonly=True, default=False, server_default="0")


class AccountVerification(Record, Flowing):
    """One 报核 of one book: a closed cycle [begin, cut-off]."""

    __tablename__ = "account_verification"
    __table_args__ = (
        Index("ix_account_verification_key", "company_id", "internal_no", unique=True),
        Index("ix_account_verification_book", "company_id", "record_no", "end_date"),
    )

    internal_no: Mapped[Code64] = shown("企业内部编号", required=True, readonly=True, width=18)
    record_no: Mapped[Code18] = shown("账册编号", reference="account", required=True, readonly=True, width=14)
    times: Mapped[int] = shown("报核次数", readonly=True, default=1)
    kind: Mapped[Code4] = shown("报核类型", choices=KINDS, insert_default="1")
    begin_date: Mapped[date] = shown("报核开始日期", required=True, readonly=True)
    end_date: Mapped[date] = shown("报核截止日期", required=True, help="系统按账册类型算出；改动须填原因")
    computed_end: Mapped[date | None] = shown("应截止日期", readonly=True)
    override_reason: Mapped[Text255] = shown("改截止日期的原因", width=20)
    actual_source: Mapped[Code10] = shown("实际剩余数量", choices=ACTUAL_SOURCES, insert_default="EXPECTED")
    stocktake_date: Mapped[date | None] = shown("盘点日期", help="取盘点时用；空 = 截止日期当天")
    with_transit: Mapped[bool] = shown("在途计入实际剩余", default=False, server_default="0")
    carry_basis: Mapped[Code10] = shown("下期期初取", choices=CARRY_BASES, insert_default="EXPECTED")
    reserved_notes: Mapped[Code10] = shown("未核扣清单", choices=RESERVED_NOTES, help="截止日期时预核扣而未核扣的清单")
    negative_confirmed: Mapped[bool] = shown("确认应剩余为负", default=False, server_default="0")
    tolerance: Mapped[Percent] = shown("差异容差", help="%，超过须填差异说明")
    currency: Mapped[Code4] = shown("核销币制", table="currency", readonly=True)
    import_notes: Mapped[int] = shown("进口清单数", readonly=True, default=0, counted=True)
    export_notes: Mapped[int] = shown("出口清单数", readonly=True, default=0, counted=True)
    import_amount: Mapped[Amount | None] = shown("进口料件总金额", readonly=True)
    export_amount: Mapped[Amount | None] = shown("出口成品总金额", readonly=True)
    computed_at: Mapped[datetime | None] = shown("计算时间", readonly=True)
    declared_on: Mapped[date | None] = shown("报核申报日期")
    seq_no: Mapped[Code18] = shown("预录入统一编号", readonly=True, width=18)
    customs_reason: Mapped[Memo] = shown("海关说明", readonly=True)
    customs_at: Mapped[datetime | None] = shown("海关处理时间", readonly=True)
    closed_on: Mapped[date | None] = shown("核销日期", readonly=True)
    remark: Mapped[Text255] = shown("备注")
    materials: Mapped[list[VerificationMaterial]] = relationship(
        cascade="all, delete-orphan", order_by="VerificationMaterial.line_no", passive_deletes=True
    )
    products: Mapped[list[VerificationProduct]] = relationship(
        cascade="all, delete-orphan", order_by="VerificationProduct.line_no", passive_deletes=True
    )
    notes: Mapped[list[VerificationNote]] = relationship(
        cascade="all, delete-orphan", order_by="VerificationNote.line_no", passive_deletes=True
    )
