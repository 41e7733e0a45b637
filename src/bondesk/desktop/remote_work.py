"""Work at a place outside, off the UI thread: one at a time, with progress, stopped at the next step, login by card.

It does not wait on the lane: an hour of downloading must not keep the lists from reading.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from PySide6.QtCore import QObject, Signal

from bondesk.base.steps import Cancelled
from bondesk.desktop.background import Background, while_alive
from bondesk.desktop.context import DeskContext
from bondesk.desktop.jobs import Job, jobs_of
from bondesk.desktop.wording import is_fault, said
from bondesk.engine.download_port import ChallengeSigner


class Way(Protocol):
    """A place as it can be chosen."""

    @property
    def title(self) -> str:
        """Return what it is called."""

    @property
    def needs_card(self) -> bool:
        """Tell whether the card has to answer its challenge."""


class Place(Protocol):
    """A place that was opened."""

    def sign_in(self, challenge_signer: ChallengeSigner | None) -> None:
        """Let the card answer the challenge."""


@runtime_checkable
class Counted(Protocol):
    """An answer that says how much came to what."""

    @property
    def counts(self) -> str:
        """Say it."""


class RemoteWork(QObject):
    """``progressed`` (text, done, total) while it runs, ``failed`` a sentence with a tone.

    ``login_wanted`` (way, what gets the answer to a challenge) asks who shows the page for the card.
    """

    progressed = Signal(str, int, int)
    failed = Signal(str, str)
    login_wanted = Signal(object, object)
    busy_changed = Signal()

    def __init__(self, context: DeskContext, fault: str, parent: QObject) -> None:
        """Work for the user of ``context``; ``fault`` is said when the program is to blame."""
        super().__init__(parent)
        self._context, self._fault, self._background = context, fault, Background()
        self._busy = self._stopped = self._signed_in = False
        self._known: tuple[object, Any] | None = None
        self._job: Job | None = None
        self.progressed.connect(self._show)

    @property
    def busy(self) -> bool:
        """Tell whether something runs."""
        return self._busy

    def stop(self) -> None:
        """Stop at the next step."""
        self._stopped = True

    def close(self) -> None:
        """End the thread; nothing may be running."""
        self._background.close()

    def with_login(self, way: Way, name: object, make: Callable[[], Place], then: Callable[[], None]) -> None:
        """Ask for the card first where the place called ``name`` wants it and the login does not hold."""
        if self._known is None or self._known[0] != name:
            self._signed_in = False
        if not way.needs_card or self._signed_in:
            then()
            return
        self.login_wanted.emit(way, lambda answer: self._sign_in(name, make, answer, then))

    def _sign_in(
        self, name: object, make: Callable[[], Place], answer: ChallengeSigner, then: Callable[[], None]
    ) -> None:
        def job() -> None:
            self.opened(name, make).sign_in(answer)

        def done(_nothing: object) -> None:
            self._signed_in = True
            then()

        self.begin("IC卡登录", job, done)

    def opened(self, name: object, make: Callable[[], Any], *, anew: bool = False) -> Any:
        """Return the place called ``name``, made once unless ``anew``; on the worker thread only."""
        if self._known is None or self._known[0] != name or anew:
            self._known = name, make()
        return self._known[1]

    def begin(self, title: str, job: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Run ``job`` off the UI thread and give ``done`` its answer; nothing while something else runs."""
        if self._busy:
            return
        self._busy, self._stopped = True, False
        self._job = jobs_of(self._context).begin(title, self.stop)
        self.progressed.emit(f"{title}…", 0, 0)
        self.busy_changed.emit()
        failed = while_alive(self, self._failed)
        self._background.run(job, while_alive(self, lambda answer: self._finished(answer, done)), failed)

    def _finished(self, answer: Any, done: Callable[[Any], None]) -> None:
        self._busy = False
        if self._job is not None:
            self._job.turn("done", answer.counts if isinstance(answer, Counted) else "")
        self.busy_changed.emit()
        done(answer)

    def _failed(self, problem: Exception) -> None:
        self._busy = self._signed_in = False
        cancelled = isinstance(problem, Cancelled)
        text = "已停止" if cancelled else said(problem, self._fault)
        if self._job is not None:
            self._job.turn("cancelled" if cancelled else "refused", text)
        self.busy_changed.emit()
        self.failed.emit(text, "" if cancelled else "bad")
        if is_fault(problem) and not cancelled:
            self._context.lane.crashed.emit(problem)

    def tell(self, text: str, done: int, total: int) -> None:
        """Say how far it is, on the worker thread; ``Cancelled`` when it is to stop."""
        if self._stopped:
            raise Cancelled
        self.progressed.emit(text, done, total)

    def _show(self, text: str, done: int, total: int) -> None:
        """On the UI thread: signals cross over."""
        if self._job is not None and not self._job.over:
            self._job.progress(done, total, text)
