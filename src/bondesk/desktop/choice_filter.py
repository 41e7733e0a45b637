"""The filter of a column with a fixed set of values: states, choices, yes and no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QMenu, QPushButton, QSizePolicy, QWidget, QWidgetAction

from bondesk.desktop.filter_editors import Filter
from bondesk.engine.query import Condition


class ChoiceFilter(Filter):
    """Any of some ticked values; the list stays open while ticking."""

    def __init__(self, key: str, choices: Sequence[tuple[Any, str]], parent: QWidget) -> None:
        """Offer (value, name) pairs."""
        super().__init__(key, parent)
        self.button = QPushButton(self)
        self.button.setObjectName(f"filter.{key}.choices")
        self.button.setProperty("role", "choices")
        self.button.setAutoDefault(False)
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.list = QListWidget()
        self.list.setObjectName(f"filter.{key}.list")
        for value, name in choices:
            item = QListWidgetItem(name, self.list)
            item.setData(Qt.ItemDataRole.UserRole, value)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
        self.list.setFixedHeight(min(len(choices), 10) * 26 + 8)
        self.list.itemChanged.connect(lambda _item: self._ticked())
        menu = QMenu(self.button)
        holder = QWidgetAction(menu)
        holder.setDefaultWidget(self.list)
        menu.addAction(holder)
        menu.aboutToShow.connect(self._enter)
        self.button.setMenu(menu)
        self.row.addWidget(self.button, 1)
        self._show()

    def _enter(self) -> None:
        """Let the arrows and Space work in the list as soon as it is open."""
        self.list.setFocus()
        if self.list.currentRow() < 0:
            self.list.setCurrentRow(0)

    def _chosen(self) -> list[QListWidgetItem]:
        items = [self.list.item(row) for row in range(self.list.count())]
        return [item for item in items if item.checkState() is Qt.CheckState.Checked]

    def _show(self) -> None:
        self.button.setText("、".join(item.text() for item in self._chosen()) or "全部")

    def _ticked(self) -> None:
        self._show()
        self.changed.emit()

    def tick(self, *values: Any) -> None:
        """Tick the given values and no others."""
        with QSignalBlocker(self.list):
            for row in range(self.list.count()):
                item = self.list.item(row)
                on = item.data(Qt.ItemDataRole.UserRole) in values
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        self._ticked()

    def condition(self) -> Condition | None:
        """Return an "in" over the ticked values; none ticked means all."""
        values = tuple(item.data(Qt.ItemDataRole.UserRole) for item in self._chosen())
        return Condition(self.key, "in", values) if values else None

    def take(self, condition: Condition) -> bool:
        """Tick what the condition lists."""
        if condition.op not in ("in", "eq"):
            return False
        self.tick(*(condition.value if condition.op == "in" else (condition.value,)))
        return True

    def clear(self) -> None:
        """Untick everything."""
        self.tick()
