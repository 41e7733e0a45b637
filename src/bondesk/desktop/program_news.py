"""A newer program at the login: one that was downloaded asks to be installed, is installed there, and is started.

One that could be downloaded is told of. Closing the window while it is being installed waits for the end.
"""

from __future__ import annotations

import logging
import threading

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from bondesk.base.errors import OutsideFailure, Refused
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
    _known = Signal(object, object, str)
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
        window.installEventFilter(self)
        threading.Thread(target=self._ask, name="program news", daemon=True).start()

    def _ask(self) -> None:
        try:
            waiting, trouble = self._updates.downloaded(), self._updates.trouble()
            if isValid(self):
                self._known.emit(waiting, None, trouble)
            newer = None if waiting is not None else self._updates.newer()
            if newer is not None and isValid(self):
                self._known.emit(None, newer, trouble)
        except (OutsideFailure, Refused) as problem:
            _log.info("no newer program is known: %s", problem)
        except Exception:  # news are a courtesy: their failure disturbs nobody
            _log.warning("what waits of a newer program could not be read", exc_info=True)

    def _show(self, waiting: ProgramRelease | None, newer: ProgramRelease | None, trouble: str) -> None:
        if self._busy:
            return
        self._release = waiting
        text = trouble
        if waiting is not None:
            notes = waiting.notes.strip()
            notes = f"{notes[:_NOTES]}…" if len(notes) > _NOTES else notes
            waits = f"新版本 {waiting.version} 已下载，点「更新程序」安装，然后再登录一次。"
            text = "\n".join(part for part in (trouble, waits, notes) if part)
        elif newer is not None:
            told = f"有新版本 {newer.version}（{newer.published:%Y-%m-%d}），登录后在「系统 → 数据更新」下载。"
            text = "\n".join(part for part in (trouble, told) if part)
        self._form.tell_program(text, offers=waiting is not None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Keep the window while the program is being installed; afterwards let the worker end with it."""
        if event.type() == QEvent.Type.Close:
            if self._busy:
                event.ignore()
                self._form.tell_program("正在安装新版本，请等安装完再关闭。", offers=False)
                return True
            self._background.close()
        return super().eventFilter(watched, event)

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
        self._release = None
        self._updates.restart()
        return release

    def _show_progress(self, done: int, total: int) -> None:
        if self._busy:
            self._form.program_news.setText(f"正在安装新版本 {done * 100 // max(total, 1)}%，请勿关机…")

    def _done(self, release: ProgramRelease) -> None:
        self._busy = False
        self._form.tell_program(f"已更新到 {release.version}，程序正在重新启动，请再登录一次。", offers=False)
        self.restarting.emit()

    def _failed(self, problem: Exception) -> None:
        self._busy = False
        self._form.set_busy(busy=False)
        if isinstance(problem, Refused):
            self._release = None
        self._form.tell_program(said(problem, _FAULT), offers=self._release is not None)
        if is_fault(problem):
            self.crashed.emit(problem)
