"""Why a number is what it is, as a tree beside the report."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from bondesk.base.explanation import Explanation
from bondesk.desktop import style

_OPEN_LEVELS = 2


class ExplainPanel(QWidget):
    """Shows one explanation: what, value, reason; the first levels open."""

    def __init__(self, parent: QWidget) -> None:
        """Start empty."""
        super().__init__(parent)
        self.setObjectName("explain_panel")
        self.explanation: Explanation | None = None
        title = QLabel("数字的来历", self)
        title.setProperty("role", "heading")
        self.copy = QPushButton("复制为文字", self)
        self.copy.setObjectName("explain_copy")
        self.copy.clicked.connect(self._copy)
        self.shut = QPushButton("关闭", self)
        self.shut.setObjectName("explain_close")
        self.shut.clicked.connect(self.hide)
        self.tree = QTreeWidget(self)
        self.tree.setObjectName("explain_tree")
        self.tree.setHeaderLabels(["来历", "数值", "说明"])
        self.tree.setAlternatingRowColors(True)
        self.tree.setUniformRowHeights(True)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        top = QHBoxLayout()
        top.addWidget(title)
        top.addStretch(1)
        top.addWidget(self.copy)
        top.addWidget(self.shut)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.GAP, 0, 0, 0)
        layout.addLayout(top)
        layout.addWidget(self.tree, 1)

    def show_explanation(self, explanation: Explanation) -> None:
        """Show another explanation."""
        self.explanation = explanation
        self.tree.clear()
        self.tree.addTopLevelItem(_item(explanation))
        self._open(self.tree.topLevelItem(0), _OPEN_LEVELS)
        for column, widest in ((0, 420), (1, 190), (2, 420)):
            self.tree.resizeColumnToContents(column)
            self.tree.setColumnWidth(column, min(widest, self.tree.columnWidth(column) + style.GAP))
        self.show()

    def _open(self, item: QTreeWidgetItem | None, levels: int) -> None:
        if item is None or levels == 0:
            return
        item.setExpanded(True)
        for number in range(item.childCount()):
            self._open(item.child(number), levels - 1)

    def _copy(self) -> None:
        if self.explanation is not None:
            QGuiApplication.clipboard().setText(self.explanation.as_text())


def _item(explanation: Explanation) -> QTreeWidgetItem:
    item = QTreeWidgetItem([explanation.title, explanation.value, explanation.reason])
    item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    for column in range(3):
        item.setToolTip(column, item.text(column))
    item.addChildren([_item(part) for part in explanation.parts])
    return item
