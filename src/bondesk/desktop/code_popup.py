"""The list of codes under a code box: shows what matches, never takes the keyboard."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QLabel, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from bondesk.desktop import style

_ROWS, _WIDTH = 10, 300


class CodePopup(QFrame):
    """A frameless window; the code box keeps the focus and steers it. ``picked`` brings a clicked code."""

    picked = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        """Belong to ``parent``; hidden until :meth:`show_under`."""
        super().__init__(parent, Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("code_popup")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.list = QTreeWidget(self)
        self.list.setObjectName("code_list")
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAllColumnsShowFocus(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(lambda item, _column: self.picked.emit(item.text(0)))
        self.hint = QLabel(self)
        self.hint.setObjectName("code_hint")
        self.hint.setProperty("role", "quiet")
        self.hint.setContentsMargins(style.GAP, 2, style.GAP, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addWidget(self.list)
        layout.addWidget(self.hint)
        self.moved = False

    def offer(self, matches: Sequence[tuple[str, str]], hint: str, chosen: str = "") -> None:
        """List ``matches`` with ``chosen`` highlighted, or the first."""
        self.list.clear()
        self.list.addTopLevelItems([QTreeWidgetItem([code, name]) for code, name in matches])
        if matches:
            place = next((row for row, match in enumerate(matches) if match[0] == chosen), 0)
            self.list.setCurrentIndex(self.list.model().index(place, 0))
        self.list.setVisible(bool(matches))
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.moved = False

    def show_under(self, box: QWidget) -> None:
        """Stand under ``box``, or above it where the screen ends."""
        rows = min(_ROWS, self.list.topLevelItemCount())
        height = rows * (self.list.sizeHintForRow(0) if rows else 0) + (2 if rows else 0)
        self.list.setFixedHeight(height)
        width = max(_WIDTH, box.width())
        self.list.setColumnWidth(0, min(width // 2, max(70, self.list.sizeHintForColumn(0) + 2 * style.GAP)))
        self.setFixedWidth(width)
        self.adjustSize()
        place = box.mapToGlobal(QPoint(0, box.height()))
        screen = box.screen() or QGuiApplication.primaryScreen()
        limits = screen.availableGeometry()
        if place.y() + self.height() > limits.bottom():
            place = box.mapToGlobal(QPoint(0, -self.height()))
        place.setX(max(limits.left(), min(place.x(), limits.right() - width)))
        self.move(place)
        self.show()
        self.raise_()

    def step(self, by: int) -> None:
        """Move the highlight by ``by`` rows."""
        count = self.list.topLevelItemCount()
        if count:
            here = self.list.currentIndex().row()
            self.list.setCurrentIndex(self.list.model().index(max(0, min(count - 1, here + by)), 0))
            self.moved = True

    def current(self) -> str:
        """Return the highlighted code, or ""."""
        item = self.list.currentItem()
        return item.text(0) if item is not None and self.isVisible() else ""
