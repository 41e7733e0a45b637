"""The strip over the pages that says that the database is away, and brings it back: nothing closes, typing stays."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from bondesk.base.errors import Disconnected
from bondesk.desktop import style

_LOST = "与数据库的连接已断开。已打开的页和没有保存的输入都还在；请重新连接，然后再做一次刚才的操作。"
_UNKNOWN = "提交时连接中断，刚才的操作可能已经保存，也可能没有。请重新连接，先查看结果，再决定是否重做。"
_CHECK = "已重新连接。断开前最后一次操作的结果不明，请先查看单据，再决定是否重做。"


class ConnectionStrip(QFrame):
    """Hidden while all is well. ``wanted`` asks for a new connection."""

    wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        """Start hidden."""
        super().__init__(parent)
        self.setObjectName("connection_strip")
        self.label = QLabel(self)
        self.label.setObjectName("connection_strip_text")
        self.label.setWordWrap(True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton("重新连接", self)
        self.button.setObjectName("connection_strip_reconnect")
        self.button.clicked.connect(self.wanted)
        self.known = QPushButton("知道了", self)
        self.known.setObjectName("connection_strip_known")
        self.known.clicked.connect(self.hide)
        for button in (self.button, self.known):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(style.MARGIN, style.GAP, style.MARGIN, style.GAP)
        row.setSpacing(style.WIDE_GAP)
        row.addWidget(self.label, 1)
        row.addWidget(self.button)
        row.addWidget(self.known)
        self._unknown = False
        #: The database answers, but not to this user or program: only a new connection that is let in ends it.
        self.barred = False
        self.hide()

    def lost(self, failure: Disconnected) -> None:
        """Say that the database is away; that an outcome is unknown stays said."""
        self._unknown = self._unknown or failure.saved is None
        self._show(_UNKNOWN if self._unknown else _LOST, "bad", button=True)
        self.label.setToolTip(str(failure))

    def working(self) -> None:
        """Say that it is being brought back."""
        if self.isVisible():
            self.button.setText("正在重新连接…")
            self.button.setEnabled(False)

    def failed(self, text: str, *, barred: bool) -> None:
        """Say why it is still away, or why nobody is let in."""
        self.barred = barred
        self._show(f"还没有连接上。{text}", "bad", button=True)

    def back(self) -> None:
        """Go away, unless somebody has to look at what became of the last work."""
        self.barred = False
        if self._unknown:
            self._unknown = False
            self._show(_CHECK, "warn", button=False)
        elif self.button.isVisibleTo(self):
            self.hide()

    def _show(self, text: str, tone_name: str, *, button: bool) -> None:
        style.set_tone(self, tone_name)
        self.label.setText(text)
        self.label.setToolTip("")
        self.button.setText("重新连接")
        self.button.setEnabled(True)
        self.button.setVisible(button)
        self.known.setVisible(not button)
        self.show()
