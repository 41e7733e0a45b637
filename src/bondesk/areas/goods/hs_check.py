"""商品编码校验: every check with its differences, which were applied, and what undoing gives back (handbook 2.5)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, DateTime, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bondesk.base.columns import Code10, Code32, Memo, Text64, Text255
from bondesk.base.documents import DocumentType, LineTable, group
from bondesk.base.fields import shown
from bondesk.base.flow import READ_ONLY
from bondesk.base.records import Line, Record, belongs_to

DIFFERENCES = (
    ("INVALID", "编码失效"),
    ("UNIT", "法定单位不一致"),
    ("NAME", "名称变化"),
    ("COND", "监管条件变化"),
    ("ELEM", "申报要素变化"),
)
TARGETS = (("part", "料号"), ("merged_item", "归并项"))
FATES = (("OPEN", "未更新"), ("APPLIED", "已更新"), ("UNDONE", "已恢复"), ("CHANGED", "已另行修改，未恢复"))


class HsCheck(Record):
    """One run of the check; ``undone_at`` is set once its update was taken back."""

    __tablename__ = "hs_check"
    __table_args__ = (Index("ix_hs_check_key", "company_id", "check_no", unique=True),)

    check_no: Mapped[int] = shown("校验次数", required=True, readonly=True)
    checked_at: Mapped[datetime | None] = shown("校验时间", DateTime, readonly=True)
    compared: Mapped[int] = shown("校验商品数", readonly=True, default=0)
    found: Mapped[int] = shown("差异数", readonly=True, default=0)
    applied: Mapped[int] = shown("已更新数", readonly=True, default=0)
    undone_at: Mapped[datetime | None] = shown("恢复时间", DateTime, readonly=True)
    lines: Mapped[list[HsDifference]] = relationship(
        cascade="all, delete-orphan", order_by="HsDifference.line_no", passive_deletes=True
    )


class HsDifference(Line):
    """One difference of one part or item; ``before`` and ``after`` hold the columns an update changed."""

    __tablename__ = "hs_difference"
    __table_args__ = belongs_to("hs_check", "hs_difference")

    kind: Mapped[Code10] = shown("差异", choices=DIFFERENCES, readonly=True)
    target: Mapped[Code32] = shown("对象", choices=TARGETS, readonly=True)
    target_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[Text64] = shown("料号/归并序号", readonly=True, width=16)
    name: Mapped[Text255] = shown("品名", readonly=True, width=18)
    old: Mapped[Memo] = shown("原值", readonly=True, width=24)
    new: Mapped[Memo] = shown("编码表现值", readonly=True, width=24)
    fate: Mapped[Code10] = shown("处理", choices=FATES, readonly=True, insert_default="OPEN")
    filed: Mapped[Memo] = shown("待变更的账册项", readonly=True, width=24, help="已备案，下次批量提取时列为修改")
    before: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)


_HEAD = (HsCheck.check_no, HsCheck.checked_at, HsCheck.compared, HsCheck.found, HsCheck.applied, HsCheck.undone_at)

HS_CHECK = DocumentType(
    key="hs_check",
    title="商品编码校验",
    area="goods",
    header=HsCheck,
    number=(HsCheck.check_no,),
    list_columns=_HEAD,
    form=(group("校验", *_HEAD),),
    lines=(
        LineTable(
            "lines",
            "差异",
            HsCheck.lines,
            (
                HsDifference.kind,
                HsDifference.target,
                HsDifference.number,
                HsDifference.name,
                HsDifference.old,
                HsDifference.new,
                HsDifference.fate,
                HsDifference.filed,
            ),
        ),
    ),
    flow=READ_ONLY,
    creatable=False,
    help="把料号与归并项同现行商品编码表逐项比较，列出失效编码、法定单位、名称、监管条件与申报要素的变化，可批量更新与恢复。",
)
