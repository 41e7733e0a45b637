"""What one row of the operation log changed: field by field, before and after, beside its form."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QLabel, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from bondesk.base.documents import DocumentType
from bondesk.base.operation_log import OperationLog
from bondesk.desktop import style
from bondesk.desktop.background import while_alive
from bondesk.desktop.context import DeskContext
from bondesk.engine.history import changes_of
from bondesk.engine.log_reading import EMPTY, Change

_HEADINGS = ("位置", "字段", "修改前", "修改后")
_WIDTH = 640


class ChangesPane(QWidget):
    """Opens with the form of a log row and stays as long as it does."""

    title, shortcut, at_once = "修改明细", "", True

    def __init__(self, context: DeskContext, parent: QWidget) -> None:
        """Show nothing until :meth:`load`."""
        super().__init__(parent)
        self.setObjectName("changes_pane")
        self._context = context
        heading = QLabel(self.title, self)
        heading.setObjectName("changes_title")
        heading.setProperty("role", "heading")
        self.table = QTableWidget(0, len(_HEADINGS), self)
        self.table.setObjectName("changes_table")
        self.table.setHorizontalHeaderLabels(list(_HEADINGS))
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, mode in enumerate(("ResizeToContents", "ResizeToContents", "Stretch", "Stretch")):
            self.table.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode[mode])
        self.nothing = QLabel("这次操作没有修改任何字段", self)
        self.nothing.setObjectName("changes_nothing")
        self.nothing.setProperty("role", "quiet")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, style.GAP, style.MARGIN, style.GAP)
        layout.setSpacing(style.GAP)
        for widget in (heading, self.table, self.nothing):
            layout.addWidget(widget, 0 if widget is heading else 1)
        self.setMinimumWidth(_WIDTH)
        self.hide()

    def clear(self) -> None:
        """Forget the row shown and hide."""
        self.table.setRowCount(0)
        self.hide()

    def load(self, document_id: int) -> None:
        """Read a row of the log through the lane and show what it changed."""
        self._context.lane.act(
            lambda act: changes_of(act, document_id),
            while_alive(self, self.show_changes),
            while_alive(self, lambda problem: self._context.show_message(str(problem))),
        )

    def show_changes(self, found: Sequence[Change]) -> None:
        """List changes; head first, then line by line."""
        self.table.setRowCount(len(found))
        for row, change in enumerate(found):
            for column, text in enumerate((change.where or "表头", change.label, change.before, change.after)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                if text == EMPTY:
                    item.setForeground(QColor(style.scheme().quiet))
                self.table.setItem(row, column, item)
        self.table.setVisible(bool(found))
        self.nothing.setVisible(not found)
        self.show()


def changes_pane(context: DeskContext, document: DocumentType, parent: QWidget) -> ChangesPane | None:
    """Make the pane for the form of the operation log, and for no other."""
    return ChangesPane(context, parent) if document.header is OperationLog else None
