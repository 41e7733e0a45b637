"""The chain of the operation log: how a row is hashed, and whether a stored chain still holds.

A row's hash is SHA-256 over the hash before it and the row as canonical JSON. The form of that JSON is part of
every stored hash: it is never changed, only given a new version beside it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, select
from sqlalchemy.orm import Session

from bondesk.base.operation_log import LogHead, OperationLog

#: What the first row of a company follows.
START = "0" * 64
#: Columns a hash covers, ``at`` as ISO text; in the order of the JSON list.
COVERED = (
    "company_id",
    "seq",
    "id",
    "at",
    "user_id",
    "user_name",
    "module",
    "document_key",
    "document_id",
    "document_no",
    "action",
    "summary",
    "before",
    "after",
)
_BATCH = 2000


def link(previous: str, row: Mapping[str, Any] | RowMapping) -> str:
    """Return the hash of ``row`` following ``previous``.

    >>> row = dict.fromkeys(COVERED, 1)
    >>> link(START, row) == link(START, dict(row)), link(START, row) == link(START, row | {"seq": 2})
    (True, False)
    """
    values = [row[key].isoformat() if key == "at" and hasattr(row[key], "isoformat") else row[key] for key in COVERED]
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}{text}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk along the chain found: its length, its last hash, and the first broken place.

    ``broken`` is the first sequence number that does not hold (None = all do), ``reason`` the Chinese sentence.
    """

    count: int
    hash: str
    broken: int | None = None
    reason: str = ""


def verify(session: Session, company_id: int) -> Verdict:
    """Walk along the whole chain of a company and compare its end with the head row."""
    count, last = 0, START
    for row in _rows(session, company_id):
        if row["seq"] != count + 1:
            return Verdict(count, last, count + 1, f"第 {count + 1} 条操作日志缺失（其后一条为第 {row['seq']} 条）")
        if link(last, row) != row["hash"]:
            return Verdict(count, last, count + 1, f"第 {count + 1} 条操作日志被改动，或顺序被调换")
        count, last = count + 1, row["hash"]
    head = session.execute(select(LogHead.count, LogHead.hash).where(LogHead.company_id == company_id)).first()
    kept, end = (head[0], head[1]) if head else (0, START)
    if kept != count:
        short = f"操作日志应有 {kept} 条，实有 {count} 条：末尾的记录缺失或多出"
        return Verdict(count, last, min(kept, count) + 1, short)
    if end != last:
        return Verdict(count, last, count or 1, "操作日志的结尾与日志头不一致")
    return Verdict(count, last)


def hash_at(session: Session, company_id: int, seq: int) -> str | None:
    """Return the stored hash of row ``seq``, :data:`START` for 0, None when there is no such row."""
    if seq == 0:
        return START
    statement = select(OperationLog.hash).where(OperationLog.company_id == company_id, OperationLog.seq == seq)
    return session.scalars(statement).one_or_none()


def _rows(session: Session, company_id: int) -> Iterator[RowMapping]:
    columns = [getattr(OperationLog, key) for key in (*COVERED, "hash")]
    reached = 0
    while True:
        statement = select(*columns).where(OperationLog.company_id == company_id, OperationLog.seq > reached)
        batch = session.execute(statement.order_by(OperationLog.seq).limit(_BATCH)).mappings().all()
        yield from batch
        if len(batch) < _BATCH:
            return
        reached = batch[-1]["seq"]
