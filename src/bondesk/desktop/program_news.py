"""A downloaded newer program at the login: it asks to be installed, is installed there, and the program starts anew."""

from __future__ import annotations

import logging
import threading

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from bondesk.base.program_release import ProgramRelease, ProgramUpdates
from bondesk.desktop.background import Background, while_alive
from bondesk.desktop.login_form import LoginForm
from bondesk.desktop.wording import is_fault, said

_log = logging.getLogger(__name__)
_FAULT = "更新程序时出错，现在的版本没有改变，详细情况已写入日志。"
_NOTES = 160


class ProgramAtLogin(QObject):
    """Shows what waits on ``form``; ``restarting`` when the newer program has been started, ``crashed`` our faults."""

    restarting = Signal()
    crashed = Signal(object)
    _known = Signal(object, str)
    _told = Signal(int, int)

    def __init__(self, window: QWidget, form: LoginForm, updates: ProgramUpdates) -> None:
        """Ask in a thread of its own what waits: nothing here delays the login."""
        super().__init__(window)
        self._form, self._updates = form, updates
        self._release: ProgramRelease | None = None
        self._background = Background()
        self._busy = False
        self._known.connect(self._show)
        self._told.connect(self._show_progress)
        form.program.clicked.connect(lambda _checked: self.install())
        window.destroyed.connect(self._background.close)
        threading.Thread(target=self._ask, name="program news", daemon=True).start()

    def _ask(self) -> None:
        try:
            found = self._updates.downloaded(), self._updates.trouble()
        except Exception:  # news are a courtesy: their failure disturbs nobody
            _log.warning("what waits of a newer program could not be read", exc_info=True)
            return
        if isValid(self):
            self._known.emit(*found)

    def _show(self, release: ProgramRelease | None, trouble: str) -> None:
        self._release = release
        text = trouble
        if release is not None:
            notes = release.notes.strip()
            notes = f"{notes[:_NOTES]}…" if len(notes) > _NOTES else notes
            waits = f"新版本 {release.version} 已下载，点「更新程序」安装，然后再登录一次。"
            text = "\n".join(part for part in (trouble, waits, notes) if part)
        self._form.tell_program(text, offers=release is not None)

    def install(self) -> None:
        """Install what waits; nobody signs in meanwhile."""
        if self._busy or self._release is None:
            return
        self._busy = True
        self._form.set_busy(busy=True)
        self._form.button.setText("正在更新…")
        self._form.tell_program("正在核对签名并安装新版本…", offers=False)
        self._background.run(self._installed, while_alive(self, self._done), while_alive(self, self._failed))

    def _installed(self) -> ProgramRelease:
        release = self._updates.install(self._told.emit)
        self._updates.restart()
        return release

    def _show_progress(self, done: int, total: int) -> None:
        if self._busy:
            self._form.program_news.setText(f"正在安装新版本 {done * 100 // max(total, 1)}%，请勿关机…")

    def _done(self, release: ProgramRelease) -> None:
        self._form.tell_program(f"已更新到 {release.version}，程序正在重新启动，请再登录一次。", offers=False)
        self.restarting.emit()

    def _failed(self, problem: Exception) -> None:
        self._busy = False
        self._form.set_busy(busy=False)
        self._form.tell_program(said(problem, _FAULT), offers=self._release is not None)
        if is_fault(problem):
            self.crashed.emit(problem)
