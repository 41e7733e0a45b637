"""What receipts do to a 报核, and what 已核销 closes: its notes, its stocktakes, the book's date (handbook 8.7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.stock.stock_model import Stocktake
from bondesk.areas.verification.verification_model import AccountVerification
from bondesk.base.batches import batches
from bondesk.base.facts import Work
from bondesk.base.flow import UNDER_WAY, VERIFIED
from bondesk.base.messages import Receipt

RECEIPT_CODES = frozenset({"COMMON", "FAILED", "EMS200", "EMS221"})
#: What stores a message, of accounts and of handbooks.
_STORED = frozenset({"EMS200", "EML200"})
#: EMS221 manageResult → (state, Chinese word).
_RESULTS = {
    "2": ("ACCEPTED", "报核通过"),
    "3": ("REJECTED", "报核退单"),
    "5": ("APPROVED", "正式核算通过"),
    "6": ("REJECTED", "正式核算退单"),
    "7": ("ACCEPTED", "差异结果确认"),
    "A": ("ACCEPTED", "报核转人工审核"),
    "B": ("ACCEPTED", "正式核算转人工审核"),
    "Y": ("ACCEPTED", "海关入库成功"),
    "Z": ("REJECTED", "海关入库失败"),
}
_WAITING = set(UNDER_WAY)
CLOSED = "3"


def receive(verification: AccountVerification, receipt: Receipt, work: Work) -> str:
    """Apply one receipt; return what it told in Chinese, "" when nothing was new."""
    return apply("账册报核", verification, receipt, _RESULTS, lambda: close(verification, work))


def apply(
    title: str,
    verification: Any,
    receipt: Receipt,
    results: Mapping[str, tuple[str, str]],
    closing: Callable[[], None],
) -> str:
    """Apply a receipt about any 报核: ``results`` gives state and word of a manageResult, ``closing`` ends it."""
    before = (verification.state, verification.seq_no, verification.customs_reason)
    if receipt.seq_no and not verification.seq_no:
        verification.seq_no = receipt.seq_no
    state, word = _told(receipt, results)
    if state == "REJECTED":
        if verification.state in _WAITING:
            verification.state = "REJECTED"
            verification.customs_reason = "\n".join(receipt.reasons)
        word = f"{word}：{'；'.join(receipt.reasons) or '海关未说明原因'}"
    elif state and verification.state in {*_WAITING, "REJECTED"} and _higher(state, verification.state):
        verification.state, verification.customs_reason = state, ""
        if state == "APPROVED":
            closing()
    if before == (verification.state, verification.seq_no, verification.customs_reason):
        return ""
    if receipt.at is not None and (verification.customs_at is None or receipt.at > verification.customs_at):
        verification.customs_at = receipt.at
    return f"{title} {verification.internal_no}：{word}"


def _told(receipt: Receipt, results: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    match receipt.code:
        case "COMMON" if receipt.result == "0":
            return "", f"导入成功，统一编号 {receipt.seq_no}"
        case "COMMON":
            return "REJECTED", "导入失败"
        case "FAILED":
            return "REJECTED", "客户端发送失败"
        case code if code in _STORED:
            return results["Z" if receipt.result == "2" else "Y"]
        case _:
            return results.get(receipt.result, ("", f"未知的处理结果 {receipt.result}"))


def _higher(state: str, present: str) -> bool:
    return present == "REJECTED" or VERIFIED.state(state).rank > VERIFIED.state(present).rank


def close(verification: AccountVerification, work: Work) -> None:
    """Close the cycle: included notes 已核销, stocktakes used locked, the book's 最近核销日期 moved on."""
    ids = [note.document_id for note in verification.notes if note.included]
    for batch in batches(ids):
        mine = select(BondedNote).where(BondedNote.company_id == work.company_id)
        for note in work.session.scalars(mine.where(BondedNote.id.in_(batch))):
            note.writeoff_mark = CLOSED
    for key in ("bonded_note", "bonded_note_formal"):  # what counted as reserved is posted now: closed, nothing can be
        work.post(key, [one.document_id for one in verification.notes if one.included and one.document_key == key])
    verification.closed_on = work.facts.today
    if verification.actual_source == "STOCKTAKE":
        day = verification.stocktake_date or verification.end_date
        for stocktake in _all(work, Stocktake, Stocktake.count_date == day):
            stocktake.state = "LOCKED"
    for book in _all(work, Account, Account.record_no == verification.record_no, Account.copy == "approved"):
        book.verified_on = verification.end_date


def _all(work: Work, model: Any, *where: Any) -> Any:
    return work.session.scalars(select(model).where(model.company_id == work.company_id, *where))
