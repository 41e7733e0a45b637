"""What receipts do to a declaration: its customs side follows from all of them together (handbook 6.5, reference 6).

The furthest state customs has reached counts, in whatever order receipts come; a return, refusal or deletion undoes
what was said before its notice time, and what was said later counts again. A cleared declaration can only be deleted.
What customs said up to the last sending answers the sending before it. So all orders of the same receipts end alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bondesk.areas.declarations.dec_status import CHANNELS, INSPECTING, OVERRIDING, RETURNING, Channel
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.areas.declarations.release import tell_notes
from bondesk.areas.risk.inspection_record import InspectionRecord
from bondesk.areas.risk.return_record import ReturnRecord
from bondesk.base.flow import DECLARED_AND_RELEASED
from bondesk.base.message_reader import day_of
from bondesk.base.messages import Receipt, ReceiptHistory

RESPONSE, RESULT, FAILED = "DECIMPORT", "DEC_RESULT", "FAILED"
RECEIPT_CODES = frozenset({RESPONSE, RESULT, FAILED})
#: Receipts whose time stands in the name of their file only.
DATED = frozenset({RESPONSE, FAILED})
_OLDEST = datetime.min
#: What the elements of the receipts mean (reference 6.1, 6.2).
LABELS = {
    "ResponseCode": "响应代码",
    "ErrorMessage": "说明",
    "ClientSeqNo": "企业内部编号",
    "SeqNo": "统一编号",
    "TrnPreId": "转关单统一编号",
    "CUS_CIQ_NO": "统一编号",
    "SEQ_NO": "统一编号",
    "CLIENTSEQ_NO": "企业内部编号",
    "ENTRY_ID": "海关编号",
    "NOTICE_DATE": "通知时间",
    "CHANNEL": "回执代码",
    "NOTE": "说明",
    "CUSTOM_MASTER": "申报地海关",
    "I_E_DATE": "进出口日期",
    "D_DATE": "申报日期",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a set of receipts comes to: the state, 海关状态, what was said, and when."""

    state: str = ""
    customs_state: str = ""
    reason: str = ""
    at: datetime | None = None


def settle(declaration: Declaration, history: ReceiptHistory, receipt: Receipt, work: Any) -> str:
    """Apply one receipt over all that came before; return its Chinese sentence, "" for a repetition.

    A state the user has moved on meanwhile (审核 after a return) stays while a receipt changes nothing of the outcome.
    """
    if any(_same(receipt, one) for one in history.earlier):
        return ""
    received = (*history.earlier, receipt)
    before, after = outcome(history.earlier, history.answered), outcome(received, history.answered)
    if after != before and after.state and declaration.state != "VOID":
        declaration.state, declaration.customs_state = after.state, after.customs_state
        declaration.customs_reason, declaration.customs_at = after.reason, after.at
    _take_facts(declaration, received)
    if work is not None:
        _record(declaration, receipt, work)
        tell_notes(declaration, work)
    return f"报关单 {declaration.internal_no}：{said(receipt)}"


def sent_again(declaration: Declaration) -> None:
    """Forget what customs said of the sending before."""
    declaration.customs_state, declaration.customs_reason, declaration.customs_at = "", "", None


def said(receipt: Receipt) -> str:
    """Say in plain Chinese what a receipt tells."""
    note = "；".join(receipt.reasons)
    match receipt.code:
        case "DECIMPORT" if receipt.result == "0":
            return f"单一窗口导入成功，统一编号 {receipt.seq_no}" + (f"（{note}）" if note else "")
        case "DECIMPORT":
            return f"单一窗口导入失败：{note or '没有说明原因'}"
        case "FAILED":
            return f"客户端发送失败，没有申报：{note or receipt.result or '没有说明原因'}"
    number = f"，海关编号 {receipt.business_no}" if receipt.business_no else ""
    return f"{_channel(receipt).words}{f'：{note}' if note else ''}{number}"


