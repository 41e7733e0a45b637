"""A conversation that outlives its dialog: kept until its thread has ended, wherever the user went meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from bondesk.base.steps import Cancelled, Steps
from bondesk.desktop.context import DeskContext
from bondesk.desktop.lane import Conversation
from bondesk.engine.act import Act

#: Key in the context's extras under which the window finds what must end before it closes.
RUNNING = "running"


class Talk(QObject):
    """One run of a script or report. Signals come on the UI thread, each at most as :class:`Conversation` says.

    ``cancelled`` stands beside ``failed``: the user stopped, nothing was kept.
    """

    asked = Signal(object)
    progressed = Signal(object)
    ended = Signal(object)
    failed = Signal(object)
    cancelled = Signal()

    def __init__(self, context: DeskContext, start: Callable[[Act], Steps]) -> None:
        """Run the steps ``start`` makes; nothing happens until :meth:`start`."""
        super().__init__()
        self._kept: set[Any] = context.extras.setdefault(RUNNING, set())
        self._talk = Conversation(context.engine, context.identity, start)
        self._talk.asked.connect(self._on_asked)
        self._talk.progressed.connect(self._on_progressed)
        self._talk.ended.connect(self._on_ended)
        self._talk.failed.connect(self._on_failed)
        self.stopping = False

    def start(self) -> None:
        """Begin."""
        self._kept.add(self)
        self._talk.start()

    def answer(self, value: Any) -> None:
        """Answer the step asked last."""
        self._talk.answer(value)

    def cancel(self) -> None:
        """Stop at the next step; nothing is kept."""
        self.stopping = True
        self._talk.cancel()

    def wait(self) -> None:
        """Wait until the thread has ended."""
        self._talk.wait()

    def _on_asked(self, step: object) -> None:
        if not self.stopping:
            self.asked.emit(step)

    def _on_progressed(self, step: object) -> None:
        if not self.stopping:
            self.progressed.emit(step)

    def _on_ended(self, outcome: object) -> None:
        self._leave()
        self.ended.emit(outcome)

    def _on_failed(self, problem: Exception) -> None:
        self._leave()
        if isinstance(problem, Cancelled):
            self.cancelled.emit()
        else:
            self.failed.emit(problem)

    def _leave(self) -> None:
        self._talk.wait()
        self._kept.discard(self)
