"""The tables of 报关单: head, attached documents and containers (handbook 6.1).

Field names follow the glossary; the element each one becomes is said by the message table.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, relationship

from bondesk.areas.declarations.declaration_lines import YES_NO, DeclarationLine
from bondesk.base.columns import (
    Code4,
    Code10,
    Code18,
    Code32,
    Code64,
    Memo,
    Price,
    Text32,
    Text64,
    Text255,
    Weight,
)
from bondesk.base.fields import shown
from bondesk.base.formal_copy import COPIES, MATCH_STATES
from bondesk.base.records import Flowing, Line, Record, belongs_to

IE_FLAGS = (("I", "进口"), ("E", "出口"))
FEE_MARKS = (("1", "率"), ("2", "单价"), ("3", "总价"))
#: 保费 and 杂费 have no price per unit.
SUM_MARKS = (FEE_MARKS[0], FEE_MARKS[2])
PROMISES = (("0", "否"), ("1", "是"), ("9", "空"))
ENTRY_TYPES = (
    ("M", "通关无纸化"),
    ("0", "普通报关单"),
    ("L", "带报关单清单"),
    ("W", "无纸报关类型"),
    ("D", "清单+无纸"),
)
EDI_MARKS = (("1", "普通报关"), ("3", "北方转关提前"), ("5", "南方转关提前"), ("6", "普通报关（运输工具以“◎”开头）"))


class AttachedDocument(Line):
    """随附单证: a licence by code and number; ``a`` is the note the declaration belongs to."""

    __tablename__ = "declaration_document"
    __table_args__ = belongs_to("declaration", "declaration_document")

    document_code: Mapped[Code4] = shown("单证代码", table="document_code", required=True)
    document_no: Mapped[Code64] = shown("单证编号", required=True, width=24)


class Container(Line):
    """集装箱."""

    __tablename__ = "declaration_container"
    __table_args__ = belongs_to("declaration", "declaration_container")

    container_no: Mapped[Code32] = shown("集装箱号", required=True)
    container_spec: Mapped[Code4] = shown(
        "规格",
        required=True,
        choices=(
            ("11", "普通2*标准箱L"),
            ("12", "冷藏箱L"),
            ("13", "罐式箱L"),
            ("21", "普通标准箱S"),
            ("22", "冷藏箱S"),
            ("23", "罐式箱S"),
            ("31", "其他标准箱L"),
            ("32", "其他标准箱S"),
        ),
    )
    goods_nos: Mapped[Text255] = shown("商品项号", required=True, help="多项以逗号分隔")
    less_than_load: Mapped[Code4] = shown("拼箱标识", choices=YES_NO)
    goods_weight: Mapped[Weight | None] = shown("箱货重量", help="千克")


class Declaration(Record, Flowing):
    """One declaration: a draft of ours, or (``copy`` formal) what customs has."""

    __tablename__ = "declaration"
    __table_args__ = (
        Index("ix_declaration_key", "company_id", "copy", "internal_no", unique=True),
        Index("ix_declaration_seq", "company_id", "seq_no"),
        Index("ix_declaration_no", "company_id", "declaration_no"),
        Index("ix_declaration_note", "company_id", "note_no"),
        Index("ix_declaration_state", "company_id", "copy", "state"),
        Index("ix_declaration_day", "company_id", "copy", "declared_on"),
    )

    copy: Mapped[Code10] = shown("单据种类", choices=COPIES, readonly=True, insert_default="draft")
    internal_no: Mapped[Code18] = shown("企业内部编号", required=True, width=16)
    seq_no: Mapped[Code18] = shown("统一编号", readonly=True, width=20)
    pre_entry_no: Mapped[Code18] = shown("预录入编号", readonly=True)
    declaration_no: Mapped[Code18] = shown("海关编号", readonly=True, width=20)
    ie_flag: Mapped[Code4] = shown("进出口标志", choices=IE_FLAGS, required=True)
    declare_customs: Mapped[Code4] = shown("申报地海关", table="customs_office", required=True)
    entry_exit_customs: Mapped[Code4] = shown("进出境关别", table="customs_office", required=True)
    record_no: Mapped[Code18] = shown("备案号", width=14)
    entry_exit_date: Mapped[date | None] = shown("进出口日期")
    declared_on: Mapped[date | None] = shown("申报日期")
    partner: Mapped[Code32] = shown("客户供应商", reference="partner")

    domestic_code: Mapped[Code10] = shown("境内收发货人编码", required=True)
    domestic_credit: Mapped[Code18] = shown("境内收发货人信用代码", required=True)
    domestic_name: Mapped[Text255] = shown("境内收发货人", required=True, width=20)
    overseas_code: Mapped[Code64] = shown("境外收发货人代码")
    overseas_name: Mapped[Text255] = shown("境外收发货人", required=True, width=20, help="外文名称，没有填 NO")
    overseas_name_cn: Mapped[Text255] = shown("境外收发货人中文名称")
    end_user_code: Mapped[Code18] = shown("消费使用/生产销售单位编码")
    end_user_credit: Mapped[Code18] = shown("消费使用/生产销售单位信用代码", required=True)
    end_user_name: Mapped[Text255] = shown("消费使用/生产销售单位", required=True, width=20)
    declarant_code: Mapped[Code10] = shown("申报单位编码", required=True)
    declarant_credit: Mapped[Code18] = shown("申报单位信用代码", required=True)
    declarant_name: Mapped[Text255] = shown("申报单位", required=True, width=20)
    declarant_person: Mapped[Text32] = shown("申报人员")

    transport_mode: Mapped[Code4] = shown("运输方式", table="transport_mode", required=True)
    transport_name: Mapped[Text64] = shown("运输工具名称", width=16)
    voyage_no: Mapped[Code32] = shown("航次号")
    bill_no: Mapped[Code32] = shown("提运单号")
    supervision_mode: Mapped[Code4] = shown("监管方式", table="supervision_mode", required=True)
    duty_nature: Mapped[Code4] = shown("征免性质", table="duty_nature")
    licence_no: Mapped[Code32] = shown("许可证号")
    contract_no: Mapped[Code32] = shown("合同协议号")
    trade_country: Mapped[Code4] = shown("贸易国", table="country", required=True)
    trade_partner_country: Mapped[Code4] = shown("启运/运抵国", table="country", required=True)
    transit_port: Mapped[Code10] = shown("经停/指运港", required=True, help="如 HKG000")
    departure_port: Mapped[Code10] = shown("启运港", help="进口填写，如 HKG000")
    border_port: Mapped[Code10] = shown("入/离境口岸", required=True, help="6位口岸代码")
    goods_place: Mapped[Text64] = shown("货物存放地点", width=16, help="进口填写")
    package_type: Mapped[Code4] = shown("包装种类", table="package_type", required=True)
    packages: Mapped[int | None] = shown("件数", counted=True, required=True)
    gross_weight: Mapped[Weight | None] = shown("毛重", required=True, help="千克，不足1千克填1")
    net_weight: Mapped[Weight | None] = shown("净重", required=True, help="千克，不足1千克填1")
    transaction_mode: Mapped[Code4] = shown("成交方式", table="transaction_mode", required=True)
    freight_mark: Mapped[Code4] = shown("运费标志", choices=FEE_MARKS)
    freight: Mapped[Price | None] = shown("运费")
    freight_currency: Mapped[Code4] = shown("运费币制", table="currency")
    insurance_mark: Mapped[Code4] = shown("保费标志", choices=SUM_MARKS)
    insurance: Mapped[Price | None] = shown("保费")
    insurance_currency: Mapped[Code4] = shown("保费币制", table="currency")
    misc_mark: Mapped[Code4] = shown("杂费标志", choices=SUM_MARKS)
    misc_fee: Mapped[Price | None] = shown("杂费", help="可为负数")
    misc_currency: Mapped[Code4] = shown("杂费币制", table="currency")
    marks: Mapped[Text255] = shown("标记唛码", width=16, insert_default="N/M")
    remark: Mapped[Text255] = shown("备注", width=20)
    special_relation: Mapped[Code4] = shown("特殊关系确认", choices=PROMISES, insert_default="9")
    price_influence: Mapped[Code4] = shown("价格影响确认", choices=PROMISES, insert_default="9")
    royalty: Mapped[Code4] = shown("支付特许权使用费确认", choices=PROMISES, insert_default="9")
    formula_price: Mapped[Code4] = shown("公式定价确认", choices=PROMISES, insert_default="9")
    provisional_price: Mapped[Code4] = shown("暂定价格确认", choices=PROMISES, insert_default="9")
    entry_type: Mapped[Code4] = shown("报关单类型", choices=ENTRY_TYPES, insert_default="M")
    declare_type: Mapped[Code10] = shown("单据类型", help="按位置填写，一般报关单留空")
    edi_mark: Mapped[Code4] = shown("报关标志", choices=EDI_MARKS, insert_default="1")
    surety: Mapped[Code4] = shown("担保验放", choices=YES_NO)
    tax_collection: Mapped[Code4] = shown("税收征管标记", choices=YES_NO)

    destination_customs: Mapped[Code4] = shown("目的地海关", table="customs_office")
    departed_on: Mapped[date | None] = shown("启运日期")
    unloaded_on: Mapped[date | None] = shown("卸毕日期")
    lading_no: Mapped[Code64] = shown("提货单号")
    original_box: Mapped[Code4] = shown("原集装箱标识", choices=YES_NO)
    special_business: Mapped[Code10] = shown("特种业务标识", help="7位，每位0或1")
    link_reason: Mapped[Code4] = shown("关联理由")
    link_no: Mapped[Text255] = shown("关联号码")
    linked_declaration_no: Mapped[Code18] = shown("关联报关单号")
    linked_record_no: Mapped[Code18] = shown("关联备案号")

    note_seq_no: Mapped[Code18] = shown("清单统一编号", readonly=True)
    note_no: Mapped[Code18] = shown("核注清单编号", readonly=True, width=20)
    match_state: Mapped[Code10] = shown("对应状态", choices=MATCH_STATES, readonly=True)
    customs_state: Mapped[Code18] = shown("海关状态", table="declaration_status", readonly=True)
    customs_reason: Mapped[Memo] = shown("海关回执说明", readonly=True)
    customs_at: Mapped[datetime | None] = shown("回执时间", readonly=True)
    not_recomputed: Mapped[bool] = shown("未重算", readonly=True, default=False, server_default="0")
    reason: Mapped[Memo] = shown("生成说明", readonly=True)
    lines: Mapped[list[DeclarationLine]] = relationship(
        cascade="all, delete-orphan", order_by="DeclarationLine.line_no", passive_deletes=True
    )
    documents: Mapped[list[AttachedDocument]] = relationship(
        cascade="all, delete-orphan", order_by="AttachedDocument.line_no", passive_deletes=True
    )
    containers: Mapped[list[Container]] = relationship(
        cascade="all, delete-orphan", order_by="Container.line_no", passive_deletes=True
    )
