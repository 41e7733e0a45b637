"""查询 and 下载 off the UI thread: one at a time, with progress, stopped at the next step; a card answers the login.

Neither waits on the lane: a download of an hour must not keep the lists from reading.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import QObject, Signal

from bondesk.base.steps import Cancelled
from bondesk.desktop.background import Background, while_alive
from bondesk.desktop.context import DeskContext
from bondesk.desktop.jobs import Job, jobs_of
from bondesk.desktop.wording import is_fault, said
from bondesk.engine import download_runs, downloading
from bondesk.engine.download_port import ChallengeSigner, DownloadSource, DownloadWay, OfferedCopy

_FAULT = "下载时程序出错，已收下的数据保留，详细情况已写入日志。"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the source with its files, the kinds, the days."""

    way: DownloadWay
    places: tuple[str, ...]
    kinds: tuple[str, ...]
    begin: date
    end: date


class DownloadWork(QObject):
    """``progressed`` (text, done, total) while it runs; ``found`` brings :class:`Found`, ``ended`` a :class:`Run`,
    ``failed`` a sentence with a tone. ``login_wanted`` asks who shows the page for the card.
    """

    progressed = Signal(str, int, int)
    found = Signal(object)
    ended = Signal(object)
    failed = Signal(str, str)
    login_wanted = Signal(object, object)
    busy_changed = Signal()

    def __init__(self, context: DeskContext, parent: QObject) -> None:
        """Work for the user of ``context``."""
        super().__init__(parent)
        self._context, self._background = context, Background()
        self._busy = self._stopped = False
        self._source: tuple[str, tuple[str, ...], DownloadSource] | None = None
        self._signed_in = False
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

    def look(self, question: Question, title: str) -> None:
        """Ask the source for everything of the question."""
        engine, identity = self._context.engine, self._context.identity

        def job() -> downloading.Found:
            source = self._opened(question.way.key, question.places)
            return downloading.look(engine, identity, source, question.kinds, question.begin, question.end, self._tell)

        self._with_login(question.way, question.places, lambda: self._begin(title, job, self.found.emit))

    def download(self, question: Question, offered: Sequence[OfferedCopy], title: str) -> None:
        """Keep what was chosen as a run and take it in."""
        engine, identity = self._context.engine, self._context.identity

        def job() -> download_runs.Run:
            source = self._opened(question.way.key, question.places)
            with engine.acting(identity) as act:
                run = download_runs.begin_run(act, question.way, question.places, question.begin, question.end, offered)
            return downloading.go_on(engine, identity, source, run, self._tell)

        self._with_login(question.way, question.places, lambda: self._begin(title, job, self._taken))

    def go_on(self, run: download_runs.Run, title: str) -> None:
        """Take the copies of a run that still wait."""
        engine, identity = self._context.engine, self._context.identity
        way = downloading.way_of(engine, run.way)

        def job() -> download_runs.Run:
            return downloading.go_on(engine, identity, self._opened(way.key, run.places), run.id, self._tell)

        self._with_login(way, run.places, lambda: self._begin(title, job, self._taken))

    def _with_login(self, way: DownloadWay, places: tuple[str, ...], then: Callable[[], None]) -> None:
        """Ask for the card first where the source wants it and the login does not hold."""
        if self._source is None or self._source[:2] != (way.key, places):
            self._signed_in = False
        if not way.needs_card or self._signed_in:
            then()
            return
        self.login_wanted.emit(way, lambda answer: self._sign_in(way, places, answer, then))

    def _sign_in(
        self, way: DownloadWay, places: tuple[str, ...], answer: ChallengeSigner, then: Callable[[], None]
    ) -> None:
        def job() -> None:
            self._opened(way.key, places).sign_in(answer)

        def done(_nothing: object) -> None:
            self._signed_in = True
            then()

        self._begin("IC卡登录", job, done)

    def _opened(self, way: str, places: tuple[str, ...]) -> DownloadSource:
        """Return the source; one that reads files is opened anew, for the files may have changed."""
        if self._source is None or self._source[:2] != (way, places) or not self._source[2].needs_card:
            self._source = way, places, downloading.open_source(self._context.engine, way, places)
        return self._source[2]

    def _begin(self, title: str, job: Callable[[], Any], done: Callable[[Any], None]) -> None:
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
            self._job.turn("done", answer.counts if isinstance(answer, download_runs.Run) else "")
        self.busy_changed.emit()
        done(answer)

    def _taken(self, run: download_runs.Run) -> None:
        self.ended.emit(run)

    def _failed(self, problem: Exception) -> None:
        self._busy = self._signed_in = False
        cancelled = isinstance(problem, Cancelled)
        text = "已停止" if cancelled else said(problem, _FAULT)
        if self._job is not None:
            self._job.turn("cancelled" if cancelled else "refused", text)
        self.busy_changed.emit()
        self.failed.emit(text, "" if cancelled else "bad")
        if is_fault(problem) and not cancelled:
            self._context.lane.crashed.emit(problem)

    def _tell(self, text: str, done: int, total: int) -> None:
        """Run on the worker thread."""
        if self._stopped:
            raise Cancelled
        self.progressed.emit(text, done, total)

    def _show(self, text: str, done: int, total: int) -> None:
        """On the UI thread: signals cross over."""
        if self._job is not None and not self._job.over:
            self._job.progress(done, total, text)
