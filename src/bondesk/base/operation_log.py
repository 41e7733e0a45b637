"""The operation log's tables: written at the end of every act, looked up on their own list. Append-only.

Each row carries the hash of all before it (:mod:`bondesk.base.log_chain`), so that a row changed, taken out or
put in behind the program's back is found; ``log_head`` says how long the chain is and how it ends.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bondesk.base.columns import Memo
from bondesk.base.fields import shown
from bondesk.base.records import Base, Row


class OperationLog(Row):
    """One operation: who, when, on what, what it was before and after.

    ``before`` and ``after`` hold values by attribute key; under ``#<line table>`` the changed lines by line id,
    each with its ``line_no`` (only in ``after`` = a new line, only in ``before`` = a removed one).
    """

    __tablename__ = "operation_log"
    __table_args__ = (
        Index("ix_operation_log_object", "company_id", "document_key", "document_id"),
        Index("ix_operation_log_at", "company_id", "at"),
        Index("ix_operation_log_seq", "company_id", "seq", unique=True),
    )

    seq: Mapped[int] = shown("流水号", width=9)
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
    hash: Mapped[str] = mapped_column(String(64))


class LogHead(Base):
    """Where the chain of a company ends: how many rows, and the hash of the last. Locked while appending."""

    __tablename__ = "log_head"

    company_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
