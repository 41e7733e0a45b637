"""外发加工申请表: customs' consent that a contractor works on goods of a book; only the head is declared (10.1)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from bondesk.base.columns import Code4, Code10, Code18, Code32, Text32, Text64, Text255
from bondesk.base.documents import DocumentType, group
from bondesk.base.fields import shown
from bondesk.base.flow import KEPT, formal_copy_of
from bondesk.base.formal_copy import COPIES, FORMAL
from bondesk.base.linking import LINK_STATES, WAITING, Awaits
from bondesk.base.records import Record
from bondesk.base.workbooks import SheetPlan, WorkbookPlan, may, must

KINDS = (("1", "工序外发"), ("2", "全部工序外发"))
STATES = (("1", "审批中"), ("2", "已审批"), ("3", "已结案"), ("4", "注销"))


class OutsourcingApplication(Record):
    """One application: a book, a contractor, and the days on which goods may go out and come back."""

    __tablename__ = "outsourcing_application"
    __table_args__ = (
        Index("ix_outsourcing_application_key", "company_id", "copy", "application_no", unique=True),
        Index("ix_outsourcing_application_contractor", "company_id", "contractor"),
    )

    copy: Mapped[Code10] = shown(
        "单据种类", choices=COPIES, readonly=True, insert_default=FORMAL, server_default=FORMAL
    )
    application_no: Mapped[Code32] = shown("申请表编号", width=18)
    record_no: Mapped[Code18] = shown("备案号", reference="account handbook", width=16)
    enterprise_code: Mapped[Code18] = shown("企业海关编码")
    enterprise_name: Mapped[Text255] = shown("企业名称", width=24)
    contractor: Mapped[Code32] = shown("承揽企业代码", reference="partner")
    contractor_name: Mapped[Text255] = shown("承揽企业名称", width=24)
    contractor_customs: Mapped[Code4] = shown("承揽企业主管海关", table="customs_office")
    kind: Mapped[Code4] = shown("外发类型", choices=KINDS)
    goods: Mapped[Text255] = shown("主要货物", width=20)
    valid_from: Mapped[date | None] = shown("开始日期")
    valid_to: Mapped[date | None] = shown("有效期至")
    contract_no: Mapped[Text64] = shown("合同号")
    customs_state: Mapped[Text32] = shown("状态", choices=STATES)
    link_state: Mapped[Code4] = shown(
        "关联情况", choices=LINK_STATES, readonly=True, default=WAITING, server_default=WAITING
    )


_O = OutsourcingApplication
OUTSOURCING_APPLICATION = DocumentType(
    key="outsourcing_application",
    title="外发加工申请表",
    area="outsourcing",
    header=OutsourcingApplication,
    number=(_O.application_no,),
    list_columns=(
        _O.application_no,
        _O.link_state,
        _O.customs_state,
        _O.record_no,
        _O.contractor,
        _O.contractor_name,
        _O.kind,
        _O.goods,
        _O.valid_from,
        _O.valid_to,
        _O.contract_no,
    ),
    form=(
        group("申请表", _O.application_no, _O.record_no, _O.kind, _O.goods, _O.customs_state, _O.link_state),
        group("期限", _O.valid_from, _O.valid_to, _O.contract_no),
        group("委托企业", _O.enterprise_code, _O.enterprise_name),
        group("承揽企业", _O.contractor, _O.contractor_name, _O.contractor_customs),
    ),
    flow=formal_copy_of(KEPT),
    workbook=WorkbookPlan(
        "外发加工申请表",
        (
            SheetPlan(
                "表头",
                (
                    must(_O.application_no),
                    must(_O.record_no),
                    may(_O.enterprise_code),
                    may(_O.enterprise_name),
                    must(_O.contractor),
                    must(_O.contractor_name),
                    may(_O.contractor_customs),
                    may(_O.kind),
                    may(_O.goods),
                    must(_O.valid_from),
                    must(_O.valid_to),
                    may(_O.contract_no),
                    must(_O.customs_state),
                ),
            ),
        ),
        on_existing="update",
    ),
    variant={"copy": FORMAL},
    awaits=Awaits(_O.record_no, _O.link_state, ("account", "handbook")),
    creatable=False,
    downloaded=65,
    help="海关批准的外发加工申请表：由数据更新从单一窗口导出的文件取得或导入，只能查看；只申报表头。",
)
