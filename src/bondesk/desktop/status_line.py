"""The bottom line: what happened last, whether the program works, who is signed in where."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QLabel, QMainWindow, QProgressBar, QWidget

from bondesk.desktop.login import SignedIn

#: Work shorter than this does not flicker; a sentence stays this long.
_BUSY_AFTER_MS, _SENTENCE_MS = 200, 20_000


class StatusLine(QObject):
    """Fills the status bar of a main window."""

    def __init__(self, window: QMainWindow, signed: SignedIn) -> None:
        """Show user and connection for good."""
        super().__init__(window)
        self._window = window
        bar = window.statusBar()
        bar.setObjectName("status_bar")
        self.message = QLabel(window)
        self.message.setObjectName("status_message")
        self.working = QProgressBar(window)
        self.working.setObjectName("status_busy")
        self.working.setRange(0, 0)
        self.working.setFixedSize(90, 12)
        self.working.setTextVisible(False)
        self.working.setToolTip("正在处理…")
        self.working.hide()
        user = QLabel(f"用户：{signed.identity.name}（{signed.identity.account}）", window)
        user.setObjectName("status_user")
        connection = QLabel(f"数据连接：{signed.connection}", window)
        connection.setObjectName("status_connection")
        self.message.setContentsMargins(8, 0, 8, 0)
        bar.addWidget(self.message, 1)
        for label in (self.working, connection, user):
            bar.addPermanentWidget(label)
            label.setContentsMargins(8, 0, 8, 0)
        self._late = self._timer(_BUSY_AFTER_MS, self.working.show)
        self._gone = self._timer(_SENTENCE_MS, self.message.clear)

    def add(self, widget: QWidget) -> None:
        """Put one more thing that stays between the message and who is signed in where."""
        self._window.statusBar().insertPermanentWidget(1, widget)

    def _timer(self, milliseconds: int, then: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(then)
        return timer

    def say(self, text: str) -> None:
        """Show a sentence for a while."""
        self.message.setText(text)
        self.message.setToolTip(text)
        self._gone.start()

    def set_busy(self, busy: bool) -> None:
        """Show that work is under way, once it takes long enough to notice."""
        if busy:
            self._late.start()
        else:
            self._late.stop()
            self.working.hide()
