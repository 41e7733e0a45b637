"""What stands above a list: search, filters, chips, the count. It says what is asked; the page asks it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from bondesk.base.documents import DocumentType
from bondesk.desktop import style
from bondesk.desktop.conditions_dialog import ConditionsDialog
from bondesk.desktop.context import Codes
from bondesk.desktop.list_chips import ChipBar
from bondesk.desktop.list_columns import CodeNames, available_columns, columns_of
from bondesk.desktop.list_conditions import any_text, condition_text
from bondesk.desktop.list_filters import FilterPanel
from bondesk.engine.query import Condition

#: Milliseconds typing may pause before the list is searched.
DEBOUNCE_MS = 250


class ListHead(QWidget):
    """Conditions come from the search box, the panel of editors, and from cells, views and 高级条件 (``extra``).

    ``asked`` tells that they may be others, once typing has paused.
    """

    asked = Signal()

    def __init__(self, document: DocumentType, codes: Codes, names: CodeNames, parent: QWidget) -> None:
        """Start with nothing asked."""
        super().__init__(parent)
        self.setObjectName("list_head")
        self._document, self._names, self._codes = document, names, codes
        self.extra: tuple[Condition, ...] = ()
        self.any_of: tuple[tuple[Condition, ...], ...] = ()
        self.search = QLineEdit(self)
        self.filters = FilterPanel(document, columns_of(document), codes, self)
        self.filters.hide()
        self.chips = ChipBar(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(style.GAP)
        layout.addLayout(self._search_row())
        layout.addWidget(self.filters)
        layout.addWidget(self.chips)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(DEBOUNCE_MS)
        self._typing.timeout.connect(self._ask)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.filters.changed.connect(self._typing.start)
        self.filter_button.toggled.connect(self.filters.setVisible)
        self.clear_button.clicked.connect(self.clear)

    def _search_row(self) -> QHBoxLayout:
        self.search.setObjectName("list_search")
        self.search.setPlaceholderText("查找（Ctrl+F）：在所有文字列中查找")
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(360)
        self.filter_button = QToolButton(self)
        self.filter_button.setObjectName("list_filter")
        self.filter_button.setCheckable(True)
        self.filter_button.setText("筛选")
        self.filter_button.setToolTip("显示或隐藏按列筛选（Ctrl+L）")
        self.more_button = QToolButton(self)
        self.more_button.setObjectName("list_conditions")
        self.more_button.setText("高级条件")
        self.more_button.setToolTip("任意字段、并且/或者（Ctrl+Shift+F）")
        self.more_button.clicked.connect(self.open_conditions)
        self.clear_button = QPushButton("清除条件", self)
        self.clear_button.setObjectName("list_clear")
        self.clear_button.setFlat(True)
        self.clear_button.hide()
        self.count_label = QLabel(self)
        self.count_label.setObjectName("list_count")
        self.count_label.setProperty("role", "quiet")
        self.row = QHBoxLayout()
        self.row.setSpacing(style.GAP)
        self.row.addWidget(self.search, 1)
        self.row.addWidget(self.filter_button)
        self.row.addWidget(self.more_button)
        self.row.addWidget(self.clear_button)
        self.row.addStretch(1)
        self.row.addWidget(self.count_label)
        return self.row

    @property
    def text(self) -> str:
        """Return the searched text."""
        return self.search.text().strip()

    def conditions(self) -> tuple[Condition, ...]:
        """Return what must hold: the panel's conditions, then those from elsewhere."""
        return tuple(dict.fromkeys((*self.filters.conditions(), *self.extra)))

    def add(self, *conditions: Condition) -> None:
        """Demand more."""
        self.extra = tuple(dict.fromkeys((*self.extra, *conditions)))
        self._ask()

    def demand(
        self, conditions: tuple[Condition, ...], any_of: tuple[tuple[Condition, ...], ...], text: str | None = None
    ) -> None:
        """Demand exactly this (``text`` None: search as before)."""
        self.filters.clear()
        if text is not None:
            self.search.setText(text)
        self.extra, self.any_of = conditions, any_of
        self._ask()

    def clear(self) -> None:
        """Empty the search and every filter."""
        self.demand((), (), "")

    def ask_now(self) -> None:
        """Ask without waiting for a pause in typing."""
        if self._typing.isActive():
            self._ask()

    def find_text(self) -> None:
        """Put the cursor into the search box; what stands there is replaced by the next letter."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _ask(self) -> None:
        self._typing.stop()
        self._show_chips()
        self.asked.emit()

    def _show_chips(self) -> None:
        document, names = self._document, self._names
        conditions = self.conditions()
        keys = {condition.key for condition in conditions} | {str(choice) for choice in self.any_of}
        self.filter_button.setText(f"筛选（{len(keys)}）" if keys else "筛选")
        self.clear_button.setVisible(bool(keys or self.text))
        chips: list[tuple[str, Callable[[], object]]] = [
            (condition_text(document, one, names), partial(self._drop, one)) for one in conditions
        ]
        chips += [(any_text(document, one, names), partial(self._drop_choice, one)) for one in self.any_of]
        self.chips.show_chips(chips)

    def _drop(self, condition: Condition) -> None:
        self.extra = tuple(one for one in self.extra if one != condition)
        if condition in self.filters.conditions():
            self.filters.clear_one(condition.key)
        self._ask()

    def _drop_choice(self, choice: tuple[Condition, ...]) -> None:
        self.any_of = tuple(one for one in self.any_of if one != choice)
        self._ask()

    def open_conditions(self) -> None:
        """Open 高级条件 with everything asked but the searched text."""
        asked = (self.conditions(), self.any_of)
        dialog = ConditionsDialog(self._document, self._codes, self._names, asked, self)
        dialog.chosen.connect(self.demand)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def open_filters(self) -> None:
        """Show the panel and put the cursor into its first editor, or close it."""
        self.filter_button.setChecked(not self.filter_button.isChecked())
        if self.filter_button.isChecked() and self.filters.filters:
            self.filters.filters[0].setFocus()
            self.filters.filters[0].focusNextChild()
        else:
            self.search.setFocus()

    def show_columns(self, keys: tuple[str, ...]) -> None:
        """Offer editors for the columns shown, and for the declared ones whether shown or not."""
        declared = {column.key for column in columns_of(self._document)}
        shown = {column.key for column in columns_of(self._document, keys)}
        self.filters.show_columns([one for one in available_columns(self._document) if one.key in declared | shown])
