"""Notices in the corner of the window: they cover nothing for long, take no focus, and stay in the history."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from bondesk.desktop import style
from bondesk.desktop.jobs import Jobs, Told

#: How long a good word stays; a warning stays until it is closed. At most this many at once.
STAY_MS, MOST = 8_000, 4
_WIDTH = 380


class Toast(QFrame):
    """One sentence: tone as colour and word, its time, 打开 when there is something to open."""

    def __init__(self, told: Told, parent: QWidget) -> None:
        """Show ``told``; good words go by themselves."""
        super().__init__(parent)
        self.setObjectName("toast")
        self.setProperty("tone", told.tone)
        self.setFixedWidth(_WIDTH)
        word = QLabel(f"{told.head_word}  {told.at:%H:%M}", self)
        word.setObjectName("toast_word")
        word.setProperty("role", "heading")
        text = QLabel(told.text, self)
        text.setObjectName("toast_text")
        text.setWordWrap(True)
        self.hush = QToolButton(self)
        self.hush.setObjectName("toast_close")
        self.hush.setProperty("role", "tab_close")
        self.hush.setText("×")
        self.hush.setToolTip("关闭")
        self.hush.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hush.clicked.connect(self.close)
        self.open_button = QPushButton("打开", self)
        self.open_button.setObjectName("toast_open")
        self.open_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.open_button.setVisible(told.open is not None)
        self.open_button.clicked.connect(lambda: self._open(told))
        head = QHBoxLayout()
        head.addWidget(word, 1)
        head.addWidget(self.hush)
        foot = QHBoxLayout()
        foot.addWidget(text, 1)
        foot.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignBottom)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.MARGIN, style.GAP, style.GAP, style.GAP)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addLayout(foot)
        if told.tone not in ("warn", "bad"):
            QTimer.singleShot(STAY_MS, self, self.close)

    def _open(self, told: Told) -> None:
        self.close()
        if told.open is not None:
            told.open()


class Toasts(QObject):
    """Stacks toasts over the lower right corner of ``window``."""

    def __init__(self, jobs: Jobs, window: QWidget) -> None:
        """Show whatever ``jobs`` tells from now on."""
        super().__init__(window)
        self._window = window
        self.shown: list[Toast] = []
        window.installEventFilter(self)
        jobs.told.connect(self.show_told)

    def show_told(self, told: Told) -> None:
        """Put one more on the stack; the oldest goes when there are too many."""
        toast = Toast(told, self._window)
        toast.installEventFilter(self)
        self.shown.append(toast)
        for old in self.shown[:-MOST]:
            old.close()
        toast.show()
        self._place()

    def _place(self) -> None:
        bottom = self._window.height() - 40
        for toast in reversed(self.shown):
            toast.adjustSize()
            height = max(toast.heightForWidth(_WIDTH), toast.sizeHint().height())
            toast.resize(_WIDTH, height)
            bottom -= height
            toast.move(self._window.width() - _WIDTH - style.MARGIN, bottom)
            toast.raise_()
            bottom -= style.GAP

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Follow the window's size, forget what was closed."""
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._place()
        elif event.type() == QEvent.Type.Close and isinstance(watched, Toast) and watched in self.shown:
            self.shown.remove(watched)
            watched.deleteLater()
            self._place()
        return False
