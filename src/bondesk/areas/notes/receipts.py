"""What receipts do to a note: in any order, any number of times, never back (message reference 8).

A note's customs side is a set of facts that only grow: numbers once known stay, the state only rises in
rank, the 核扣 mark only rises. So all orders of the same receipts end alike. A rejection rises above
acceptance but not above approval; resending clears it (the send itself sets a lower state again).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.base.flow import AUDITED_AND_SENT, UNDER_WAY
from bondesk.base.messages import Receipt

RECEIPT_CODES = frozenset({"COMMON", "FAILED", "INV200", "INV201", "INV202", "INV211"})
#: INV201 manageResult → (state, 核扣 mark, Chinese word), message reference 8.5.
_RESULTS = {
    "1": ("APPROVED", "2", "审核通过，已核扣"),
    "4": ("APPROVED", "1", "审核通过，预核扣"),
    "5": ("APPROVED", "0", "审核通过，未核扣"),
    "2": ("ACCEPTED", "", "转人工审核"),
    "Y": ("ACCEPTED", "", "海关入库成功"),
    "3": ("REJECTED", "", "退单"),
    "Z": ("REJECTED", "", "海关入库失败"),
}
_WAITING = set(UNDER_WAY)


def receive(note: BondedNote, receipt: Receipt, _work: Any) -> str:
    """Apply one receipt; return what it told in Chinese, "" when nothing was new."""
    before = _customs_side(note)
    said = _APPLY[receipt.code](note, receipt)
    if _customs_side(note) == before:
        return ""
    if receipt.at is not None and (note.customs_at is None or receipt.at > note.customs_at):
        note.customs_at = receipt.at
    return f"核注清单 {note.internal_no}：{said}"


def _customs_side(note: BondedNote) -> tuple[Any, ...]:
    return (
        note.state,
        note.seq_no,
        note.bond_no,
        note.declaration_seq_no,
        note.declaration_no,
        note.list_state,
        note.writeoff_mark,
        note.writeoff_mode,
        note.customs_reason,
    )


def _raise_state(note: BondedNote, state: str) -> bool:
    flow = AUDITED_AND_SENT
    if flow.state(state).rank > flow.state(note.state).rank:
        note.state = state
        return True
    return note.state == state


def _reject(note: BondedNote, receipt: Receipt) -> bool:
    """Reject a note that waits for an answer; a late rejection of an older sending changes nothing."""
    if note.state not in _WAITING:
        return note.state == "REJECTED"
    note.state, note.list_state = "REJECTED", "2"
    note.customs_reason = "\n".join(receipt.reasons)
    return True


def _keep(note: BondedNote, key: str, value: str) -> None:
    if value and not getattr(note, key):
        setattr(note, key, value)


def _mark(note: BondedNote, mark: str) -> None:
    if mark and mark > (note.writeoff_mark or "0"):
        note.writeoff_mark = mark


def _common(note: BondedNote, receipt: Receipt) -> str:
    """The Single Window's import response: DealFlag 0 brings the 统一编号, anything else refuses."""
    if receipt.result == "0":
        _keep(note, "seq_no", receipt.seq_no)
        return f"导入成功，统一编号 {receipt.seq_no}"
    _reject(note, receipt)
    return f"导入失败：{'；'.join(receipt.reasons)}"


def _failed(note: BondedNote, receipt: Receipt) -> str:
    _reject(note, receipt)
    return f"客户端发送失败：{'；'.join(receipt.reasons)}"


def _stored(note: BondedNote, receipt: Receipt) -> str:
    if receipt.result == "2":
        _reject(note, receipt)
        return f"海关入库失败：{'；'.join(receipt.reasons)}"
    _keep(note, "seq_no", receipt.seq_no)
    _raise_state(note, "ACCEPTED")
    return "海关入库成功"


def _approval(note: BondedNote, receipt: Receipt) -> str:
    state, mark, word = _RESULTS.get(receipt.result, ("", "", f"未知的处理结果 {receipt.result}"))
    if state == "REJECTED":
        _keep(note, "seq_no", receipt.seq_no)
        _reject(note, receipt)
        return f"{word}：{'；'.join(receipt.reasons) or '海关未说明原因'}"
    _keep(note, "seq_no", receipt.seq_no)
    if state and _raise_state(note, state) and state == "APPROVED":
        note.list_state, note.customs_reason = "0", ""
    if state == "APPROVED":
        _keep(note, "bond_no", receipt.business_no)
        _take_body(note, receipt)
        _mark(note, mark)
    return f"{word}，清单编号 {receipt.business_no}" if receipt.business_no else word


def _take_body(note: BondedNote, receipt: Receipt) -> None:
    """Take what customs says of the note itself: 核扣方式, declaration number, its own declare date."""
    values = receipt.values
    _keep(note, "writeoff_mode", values.get("vrfdedModecd", ""))
    _keep(note, "declaration_no", values.get("entryNo", "") or values.get("rltEntryNo", ""))
    declared = _day(values.get("invtDclTime", ""))
    if declared is not None and note.declared_on is None:
        note.declared_on = declared


def _day(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text).date() if text else None
    except ValueError:
        return None


def _declaration(note: BondedNote, receipt: Receipt) -> str:
    """INV202: the declaration draft was generated; it implies approval but carries no 核扣 mark."""
    _keep(note, "seq_no", receipt.seq_no)
    _keep(note, "bond_no", receipt.business_no)
    if receipt.result == "2":
        note.customs_reason = "报关单生成失败：" + "；".join(receipt.reasons)
        return note.customs_reason
    _keep(note, "declaration_seq_no", receipt.values.get("entrySeqNo", ""))
    return f"已生成报关单，统一编号 {receipt.values.get('entrySeqNo', '')}"


def _posted(note: BondedNote, receipt: Receipt) -> str:
    """INV211: 核扣 done; brings the declaration number and mark 2."""
    _keep(note, "seq_no", receipt.seq_no)
    _keep(note, "bond_no", receipt.business_no)
    if _raise_state(note, "APPROVED"):
        note.list_state, note.customs_reason = "0", ""
    _take_body(note, receipt)
    _mark(note, receipt.values.get("vrfdedMarkcd", "") or "2")
    return f"已核扣，报关单编号 {note.declaration_no}" if note.declaration_no else "已核扣"


_APPLY = {
    "COMMON": _common,
    "FAILED": _failed,
    "INV200": _stored,
    "INV201": _approval,
    "INV202": _declaration,
    "INV211": _posted,
}
