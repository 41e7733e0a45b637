"""The filter panel of a list: one typed editor per column, turned into conditions the database answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QSizePolicy,
    QToolButton,
    QWidget,
    QWidgetAction,
)

from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType
from bondesk.base.fields import Field
from bondesk.base.readings import Unreadable, read_date, read_integer, read_number
from bondesk.desktop import style
from bondesk.desktop.context import Codes
from bondesk.desktop.list_model import STATE_KEY, ListColumn
from bondesk.engine.query import Condition

_COMPARISONS = (("等于", "eq"), ("不小于", "ge"), ("不大于", "le"), ("大于", "gt"), ("小于", "lt"))
_PER_ROW = 3


class Filter(QWidget):
    """The editor of one column; ``changed`` whenever its conditions may be others."""

    changed = Signal()

    def __init__(self, key: str, parent: QWidget) -> None:
        """Filter on attribute ``key``."""
        super().__init__(parent)
        self.key = key
        self.setObjectName(f"filter.{key}")
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(style.GAP)

    def conditions(self) -> tuple[Condition, ...]:
        """Return what the editor demands, nothing when it is empty or unreadable."""
        raise NotImplementedError

    def clear(self) -> None:
        """Empty the editor."""
        raise NotImplementedError

    def line(self, part: str, hint: str) -> QLineEdit:
        """Add a line to type in."""
        line = QLineEdit(self)
        line.setObjectName(f"filter.{self.key}.{part}")
        line.setPlaceholderText(hint)
        line.setClearButtonEnabled(True)
        line.textChanged.connect(lambda _text: self.changed.emit())
        self.row.addWidget(line, 1)
        return line


class TextFilter(Filter):
    """Text contains."""

    def __init__(self, key: str, parent: QWidget) -> None:
        """Offer one line."""
        super().__init__(key, parent)
        self.text = self.line("text", "包含…")

    def conditions(self) -> tuple[Condition, ...]:
        """Return a "contains" unless empty."""
        text = self.text.text().strip()
        return (Condition(self.key, "contains", text),) if text else ()

    def clear(self) -> None:
        """Empty the line."""
        self.text.clear()


class CodeFilter(TextFilter):
    """A customs code by code, name or pinyin initials; every matching code counts."""

    def __init__(self, entry: Field, codes: Codes, parent: QWidget) -> None:
        """Look names up in ``codes``."""
        super().__init__(entry.key, parent)
        self._table, self._codes = entry.table, codes
        self.text.setPlaceholderText("代码、名称或首字母")

    def conditions(self) -> tuple[Condition, ...]:
        """Return an "in" over the codes that match, or a "contains" on the code when none does."""
        text = self.text.text().strip().lower()
        if not text:
            return ()
        found = [
            code
            for code, name, initials in self._codes.entries.get(self._table, ())
            if code.lower().startswith(text) or text in name.lower() or (initials and initials.startswith(text))
        ]
        return (Condition(self.key, "in", tuple(found)) if found else Condition(self.key, "contains", text),)


class DateFilter(Filter):
    """A day between two, either end open; moments of time count by their day."""

    def __init__(self, entry: Field, parent: QWidget) -> None:
        """Offer two lines."""
        super().__init__(entry.key, parent)
        self._moments = entry.kind is Kind.TIME
        self.first = self.line("from", "从 2024-01-31")
        self.last = self.line("to", "到")

    def conditions(self) -> tuple[Condition, ...]:
        """Return up to two bounds."""
        first, last = read_typed(self.first, read_date), read_typed(self.last, read_date)
        found = []
        if first is not None:
            found.append(Condition(self.key, "ge", datetime.combine(first, time()) if self._moments else first))
        if last is not None and self._moments:
            found.append(Condition(self.key, "lt", datetime.combine(last + timedelta(days=1), time())))
        elif last is not None:
            found.append(Condition(self.key, "le", last))
        return tuple(found)

    def clear(self) -> None:
        """Empty both lines."""
        self.first.clear()
        self.last.clear()


class NumberFilter(Filter):
    """A number compared."""

    def __init__(self, entry: Field, parent: QWidget) -> None:
        """Offer the comparison and a line."""
        super().__init__(entry.key, parent)
        self._read = read_number if entry.places else read_integer
        self.comparison = QComboBox(self)
        self.comparison.setObjectName(f"filter.{entry.key}.comparison")
        for title, operator in _COMPARISONS:
            self.comparison.addItem(title, operator)
        self.comparison.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self.row.addWidget(self.comparison)
        self.number = self.line("number", "数字")

    def conditions(self) -> tuple[Condition, ...]:
        """Return the comparison unless the line is empty."""
        value = read_typed(self.number, self._read)
        return () if value is None else (Condition(self.key, str(self.comparison.currentData()), value),)

    def clear(self) -> None:
        """Empty the line, back to "equals"."""
        self.number.clear()
        self.comparison.setCurrentIndex(0)


class ChoiceFilter(Filter):
    """Any of some ticked values; the list stays open while ticking."""

    def __init__(self, key: str, choices: Sequence[tuple[Any, str]], parent: QWidget) -> None:
        """Offer (value, name) pairs."""
        super().__init__(key, parent)
        self.button = QToolButton(self)
        self.button.setObjectName(f"filter.{key}.choices")
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
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
        self.button.setMenu(menu)
        self.row.addWidget(self.button, 1)
        self._show()

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
        for row in range(self.list.count()):
            item = self.list.item(row)
            on = item.data(Qt.ItemDataRole.UserRole) in values
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def conditions(self) -> tuple[Condition, ...]:
        """Return an "in" over the ticked values; none ticked means all."""
        values = tuple(item.data(Qt.ItemDataRole.UserRole) for item in self._chosen())
        return (Condition(self.key, "in", values),) if values else ()

    def clear(self) -> None:
        """Untick everything."""
        self.tick()


def read_typed(line: QLineEdit, read: Callable[[str], Any]) -> Any:
    """Return what a line holds, None when it is empty or unreadable; the latter is marked and explained."""
    text, problem, value = line.text().strip(), "", None
    try:
        value = read(text) if text else None
    except Unreadable as unreadable:
        problem = unreadable.text
    if bool(line.property("wrong")) != bool(problem):
        line.setProperty("wrong", bool(problem))
        line.style().unpolish(line)
        line.style().polish(line)
    line.setToolTip(problem)
    return value


def filter_for(document: DocumentType, column: ListColumn, codes: Codes, parent: QWidget) -> Filter:
    """Make the editor that fits a column."""
    entry = column.field
    if entry is None:
        return ChoiceFilter(STATE_KEY, [(state.key, state.title) for state in document.flow.states], parent)
    if entry.choices:
        return ChoiceFilter(entry.key, entry.choices, parent)
    if entry.kind is Kind.YESNO:
        return ChoiceFilter(entry.key, ((True, "是"), (False, "否")), parent)
    if entry.table:
        return CodeFilter(entry, codes, parent)
    if entry.kind in (Kind.DATE, Kind.TIME):
        return DateFilter(entry, parent)
    return NumberFilter(entry, parent) if entry.numeric else TextFilter(entry.key, parent)


class FilterPanel(QWidget):
    """The editors of all columns; ``changed`` when the conditions may be others."""

    changed = Signal()

    def __init__(self, document: DocumentType, columns: Sequence[ListColumn], codes: Codes, parent: QWidget) -> None:
        """Lay the editors out in a grid, label before editor."""
        super().__init__(parent)
        self.setObjectName("filter_panel")
        self.filters = [filter_for(document, column, codes, self) for column in columns]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, style.GAP)
        grid.setHorizontalSpacing(style.WIDE_GAP)
        grid.setVerticalSpacing(style.GAP)
        for position, (column, editor) in enumerate(zip(columns, self.filters, strict=True)):
            row, place = divmod(position, _PER_ROW)
            label = QLabel(column.title, self)
            label.setProperty("role", "quiet")
            grid.addWidget(label, row, 2 * place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(editor, row, 2 * place + 1)
            grid.setColumnStretch(2 * place + 1, 1)
            editor.changed.connect(self.changed)

    def conditions(self) -> tuple[Condition, ...]:
        """Return what all editors demand together."""
        return tuple(condition for editor in self.filters for condition in editor.conditions())

    def clear(self) -> None:
        """Empty every editor, telling it once."""
        with QSignalBlocker(self):
            for editor in self.filters:
                editor.clear()
        self.changed.emit()
