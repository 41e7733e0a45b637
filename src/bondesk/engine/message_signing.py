"""本机IC卡签名: waiting messages signed one after the other by the operator's card, proved, and only then released.

Every signature is kept in a transaction of its own the moment it is made, with its row in the operation log. The first
mishap ends a batch: what is not signed stays ready with the reason, and hand-over lets nothing unsigned through.
The password is never kept, logged or told here, and the certificate (it holds the identity number) is not stored.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select, update

from bondesk.base.errors import Refused
from bondesk.base.identity import Identity
from bondesk.base.messages import Message, Sender
from bondesk.engine.act import Act
from bondesk.engine.card_failures import CardFailure, SigningRefused
from bondesk.engine.card_port import CHINA, CardInfo, CardSigner, Expected, Pin, PinStatus, Signature, refuse_unfit
from bondesk.engine.engine import Engine
from bondesk.engine.history import log_deed
from bondesk.engine.ports import CardMarks, ToSign
from bondesk.engine.tables import Outbox

_log = logging.getLogger(__name__)
#: The part of an 18-digit credit code that is the 单位代码 on cards.
_UNIT = slice(8, 17)


@dataclass(frozen=True, slots=True)
class Signed:
    """What a batch came to. ``problems`` are messages left out; ``stopped`` is what ended it for all the rest."""

    total: int
    numbers: tuple[str, ...]
    problems: tuple[str, ...] = ()
    stopped: CardFailure | None = None
    cancelled: bool = False

    @property
    def text(self) -> str:
        """Say how far it came."""
        done = f"共 {self.total} 份，已签名 {len(self.numbers)} 份"
        if self.stopped is not None:
            return f"{done}，其余未签名、未发送：{self.stopped}"
        return f"{done}，其余已按要求停止" if self.cancelled else done


def utc_now() -> datetime:
    """Return the present moment, as certificates count it."""
    return datetime.now(UTC)


def expected_of(sender: Sender, info: CardInfo) -> Expected:
    """Return whose card it must be: 操作员IC卡号 and, where the card states it, the 单位代码 of who declares."""
    credit = sender.declarant_credit
    unit = credit if len(info.company_code) == len(credit) else credit[_UNIT]
    return Expected(sender.ic_card, unit if info.company_code else "")


def unsigned(act: Act) -> list[Outbox]:
    """Return the rows that wait for a signature of this user, oldest first."""
    here = act.catalogue.sender(act.facts).signed_here
    if not here:
        return []
    mine = [document.key for document in act.catalogue.documents if act.identity.may(document.key, "send")]
    statement = select(Outbox).where(
        Outbox.company_id == act.company_id,
        Outbox.state == "ready",
        Outbox.certificate_no == "",
        Outbox.message_code.in_(here),
        Outbox.document_key.in_(mine),
    )
    return list(act.session.scalars(statement.order_by(Outbox.id)))


def needs_signature(act: Act, row: Outbox) -> bool:
    """Tell whether a row must not be handed over yet: 报文签名方式 at this moment counts."""
    return not row.certificate_no and row.message_code in act.catalogue.sender(act.facts).signed_here


def waiting(engine: Engine, identity: Identity) -> int:
    """Return how many messages wait for the user's signature."""
    with engine.acting(identity) as act:
        return len(unsigned(act))


def fitting(engine: Engine, identity: Identity, signer: CardSigner) -> tuple[CardInfo, PinStatus]:
    """Open the card and say whose it is and how many tries are left; a ``CardFailure`` when it may not sign."""
    with engine.acting(identity) as act:
        act.require_exchange()
        sender = act.catalogue.sender(act.facts)
    info = signer.open()
    refuse_unfit(info, expected_of(sender, info), utc_now())
    return info, signer.pin_status()


def verify(engine: Engine, identity: Identity, signer: CardSigner, pin: Pin, *, last_try: bool = False) -> None:
    """Try a password on the card in the reader, when it is that of 参数设置; ``pin`` is wiped.

    The ``CardFailure`` of a wrong one says how many tries are left.
    """
    try:
        fitting(engine, identity, signer)
        signer.verify_pin(pin, last_try=last_try)
    finally:
        pin.wipe()
        signer.close()


