"""What 数据预录入 has on its books: every upload with its number and state, and the two ways a person mends one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import select

from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.flow import PRE_ENTERED
from bondesk.engine.act import Act
from bondesk.engine.history import log_deed
from bondesk.engine.records import load
from bondesk.engine.tables import PreEntryRow

UPLOADING, TAKEN, REFUSED, WITHDRAWN = "uploading", "taken", "refused", "withdrawn"
#: state → (word, tone, what to do).
STATES: dict[str, tuple[str, str, str]] = {
    UPLOADING: ("结果不明", "bad", "上传没有收到答复；再上传一次即可查明，不会重复"),
    TAKEN: ("已预录入", "good", ""),
    REFUSED: ("未收下", "bad", "按原因改正后再上传"),
    WITHDRAWN: ("已撤回", "muted", ""),
}
#: Uploads that are listed.
_LATEST = 500
_NUMBER = re.compile(r"[0-9A-Za-z]{6,32}")
#: What goes into a document's 统一编号.
_SEQ = 18


@dataclass(frozen=True, slots=True)
class Entered:
    """One upload as it stands."""

    id: int
    document_key: str
    document_id: int
    title: str
    document_no: str
    way: str
    way_title: str
    state: str
    number: str
    place: str
    reason: str
    despite: bool
    again: bool
    user_name: str
    at: datetime

    @property
    def word(self) -> str:
        """Return the state in Chinese; a package nobody has typed in yet says so."""
        if self.state == TAKEN and not self.number:
            return "已预录入，待登记编号"
        return STATES[self.state][0]

    @property
    def tone(self) -> str:
        """Return the tone of the state."""
        return "warn" if self.state == TAKEN and not self.number else STATES[self.state][1]

    @property
    def told(self) -> str:
        """Return what else there is to say: why, where, and in spite of what."""
        parts = [self.reason or STATES[self.state][2], PurePath(self.place).name]
        parts += ["接口不可用时预录入"] if self.despite else []
        parts += ["再次上传"] if self.again else []
        return "；".join(part for part in parts if part)


def entered(act: Act) -> list[Entered]:
    """Return the latest uploads of the kinds the user may send, newest first."""
    titles = {one.key: one.title for one in act.catalogue.documents if act.identity.may(one.key, "send")}
    statement = select(PreEntryRow).where(
        PreEntryRow.company_id == act.company_id, PreEntryRow.document_key.in_(list(titles))
    )
    rows = act.session.scalars(statement.order_by(PreEntryRow.created_at.desc(), PreEntryRow.id.desc()).limit(_LATEST))
    return [entered_of(row, titles[row.document_key]) for row in rows]


def entered_of(row: PreEntryRow, title: str) -> Entered:
    """Return a row as it is shown."""
    said = (row.state, row.number, row.place, row.reason, row.despite, row.again, row.user_name, row.created_at)
    return Entered(row.id, row.document_key, row.document_id, title, row.document_no, row.way, row.way_title, *said)


def former(act: Act, document_key: str, ids: Sequence[int]) -> dict[int, PreEntryRow]:
    """Return the newest upload of each document that may have arrived: taken, withdrawn, or without an answer."""
    statement = select(PreEntryRow).where(
        PreEntryRow.company_id == act.company_id,
        PreEntryRow.document_key == document_key,
        PreEntryRow.document_id.in_(list(ids)),
        PreEntryRow.state.in_((UPLOADING, TAKEN, WITHDRAWN)),
    )
    return {row.document_id: row for row in act.session.scalars(statement.order_by(PreEntryRow.created_at))}


def register(act: Act, entry_id: int, number: str) -> str:
    """Keep the pre-entry number the Single Window gave for what was typed in; return the document's number.

    ``Refused``: PRE-05 for an upload that was not taken, PRE-06 for what is no number.
    """
    row, document, header = _opened(act, entry_id)
    given = number.strip()
    if row.state != TAKEN:
        raise Refused(f"{row.document_no} 这次上传「{STATES[row.state][0]}」，不能登记编号", "PRE-05")
    if not _NUMBER.fullmatch(given):
        raise Refused(f"预录入编号“{given}”不对：应为 6 至 32 位数字或字母，如 202400000000001234", "PRE-06")
    before, row.number = row.number, given
    if header is not None:
        write_number(document, header, given, before)
    told = f"预录入编号 {given}" + (f"（原为 {before}）" if before and before != given else "")
    _log(act, row, document, "登记预录入编号", told)
    return row.document_no


def withdraw(act: Act, entry_id: int, reason: str) -> str:
    """Take a pre-entry back that was withdrawn or returned there: the document is audited again; return its number.

    ``Refused`` PRE-05: no reason, not taken, or customs has answered meanwhile.
    """
    row, document, header = _opened(act, entry_id)
    if not reason.strip():
        raise Refused("撤回预录入须说明原因，原因记入操作日志", "PRE-05")
    if row.state != TAKEN or header is None or header.state != PRE_ENTERED:
        title = document.flow.state(header.state).title if header is not None else "已删除"
        raise Refused(f"{row.document_no} 现在是「{title}」，没有可撤回的预录入", "PRE-05")
    row.state, row.reason, row.ended_at = WITHDRAWN, reason.strip()[:512], act.now()
    header.state = "AUDITED"
    write_number(document, header, "", row.number)
    _log(act, row, document, "撤回预录入", f"{row.number or row.place}。原因：{reason.strip()}")
    act.session.flush()
    return row.document_no


def write_number(document: DocumentType, header: Any, number: str, before: str) -> None:
    """Put a number into the document's 统一编号, unless customs has put another one there."""
    if document.message is None or len(number) > _SEQ:
        return
    attribute = document.message.seq_no.key
    if (getattr(header, attribute) or "") in ("", before):
        setattr(header, attribute, number)


def _opened(act: Act, entry_id: int) -> tuple[PreEntryRow, DocumentType, Any]:
    statement = select(PreEntryRow).where(PreEntryRow.company_id == act.company_id, PreEntryRow.id == entry_id)
    row = act.session.scalars(statement.with_for_update()).one_or_none()
    if row is None:
        raise Refused("没有这条预录入记录，请刷新", "GONE")
    document = act.catalogue.document(row.document_key)
    act.require(document, "send")
    try:
        return row, document, load(act, document, row.document_id)
    except Refused:
        return row, document, None


def _log(act: Act, row: PreEntryRow, document: DocumentType, action: str, told: str) -> None:
    log_deed(act, action, told, document=document, document_id=row.document_id, number=row.document_no)
