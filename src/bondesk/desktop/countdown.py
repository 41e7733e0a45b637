"""A wait in seconds that is seen to pass, by a clock that nobody puts back."""

from __future__ import annotations

from PySide6.QtCore import QDeadlineTimer, QObject, QTimer, Signal

_TICK_MS = 250


class Countdown(QObject):
    """``left`` brings the seconds still to wait whenever they change, 0 at the end."""

    left = Signal(int)

    def __init__(self, parent: QObject) -> None:
        """Stand still."""
        super().__init__(parent)
        self._deadline = QDeadlineTimer(0)
        self._said = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def running(self) -> bool:
        """Tell whether there is something left to wait."""
        return self._timer.isActive()

    def start(self, seconds: int) -> None:
        """Wait ``seconds`` from now."""
        self._deadline.setRemainingTime(seconds * 1000)
        self._said = -1
        self._timer.start()
        self._tick()

    def stop(self) -> None:
        """Wait no longer, and say nothing."""
        self._timer.stop()

    def _tick(self) -> None:
        seconds = -(-self._deadline.remainingTime() // 1000)
        if seconds <= 0:
            self._timer.stop()
        if seconds != self._said:
            self._said = seconds
            self.left.emit(max(0, seconds))
