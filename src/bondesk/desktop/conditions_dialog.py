"""高级条件: any field, as many conditions as wanted; rows joined by 或者 form one alternative."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from bondesk.base.documents import DocumentType
from bondesk.desktop import style
from bondesk.desktop.cell_text import NameOf
from bondesk.desktop.context import Codes
from bondesk.desktop.filter_editors import Filter
from bondesk.desktop.list_columns import available_columns
from bondesk.desktop.list_conditions import condition_text
from bondesk.desktop.list_filters import filter_for
from bondesk.engine.query import Condition

AND, OR = "and", "or"
_LABEL = "只有同时满足每一项「并且」的单据才显示；用「或者」连接的相邻几行满足其一即可。"
_HEIGHT = 32


class ConditionRow(QWidget):
    """One condition: how it joins the row above, the field, the field's editor."""

    removed = Signal(object)

    def __init__(self, document: DocumentType, codes: Codes, names: NameOf, number: int, parent: QWidget) -> None:
        """Begin with the first field."""
        super().__init__(parent)
        self.setObjectName(f"condition_{number}")
        self._document, self._codes, self._names = document, codes, names
        self._columns = available_columns(document)
        self._fixed: Condition | None = None
        self.editor: Filter | None = None
        self._shown: QWidget | None = None
        self.link = QComboBox(self)
        self.link.setObjectName(f"condition_{number}_link")
        self.link.addItem("并且", AND)
        self.link.addItem("或者", OR)
        self.field = QComboBox(self)
        self.field.setObjectName(f"condition_{number}_field")
        self.field.setMinimumWidth(150)
        self.field.setMaxVisibleItems(20)
        for column in self._columns:
            self.field.addItem(column.title, column.key)
        self.remove = QPushButton("删除", self)
        self.remove.setObjectName(f"condition_{number}_remove")
        self.remove.setAutoDefault(False)
        self.remove.clicked.connect(lambda: self.removed.emit(self))
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(style.GAP)
        self.row.addWidget(self.link)
        self.row.addWidget(self.field)
        self.row.addWidget(self.remove)
        self.setFixedHeight(_HEIGHT)
        self.field.currentIndexChanged.connect(lambda _index: self._edit())
        self._edit()

    def _edit(self) -> None:
        """Put the editor that fits the field between field and button."""
        self._place(filter_for(self._document, self._columns[self.field.currentIndex()], self._codes, self))
        self._fixed = None

    def _place(self, widget: QWidget) -> None:
        if self._shown is not None:
            self.row.removeWidget(self._shown)
            self._shown.hide()
            self._shown.deleteLater()
        self._shown = widget
        self.editor = widget if isinstance(widget, Filter) else None
        self.row.insertWidget(2, widget, 1)

    def take(self, condition: Condition, link: str) -> None:
        """Show a condition; one no editor can show stays as it reads."""
        self.link.setCurrentIndex(self.link.findData(link))
        self.field.setCurrentIndex(max(0, self.field.findData(condition.key)))
        if self.editor is None or not self.editor.take(condition):
            self._place(QLabel(condition_text(self._document, condition, self._names), self))
            self._fixed = condition

    def condition(self) -> Condition | None:
        """Return what the row demands, None when nothing was filled in."""
        return self._fixed or (self.editor.condition() if self.editor is not None else None)


class ConditionsDialog(QDialog):
    """``chosen`` brings the conditions that must hold, and the groups of which one must."""

    chosen = Signal(object, object)

    def __init__(
        self,
        document: DocumentType,
        codes: Codes,
        names: NameOf,
        asked: tuple[Sequence[Condition], Sequence[Sequence[Condition]]],
        parent: QWidget,
    ) -> None:
        """Start from what is ``asked`` now."""
        super().__init__(parent)
        self.setObjectName("conditions_dialog")
        self.setWindowTitle(f"高级条件 — {document.title}")
        self.resize(720, 420)
        self._document, self._codes, self._names = document, codes, names
        self.rows: list[ConditionRow] = []
        self._made = 0
        self._column = QVBoxLayout()
        self._column.setSpacing(style.GAP)
        inner = QWidget(self)
        outer = QVBoxLayout(inner)
        outer.setContentsMargins(0, 0, style.GAP, 0)
        outer.addLayout(self._column)
        outer.addStretch(1)
        area = QScrollArea(self)
        area.setObjectName("conditions_area")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        hint = QLabel(_LABEL, self)
        hint.setProperty("role", "quiet")
        hint.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setSpacing(style.WIDE_GAP)
        layout.addWidget(hint)
        layout.addWidget(area, 1)
        layout.addWidget(self._buttons())
        for condition in asked[0]:
            self.add().take(condition, AND)
        for choice in asked[1]:
            for place, condition in enumerate(choice):
                self.add().take(condition, OR if place else AND)
        if not self.rows:
            self.add()

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(self)
        more = buttons.addButton("添加条件", QDialogButtonBox.ButtonRole.ActionRole)
        more.setObjectName("conditions_add")
        more.setShortcut("Ctrl+N")
        more.setAutoDefault(False)
        more.clicked.connect(lambda: self.add().field.setFocus())
        ok = buttons.addButton("查询", QDialogButtonBox.ButtonRole.AcceptRole)
        ok.setObjectName("conditions_ok")
        ok.setDefault(True)
        buttons.addButton("取消", QDialogButtonBox.ButtonRole.RejectRole).setObjectName("conditions_cancel")
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        return buttons

    def add(self) -> ConditionRow:
        """Add an empty row."""
        row = ConditionRow(self._document, self._codes, self._names, self._made, self)
        self._made += 1
        row.removed.connect(self._remove)
        self._column.addWidget(row)
        self.rows.append(row)
        self._show_links()
        return row

    def _remove(self, row: ConditionRow) -> None:
        self.rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()
        self._show_links()

    def _show_links(self) -> None:
        """The first row joins nothing."""
        for place, row in enumerate(self.rows):
            row.link.setEnabled(place > 0)
            if place == 0:
                row.link.setCurrentIndex(0)

    def asked(self) -> tuple[tuple[Condition, ...], tuple[tuple[Condition, ...], ...]]:
        """Return the conditions that must hold and the groups of which one must; empty rows do not count."""
        groups: list[list[Condition]] = []
        for row in self.rows:
            condition = row.condition()
            if not groups or row.link.currentData() == AND:
                groups.append([])
            if condition is not None:
                groups[-1].append(condition)
        every = tuple(group[0] for group in groups if len(group) == 1)
        return every, tuple(tuple(group) for group in groups if len(group) > 1)

    def _accept(self) -> None:
        every, some = self.asked()
        self.accept()
        self.chosen.emit(every, some)
