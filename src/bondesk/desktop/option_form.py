"""A form drawn from an options dataclass, for scripts and reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from bondesk.base.findings import Finding, error
from bondesk.base.options import Option, options_of
from bondesk.desktop import style
from bondesk.desktop.background import while_alive
from bondesk.desktop.context import DeskContext
from bondesk.desktop.enter_walk import EnterWalk
from bondesk.desktop.field_cell import FieldCell
from bondesk.desktop.typed_values import field_of_option

_WIDTH = 300


class OptionForm(QWidget):
    """One editor per option. ``changed`` after any edit; ``finished`` when Enter left the last box."""

    changed = Signal()
    finished = Signal()

    def __init__(self, context: DeskContext, options: type[Any], parent: QWidget | None = None) -> None:
        """Ask for an instance of the dataclass ``options``; its defaults are shown."""
        super().__init__(parent)
        self.setObjectName("option_form")
        self._context, self._options = context, options
        self.options: tuple[Option, ...] = options_of(options)
        self.cells: dict[str, FieldCell] = {}
        self._labels: dict[str, QLabel] = {}
        self._columns = 0
        self.walk = EnterWalk(self._go_on, self.focusPreviousChild, self)
        for option in self.options:
            self._add(context, option)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(style.GAP)
        self._grid.setVerticalSpacing(style.GAP)
        self._arrange(2 if len(self.options) > 6 else 1)

    def _add(self, context: DeskContext, option: Option) -> None:
        entry = field_of_option(option)
        cell = FieldCell(context, entry, self)
        editor = cell.editor
        editor.set_value(option.default)
        editor.changed.connect(self.changed)
        if option.secret and isinstance(editor.box, QLineEdit):
            editor.box.setEchoMode(QLineEdit.EchoMode.Password)
            editor.box.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        label = QLabel(option.label, self)
        label.setObjectName(f"label.{option.key}")
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        label.setMinimumHeight(26)
        label.setToolTip(option.help)
        _hint(cell, option.help)
        self.walk.watch(editor)
        self.cells[option.key], self._labels[option.key] = cell, label

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        while self._grid.count():
            self._grid.takeAt(0)
        for column in range(2 * self._columns):
            self._grid.setColumnStretch(column, 0)
        self._columns = columns
        for place, option in enumerate(self.options):
            row, column = divmod(place, columns)
            self._grid.addWidget(self._labels[option.key], row, 2 * column, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(self.cells[option.key], row, 2 * column + 1)
        for column in range(columns):
            self._grid.setColumnStretch(2 * column + 1, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Take as many columns as fit and are worth it."""
        super().resizeEvent(event)
        self._arrange(max(1, min(4, len(self.options), self.width() // _WIDTH)))

    def _go_on(self) -> None:
        keys = list(self.cells)
        focused = next((key for key, cell in self.cells.items() if cell.editor.box.hasFocus()), "")
        if not keys or focused == keys[-1]:
            self.finished.emit()
        else:
            self.focusNextChild()

    def set_value(self, value: Any) -> None:
        """Show an instance of the dataclass."""
        for key, cell in self.cells.items():
            cell.editor.set_value(getattr(value, key))

    def set_defaults(self) -> None:
        """Show the declared defaults again."""
        for option in self.options:
            self.cells[option.key].editor.set_value(option.default)

    def value(self) -> Any:
        """Return the dataclass as filled in; an emptied box means its default, or nothing for dates."""
        return self._options(**{option.key: self._read(option) for option in self.options})

    def _read(self, option: Option) -> Any:
        value = self.cells[option.key].editor.value()
        if value is None and option.kind != "date":
            return option.default
        return value

    def commit(self) -> None:
        """Finish typing wherever it is under way."""
        for cell in self.cells.values():
            cell.editor.commit()

    def problems(self) -> list[Finding]:
        """Say which texts cannot be read."""
        return [
            error(one.problem_code, f"「{one.entry.label}」“{one.text()[:40]}”：{one.problem}", one.entry.key)
            for one in (cell.editor for cell in self.cells.values())
            if one.problem
        ]

    def when_ready(self, then: Any) -> None:
        """Finish typing, wait for codes being looked up, then call ``then`` with the problems left."""
        self.commit()
        if not self.problems():
            then([])
            return

        def answered(_nothing: object) -> None:
            found = self.problems()
            for finding in found[:1]:
                self.cells[finding.field].editor.box.setFocus()
            then(found)

        self._context.lane.run(lambda: None, while_alive(self, answered))

    def focus_first(self) -> None:
        """Put the cursor into the first box."""
        for cell in self.cells.values():
            cell.editor.box.setFocus(Qt.FocusReason.OtherFocusReason)
            return

    def set_enabled_all(self, enabled: bool) -> None:
        """Let the options be changed, or not while they are being used."""
        for cell in self.cells.values():
            cell.setEnabled(enabled)


def _hint(cell: FieldCell, text: str) -> None:
    """Show the help of an option inside its empty box where there is room for a word."""
    box: Any = getattr(cell.editor, "name", cell.editor.box)  # beside a code: where its name would stand
    if text and hasattr(box, "setPlaceholderText"):
        box.setPlaceholderText(text)


def problems_text(findings: Sequence[Finding]) -> str:
    """Write problems of options as one sentence."""
    return "；".join(finding.text for finding in findings)
