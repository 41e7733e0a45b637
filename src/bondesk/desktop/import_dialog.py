"""Import of a workbook: look at it, mend it, then store all of it or only its sound documents."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QModelIndex, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QWidget

from bondesk.base.documents import DocumentType
from bondesk.base.errors import OutsideFailure, Refused, WrongCall
from bondesk.base.findings import errors_in
from bondesk.base.steps import Outcome, Progress
from bondesk.desktop.background import while_alive
from bondesk.desktop.context import DeskContext
from bondesk.desktop.help_dock import offer_help
from bondesk.desktop.import_aside import ImportAside
from bondesk.desktop.import_corrections import CorrectionStack
from bondesk.desktop.import_face import ImportFace
from bondesk.desktop.import_files import ImportFiles
from bondesk.desktop.import_work import ImportWork
from bondesk.desktop.questions import ask
from bondesk.desktop.workbook_drop import WorkbookDrop
from bondesk.engine.act import Act
from bondesk.engine.import_headings import SETTING, remember_heading
from bondesk.engine.import_preview import ImportPreview
from bondesk.engine.import_reading import Cell, OpenedWorkbook

#: Milliseconds typing may pause before the workbook is checked (again).
DEBOUNCE_MS = 300
_ENDINGS = {".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"}


class ImportDialog(QDialog):
    """Imports one workbook after another into one document type; what was typed stays until closed."""

    def __init__(self, context: DeskContext, document: DocumentType, parent: QWidget, path: str = "") -> None:
        """Prepare the import of ``document``, of the workbook ``path`` when given."""
        super().__init__(parent)
        self.setObjectName(f"import.{document.key}")
        self.setWindowTitle(f"导入 {document.title}")
        self.resize(1120, 740)
        self._context, self._document = context, document
        self.preview: ImportPreview | None = None
        self._wanted, self._stored, self._unreadable = False, False, False
        self._leaving = False
        may_remember = all(context.identity.may(SETTING, action) for action in ("new", "edit"))
        self.face = ImportFace(document, may_remember, self)
        self.path, self.run, self.bar, self.said = self.face.path, self.face.run, self.face.bar, self.face.said
        self.sheets, self.view = self.face.sheets, self.face.findings
        self.corrections = CorrectionStack(self)
        self.work = ImportWork(context, document, self)
        ImportAside(context, self.work, self.face.aside, self)
        self.files = ImportFiles(context, document, self, self._say, self._complain)
        self._typing = QTimer(self, singleShot=True, interval=DEBOUNCE_MS)
        offer_help(context, self, document.key)
        self._connect()
        self._follow()
        if path:
            self.path.setText(path)

    def _connect(self) -> None:
        face = self.face
        self._typing.timeout.connect(self._check)
        self.path.textChanged.connect(self._path_changed)
        self.path.returnPressed.connect(self.read_again)
        face.choose.clicked.connect(lambda: self.files.choose(self.path.setText))
        face.folders.aboutToShow.connect(lambda: self.files.fill_menu(face.folders, self.path.setText))
        face.again.clicked.connect(self.read_again)
        face.template.clicked.connect(self.files.template)
        face.accepted_only.toggled.connect(self._check)
        face.save_copy.clicked.connect(self._save_copy)
        face.save_refused.clicked.connect(self._save_refused)
        face.leave.clicked.connect(self.reject)
        face.undo.clicked.connect(self.corrections.undo.undo)
        face.redo.clicked.connect(self.corrections.undo.redo)
        self.run.clicked.connect(self._import)
        self.sheets.corrected.connect(self._typed)
        self.sheets.moved.connect(lambda cell: face.hints.moved(self.preview, cell))
        face.hints.all_alike.connect(self._type)
        face.hints.remember.connect(self._remember)
        self.view.chosen.connect(self.sheets.go_to)
        self.view.table.selectionModel().currentRowChanged.connect(self._go_to)
        self.corrections.changed.connect(self._corrected)
        self.work.checked.connect(self._show)
        self.work.stored.connect(self._stored_all)
        self.work.cancelled.connect(self._cancelled)
        self.work.failed.connect(self._failed)
        self.work.progressed.connect(self._progressed)
        WorkbookDrop(self, lambda: not self.work.storing).dropped.connect(self.path.setText)
        undo = self.corrections.undo
        keys = {"Ctrl+Z": undo.undo, "Ctrl+Y": undo.redo, "F5": self.read_again, "Ctrl+Return": self._import}
        for key, deed in keys.items():
            QShortcut(QKeySequence(key), self).activated.connect(deed)

    def _go_to(self, now: QModelIndex) -> None:
        if now.isValid():
            self.sheets.go_to(self.view.model.findings[now.row()])

    def _save_copy(self) -> None:
        if self.preview is not None:
            self.files.corrected(self.preview)

    def _save_refused(self) -> None:
        if self.preview is not None:
            self.files.refused(self.preview)

    def _file(self) -> Path:
        return Path(self.path.text().strip().strip('"'))

    def _path_changed(self) -> None:
        self.work.stop_checking()
        self.preview, self._stored, self._wanted, self._unreadable = None, False, False, False
        self.corrections.clear()
        self.sheets.show_preview(None)
        self.face.show_findings(())
        self.face.hints.forget()
        self._rest()
        if self._file().suffix.lower() in _ENDINGS:
            self._typing.start()

    def read_again(self) -> None:
        """Read the file anew; corrections of cells that are still the same stay."""
        self._typing.stop()
        if not self.work.storing and self.path.text().strip():
            self._stored = False
            self._start(self._file())

    def _check(self) -> None:
        if not self.work.storing and not self._stored and self.path.text().strip():
            self._start(self.preview.opened if self.preview is not None else self._file())

    def _start(self, source: Path | OpenedWorkbook) -> None:
        self._unreadable = False
        self.work.check(source, self.corrections.texts, self.face.accepted_only.isChecked())
        self.bar.setRange(0, 0)
        self.bar.setFormat("正在检查…")
        self.bar.setVisible(True)
        self._follow()

    def _show(self, preview: ImportPreview) -> None:
        before, self.preview = self.preview, preview
        if before is None:
            self.files.remember(self._file())
        elif before.opened is not preview.opened and (gone := self.corrections.keep(before.opened, preview.opened)):
            self._context.show_message(f"工作簿已有变化，{gone} 处更正不再适用，已撤下")
        self.sheets.show_preview(preview)
        self.face.show_findings(preview.findings)
        self.face.hints.moved(preview, self.sheets.current())
        self._rest()
        if dict(preview.corrections) != self.corrections.texts:
            self._check()
            return
        text, tone = self.face.summary(preview)
        self._say(text, tone)
        if self._wanted:
            self._import()

    def _typed(self, texts: Mapping[Cell, str]) -> None:
        """Take what was typed into the grid; one cell may have likes in its column."""
        self._type(texts)
        self.face.hints.forget()
        if len(texts) == 1 and self.preview is not None:
            (cell, text), *_ = texts.items()
            self.face.hints.typed(self.preview, cell, text)

    def _type(self, texts: Mapping[Cell, str]) -> None:
        if self.preview is not None and not self.work.storing and not self._stored:
            self.corrections.type(self.preview.opened, texts)

    def _corrected(self) -> None:
        self._typing.start()
        self._follow()

    def _remember(self, sheet: str, heading: str, word: str) -> None:
        document = self._document

        def done(_nothing: object) -> None:
            self._context.changed(SETTING)
            self._check()

        def work(act: Act) -> None:
            remember_heading(act, document, sheet, heading, word)

        self._context.lane.act(work, while_alive(self, done), while_alive(self, self._complain))

    def _why_not(self) -> str:
        if self.work.storing:
            return "正在导入"
        if not self.path.text().strip():
            return "请先选择工作簿"
        if self._unreadable:
            return "工作簿打不开，请换一个文件，或处理后按「重新读取」（F5）"
        if self._stored:
            return "这个工作簿已经导入；要再次导入请按「重新读取」（F5）"
        if self.preview is None or self.work.checking or self._typing.isActive():
            return ""
        return self.face.why_not(self.preview)

    def _import(self) -> None:
        if self.work.storing or self._stored or not self.path.text().strip():
            return
        if self.preview is None or self.work.checking or self._typing.isActive():
            self._wanted = True
            if not self.work.checking:
                self._typing.stop()
                self._start(self._file() if self.preview is None else self.preview.opened)
            return
        self._wanted = False
        preview = self.preview
        if self.face.why_not(preview):
            self._say(f"没有导入：{self.face.why_not(preview)}", "bad")
            return
        self.work.store(preview, self._file(), self.face.accepted_only.isChecked())
        self.bar.setVisible(True)
        self.face.leave.setText("取消")
        self._follow()

    def _progressed(self, step: Progress) -> None:
        self.bar.setRange(0, step.total)
        self.bar.setValue(step.done)
        self.bar.setFormat(step.text)

    def _rest(self) -> None:
        self.bar.setVisible(False)
        self.face.leave.setText("关闭")
        self._follow()

    def _cancelled(self) -> None:
        self._rest()
        self._say("已取消，没有存入任何数据", "info")

    def _stored_all(self, outcome: Outcome) -> None:
        self._stored = True
        self.face.hints.forget()
        self._rest()
        refused = bool(errors_in(outcome.findings))
        hint = "。可用「另存未导入的行」取出，改正后再导入" if refused else ""
        self._say(f"{outcome.text}{hint}", "warn" if refused else "good")
        self.face.show_findings(outcome.findings)
        self._context.show_message(outcome.text)
        for key in outcome.changed:
            self._context.changed(key)

    def _failed(self, problem: Exception) -> None:
        self._wanted, self._unreadable = False, self.preview is None
        self._rest()
        if isinstance(problem, Refused):
            self.face.show_findings(problem.findings)
        self._complain(problem)

    def _complain(self, problem: Exception) -> None:
        if isinstance(problem, Refused):
            first = problem.findings[0].text if len(problem.findings) == 1 else ""
            self._say(first or f"没有导入：发现 {len(errors_in(problem.findings))} 处错误", "bad")
        elif isinstance(problem, OutsideFailure | WrongCall):
            self._say(str(problem), "bad")
        else:
            self._context.lane.crashed.emit(problem)

    def _follow(self) -> None:
        stack, waiting = self.corrections, self.work.storing or self._stored
        self.face.follow(self.preview, self._why_not(), len(stack.texts))
        self.face.undo.setEnabled(stack.undo.canUndo() and not waiting)
        self.face.redo.setEnabled(stack.undo.canRedo() and not waiting)
        self.sheets.set_editable(not waiting)
        self.path.setReadOnly(self.work.storing)
        self.face.aside.setVisible(self.work.storing)
        self.face.choose.setEnabled(not self.work.storing)

    def _say(self, text: str, tone: str) -> None:
        self.face.say(text, tone)
        self._follow()

    def reject(self) -> None:
        """Cancel a running import and stay; ask when corrections would be lost; otherwise close."""
        if self.work.storing:
            self.work.cancel_storing()
            self._say("正在取消……", "info")
        elif self.corrections.texts and not self._stored and not self._leaving:
            count = len(self.corrections.texts)
            text = f"有 {count} 处更正还没有导入，关闭后不保留。\n可先「另存更正后的工作簿」。"
            ask(self, "关闭", text, "关闭", self._leave)
        else:
            self._leave()

    def _leave(self) -> None:
        self._leaving = True
        self.work.stop_checking()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Closing by the window's cross is the same as by the button."""
        if self._leaving:
            super().closeEvent(event)
        else:
            event.ignore()
            self.reject()