def outcome(receipts: Iterable[Receipt], answered: datetime | None = None) -> Outcome:
    """Return what receipts come to; those up to ``answered`` belong to an older sending."""
    live = [(_at(one), _event(one), one) for one in receipts if answered is None or _at(one) > answered]
    told = [(at, event, one) for at, event, one in live if event.state]
    cleared = min((at for at, event, _one in told if event.state == "CLEARED"), default=None)
    undoing = [
        (at, event, one)
        for at, event, one in told
        if event.state in OVERRIDING and (event.state == "DELETED" or cleared is None or at < cleared)
    ]
    last = max(undoing, key=lambda one: (one[0], OVERRIDING[one[1].state], _words(one[2])), default=None)
    forward = [one for one in told if one[1].state not in OVERRIDING and (last is None or one[0] > last[0])]
    best = max(forward, key=lambda one: (_rank(one[1].state), one[0], _words(one[2])), default=last)
    if best is None:
        return Outcome()
    at, event, receipt = best
    return Outcome(event.state, event.customs_state, _words(receipt), at)


def _at(receipt: Receipt) -> datetime:
    return receipt.at or _OLDEST


def _rank(state: str) -> int:
    return DECLARED_AND_RELEASED.state(state).rank


def _channel(receipt: Receipt) -> Channel:
    return CHANNELS.get(receipt.result) or Channel(f"未识别的回执代码“{receipt.result}”")


def _event(receipt: Receipt) -> Channel:
    """Return the channel of a receipt; answers of the Single Window and the client count as such."""
    if receipt.code == RESPONSE:
        return Channel("", "UPLOADED" if receipt.result == "0" else "FAILED")
    return Channel("", "FAILED") if receipt.code == FAILED else _channel(receipt)


def _words(receipt: Receipt) -> str:
    note = "；".join(receipt.reasons)
    if receipt.code != RESULT:
        return note
    words = _channel(receipt).words
    return f"{words}：{note}" if note and note != words else words


def _same(one: Receipt, other: Receipt) -> bool:
    return (one.code, one.result, one.at, one.seq_no, one.business_no, one.reasons) == (
        (other.code, other.result, other.at, other.seq_no, other.business_no, other.reasons)
    )


def _take_facts(declaration: Declaration, receipts: Sequence[Receipt]) -> None:
    """Take numbers from whatever receipt says them, the newest of a kind; dates from the newest 审结 (6.2)."""
    for key, attribute in (("seq_no", "seq_no"), ("business_no", "declaration_no")):
        named = [(_at(one), number) for one in receipts if (number := getattr(one, key))]
        if named:
            _set(declaration, attribute, max(named)[1])
    examined = [one for one in receipts if one.code == RESULT and one.result == "J"]
    for key, attribute in (("D_DATE", "declared_on"), ("I_E_DATE", "entry_exit_date")):
        dated = [(_at(one), day) for one in examined if (day := day_of(one.values.get(key, ""))) is not None]
        if dated:
            _set(declaration, attribute, max(dated)[1])


def _set(declaration: Declaration, key: str, value: Any) -> None:
    if getattr(declaration, key) != value:
        setattr(declaration, key, value)


def _record(declaration: Declaration, receipt: Receipt, work: Any) -> None:
    """Keep a 查验记录 of an inspection and a 退单记录 of a return, one per notice time."""
    if receipt.code != RESULT or receipt.at is None:
        return
    model: Any = InspectionRecord if receipt.result in INSPECTING else None
    model = ReturnRecord if receipt.result in RETURNING else model
    if model is None:
        return
    mine = select(model).filter_by(
        company_id=work.company_id, declaration=declaration.internal_no, noticed_at=receipt.at
    )
    if work.session.scalars(mine).first() is not None:
        return
    record = model(
        declaration=declaration.internal_no,
        noticed_at=receipt.at,
        declaration_no=receipt.business_no or declaration.declaration_no or "",
        ie_flag=declaration.ie_flag,
        declare_customs=declaration.declare_customs,
        notice=_words(receipt),
    )
    if model is ReturnRecord:
        record.kind = receipt.result
    work.session.add(record)
