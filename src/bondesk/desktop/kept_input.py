"""What the user typed, kept in sight after a newer version of the document was loaded over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from bondesk.base.documents import DocumentType
from bondesk.base.fields import Field
from bondesk.desktop import style
from bondesk.desktop.cell_text import NameOf, cell_text
from bondesk.engine.drafts import Draft, LineDraft


@dataclass(frozen=True, slots=True)
class KeptValue:
    """A typed value that differs from the stored one. ``table`` "" is the head; ``line_id`` names a stored line."""

    table: str
    line_id: int | None
    entry: Field
    typed: Any
    stored: Any


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A typed line that is not stored (new, or removed by the other user)."""

    table: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class KeptInput:
    """Everything the user typed that the newer version does not hold."""

    values: tuple[KeptValue, ...]
    lines: tuple[KeptLine, ...]

    def __bool__(self) -> bool:
        """Tell whether there is anything."""
        return bool(self.values or self.lines)


def typed_beyond(document: DocumentType, before: Draft, typed: Draft, stored: Draft) -> KeptInput:
    """Compare: what the user changed from ``before`` to ``typed`` and ``stored`` does not hold."""
    values = [
        KeptValue("", None, entry, typed.head.get(entry.key), stored.head.get(entry.key))
        for entry in document.head_fields
        if _changed(entry, before.head, typed.head, stored.head)
    ]
    lines: list[KeptLine] = []
    for table in document.lines:
        old = _by_id(before.lines.get(table.key, ()))
        new = _by_id(stored.lines.get(table.key, ()))
        for line in typed.lines.get(table.key, ()):
            if line.id is None or line.id not in new:
                lines.append(KeptLine(table.key, dict(line.values)))
                continue
            was, now = old.get(line.id, {}), new[line.id]
            values += [
                KeptValue(table.key, line.id, entry, line.values.get(entry.key), now.get(entry.key))
                for entry in table.fields
                if _changed(entry, was, line.values, now)
            ]
    return KeptInput(tuple(values), tuple(lines))


def _by_id(lines: Sequence[LineDraft]) -> dict[int, dict[str, Any]]:
    return {line.id: line.values for line in lines if line.id is not None}


def _changed(entry: Field, before: dict[str, Any], typed: dict[str, Any], stored: dict[str, Any]) -> bool:
    value = typed.get(entry.key)
    return not entry.readonly and value != before.get(entry.key) and value != stored.get(entry.key)


class KeptPane(QWidget):
    """Lists kept input; ``refill`` asks for it to be typed in again."""

    refill = Signal()

    def __init__(self, name_of: NameOf, parent: QWidget) -> None:
        """Start hidden."""
        super().__init__(parent)
        self.setObjectName("kept_pane")
        self._name_of = name_of
        self.kept = KeptInput((), ())
        title = QLabel("您刚才的输入（与新版本不同）", self)
        title.setObjectName("kept_title")
        title.setProperty("role", "heading")
        self.tree = QTreeWidget(self)
        self.tree.setObjectName("kept_tree")
        self.tree.setHeaderLabels(["项目", "您的输入", "现在的值"])
        self.tree.setRootIsDecorated(False)
        fill = QPushButton("填回我的输入", self)
        fill.setObjectName("kept_refill")
        fill.setToolTip("把左列的输入重新填入单据，可按 Ctrl+Z 撤销")
        fill.clicked.connect(self.refill)
        close = QPushButton("不再需要", self)
        close.setObjectName("kept_close")
        close.clicked.connect(self.hide)
        for button in (fill, close):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        buttons = QHBoxLayout()
        buttons.addWidget(fill)
        buttons.addWidget(close)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, style.GAP, style.MARGIN, style.GAP)
        layout.setSpacing(style.GAP)
        layout.addWidget(title)
        layout.addWidget(self.tree, 1)
        layout.addLayout(buttons)
        self.hide()

    def show_kept(self, document: DocumentType, kept: KeptInput) -> None:
        """List ``kept``; hide when there is nothing."""
        self.kept = kept
        self.tree.clear()
        titles = {table.key: table.title for table in document.lines}
        for one in kept.values:
            where = f"{titles[one.table]} " if one.table else ""
            typed, stored = (cell_text(one.entry, value, self._name_of) or "空" for value in (one.typed, one.stored))
            self.tree.addTopLevelItem(QTreeWidgetItem([f"{where}{one.entry.label}", typed, stored]))
        for line in kept.lines:
            fields = document.line_table(line.table).fields
            texts = [text for entry in fields if (text := cell_text(entry, line.values.get(entry.key), self._name_of))]
            self.tree.addTopLevelItem(QTreeWidgetItem([f"{titles[line.table]} 新行", " ".join(texts[:6]), "没有"]))
        for column in range(3):
            self.tree.resizeColumnToContents(column)
        self.setVisible(bool(kept))
