"""查询 and 下载 off the UI thread: what :class:`RemoteWork` does for the sources of customs' copies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from PySide6.QtCore import QObject, Signal

from bondesk.desktop.context import DeskContext
from bondesk.desktop.remote_work import RemoteWork
from bondesk.engine import download_runs, downloading
from bondesk.engine.download_port import DownloadSource, DownloadWay, OfferedCopy

_FAULT = "下载时程序出错，已收下的数据保留，详细情况已写入日志。"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the source with its files, the kinds, the days."""

    way: DownloadWay
    places: tuple[str, ...]
    kinds: tuple[str, ...]
    begin: date
    end: date


class DownloadWork(RemoteWork):
    """``found`` brings :class:`Found`, ``ended`` a :class:`Run`."""

    found = Signal(object)
    ended = Signal(object)

    def __init__(self, context: DeskContext, parent: QObject) -> None:
        """Work for the user of ``context``."""
        super().__init__(context, _FAULT, parent)

    def look(self, question: Question, title: str) -> None:
        """Ask the source for everything of the question."""
        engine, identity = self._context.engine, self._context.identity

        def job() -> downloading.Found:
            source = self._opened(question.way, question.places)
            return downloading.look(engine, identity, source, question.kinds, question.begin, question.end, self.tell)

        self._after_login(question.way, question.places, lambda: self.begin(title, job, self.found.emit))

    def download(self, question: Question, offered: Sequence[OfferedCopy], title: str) -> None:
        """Keep what was chosen as a run and take it in."""
        engine, identity = self._context.engine, self._context.identity

        def job() -> download_runs.Run:
            source = self._opened(question.way, question.places)
            with engine.acting(identity) as act:
                run = download_runs.begin_run(act, question.way, question.places, question.begin, question.end, offered)
            return downloading.go_on(engine, identity, source, run, self.tell)

        self._after_login(question.way, question.places, lambda: self.begin(title, job, self._taken))

    def go_on(self, run: download_runs.Run, title: str) -> None:
        """Take the copies of a run that still wait."""
        engine, identity = self._context.engine, self._context.identity
        way = downloading.way_of(engine, run.way)

        def job() -> download_runs.Run:
            return downloading.go_on(engine, identity, self._opened(way, run.places), run.id, self.tell)

        self._after_login(way, run.places, lambda: self.begin(title, job, self._taken))

    def _after_login(self, way: DownloadWay, places: tuple[str, ...], then: Callable[[], None]) -> None:
        self.with_login(
            way, (way.key, places), partial(downloading.open_source, self._context.engine, way.key, places), then
        )

    def _opened(self, way: DownloadWay, places: tuple[str, ...]) -> DownloadSource:
        """Return the source; one that reads files is opened anew, for the files may have changed."""
        make = partial(downloading.open_source, self._context.engine, way.key, places)
        source: DownloadSource = self.opened((way.key, places), make, anew=not way.needs_card)
        return source

    def _taken(self, run: download_runs.Run) -> None:
        self.ended.emit(run)
