"""Import of a workbook: choose a file, see every finding with its place, all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from bondesk.base.documents import DocumentType
from bondesk.base.errors import OutsideFailure, Refused, WrongCall
from bondesk.base.findings import Finding, error, errors_in
from bondesk.base.steps import Outcome, Progress
from bondesk.desktop import style
from bondesk.desktop.background import while_alive
from bondesk.desktop.context import DeskContext
from bondesk.desktop.findings_view import FindingsView
from bondesk.desktop.help_dock import offer_help
from bondesk.desktop.jobs import jobs_of
from bondesk.desktop.talk import Talk
from bondesk.engine import exporting, importing

_FILES = "Excel 工作簿 (*.xlsx *.xls);;所有文件 (*)"


class ImportDialog(QDialog):
    """Imports one workbook after another into one document type; typing and findings stay until closed."""

    def __init__(self, context: DeskContext, document: DocumentType, parent: QWidget) -> None:
        """Prepare the import of ``document``."""
        super().__init__(parent)
        self.setObjectName(f"import.{document.key}")
        self.setWindowTitle(f"导入 {document.title}")
        self.resize(960, 600)
        self.setAcceptDrops(True)
        self._context, self._document = context, document
        self._talk: Talk | None = None
        self._build()
        offer_help(context, self, document.key)
        self._follow()

    def _build(self) -> None:
        self.path = QLineEdit(self)
        self.path.setObjectName("import_path")
        self.path.setPlaceholderText("选择工作簿，或把文件拖到这里（.xlsx、.xls）")
        self.path.textChanged.connect(self._follow)
        self.path.returnPressed.connect(self._import)
        self.choose = self._button("import_choose", "选择文件…", self._choose)
        self.template = self._button("import_template", "导出模板…", self._template)
        self.run = self._button("import_run", "导入", self._import)
        self.run.setDefault(True)
        self.save = self._button("import_save", "另存结果…", self._save)
        self.leave = self._button("import_close", "关闭", self.reject)
        self.bar = QProgressBar(self)
        self.bar.setObjectName("import_progress")
        self.bar.setVisible(False)
        self.said = QLabel("导入时整份文件要么全部存入，要么一行也不存；有错误时在下面逐条列出。", self)
        self.said.setObjectName("import_said")
        self.said.setWordWrap(True)
        self.view = FindingsView(self)
        top = QHBoxLayout()
        top.addWidget(QLabel("文件", self))
        top.addWidget(self.path, 1)
        top.addWidget(self.choose)
        top.addWidget(self.template)
        bottom = QHBoxLayout()
        bottom.addWidget(self.save)
        bottom.addStretch(1)
        bottom.addWidget(self.leave)
        bottom.addWidget(self.run)
        layout = QVBoxLayout(self)
        layout.setSpacing(style.GAP)
        layout.addLayout(top)
        layout.addWidget(self.said)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.bar)
        layout.addLayout(bottom)
        self.view.show_findings(())

    def _button(self, name: str, text: str, clicked: object) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(clicked)
        return button

    def _follow(self) -> None:
        self.run.setEnabled(bool(self.path.text().strip()) and self._talk is None)
        self.save.setVisible(bool(self.view.model.findings))

    def _choose(self) -> None:
        dialog = QFileDialog(self, "选择工作簿", "", _FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.path.setText)
        dialog.open()

    def _template(self) -> None:
        document = self._document
        assert document.workbook is not None
        dialog = QFileDialog(self, "导出模板", f"{document.workbook.title}导入模板.xlsx", _FILES)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)

        def write(name: str) -> None:
            path = Path(name)
            self._context.lane.act(
                lambda act: exporting.write_template(act, document, path),
                while_alive(self, lambda _nothing: self._say(f"导入模板已保存：{path}", "good")),
                while_alive(self, self._failed),
            )

        dialog.fileSelected.connect(write)
        dialog.open()

    def _import(self) -> None:
        path = Path(self.path.text().strip().strip('"'))
        if self._talk is not None:
            return
        if not path.is_file():
            self._say(f"没有文件 {path}", "bad")
            return
        document = self._document
        self._talk = Talk(self._context, lambda act: importing.import_steps(act, document, path))
        self._talk.progressed.connect(self._progressed)
        self._talk.ended.connect(self._ended)
        self._talk.failed.connect(self._failed)
        self._talk.cancelled.connect(lambda: self._say("已取消，没有存入任何数据", "info"))
        jobs_of(self._context).follow(f"导入 {self._document.title}", self._talk)
        self.view.show_findings(())
        self.bar.setRange(0, 0)
        self.bar.setVisible(True)
        self.leave.setText("取消")
        self._follow()
        self._talk.start()

    def _progressed(self, step: Progress) -> None:
        self.bar.setRange(0, step.total)
        self.bar.setValue(step.done)
        self.bar.setFormat(step.text)

    def _rest(self) -> None:
        self._talk = None
        self.bar.setVisible(False)
        self.leave.setText("关闭")

    def _ended(self, outcome: Outcome) -> None:
        self._rest()
        self._show(outcome.findings)
        self._say(outcome.text, "good")
        self._context.show_message(outcome.text)
        for key in outcome.changed:
            self._context.changed(key)

    def _failed(self, problem: Exception) -> None:
        self._rest()
        if isinstance(problem, Refused):
            self._show(problem.findings)
            self._say(f"没有导入：发现 {len(errors_in(problem.findings))} 处错误，改正后请重新导入。", "bad")
        elif isinstance(problem, OutsideFailure | WrongCall):
            self._show((error("OUT", str(problem)),))
            self._say(str(problem), "bad")
        else:
            self._follow()
            self._context.lane.crashed.emit(problem)

    def _show(self, findings: Sequence[Finding]) -> None:
        self.view.show_findings(findings)
        self._follow()

    def _say(self, text: str, tone: str) -> None:
        self.said.setText(text)
        self.said.setProperty("role", "said")
        style.set_tone(self.said, tone)
        self._follow()

    def _save(self) -> None:
        dialog = QFileDialog(self, "另存结果", f"{self._document.title}导入结果.txt", "文本 (*.txt)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        text = "\n".join(str(finding) for finding in self.view.model.findings)

        def write(name: str) -> None:
            try:
                Path(name).write_text(text + "\n", encoding="utf-8")
            except OSError as problem:
                self._say(f"结果没有保存：{problem}", "bad")

        dialog.fileSelected.connect(write)
        dialog.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Take files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Take the path of the first file dropped."""
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            self.path.setText(files[0])

    def reject(self) -> None:
        """Cancel a running import and stay; otherwise close."""
        if self._talk is not None:
            self._talk.cancel()
            self._rest()
            self._say("正在取消……", "info")
            return
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Cancel what runs before the dialog goes."""
        if self._talk is not None:
            self._talk.cancel()
        super().closeEvent(event)
