"""Attaching several files one by one, each in an act of its own, so that one refused does not take others along."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from bondesk.base.documents import DocumentType
from bondesk.desktop.attachments_list import NewFile
from bondesk.desktop.context import DeskContext
from bondesk.desktop.form_work import off_thread, sentence
from bondesk.engine import attachments
from bondesk.engine.attachments import Paper


class Attaching(QObject):
    """One run at a time. ``progressed`` brings (done, all, name of the file under way), ``ended`` a sentence."""

    progressed = Signal(int, int, str)
    ended = Signal(str)

    def __init__(self, context: DeskContext, document: DocumentType, parent: QObject) -> None:
        """Attach to documents of ``document``."""
        super().__init__(parent)
        self._context, self._document = context, document
        self._owner = 0
        self._paper = Paper()
        self._waiting: list[NewFile] = []
        self._problems: list[str] = []
        self._added = self._all = 0

    @property
    def running(self) -> bool:
        """Tell whether files are being attached."""
        return bool(self._waiting)

    def start(self, document_id: int, files: Sequence[NewFile], paper: Paper) -> None:
        """Begin; all files get the same kind, validity and remark."""
        self._owner, self._paper, self._waiting, self._problems = document_id, paper, list(files), []
        self._added, self._all = 0, len(files)
        self._next()

    def stop(self) -> None:
        """Attach no more after the file under way."""
        left = len(self._waiting) - 1
        if left > 0:
            self._problems.append(f"已停止，其余 {left} 个没有添加")
            del self._waiting[1:]

    def _next(self) -> None:
        if not self._waiting:
            text = f"已添加 {self._added} 个附件" if self._added else "没有添加附件"
            self.ended.emit("\n".join([text, *self._problems]))
            return
        file, owner, paper, document = self._waiting[0], self._owner, self._paper, self._document
        engine, identity = self._context.engine, self._context.identity
        self.progressed.emit(self._added + len(self._problems), self._all, file.name)

        def job() -> None:
            content = file.read()
            with engine.acting(identity) as act:
                attachments.attach(act, document, owner, file.name, content, paper)

        off_thread(self._context, self, job, lambda _nothing: self._attached(), self._refused)

    def _attached(self) -> None:
        self._added += 1
        self._go_on()

    def _refused(self, problem: Exception) -> None:
        self._problems.append(sentence(problem))
        self._go_on()

    def _go_on(self) -> None:
        del self._waiting[:1]
        self._next()
