"""Named checks a user can run: each a stable code, a sentence, and findings with evidence and repair."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import func, select

from bondesk.base.findings import Finding, error, note
from bondesk.engine.act import Act
from bondesk.engine.books import posting_of
from bondesk.engine.history import verify_log
from bondesk.engine.posting import check_balances
from bondesk.engine.tables import Outbox, PostingRow, ReceiptFile
from bondesk.ledger.posting import changes


@dataclass(frozen=True, slots=True)
class Check:
    """One named invariant."""

    code: str
    title: str
    run: Callable[[Act], Iterator[Finding]]


def _balances(act: Act) -> Iterator[Finding]:
    for sentence in check_balances(act):
        yield error("CHK-01", f"{sentence}；可用重建余额修复")


def _postings(act: Act) -> Iterator[Finding]:
    """Every document's postings are what it declares."""
    for document in act.catalogue.documents:
        if document.posts is None:
            continue
        mine = select(document.header).filter_by(company_id=act.company_id, **document.variant)
        for header in act.session.scalars(mine):
            stored = act.session.scalars(
                select(PostingRow).where(
                    PostingRow.company_id == act.company_id,
                    PostingRow.document_key == document.key,
                    PostingRow.document_id == header.id,
                )
            )
            wrong = changes([posting_of(row) for row in stored], document.posts(header, act.facts))
            if wrong:
                number = document.number_of(header)
                yield error("CHK-02", f"「{document.title}」{number} 的记账与单据不一致，相差 {len(wrong)} 笔")


def _outbox(act: Act) -> Iterator[Finding]:
    rows = act.session.scalars(
        select(Outbox).where(Outbox.company_id == act.company_id, Outbox.state.in_(("unknown", "failed")))
    )
    for row in rows:
        yield error("CHK-03", f"报文 {row.document_no} 发送结果不明：{row.problem}")


def _quarantine(act: Act) -> Iterator[Finding]:
    rows = act.session.scalars(
        select(ReceiptFile).where(ReceiptFile.company_id == act.company_id, ReceiptFile.state == "quarantined")
    )
    for row in rows:
        yield note("CHK-04", f"回执 {row.file_name} 未能处理：{row.reason}")


def _twice(act: Act) -> Iterator[Finding]:
    """No document was handed over twice in one revision."""
    rows = act.session.execute(
        select(Outbox.document_no, func.count())
        .where(Outbox.company_id == act.company_id)
        .group_by(Outbox.document_key, Outbox.document_id, Outbox.revision, Outbox.document_no)
        .having(func.count() > 1)
    )
    for number, times in rows:
        yield error("CHK-05", f"报文 {number} 同一版本发送了 {times} 次")


def _log(act: Act) -> Iterator[Finding]:
    """The chain of the operation log is whole."""
    verdict = verify_log(act)
    if verdict.broken is not None:
        yield error("CHK-06", f"{verdict.reason}；请保留数据库备份，并与日志校验点核对")


CHECKS: tuple[Check, ...] = (
    Check("CHK-01", "余额等于记账之和", _balances),
    Check("CHK-02", "记账与单据一致", _postings),
    Check("CHK-03", "没有结果不明的报文", _outbox),
    Check("CHK-04", "没有待查的回执", _quarantine),
    Check("CHK-05", "同一版本只发送一次", _twice),
    Check("CHK-06", "操作日志没有被改动", _log),
)


def run_checks(act: Act) -> list[Finding]:
    """Run every check and return what does not hold; who may see everything that was done may run them."""
    act.require(act.catalogue.document("operation_log"), "view")
    return [finding for check in CHECKS for finding in check.run(act)]
