"""The tables of books: 账册 and 手册 are one table, its copies and former versions are rows (handbook 4.1, 4.2).

``copy`` tells the approved copy from the open draft and from archived versions; ``book_kind`` an account
(EMS) from a handbook (EML). Rows of two copies belong together by 备案序号, which is never used twice.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, ColumnElement, Index, and_
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from bondesk.base.change import COPIES, ROW_MARKS
from bondesk.base.columns import (
    Amount,
    Code4,
    Code10,
    Code18,
    Code32,
    Code64,
    ConsumptionQty,
    Memo,
    Percent,
    Price,
    Qty,
    Text32,
    Text64,
    Text255,
    Text512,
)
from bondesk.base.fields import shown
from bondesk.base.records import Flowing, Line, Record, belongs_to

#: What a book is counted by: 金二 books by notes, old-mode ones by declarations (handbook 9, row 188).
BY_NOTE, BY_DECLARATION = "NOTE", "DECLARATION"
BASES = ((BY_NOTE, "核注清单"), (BY_DECLARATION, "报关单"))
BOOK_KINDS = (("EMS", "账册"), ("EML", "手册"))
ACCOUNT_TYPES = (("1", "E账册"), ("2", "H账册"), ("3", "耗料"), ("4", "工单"), ("5", "企业为单元"))
HANDBOOK_TYPES = (("B", "来料加工"), ("C", "进料加工"), ("D", "设备"))
STAGES = (("1", "出口前"), ("2", "报核前"))
DECLARE_KINDS = (("1", "备案"), ("2", "变更"), ("3", "注销"))
DECLARANT_KINDS = (("1", "企业"), ("2", "代理公司"), ("3", "报关行"))
USAGES = (("1", "一般纳税人"), ("2", "特殊行业"), ("3", "保税维修"), ("4", "委内加工"))
HANDBOOK_USAGES = (("1", "保税加工"), ("2", "特殊行业"), ("3", "保税维修"), ("4", "保税研发"), ("9", "其他"))
VERIFICATION_KINDS = (("1", "单耗"), ("2", "耗料"), ("3", "工单"))
MAIN_MARKS = (("1", "主料"), ("2", "辅料"))
GOODS_ATTRIBUTES = (
    ("1", "消耗性物料"),
    ("2", "深加工结转"),
    ("3", "区域实质加工"),
    ("8", "现场自定义"),
    ("9", "其他"),
)
CONSUMPTION_STATES = (("1", "未申报"), ("2", "已申报"), ("3", "已确定"))
ENTERPRISE_MARKS = (("1", "运行"), ("2", "停用"))
PAUSES = (
    ("1", "正常执行"),
    ("2", "恢复执行"),
    ("3", "暂停变更"),
    ("4", "暂停进出口"),
    ("5", "暂停进口"),
    ("6", "暂停出口"),
    ("7", "全部暂停"),
)


class AccountLine(Line):
    """A material (goods_flag I) or product (E) of a book; ``item_no`` is its 备案序号.

    ``merge_no`` remembers the 归并序号 it was extracted from.
    """

    __tablename__ = "account_line"
    __table_args__ = (
        *belongs_to("account", "account_line"),
        Index("ix_account_line_item", "company_id", "header_id", "goods_flag", "item_no"),
    )

    goods_flag: Mapped[Code4] = shown("料件成品标志", choices=(("I", "料件"), ("E", "成品")))
    item_no: Mapped[int] = shown("备案序号", required=True)
    part_no: Mapped[Code32] = shown("料号", width=16)
    hs_code: Mapped[Code10] = shown("商品编码", required=True)
    name: Mapped[Text255] = shown("商品名称", required=True, width=20)
    spec: Mapped[Text512] = shown("规格型号", width=20)
    dcl_unit: Mapped[Code4] = shown("申报单位", table="unit", required=True)
    legal_unit1: Mapped[Code4] = shown("法定第一单位", table="unit", required=True)
    legal_unit2: Mapped[Code4] = shown("法定第二单位", table="unit")
    price: Mapped[Price | None] = shown("申报单价")
    currency: Mapped[Code4] = shown("币制", table="currency")
    filed_qty: Mapped[Qty | None] = shown("申报数量", help="仅数量控制的商品")
    total: Mapped[Amount | None] = shown("申报总价", help="手册必填")
    country: Mapped[Code4] = shown("产销国", table="country", help="料件为原产国，成品为最终目的国")
    duty_mode: Mapped[Code4] = shown("征免方式", table="duty_mode")
    main_mark: Mapped[Code4] = shown("主料标志", choices=(("", ""), *MAIN_MARKS))
    goods_attribute: Mapped[Code4] = shown("商品属性", choices=(("", ""), *GOODS_ATTRIBUTES))
    quantity_control: Mapped[Code4] = shown("数量控制标志", help="空 = 不控制数量")
    opening_qty: Mapped[Qty | None] = shown("期初数量", readonly=True)
    most_surplus: Mapped[Qty | None] = shown("批准最大余量", readonly=True)
    row_mark: Mapped[Code4] = shown("修改标志", choices=ROW_MARKS, readonly=True, insert_default="0")
    enterprise_mark: Mapped[Code4] = shown("企业执行标志", choices=ENTERPRISE_MARKS, insert_default="1")
    customs_mark: Mapped[Code4] = shown("海关执行标志", choices=PAUSES, readonly=True, insert_default="1")
    merge_no: Mapped[int | None] = shown("归并序号", readonly=True)
    remark: Mapped[Text255] = shown("备注", width=20)


class AccountConsumption(Line):
    """One filed (product, version, material) row; ``unit_consumption`` is the multiplier everywhere.

    ``mark_before`` holds the mark a row had before the 删除 of its material or product took it along.
    """

    __tablename__ = "account_consumption"
    __table_args__ = (
        *belongs_to("account", "account_consumption"),
        Index("ix_account_consumption_key", "company_id", "header_id", "product_no", "uc_version", "material_no"),
    )

    product_no: Mapped[int] = shown("成品序号", required=True)
    uc_version: Mapped[Code10] = shown("单耗版本号", required=True)
    material_no: Mapped[int] = shown("料件序号", required=True)
    net: Mapped[ConsumptionQty] = shown("净耗", required=True)
    tangible: Mapped[Percent] = shown("有形损耗率", help="%", default=Decimal(0))
    intangible: Mapped[Percent] = shown("无形损耗率", help="%", default=Decimal(0))
    bonded: Mapped[Percent] = shown("保税料件比例", help="%", default=Decimal(100))
    unit_consumption: Mapped[ConsumptionQty | None] = shown("单耗", readonly=True)
    declared_state: Mapped[Code4] = shown("单耗申报状态", choices=CONSUMPTION_STATES, insert_default="2")
    row_mark: Mapped[Code4] = shown("修改标志", choices=ROW_MARKS, readonly=True, insert_default="0")
    mark_before: Mapped[Code4] = mapped_column(default="", server_default="")
    enterprise_mark: Mapped[Code4] = shown("企业执行标志", choices=ENTERPRISE_MARKS, insert_default="1")
    valid_to: Mapped[date | None] = shown("单耗有效期")
    remark: Mapped[Text255] = shown("备注")


class Account(Record, Flowing):
    """One copy of one book; columns of a handbook alone stay empty for accounts."""

    __tablename__ = "account"
    __table_args__ = (
        Index("ix_account_key", "company_id", "book_kind", "copy", "internal_no", "change_count", unique=True),
        Index("ix_account_record", "company_id", "record_no", "copy"),
    )

    copy: Mapped[Code10] = shown("副本", choices=COPIES, readonly=True, insert_default="draft")
    book_kind: Mapped[Code4] = shown("账册手册", choices=BOOK_KINDS, readonly=True, insert_default="EMS")
    internal_no: Mapped[Code64] = shown(
        "企业内部编号", required=True, width=18, help="本企业给账册的编号，回执按它对应"
    )
    seq_no: Mapped[Code18] = shown("预录入统一编号", readonly=True, width=18)
    record_no: Mapped[Code18] = shown("备案号", readonly=True, width=16, help="海关批准后返回")
    declare_kind: Mapped[Code4] = shown("申报类型", choices=DECLARE_KINDS, insert_default="1")
    account_type: Mapped[Code4] = shown("账册类型", choices=(("", ""), *ACCOUNT_TYPES))
    handbook_type: Mapped[Code4] = shown("手册类型", choices=(("", ""), *HANDBOOK_TYPES))
    change_count: Mapped[int] = shown("变更次数", readonly=True, default=0)

    customs_code: Mapped[Code10] = shown("经营单位编码", required=True)
    enterprise_name: Mapped[Text255] = shown("经营单位名称", required=True, width=24)
    credit_code: Mapped[Code18] = shown("经营单位信用代码")
    processor_code: Mapped[Code10] = shown("加工单位编码")
    processor_name: Mapped[Text255] = shown("加工单位名称", width=24)
    processor_credit: Mapped[Code18] = shown("加工单位信用代码")
    processor_area: Mapped[Code10] = shown("加工企业地区代码", help="5 位")
    declarant_kind: Mapped[Code4] = shown("申报单位类型", choices=(("", ""), *DECLARANT_KINDS))
    master_customs: Mapped[Code4] = shown("主管海关", table="customs_office", required=True)

    qualification_no: Mapped[Code64] = shown("资质编号", help="企业资质申请批准后的档案库编号")
    approval_no: Mapped[Text64] = shown("批准证编号")
    max_turnover: Mapped[Qty | None] = shown("最大周转金额", help="万美元")
    import_limit: Mapped[Qty | None] = shown("最大进口金额", help="万美元")
    usage: Mapped[Code4] = shown("账册用途", choices=(("", ""), *USAGES))
    handbook_usage: Mapped[Code4] = shown("手册用途", choices=(("", ""), *HANDBOOK_USAGES))
    verification_kind: Mapped[Code4] = shown("核销类型", choices=(("", ""), *VERIFICATION_KINDS))
    uc_stage: Mapped[Code4] = shown("单耗申报环节", choices=STAGES, insert_default="1")
    version_control: Mapped[bool] = shown("单耗版本号控制", default=True, server_default="1")
    supervision_mode: Mapped[Code4] = shown("监管方式", table="supervision_mode")
    duty_nature: Mapped[Code4] = shown("征免性质", table="duty_nature")
    processing_kind: Mapped[Code4] = shown("加工种类", table="processing_kind")
    ports: Mapped[Text255] = shown("进出口岸", help="一个或多个关区代码，用逗号分开")
    import_contract: Mapped[Text64] = shown("进口合同号")
    export_contract: Mapped[Text64] = shown("出口合同号")
    import_currency: Mapped[Code4] = shown("进口币制", table="currency")
    export_currency: Mapped[Code4] = shown("出口币制", table="currency")
    capacity: Mapped[Qty | None] = shown("加工生产能力", help="万美元")
    contact: Mapped[Text32] = shown("联系人")
    phone: Mapped[Text32] = shown("联系电话")

    entered_on: Mapped[date | None] = shown("录入日期")
    declared_on: Mapped[date | None] = shown("申报日期")
    approved_on: Mapped[date | None] = shown("备案批准日期")
    changed_on: Mapped[date | None] = shown("变更批准日期", readonly=True)
    verified_on: Mapped[date | None] = shown("最近核销日期", readonly=True)
    valid_to: Mapped[date | None] = shown("结束有效日期", required=True)
    cycle_days: Mapped[int | None] = shown("核销周期", help="天")
    pause_mark: Mapped[Code4] = shown("海关执行标志", choices=PAUSES, readonly=True, insert_default="1")
    basis: Mapped[Code32] = shown(
        "统计依据",
        choices=BASES,
        readonly=True,
        insert_default=BY_NOTE,
        help="报表与核销统计核注清单还是报关单；用「统计依据」设定",
    )
    replaced_on: Mapped[date | None] = shown("被替换日期", readonly=True)
    remark: Mapped[Memo] = shown("备注")
    customs_at: Mapped[datetime | None] = shown("海关处理时间", readonly=True)
    customs_reason: Mapped[Memo] = shown("海关说明", readonly=True)
    approved_id: Mapped[int | None] = mapped_column(BigInteger)

    materials: Mapped[list[AccountLine]] = relationship(
        primaryjoin=lambda: _lines_of("I"),
        order_by="AccountLine.line_no",
        cascade="all, delete-orphan",
        overlaps="products",
        passive_deletes=True,
    )
    products: Mapped[list[AccountLine]] = relationship(
        primaryjoin=lambda: _lines_of("E"),
        order_by="AccountLine.line_no",
        cascade="all, delete-orphan",
        overlaps="materials",
        passive_deletes=True,
    )
    consumptions: Mapped[list[AccountConsumption]] = relationship(
        order_by="AccountConsumption.line_no", cascade="all, delete-orphan", passive_deletes=True
    )


def _lines_of(goods_flag: str) -> ColumnElement[bool]:
    return and_(
        Account.company_id == foreign(AccountLine.company_id),
        Account.id == foreign(AccountLine.header_id),
        AccountLine.goods_flag == goods_flag,
    )
