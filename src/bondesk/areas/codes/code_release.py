"""参数更新记录: which releases of the code tables were applied, and every code each of them changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from bondesk.base.columns import Code32, Memo, Text64
from bondesk.base.records import Reference


class CodeRelease(Reference):
    """One applied release; ``counts`` holds {table: {added, changed, closed}}."""

    __tablename__ = "code_release"

    version: Mapped[Code32] = mapped_column(unique=True)
    effective_from: Mapped[date]
    applied_at: Mapped[datetime]
    applied_by: Mapped[Text64]
    notes: Mapped[Memo]
    counts: Mapped[Any] = mapped_column(JSON)


class CodeChange(Reference):
    """One row a release added, changed or closed; ``before`` and ``after`` hold the values that differ."""

    __tablename__ = "code_change"
    __table_args__ = (Index("ix_code_change_key", "version", "table_name", "code"),)

    version: Mapped[Code32]
    table_name: Mapped[Code32]
    code: Mapped[Code32]
    change: Mapped[Code32]
    before: Mapped[Any] = mapped_column(JSON)
    after: Mapped[Any] = mapped_column(JSON)
