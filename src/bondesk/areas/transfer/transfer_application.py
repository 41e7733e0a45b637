"""流转申请表 (关封): customs' consent that goods go between two books, with the quantities of each item (11.1)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, relationship

from bondesk.base.columns import Code4, Code10, Code18, Code32, Price, Qty, Text32, Text255
from bondesk.base.documents import DocumentType, LineTable, group
from bondesk.base.fields import shown
from bondesk.base.flow import KEPT, formal_copy_of
from bondesk.base.formal_copy import COPIES, FORMAL
from bondesk.base.linking import LINK_STATES, WAITING, Awaits
from bondesk.base.records import Line, Record, belongs_to
from bondesk.base.workbooks import SheetPlan, WorkbookPlan, may, must

ROLES = (("I", "转入"), ("E", "转出"))
STATES = (("1", "审批中"), ("2", "有效"), ("3", "注销"))


class TransferLine(Line):
    """One item of an application: the quantity that may go, in the declared unit."""

    __tablename__ = "transfer_application_line"
    __table_args__ = belongs_to("transfer_application", "transfer_application_line")

    item_no: Mapped[int] = shown("备案序号")
    partner_item_no: Mapped[int | None] = shown("对方备案序号")
    hs_code: Mapped[Code10] = shown("商品编码")
    name: Mapped[Text255] = shown("商品名称", width=20)
    dcl_unit: Mapped[Code4] = shown("申报单位", table="unit")
    dcl_qty: Mapped[Qty] = shown("申报数量")
    price: Mapped[Price | None] = shown("单价")
    currency: Mapped[Code4] = shown("币制", table="currency")


class TransferApplication(Record):
    """One application between our book and a partner's."""

    __tablename__ = "transfer_application"
    __table_args__ = (
        Index("ix_transfer_application_key", "company_id", "copy", "application_no", unique=True),
        Index("ix_transfer_application_partner", "company_id", "partner_code"),
    )

    copy: Mapped[Code10] = shown(
        "单据种类", choices=COPIES, readonly=True, insert_default=FORMAL, server_default=FORMAL
    )
    application_no: Mapped[Code32] = shown("申请表编号", width=18)
    role: Mapped[Code4] = shown("转入转出", choices=ROLES)
    record_no: Mapped[Code18] = shown("备案号", reference="account handbook", width=16)
    partner_code: Mapped[Code18] = shown("对方企业海关编码", width=14)
    partner_name: Mapped[Text255] = shown("对方企业名称", width=24)
    partner_record_no: Mapped[Code18] = shown("对方备案号", width=16)
    out_customs: Mapped[Code4] = shown("转出地海关", table="customs_office")
    in_customs: Mapped[Code4] = shown("转入地海关", table="customs_office")
    valid_from: Mapped[date | None] = shown("有效期起")
    valid_to: Mapped[date | None] = shown("有效期止")
    customs_state: Mapped[Text32] = shown("状态", choices=STATES)
    link_state: Mapped[Code4] = shown(
        "关联情况", choices=LINK_STATES, readonly=True, default=WAITING, server_default=WAITING
    )
    lines: Mapped[list[TransferLine]] = relationship(
        cascade="all, delete-orphan", order_by="TransferLine.line_no", passive_deletes=True
    )


_T, _L = TransferApplication, TransferLine
TRANSFER_APPLICATION = DocumentType(
    key="transfer_application",
    title="流转申请表",
    area="transfer",
    header=TransferApplication,
    number=(_T.application_no,),
    list_columns=(
        _T.application_no,
        _T.link_state,
        _T.customs_state,
        _T.role,
        _T.record_no,
        _T.partner_code,
        _T.partner_name,
        _T.partner_record_no,
        _T.valid_from,
        _T.valid_to,
    ),
    form=(
        group("申请表", _T.application_no, _T.role, _T.record_no, _T.customs_state, _T.link_state),
        group("有效期", _T.valid_from, _T.valid_to, _T.out_customs, _T.in_customs),
        group("对方企业", _T.partner_code, _T.partner_name, _T.partner_record_no),
    ),
    lines=(
        LineTable(
            "lines",
            "表体",
            _T.lines,
            (
                _L.line_no,
                _L.item_no,
                _L.partner_item_no,
                _L.hs_code,
                _L.name,
                _L.dcl_unit,
                _L.dcl_qty,
                _L.price,
                _L.currency,
            ),
        ),
    ),
    flow=formal_copy_of(KEPT),
    workbook=WorkbookPlan(
        "流转申请表",
        (
            SheetPlan(
                "表头",
                (
                    must(_T.application_no),
                    must(_T.role),
                    must(_T.record_no),
                    must(_T.partner_code),
                    may(_T.partner_name),
                    may(_T.partner_record_no),
                    may(_T.out_customs),
                    may(_T.in_customs),
                    must(_T.valid_from),
                    must(_T.valid_to),
                    must(_T.customs_state),
                ),
            ),
            SheetPlan(
                "表体",
                (
                    must(_L.line_no, "申请表序号"),
                    must(_L.item_no),
                    may(_L.partner_item_no),
                    may(_L.hs_code),
                    may(_L.name),
                    must(_L.dcl_unit),
                    must(_L.dcl_qty),
                    may(_L.price),
                    may(_L.currency),
                ),
                part="lines",
                join=must(_T.application_no),
            ),
        ),
        on_existing="update",
    ),
    variant={"copy": FORMAL},
    awaits=Awaits(_T.record_no, _T.link_state, ("account", "handbook")),
    creatable=False,
    downloaded=60,
    help="海关批准的流转申请表（关封）：由数据更新从单一窗口导出的文件取得或导入，只能查看；备案号还没有下载时为「待关联」。",
)
