"""Work off the UI thread before there is an engine, and a guard for answers that come too late."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QThread, Signal
from shiboken6 import isValid

_log = logging.getLogger(__name__)
T = TypeVar("T")
Reaction = Callable[[], None]


def while_alive(owner: QObject, reaction: Callable[[T], None]) -> Callable[[T], None]:
    """Return ``reaction`` guarded: an answer that arrives after ``owner`` was closed is dropped."""

    def guarded(answer: T) -> None:
        if isValid(owner):
            reaction(answer)

    return guarded


def _reaction(job: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[Exception], None]) -> Reaction:
    """Do ``job`` and return what is to be done about how it ended."""
    try:
        result = job()
    except Exception as problem:
        _log.info("background job failed", exc_info=problem)
        failure = problem
        return lambda: failed(failure)
    return lambda: done(result)


class _Errands(QThread):
    ready = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.jobs: queue.SimpleQueue[Callable[[], Reaction] | None] = queue.SimpleQueue()

    def run(self) -> None:
        while (job := self.jobs.get()) is not None:
            self.ready.emit(job())


class Background(QObject):
    """One worker thread; answers come back on the UI thread, in order."""

    def __init__(self) -> None:
        """Start the thread when the first job arrives."""
        super().__init__()
        self._errands = _Errands()
        self._errands.ready.connect(self._deliver)

    def run(self, job: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[Exception], None]) -> None:
        """Run ``job`` on the thread; call ``done`` with its result or ``failed`` with its exception."""
        self._errands.jobs.put(lambda: _reaction(job, done, failed))
        if not self._errands.isRunning():
            self._errands.start()

    def _deliver(self, reaction: Reaction) -> None:
        """Run on the UI thread, because this object lives there."""
        reaction()

    def close(self) -> None:
        """Finish what is queued and stop the thread."""
        self._errands.jobs.put(None)
        self._errands.wait()


class Detached(QObject):
    """A thread per job that nobody ever waits for: for what hangs with the network. Answers come on the UI thread."""

    _ready = Signal(object)

    def __init__(self, owner: QObject) -> None:
        """Answer for as long as ``owner`` lives."""
        super().__init__(owner)
        self._ready.connect(self._deliver)

    def run(self, job: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[Exception], None]) -> None:
        """Run ``job``; call ``done`` with its result or ``failed`` with its exception, unless the owner has gone."""

        def outer() -> None:
            reaction = _reaction(job, done, failed)
            if isValid(self):
                self._ready.emit(reaction)

        threading.Thread(target=outer, name="detached", daemon=True).start()

    def _deliver(self, reaction: Reaction) -> None:
        """Run on the UI thread, because this object lives there."""
        reaction()
