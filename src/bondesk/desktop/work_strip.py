"""The strip under a list that shows how far an order to many documents is, with a button to stop it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from bondesk.desktop import style
from bondesk.desktop.list_work import RowWork


class WorkStrip(QWidget):
    """Hidden but while a :class:`RowWork` runs."""

    def __init__(self, parent: QWidget) -> None:
        """Start hidden."""
        super().__init__(parent)
        self.setObjectName("list_progress")
        self._work: RowWork | None = None
        self.bar = QProgressBar(self)
        self.bar.setObjectName("list_progress_bar")
        self.bar.setFormat("%v / %m")
        self.stop = QPushButton("停止", self)
        self.stop.setObjectName("list_progress_stop")
        self.stop.clicked.connect(self._cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.GAP)
        row.addWidget(self.bar, 1)
        row.addWidget(self.stop)
        self.hide()

    def follow(self, work: RowWork) -> None:
        """Show how far ``work`` is until it ends."""
        self._work = work
        work.progressed.connect(self._progress)
        work.ended.connect(self._ended)
        self.show()

    def _progress(self, done: int, total: int) -> None:
        self.bar.setMaximum(total)
        self.bar.setValue(done)

    def _cancel(self) -> None:
        if self._work is not None:
            self._work.cancel()

    def _ended(self, _results: object) -> None:
        self._work = None
        self.hide()
