"""发件箱: what waits, what was handed over, what nobody knows; and the only two ways out of "nobody knows".

A message whose outcome is unknown is never resent by itself: a named person either confirms that the client had it,
or orders a resend. A resend is another revision with another file name, so one revision is never handed over twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.engine.act import Act
from bondesk.engine.history import log_deed
from bondesk.engine.message_signing import needs_signature
from bondesk.engine.records import load
from bondesk.engine.sending import order_again
from bondesk.engine.tables import Outbox

#: state → (word, tone, what to do).
STATES: dict[str, tuple[str, str, str]] = {
    "ready": ("待交", "info", "等待交给客户端；客户端目录可用时自动交出"),
    "releasing": ("正在交付", "info", "正在移入客户端目录；中断时下次自动查明"),
    "handed": ("已交客户端", "good", "等待回执；长时间没有回执时，请查看客户端是否已登录、卡是否在位"),
    "unknown": ("结果不明", "bad", "请在单一窗口核实：已收到的点「确认已收到」，确实没有的点「重新发送」并说明原因"),
    "resent": ("已被重发代替", "muted", "已按指令重新发送，以后一份为准"),
    "failed": ("没有交出", "bad", "请查看原因，更正后重新发送"),
}
#: States of a document customs has not answered yet.
_WAITS = ("SENDING", "SENT")
#: Messages handed over long ago that are still listed.
_LATEST = 300


@dataclass(frozen=True, slots=True)
class OutboxLine:
    """One message: its document, where it goes, how it stands and what to do.

    ``answered`` says why no receipt of a message handed over is waited for any more, "" while one is.
    """

    id: int
    document_key: str
    document_id: int
    title: str
    number: str
    folder: str
    file_name: str
    state: str
    problem: str
    created_at: datetime
    handed_at: datetime | None
    unsigned: bool = False
    answered: str = ""

    @property
    def word(self) -> str:
        """Return the state in Chinese; a message that waits for a signature or a folder says so."""
        word = STATES[self.state][0]
        if self.unsigned:
            return "待签名（本机IC卡）"
        return f"{word}（客户端目录有问题）" if self.state == "ready" and self.problem else word

    @property
    def advice(self) -> str:
        """Return what keeps the message, and what to do."""
        if self.state == "handed" and self.answered:
            return self.answered
        todo = "插入操作员IC卡，用「签名待发报文」签名后交出" if self.unsigned else STATES[self.state][2]
        return "。".join(part.rstrip("。") for part in (self.problem, todo) if part)


def outbox(act: Act) -> tuple[OutboxLine, ...]:
    """Return what the user may send: everything unsettled first, then the latest handed over."""
    act.require_exchange()
    mine = select(Outbox).where(Outbox.company_id == act.company_id)
    open_first = act.session.scalars(
        mine.where(Outbox.state.in_(("ready", "releasing", "unknown", "failed"))).order_by(Outbox.id)
    ).all()
    latest = act.session.scalars(
        mine.where(Outbox.state.in_(("handed", "resent"))).order_by(Outbox.id.desc()).limit(_LATEST)
    ).all()
    mine_all = [row for row in (*open_first, *latest) if act.identity.may(row.document_key, "send")]
    answers = _answers(act, [row for row in mine_all if row.state == "handed"])
    return tuple(_line(act, row, answers.get(row.id, "")) for row in mine_all)


def _answers(act: Act, handed: Sequence[Outbox]) -> dict[int, str]:
    """Return, for messages handed over, newest first, that are not waited for, what became of them, by id."""
    told, last = {}, {}
    for row in handed:
        if (row.document_key, row.document_id) in last:
            told[row.id] = "之后又发送过，以后一份为准"
        else:
            last[row.document_key, row.document_id] = row.id
    for key in {key for key, _id in last}:
        document = act.catalogue.document(key)
        header = document.header
        ids = [document_id for kind, document_id in last if kind == key]
        stands = select(header.id, header.state).where(header.company_id == act.company_id, header.id.in_(ids))
        for document_id, state in act.session.execute(stands):
            if state not in _WAITS:
                title = document.flow.state(state).title
                told[last[key, document_id]] = f"单据现为「{title}」，回执见单据的「报文」"
    return told


def _line(act: Act, row: Outbox, answered: str) -> OutboxLine:
    return OutboxLine(
        row.id,
        row.document_key,
        row.document_id,
        act.catalogue.document(row.document_key).title,
        row.document_no,
        row.folder,
        row.file_name,
        row.state,
        row.problem,
        row.created_at,
        row.handed_at,
        row.state == "ready" and needs_signature(act, row),
        answered,
    )


def why_no_resend(state: str) -> str:
    """Return why a message in this state cannot be sent again, "" when it can."""
    if state in {"ready", "releasing"}:
        return "报文还没有交出，会自动交给客户端，不需要重发"
    return "已经重发过，请选择后一份" if state == "resent" else ""


def resend(act: Act, row_id: int, reason: str) -> str:
    """Order a message once more under a new name, as its document is now; return the document's number.

    It goes the way the former one went, 暂存 or 申报.
    ``Refused``: SEND-05 without a reason, when it was answered, or when it has not been handed over yet.
    """
    row, document, header = _opened(act, row_id)
    if not reason.strip():
        raise Refused("重新发送须说明原因，原因记入操作日志", "SEND-05")
    if why := why_no_resend(row.state):
        raise Refused(f"{row.document_no}：{why}", "SEND-05")
    if header.state not in _WAITS:
        title = document.flow.state(header.state).title
        raise Refused(
            f"{row.document_no} 状态为「{title}」，海关已有答复，不能重发；需要更正的请修改后重新审核发送", "SEND-05"
        )
    former, row.state = row.file_name, "resent"
    row.problem = f"重新发送：{reason.strip()}"[:512]
    order_again(act, document, header, _way_of(act, document, row))
    told = f"报文 {former} 按 {act.identity.name} 的指令重新发送。原因：{reason.strip()}"
    _log(act, document, row, "重新发送", told)
    return row.document_no


def _way_of(act: Act, document: DocumentType, row: Outbox) -> str:
    """Return whether the message was 暂存 or 申报, "" if unreadable: a resend declares nothing that was to be kept."""
    assert document.message is not None
    try:
        return document.message.way_of(act.packer.read(document.message, row.content))
    except ValueError:
        return ""


def confirm_handed(act: Act, row_id: int, reason: str) -> str:
    """Take a named person's word that the client had a message whose outcome was unknown; return its number.

    ``Refused`` SEND-06 for any other state or without saying how it is known.
    """
    row, document, header = _opened(act, row_id)
    if row.state != "unknown" or not reason.strip():
        text = "请说明是怎样核实的" if row.state == "unknown" else "只有结果不明的报文需要确认"
        raise Refused(f"{row.document_no}：{text}", "SEND-06")
    row.state, row.problem, row.handed_at = "handed", "", act.now()
    if header.state == "SENDING":
        header.state = "SENT"
    told = f"{act.identity.name} 确认报文 {row.file_name} 已由单一窗口收到。核实方式：{reason.strip()}"
    _log(act, document, row, "确认已收到", told)
    return row.document_no


def _opened(act: Act, row_id: int) -> tuple[Outbox, DocumentType, Any]:
    statement = select(Outbox).where(Outbox.company_id == act.company_id, Outbox.id == row_id)
    row = act.session.scalars(statement.with_for_update()).one_or_none()
    if row is None:
        raise Refused("发件箱中没有这份报文，请刷新", "GONE")
    document = act.catalogue.document(row.document_key)
    act.require(document, "send")
    return row, document, load(act, document, row.document_id)


def _log(act: Act, document: DocumentType, row: Outbox, action: str, told: str) -> None:
    log_deed(act, action, told, document=document, document_id=row.document_id, number=row.document_no)
