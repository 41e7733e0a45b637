"""Who changed what and when, beside the form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from bondesk.base.documents import DocumentType
from bondesk.desktop import style
from bondesk.desktop.background import while_alive
from bondesk.desktop.context import DeskContext
from bondesk.engine import history
from bondesk.engine.act import Act
from bondesk.engine.log_reading import EMPTY, Change, changes

_WIDTH = 340


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry of the log as the pane shows it."""

    at: str
    user: str
    what: str
    changes: tuple[Change, ...]


def deeds(act: Act, document: DocumentType, document_id: int) -> list[Deed]:
    """Return what was done to a document and its lines, newest first, with labels and code names."""
    found = []
    for entry in history.entries(act, document.key, document_id):
        told = changes(document, document.header, entry.before, entry.after, act.codebook.name)
        at = f"{entry.at:%Y-%m-%d %H:%M:%S}"
        found.append(Deed(at, entry.user_name, _what(entry.action, entry.summary, bool(told)), tuple(told)))
    return found


def _what(action: str, summary: str, told: bool) -> str:
    """Say what was done; what changed no value (a receipt, a hand-over) is said by its sentence."""
    return action if told or not summary else f"{action}：{summary}"


class HistoryPane(QWidget):
    """Hidden until :meth:`load`; reads again after every save while it is open."""

    title, shortcut = "历史", "Ctrl+H"

    def __init__(self, context: DeskContext, document: DocumentType, parent: QWidget) -> None:
        """Show the log of one document of ``document``."""
        super().__init__(parent)
        self.setObjectName("history_pane")
        self._context, self._document = context, document
        title = QLabel("历史", self)
        title.setObjectName("history_title")
        title.setProperty("role", "heading")
        close = QToolButton(self)
        close.setObjectName("history_close")
        close.setText("✕")
        close.setToolTip("关闭历史")
        close.setAutoRaise(True)
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(self.hide)
        self.tree = QTreeWidget(self)
        self.tree.setObjectName("history_tree")
        self.tree.setColumnCount(1)
        self.tree.setHeaderHidden(True)
        self.tree.setAlternatingRowColors(True)
        self.setFocusProxy(self.tree)
        top = QHBoxLayout()
        top.addWidget(title, 1)
        top.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, style.GAP, style.MARGIN, style.GAP)
        layout.setSpacing(style.GAP)
        layout.addLayout(top)
        layout.addWidget(self.tree, 1)
        self.setMinimumWidth(_WIDTH // 2)
        self.resize(_WIDTH, self.height())
        self.hide()

    def clear(self) -> None:
        """Forget the document and hide."""
        self.tree.clear()
        self.hide()

    def load(self, document_id: int) -> None:
        """Read the log through the lane and show it."""
        document = self._document
        self._context.lane.act(
            lambda act: deeds(act, document, document_id),
            while_alive(self, self.show_deeds),
            while_alive(self, lambda problem: self._context.show_message(str(problem))),
        )

    def show_deeds(self, found: Sequence[Deed]) -> None:
        """List ``found``, the newest open."""
        self.tree.clear()
        for number, deed in enumerate(found):
            item = QTreeWidgetItem([f"{deed.at}　{deed.user}\n{deed.what}"])
            item.setToolTip(0, item.text(0))
            parts: dict[str, QTreeWidgetItem] = {"": item}
            for change in deed.changes:
                if change.where not in parts:
                    parts[change.where] = _under(item, change.where)
                text = change.after if change.before == EMPTY else change.told
                _under(parts[change.where], f"{change.label}：{text}")
            self.tree.addTopLevelItem(item)
            if number == 0:
                for part in parts.values():
                    part.setExpanded(True)
        if not found:
            self.tree.addTopLevelItem(QTreeWidgetItem(["还没有记录"]))
        self.show()


def history_pane(context: DeskContext, document: DocumentType, parent: QWidget) -> HistoryPane | None:
    """Make the pane; what nobody can change has no history."""
    return None if document.flow.closed else HistoryPane(context, document, parent)


def _under(parent: QTreeWidgetItem, text: str) -> QTreeWidgetItem:
    child = QTreeWidgetItem(parent, [text])
    child.setToolTip(0, text)
    return child
