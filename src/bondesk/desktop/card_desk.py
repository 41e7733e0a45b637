"""The operator's IC card in a signed-in window: watched off the UI thread, its password kept only as long as allowed,
waiting messages signed with it and handed over.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from bondesk.base.findings import error
from bondesk.desktop.context import DeskContext
from bondesk.desktop.findings_view import FindingsDialog
from bondesk.desktop.form_work import off_thread
from bondesk.desktop.jobs import Job, jobs_of, sentence_of
from bondesk.engine import message_signing, sending
from bondesk.engine.card_failures import CardFailure, CertificateExpired
from bondesk.engine.card_port import CardInfo, CardSigner, Pin
from bondesk.engine.card_worker import CardState, CardWorker
from bondesk.engine.engine import NO_CARD_PORT
from bondesk.engine.message_signing import Signed
from bondesk.engine.sending import HandedOver

_log = logging.getLogger(__name__)
#: Key in the context's extras under which the desk lies.
CARD = "card"
#: A kept password is forgotten when it was not used for so long.
KEPT_FOR = timedelta(minutes=30)
_TITLE = "本机IC卡签名"
T = TypeVar("T")


def desk_of(context: DeskContext) -> CardDesk | None:
    """Return the card of the window a page belongs to; None where there is none."""
    desk: CardDesk | None = context.extras.get(CARD)
    return desk


def offer_signing(context: DeskContext, handed: HandedOver | None) -> None:
    """Ask for the password when messages were left behind because they want a signature."""
    desk = desk_of(context)
    if desk is not None and handed is not None and handed.unsigned:
        desk.sign_waiting()


class CardDesk(QObject):
    """Watches the card; ``changed`` tells every new state on the UI thread. ``close`` before the window goes."""

    changed = Signal(object)
    _seen = Signal(object)
    _answered = Signal(object)
    _counted = Signal(int, int)

    def __init__(self, context: DeskContext, window: QWidget) -> None:
        """Begin watching when the program can read cards."""
        super().__init__(window)
        self._context, self._window = context, window
        self.state: CardState | None = None
        self._pin: Pin | None = None
        self._warned = ""
        self._job: Job | None = None
        self._stop = self._asking = False
        self._forget = QTimer(self)
        self._forget.setSingleShot(True)
        self._forget.setInterval(int(KEPT_FOR / timedelta(milliseconds=1)))
        self._forget.timeout.connect(self.forget)
        self._seen.connect(self._shown)
        self._answered.connect(lambda react: react())
        self._counted.connect(self._progress)
        card = context.engine.card
        self.worker = CardWorker(card.signer, self._seen.emit) if card is not None else None
        if self.worker is not None:
            self.worker.start()

    def close(self) -> None:
        """Forget the password and stop watching; a batch stops after the message at hand."""
        self._stop = True
        self.forget()
        if self.worker is not None:
            self.worker.stop()

    # ---- the password ----

    @property
    def remembers(self) -> bool:
        """Tell whether a password is kept."""
        return self._pin is not None

    def remember(self, pin: Pin) -> None:
        """Keep a verified password until sign-out, the card is pulled or locked, or half an hour without use."""
        self.forget()
        self._pin = pin
        self._forget.start()

    def forget(self) -> None:
        """Overwrite the kept password."""
        self._forget.stop()
        if self._pin is not None:
            self._pin.wipe()
            self._pin = None

    # ---- the card ----

    def ask(
        self, work: Callable[[CardSigner], T], done: Callable[[T], object], failed: Callable[[Exception], object]
    ) -> None:
        """Run ``work`` on the card's thread; answer on the UI thread."""
        assert self.worker is not None

        def ended(future: Future[T]) -> None:
            try:
                answer = future.result()
            except CancelledError:
                return
            except Exception as problem:
                if not isinstance(problem, CardFailure):
                    _log.info("card work failed", exc_info=problem)
                self._answered.emit(partial(failed, problem))
            else:
                self._answered.emit(partial(done, answer))

        self.worker.ask(work).add_done_callback(ended)

    def look_again(self, done: Callable[[], object]) -> None:
        """Read readers and card anew."""
        if self.worker is not None:
            self.ask(lambda _signer: None, lambda _nothing: done(), lambda _problem: done())

    def verify(self, pin: Pin, last_try: bool, done: Callable[[], object], failed: Callable[[Exception], None]) -> None:
        """Try a password."""
        engine, identity = self._context.engine, self._context.identity
        self.ask(
            lambda signer: message_signing.verify(engine, identity, signer, pin, last_try=last_try),
            lambda _nothing: done(),
            failed,
        )

    def _shown(self, state: CardState) -> None:
        before, self.state = self.state, state
        if self._pin is not None and (not _same(before, state) or (state.pin is not None and state.pin.blocked)):
            self.forget()
        if state.info is not None:
            self._warn(state.info)
        self.changed.emit(state)

    def _warn(self, info: CardInfo) -> None:
        """Say once a session that a certificate ends or has ended."""
        at = message_signing.utc_now()
        text = info.warning(at) or (str(CertificateExpired()) if at > info.not_after else "")
        if text and self._warned != info.certificate_number:
            self._warned = info.certificate_number
            jobs_of(self._context).tell(text, "warn" if info.warning(at) else "bad", self.show)

    def say(self, text: str) -> None:
        """Put a sentence into the status bar."""
        self._context.show_message(text)

    # ---- dialogs ----

    def show(self) -> None:
        """Open what is known of the card."""
        from bondesk.desktop.card_dialog import CardDialog

        CardDialog(self._context, self, self._window).open()

    def why_not(self) -> str:
        """Say why nothing can be signed now."""
        return "正在签名" if self._job is not None else ""

    def sign_waiting(self) -> None:
        """Sign what waits; ask for the password first unless it is kept."""
        if self._job is not None or self._asking:
            return
        if self.worker is None:
            FindingsDialog(_TITLE, "报文等待本机签名，没有交出。", [error("SIGN", NO_CARD_PORT)], self._window).open()
            return
        engine, identity = self._context.engine, self._context.identity
        off_thread(
            self._context, self, lambda: message_signing.waiting(engine, identity), self._with_count, self._not_signed
        )

    def _with_count(self, count: int) -> None:
        if not count:
            self._context.show_message("没有等待本机签名的报文")
        elif self._pin is not None:
            self._forget.start()
            self._sign(self._pin.copied(), False)
        else:
            from bondesk.desktop.pin_dialog import PinDialog

            dialog = PinDialog(self, f"为 {count} 份报文签名", self._window)
            dialog.entered.connect(self._entered)
            dialog.finished.connect(self._asked)
            self._asking = True
            dialog.open()

    def _asked(self, _result: int) -> None:
        self._asking = False

    def _entered(self, pin: Pin, remember: bool) -> None:
        if remember:
            self.remember(pin.copied())
        self._sign(pin, False)

    def _sign(self, pin: Pin, last_try: bool) -> None:
        engine, identity = self._context.engine, self._context.identity
        self._stop = False
        self._job = jobs_of(self._context).begin(_TITLE, self._cancel)
        self._context.show_message(f"{_TITLE}…")

        def work(signer: CardSigner) -> Signed:
            stop: Callable[[], bool] = lambda: self._stop  # noqa: E731 - read on the card's thread
            return message_signing.sign_waiting(
                engine, identity, signer, pin, last_try=last_try, tell=self._counted.emit, cancelled=stop
            )

        self.ask(work, self._signed, self._not_signed)

    def _cancel(self) -> None:
        self._stop = True

    def _progress(self, done: int, total: int) -> None:
        if self._job is not None:
            self._job.progress(done, total, f"已签名 {done}/{total}")

    def _signed(self, signed: Signed) -> None:
        if signed.stopped is not None:
            self.forget()
        engine, identity = self._context.engine, self._context.identity
        if not signed.numbers or not engine.has_gateway:
            self._ended(signed, None)
            return
        off_thread(
            self._context,
            self,
            lambda: sending.hand_over(engine, identity),
            lambda handed: self._ended(signed, handed),
            self._not_signed,
        )

    def _ended(self, signed: Signed, handed: HandedOver | None) -> None:
        text = signed.text.replace("：" + str(signed.stopped), "") if signed.stopped else signed.text
        if handed is not None:
            text += f"；已交给单一窗口客户端 {handed.handed} 份报文"
        problems = [*signed.problems, *(handed.problems if handed else ())]
        if signed.stopped is not None:
            problems.insert(0, str(signed.stopped))
        job, self._job = self._job, None
        if job is not None:
            state = "refused" if problems else ("cancelled" if signed.cancelled else "done")
            job.turn(state, text if not problems else f"{text}；{problems[0]}")
        self._context.show_message(text)
        if problems:
            left = handed is None or handed.unsigned
            text += "。未签名的仍在发件箱中，处理后用「签名待发报文」继续：" if left else "："
            FindingsDialog(_TITLE, text, [error("SIGN", one) for one in problems], self._window).open()
        for document in self._context.engine.catalogue.documents:
            if document.message is not None:
                self._context.changed(document.key)

    def _not_signed(self, problem: Exception) -> None:
        job, self._job = self._job, None
        self.forget()
        text = sentence_of(problem)
        if job is not None:
            job.turn("refused", text)
        FindingsDialog(_TITLE, "签名没有完成。", [error("SIGN", text)], self._window).open()


def _same(before: CardState | None, after: CardState) -> bool:
    """Tell whether the same card has been in all the time."""
    if before is None or before.info is None or after.info is None:
        return False
    return _insertions(before) == _insertions(after) and before.info.certificate == after.info.certificate


def _insertions(state: CardState) -> Any:
    return [(one.reader, one.insertion) for one in state.slots]
