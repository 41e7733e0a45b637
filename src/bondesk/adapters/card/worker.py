"""The thread that owns the card: watches the readers, runs what others ask for, and outlives every failure.

It knows no screen: whoever shows the state is called from this thread and must hand over to its own.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from bondesk.engine.card_failures import CardFailure, CardRemoved, ProtocolError
from bondesk.engine.card_port import CardInfo, CardSigner, Pin, Signature, Slot

log = logging.getLogger(__name__)

INTERVAL = timedelta(seconds=1)
#: A command the card never answers must not keep the program from ending.
STOP_WITHIN = timedelta(seconds=10)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CardState:
    """What is known of the readers now: the slots, or why they cannot be seen; ``info`` of the card we hold."""

    slots: tuple[Slot, ...] = ()
    failure: CardFailure | None = None
    info: CardInfo | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What a batch came to: the signatures in the order of the contents, and what stopped it, if anything."""

    total: int
    signatures: tuple[Signature, ...]
    stopped: CardFailure | None = None
    cancelled: bool = False

    @property
    def text(self) -> str:
        """Say how far it came."""
        done = f"共 {self.total} 份，已签名 {len(self.signatures)} 份"
        if self.stopped is not None:
            return f"{done}，其余未签名、未发送：{self.stopped}"
        return f"{done}，其余已按要求停止" if self.cancelled else done


def sign_batch(
    signer: CardSigner,
    contents: Sequence[bytes],
    pin: Pin,
    *,
    reader: str = "",
    last_try: bool = False,
    tell: Callable[[int, int], None] = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Batch:
    """Open the card, verify once, sign one after the other; the first failure ends it, nothing is tried again.

    Card and password are let go at the end, however it ends; ``pin`` is wiped.
    """
    signatures: list[Signature] = []
    total = len(contents)
    try:
        signer.open(reader)
        signer.verify_pin(pin, last_try=last_try)
        for content in contents:
            if cancelled():
                return Batch(total, tuple(signatures), cancelled=True)
            signatures.append(signer.sign(content, heal=False))
            tell(len(signatures), total)
    except CardFailure as failure:
        log.warning("batch stopped: %s %s", type(failure).__name__, failure.detail)
        return Batch(total, tuple(signatures), failure)
    finally:
        pin.wipe()
        signer.close()
    return Batch(total, tuple(signatures))


class CardWorker:
    """One thread, one signer. ``on_state`` is called from the thread whenever the state has changed."""

    def __init__(
        self,
        signer: CardSigner,
        on_state: Callable[[CardState], None] = lambda _state: None,
        interval: timedelta = INTERVAL,
    ) -> None:
        """Prepare; ``start`` begins."""
        self._signer, self._on_state, self._interval = signer, on_state, interval.total_seconds()
        self._asked: queue.SimpleQueue[tuple[Callable[[CardSigner], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="ic-card", daemon=True)
        self._state: CardState | None = None
        self._info: CardInfo | None = None
        self._insertion: Slot | None = None
        self._stopped = False

    @property
    def state(self) -> CardState:
        """Return what was last seen."""
        return self._state or CardState()

    def start(self) -> None:
        """Begin watching."""
        self._thread.start()

    def stop(self) -> None:
        """End after the work at hand; the card is let go. What still waits is cancelled."""
        self._stopped = True
        self._asked.put(None)
        if self._thread.is_alive():
            self._thread.join(STOP_WITHIN.total_seconds())

    def ask(self, work: Callable[[CardSigner], T]) -> Future[T]:
        """Run ``work`` on the card's thread."""
        future: Future[T] = Future()
        self._asked.put((work, future))
        return future

    def open(self, reader: str = "") -> Future[CardInfo]:
        """Take the card and say whose it is."""
        return self.ask(lambda signer: self._opened(signer, reader))

    def sign_all(
        self,
        contents: Sequence[bytes],
        pin: Pin,
        *,
        reader: str = "",
        last_try: bool = False,
        tell: Callable[[int, int], None] = lambda _done, _total: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Future[Batch]:
        """Run ``sign_batch`` on the card's thread."""

        def work(signer: CardSigner) -> Batch:
            self._info = self._insertion = None
            return sign_batch(signer, contents, pin, reader=reader, last_try=last_try, tell=tell, cancelled=cancelled)

        return self.ask(work)

    def _opened(self, signer: CardSigner, reader: str) -> CardInfo:
        self._info = self._insertion = None
        info = signer.open(reader)
        self._insertion = next((slot for slot in signer.slots() if slot.reader == info.reader), None)
        self._info = info
        return info

    def _run(self) -> None:
        while not self._stopped:
            self._look()
            try:
                asked = self._asked.get(timeout=self._interval)
            except queue.Empty:
                continue
            if asked is not None:
                _answer(self._signer, *asked)
        while not self._asked.empty():
            if (left := self._asked.get()) is not None:
                left[1].cancel()
        self._signer.close()

    def _look(self) -> None:
        """See what is in the readers; whatever goes wrong is a state, never the end of the thread."""
        try:
            slots = self._signer.slots()
            self._drop_what_is_gone(slots)
            self._show(CardState(slots, info=self._info))
        except CardFailure as failure:
            self._drop()
            self._show(CardState(failure=failure))
        except Exception:
            log.exception("looking at the readers")
            self._drop()
            self._show(CardState(failure=ProtocolError("looking at the readers")))

    def _drop_what_is_gone(self, slots: tuple[Slot, ...]) -> None:
        if self._info is None or self._insertion is None:
            return
        now = next((slot for slot in slots if slot.reader == self._info.reader), None)
        if now is None or not now.present or now.insertion != self._insertion.insertion:
            log.info("card gone: %s", CardRemoved.sentence)
            self._drop()

    def _drop(self) -> None:
        if self._info is not None:
            self._info = self._insertion = None
            self._signer.close()

    def _show(self, state: CardState) -> None:
        before = self._state
        self._state = state
        if before is not None and _looks(before) == _looks(state):
            return
        try:
            self._on_state(state)
        except Exception:
            log.exception("showing the state of the card")


def _looks(state: CardState) -> tuple[object, ...]:
    return state.slots, state.info, type(state.failure)


def _answer(signer: CardSigner, work: Callable[[CardSigner], Any], future: Future[Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(work(signer))
    except BaseException as error:
        future.set_exception(error)
