"""The dock 后台任务: every job of the session with its progress and result, and everything that was told."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from bondesk.desktop import style
from bondesk.desktop.jobs import STATES, Job, Jobs, Told


class JobsPanel(QWidget):
    """Two lists, jobs and sentences; 打开 and 取消 act on the marked line."""

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        """Show ``jobs`` and follow them."""
        super().__init__(parent)
        self.setObjectName("jobs_panel")
        self._jobs = jobs
        self._rows: list[tuple[Job, QTreeWidgetItem, QProgressBar]] = []
        self.list = _table("jobs_list", ["时间", "任务", "状态", "进度", "结果"], self)
        self.told = _table("told_list", ["时间", "", "内容"], self)
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("jobs_tabs")
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.list, "任务")
        self.tabs.addTab(self.told, "通知")
        self.empty = QLabel("本次登录还没有后台任务。导入、导出、向导、发送和接收都会列在这里。", self)
        self.empty.setObjectName("jobs_empty")
        self.empty.setProperty("role", "quiet")
        self.open_button = _button("jobs_open", "打开", self)
        self.cancel_button = _button("jobs_cancel", "取消任务", self)
        self._build()
        self.open_button.clicked.connect(self._open)
        self.cancel_button.clicked.connect(self._cancel)
        for table in (self.list, self.told):
            table.itemActivated.connect(lambda *_: self._open())
            table.itemSelectionChanged.connect(self._follow)
        self.tabs.currentChanged.connect(lambda _place: self._follow())
        for job in jobs.jobs:
            self._add(job)
        for told in jobs.history:
            self._tell(told)
        jobs.added.connect(self._add)
        jobs.told.connect(self._tell)
        self._follow()

    def _build(self) -> None:
        self.list.setColumnWidth(1, 26 * style.CHARACTER)
        self.list.setColumnWidth(2, 12 * style.CHARACTER)
        self.list.setColumnWidth(3, 22 * style.CHARACTER)
        foot = QHBoxLayout()
        foot.addWidget(self.empty, 1)
        foot.addWidget(self.open_button)
        foot.addWidget(self.cancel_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.GAP, 0, style.GAP, style.GAP)
        layout.setSpacing(style.GAP)
        layout.addWidget(self.tabs, 1)
        layout.addLayout(foot)

    def _add(self, job: Job) -> None:
        row = QTreeWidgetItem([f"{job.at:%H:%M:%S}", job.title, "", "", ""])
        self.list.insertTopLevelItem(0, row)
        bar = QProgressBar(self.list)
        bar.setObjectName(f"job_progress.{len(self._rows)}")
        bar.setTextVisible(True)
        bar.setMaximumHeight(style.ROW_HEIGHT - 8)
        row.setSizeHint(0, QSize(0, style.ROW_HEIGHT))
        self.list.setItemWidget(row, 3, bar)
        self._rows.append((job, row, bar))
        job.changed.connect(lambda: self._show(job, row, bar))
        self._show(job, row, bar)

    def _show(self, job: Job, row: QTreeWidgetItem, bar: QProgressBar) -> None:
        word, tone = STATES[job.state]
        row.setText(2, word)
        row.setText(4, job.text)
        row.setToolTip(4, job.text)
        row.setForeground(2, QColor(style.tone(tone).foreground))
        row.setBackground(2, QColor(style.tone(tone).background))
        if job.over:
            if isValid(bar):
                self.list.removeItemWidget(row, 3)
                bar.hide()
                bar.deleteLater()
        elif isValid(bar):
            bar.setRange(0, job.total)
            bar.setValue(job.done)
            bar.setFormat(f"{job.done} / {job.total}" if job.total > 1 else "")
        self._follow()

    def _tell(self, told: Told) -> None:
        row = QTreeWidgetItem([f"{told.at:%H:%M:%S}", told.head_word, told.text])
        row.setData(0, Qt.ItemDataRole.UserRole, told)
        row.setForeground(1, QColor(style.tone(told.tone).foreground))
        row.setBackground(1, QColor(style.tone(told.tone).background))
        row.setToolTip(2, told.text)
        self.told.insertTopLevelItem(0, row)
        self._follow()

    def repaint_tones(self) -> None:
        """Paint again in the colours of another look."""
        for job, row, bar in self._rows:
            self._show(job, row, bar)
        for place in range(self.told.topLevelItemCount()):
            line = self.told.topLevelItem(place)
            told = line.data(0, Qt.ItemDataRole.UserRole) if line is not None else None
            if line is not None and isinstance(told, Told):
                line.setForeground(1, QColor(style.tone(told.tone).foreground))
                line.setBackground(1, QColor(style.tone(told.tone).background))

    def marked(self) -> Job | None:
        """Return the job of the marked line, the newest when none is marked."""
        line = next(iter(self.list.selectedItems()), None) or self.list.topLevelItem(0)
        return next((job for job, row, _ in self._rows if row is line), None)

    def _marked_told(self) -> Told | None:
        line = next(iter(self.told.selectedItems()), None) or self.told.topLevelItem(0)
        told = line.data(0, Qt.ItemDataRole.UserRole) if line is not None else None
        return told if isinstance(told, Told) else None

    def _follow(self) -> None:
        jobs_shown = self.tabs.currentWidget() is self.list
        job, told = self.marked(), self._marked_told()
        opens = (job.show if job else None) if jobs_shown else (told.open if told else None)
        self.open_button.setEnabled(opens is not None)
        self.open_button.setToolTip("" if opens is not None else "这一项没有可以打开的窗口")
        self.cancel_button.setVisible(jobs_shown)
        self.cancel_button.setEnabled(jobs_shown and job is not None and job.stoppable)
        self.cancel_button.setToolTip("" if self.cancel_button.isEnabled() else "没有正在进行、可以取消的任务")
        count = len(self._jobs.running)
        self.empty.setText(
            "本次登录还没有后台任务。导入、导出、向导、发送和接收都会列在这里。"
            if not self._rows
            else f"进行中 {count} 项，共 {len(self._rows)} 项"
        )

    def _open(self) -> None:
        if self.tabs.currentWidget() is self.list:
            job = self.marked()
            if job is not None and job.show is not None:
                job.show()
        else:
            told = self._marked_told()
            if told is not None and told.open is not None:
                told.open()

    def _cancel(self) -> None:
        job = self.marked()
        if job is not None:
            job.cancel()


def _table(name: str, titles: list[str], parent: QWidget) -> QTreeWidget:
    table = QTreeWidget(parent)
    table.setObjectName(name)
    table.setHeaderLabels(titles)
    table.setRootIsDecorated(False)
    table.setAlternatingRowColors(True)
    table.setColumnWidth(0, 12 * style.CHARACTER)
    table.setColumnWidth(1, 9 * style.CHARACTER)
    table.header().setStretchLastSection(True)
    table.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    return table


def _button(name: str, text: str, parent: QWidget) -> QPushButton:
    button = QPushButton(text, parent)
    button.setObjectName(name)
    return button
