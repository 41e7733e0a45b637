"""待认领回执: receipts that found no document, shown in plain Chinese, claimed by hand, read again or put away.

A receipt is attached by hand only after both numbers were looked at side by side; everything is logged with its reason.
The file itself lies in the quarantine folder and its bytes in the database, whatever happens to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.flow import UNDER_WAY
from bondesk.base.messages import Message, Receipt, parts_of, receipt_word
from bondesk.engine.act import Act
from bondesk.engine.engine import Engine
from bondesk.engine.history import log_deed
from bondesk.engine.ports import ReceiptReader
from bondesk.engine.posting import post_document
from bondesk.engine.receipt_applying import apply_receipt
from bondesk.engine.receipt_batch import take_again
from bondesk.engine.receipt_matching import keys_of
from bondesk.engine.records import load
from bondesk.engine.tables import Outbox, ReceiptFile

WAITING, IGNORED = "quarantined", "ignored"
NEVER_SENT = "从未发送"
#: Letters of a file shown raw, and documents offered for one search.
_RAW, _OFFERED = 20_000, 50
#: Kinds of documents named that a receipt may be of.
_TITLES = 3
_NUMBERS = ("企业内部编号", "统一编号", "单证编号")


@dataclass(frozen=True, slots=True)
class WaitingReceipt:
    """One receipt nobody has claimed."""

    id: int
    file_name: str
    folder: str
    code: str
    reason: str
    received_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class ReceiptPreview:
    """A receipt in plain Chinese: its numbers (label, text), what it says, its values (element, meaning, text), raw."""

    id: int
    kind: str
    numbers: tuple[tuple[str, str], ...]
    said: tuple[str, ...]
    values: tuple[tuple[str, str, str], ...]
    raw: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Claimant:
    """A document a receipt may be attached to, with both numbers of every kind: (label, receipt's, document's).

    ``why_not`` says why this one cannot have it: customs answers only what was given to it.
    """

    document_key: str
    document_id: int
    title: str
    number: str
    state: str
    compared: tuple[tuple[str, str, str], ...]
    why_not: str = ""

    @property
    def differing(self) -> tuple[str, ...]:
        """Return the labels of numbers that contradict each other."""
        return tuple(label for label, said, have in self.compared if said and have and said != have)


def waiting_receipts(act: Act, state: str = WAITING) -> tuple[WaitingReceipt, ...]:
    """Return what waits to be claimed (or was ignored), newest first, without the bytes."""
    act.require_exchange()
    kept = ReceiptFile
    columns = (kept.id, kept.file_name, kept.folder, kept.code, kept.reason, kept.received_at, kept.state)
    mine = select(*columns).where(kept.company_id == act.company_id, kept.state == state)
    rows = act.session.execute(mine.order_by(kept.received_at.desc(), kept.id.desc()).limit(2000))
    return tuple(WaitingReceipt(*row) for row in rows)


def preview(act: Act, reader: ReceiptReader, receipt_id: int) -> ReceiptPreview:
    """Return a kept file decoded as far as it can be."""
    act.require_exchange()
    row = _row(act, receipt_id)
    raw = row.content[: 4 * _RAW].decode("utf-8", errors="replace")[:_RAW]
    try:
        receipt = reader.read(row.content)
    except ValueError as problem:
        return ReceiptPreview(row.id, "读不出来", (), (), (), raw, str(problem))
    messages = _messages(act, receipt)
    labels: dict[str, str] = {}
    for _document, message in messages:
        labels |= {one.name.casefold(): one.label for _group, part in parts_of(message) for one in part}
        labels |= {name.casefold(): label for name, label in message.receipt_labels.items()}
    said = dict.fromkeys(message.said(receipt) for _document, message in messages)
    told = tuple(one for one in (*said, *receipt.reasons) if one)
    values = tuple((name, labels.get(name.casefold(), ""), value) for name, value in receipt.values.items() if value)
    numbers = (receipt.internal_no, receipt.seq_no, receipt.business_no)
    titles = list(dict.fromkeys(document.title for document, _message in messages)) or ["未知单证"]
    kinds = "、".join(titles[:_TITLES]) + (f" 等 {len(titles)} 种单证" if len(titles) > _TITLES else "")
    return ReceiptPreview(
        row.id,
        f"{receipt_word(receipt.code)} {receipt.result}".strip() + f"（{kinds}）",
        tuple((label, number) for label, number in zip(_NUMBERS, numbers, strict=True) if number),
        tuple(dict.fromkeys(told)),
        values,
        raw,
    )


def claimants(act: Act, reader: ReceiptReader, receipt_id: int, text: str) -> tuple[Claimant, ...]:
    """Return documents that take such receipts and have ``text`` in a number, each with both numbers side by side."""
    receipt = _read(reader, _row(act, receipt_id))
    found: list[Claimant] = []
    wanted = text.strip()
    for document, message in _messages(act, receipt):
        if not act.identity.may(document.key, "send"):
            continue
        header = document.header
        mine = select(header).filter_by(company_id=act.company_id, **document.variant)
        if wanted:
            attributes = (message.number, message.seq_no, message.business_no)
            mine = mine.where(or_(*(one.contains(wanted, autoescape=True) for one in attributes)))
        else:
            mine = mine.where(header.state.in_(UNDER_WAY))
        rows = act.session.scalars(mine.order_by(header.id.desc()).limit(_OFFERED))
        found += [_claimant(act, document, message, one, receipt) for one in rows]
    found.sort(key=lambda one: bool(one.why_not))
    return tuple(found[:_OFFERED])


def _claimant(act: Act, document: DocumentType, message: Message, header: Any, receipt: Receipt) -> Claimant:
    compared = tuple(
        (label, said, getattr(header, attribute.key) or "")
        for label, (attribute, said) in zip(_NUMBERS, keys_of(message, receipt), strict=True)
    )
    state = document.flow.state(header.state).title
    why_not = "" if _given_to_customs(act, document, message, header) else NEVER_SENT
    return Claimant(document.key, header.id, document.title, document.number_of(header), state, compared, why_not)


def _given_to_customs(act: Act, document: DocumentType, message: Message, header: Any) -> bool:
    """Tell whether customs ever got a document: it is under way, bears customs' number, or its message left us."""
    if header.state in UNDER_WAY or any(getattr(header, one.key) for one in (message.seq_no, message.business_no)):
        return True
    mine = Outbox.company_id == act.company_id, Outbox.document_key == document.key, Outbox.document_id == header.id
    left = select(Outbox.id).where(*mine, Outbox.state.not_in(("ready", "failed"))).limit(1)
    return act.session.scalar(left) is not None


