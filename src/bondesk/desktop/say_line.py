"""A page's line of words: what to do or what came of it, and while something runs its progress with a stop."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from bondesk.base.steps import Progress
from bondesk.desktop import style


class SayLine(QWidget):
    """A sentence, and while something runs its progress with a button that stops it."""

    stopped = Signal()

    def __init__(self, name: str, text: str, parent: QWidget) -> None:
        """Say ``text``; ``name`` is what the names of its parts begin with."""
        super().__init__(parent)
        self.setObjectName(f"{name}_line")
        self.said = QLabel(self)
        self.said.setObjectName(f"{name}_message")
        self.said.setProperty("role", "quiet")
        self.said.setWordWrap(True)
        self.bar = QProgressBar(self)
        self.bar.setObjectName(f"{name}_progress")
        self.bar.setMaximumWidth(style.scaled(260))
        self.stop = QPushButton("取消", self)
        self.stop.setObjectName(f"{name}_stop")
        self.stop.clicked.connect(self.stopped)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(style.GAP)
        layout.addWidget(self.said, 1)
        layout.addWidget(self.bar)
        layout.addWidget(self.stop)
        self.say(text)

    def say(self, text: str, tone: str = "") -> None:
        """Say something; nothing runs any more."""
        self.bar.hide()
        self.stop.hide()
        self.said.setText(text)
        style.set_tone(self.said, tone, "ink")

    def run(self, step: Progress | None = None) -> None:
        """Show that something runs, and how far it is."""
        self.bar.setRange(0, step.total if step else 0)
        self.bar.setValue(step.done if step else 0)
        self.bar.setFormat(f"{step.text} {step.done}/{step.total}" if step else "")
        self.bar.show()
        self.stop.show()
