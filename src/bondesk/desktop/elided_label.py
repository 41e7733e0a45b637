"""A line of text that is cut with … where the room is short; the tooltip then says all of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QStyle, QWidget


class ElidedLabel(QLabel):
    """Wants the room of its whole text and makes do with any; ``tip`` is shown instead of the text, when given."""

    def __init__(self, parent: QWidget) -> None:
        """Start empty."""
        super().__init__(parent)
        self.tip = ""

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Make do with next to nothing."""
        return QSize(1, super().minimumSizeHint().height())

    def _cut(self) -> str:
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width())

    def event(self, event: QEvent) -> bool:
        """Say the whole text where it is cut."""
        if event.type() == QEvent.Type.ToolTip:
            self.setToolTip(self.tip or (self.text() if self._cut() != self.text() else ""))
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint what there is room for."""
        painter = QPainter(self)
        align = QStyle.visualAlignment(self.layoutDirection(), self.alignment())
        self.style().drawItemText(painter, self.contentsRect(), align, self.palette(), self.isEnabled(), self._cut())
        painter.end()
