"""收发货单: what was delivered, received or sent back under an application, item by item (handbook 10.1, 11.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, relationship

from bondesk.areas.outsourcing.outsourcing_application import OutsourcingApplication
from bondesk.base.columns import Code4, Code10, Code32, Qty, Text255
from bondesk.base.documents import DocumentType, LineTable, Related, group
from bondesk.base.facts import Work
from bondesk.base.fields import shown
from bondesk.base.flow import KEPT, formal_copy_of
from bondesk.base.formal_copy import COPIES, FORMAL
from bondesk.base.linking import LINK_STATES, WAITING, Awaits
from bondesk.base.records import Line, Record, belongs_to
from bondesk.base.workbooks import SheetPlan, WorkbookPlan, may, must

KINDS = (("I", "转入"), ("E", "转出"), ("O", "外发"))
WAYS = (("1", "发货"), ("2", "收货"), ("3", "发货退回"), ("4", "收货退回"))
GOODS_FLAGS = (("I", "料件"), ("E", "成品"))


class ReceiveDeliverLine(Line):
    """One item that moved, in its unit."""

    __tablename__ = "receive_deliver_line"
    __table_args__ = belongs_to("receive_deliver_note", "receive_deliver_line")

    application_line_no: Mapped[int | None] = shown("申请表序号")
    item_no: Mapped[int] = shown("备案序号")
    goods_flag: Mapped[Code4] = shown("料件成品标志", choices=GOODS_FLAGS)
    quantity: Mapped[Qty] = shown("数量")
    unit: Mapped[Code4] = shown("单位", table="unit")


class ReceiveDeliverNote(Record):
    """One delivery or receipt, or what came back of one."""

    __tablename__ = "receive_deliver_note"
    __table_args__ = (
        Index("ix_receive_deliver_note_key", "company_id", "copy", "note_no", unique=True),
        Index("ix_receive_deliver_note_application", "company_id", "application_no"),
    )

    copy: Mapped[Code10] = shown(
        "单据种类", choices=COPIES, readonly=True, insert_default=FORMAL, server_default=FORMAL
    )
    note_no: Mapped[Code32] = shown("单据号", width=20)
    kind: Mapped[Code4] = shown("类型", choices=KINDS)
    way: Mapped[Code4] = shown("收发", choices=WAYS)
    application_no: Mapped[Code32] = shown("申请表编号", reference="transfer_application", width=18)
    moved_on: Mapped[date | None] = shown("日期")
    partner_name: Mapped[Text255] = shown("对方企业", width=24)
    link_state: Mapped[Code4] = shown(
        "关联情况", choices=LINK_STATES, readonly=True, default=WAITING, server_default=WAITING
    )
    lines: Mapped[list[ReceiveDeliverLine]] = relationship(
        cascade="all, delete-orphan", order_by="ReceiveDeliverLine.line_no", passive_deletes=True
    )


_N, _L, _O = ReceiveDeliverNote, ReceiveDeliverLine, OutsourcingApplication


def outsourced_under(note: ReceiveDeliverNote, work: Work) -> Sequence[Related]:
    """Return the 外发加工申请表 a note was made under; a 流转申请表 is what its number refers to anyway."""
    mine = _O.company_id == work.company_id, _O.application_no == note.application_no
    found = work.session.execute(select(_O.id, _O.application_no).where(*mine)) if note.application_no else ()
    return [Related("outsourcing_application", key, number, "申请表编号") for key, number in found]


RECEIVE_DELIVER_NOTE = DocumentType(
    key="receive_deliver_note",
    title="收发货单",
    area="transfer",
    header=ReceiveDeliverNote,
    number=(_N.note_no,),
    list_columns=(
        _N.note_no,
        _N.link_state,
        _N.kind,
        _N.way,
        _N.application_no,
        _N.moved_on,
        _N.partner_name,
    ),
    form=(
        group("收发货单", _N.note_no, _N.kind, _N.way, _N.moved_on),
        group("申请表", _N.application_no, _N.partner_name, _N.link_state),
    ),
    lines=(
        LineTable(
            "lines",
            "表体",
            _N.lines,
            (_L.line_no, _L.application_line_no, _L.item_no, _L.goods_flag, _L.quantity, _L.unit),
        ),
    ),
    flow=formal_copy_of(KEPT),
    workbook=WorkbookPlan(
        "收发货单",
        (
            SheetPlan(
                "表头",
                (
                    must(_N.note_no),
                    must(_N.kind),
                    must(_N.way),
                    must(_N.application_no),
                    must(_N.moved_on),
                    may(_N.partner_name),
                ),
            ),
            SheetPlan(
                "表体",
                (
                    must(_L.line_no, "行号"),
                    may(_L.application_line_no),
                    must(_L.item_no),
                    must(_L.goods_flag),
                    must(_L.quantity),
                    must(_L.unit),
                ),
                part="lines",
                join=must(_N.note_no),
            ),
        ),
        on_existing="update",
    ),
    variant={"copy": FORMAL},
    related=outsourced_under,
    awaits=Awaits(_N.application_no, _N.link_state, ("transfer_application", "outsourcing_application")),
    creatable=False,
    downloaded=70,
    help="项号级的收发货单：由数据更新从单一窗口导出的文件取得或导入，只能查看；申请表还没有下载时为「待关联」。",
)