def attach(act: Act, reader: ReceiptReader, receipt_id: int, claimant: Claimant, reason: str) -> str:
    """Give a waiting receipt to a document by order of a named person; return what it told.

    ``Refused``: RCPT-01 when it is no longer waiting or unreadable, RCPT-02 without a reason, RCPT-03 when the
    numbers are no longer those that were shown, RCPT-04 when customs never got the document.
    """
    row = _still_waiting(act, receipt_id)
    receipt = _read(reader, row)
    document = act.catalogue.document(claimant.document_key)
    act.require(document, "send")
    _reason(reason)
    message = document.message
    if message is None or receipt.code not in message.receipt_codes:
        raise Refused(f"「{document.title}」不接受 {receipt.code} 回执", "RCPT-03")
    header = load(act, document, claimant.document_id)
    now = _claimant(act, document, message, header, receipt)
    if now.why_not:
        raise Refused(f"{now.number} {now.why_not}，海关不会答复它；请选择已发送的单据，或先忽略这份回执", "RCPT-04")
    if now.compared != claimant.compared:
        raise Refused("单据的编号在此期间已改变，请重新核对后再挂接", "RCPT-03")
    sentence = apply_receipt(act, reader, row, receipt, document, header)
    post_document(act, document, header)
    pairs = "；".join(f"{label}：回执 {said or '无'} ／ 单据 {have or '无'}" for label, said, have in claimant.compared)
    number = document.number_of(header)
    told = f"{act.identity.name} 把回执 {row.file_name} 手工挂接到 {number}。{pairs}。原因：{reason.strip()}"
    log_deed(act, "手工挂接回执", told, document=document, document_id=header.id, number=number)
    return sentence or f"回执已挂接到 {number}，没有新内容"


def ignore(act: Act, ids: Sequence[int], reason: str) -> int:
    """Put waiting receipts away with a reason; return how many. ``Refused`` RCPT-01, RCPT-02."""
    act.require_exchange()
    _reason(reason)
    for receipt_id in ids:
        row = _still_waiting(act, receipt_id)
        former, row.state = row.reason, IGNORED
        row.reason = f"忽略：{reason.strip()}（{former}）"[:512]
        log_deed(act, "忽略回执", f"{row.file_name}：{reason.strip()}（原因：{former}）"[:2000], module="单一窗口")
    return len(ids)


def give_back(act: Act, ids: Sequence[int], reason: str) -> int:
    """Let ignored receipts wait again; return how many. ``Refused`` RCPT-01, RCPT-02."""
    act.require_exchange()
    _reason(reason)
    for receipt_id in ids:
        row = _row(act, receipt_id)
        if row.state != IGNORED:
            raise Refused(f"回执 {row.file_name} 没有被忽略，请刷新", "RCPT-01")
        row.state = WAITING
        row.reason = f"退回待认领：{reason.strip()}"[:512]
        log_deed(act, "退回待认领", f"{row.file_name}：{reason.strip()}", module="单一窗口")
    return len(ids)


def read_again(act: Act, engine: Engine, ids: Sequence[int]) -> tuple[int, tuple[str, ...]]:
    """Read waiting receipts anew; return how many found their document now, and what they told."""
    act.require_exchange()
    rows = [_still_waiting(act, one) for one in ids]
    done = take_again(act, engine, rows)
    claimed = [row for row in rows if row.state == "applied"]
    return len(claimed), tuple(done.sentences)


def _messages(act: Act, receipt: Receipt) -> list[tuple[DocumentType, Message]]:
    documents = [(one, one.message) for one in act.catalogue.documents if one.message is not None]
    return [(one, message) for one, message in documents if receipt.code in message.receipt_codes]


def _row(act: Act, receipt_id: int) -> ReceiptFile:
    statement = select(ReceiptFile).where(ReceiptFile.company_id == act.company_id, ReceiptFile.id == receipt_id)
    row = act.session.scalars(statement.with_for_update()).one_or_none()
    if row is None:
        raise Refused("这份回执已不存在，请刷新", "RCPT-01")
    return row


def _still_waiting(act: Act, receipt_id: int) -> ReceiptFile:
    row = _row(act, receipt_id)
    if row.state != WAITING:
        raise Refused(f"回执 {row.file_name} 已被处理，请刷新", "RCPT-01")
    return row


def _read(reader: ReceiptReader, row: ReceiptFile) -> Receipt:
    try:
        return reader.read(row.content)
    except ValueError as problem:
        raise Refused(f"回执 {row.file_name} 读不出来，不能挂接：{problem}", "RCPT-01") from problem


def _reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("请说明原因，原因记入操作日志", "RCPT-02")
