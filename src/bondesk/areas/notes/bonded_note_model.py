"""The tables of 核注清单: head, lines, and which source lines each line came from (handbook 5.2)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bondesk.base.change import ROW_MARKS
from bondesk.base.columns import (
    Amount,
    Code4,
    Code10,
    Code18,
    Code32,
    Code64,
    Factor,
    Memo,
    Price,
    Qty,
    Text255,
    Text512,
    Weight,
)
from bondesk.base.fields import shown
from bondesk.base.formal_copy import COPIES, MATCH_STATES
from bondesk.base.portions import PortionColumns
from bondesk.base.records import Flowing, Line, Record, Row, belongs_to

IE_FLAGS = (("I", "进口"), ("E", "出口"))
GOODS_FLAGS = (("I", "料件"), ("E", "成品"))
NOTE_TYPES = (
    ("0", "普通清单"),
    ("1", "集报清单"),
    ("3", "先入区后报关"),
    ("4", "简单加工"),
    ("5", "保税展示交易"),
    ("6", "区内流转"),
    ("7", "区港联动"),
    ("8", "保税电商"),
    ("9", "一纳成品内销"),
)
FLOW_TYPES = (
    ("A", "加工贸易深加工结转"),
    ("B", "加工贸易余料结转"),
    ("C", "不作价设备结转"),
    ("D", "区间深加工结转"),
    ("E", "区间料件结转"),
    ("Y", "一纳企业进出区"),
)
DECLARE_KINDS = (("1", "备案"), ("2", "变更"), ("3", "删除"))
DECLARATION_FLAGS = (("1", "报关"), ("2", "非报关"))
LINK_TYPES = (("1", "关联报关"), ("2", "对应报关"))
GENERATE = (("1", "生成"), ("2", "不生成"))
WRITEOFF_MARKS = (("0", "未核扣"), ("1", "预核扣"), ("2", "已核扣"), ("3", "已核销"))
#: A change or deletion under way, and what a note was before one.
CHANGE, VERSION = "change", "version"
NOTE_COPIES = (*COPIES, (CHANGE, "变更"), (VERSION, "历史版本"))
LIST_STATES = (("0", "审核通过"), ("1", "申报"), ("2", "退单"), ("3", "删单"))


class NoteLine(Line):
    """One item of a note. ``declaration_line_no`` groups lines into declaration lines (5.8)."""

    __tablename__ = "bonded_note_line"
    __table_args__ = (
        *belongs_to("bonded_note", "bonded_note_line"),
        Index("ix_bonded_note_line_part", "company_id", "part_no"),
    )

    item_no: Mapped[int] = shown("备案序号", required=True)
    part_no: Mapped[Code32] = shown("料号", reference="part", width=16)
    hs_code: Mapped[Code10] = shown("商品编码", required=True)
    name: Mapped[Text255] = shown("商品名称", required=True, width=20)
    spec: Mapped[Text512] = shown("规格型号", width=20)
    dcl_unit: Mapped[Code4] = shown("申报单位", table="unit", required=True)
    dcl_qty: Mapped[Qty] = shown("申报数量", required=True)
    legal_unit1: Mapped[Code4] = shown("法定单位", table="unit", required=True)
    legal_qty1: Mapped[Qty | None] = shown("法定数量", required=True)
    legal_unit2: Mapped[Code4] = shown("第二法定单位", table="unit")
    legal_qty2: Mapped[Qty | None] = shown("第二法定数量")
    currency: Mapped[Code4] = shown("币制", table="currency", required=True)
    price: Mapped[Price | None] = shown("申报单价")
    total: Mapped[Amount] = shown("申报总价", required=True)
    origin_country: Mapped[Code4] = shown("原产国", table="country")
    destination_country: Mapped[Code4] = shown("最终目的国", table="country")
    duty_mode: Mapped[Code4] = shown("征免方式", table="duty_mode", required=True)
    uc_version: Mapped[Code10] = shown("单耗版本号")
    net_weight: Mapped[Weight | None] = shown("净重", help="千克")
    gross_weight: Mapped[Weight | None] = shown("毛重", help="千克")
    declaration_line_no: Mapped[int | None] = shown("报关单商品序号")
    application_line_no: Mapped[int | None] = shown("申请表序号")
    weight_factor: Mapped[Factor | None] = shown("重量比例因子")
    factor1: Mapped[Factor | None] = shown("第一比例因子")
    factor2: Mapped[Factor | None] = shown("第二比例因子")
    dangerous: Mapped[Code4] = shown("危化品标志", choices=(("0", "否"), ("1", "是")), insert_default="0")
    key_goods: Mapped[Code4] = shown("重点商品标识")
    row_mark: Mapped[Code4] = shown(
        "修改标志",
        choices=ROW_MARKS,
        help="删除：改为「删除」后保存；改回其他值即恢复",
        insert_default="3",
    )
    adjusted_min: Mapped[bool] = shown("最小数进1", readonly=True, default=False, server_default="0")
    reason: Mapped[Memo] = shown("合并说明", readonly=True)
    remark: Mapped[Text255] = shown("备注")
    #: 统一编号 of the head, given to the line while a message is composed; not stored.
    head_seq_no = ""
    sources: Mapped[list[NoteLineSource]] = relationship(
        cascade="all, delete-orphan", order_by="NoteLineSource.id", passive_deletes=True
    )


class NoteLineSource(PortionColumns, Row):
    """What one note line took of one source line (in the line's unit), and how it became declared quantity."""

    __tablename__ = "bonded_note_line_source"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "note_line_id"],
            ["bonded_note_line.company_id", "bonded_note_line.id"],
            ondelete="CASCADE",
        ),
        Index("ix_bonded_note_line_source_line", "company_id", "note_line_id"),
        Index("ix_bonded_note_line_source_source", "company_id", "source_line_id"),
    )

    note_line_id: Mapped[int] = mapped_column(BigInteger)
    dcl_share: Mapped[Factor] = shown("折申报数量", help="9位小数，仅供核对；合计后只舍入一次")
    derivation: Mapped[Text255] = shown("换算")


