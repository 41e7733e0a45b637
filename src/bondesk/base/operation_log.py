"""The operation log's table: written by the engine's flush, looked up on its own list. Append-only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bondesk.base.columns import Memo
from bondesk.base.fields import shown
from bondesk.base.records import Row


class OperationLog(Row):
    """One operation: who, when, on what, what it was before and after."""

    __tablename__ = "operation_log"
    __table_args__ = (
        Index("ix_operation_log_object", "company_id", "document_key", "document_id"),
        Index("ix_operation_log_at", "company_id", "at"),
    )

    at: Mapped[datetime] = shown("时间")
    user_id: Mapped[int] = mapped_column(BigInteger)
    user_name: Mapped[str] = shown("用户", width=12)
    module: Mapped[str] = shown("模块", width=14)
    document_key: Mapped[str] = mapped_column(String(32))
    document_id: Mapped[int | None] = mapped_column(BigInteger)
    document_no: Mapped[str] = shown("单号", String(128), width=20)
    action: Mapped[str] = shown("操作", width=8)
    summary: Mapped[Memo] = shown("修改内容", width=60)
    before: Mapped[Any] = mapped_column(JSON)
    after: Mapped[Any] = mapped_column(JSON)
