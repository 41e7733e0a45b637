"""What receipts do to the draft of a book or a qualification: approval makes it the approved copy (reference 8).

A receipt that tells what is known already changes nothing, so the same file may come twice and in any order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bondesk.areas.accounts.approval import approve
from bondesk.areas.accounts.book_model import PAUSES
from bondesk.base.change import ChangedTable
from bondesk.base.facts import Work
from bondesk.base.flow import AUDITED_AND_SENT, UNDER_WAY
from bondesk.base.messages import Receipt

_WORDS = {"1": "审核通过", "2": "转人工审核", "3": "退单", "Y": "海关入库成功", "Z": "海关入库失败"}
_WAITING = set(UNDER_WAY)


def claimed_of(book: Any, receipt: Receipt) -> int:
    """A pause or its end speaks of the approved copy, never of a draft (reference 8.5)."""
    return 0 if _paused(receipt) and book.copy != "approved" else 1


class BookReceipts:
    """Receives for one kind of document: ``number`` is where the number customs gives is kept.

    ``pauses`` turns customs' 执行标志 into ours.
    """

    def __init__(self, title: str, number: str, tables: Sequence[ChangedTable], pauses: Mapping[str, str]) -> None:
        """Keep what approval needs to know."""
        self._title, self._number, self._tables, self._pauses = title, number, tuple(tables), pauses

    def __call__(self, draft: Any, receipt: Receipt, work: Work) -> str:
        """Apply one receipt; return what it told in Chinese, "" when nothing was new."""
        if _paused(receipt):
            return self._pause(draft, receipt)
        before = (draft.copy, draft.state, draft.seq_no, getattr(draft, self._number), draft.customs_reason)
        said = self._apply(draft, receipt, work)
        after = (draft.copy, draft.state, draft.seq_no, getattr(draft, self._number), draft.customs_reason)
        if before == after:
            return ""
        if receipt.at is not None and (draft.customs_at is None or receipt.at > draft.customs_at):
            draft.customs_at = receipt.at
        return f"{self._title} {draft.internal_no}：{said}"

    def _apply(self, draft: Any, receipt: Receipt, work: Work) -> str:
        result = _result_of(receipt)
        word = _WORDS.get(result, f"未知的处理结果 {receipt.result}")
        if receipt.seq_no and not draft.seq_no:
            draft.seq_no = receipt.seq_no
        if draft.copy != "draft":
            return word
        if result in ("3", "Z"):
            self._reject(draft, receipt)
            return f"{word}：{'；'.join(receipt.reasons) or '海关未说明原因'}"
        if draft.state not in (*_WAITING, "REJECTED"):
            return word  # an answer to an earlier sending; this draft has not been sent
        if result == "1":
            return self._approve(draft, receipt, work, word)
        if result in ("2", "Y") and _higher("ACCEPTED", draft.state):
            draft.state = "ACCEPTED"
        return f"导入成功，统一编号 {receipt.seq_no}" if receipt.code == "COMMON" else word

    def _pause(self, book: Any, receipt: Receipt) -> str:
        """Take over whether the book may be used; a notice older than the approval or the last one tells nothing."""
        mark = self._mark(receipt)
        late = receipt.at is not None and book.customs_at is not None and receipt.at < book.customs_at
        if late or mark in ("", book.pause_mark):
            return ""
        book.pause_mark, book.customs_at = mark, receipt.at or book.customs_at
        return f"{self._title} {getattr(book, self._number)}：海关执行标志改为「{dict(PAUSES)[mark]}」"

    def _mark(self, receipt: Receipt) -> str:
        return self._pauses.get(receipt.values.get("pauseImpexpMarkcd", ""), "")

    def _reject(self, draft: Any, receipt: Receipt) -> None:
        if draft.state in _WAITING:
            draft.state = "REJECTED"
            draft.customs_reason = "\n".join(receipt.reasons)

    def _approve(self, draft: Any, receipt: Receipt, work: Work, word: str) -> str:
        if receipt.business_no and not getattr(draft, self._number):
            setattr(draft, self._number, receipt.business_no)
        on: date = receipt.at.date() if receipt.at is not None else work.facts.today
        draft.customs_reason = ""
        approve(draft, self._tables, work, on, self._number)
        if mark := self._mark(receipt):
            draft.pause_mark = mark
        return f"{word}，编号 {getattr(draft, self._number)}"


def _paused(receipt: Receipt) -> bool:
    return receipt.code.endswith("241")


def _result_of(receipt: Receipt) -> str:
    """Bring the import response, the client's failure and xxx200 to the results of 8.5."""
    if receipt.code == "COMMON":
        return "" if receipt.result == "0" else "Z"
    if receipt.code == "FAILED":
        return "Z"
    if receipt.code.endswith("200"):
        return "Z" if receipt.result == "2" else "Y"
    return receipt.result


def _higher(state: str, present: str) -> bool:
    return AUDITED_AND_SENT.state(state).rank > AUDITED_AND_SENT.state(present).rank
