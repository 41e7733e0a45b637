"""What receipts do to a 手册核销, and what 结案 closes: its notes and the handbook's date (handbook 9.3)."""

from __future__ import annotations

from sqlalchemy import select

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.verification.handbook_deducting import write_held
from bondesk.areas.verification.handbook_model import HandbookVerification
from bondesk.areas.verification.verification_receipts import CLOSED, apply
from bondesk.base.batches import batches
from bondesk.base.facts import Work
from bondesk.base.messages import Receipt

RECEIPT_CODES = frozenset({"COMMON", "FAILED", "EML200", "EML221"})
#: EML221 manageResult as EMS221's; 1 to 3 in their general meaning (message reference 8.5, confidence C).
_RESULTS = {
    "1": ("APPROVED", "核销结案"),
    "2": ("ACCEPTED", "报核通过"),
    "3": ("REJECTED", "报核退单"),
    "5": ("APPROVED", "核销结案"),
    "6": ("REJECTED", "核算退单"),
    "A": ("ACCEPTED", "转人工审核"),
    "B": ("ACCEPTED", "核算转人工审核"),
    "Y": ("ACCEPTED", "海关入库成功"),
    "Z": ("REJECTED", "海关入库失败"),
}


def receive(verification: HandbookVerification, receipt: Receipt, work: Work) -> str:
    """Apply one receipt; return what it told in Chinese, "" when nothing was new."""
    told = apply("手册核销", verification, receipt, _RESULTS, lambda: close(verification, work))
    if told:
        write_held(verification, work)
    return told


def close(verification: HandbookVerification, work: Work) -> None:
    """Close the handbook: counted notes 已核销, 最近核销日期 of the book the last day that was counted."""
    ids = [one.document_id for one in verification.vouchers if one.document_key == "bonded_note"]
    for batch in batches(ids):
        mine = select(BondedNote).where(BondedNote.company_id == work.company_id)
        for note in work.session.scalars(mine.where(BondedNote.id.in_(batch))):
            note.writeoff_mark = CLOSED
    work.post("bonded_note", ids)
    verification.closed_on = work.facts.today
    approved = select(Account).where(Account.company_id == work.company_id, Account.copy == "approved")
    for book in work.session.scalars(approved.where(Account.record_no == verification.record_no)):
        book.verified_on = verification.day
