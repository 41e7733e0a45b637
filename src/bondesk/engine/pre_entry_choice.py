"""What can be pre-entered (数据预录入): kinds, documents that are ready, why others are not, what went up before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bondesk.base.catalogue import Catalogue
from bondesk.base.documents import DocumentType
from bondesk.base.errors import OutsideFailure, Refused, WrongCall
from bondesk.base.flow import PRE_ENTERED
from bondesk.base.identity import Identity
from bondesk.engine.act import Act
from bondesk.engine.engine import Engine
from bondesk.engine.pre_entry_book import STATES, former
from bondesk.engine.pre_entry_port import PreEntryWay
from bondesk.engine.tables import Outbox, PreEntryRow

#: Documents of one kind that are not ready are listed up to this many, the newest first.
_UNREADY = 200
#: A document and its kind.
Chosen = tuple[str, int]


@dataclass(frozen=True, slots=True)
class PreEntryKind:
    """A kind of documents that can be pre-entered; ``freely`` at any time, else while the interface is down."""

    key: str
    title: str
    freely: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """One document of a kind: why it cannot be uploaded now ("" = it can), and what happened to it before."""

    document_key: str
    title: str
    document_id: int
    number: str
    state: str
    why_not: str
    before: str


def kinds(catalogue: Catalogue, identity: Identity) -> tuple[PreEntryKind, ...]:
    """Return the kinds a user may see and send to customs, those without a standard message first."""
    found = [
        PreEntryKind(one.key, one.title, one.typed_in or one.message is None)
        for one in catalogue.documents
        if one.flow.move("send") is not None and all(identity.may(one.key, right) for right in ("view", "send"))
    ]
    return tuple(sorted(found, key=lambda one: not one.freely))


def require_any(catalogue: Catalogue, identity: Identity) -> None:
    """Refuse (ACCESS-01) who may send no document at all."""
    if not kinds(catalogue, identity):
        raise Refused(f"用户 {identity.name} 没有上传单据的权限", "ACCESS-01")


def way_of(engine: Engine, key: str) -> PreEntryWay:
    """Return a place that can be chosen; :class:`WrongCall` lists what there is."""
    for way in engine.pre_entries:
        if way.key == key:
            return way
    raise WrongCall(f"没有预录入方式 {key}；可用：{'、'.join(way.key for way in engine.pre_entries) or '无'}")


def interface_trouble(engine: Engine) -> str:
    """Say what is wrong with the way messages go, as far as this computer sees; "" = nothing."""
    if engine.gateway is None or not engine.has_gateway:
        return "本机没有设置单一窗口客户端的目录"
    try:
        problems: Sequence[str] = engine.gateway.arrivals().problems
    except OutsideFailure as problem:
        return str(problem)
    if problems:
        return problems[0]
    with engine.store.session() as session:
        waiting = select(Outbox.problem).where(
            Outbox.company_id == engine.company_id, Outbox.state == "ready", Outbox.problem != ""
        )
        return session.scalars(waiting.limit(1)).first() or ""


def candidates(act: Act, wanted: Iterable[str]) -> list[Candidate]:
    """Return the documents of the kinds ``wanted`` that are audited, then those that are not ready yet, with why."""
    chosen = set(wanted)
    granted = [one for one in kinds(act.catalogue, act.identity) if one.key in chosen]
    found = [one for kind in granted for one in _of_kind(act, act.catalogue.document(kind.key))]
    return sorted(found, key=lambda one: bool(one.why_not))


def _of_kind(act: Act, document: DocumentType) -> Iterator[Candidate]:
    header = document.header
    mine = select(header).filter_by(company_id=act.company_id, **document.variant)
    rows = list(act.session.scalars(mine.where(header.state == "AUDITED").order_by(header.audited_at, header.id)))
    audit = document.flow.move("audit")
    waiting = [*(audit.sources if audit is not None else ()), "SENDING"]
    unready = mine.where(header.state.in_(waiting)).order_by(header.id.desc()).limit(_UNREADY)
    rows += act.session.scalars(unready)
    before = former(act, document.key, [row.id for row in rows])
    for row in rows:
        told = before.get(row.id)
        state = document.flow.state(row.state).title
        number, why = document.number_of(row), why_not(document, row)
        yield Candidate(document.key, document.title, row.id, number, state, why, told_of(told) if told else "")


def why_not(document: DocumentType, header: Any) -> str:
    """Return why a document in its state cannot be pre-entered, "" when it can."""
    if header.state in ("AUDITED", PRE_ENTERED):
        return ""
    if header.state == "SENDING":
        return "报文已在发件箱等待交出，不能同时预录入"
    title = document.flow.state(header.state).title
    return f"状态为「{title}」：检查没有通过或还没有审核，请先审核"


def told_of(row: PreEntryRow) -> str:
    """Say of an upload what became of it, when and by whom."""
    number = f" {row.number}" if row.number else ""
    return f"{STATES[row.state][0]}{number}（{row.created_at:%Y-%m-%d %H:%M} {row.user_name}）"


def earlier(act: Act, chosen: Sequence[Chosen]) -> list[str]:
    """Return, a sentence each, what of ``chosen`` may have arrived before: who orders it again is asked first."""
    found = []
    for key, ids in by_kind(chosen).items():
        document = act.catalogue.document(key)
        for document_id, row in former(act, key, ids).items():
            if document_id in ids:
                found.append(f"{document.title} {row.document_no}：{told_of(row)}")
    return found


def by_kind(chosen: Sequence[Chosen]) -> dict[str, list[int]]:
    """Return the ids chosen of each kind."""
    found: dict[str, list[int]] = {}
    for key, document_id in chosen:
        found.setdefault(key, []).append(document_id)
    return found
