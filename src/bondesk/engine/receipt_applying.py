"""One receipt and the document it speaks of: applied, dated, written down."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from bondesk.base.documents import DocumentType
from bondesk.base.messages import Message, Receipt, ReceiptHistory
from bondesk.engine.act import Act
from bondesk.engine.engine import Engine
from bondesk.engine.history import log_deed
from bondesk.engine.ports import Arrival, ReceiptReader
from bondesk.engine.tables import Outbox, ReceiptFile

#: The time in the name of a receipt: the first 14 of its last 14 to 23 digits.
_STAMP = re.compile(r"_(\d{14})\d{0,9}(?:~\d+)?\.\w+$")
TOO_LARGE = "文件过大，不可能是回执，没有读取内容"


@dataclass(frozen=True, slots=True)
class Opened:
    """A complete file, read: its receipt, or why there is none; ``digest`` is what it is known by."""

    arrival: Arrival
    content: bytes
    receipt: Receipt | None
    problem: str
    digest: str


def opened(engine: Engine, arrival: Arrival, content: bytes) -> Opened:
    """Read a file's receipt leniently; never raises for what the file holds."""
    if not content and arrival.size:
        known = f"{arrival.folder}/{arrival.name}:{arrival.size}:{arrival.modified.isoformat()}"
        problem = f"{TOO_LARGE}（{arrival.size >> 20} MB）"
        return Opened(arrival, content, None, problem, hashlib.sha256(known.encode()).hexdigest())
    try:
        receipt = engine.receipts.read(content)
    except ValueError as problem:
        return Opened(arrival, content, None, str(problem), hashlib.sha256(content).hexdigest())
    return Opened(arrival, content, receipt, "", _fingerprint(engine, arrival.name, content, receipt))


def _fingerprint(engine: Engine, name: str, content: bytes, receipt: Receipt) -> str:
    """Return what a file is known by: its content, its name too when the content names no document, and the time in
    its name when answers to two sendings may be worded alike.
    """
    digest = hashlib.sha256(content)
    if not (receipt.internal_no or receipt.seq_no or receipt.business_no):
        digest.update(name.encode())
    elif any(receipt.code in one.message.dated for one in engine.catalogue.documents if one.message):
        stamp = _STAMP.search(name)
        digest.update(stamp.group().encode() if stamp else b"")
    return digest.hexdigest()


def new_row(act: Act, one: Opened) -> ReceiptFile:
    """Return the row that keeps a file, not yet added."""
    return ReceiptFile(
        sha256=one.digest,
        file_name=one.arrival.name[:255],
        folder=one.arrival.folder[:32],
        content=one.content,
        code=one.receipt.code if one.receipt is not None else "",
        state="quarantined",
        reason=one.problem[:512],
        document_key="",
        received_at=act.now(),
    )


def apply_receipt(
    act: Act, reader: ReceiptReader, row: ReceiptFile, receipt: Receipt, document: DocumentType, header: Any
) -> str:
    """Let a document take a receipt; returns what it told ("" when nothing new). Posting is left to the caller."""
    assert document.message is not None
    told = dated(document.message, receipt, row)
    sentence = _settled(act, reader, document, header, told)
    row.code, row.state, row.reason = receipt.code, "applied", sentence[:512]
    row.document_key, row.document_id, row.applied_at = document.key, header.id, act.now()
    log_deed(
        act,
        "接收回执",
        f"{row.file_name}：{sentence or '没有新内容'}",
        document=document,
        document_id=header.id,
        number=document.number_of(header),
    )
    return sentence


def _settled(act: Act, reader: ReceiptReader, document: DocumentType, header: Any, receipt: Receipt) -> str:
    """Let the document's message apply a receipt; one that looks at all receipts together is given them."""
    message = document.message
    assert message is not None
    if message.settle is None:
        return message.receive(header, receipt, act)
    earlier = receipts_of(act, reader, document, header.id)
    sent = act.session.scalar(
        select(func.max(Outbox.created_at)).where(
            Outbox.company_id == act.company_id, Outbox.document_key == document.key, Outbox.document_id == header.id
        )
    )
    answered = max((one.at for when, one in earlier if sent and when <= sent and one.at), default=None)
    return message.settle(header, ReceiptHistory(tuple(one for _when, one in earlier), answered), receipt, act)


def receipts_of(
    act: Act, reader: ReceiptReader, document: DocumentType, document_id: int
) -> list[tuple[datetime, Receipt]]:
    """Return the receipts applied to a document, oldest first, each with the time it was taken in."""
    assert document.message is not None
    statement = select(ReceiptFile).where(
        ReceiptFile.company_id == act.company_id,
        ReceiptFile.document_key == document.key,
        ReceiptFile.document_id == document_id,
        ReceiptFile.state == "applied",
    )
    rows: Sequence[ReceiptFile] = act.session.scalars(statement.order_by(ReceiptFile.received_at, ReceiptFile.id)).all()
    return [(row.received_at, dated(document.message, reader.read(row.content), row)) for row in rows]


def dated(message: Message, receipt: Receipt, row: ReceiptFile) -> Receipt:
    """Give a receipt without a time the one in its file's name, or the time it came."""
    if receipt.at is not None or message.settle is None:
        return receipt
    named = _STAMP.search(row.file_name) if receipt.code in message.dated else None
    try:
        at = datetime.strptime(named.group(1), "%Y%m%d%H%M%S") if named else row.received_at
    except ValueError:
        at = row.received_at
    return replace(receipt, at=at)
