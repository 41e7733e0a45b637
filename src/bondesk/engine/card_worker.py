"""The thread that owns the card: watches the readers, says whose card is in them, runs what others ask for, and
outlives every failure.

It knows no screen: whoever shows the state is called from this thread and must hand over to its own.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from bondesk.engine.card_failures import CardFailure, NoCard, ProtocolError
from bondesk.engine.card_port import CardInfo, CardSigner, Clock, PinStatus, Slot

log = logging.getLogger(__name__)

INTERVAL = timedelta(seconds=1)
#: A command the card never answers must not keep the program from ending.
STOP_WITHIN = timedelta(seconds=3)
#: How long a service that does not tell when a card is put in is left alone before it is asked again.
ASK_AGAIN = timedelta(seconds=20)

T = TypeVar("T")
#: What tells one filling of the readers from another.
_Filling = tuple[tuple[str, int, bytes], ...]


@dataclass(frozen=True, slots=True)
class CardState:
    """What is known of the readers now: the slots, or why they or the card in them cannot be read (``failure``).

    ``info`` and ``pin`` are those of the card that is in; None when there is none or it cannot be read.
    """

    slots: tuple[Slot, ...] = ()
    failure: CardFailure | None = None
    info: CardInfo | None = None
    pin: PinStatus | None = None

    @property
    def present(self) -> bool:
        """Tell whether a card is in some reader."""
        return self.info is not None or any(slot.present for slot in self.slots)


class CardWorker:
    """One thread, one signer. ``on_state`` is called from the thread whenever the state has changed.

    ``make`` gives the signer; it is called in the thread, for what it imports takes a while. A card that was put in
    is read once (nothing but SELECT and reading: no try of its password is used) and let go again.
    """

    def __init__(
        self,
        make: Callable[[], CardSigner],
        on_state: Callable[[CardState], None] = lambda _state: None,
        interval: timedelta = INTERVAL,
        clock: Clock = lambda: datetime.now(UTC),
    ) -> None:
        """Prepare; ``start`` begins."""
        self._clock = clock
        self._make, self._on_state, self._interval = make, on_state, interval.total_seconds()
        self._asked: queue.SimpleQueue[tuple[Callable[[CardSigner], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="ic-card", daemon=True)
        self._signer: CardSigner | None = None
        self._state: CardState | None = None
        self._read: _Filling | None = None
        self._read_at = datetime.min.replace(tzinfo=UTC)
        self._known = CardState()
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
        """Run ``work`` on the card's thread, then let the card go and read it anew: its tries may have changed."""
        future: Future[T] = Future()
        self._asked.put((work, future))
        return future

    def look_again(self) -> Future[CardState]:
        """Read readers and card anew, now."""
        return self.ask(lambda signer: self._seen(signer, anew=True))

    def _run(self) -> None:
        while not self._stopped:
            self._look()
            try:
                asked = self._asked.get(timeout=self._interval)
            except queue.Empty:
                continue
            if asked is not None:
                self._answer(*asked)
        while not self._asked.empty():
            if (left := self._asked.get()) is not None:
                left[1].cancel()
        if self._signer is not None:
            self._signer.close()

    def _made(self) -> CardSigner:
        if self._signer is None:
            self._signer = self._make()
        return self._signer

    def _look(self) -> None:
        """See what is in the readers; whatever goes wrong is a state, never the end of the thread."""
        try:
            self._show(self._seen(self._made()))
        except CardFailure as failure:
            self._read = None
            self._show(CardState(failure=failure))
        except Exception:
            log.exception("looking at the readers")
            self._read = None
            self._show(CardState(failure=ProtocolError("looking at the readers")))

    def _seen(self, signer: CardSigner, *, anew: bool = False) -> CardState:
        slots = signer.slots()
        filling = tuple((one.reader, one.insertion, one.atr) for one in slots if one.present or one.asked)
        silent = self._known.info is None and any(one.asked for one in slots)
        if anew or filling != self._read or (silent and abs(self._clock() - self._read_at) >= ASK_AGAIN):
            self._known = _card_in(signer) if filling else CardState()
            self._read, self._read_at = filling, self._clock()
        return CardState(slots, self._known.failure, self._known.info, self._known.pin)

    def _show(self, state: CardState) -> None:
        before = self._state
        self._state = state
        if before is not None and _looks(before) == _looks(state):
            return
        try:
            self._on_state(state)
        except Exception:
            log.exception("showing the state of the card")

    def _answer(self, work: Callable[[CardSigner], Any], future: Future[Any]) -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(work(self._made()))
        except BaseException as error:
            future.set_exception(error)
        finally:
            self._read = None
            if self._signer is not None:
                self._signer.close()


def _card_in(signer: CardSigner) -> CardState:
    """Say whose card is in, and let it go."""
    try:
        return CardState(info=signer.open(), pin=signer.pin_status())
    except NoCard:
        return CardState()
    except CardFailure as failure:
        log.info("reading the card: %s %s", type(failure).__name__, failure.detail)
        return CardState(failure=failure)
    finally:
        signer.close()


def _looks(state: CardState) -> tuple[object, ...]:
    return state.slots, state.info, state.pin, str(state.failure or "")
