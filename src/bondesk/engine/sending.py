"""The outbox: state and message in one transaction, then staged, then one rename, then marked.

A crash at any point leaves the row in a state from which the next run knows what happened: ``ready``
means nothing was handed over; ``releasing`` with the staged file present means the rename has not
happened; ``releasing`` without it means it has, when the client's folders show the file; otherwise the
outcome is unknown and nothing is resent by itself.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm.attributes import flag_modified

from bondesk.base.documents import DocumentType
from bondesk.base.errors import OutsideFailure, Refused
from bondesk.base.findings import Finding, errors_in
from bondesk.base.identity import Identity
from bondesk.base.messages import Message, MessageFacts
from bondesk.engine import message_signing
from bondesk.engine.act import Act
from bondesk.engine.composing import compose
from bondesk.engine.engine import Engine
from bondesk.engine.formal_copies import require_unpaired
from bondesk.engine.history import log_deed
from bondesk.engine.message_now import element_corrections, message_facts
from bondesk.engine.outbox_unknown import newly_unknown
from bondesk.engine.ports import Composed, Gateway
from bondesk.engine.records import load, load_numbered
from bondesk.engine.send_check import named, standing
from bondesk.engine.tables import Outbox

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How many messages went into the client's folders, what kept the others, and how many wait for a signature."""

    handed: int
    problems: tuple[str, ...]
    unsigned: int = 0


def audited(act: Act, document: DocumentType, numbers: Sequence[str] = ()) -> list[int]:
    """Return the ids of the named documents, or of all that wait audited."""
    act.require(document, "send")
    if numbers:
        return [load_numbered(act, document, number).id for number in numbers]
    header = document.header
    mine = select(header.id).filter_by(company_id=act.company_id, **document.variant)
    statement = mine.where(header.state == "AUDITED")
    return list(act.session.scalars(statement.order_by(header.id)))


def order(act: Act, document: DocumentType, ids: Sequence[int], force: str = "", way: str = "") -> list[str]:
    """Put audited documents into the outbox and return their numbers; all of them or none.

    ``Refused`` carries every finding of every message: a file customs refuses costs half an hour. ``force`` is the
    reason for sending in spite of what the right 强制发送 may override; it is logged. ``way`` 0 (暂存) or 1 (申报)
    overrides the company's 报文申报方式 this once.
    """
    act.require(document, "send")
    message = document.message
    if message is None:
        raise Refused(f"「{document.title}」没有报文", "SEND-00")
    findings: list[Finding] = []
    numbers = []
    for document_id in ids:
        header = load(act, document, document_id)
        findings.extend(_order_one(act, document, message, header, force.strip(), way))
        numbers.append(document.number_of(header))
    if errors_in(findings):
        raise Refused(findings)
    act.session.flush()
    return numbers


def _order_one(act: Act, document: DocumentType, message: Message, header: Any, force: str, way: str) -> list[Finding]:
    number = document.number_of(header)
    send = document.flow.move("send")
    assert send is not None
    require_unpaired(document, header)
    if header.state not in send.sources:
        raise Refused(f"{number} 状态为「{document.flow.state(header.state).title}」，须先审核才能发送", "FLOW-01")
    facts, papers = message_facts(act, document, header, way)
    found = standing(act, document, header, force)
    composed = compose(message, header, facts, element_corrections(act, message))
    found += [*composed.findings, *papers]
    if errors_in(found):
        return [named(number, finding) for finding in found]
    header.state = send.target
    _enqueue(act, document, message, header, composed, facts)
    return []


def order_again(act: Act, document: DocumentType, header: Any, way: str = "") -> None:
    """Put a document that was handed over into the outbox once more, as it is now, as another revision; the caller
    decides whether it may be. ``way`` as in :func:`order`. ``Refused`` with every finding of its message.
    """
    message, send = document.message, document.flow.move("send")
    assert message is not None
    assert send is not None
    facts, papers = message_facts(act, document, header, way)
    composed = compose(message, header, facts, element_corrections(act, message))
    if errors_in(found := [*composed.findings, *papers]):
        raise Refused([named(document.number_of(header), finding) for finding in found])
    header.state = send.target
    flag_modified(header, "state")  # an unchanged state is a new revision too
    _enqueue(act, document, message, header, composed, facts)


def _enqueue(
    act: Act, document: DocumentType, message: Message, header: Any, composed: Composed, facts: MessageFacts
) -> None:
    number = document.number_of(header)
    message.ordered(header)
    act.session.flush()
    stem = (
        f"{act.now():%Y%m%d%H%M%S}_{message.direction(header)}_{_ascii(number)}_{header.revision}{_kin(act, document)}"
    )
    packed = act.packer.pack(message, composed, facts, stem, number)
    act.session.add(
        Outbox(
            document_key=document.key,
            document_id=header.id,
            document_no=number,
            revision=header.revision,
            message_code=message.code,
            folder=message.folder(header),
            file_name=packed.name,
            content=packed.content,
            sha256=hashlib.sha256(packed.content).hexdigest(),
            user_id=act.user_id,
            created_at=act.now(),
            state="ready",
            problem="",
        )
    )


