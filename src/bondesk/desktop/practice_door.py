"""The way into 练习模式, from the login window as from 系统 → 练习模式. Light: the login window is painted with it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from bondesk.desktop.background import Detached, while_alive
from bondesk.desktop.login_form import LoginForm
from bondesk.desktop.wording import is_fault, said

if TYPE_CHECKING:
    from bondesk.engine.ports import Practice

OPENING, OPENED = "正在打开练习模式，第一次需要约一分钟…", "练习窗口已打开"
_FAULT = "打开练习模式时程序出错，详细情况已写入日志。"
_ONE = threading.Lock()


def open_practice(room: Practice, tell: Callable[[str], None]) -> None:
    """Open the window of 练习; the first time its company is made before, ``tell`` getting a sentence per step.

    Blocks, so not on the UI thread. Who comes while the company is being made waits for it.
    ``OutsideFailure`` says why it could not be made or opened.
    """
    with _ONE:
        if not room.prepared():
            room.prepare(tell)
    room.open()


class PracticeAtLogin(QObject):
    """Offers 练习模式 on ``form``; nobody has to sign in for it. ``crashed`` brings what is our fault."""

    crashed = Signal(object)
    _step = Signal(str)

    def __init__(self, window: QWidget, form: LoginForm, room: Practice) -> None:
        """Show the button; signing in stays possible while the company is made."""
        super().__init__(window)
        self._form, self._room = form, room
        self._detached = Detached(self)
        self._step.connect(self._say)
        form.practice.clicked.connect(lambda _checked: self.start())
        form.practice.show()
        form.fit()

    def start(self) -> None:
        """Open the window of 练习, once at a time."""
        if not self._form.practice.isEnabled():
            return
        self._form.practice.setEnabled(False)
        self._say(OPENING)
        room, tell = self._room, while_alive(self, self._step.emit)
        self._detached.run(lambda: open_practice(room, tell), self._opened, self._failed)

    def _say(self, text: str, role: str = "notice") -> None:
        self._form.tell_practice(text, role)

    def _opened(self, _nothing: object) -> None:
        self._form.practice.setEnabled(True)
        self._say(f"{OPENED}。")

    def _failed(self, problem: Exception) -> None:
        self._form.practice.setEnabled(True)
        self._say(said(problem, _FAULT), "error")
        if is_fault(problem):
            self.crashed.emit(problem)
