"""What the import dialog looks like: file, mode, sheets, findings, buttons, and which of them make sense now."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QSplitter,
    QToolButton,
    QVBoxLayout,
)

from bondesk.base.documents import DocumentType
from bondesk.base.findings import Finding
from bondesk.desktop import style
from bondesk.desktop.findings_view import FindingsView
from bondesk.desktop.import_hints import ImportHints
from bondesk.desktop.import_sheets import ImportSheets
from bondesk.engine.import_preview import ImportPreview

_START = "选择工作簿后先在这里检查；有错误的单元格标红，可直接在表格中更正，再导入。"


class ImportFace:
    """The widgets of the import dialog, laid out."""

    def __init__(self, document: DocumentType, may_remember: bool, dialog: QDialog) -> None:
        """Fill ``dialog``."""
        self._dialog, self._lines = dialog, bool(document.lines)
        self.path = QLineEdit(dialog)
        self.path.setObjectName("import_path")
        self.path.setPlaceholderText("选择工作簿，或把文件拖到这里（.xlsx、.xls）")
        self.choose = QToolButton(dialog)
        self.choose.setObjectName("import_choose")
        self.choose.setText("选择文件…")
        self.choose.setToolTip("选择工作簿；右边的箭头列出最近使用的文件夹")
        self.folders = QMenu(self.choose)
        self.folders.setObjectName("import_folders")
        self.choose.setMenu(self.folders)
        self.choose.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.again = self._button("import_again", "重新读取 F5", "在 Excel 中改过并保存后，重新读取工作簿（F5）")
        self.template = self._button("import_template", "导出模板…", "导出带列标题和说明的空白工作簿")
        self.all_or_nothing = self._radio("import_all", "全部正确才导入", "有一处错误就一行也不存入")
        self.accepted_only = self._radio(
            "import_accepted", "只导入无误的单据", "一张单据的行全部无误才存入；有错误的整张不存，可另存后改正"
        )
        self.all_or_nothing.setChecked(True)
        self.said = QLabel(_START, dialog)
        self.said.setObjectName("import_said")
        self.said.setWordWrap(True)
        self.sheets = ImportSheets(dialog)
        self.hints = ImportHints(may_remember, dialog)
        self.undo = self._button("import_undo", "撤销", "撤销上一次更正（Ctrl+Z）")
        self.redo = self._button("import_redo", "重做", "重做（Ctrl+Y）")
        self.findings = FindingsView(dialog)
        self.bar = QProgressBar(dialog)
        self.bar.setObjectName("import_progress")
        self.save_copy = self._button("import_save_copy", "另存更正后的工作簿…", "")
        self.save_refused = self._button("import_save_refused", "另存未导入的行…", "")
        self.aside = self._button(
            "import_background", "后台运行", "继续做别的事；做完时会提醒您，可从「后台任务」重新打开"
        )
        self.aside.hide()
        self.leave = self._button("import_close", "关闭", "")
        self.run = self._button("import_run", "导入", "")
        self.run.setProperty("role", "primary")
        self._lay_out()
        self.show_findings(())
        self.bar.hide()

    def _button(self, name: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self._dialog)
        button.setObjectName(name)
        button.setToolTip(tip)
        # Enter in the grid must never import.
        button.setAutoDefault(False)
        return button

    def _radio(self, name: str, text: str, tip: str) -> QRadioButton:
        radio = QRadioButton(text, self._dialog)
        radio.setObjectName(name)
        radio.setToolTip(tip)
        return radio

    def _lay_out(self) -> None:
        dialog = self._dialog
        top, mode, bottom = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row in (top, mode, bottom):
            row.setSpacing(style.GAP)
        top.addWidget(QLabel("文件", dialog))
        top.addWidget(self.path, 1)
        top.addWidget(self.choose)
        top.addWidget(self.again)
        top.addWidget(self.template)
        group = QButtonGroup(dialog)
        mode.addWidget(QLabel("方式", dialog))
        for radio in (self.all_or_nothing, self.accepted_only):
            group.addButton(radio)
            mode.addWidget(radio)
        mode.addStretch(1)
        self.sheets.bar.addWidget(self.hints)
        self.sheets.bar.addWidget(self.undo)
        self.sheets.bar.addWidget(self.redo)
        parts = QSplitter(Qt.Orientation.Vertical, dialog)
        parts.setObjectName("import_parts")
        parts.setChildrenCollapsible(False)
        self.findings.setMinimumHeight(110)
        parts.addWidget(self.sheets)
        parts.addWidget(self.findings)
        parts.setStretchFactor(0, 3)
        parts.setStretchFactor(1, 1)
        parts.setSizes([420, 170])
        bottom.addWidget(self.save_copy)
        bottom.addWidget(self.save_refused)
        bottom.addWidget(self.bar, 1)
        bottom.addStretch(1)
        bottom.addWidget(self.aside)
        bottom.addWidget(self.leave)
        bottom.addWidget(self.run)
        layout = QVBoxLayout(dialog)
        layout.setContentsMargins(style.MARGIN, style.MARGIN, style.MARGIN, style.MARGIN)
        layout.setSpacing(style.GAP)
        layout.addLayout(top)
        layout.addLayout(mode)
        layout.addWidget(self.said)
        layout.addWidget(parts, 1)
        layout.addLayout(bottom)

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """List ``findings``; without any, or with one that is about no cell, the grid has the whole height."""
        self.findings.show_findings(findings)
        self.findings.setVisible(any(finding.place is not None for finding in findings) or len(findings) > 1)

    def say(self, text: str, tone: str) -> None:
        """Say how things stand, on the ground of a tone."""
        self.said.setText(text)
        self.said.setProperty("role", "said")
        style.set_tone(self.said, tone)

    def summary(self, preview: ImportPreview) -> tuple[str, str]:
        """Say what an import would do, with its tone."""
        counts = preview.counts
        parts = [f"新增 {counts.new} 条", f"更新 {counts.updated} 条"] if counts.updated else [f"新增 {counts.new} 条"]
        parts += [f"明细 {counts.lines} 行"] if self._lines else []
        parts += [f"有错误 {counts.refused} 条"] if counts.refused else []
        parts += [f"提示 {counts.warnings} 处"] if counts.warnings else []
        parts += [f"已更正 {len(preview.corrections)} 格"] if preview.corrections else []
        text = "，".join(parts)
        if not counts.errors:
            return f"检查完成，可以导入：{text}。", "good"
        if self.accepted_only.isChecked() and not self.why_not(preview):
            return f"检查完成，只导入无误的：{text}。", "warn"
        return f"发现 {counts.errors} 处错误：{text}。在表格中改正标红的单元格（F8 到下一处）。", "bad"

    def why_not(self, preview: ImportPreview) -> str:
        """Return why what was checked cannot be imported in the chosen mode."""
        counts = preview.counts
        if not counts.errors:
            return ""
        if not self.accepted_only.isChecked():
            return f"有 {counts.errors} 处错误，请先改正，或选「只导入无误的单据」"
        return "" if counts.new + counts.updated else f"有 {counts.errors} 处错误，没有一条无误的单据"

    def follow(self, preview: ImportPreview | None, why_not: str, corrections: int) -> None:
        """Enable what makes sense; the tooltip of a disabled button says why it does not."""
        self._enable(self.run, why_not, "导入（Ctrl+回车）")
        self._enable(self.again, "" if self.path.text().strip() else "请先选择工作簿", "重新读取工作簿（F5）")
        self._enable(
            self.save_copy, "" if corrections and preview else "还没有更正", "写出一份带更正内容的副本，原文件不变"
        )
        refused = len(preview.refused_rows) if preview is not None else 0
        self._enable(self.save_refused, "" if refused else "没有未导入的行", f"把 {refused} 行连同原因写成工作簿")

    @staticmethod
    def _enable(button: QAbstractButton, why_not: str, tip: str) -> None:
        button.setEnabled(not why_not)
        button.setToolTip(why_not or tip)
