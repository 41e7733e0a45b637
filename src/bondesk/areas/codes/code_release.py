"""参数更新记录 and 参数更新明细: which releases of the code tables were applied, and what each of them changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Index
from sqlalchemy.orm import Mapped, mapped_column

from bondesk.areas.codes.code_tables import TABLES
from bondesk.base.columns import Code10, Code32, Memo, Text64, Text255
from bondesk.base.documents import DocumentType, group
from bondesk.base.fields import shown
from bondesk.base.flow import READ_ONLY
from bondesk.base.parameter_package import ADD, CHANGE, CLOSE
from bondesk.base.records import Reference

CHANGES = ((ADD, "新增"), (CHANGE, "修改"), (CLOSE, "停用"))


class CodeRelease(Reference):
    """One release, applied from a package or carried by the program (no signer); ``counts`` holds
    {table: {add, change, close}}.
    """

    __tablename__ = "code_release"

    version: Mapped[Code32] = shown("参数版本", unique=True, readonly=True, width=14)
    effective_from: Mapped[date] = shown("生效日期", readonly=True)
    applied_at: Mapped[datetime] = shown("更新时间", DateTime, readonly=True)
    applied_by: Mapped[Text64] = shown("更新人", readonly=True)
    signer: Mapped[Text64] = shown("签发者", readonly=True, help="更新包由哪一把密钥签名；随程序带来的参数没有签发者")
    added: Mapped[int] = shown("新增", readonly=True, default=0)
    changed: Mapped[int] = shown("修改", readonly=True, default=0)
    closed: Mapped[int] = shown("停用", readonly=True, default=0)
    notes: Mapped[Memo] = shown("说明", readonly=True, width=40)
    counts: Mapped[Any] = mapped_column(JSON)


class CodeChange(Reference):
    """One row a release added, changed or closed; ``before`` and ``after`` hold the values that differ."""

    __tablename__ = "code_change"
    __table_args__ = (Index("ix_code_change_key", "version", "table_name", "code"),)

    version: Mapped[Code32] = shown("参数版本", readonly=True, width=14)
    table_name: Mapped[Code32] = shown("参数表", choices=TABLES, readonly=True)
    code: Mapped[Code32] = shown("代码", readonly=True, width=14)
    name: Mapped[Text255] = shown("名称", readonly=True, width=24)
    change: Mapped[Code10] = shown("变化", choices=CHANGES, readonly=True)
    valid_from: Mapped[date] = shown("生效日期", readonly=True)
    old: Mapped[Memo] = shown("原值", readonly=True, width=28)
    new: Mapped[Memo] = shown("新值", readonly=True, width=28)
    before: Mapped[Any] = mapped_column(JSON)
    after: Mapped[Any] = mapped_column(JSON)


_R, _C = CodeRelease, CodeChange
_COUNTS = (_R.added, _R.changed, _R.closed)

CODE_RELEASE = DocumentType(
    key="code_release",
    title="参数更新记录",
    area="codes",
    header=CodeRelease,
    number=(_R.version,),
    list_columns=(_R.version, _R.effective_from, _R.applied_at, _R.applied_by, _R.signer, *_COUNTS, _R.notes),
    form=(
        group("参数更新", _R.version, _R.effective_from, _R.applied_at, _R.applied_by, _R.signer),
        group("变化", *_COUNTS, _R.notes),
    ),
    flow=READ_ONLY,
    creatable=False,
    help="每次海关参数更新的版本、生效日期、签发者与变化条数；逐条变化见参数更新明细。",
)

CODE_CHANGE = DocumentType(
    key="code_change",
    title="参数更新明细",
    area="codes",
    header=CodeChange,
    number=(_C.version, _C.table_name, _C.code, _C.change),
    list_columns=(_C.version, _C.table_name, _C.code, _C.name, _C.change, _C.valid_from, _C.old, _C.new),
    form=(group("变化", _C.version, _C.table_name, _C.code, _C.name, _C.change, _C.valid_from, _C.old, _C.new),),
    flow=READ_ONLY,
    creatable=False,
    help="海关参数更新新增、修改、停用的每一个代码，原值与新值。",
)