def sign_waiting(
    engine: Engine,
    identity: Identity,
    signer: CardSigner,
    pin: Pin,
    *,
    last_try: bool = False,
    tell: Callable[[int, int], None] = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Signed:
    """Sign what waits, on the thread that owns ``signer``; hand-over is the caller's.

    The card must be that of 参数设置 before its password is tried. The password is verified once, ``pin`` wiped and
    the card let go, however it ends.
    """
    batch = _Batch(engine, identity, signer)
    try:
        return batch.run(pin, last_try, tell, cancelled)
    finally:
        pin.wipe()
        signer.close()


@dataclass
class _Batch:
    """One run: the rows, and what became of them."""

    engine: Engine
    identity: Identity
    signer: CardSigner
    numbers: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    ids: Sequence[int] = ()
    ended: int = 0

    def run(self, pin: Pin, last_try: bool, tell: Callable[[int, int], None], cancelled: Callable[[], bool]) -> Signed:
        with self.engine.acting(self.identity) as act:
            act.require_exchange()
            self.ids = [row.id for row in unsigned(act)]
            sender = act.catalogue.sender(act.facts)
        if not self.ids:
            return self._result()
        try:
            info = self.signer.open()
            refuse_unfit(info, expected_of(sender, info), utc_now())
            self.signer.verify_pin(pin, last_try=last_try)
            for row_id in self.ids:
                if cancelled():
                    return self._result(cancelled=True)
                self._one(row_id, info)
                self.ended += 1
                tell(self.ended, len(self.ids))
        except CardFailure as failure:
            _log.warning("signing stopped: %s %s", type(failure).__name__, failure.detail)
            self._stopped(failure)
            return self._result(stopped=failure)
        return self._result()

    def _result(self, *, stopped: CardFailure | None = None, cancelled: bool = False) -> Signed:
        return Signed(len(self.ids), tuple(self.numbers), tuple(self.problems), stopped, cancelled)

    def _one(self, row_id: int, info: CardInfo) -> None:
        """Sign one message; what is wrong with this one alone is kept with it, and the others go on."""
        try:
            self._sign(row_id, info)
        except Refused as refusal:
            with self.engine.acting(self.identity) as act:
                row = _row(act, row_id)
                if row.state == "ready" and not row.certificate_no:
                    row.problem = str(refusal)[:512]
                self.problems.append(f"{row.document_no}：{refusal}")

    def _sign(self, row_id: int, info: CardInfo) -> None:
        with self.engine.acting(self.identity) as act:
            row = _row(act, row_id)
            if row.state != "ready" or row.certificate_no:
                return
            message = _message(act, row)
            before = row.sha256
            if hashlib.sha256(row.content).hexdigest() != before:
                raise Refused("发件箱中的报文被改动过，不能签名；请取消发送后重新生成", "SIGN-04")
            marks = CardMarks(info.card_number, info.certificate_number, info.algorithm, act.now())
            prepared = act.packer.to_sign(message, row.content, marks)
        signature = self.signer.sign(prepared.covered, heal=False)
        with self.engine.acting(self.identity) as act:
            content = self._proved(act, message, prepared, info, signature)
            _keep(act, row_id, before, content, signature)
        self.numbers.append(row.document_no)

    def _proved(self, act: Act, message: Message, prepared: ToSign, info: CardInfo, signature: Signature) -> bytes:
        """Return the message with its signature, read back and verified with the certificate of the card."""
        content = act.packer.with_signature(message, prepared.content, signature.value, info.algorithm)
        covered, value = act.packer.signed(message, content, info.algorithm)
        proves = self.engine.known_card().proves
        if covered != prepared.covered or not proves(info.certificate, info.algorithm, covered, value):
            raise SigningRefused("the signature in the message does not fit the certificate")
        return content

    def _stopped(self, failure: CardFailure) -> None:
        """Keep the reason with everything that is not signed, and one word of it in the log."""
        with self.engine.acting(self.identity) as act:
            left = [row for row in unsigned(act) if row.id in set(self.ids)]
            for row in left:
                row.problem = f"未签名：{failure}"[:512]
            if left:
                told = f"本机签名中止，已签名 {len(self.numbers)} 份，未签名 {len(left)} 份：{failure}"
                log_deed(act, "签名中止", told, module="单一窗口", number=left[0].document_no)


def _row(act: Act, row_id: int) -> Outbox:
    statement = select(Outbox).where(Outbox.company_id == act.company_id, Outbox.id == row_id)
    return act.session.scalars(statement.with_for_update()).one()


def _message(act: Act, row: Outbox) -> Message:
    message = act.catalogue.document(row.document_key).message
    if message is None or not message.signable:
        raise Refused(f"报文 {row.message_code} 没有签名的位置，请改为由客户端签名", "SIGN-02")
    return message


def _keep(act: Act, row_id: int, before: str, content: bytes, signature: Signature) -> None:
    """Put the signed content in place of exactly what was signed; else somebody was quicker, and theirs stands."""
    kept = act.session.scalars(
        update(Outbox)
        .where(
            Outbox.company_id == act.company_id,
            Outbox.id == row_id,
            Outbox.state == "ready",
            Outbox.certificate_no == "",
            Outbox.sha256 == before,
        )
        .values(
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            certificate_no=signature.certificate_number,
            problem="",
        )
        .returning(Outbox.id)
        .execution_options(synchronize_session=False)
    ).all()
    if len(kept) != 1:
        raise Refused("报文已由别的电脑签名或交付", "SIGN-05")
    row = _row(act, row_id)
    at = signature.at.astimezone(CHINA)
    told = {
        "操作员": act.identity.name,
        "IC卡号": signature.card_number,
        "证书号": signature.certificate_number,
        "算法": signature.algorithm,
        "内容SHA-256": signature.content_sha256,
        "时间": f"{at:%Y-%m-%d %H:%M:%S}",
    }
    summary = f"IC卡 {signature.card_number}、证书 {signature.certificate_number} 以 {signature.algorithm} 签名"
    document = act.catalogue.document(row.document_key)
    summary += f"，内容 SHA-256 {signature.content_sha256}"
    number, document_id = row.document_no, row.document_id
    log_deed(act, "签名报文", summary, document=document, document_id=document_id, number=number, after=told)
