"""What runs beside the user's work: one list of jobs and of what was told, kept for the session.

A dialog registers its conversation with :meth:`Jobs.follow`; lane work without one uses :meth:`Jobs.begin`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance

from bondesk.base.errors import OutsideFailure, Refused, WrongCall
from bondesk.base.findings import errors_in
from bondesk.base.steps import Cancelled, Outcome, Progress
from bondesk.desktop.context import DeskContext

#: Key in the context's extras under which the list lies.
JOBS = "jobs"
#: States of a job and how they are shown: word and tone.
STATES: dict[str, tuple[str, str]] = {
    "running": ("进行中", "info"),
    "asking": ("等待回答", "warn"),
    "stopping": ("正在取消", "muted"),
    "done": ("完成", "good"),
    "refused": ("没有完成", "bad"),
    "cancelled": ("已取消", "muted"),
}
_OVER = frozenset({"done", "refused", "cancelled"})
Open = Callable[[], object]


class Runs(Protocol):
    """A conversation, or a talk around one."""

    asked: SignalInstance
    progressed: SignalInstance
    ended: SignalInstance
    failed: SignalInstance

    def cancel(self) -> None:
        """Stop at the next step."""


_WORDS = {"good": "完成", "warn": "注意", "bad": "失败", "info": "通知", "muted": "通知"}


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence with its weight (good, warn, bad, info), its time, what 打开 opens, and a head word of its own."""

    text: str
    tone: str
    at: datetime
    open: Open | None = None
    word: str = ""

    @property
    def head_word(self) -> str:
        """Return the word that stands beside the colour; ``word`` where the usual one would say something else."""
        return self.word or _WORDS.get(self.tone, "通知")


class Job(QObject):
    """One job; ``changed`` after every change. ``hidden`` while its dialog is in the background."""

    changed = Signal()

    def __init__(self, title: str, at: datetime, stop: Open | None, show: Open | None) -> None:
        """Start running; ``stop`` cancels it, ``show`` brings its dialog or result."""
        super().__init__()
        self.title, self.at = title, at
        self.state, self.text = "running", ""
        self.done = self.total = 0
        self.hidden = False
        self._stop, self.show = stop, show

    @property
    def over(self) -> bool:
        """Tell whether it has ended, one way or the other."""
        return self.state in _OVER

    @property
    def stoppable(self) -> bool:
        """Tell whether it can be cancelled now."""
        return self._stop is not None and self.state in {"running", "asking"}

    def cancel(self) -> None:
        """Ask it to stop; it says so itself when it has."""
        if self._stop is not None and self.stoppable:
            self.turn("stopping")
            self._stop()

    def turn(self, state: str, text: str | None = None) -> None:
        """Go to another state, with a sentence when there is one."""
        self.state = state
        if text is not None:
            self.text = text
        if self.over:
            self._stop = None
        self.changed.emit()

    def progress(self, done: int, total: int, text: str = "") -> None:
        """Say how far it is."""
        self.done, self.total = done, total
        if self.state == "asking":
            self.state = "running"
        self.text = text or self.text
        self.changed.emit()


class Jobs(QObject):
    """The jobs of one signed-in window, newest last, and everything told, newest last."""

    added = Signal(object)
    changed = Signal()
    told = Signal(object)

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Date jobs by ``clock``."""
        super().__init__()
        self._clock = clock
        self.jobs: list[Job] = []
        self.history: list[Told] = []
        self.home: Any = None

    @property
    def running(self) -> list[Job]:
        """Return what has not ended."""
        return [job for job in self.jobs if not job.over]

    def begin(self, title: str, stop: Open | None = None, show: Open | None = None) -> Job:
        """List a job that reports by itself."""
        job = Job(title, self._clock(), stop, show)
        job.changed.connect(self.changed)
        self.jobs.append(job)
        self.added.emit(job)
        self.changed.emit()
        return job

    def follow(self, title: str, talk: Runs, show: Open | None = None) -> Job:
        """List a conversation until it ends; while its dialog is hidden, questions and ends are told."""
        job = self.begin(title, talk.cancel, show)

        def asked(_step: object) -> None:
            job.turn("asking", "有问题需要您回答")
            if job.hidden:
                self.tell(f"「{title}」有问题需要您回答", "warn", job.show)

        def ended(outcome: object) -> None:
            self._end(job, "done", outcome.text if isinstance(outcome, Outcome) else "")

        def failed(problem: object) -> None:
            if isinstance(problem, Cancelled):
                self._end(job, "cancelled", "没有保存任何内容")
            else:
                self._end(job, "refused", sentence_of(problem))

        talk.asked.connect(asked)
        talk.progressed.connect(lambda step: _progressed(job, step))
        talk.ended.connect(ended)
        talk.failed.connect(failed)
        cancelled = getattr(talk, "cancelled", None)
        if cancelled is not None:
            cancelled.connect(lambda: self._end(job, "cancelled", "没有保存任何内容"))
        return job

    def _end(self, job: Job, state: str, text: str) -> None:
        job.turn(state, text)
        if job.hidden:
            word, tone = STATES[state]
            self.tell(f"「{job.title}」{word}：{text}" if text else f"「{job.title}」{word}", tone, job.show)

    def tell(self, text: str, tone: str = "info", show: Open | None = None, word: str = "") -> Told:
        """Show a sentence in the corner of the window and keep it in the history."""
        told = Told(text, tone, self._clock(), show, word)
        self.history.append(told)
        self.told.emit(told)
        self.changed.emit()
        return told


def _progressed(job: Job, step: object) -> None:
    if isinstance(step, Progress):
        job.progress(step.done, step.total, step.text)


def sentence_of(problem: object) -> str:
    """Say why a job failed; what is our fault names no detail, the crash dialog does."""
    if isinstance(problem, Refused):
        wrong = errors_in(problem.findings) or list(problem.findings)
        more = f"（共 {len(wrong)} 处）" if len(wrong) > 1 else ""
        return f"{wrong[0].text}{more}" if wrong else "没有完成"
    if isinstance(problem, OutsideFailure | WrongCall):
        return str(problem)
    return "程序内部出错，详情已写入日志"


def jobs_of(context: DeskContext) -> Jobs:
    """Return the list of the window a page belongs to, made on first use."""
    jobs: Jobs = context.extras.setdefault(JOBS, None) or Jobs(context.engine.clock)
    context.extras[JOBS] = jobs
    return jobs
