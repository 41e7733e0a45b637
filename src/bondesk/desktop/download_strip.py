"""The strip that says a download was not gone through with, and goes on with it or gives the rest up."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from bondesk.desktop import style
from bondesk.engine.download_runs import Run


class UnfinishedStrip(QFrame):
    """Hidden while there is nothing to go on with. ``resumed`` and ``dropped`` order what the buttons say."""

    resumed = Signal()
    dropped = Signal()

    def __init__(self, parent: QWidget) -> None:
        """Start hidden."""
        super().__init__(parent)
        self.setObjectName("download_unfinished")
        style.set_tone(self, "warn")
        self.text = QLabel(self)
        self.text.setObjectName("download_unfinished_text")
        self.text.setWordWrap(True)
        self.resume, self.drop = QPushButton("继续", self), QPushButton("放弃其余", self)
        self.drop.setToolTip("已收下的数据保留，其余不再下载")
        row = QHBoxLayout(self)
        row.setContentsMargins(style.MARGIN, style.GAP, style.MARGIN, style.GAP)
        row.addWidget(self.text, 1)
        ordered = (("download_resume", self.resume, self.resumed), ("download_drop", self.drop, self.dropped))
        for name, button, signal in ordered:
            button.setObjectName(name)
            button.clicked.connect(lambda _checked=False, order=signal: order.emit())
            row.addWidget(button)
        self.hide()

    def show_runs(self, runs: Sequence[Run], *, busy: bool) -> None:
        """Tell of the newest unfinished run, unless one is running."""
        self.setVisible(bool(runs) and not busy)
        if runs:
            run, more = runs[0], len(runs) - 1
            why = f"（{run.problem.rstrip('。')}）" if run.problem else ""
            others = f"；另有 {more} 次" if more else ""
            begun = f"{run.started_at:%Y-%m-%d %H:%M}"
            self.text.setText(f"{begun} 从「{run.title}」的下载没有完成{why}：{run.counts}{others}")
