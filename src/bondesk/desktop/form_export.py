"""导出 on a form: this one document as the workbook its import reads, beside the user's work, with a way to stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from bondesk.base.documents import DocumentType
from bondesk.base.steps import Outcome, Steps
from bondesk.desktop.background import while_alive
from bondesk.desktop.commands import Command
from bondesk.desktop.context import DeskContext
from bondesk.desktop.file_questions import ask_target
from bondesk.desktop.jobs import jobs_of, sentence_of
from bondesk.desktop.talk import Talk
from bondesk.engine.act import Act
from bondesk.engine.import_format import import_format_steps
from bondesk.engine.query import Query

#: Signs no file name may hold.
_FORBIDDEN = str.maketrans(dict.fromkeys('\\/:*?"<>|', "-"))


class FormExport(QObject):
    """Writes the stored document of a form into a workbook; ``busy_changed`` when one begins or ends."""

    busy_changed = Signal()

    def __init__(
        self,
        context: DeskContext,
        document: DocumentType,
        page: QWidget,
        shown: Callable[[], tuple[int | None, str]],
        say: Callable[[str], object],
    ) -> None:
        """``shown`` gives id and number of the document on ``page``; ``say`` shows why nothing was written."""
        super().__init__(page)
        self._context, self._document, self._page = context, document, page
        self._shown, self._say = shown, say
        self._talk: Talk | None = None

    def commands(self, why_not: Callable[[], str]) -> Iterator[Command]:
        """Yield 导出 where the document has an import format and the user may export it."""
        if self._document.workbook is not None and self._context.identity.may(self._document.key, "export"):
            yield Command("form.export", "导出", "", self.ask, lambda: why_not() or self._why_busy(), "more")

    def _why_busy(self) -> str:
        return "上一次导出还没有结束" if self._talk is not None else ""

    def ask(self) -> None:
        """Ask where to write the workbook."""
        document_id, number = self._shown()
        if document_id is not None:
            name = f"{self._document.title}_{number.translate(_FORBIDDEN)}.xlsx"
            ask_target(self._page, "导出", name, partial(self.write, document_id))

    def write(self, document_id: int, path: Path) -> None:
        """Write the stored document into ``path``; what is typed but not saved is not in it."""
        document = self._document
        target = path if path.suffix else path.with_suffix(".xlsx")

        def steps(act: Act) -> Steps:
            return import_format_steps(act, document, Query(), target, [document_id])

        talk = self._talk = Talk(self._context, steps)
        talk.ended.connect(while_alive(self, partial(self._ended, target)))
        talk.failed.connect(while_alive(self, self._failed))
        talk.cancelled.connect(self._stopped)
        jobs_of(self._context).follow(f"导出 {document.title}", talk)
        self._context.show_message(f"正在导出 {target.name}，可在「后台任务」中取消")
        self.busy_changed.emit()
        talk.start()

    def _free(self) -> None:
        self._talk = None
        self.busy_changed.emit()

    def _ended(self, path: Path, outcome: Outcome) -> None:
        self._free()
        jobs_of(self._context).tell(outcome.text, "good", partial(self._open, path))

    def _open(self, path: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self._context.show_message(f"打不开，请在文件管理器中查看：{path}")

    def _failed(self, problem: Exception) -> None:
        self._free()
        self._say(f"没有导出：{sentence_of(problem)}")

    def _stopped(self) -> None:
        self._free()
        self._context.show_message("导出已取消，没有写出文件")
