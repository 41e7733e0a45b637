"""修撤单: what was asked of customs to amend or withdraw of a declaration, as the Single Window shows it (15.3).

The Single Window publishes no message for it; integrators read ``decModHeadVo`` and ``decModList``
(messages-declaration 7). The element names below are theirs, in an XML file or in customs' own export.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, relationship

from bondesk.base.columns import Code4, Code10, Code18, Code32, Memo, Text32, Text64, Text255, Text512
from bondesk.base.documents import DocumentType, LineTable, MessageReading, group
from bondesk.base.fields import shown
from bondesk.base.flow import KEPT, formal_copy_of
from bondesk.base.formal_copy import COPIES, FORMAL
from bondesk.base.linking import LINK_STATES, WAITING, Awaits
from bondesk.base.message_reader import CopyReading
from bondesk.base.messages import Element, Message, MessageGroup
from bondesk.base.records import Line, Record, belongs_to
from bondesk.base.workbooks import SheetPlan, WorkbookPlan, may, must

KINDS = (("1", "修改"), ("2", "撤销"))
PARTS = (("1", "表头"), ("2", "表体"), ("3", "集装箱"), ("4", "随附单证"), ("5", "随附单据"))


class AmendLine(Line):
    """One value to be amended: where it stands in the declaration, what it was, what it becomes."""

    __tablename__ = "amend_line"
    __table_args__ = belongs_to("amend_record", "amend_line")

    part: Mapped[Code4] = shown("所在位置", choices=PARTS)
    goods_no: Mapped[int | None] = shown("商品项号")
    field_code: Mapped[Text64] = shown("字段代码", width=16)
    field_name: Mapped[Text64] = shown("字段名称", width=16)
    before: Mapped[Text512] = shown("修改前", width=28)
    after: Mapped[Text512] = shown("修改后", width=28)


class AmendRecord(Record):
    """One request to amend or withdraw one declaration."""

    __tablename__ = "amend_record"
    __table_args__ = (
        Index("ix_amend_record_key", "company_id", "copy", "amend_no", unique=True),
        Index("ix_amend_record_declaration", "company_id", "declaration_no"),
    )

    copy: Mapped[Code10] = shown(
        "单据种类", choices=COPIES, readonly=True, insert_default=FORMAL, server_default=FORMAL
    )
    amend_no: Mapped[Code32] = shown("修撤单编号", width=20)
    customs_no: Mapped[Code32] = shown("海关受理编号", width=20)
    declaration_no: Mapped[Code18] = shown("海关编号", reference="declaration_formal", width=20)
    kind: Mapped[Code4] = shown("修撤类型", choices=KINDS)
    customs_state: Mapped[Text64] = shown("修撤单状态", help="单一窗口显示的原文", width=14)
    declared_on: Mapped[date | None] = shown("申请日期")
    closed_on: Mapped[date | None] = shown("办结日期")
    reason: Mapped[Memo] = shown("修撤原因")
    office: Mapped[Text64] = shown("办理部门")
    applicant: Mapped[Text255] = shown("申请单位", width=24)
    operator: Mapped[Text32] = shown("经办人")
    telephone: Mapped[Text32] = shown("联系电话")
    link_state: Mapped[Code4] = shown(
        "关联情况", choices=LINK_STATES, readonly=True, default=WAITING, server_default=WAITING
    )
    lines: Mapped[list[AmendLine]] = relationship(
        cascade="all, delete-orphan", order_by="AmendLine.line_no", passive_deletes=True
    )


_A, _L = AmendRecord, AmendLine
#: The element names of the Single Window's own page.
MESSAGE = Message(
    code="DECMOD",
    title="修撤单",
    root="DecModMessage",
    groups=(
        MessageGroup(
            "decModHeadVo",
            (
                Element("decModSeqNo", "修撤单编号", "C..32", "M", _A.amend_no, confidence="B"),
                Element("modCusNo", "海关受理编号", "C..32", "R", _A.customs_no, confidence="B"),
                Element("entryId", "海关编号", "C18", "M", _A.declaration_no, confidence="B"),
                Element("decModType", "修撤类型", "C1", "M", _A.kind, confidence="C"),
                Element("dDate", "申请日期", "DT8", "O", _A.declared_on, confidence="B"),
                Element("decModStatus", "修撤单状态", "C..64", "R", _A.customs_state, confidence="C"),
                Element("decModNote", "修撤原因", "C..2000", "O", _A.reason, confidence="B"),
                Element("feedDept", "办理部门", "C..64", "R", _A.office, confidence="B"),
                Element("applErName", "申请单位", "C..255", "O", _A.applicant, confidence="C"),
                Element("entOpName", "经办人", "C..32", "O", _A.operator, confidence="B"),
                Element("entOpTel", "联系电话", "C..32", "O", _A.telephone, confidence="B"),
            ),
        ),
        MessageGroup(
            "decModList",
            (
                Element("decListType", "所在位置", "C1", "O", _L.part, confidence="C"),
                Element("decListNo", "商品项号", "N19", "O", _L.goods_no, confidence="B"),
                Element("decFieldCode", "字段代码", "C..64", "O", _L.field_code, confidence="B"),
                Element("fieldOrigValue", "修改前", "C..512", "O", _L.before, confidence="B"),
                Element("fieldModValue", "修改后", "C..512", "O", _L.after, confidence="B"),
            ),
            table="lines",
        ),
    ),
    tail=(),
    folder=lambda _record: "",
    direction=lambda _record: "",
    number=_A.amend_no,
    seq_no=_A.amend_no,
    business_no=_A.amend_no,
    receipt_codes=frozenset(),
)

AMEND_RECORD = DocumentType(
    key="amend_record",
    title="修撤单",
    area="risk",
    header=AmendRecord,
    number=(_A.amend_no,),
    list_columns=(
        _A.amend_no,
        _A.link_state,
        _A.declaration_no,
        _A.kind,
        _A.customs_state,
        _A.declared_on,
        _A.closed_on,
        _A.reason,
        _A.office,
    ),
    form=(
        group("修撤单", _A.amend_no, _A.customs_no, _A.declaration_no, _A.kind, _A.customs_state, _A.link_state),
        group("申请", _A.declared_on, _A.closed_on, _A.applicant, _A.operator, _A.telephone, _A.office, _A.reason),
    ),
    lines=(
        LineTable(
            "lines",
            "修改内容",
            _A.lines,
            (_L.line_no, _L.part, _L.goods_no, _L.field_code, _L.field_name, _L.before, _L.after),
        ),
    ),
    flow=formal_copy_of(KEPT),
    workbook=WorkbookPlan(
        "修撤单",
        (
            SheetPlan(
                "表头",
                (
                    must(_A.amend_no),
                    may(_A.customs_no),
                    must(_A.declaration_no),
                    must(_A.kind),
                    must(_A.customs_state),
                    may(_A.declared_on),
                    may(_A.closed_on),
                    may(_A.reason),
                    may(_A.office),
                    may(_A.applicant),
                    may(_A.operator),
                    may(_A.telephone),
                ),
            ),
            SheetPlan(
                "表体",
                (
                    may(_L.line_no),
                    may(_L.part),
                    may(_L.goods_no),
                    may(_L.field_code),
                    may(_L.field_name),
                    must(_L.before),
                    must(_L.after),
                ),
                part="lines",
                join=must(_A.amend_no),
            ),
        ),
        on_existing="update",
    ),
    variant={"copy": FORMAL},
    from_message=MessageReading(MESSAGE, CopyReading(MESSAGE, AmendRecord), (_A.amend_no,), replaces=True),
    awaits=Awaits(_A.declaration_no, _A.link_state, ("declaration_formal",)),
    creatable=False,
    downloaded=80,
    help="报关单的修改和撤销申请：由数据更新从单一窗口下载或导入，只能查看；所改的报关单还没有下载时为「待关联」。",
)
