"""查验记录: one row per inspection notice of customs; the clerk adds what was found (handbook 15.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from bondesk.base.columns import Amount, Code4, Code18, Memo, Text64, Text255
from bondesk.base.documents import DocumentType, group
from bondesk.base.facts import Facts
from bondesk.base.fields import shown
from bondesk.base.findings import Finding, error
from bondesk.base.records import Record

IE_FLAGS = (("I", "进口"), ("E", "出口"))
FOUND = (("1", "是"), ("0", "否"))


class InspectionRecord(Record):
    """One inspection of one declaration; a declaration inspected twice has two, told apart by the notice time."""

    __tablename__ = "inspection_record"
    __table_args__ = (
        Index("ix_inspection_record_key", "company_id", "declaration", "noticed_at", unique=True),
        Index("ix_inspection_record_time", "company_id", "noticed_at"),
    )

    declaration: Mapped[Code18] = shown("报关单", reference="declaration", readonly=True, width=16)
    noticed_at: Mapped[datetime] = shown("通知时间", readonly=True)
    declaration_no: Mapped[Code18] = shown("海关编号", readonly=True, width=20)
    ie_flag: Mapped[Code4] = shown("进出口标志", choices=IE_FLAGS, readonly=True)
    declare_customs: Mapped[Code4] = shown("申报地海关", table="customs_office", readonly=True)
    notice: Mapped[Memo] = shown("通知内容", readonly=True)
    kind: Mapped[Text64] = shown("查验方式", help="如人工查验、机检、取样送检")
    found: Mapped[Code4] = shown("是否查获", choices=FOUND, help="空 = 还没有结果")
    reason: Mapped[Text255] = shown("查获原因", width=24, help="查获时必填")
    handling: Mapped[Text255] = shown("处理情况", width=24)
    loss: Mapped[Amount | None] = shown("损失金额", help="人民币元")
    remark: Mapped[Text255] = shown("备注")


def seizure_explained(record: InspectionRecord, _facts: Facts) -> Iterator[Finding]:
    """RSK-02: what was found is said; nothing found has neither reason nor loss."""
    if record.found == "1" and not record.reason:
        yield error("RSK-02", "查获时须填写查获原因", "reason")
    if record.found == "0" and (record.reason or record.loss):
        key = "reason" if record.reason else "loss"
        yield error("RSK-02", "未查获时不填查获原因和损失金额；如有查获请把「是否查获」改为是", key)


_R = InspectionRecord
INSPECTION_RECORD = DocumentType(
    key="inspection_record",
    title="查验记录",
    area="risk",
    header=InspectionRecord,
    number=(_R.declaration, _R.noticed_at),
    list_columns=(
        _R.declaration,
        _R.noticed_at,
        _R.declaration_no,
        _R.ie_flag,
        _R.declare_customs,
        _R.kind,
        _R.found,
        _R.reason,
        _R.handling,
        _R.loss,
    ),
    form=(
        group("查验", _R.declaration, _R.declaration_no, _R.ie_flag, _R.declare_customs, _R.noticed_at, _R.notice),
        group("结果", _R.kind, _R.found, _R.reason, _R.handling, _R.loss, _R.remark),
    ),
    rules=(seizure_explained,),
    creatable=False,
    help="海关对报关单的查验通知：收到查验回执时自动登记，查验结果由关务人员填写。",
)
