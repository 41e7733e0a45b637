"""参数设置 and 生成报文: what sending asks once, and all that waits to be declared, ticked and made messages."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.findings import Finding, errors_in
from bondesk.base.options import option
from bondesk.base.sender_setting import DECLARE_WAYS, SenderSetting
from bondesk.base.steps import Ask, Choose, Outcome, Preview, Progress, Step, Steps, Table
from bondesk.engine import send_check, sending
from bondesk.engine.act import Act
from bondesk.engine.preferences import prefer, preference

#: The state a document must be in to become a message.
_AUDITED = "AUDITED"


def setting_of(act: Act) -> SenderSetting:
    """Return what sending knows of the operator."""
    return act.catalogue.sender_book.setting(act.facts)


def keep_setting(act: Act, setting: SenderSetting) -> None:
    """Keep the answers of 参数设置: whoever may send may fill what is missing, changing takes the right to edit."""
    act.require_exchange()
    known = setting_of(act)
    if not known.missing and setting != known:
        act.require(act.catalogue.document(act.catalogue.sender_book.document), "edit")
    act.catalogue.sender_book.keep(setting, act)
    act.facts.forget()


def way_of(act: Act, document: DocumentType) -> str:
    """Return how the acting user last sent documents of a kind, 0 暂存 or 1 申报; the company's way before that."""
    return str(preference(act, f"send_way/{document.key}") or setting_of(act).declare_way)


def remember_way(act: Act, document: DocumentType, way: str) -> None:
    """Keep the way the acting user chose; who keeps to the company's follows it when it changes."""
    act.require(document, "send")
    prefer(act, f"send_way/{document.key}", way if way != setting_of(act).declare_way else None)


@dataclass(frozen=True, slots=True)
class Declarable:
    """One audited document that has a message."""

    document_key: str
    title: str
    document_id: int
    number: str
    message: str
    way: str
    audited_at: datetime | None


def declarable(act: Act) -> list[Declarable]:
    """Return what waits to be declared, of every kind the user may send, in menu order and order of audit."""
    return [one for document in _sendable(act) for one in _waiting(act, document)]


def _sendable(act: Act) -> Iterator[DocumentType]:
    for document in act.catalogue.documents:
        if document.message is not None and document.flow.move("send") and act.identity.may(document.key, "send"):
            yield document


def _waiting(act: Act, document: DocumentType) -> Iterator[Declarable]:
    assert document.message is not None
    header, way = document.header, way_of(act, document)
    mine = select(header).filter_by(company_id=act.company_id, state=_AUDITED, **document.variant)
    for found in act.session.scalars(mine.order_by(header.audited_at, header.id)):
        message = f"{document.message.code} {document.message.title}"
        number = document.number_of(found)
        yield Declarable(document.key, document.title, found.id, number, message, way, found.audited_at)


@dataclass(frozen=True, slots=True)
class Forced:
    """Why messages are sent in spite of what the check found."""

    reason: str = option("强制发送的原因", "", help="必填，记入日志")


def generation_steps(act: Act, marked: Collection[tuple[str, int]] | None = None) -> Steps:
    """生成报文: ask 参数设置 when it is not complete, let documents be ticked, order all or none of them.

    ``marked`` are the (kind, id) ticked to begin with; None = all that wait.
    """
    act.require_exchange()
    known = setting_of(act)
    if known.missing:
        keep_setting(act, (yield Ask("setting", "参数设置（只问一次，以后在「企业基本信息」中修改）", known)))
    waiting = declarable(act)
    if not waiting:
        return Outcome("没有可以申报的单据：单据须先审核")
    keys = tuple((one.document_key, one.document_id) for one in waiting)
    ways = dict(DECLARE_WAYS)
    rows = tuple((one.title, one.number, one.message, ways[one.way], one.audited_at) for one in waiting)
    table = Table("生成报文", ("单据", "编号", "报文", "申报方式", "审核时间"), rows)
    proposed = keys if marked is None else tuple(key for key in keys if key in marked)
    chosen = set((yield Choose("documents", table, keys, proposed)))
    picked = [one for one in waiting if (one.document_key, one.document_id) in chosen]
    reason = yield from _checked(act, picked)
    for done, one in enumerate(picked):
        yield Progress(done, len(picked), f"{one.title} {one.number}")
        document = act.catalogue.document(one.document_key)
        sending.order(act, document, [one.document_id], reason if document.forcible else "", one.way)
    changed: dict[str, list[int]] = {}
    for one in picked:
        changed.setdefault(one.document_key, []).append(one.document_id)
    made = tuple(row for row, key in zip(rows, keys, strict=True) if key in chosen)
    return Outcome(f"已生成报文 {len(picked)} 份，放入发件箱", changed, tables=(replace(table, rows=made),))


def _checked(act: Act, picked: Sequence[Declarable]) -> Generator[Step, Any, str]:
    """Show what the check before sending found; return the reason for sending all the same."""
    found: list[Finding] = []
    for one in picked:
        found += send_check.questions(act, act.catalogue.document(one.document_key), [one.document_id])
    if not found:
        return ""
    if not (yield Preview("found", "发送前的检查有下列问题", (), tuple(found))):
        raise Refused("没有生成报文", "SEND-03")
    if not errors_in(found):
        return ""
    forced = yield Ask("reason", "强制发送", Forced())
    if not forced.reason.strip():
        raise Refused("强制发送必须填写原因", "SEND-03")
    return str(forced.reason)
