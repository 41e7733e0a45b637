"""Who changed what and when, beside the form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType
from bondesk.base.fields import Field, field_of
from bondesk.base.numbers import plain
from bondesk.base.readings import Unreadable, read_number
from bondesk.desktop import style
from bondesk.desktop.background import while_alive
from bondesk.desktop.context import DeskContext
from bondesk.engine import history
from bondesk.engine.act import Act

_WIDTH = 340
_EMPTY = "空"


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry of the log as the pane shows it; ``changes`` holds (label, before, after)."""

    at: str
    user: str
    what: str
    changes: tuple[tuple[str, str, str], ...]


def deeds(act: Act, document: DocumentType, document_id: int) -> list[Deed]:
    """Return what was done to a document, newest first, with the labels of its fields."""
    models: dict[str, type[Any]] = {document.key: document.header}
    titles: dict[str, str] = {}
    for table in document.lines:
        models[table.model.__tablename__] = table.model
        titles[table.model.__tablename__] = table.title if len(document.lines) == 1 else "明细"
    found = []
    for entry in history.entries(act, document.key, document_id):
        model = models.get(entry.document_key, document.header)
        keys = list(dict.fromkeys([*entry.before, *entry.after]))
        changes = [_change(document, model, key, entry.before.get(key), entry.after.get(key)) for key in keys]
        where = f"{titles[entry.document_key]} {entry.document_no}" if entry.document_key in titles else ""
        text = f"{entry.action} {where}".strip()
        found.append(Deed(f"{entry.at:%Y-%m-%d %H:%M:%S}", entry.user_name, text, tuple(changes)))
    return found


def _change(document: DocumentType, model: type[Any], key: str, before: Any, after: Any) -> tuple[str, str, str]:
    if key == "state" and document.flow.states:
        return "状态", _state(document, before), _state(document, after)
    try:
        entry = field_of(getattr(model, key))
    except (AttributeError, LookupError):
        return history.label_of(model, key), _plain(before), _plain(after)
    return entry.label, _written(entry, before), _written(entry, after)


def _state(document: DocumentType, key: Any) -> str:
    states = {state.key: state.title for state in document.flow.states}
    return states.get(key, _plain(key))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return _EMPTY if value in (None, "") else str(value)


def _written(entry: Field, value: Any) -> str:
    """Write a logged value, which JSON keeps as text, as the form would."""
    if entry.choices and value:
        return entry.choice_name(str(value))
    if entry.places and isinstance(value, str):
        try:
            number = read_number(value)
        except Unreadable:
            return value
        return plain(number) if number is not None else _EMPTY
    if entry.kind is Kind.TIME and isinstance(value, str):
        return value.replace("T", " ")
    return _plain(value)


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
        self.tree.setWordWrap(True)
        self.tree.setAlternatingRowColors(True)
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
            item = QTreeWidgetItem([f"{deed.at}　{deed.user}　{deed.what}"])
            item.setToolTip(0, item.text(0))
            for label, before, after in deed.changes:
                text = f"{label}：{after}" if before == _EMPTY else f"{label}：{before} → {after}"
                child = QTreeWidgetItem([text])
                child.setToolTip(0, text)
                item.addChild(child)
            self.tree.addTopLevelItem(item)
            item.setExpanded(number == 0)
        if not found:
            self.tree.addTopLevelItem(QTreeWidgetItem(["还没有记录"]))
        self.show()
