"""What one transaction does to a batch of receipts: known ones nothing, others to documents or into quarantine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, update

from bondesk.base.messages import Receipt, receipt_word
from bondesk.engine.act import Act
from bondesk.engine.engine import Engine
from bondesk.engine.history import log_deed
from bondesk.engine.ports import Arrival
from bondesk.engine.posting import post_documents
from bondesk.engine.receipt_applying import Opened, apply_receipt, new_row
from bondesk.engine.receipt_matching import Candidates, find_by_name
from bondesk.engine.tables import Outbox, ReceiptFile

UNKNOWN = "找不到对应的单据"
#: Quarantined receipts that are tried again in one go.
AGAIN = 200


@dataclass
class Batch:
    """What one transaction did: the state each file came to, what was told, which receipts found nothing yet."""

    settled: list[tuple[Arrival, str]] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    waiting: list[Opened] = field(default_factory=list)
    touched: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))


def take_in(act: Act, engine: Engine, batch: Sequence[Opened], last: bool) -> Batch:
    """Take every file of a batch; ``last`` quarantines what finds no document instead of letting it wait."""
    done = Batch()
    digests = {one.digest for one in batch}
    mine = select(ReceiptFile.sha256, ReceiptFile.state).where(ReceiptFile.company_id == act.company_id)
    known = {row[0]: row[1] for row in act.session.execute(mine.where(ReceiptFile.sha256.in_(digests)))}
    candidates = Candidates(act, [one.receipt for one in batch if one.receipt is not None])
    for one in batch:
        if one.digest in known:
            done.settled.append((one.arrival, known[one.digest]))
            continue
        found = None if one.receipt is None else _document_of(act, candidates, one.receipt, one.arrival.name)
        if found is None and one.receipt is not None and not last:
            done.waiting.append(one)
            continue
        row = new_row(act, one) if found is not None else quarantine(act, one, one.problem or _unclaimed(one.receipt))
        act.session.add(row)
        if found is not None and one.receipt is not None:
            _apply(act, engine, done, candidates, row, one.receipt, found)
        known[one.digest] = row.state
        done.settled.append((one.arrival, row.state))
    _finish(act, done)
    return done


def _document_of(act: Act, candidates: Candidates, receipt: Receipt, name: str) -> tuple[Any, Any] | None:
    return candidates.find(receipt) or find_by_name(act, receipt, name)


def _apply(
    act: Act,
    engine: Engine,
    done: Batch,
    candidates: Candidates,
    row: ReceiptFile,
    receipt: Receipt,
    found: tuple[Any, Any],
) -> None:
    document, header = found
    sentence = apply_receipt(act, engine.receipts, row, receipt, document, header)
    candidates.learned(document, header)
    if candidates.stale:
        act.facts.forget()
    else:
        act.facts.forget_rows(document.header)
    if sentence:
        done.sentences.append(sentence)
        done.touched[document.key].add(header.id)


def _finish(act: Act, done: Batch) -> None:
    """Post what the receipts changed; a document that was answered was certainly handed over."""
    for key, ids in done.touched.items():
        post_documents(act, act.catalogue.document(key), sorted(ids))
        unsure = update(Outbox).where(
            Outbox.company_id == act.company_id,
            Outbox.document_key == key,
            Outbox.document_id.in_(ids),
            Outbox.state == "unknown",
        )
        proved = unsure.values(state="handed", problem="", handed_at=act.now())
        act.session.execute(proved.execution_options(synchronize_session=False))


def _unclaimed(receipt: Receipt | None) -> str:
    said = (receipt.internal_no, receipt.seq_no, receipt.business_no) if receipt is not None else ()
    keys = "、".join(key for key in said if key)
    return f"{UNKNOWN}（{receipt_word(receipt.code) if receipt else ''}：{keys or '没有编号'}）"


def quarantine(act: Act, one: Opened, reason: str) -> ReceiptFile:
    """Put a file aside with a reason, and write that down."""
    row = new_row(act, one)
    row.reason = reason[:512]
    act.session.add(row)
    log_deed(act, "回执待查", f"{row.file_name}：{row.reason}", module="单一窗口")
    return row


def waiting_unknown(act: Act, after: int) -> list[ReceiptFile]:
    """Return quarantined receipts that found no document, behind id ``after``, at most :data:`AGAIN`."""
    statement = select(ReceiptFile).where(
        ReceiptFile.company_id == act.company_id,
        ReceiptFile.state == "quarantined",
        ReceiptFile.reason.startswith(UNKNOWN),
        ReceiptFile.id > after,
    )
    return list(act.session.scalars(statement.order_by(ReceiptFile.id).limit(AGAIN)))


def take_again(act: Act, engine: Engine, rows: Sequence[ReceiptFile]) -> Batch:
    """Try quarantined receipts once more; those that find their document become applied."""
    done, read = Batch(), []
    for row in rows:
        try:
            read.append((row, engine.receipts.read(row.content)))
        except ValueError as problem:
            row.reason = str(problem)[:512]
    candidates = Candidates(act, [receipt for _row, receipt in read])
    for row, receipt in read:
        if found := _document_of(act, candidates, receipt, row.file_name):
            _apply(act, engine, done, candidates, row, receipt, found)
    _finish(act, done)
    return done
