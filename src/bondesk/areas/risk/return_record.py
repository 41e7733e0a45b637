"""退单记录: one row per return or refusal of a declaration by customs; the clerk adds cause and correction (15.3)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from bondesk.areas.risk.inspection_record import IE_FLAGS
from bondesk.base.columns import Code4, Code18, Memo, Text32, Text255
from bondesk.base.documents import DocumentType, group
from bondesk.base.fields import shown
from bondesk.base.records import Record

KINDS = (("E", "退单/不受理"), ("Z", "退回修改"), ("Y", "申报失败"))
CAUSES = (
    ("goods", "商品归类或申报要素"),
    ("amount", "数量、重量或价格"),
    ("party", "单位或监管方式"),
    ("papers", "随附单据或证件"),
    ("transport", "运输与舱单"),
    ("other", "其他"),
)


class ReturnRecord(Record):
    """One return of one declaration."""

    __tablename__ = "return_record"
    __table_args__ = (
        Index("ix_return_record_key", "company_id", "declaration", "noticed_at", unique=True),
        Index("ix_return_record_time", "company_id", "noticed_at"),
    )

    declaration: Mapped[Code18] = shown("报关单", reference="declaration", readonly=True, width=16)
    noticed_at: Mapped[datetime] = shown("通知时间", readonly=True)
    kind: Mapped[Code4] = shown("退单类别", choices=KINDS, readonly=True)
    declaration_no: Mapped[Code18] = shown("海关编号", readonly=True, width=20)
    ie_flag: Mapped[Code4] = shown("进出口标志", choices=IE_FLAGS, readonly=True)
    declare_customs: Mapped[Code4] = shown("申报地海关", table="customs_office", readonly=True)
    notice: Mapped[Memo] = shown("退单原因", readonly=True)
    cause: Mapped[Code18] = shown("原因归类", choices=CAUSES, help="用于统计退单原因")
    responsible: Mapped[Text32] = shown("责任人")
    handling: Mapped[Text255] = shown("改正措施", width=24)
    remark: Mapped[Text255] = shown("备注")


_R = ReturnRecord
RETURN_RECORD = DocumentType(
    key="return_record",
    title="退单记录",
    area="risk",
    header=ReturnRecord,
    number=(_R.declaration, _R.noticed_at),
    list_columns=(
        _R.declaration,
        _R.noticed_at,
        _R.kind,
        _R.declaration_no,
        _R.ie_flag,
        _R.declare_customs,
        _R.notice,
        _R.cause,
        _R.responsible,
        _R.handling,
    ),
    form=(
        group(
            "退单",
            _R.declaration,
            _R.declaration_no,
            _R.ie_flag,
            _R.declare_customs,
            _R.noticed_at,
            _R.kind,
            _R.notice,
        ),
        group("改正", _R.cause, _R.responsible, _R.handling, _R.remark),
    ),
    creatable=False,
    help="海关退回或不受理的报关单：收到退单回执时自动登记，原因归类和改正措施由关务人员填写。",
)
