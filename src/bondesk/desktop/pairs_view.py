"""Any two rows of a table: picked, and a sentence says what holds them together or keeps them apart."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel, QVBoxLayout, QWidget

from bondesk.base.steps import Pairs
from bondesk.desktop import style
from bondesk.desktop.step_table import StepTable

_ASK = "选一行看它成了哪一项；按住 Ctrl 再选一行，看两行为什么合并或不合并"


class PairsView(QWidget):
    """The rows, and below them the sentence about the one or two that are selected."""

    def __init__(self, pairs: Pairs, parent: QWidget | None = None) -> None:
        """Show the rows of ``pairs``."""
        super().__init__(parent)
        self.setObjectName("pairs")
        self._pairs = pairs
        self.table = StepTable(pairs.table, parent=self)
        self.table.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.said = QLabel(_ASK, self)
        self.said.setObjectName("pairs_said")
        self.said.setWordWrap(True)
        self.said.setMinimumHeight(style.scaled(52))
        self.said.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(style.GAP)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.said)
        self.table.view.selectionModel().selectionChanged.connect(self._say)
        self.table.model.modelReset.connect(self._say)

    def _say(self) -> None:
        rows = [self.table.model.rows[one.row()] for one in self.table.view.selectionModel().selectedRows()]
        if not rows or len(rows) > 2:
            self.said.setText(_ASK if not rows else f"选了 {len(rows)} 行；请只选两行来比较")
        else:
            self.said.setText(self._pairs.why(min(rows), max(rows)))