def _kin(act: Act, document: DocumentType) -> str:
    """Return what tells kinds of one table apart in a file name: a note and its change have one number."""
    kin = [one.key for one in act.catalogue.documents if one.header is document.header and one.message is not None]
    place = kin.index(document.key) if document.key in kin else 0
    return f"-{place}" if place else ""


def _ascii(text: str) -> str:
    return "".join(sign if sign.isascii() and (sign.isalnum() or sign in "_-") else "-" for sign in text)


def hand_over(engine: Engine, identity: Identity) -> HandedOver:
    """Hand every waiting message to the client, each at most once; a folder that is away keeps it ready.

    What the operator's card is to sign and has not is left where it is.
    """
    gateway = engine.known_gateway()
    with engine.acting(identity) as act:
        act.require_exchange()
        mine = select(Outbox.id).where(Outbox.company_id == act.company_id)
        waiting = act.session.scalars(mine.where(Outbox.state.in_(("ready", "releasing"))).order_by(Outbox.id)).all()
    handed, problems = 0, []
    for row_id in waiting:
        try:
            handed += _undisturbed(engine, identity, gateway, row_id)
        except OutsideFailure as problem:
            problems.append(str(problem))
            _keep_problem(engine, identity, row_id, str(problem))
    problems += newly_unknown(engine, identity, frozenset(waiting))
    return HandedOver(handed, tuple(dict.fromkeys(problems)), message_signing.waiting(engine, identity))


def _undisturbed(engine: Engine, identity: Identity, gateway: Gateway, row_id: int) -> int:
    """Hand one message over; when an answer changed its document in the same moment, finish behind that."""
    try:
        return _hand_over_one(engine, identity, gateway, row_id)
    except Refused as problem:
        if all(finding.code != "CONFLICT" for finding in problem.findings):
            raise
        return _hand_over_one(engine, identity, gateway, row_id)


def _hand_over_one(engine: Engine, identity: Identity, gateway: Gateway, row_id: int) -> int:
    with engine.acting(identity) as act:
        row = _outbox(act, row_id)
        if row.state == "releasing":
            return _recover(act, gateway, row)
        if row.state != "ready" or message_signing.needs_signature(act, row) or not _claim(act, row_id):
            return 0
        gateway.stage(row.folder, row.file_name, row.content)
    _release(gateway, row)
    with engine.acting(identity) as act:
        row = _outbox(act, row_id)
        _claim(act, row_id, "unknown", "releasing")  # another process looked while the client had the file in hand
        return _mark_handed(act, row)


def _release(gateway: Gateway, row: Outbox) -> None:
    """Move the staged file into the OutBox; when another process has just done it, that is as good."""
    try:
        gateway.release(row.folder, row.file_name)
    except OutsideFailure:
        if gateway.staged(row.folder, row.file_name) or not gateway.seen(row.folder, _stem(row)):
            raise


def _stem(row: Outbox) -> str:
    return row.file_name.rpartition(".")[0]


def _claim(act: Act, row_id: int, before: str = "ready", after: str = "releasing") -> bool:
    """Take the row for this process: of two that try, the database lets one through."""
    claimed = act.session.scalars(
        update(Outbox)
        .where(Outbox.company_id == act.company_id, Outbox.id == row_id, Outbox.state == before)
        .values(state=after)
        .returning(Outbox.id)
        .execution_options(synchronize_session=False)
    )
    return len(claimed.all()) == 1


def _recover(act: Act, gateway: Gateway, row: Outbox) -> int:
    """Finish what a crash interrupted between "releasing" and "handed"."""
    if gateway.staged(row.folder, row.file_name):
        _release(gateway, row)
    elif not gateway.seen(row.folder, _stem(row)):
        row.state = "unknown"
        row.problem = "交付中断，客户端目录中找不到该文件"
        return 0
    return _mark_handed(act, row)


def _mark_handed(act: Act, row: Outbox) -> int:
    """Mark the row handed and its document sent; 0 when another process has done so."""
    if not _claim(act, row.id, "releasing", "handed"):
        return 0
    row.handed_at, row.problem = act.now(), ""
    document = act.catalogue.document(row.document_key)
    header = load(act, document, row.document_id)
    if header.state == "SENDING":
        header.state = "SENT"
    told = f"报文 {row.file_name} 已交给单一窗口客户端"
    log_deed(act, "交付报文", told, document=document, document_id=row.document_id, number=row.document_no)
    return 1


def _outbox(act: Act, row_id: int) -> Outbox:
    statement = select(Outbox).where(Outbox.company_id == act.company_id, Outbox.id == row_id)
    return act.session.scalars(statement.with_for_update()).one()


def _keep_problem(engine: Engine, identity: Identity, row_id: int, text: str) -> None:
    with engine.acting(identity) as act:
        row = _outbox(act, row_id)
        if row.state != "handed":  # by another process, meanwhile
            row.problem = text[:512]
