"""The inbox: every file is known by its hash, applied once, in any order, or quarantined with a reason.

The content decides what a file is, not its name; only a failure of the client itself, which names no
document inside, is found by the stem of what was handed over. A file is moved out of the InBox only after its
transaction is committed, so a crash in between means that it is seen again and does nothing.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from bondesk.base.documents import DocumentType
from bondesk.base.identity import Identity
from bondesk.base.messages import Message, Receipt, ReceiptHistory
from bondesk.engine.act import Act
from bondesk.engine.engine import Engine
from bondesk.engine.history import log_deed
from bondesk.engine.ports import Incoming, ReceiptReader
from bondesk.engine.posting import post_document
from bondesk.engine.records import load
from bondesk.engine.tables import Outbox, ReceiptFile

_log = logging.getLogger(__name__)
_UNKNOWN = "找不到对应的单据"
#: ``Failed_<stem>[_<ts>].xml``, message reference 9.3.
_FAILED = re.compile(r"Failed_(.+?)(?:_\d{21,23})?\.\w+")
#: The time in the name of a receipt: the first 14 of its last 14 to 23 digits.
_STAMP = re.compile(r"_(\d{14})\d{0,9}(?:~\d+)?\.\w+$")


@dataclass(frozen=True, slots=True)
class Received:
    """How many receipts told something new, what they said, and how many files lie in quarantine."""

    applied: int
    sentences: tuple[str, ...]
    quarantined: int


def receive(engine: Engine, identity: Identity) -> Received:
    """Apply every waiting receipt, then once more what was quarantined for want of its document."""
    gateway = engine.known_gateway()
    with engine.acting(identity) as act:
        act.require_exchange()
    if engine.counterpart is not None:
        engine.counterpart()
    sentences: list[str] = []
    for incoming in gateway.incoming():
        with engine.acting(identity) as act:
            act.require_exchange()
            state, said = _take(act, engine, incoming)
        gateway.settle(incoming, quarantine=state == "quarantined")
        sentences.extend(said)
    sentences.extend(_retry(engine, identity))
    with engine.acting(identity) as act:
        left = len(_quarantined(act))
    return Received(len(sentences), tuple(sentences), left)


def _take(act: Act, engine: Engine, incoming: Incoming) -> tuple[str, list[str]]:
    digest = _fingerprint(engine, incoming)
    known = act.session.scalars(
        select(ReceiptFile).where(ReceiptFile.company_id == act.company_id, ReceiptFile.sha256 == digest)
    ).one_or_none()
    if known is not None:
        return known.state, []
    row = ReceiptFile(
        sha256=digest,
        file_name=incoming.name[:255],
        folder=incoming.folder,
        content=incoming.content,
        code="",
        state="quarantined",
        reason="",
        document_key="",
        received_at=act.now(),
    )
    act.session.add(row)
    act.session.flush()
    sentence = _apply(act, engine, row)
    if row.state == "quarantined":
        log_deed(act, "回执待查", f"{row.file_name}：{row.reason}", module="单一窗口")
    return row.state, [sentence] if sentence else []


def _fingerprint(engine: Engine, incoming: Incoming) -> str:
    """Return what a file is known by: its content, its name too when the content names no document, and the time in
    its name when answers to two sendings may be worded alike.
    """
    digest = hashlib.sha256(incoming.content)
    try:
        receipt = engine.receipts.read(incoming.content)
    except ValueError:
        return digest.hexdigest()
    if not (receipt.internal_no or receipt.seq_no or receipt.business_no):
        digest.update(incoming.name.encode())
    elif any(receipt.code in one.message.dated for one in engine.catalogue.documents if one.message):
        stamp = _STAMP.search(incoming.name)
        digest.update(stamp.group().encode() if stamp else b"")
    return digest.hexdigest()


def _apply(act: Act, engine: Engine, row: ReceiptFile) -> str:
    """Apply one stored receipt; sets its state and reason, returns what it told ("" when nothing new)."""
    try:
        receipt = engine.receipts.read(row.content)
    except ValueError as problem:
        row.state, row.reason = "quarantined", str(problem)[:512]
        return ""
    row.code = receipt.code
    found = _find(act, receipt) or _find_by_name(act, receipt, row.file_name)
    if found is None:
        keys = "、".join(key for key in (receipt.internal_no, receipt.seq_no, receipt.business_no) if key)
        row.state, row.reason = "quarantined", f"{_UNKNOWN}（{receipt.code}：{keys or '没有编号'}）"[:512]
        return ""
    document, header = found
    assert document.message is not None
    sentence = _settled(act, engine, document, header, dated(document.message, receipt, row), row)
    row.state, row.reason = "applied", sentence[:512]
    row.document_key, row.document_id, row.applied_at = document.key, header.id, act.now()
    act.session.flush()
    post_document(act, document, header)
    told, number = f"{row.file_name}：{sentence or '没有新内容'}", document.number_of(header)
    log_deed(act, "接收回执", told, document=document, document_id=header.id, number=number)
    return sentence


def _settled(act: Act, engine: Engine, document: DocumentType, header: Any, receipt: Receipt, row: ReceiptFile) -> str:
    """Let the document's message apply a receipt; one that looks at all receipts together is given them."""
    message = document.message
    assert message is not None
    if message.settle is None:
        return message.receive(header, receipt, act)
    earlier = receipts_of(act, engine.receipts, document, header.id)
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
    rows = act.session.scalars(statement.order_by(ReceiptFile.received_at, ReceiptFile.id))
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