class BondedNote(Record, Flowing):
    """One note: a draft of ours with what customs made of it, or (``copy`` formal) what customs has."""

    __tablename__ = "bonded_note"
    __table_args__ = (
        Index("ix_bonded_note_key", "company_id", "copy", "internal_no", unique=True),
        Index("ix_bonded_note_seq", "company_id", "seq_no"),
        Index("ix_bonded_note_bond", "company_id", "bond_no"),
        Index("ix_bonded_note_record", "company_id", "record_no"),
        Index("ix_bonded_note_partner", "company_id", "partner"),
        Index("ix_bonded_note_state", "company_id", "state"),
    )

    copy: Mapped[Code10] = shown(
        "单据种类", choices=NOTE_COPIES, readonly=True, insert_default="draft", server_default="draft"
    )
    internal_no: Mapped[Code64] = shown("企业内部清单编号", required=True, width=16)
    bond_no: Mapped[Code18] = shown("清单编号", readonly=True, width=20)
    seq_no: Mapped[Code18] = shown("预录入统一编号", readonly=True, width=20)
    record_no: Mapped[Code18] = shown("备案号", reference="account handbook", required=True, width=14)
    ie_flag: Mapped[Code4] = shown("进出口标志", choices=IE_FLAGS, required=True)
    goods_flag: Mapped[Code4] = shown("料件成品标志", choices=GOODS_FLAGS, required=True)
    supervision_mode: Mapped[Code4] = shown("监管方式", table="supervision_mode", required=True)
    transport_mode: Mapped[Code4] = shown("运输方式", table="transport_mode", required=True)
    entry_exit_customs: Mapped[Code4] = shown("进出境关别", table="customs_office", required=True)
    declare_customs: Mapped[Code4] = shown("申报地海关", table="customs_office", required=True)
    trade_partner_country: Mapped[Code4] = shown("启运/运抵国", table="country", required=True)
    note_type: Mapped[Code4] = shown("清单类型", choices=NOTE_TYPES, insert_default="0")
    note_flow_type: Mapped[Code4] = shown("流转类型", choices=FLOW_TYPES)
    declare_kind: Mapped[Code4] = shown("申报类型", choices=DECLARE_KINDS, readonly=True, insert_default="1")
    change_count: Mapped[int] = shown("变更次数", readonly=True, default=0)
    declaration_flag: Mapped[Code4] = shown("报关标志", choices=DECLARATION_FLAGS, insert_default="1")
    declaration_link_type: Mapped[Code4] = shown("报关类型", choices=LINK_TYPES, insert_default="2")
    generate_declaration: Mapped[Code4] = shown("是否生成报关单", choices=GENERATE, insert_default="1")
    declaration_type: Mapped[Code4] = shown("报关单类型", table="declaration_type")
    application_no: Mapped[Code64] = shown("申请表编号")
    linked_record_no: Mapped[Code18] = shown("关联备案编号")
    linked_note_no: Mapped[Code18] = shown("关联清单编号")
    partner: Mapped[Code32] = shown("客户供应商", reference="partner")
    transaction_mode: Mapped[Code4] = shown("成交方式", table="transaction_mode")
    trade_country: Mapped[Code4] = shown("贸易国", table="country")
    contract_no: Mapped[Code64] = shown("合同号")
    invoice_no: Mapped[Code64] = shown("发票号")
    bill_no: Mapped[Code64] = shown("提单号")
    packages: Mapped[int | None] = shown("件数", counted=True)
    entered_on: Mapped[date | None] = shown("录入日期")
    declared_on: Mapped[date | None] = shown("清单申报日期", help="决定所属报核周期")
    list_state: Mapped[Code4] = shown("清单状态", choices=LIST_STATES, readonly=True)
    writeoff_mark: Mapped[Code4] = shown("核扣标志", choices=WRITEOFF_MARKS, readonly=True, insert_default="0")
    writeoff_mode: Mapped[Code4] = shown("核扣方式", readonly=True)
    declaration_seq_no: Mapped[Code18] = shown("报关单统一编号", readonly=True)
    declaration_no: Mapped[Code18] = shown("报关单编号", readonly=True, width=20)
    linked_declaration_no: Mapped[Code18] = shown("关联报关单编号", help="关联报关时对方的报关单号，可由回执带回")
    related_trader_credit: Mapped[Code18] = shown("关联境内收发货人信用代码", help="18位；关联报关必填")
    related_trader_code: Mapped[Code10] = shown("关联境内收发货人编号", help="海关编码10位；关联报关必填")
    related_trader_name: Mapped[Text255] = shown("关联境内收发货人名称", width=20)
    related_owner_credit: Mapped[Code18] = shown("关联消费使用/生产销售单位信用代码", help="18位；关联报关必填")
    related_owner_code: Mapped[Code10] = shown("关联消费使用/生产销售单位编号", help="海关编码10位；关联报关必填")
    related_owner_name: Mapped[Text255] = shown("关联消费使用/生产销售单位名称", width=20)
    related_declarant_credit: Mapped[Code18] = shown("关联申报单位信用代码", help="18位；关联报关必填")
    related_declarant_code: Mapped[Code10] = shown("关联申报单位编号", help="海关编码10位；关联报关必填")
    related_declarant_name: Mapped[Text255] = shown("关联申报单位名称", width=20)
    approved_id: Mapped[int | None] = mapped_column(BigInteger)
    replaced_on: Mapped[date | None] = shown("被替换日期", readonly=True)
    match_state: Mapped[Code10] = shown("对应状态", choices=MATCH_STATES, readonly=True)
    customs_reason: Mapped[Memo] = shown("海关回执说明", readonly=True)
    customs_at: Mapped[datetime | None] = shown("回执时间", readonly=True)
    reason: Mapped[Memo] = shown("拆单说明", readonly=True)
    remark: Mapped[Text255] = shown("备注")
    lines: Mapped[list[NoteLine]] = relationship(
        cascade="all, delete-orphan", order_by="NoteLine.line_no", passive_deletes=True
    )
