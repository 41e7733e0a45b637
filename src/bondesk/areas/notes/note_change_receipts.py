"""What receipts do to the change or deletion of a note, and which receipts speak of it (reference 8)."""

from __future__ import annotations

from bondesk.areas.notes.bonded_note_model import CHANGE, BondedNote
from bondesk.areas.notes.note_changing import DELETE, approve
from bondesk.areas.notes.receipts import receive
from bondesk.base.facts import Work
from bondesk.base.flow import UNDER_WAY
from bondesk.base.messages import Receipt

_WAITING = set(UNDER_WAY)
_AGREED = {"1", "4", "5"}
_MARKS = {"1": "2", "4": "1", "5": "0"}


def claims_change(change: BondedNote, receipt: Receipt) -> int:
    """Tell how much a receipt speaks of this change: 2 more than of the note itself (1), 0 not at all.

    A receipt that counts changes must count this one; 核扣 and generated declarations are the note's unless they do.
    """
    if change.state not in _WAITING:
        return 0
    said = receipt.values.get("tmsCnt", "") or receipt.values.get("chgTmsCnt", "")
    kind = receipt.values.get("typecd", "") or receipt.values.get("dclTypecd", "")
    if said and said != "0":
        return 2 if said == str(change.change_count) else 0
    if receipt.code in {"INV202", "INV211"} or kind == "1":
        return 0
    return 2 if not kind or kind == change.declare_kind else 0


def receive_change(change: BondedNote, receipt: Receipt, work: Work) -> str:
    """Apply one receipt; on approval the note takes the change or leaves the ledger, else the change waits or fails."""
    if change.copy != CHANGE:
        return ""
    agreed = receipt.code == "INV211" or (receipt.code == "INV201" and receipt.result in _AGREED)
    if not agreed:
        return receive(change, receipt, work).replace("核注清单", "核注清单变更", 1)
    on = receipt.at.date() if receipt.at is not None else work.facts.today
    number, kind, count = change.internal_no, change.declare_kind, change.change_count
    note = approve(change, on, work)
    if kind == DELETE:
        return f"核注清单 {number}：海关同意删除，已冲回底账并释放原始单证数量"
    mark = "2" if receipt.code == "INV211" else _MARKS[receipt.result]
    note.writeoff_mark = max(note.writeoff_mark or "0", mark)
    return f"核注清单 {number}：第 {count} 次变更审核通过，底账已按变更后的内容更正"
