"""客户端程序更新: what a newer program brings, its download with progress, and how it is installed (row 183)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

import bondesk
from bondesk.base.errors import OutsideFailure, Refused
from bondesk.base.program_release import ProgramRelease, ProgramUpdates
from bondesk.base.steps import Cancelled
from bondesk.desktop import style
from bondesk.desktop.background import Detached, while_alive
from bondesk.desktop.wording import is_fault, said

_SIZE = (620, 420)
_FAULT = "下载新版本时程序出错，现在的版本没有改变，详细情况已写入日志。"
_READY = "已下载并核对签名。关闭程序再打开，在登录窗口点「更新程序」安装，然后再登录一次。"
#: What waits to be installed, what is newer at the source, what notices tell, what kept the source from answering.
Found = tuple[ProgramRelease | None, ProgramRelease | None, str, Exception | None]


class ProgramUpdateDialog(QDialog):
    """Looks, shows, downloads; ``crashed`` brings what is our fault. Closing stops a download; the next one goes on."""

    crashed = Signal(object)
    _told = Signal(int, int)

    def __init__(self, updates: ProgramUpdates, told: Callable[[], str], parent: QWidget) -> None:
        """Ask the source at once; ``told`` says what notices tell of a newer program, "" for nothing."""
        super().__init__(parent)
        self.setObjectName("program_update")
        self.setWindowTitle("客户端程序更新")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(style.scaled(_SIZE[0]), style.scaled(_SIZE[1]))
        self._updates, self._tell_notices, self._background = updates, told, Detached(self)
        self._release: ProgramRelease | None = None
        self._running = self._stopped = self._fetching = False
        self._told.connect(self._show_progress)
        self._build()
        self.look()

    def _build(self) -> None:
        self.heading, self.facts = self._label("program_heading", "heading"), self._label("program_facts", "quiet")
        self.message = self._label("program_message", "notice")
        self.notes = QPlainTextEdit(self)
        self.notes.setObjectName("program_notes")
        self.notes.setReadOnly(True)
        self.bar = QProgressBar(self)
        self.bar.setObjectName("program_progress")
        self.again = self._button("program_again", "重新查找", self.look)
        self.fetch = self._button("program_download", "下载", self.download)
        self.fetch.setProperty("role", "primary")
        self.leave = self._button("program_close", "关闭", self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(style.GAP)
        buttons.addWidget(self.again)
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        buttons.addWidget(self.fetch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(style.WIDE_GAP)
        for widget in (self.heading, self.facts, self.message):
            layout.addWidget(widget)
        layout.addWidget(self.notes, 1)
        layout.addStretch(0)
        layout.addWidget(self.bar)
        layout.addLayout(buttons)

    def _label(self, name: str, role: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setProperty("role", role)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        return label

    def _button(self, name: str, text: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked: act())
        return button

    def look(self) -> None:
        """Ask the source for a newer release, and what is here already."""
        if self._running:
            return

        def job() -> Found:
            waiting = self._updates.downloaded()
            try:
                newer, away = self._updates.newer(), None
            except (OutsideFailure, Refused) as problem:
                newer, away = None, problem
            return waiting, newer, self._tell_notices(), away

        self._begin("正在查找新版本…")
        self._background.run(job, while_alive(self, self._found), while_alive(self, self._failed))

    def _found(self, found: Found) -> None:
        self._end()
        waiting, newer, notice, away = found
        release = newer or waiting
        if release is None and away is not None:
            self._failed(away)
            return
        if release is None:
            self.heading.setText("有新版本，但来源中没有可以安装的文件" if notice else "已是最新版本")
            self._say(notice, "notice")
            self.facts.setText(f"当前版本 {bondesk.__version__}")
            return
        self._release = release
        self.heading.setText(f"新版本 {release.version}")
        told = (f"发布日期 {release.published:%Y-%m-%d}", f"大小 {release.size / (1 << 20):.1f} MB")
        self.facts.setText("　".join((f"当前版本 {bondesk.__version__}", *told, f"签发者 {release.signer}")))
        self.notes.setPlainText(release.notes or "发布者没有写说明")
        self.notes.show()
        here = waiting == release
        self._say(_READY if here else "", "notice")
        self.fetch.setEnabled(not here)
        (self.leave if here else self.fetch).setFocus()

    def download(self) -> None:
        """Download what is shown, going on where an earlier try stopped."""
        release = self._release
        if self._running or release is None:
            return
        self._begin(f"正在下载新版本 {release.version}…", keep=True)
        self._background.run(
            lambda: self._updates.download(release, self._tell),
            while_alive(self, self._downloaded),
            while_alive(self, self._failed),
        )

    def _downloaded(self, _nothing: object) -> None:
        self._end()
        if self._release is not None:
            self.heading.setText(f"新版本 {self._release.version} 已下载")
        self._say(_READY, "notice")
        self.leave.setFocus()

    def _failed(self, problem: Exception) -> None:
        self._end()
        cancelled = isinstance(problem, Cancelled)
        failed = "没有下载完" if self._fetching else "没有查到新版本"
        self.heading.setText("已停止，再下载时接着下载" if cancelled else failed)
        if not self._fetching:
            self.facts.setText(f"当前版本 {bondesk.__version__}")
        if not cancelled:
            self._say(said(problem, _FAULT), "error")
        self.fetch.setEnabled(self._release is not None)
        if is_fault(problem) and not cancelled:
            self.crashed.emit(problem)

    def _tell(self, done: int, total: int) -> None:
        """Run on the worker thread."""
        if self._stopped:
            raise Cancelled
        self._told.emit(done, total)

    def _show_progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(done)
        self.bar.setFormat(f"{done / (1 << 20):.1f} / {total / (1 << 20):.1f} MB")

    def _begin(self, text: str, *, keep: bool = False) -> None:
        self._running, self._stopped, self._fetching = True, False, keep
        self.heading.setText(text)
        self._say("", "notice")
        if not keep:
            self._release = None
            self.facts.setText("")
            self.notes.hide()
        self.again.setEnabled(False)
        self.fetch.setEnabled(False)
        self.leave.setText("停止" if keep else "关闭")
        self.bar.setRange(0, 0)
        self.bar.setFormat("")
        self.bar.show()

    def _end(self) -> None:
        self._running = False
        self.bar.hide()
        self.again.setEnabled(True)
        self.leave.setEnabled(True)
        self.leave.setText("关闭")

    def _say(self, text: str, role: str) -> None:
        self.message.setProperty("role", role)
        self.message.style().unpolish(self.message)
        self.message.style().polish(self.message)
        self.message.setText(text)
        self.message.setVisible(bool(text))

    def reject(self) -> None:
        """Stop a download; close when none runs. A source that does not answer is not waited for."""
        if self._running and self._fetching:
            self._stopped = True
            self.leave.setEnabled(False)
            return
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Closing while something is downloaded stops it first."""
        if self._running and self._fetching:
            self.reject()
            event.ignore()
            return
        super().closeEvent(event)
