"""The window of a wizard: heading, hint, one page at a time, progress, and the buttons that lead on or away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from bondesk.desktop import style

#: Room for pages of tables, and for a few options.
_SIZE, _SMALL = (1120, 700), (760, 320)


class ScriptFrame(QDialog):
    """What all pages share; what the pages are and where the buttons lead is said by who uses it."""

    def __init__(self, title: str, hint: str, parent: QWidget, *, small: bool = False) -> None:
        """Show ``title`` over the pages, with ``hint`` below it; a ``small`` one grows with its first table."""
        super().__init__(parent)
        self.setWindowTitle(title)
        self.resize(*(_SMALL if small else _SIZE))
        self._go: Callable[[], None] = self.accept
        self._build(title, hint)

    def _build(self, title: str, hint: str) -> None:
        self.heading = QLabel(title, self)
        self.heading.setObjectName("script_heading")
        self.heading.setProperty("role", "heading")
        self.hint = QLabel(hint, self)
        self.hint.setObjectName("script_hint")
        self.hint.setProperty("role", "quiet")
        self.hint.setWordWrap(True)
        self.pages = QStackedLayout()
        self.bar = QProgressBar(self)
        self.bar.setObjectName("script_progress")
        self.bar.setVisible(False)
        self.problem = QLabel(self)
        self.problem.setObjectName("script_problem")
        self.problem.setVisible(False)
        style.set_tone(self.problem, "bad", "ink")
        self.next = QPushButton("下一步", self)
        self.next.setObjectName("script_next")
        self.next.setDefault(True)
        self.next.clicked.connect(lambda: self._go())
        self.next.setToolTip("Ctrl+Enter：其余选项不变，直接继续")
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.next.click)
        self.leave = QPushButton("取消", self)
        self.leave.setObjectName("script_cancel")
        self.leave.setAutoDefault(False)
        self.leave.clicked.connect(self.reject)
        self.aside = QPushButton("后台运行", self)
        self.aside.setObjectName("script_background")
        self.aside.setAutoDefault(False)
        self.aside.setToolTip("继续做别的事；有问题要回答或做完时会提醒您，可从「后台任务」重新打开")
        self.aside.setVisible(False)
        buttons = QHBoxLayout()
        buttons.addWidget(self.problem)
        buttons.addStretch(1)
        buttons.addWidget(self.aside)
        buttons.addWidget(self.leave)
        buttons.addWidget(self.next)
        layout = QVBoxLayout(self)
        layout.setSpacing(style.GAP)
        for widget in (self.heading, self.hint):
            layout.addWidget(widget)
        layout.addLayout(self.pages, 1)
        layout.addWidget(self.bar)
        layout.addLayout(buttons)

    def _page(self, page: QWidget, heading: str, next_text: str, go: Callable[[], None]) -> None:
        """Show another page; the former one goes."""
        while self.pages.count():
            former = self.pages.widget(0)
            if former is None:
                break
            self.pages.removeWidget(former)
            former.deleteLater()
        if page.findChild(QTableView) is not None:
            self.resize(self.size().expandedTo(QSize(*_SIZE)))
        self.pages.addWidget(page)
        self.heading.setText(heading)
        self.next.setText(next_text)
        self._ready()
        self._go = go

    def _ready(self) -> None:
        """Let the user go on from the page shown."""
        self.next.setEnabled(True)
        self.problem.setVisible(False)
        self.bar.setVisible(False)

    def _wait(self) -> None:
        self.next.setEnabled(False)
        self.problem.setVisible(False)
        self.bar.setRange(0, 0)
        self.bar.setVisible(True)
        self.aside.setVisible(True)

    def _say(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(True)
