"""The work behind the import dialog, off the UI thread: checking after every correction, then storing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.steps import Outcome, Progress, Steps
from bondesk.desktop.context import DeskContext
from bondesk.desktop.jobs import Job, jobs_of
from bondesk.desktop.talk import Talk
from bondesk.engine.act import Act
from bondesk.engine.import_preview import ImportPreview, preview_steps
from bondesk.engine.import_reading import STEPS, Cell, OpenedWorkbook, open_workbook
from bondesk.engine.importing import import_steps


class ImportWork(QObject):
    """Checks and stores workbooks of one document type, one work at a time; only the newest check counts.

    ``checked`` brings a preview, ``stored`` an outcome, ``failed`` why there is neither; ``reopened`` asks
    for the dialog from 后台任务.
    """

    checked = Signal(object)
    stored = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    progressed = Signal(object)
    reopened = Signal()

    def __init__(self, context: DeskContext, document: DocumentType, parent: QObject) -> None:
        """Work on workbooks for ``document``."""
        super().__init__(parent)
        self._context, self._document = context, document
        self._check: Talk | None = None
        self._store: Talk | None = None
        self.job: Job | None = None

    @property
    def checking(self) -> bool:
        """Tell whether a preview is awaited."""
        return self._check is not None

    @property
    def storing(self) -> bool:
        """Tell whether an import runs."""
        return self._store is not None

    def check(self, source: Path | OpenedWorkbook, corrections: Mapping[Cell, str], accepted_only: bool) -> None:
        """Check ``source`` with what was typed so far; a check that runs already is given up."""
        self.stop_checking()
        document, typed = self._document, dict(corrections)
        found: list[ImportPreview] = []

        def steps(act: Act) -> Steps:
            opened = source
            if isinstance(opened, Path):
                yield Progress(0, STEPS, f"读取 {opened.name}")
                opened = open_workbook(act, opened)
            found.append((yield from preview_steps(act, document, opened, typed, accepted_only)))
            return Outcome("")

        talk = self._check = Talk(self._context, steps)
        talk.progressed.connect(lambda step: self._progressed(talk, step))
        talk.ended.connect(lambda _outcome: self._ended(talk, found[0]))
        talk.failed.connect(lambda problem: self._failed(talk, problem))
        talk.start()

    def stop_checking(self) -> None:
        """Give up the check that runs."""
        if self._check is not None:
            self._check.cancel()
            self._check = None

    def store(self, preview: ImportPreview, path: Path, accepted_only: bool) -> None:
        """Store what ``preview`` showed; IMP-12 when the file at ``path`` is another one by now."""
        document, opened = self._document, preview.opened

        def steps(act: Act) -> Steps:
            yield Progress(0, STEPS, f"导入 {opened.name}")
            try:
                now = path.read_bytes()
            except OSError:
                now = opened.content
            if now != opened.content:
                raise Refused(f"工作簿 {opened.name} 在检查之后被修改过，请按「重新读取」（F5）后再导入", "IMP-12")
            return (yield from import_steps(act, document, opened, preview.corrections, accepted_only))

        talk = self._store = Talk(self._context, steps)
        talk.progressed.connect(lambda step: self._progressed(talk, step))
        talk.ended.connect(lambda outcome: self._ended(talk, outcome))
        talk.failed.connect(lambda problem: self._failed(talk, problem))
        talk.cancelled.connect(lambda: self._cancelled(talk))
        self.job = jobs_of(self._context).follow(f"导入 {document.title}", talk, self._reopen)
        talk.start()

    def _reopen(self) -> None:
        if isValid(self):
            self.reopened.emit()

    def cancel_storing(self) -> None:
        """Ask the import that runs to stop; ``cancelled`` tells when it has."""
        if self._store is not None:
            self._store.cancel()

    def _progressed(self, talk: Talk, step: Progress) -> None:
        if isValid(self) and talk in (self._check, self._store):
            self.progressed.emit(step)

    def _over(self, talk: Talk) -> bool:
        """Tell whether somebody waits for ``talk``, which has ended."""
        if not isValid(self) or talk not in (self._check, self._store):
            return False
        if talk is self._check:
            self._check = None
        else:
            self._store = None
        return True

    def _ended(self, talk: Talk, result: object) -> None:
        checked = talk is self._check
        if self._over(talk):
            (self.checked if checked else self.stored).emit(result)

    def _failed(self, talk: Talk, problem: Exception) -> None:
        if self._over(talk):
            self.failed.emit(problem)

    def _cancelled(self, talk: Talk) -> None:
        if self._over(talk):
            self.cancelled.emit()
