"""One lane for the database: work runs on a worker thread, results come back on the UI thread.

Scripts run as conversations: each step is delivered on the UI thread, which answers it later; cancel
is thrown in at the script's next ``yield``.
"""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from bondesk.base.errors import Disconnected, OutsideFailure, Refused, WrongCall
from bondesk.base.identity import Identity
from bondesk.base.steps import Cancelled, Outcome, Progress, Step, Steps
from bondesk.engine.act import Act
from bondesk.engine.engine import Engine

_log = logging.getLogger(__name__)
Work = Callable[[Act], Any]
Done = Callable[[Any], None]
Failed = Callable[[Exception], None]


class _Worker(QThread):
    """Takes jobs off a queue, one at a time, and hands results to the UI thread by signal."""

    finished_job = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.jobs: queue.SimpleQueue[Callable[[], Callable[[], None]] | None] = queue.SimpleQueue()

    def run(self) -> None:
        while (job := self.jobs.get()) is not None:
            self.finished_job.emit(job())


class Lane(QObject):
    """The database lane of one signed-in window; ``busy`` tells the status bar."""

    busy = Signal(bool)
    crashed = Signal(object)
    closing = Signal()

    def __init__(self, engine: Engine, identity: Identity) -> None:
        """Work through ``engine`` as ``identity``."""
        super().__init__()
        self.engine = engine
        self.identity = identity
        self._open = 0
        self._worker = _Worker()
        self._worker.finished_job.connect(self._deliver)
        self._worker.start()

    @property
    def idle(self) -> bool:
        """Tell whether every job has been delivered."""
        return self._open == 0

    def act(self, work: Work, done: Done, failed: Failed | None = None) -> None:
        """Run ``work`` in one transaction off the UI thread; call ``done`` or ``failed`` on it."""

        def job() -> Any:
            with self.engine.acting(self.identity) as act:
                return work(act)

        self.run(job, done, failed)

    def run(self, job: Callable[[], Any], done: Done, failed: Failed | None = None) -> None:
        """Run any ``job`` off the UI thread (folders, several transactions)."""
        self._open += 1
        self.busy.emit(True)

        def outer() -> Callable[[], None]:
            try:
                result = job()
            except Exception as problem:
                failure = problem
                return lambda: self._fail(failure, failed)
            return lambda: done(result)

        self._worker.jobs.put(outer)

    def _fail(self, problem: Exception, failed: Failed | None) -> None:
        if failed is not None and isinstance(problem, Refused | OutsideFailure | WrongCall):
            failed(problem)
        elif isinstance(problem, Disconnected):
            _log.warning("the database went away", exc_info=problem)  # the window's strip says so
        else:
            _log.error("job failed", exc_info=problem)
            self.crashed.emit(problem)

    def _deliver(self, reaction: Callable[[], None]) -> None:
        self._open -= 1
        if self._open == 0:
            self.busy.emit(False)
        reaction()

    def close(self) -> None:
        """Finish what is queued (``closing`` is the last moment to queue) and stop the worker."""
        self.closing.emit()
        self._worker.jobs.put(None)
        self._worker.wait()


@dataclass(frozen=True)
class _Answer:
    value: Any


class Conversation(QObject):
    """A script running on its own thread: ``asked`` brings a step, :meth:`answer` goes on.

    Progress steps need no answer. ``ended`` brings the Outcome, ``failed`` the exception
    (:class:`Cancelled` after :meth:`cancel`); in both cases the transaction is closed.
    """

    asked = Signal(object)
    progressed = Signal(object)
    ended = Signal(object)
    failed = Signal(object)

    def __init__(self, engine: Engine, identity: Identity, start: Callable[[Act], Steps]) -> None:
        """Prepare a conversation over the steps ``start`` makes."""
        super().__init__()
        self._engine = engine
        self._identity = identity
        self._start = start
        self._answers: queue.SimpleQueue[_Answer] = queue.SimpleQueue()
        self._cancelled = False
        self._thread = _Talk(self._talk)

    def start(self) -> None:
        """Begin on the conversation's thread."""
        self._thread.start()

    def answer(self, value: Any) -> None:
        """Answer the step asked last."""
        self._answers.put(_Answer(value))

    def cancel(self) -> None:
        """Stop at the next ``yield``; nothing the script wrote is kept."""
        self._cancelled = True
        self._answers.put(_Answer(None))

    def wait(self) -> None:
        """Wait until the thread has ended."""
        self._thread.wait()

    def _talk(self) -> None:
        try:
            with self._engine.acting(self._identity) as act:
                outcome = self._play(self._start(act))
        except Exception as problem:
            self.failed.emit(problem)
            return
        self.ended.emit(outcome)

    def _play(self, steps: Steps) -> Outcome:
        reply: Any = None
        while True:
            try:
                step: Step = steps.throw(Cancelled()) if self._cancelled else steps.send(reply)
            except StopIteration as end:
                outcome: Outcome = end.value
                return outcome
            if isinstance(step, Progress):
                self.progressed.emit(step)
                reply = None
            else:
                self.asked.emit(step)
                reply = self._answers.get().value


class _Talk(QThread):
    """Runs one conversation."""

    def __init__(self, talk: Callable[[], None]) -> None:
        super().__init__()
        self._talk = talk

    def run(self) -> None:
        self._talk()