def _find(act: Act, receipt: Receipt) -> tuple[DocumentType, Any] | None:
    """Find the one document a receipt speaks of; keys that name different documents find none.

    An open draft comes before the approved copy it will replace: a late receipt of the latter tells nothing new.
    """
    found: dict[int, tuple[DocumentType, Any]] = {}
    claimed: dict[int, int] = {}
    for document in act.catalogue.documents:
        message = document.message
        if message is not None and receipt.code in message.receipt_codes:
            for header in _named_by(act, document, message, receipt):
                found[header.id] = (document, header)
                claimed[header.id] = message.claims(header, receipt)
    most = max(claimed.values(), default=0)
    found = {one: pair for one, pair in found.items() if claimed[one] == most > 0}
    waiting = [pair for pair in found.values() if not pair[0].flow.closed]
    chosen = waiting or list(found.values())
    return chosen[0] if len(chosen) == 1 else None


def _named_by(act: Act, document: DocumentType, message: Message, receipt: Receipt) -> Iterator[Any]:
    keys = (
        (message.number, receipt.internal_no),
        (message.seq_no, receipt.seq_no),
        (message.business_no, receipt.business_no),
    )
    mine = select(document.header).filter_by(company_id=act.company_id, **document.variant)
    for attribute, value in keys:
        if value:
            for header in act.session.scalars(mine.where(attribute == value)):
                if not _contradicts(header, message, receipt):
                    yield header


def _find_by_name(act: Act, receipt: Receipt, file_name: str) -> tuple[DocumentType, Any] | None:
    """Find the document whose newest message a keyless failure of the client names by its file's stem."""
    named = _FAILED.fullmatch(file_name)
    if receipt.code != "FAILED" or receipt.internal_no or named is None:
        return None
    mine = select(Outbox).where(Outbox.company_id == act.company_id)
    names = [f"{named.group(1)}{end}" for end in (".zip", ".xml")]
    row = act.session.scalars(mine.where(Outbox.file_name.in_(names))).one_or_none()
    if row is None:
        return None
    same = mine.where(Outbox.document_key == row.document_key, Outbox.document_id == row.document_id)
    newest = act.session.scalars(same.order_by(Outbox.revision.desc()).limit(1)).one()
    document = act.catalogue.document(row.document_key)
    return (document, load(act, document, row.document_id)) if newest is row else None


def _contradicts(header: Any, message: Message, receipt: Receipt) -> bool:
    """Tell whether a receipt names another number of any kind than the document already has."""
    pairs = [(message.number, receipt.internal_no), (message.seq_no, receipt.seq_no)]
    if not message.renumbered:
        pairs.append((message.business_no, receipt.business_no))
    return any(said and (have := getattr(header, key.key)) and have != said for key, said in pairs)


def _quarantined(act: Act) -> list[ReceiptFile]:
    statement = select(ReceiptFile).where(ReceiptFile.company_id == act.company_id, ReceiptFile.state == "quarantined")
    return list(act.session.scalars(statement.order_by(ReceiptFile.id)))


def _retry(engine: Engine, identity: Identity) -> list[str]:
    """Try the quarantined receipts again until none finds its document any more."""
    sentences: list[str] = []
    while True:
        with engine.acting(identity) as act:
            waiting = [row for row in _quarantined(act) if row.reason.startswith(_UNKNOWN)]
            applied = 0
            for row in waiting:
                sentence = _apply(act, engine, row)
                applied += row.state == "applied"
                sentences.extend([sentence] if sentence else [])
        if not applied:
            return sentences
