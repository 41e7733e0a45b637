"""Drafts and formal copies: our own document beside what customs has of it, and the pairs of 对碰 (handbook 7).

A draft and its formal copy are rows of one table, told apart by ``copy``. Both have a match state so that
lists filter by it; the pair itself, with the draft's snapshot, is a row of its own.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, DateTime, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bondesk.base.columns import Memo
from bondesk.base.records import Row

DRAFT, FORMAL = "draft", "formal"
COPIES = ((DRAFT, "草单"), (FORMAL, "正式单"))
MATCHED = "matched"
MATCH_STATES = (("", "未对应"), (MATCHED, "已对应"))


class MatchPair(Row):
    """A draft and a formal copy of one kind that were paired, by which rule, and the draft as it was before.

    ``document_key`` is the draft's; ``rule`` R1, R2, R3 or MANUAL; ``snapshot`` the draft's overwritten values as
    JSON (exact decimals as texts), which cancelling restores and the difference report reads. A cancelled pair
    stays, with ``cancelled_at``.
    """

    __tablename__ = "match_pair"
    __table_args__ = (
        Index("ix_match_pair_draft", "company_id", "document_key", "draft_id"),
        Index("ix_match_pair_formal", "company_id", "document_key", "formal_id"),
    )

    document_key: Mapped[str] = mapped_column(String(32))
    draft_id: Mapped[int] = mapped_column(BigInteger)
    formal_id: Mapped[int] = mapped_column(BigInteger)
    rule: Mapped[str] = mapped_column(String(8))
    snapshot: Mapped[Memo]
    matched_by: Mapped[int | None] = mapped_column(BigInteger)
    matched_at: Mapped[datetime] = mapped_column(DateTime)
    cancelled_by: Mapped[int | None] = mapped_column(BigInteger)
    cancelled_at: Mapped[datetime | None] = mapped_column(DateTime)


class MatchDifference(Row):
    """One value in which a pair's draft (as it was) and formal copy differ, and what was made of it.

    ``line_no`` is None for head fields; ``kind`` differs, draft_only or formal_only; ``handled`` with ``remark``
    is the reason it was accepted for.
    """

    __tablename__ = "match_difference"
    __table_args__ = (Index("ix_match_difference_pair", "company_id", "pair_id"),)

    pair_id: Mapped[int] = mapped_column(BigInteger)
    line_no: Mapped[int | None] = mapped_column(BigInteger)
    field_key: Mapped[str] = mapped_column(String(32))
    label: Mapped[str] = mapped_column(String(64))
    draft_value: Mapped[Memo]
    formal_value: Mapped[Memo]
    kind: Mapped[str] = mapped_column(String(12))
    handled: Mapped[bool] = mapped_column(Boolean, default=False, server_default="0")
    remark: Mapped[str] = mapped_column(String(255), default="", server_default="")
