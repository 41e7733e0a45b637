"""The tables of 企业资质申请 (联网企业档案库): head, and goods by four-digit heading (handbook 4.1)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ColumnElement, Index, and_
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from bondesk.areas.accounts.book_model import DECLARANT_KINDS, DECLARE_KINDS, PAUSES
from bondesk.base.change import COPIES, ROW_MARKS
from bondesk.base.columns import Code4, Code10, Code18, Code64, Memo, Qty, Text32, Text64, Text255, Text512
from bondesk.base.fields import shown
from bondesk.base.records import Flowing, Line, Record, belongs_to


class QualificationLine(Line):
    """One material (I) or product (E) the enterprise may process, by its four-digit heading."""

    __tablename__ = "qualification_line"
    __table_args__ = belongs_to("qualification", "qualification_line")

    goods_flag: Mapped[Code4] = shown("料件成品标志", choices=(("I", "料件"), ("E", "成品")))
    item_no: Mapped[int] = shown("商品序号", required=True)
    hs_heading: Mapped[Code10] = shown("商品编码", required=True, help="前4位")
    name: Mapped[Text512] = shown("商品名称", required=True, width=30)
    row_mark: Mapped[Code4] = shown("修改标志", choices=ROW_MARKS, readonly=True, insert_default="0")
    remark: Mapped[Text255] = shown("备注", width=24)


class Qualification(Record, Flowing):
    """One copy of an enterprise's qualification; ``qualification_no`` is what customs calls it."""

    __tablename__ = "qualification"
    __table_args__ = (
        Index("ix_qualification_key", "company_id", "copy", "internal_no", "change_count", unique=True),
        Index("ix_qualification_no", "company_id", "qualification_no", "copy"),
    )

    copy: Mapped[Code10] = shown("副本", choices=COPIES, readonly=True, insert_default="draft")
    internal_no: Mapped[Code64] = shown("企业内部编号", required=True, width=18)
    seq_no: Mapped[Code18] = shown("预录入统一编号", readonly=True, width=18)
    qualification_no: Mapped[Code64] = shown("资质编号", readonly=True, width=16, help="海关批准后返回")
    declare_kind: Mapped[Code4] = shown("申报类型", choices=DECLARE_KINDS, insert_default="1")
    change_count: Mapped[int] = shown("变更次数", readonly=True, default=0)
    customs_code: Mapped[Code10] = shown("经营单位编码", required=True)
    enterprise_name: Mapped[Text255] = shown("经营单位名称", required=True, width=24)
    credit_code: Mapped[Code18] = shown("经营单位信用代码")
    processor_code: Mapped[Code10] = shown("加工单位编码", help="空 = 与经营单位相同")
    processor_name: Mapped[Text255] = shown("加工单位名称", width=24)
    processor_credit: Mapped[Code18] = shown("加工单位信用代码")
    declarant_kind: Mapped[Code4] = shown("申报单位类型", choices=(("", ""), *DECLARANT_KINDS))
    master_customs: Mapped[Code4] = shown("主管海关", table="customs_office", required=True)
    address: Mapped[Text512] = shown("联系地址", width=30)
    phone: Mapped[Text32] = shown("联系电话")
    capacity: Mapped[Qty | None] = shown("加工生产能力", required=True, help="万美元")
    approval_no: Mapped[Text64] = shown("批准证编号", help="经营状况及生产能力证明编号")
    valid_to: Mapped[date | None] = shown("结束有效日期", required=True)
    entered_on: Mapped[date | None] = shown("录入日期")
    declared_on: Mapped[date | None] = shown("申报日期")
    approved_on: Mapped[date | None] = shown("备案批准日期")
    changed_on: Mapped[date | None] = shown("变更批准日期", readonly=True)
    replaced_on: Mapped[date | None] = shown("被替换日期", readonly=True)
    pause_mark: Mapped[Code4] = shown("海关执行标志", choices=PAUSES, readonly=True, insert_default="1")
    remark: Mapped[Memo] = shown("备注")
    customs_at: Mapped[datetime | None] = shown("海关处理时间", readonly=True)
    customs_reason: Mapped[Memo] = shown("海关说明", readonly=True)
    approved_id: Mapped[int | None] = mapped_column(BigInteger)

    materials: Mapped[list[QualificationLine]] = relationship(
        primaryjoin=lambda: _lines_of("I"),
        order_by="QualificationLine.line_no",
        cascade="all, delete-orphan",
        overlaps="products",
        passive_deletes=True,
    )
    products: Mapped[list[QualificationLine]] = relationship(
        primaryjoin=lambda: _lines_of("E"),
        order_by="QualificationLine.line_no",
        cascade="all, delete-orphan",
        overlaps="materials",
        passive_deletes=True,
    )


def _lines_of(goods_flag: str) -> ColumnElement[bool]:
    return and_(
        Qualification.company_id == foreign(QualificationLine.company_id),
        Qualification.id == foreign(QualificationLine.header_id),
        QualificationLine.goods_flag == goods_flag,
    )
