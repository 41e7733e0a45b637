"""Typed editors of one condition: text, number, day; codes and choices have files of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from bondesk.base.fields import Field
from bondesk.base.readings import Unreadable, read_date, read_integer, read_number
from bondesk.desktop import style
from bondesk.desktop.list_conditions import WORDS
from bondesk.engine.periods import PERIODS
from bondesk.engine.query import Condition

_TEXT = ("contains", "excludes", "begins", "eq", "ne", "in", "blank", "filled")
_NUMBER = ("eq", "ne", "between", "ge", "le", "gt", "lt", "blank", "filled")
_EMPTY = {"blank", "filled"}
#: What separates the values of 在列表中 on one line.
_SEPARATOR = "；"


class Filter(QWidget):
    """The editor of one column; ``changed`` whenever its condition may be another."""

    changed = Signal()

    def __init__(self, key: str, parent: QWidget) -> None:
        """Filter on attribute ``key``."""
        super().__init__(parent)
        self.key = key
        self.setObjectName(f"filter.{key}")
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(style.GAP)

    def condition(self) -> Condition | None:
        """Return what the editor demands, None when it is empty or unreadable."""
        raise NotImplementedError

    def take(self, condition: Condition) -> bool:
        """Show ``condition``; False when this editor cannot."""
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

    def choice(self, part: str, items: Sequence[tuple[str, str]]) -> QComboBox:
        """Add a box of (key, word) pairs."""
        box = QComboBox(self)
        box.setObjectName(f"filter.{self.key}.{part}")
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for key, word in items:
            box.addItem(word, key)
        self.row.addWidget(box)
        return box


class TextFilter(Filter):
    """A text compared; several pasted lines become a list of values."""

    def __init__(self, key: str, parent: QWidget) -> None:
        """Offer the comparison and one line."""
        super().__init__(key, parent)
        self.comparison = self.choice("comparison", [(op, WORDS[op]) for op in _TEXT])
        self.comparison.currentIndexChanged.connect(lambda _index: self._compare())
        self.text = self.line("text", "")
        self.text.textChanged.connect(self._pasted)
        self._compare()

    @property
    def op(self) -> str:
        """Return the chosen operator."""
        return str(self.comparison.currentData())

    def _compare(self) -> None:
        self.text.setVisible(self.op not in _EMPTY)
        self.text.setPlaceholderText("粘贴一列，或用；隔开" if self.op == "in" else "可粘贴一列值")
        self.changed.emit()

    def _pasted(self, text: str) -> None:
        """Read a pasted column as a list of values."""
        lines = [line.strip() for line in text.replace("\u2029", "\n").replace("\u2028", "\n").splitlines()]
        if len(lines) > 1:
            self._show("in", _SEPARATOR.join(line for line in lines if line))

    def _show(self, op: str, text: str) -> None:
        self.comparison.setCurrentIndex(self.comparison.findData(op))
        self.text.setText(text)

    def condition(self) -> Condition | None:
        """Return the comparison unless the line is empty."""
        text = self.text.text().strip()
        if self.op in _EMPTY:
            return Condition(self.key, self.op)
        if self.op == "in":
            values = tuple(dict.fromkeys(filter(None, (one.strip() for one in text.replace(";", "；").split("；")))))
            return Condition(self.key, "in", values) if values else None
        return Condition(self.key, self.op, text) if text else None

    def take(self, condition: Condition) -> bool:
        """Show a comparison of texts."""
        if condition.op not in _TEXT:
            return False
        values = condition.value if condition.op == "in" else [condition.value or ""]
        self._show(condition.op, _SEPARATOR.join(map(str, values)))
        return True

    def clear(self) -> None:
        """Empty the line, back to "contains"."""
        self._show("contains", "")


class RangeFilter(Filter):
    """What numbers and days share: an operator, and one or two lines that must be readable."""

    def __init__(self, key: str, parent: QWidget, ops: Sequence[tuple[str, str]], read: Callable[[str], Any]) -> None:
        """Offer ``ops``; read the lines with ``read``."""
        super().__init__(key, parent)
        self._read = read
        self.comparison = self.choice("comparison", ops)
        self.first = self.line("from", "从")
        self.last = self.line("to", "到")
        self.comparison.currentIndexChanged.connect(lambda _index: self._compare())
        self._compare()

    @property
    def op(self) -> str:
        """Return the chosen operator."""
        return str(self.comparison.currentData())

    def _lines(self) -> int:
        return 0 if self.op in _EMPTY else 2 if self.op == "between" else 1

    def _compare(self) -> None:
        self.first.setVisible(self._lines() > 0)
        self.last.setVisible(self._lines() > 1)
        self.changed.emit()

    def condition(self) -> Condition | None:
        """Return the comparison; a range may be open at one end."""
        if not self._lines():
            return Condition(self.key, self.op)
        first, last = read_typed(self.first, self._read), read_typed(self.last, self._read)
        if self.op != "between":
            return None if first is None else Condition(self.key, self.op, first)
        if first is not None and last is not None:
            return Condition(self.key, "between", (first, last))
        if first is not None:
            return Condition(self.key, "ge", first)
        return None if last is None else Condition(self.key, "le", last)

    def take(self, condition: Condition) -> bool:
        """Show a comparison; an open range as a comparison where there is one, else as a range."""
        ends = {"between": condition.value, "ge": (condition.value, ""), "le": ("", condition.value)}
        place = self.comparison.findData(condition.op)
        if place < 0:
            place = self.comparison.findData("between" if condition.op in ends else "")
            if place < 0:
                return False
            first, last = ends[condition.op]
        else:
            first, last = condition.value if condition.op == "between" else (condition.value, "")
        self.comparison.setCurrentIndex(place)
        self.first.setText("" if first is None else str(first))
        self.last.setText("" if last is None else str(last))
        return True

    def clear(self) -> None:
        """Empty both lines."""
        self.first.clear()
        self.last.clear()
        self.comparison.setCurrentIndex(0)


class NumberFilter(RangeFilter):
    """A number compared."""

    def __init__(self, entry: Field, parent: QWidget) -> None:
        """Offer every comparison."""
        read = read_number if entry.places else read_integer
        super().__init__(entry.key, parent, [(op, WORDS[op]) for op in _NUMBER], read)
        self.number = self.first
        self.first.setPlaceholderText("数字")


class DateFilter(RangeFilter):
    """A day between two, either end open, or a period by its word; moments of time count by their day."""

    def __init__(self, entry: Field, parent: QWidget) -> None:
        """Offer the range, the periods, blank."""
        periods = [(f"period.{key}", word) for key, word in PERIODS.items()]
        ends = [(op, WORDS[op]) for op in ("blank", "filled")]
        super().__init__(entry.key, parent, [("between", "从…到"), *periods, *ends], read_date)
        self.first.setPlaceholderText("2024-01-31")

    def _lines(self) -> int:
        return 2 if self.op == "between" else 0

    def condition(self) -> Condition | None:
        """Return a range of days, a period or blank."""
        word, _, which = self.op.partition(".")
        if which:
            return Condition(self.key, word, which)
        return super().condition()

    def take(self, condition: Condition) -> bool:
        """Show a range, a period or blank; a single day as a range of one."""
        match condition.op:
            case "period":
                place = self.comparison.findData(f"period.{condition.value}")
                self.comparison.setCurrentIndex(max(place, 0))
                return place >= 0
            case "eq":
                return super().take(Condition(self.key, "between", (condition.value, condition.value)))
        return super().take(condition)


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
