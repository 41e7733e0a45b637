"""What every editor of one value has in common, and the line editors: text, number, date, reference.

An editor never loses what was typed: a text that cannot be read stays in its box, ``problem`` says why,
and ``value()`` stays what it was before.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from bondesk.base.fields import Field
from bondesk.base.readings import Unreadable
from bondesk.desktop.context import DeskContext
from bondesk.desktop.typed_values import edit_text, read_typed

#: A problem is shown this long after the last key, so that an unfinished sum does not flicker red.
SETTLE_MS = 600
BOX_HEIGHT = 26


class FieldEditor(QWidget):
    """Edits the value of one field.

    ``changed``: the value is another one, by the user. ``noted``: ``problem`` or ``advice`` is to be shown anew.
    ``left``: the user has finished with the box. ``problem`` blocks a save, ``advice`` does not.
    """

    changed = Signal()
    noted = Signal()
    left = Signal()

    def __init__(self, context: DeskContext, entry: Field, parent: QWidget | None = None) -> None:
        """Edit a value of ``entry``."""
        super().__init__(parent)
        self.context, self.entry = context, entry
        self.problem = self.problem_code = self.advice = ""
        self.editable = True
        self.setObjectName(f"editor.{entry.key}")
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(2)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self.noted)

    @property
    def box(self) -> QWidget:
        """Return the widget that takes the keys."""
        return self.focusProxy() or self

    def value(self) -> Any:
        """Return the last value that could be read."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show ``value``; ``changed`` is not emitted."""
        raise NotImplementedError

    def text(self) -> str:
        """Return what stands in the box."""
        return edit_text(self.entry, self.value())

    def set_text(self, text: str) -> None:
        """Put a text into the box as if it had been typed; meant for line editors."""

    def set_editable(self, editable: bool) -> None:
        """Let the box be typed into, or grey it; its text can be copied all the same."""
        self.editable = editable

    def follow(self, source: FieldEditor) -> None:
        """Take notice of the editor of the attribute this one depends on (``elements_of``)."""

    def commit(self) -> None:
        """Finish typing: write the value in its own form."""

    def enter(self) -> None:
        """Finish typing because Enter was pressed."""
        self.commit()

    def set_problem(self, code: str, text: str) -> None:
        """Say why the text cannot be read ("" when it can); shown at once when it is mended."""
        mended = bool(self.problem) and not text
        self.problem_code, self.problem = code, text
        if mended:
            self.noted.emit()
        elif text:
            self._settle.start()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:  # noqa: N802 - Qt's name
        """Pass on what an input method composes: a view gives it to the editor of a cell, not to its box."""
        QCoreApplication.sendEvent(self.box, event)
        if event.commitString():
            self.box.setFocus(Qt.FocusReason.OtherFocusReason)

    def today(self) -> date:
        """Return the business date that completes short dates."""
        return self.context.engine.clock().date()


def paint_locked(box: QWidget, editable: bool) -> None:
    """Grey a box that cannot be typed into; the keyboard then passes it by."""
    _mark(box, "locked", not editable)
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus if editable else Qt.FocusPolicy.ClickFocus)


def mark_wrong(box: QWidget, wrong: bool) -> None:
    """Give a box the red border of the style, or take it away."""
    _mark(box, "wrong", wrong)


def mark_lit(box: QWidget, lit: bool) -> None:
    """Light a box, because what it holds is looked at elsewhere."""
    _mark(box, "lit", lit)


def _mark(box: QWidget, name: str, on: bool) -> None:
    if bool(box.property(name)) != on:
        box.setProperty(name, on)
        box.style().unpolish(box)
        box.style().polish(box)


class LineEditor(FieldEditor):
    """One line to type in, read by the kind of the field: texts, numbers, dates, moments."""

    def __init__(self, context: DeskContext, entry: Field, parent: QWidget | None = None) -> None:
        """Edit a value of ``entry``."""
        super().__init__(context, entry, parent)
        self._value: Any = read_typed(entry, "", date.min)
        self.line = QLineEdit(self)
        self.line.setObjectName(f"box.{entry.key}")
        self.line.setMinimumHeight(BOX_HEIGHT)
        if entry.numeric:
            self.line.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.line.textEdited.connect(self._typed)
        self.line.editingFinished.connect(self._finished)
        self.row.addWidget(self.line, 1)
        self.setFocusProxy(self.line)

    def value(self) -> Any:
        """Return the last value that could be read."""
        return self._value

    def set_value(self, value: Any) -> None:
        """Show ``value``."""
        self._value = value
        self._settle.stop()
        self.problem = self.problem_code = self.advice = ""
        self.line.setText(edit_text(self.entry, value))
        self.line.setCursorPosition(0)
        self.show_wrong()

    def text(self) -> str:
        """Return what stands in the box."""
        return self.line.text()

    def set_text(self, text: str) -> None:
        """Put a text into the box as if it had been typed."""
        self.line.setText(text)
        self._typed(text)

    def set_editable(self, editable: bool) -> None:
        """Let the box be typed into, or grey it."""
        super().set_editable(editable)
        self.line.setReadOnly(not editable)
        paint_locked(self.line, editable)

    def _typed(self, text: str) -> None:
        self.advice = ""
        try:
            value = read_typed(self.entry, text, self.today())
        except Unreadable as problem:
            self.set_problem(problem.code, problem.text)
            return
        self.set_problem("", "")
        if value != self._value or type(value) is not type(self._value):
            self._value = value
            self.changed.emit()

    def commit(self) -> None:
        """Finish typing: ``=12*3.5`` becomes ``42``, ``1/31`` the whole date."""
        if self._settle.isActive():
            self._settle.stop()
            self.noted.emit()
        if not self.problem and self.line.text() != (text := edit_text(self.entry, self._value)):
            self.line.setText(text)

    def _finished(self) -> None:
        self.commit()
        self.left.emit()

    def show_wrong(self) -> None:
        """Paint the border after ``problem`` changed."""
        mark_wrong(self.line, bool(self.problem))


class MemoEditor(FieldEditor):
    """Several lines of text; Enter goes on as everywhere, Ctrl+Enter breaks the line."""

    def __init__(self, context: DeskContext, entry: Field, parent: QWidget | None = None) -> None:
        """Edit a text of ``entry``."""
        super().__init__(context, entry, parent)
        self._value, self._setting = "", False
        self.edit = QPlainTextEdit(self)
        self.edit.setObjectName(f"box.{entry.key}")
        self.edit.setTabChangesFocus(True)
        self.edit.setFixedHeight(2 * BOX_HEIGHT)
        self.edit.textChanged.connect(self._typed)
        self.row.addWidget(self.edit, 1)
        self.setFocusProxy(self.edit)

    def value(self) -> str:
        """Return the last text that is acceptable."""
        return self._value

    def set_value(self, value: Any) -> None:
        """Show ``value``."""
        self._value = "" if value is None else str(value)
        self.problem = self.problem_code = ""
        self._setting = True
        self.edit.setPlainText(self._value)
        self._setting = False

    def text(self) -> str:
        """Return what stands in the box."""
        return self.edit.toPlainText()

    def set_text(self, text: str) -> None:
        """Put a text into the box as if it had been typed."""
        self.edit.setPlainText(text)

    def set_editable(self, editable: bool) -> None:
        """Let the box be typed into, or grey it."""
        super().set_editable(editable)
        self.edit.setReadOnly(not editable)
        paint_locked(self.edit, editable)

    def _typed(self) -> None:
        if self._setting:
            return
        try:
            value = read_typed(self.entry, self.edit.toPlainText(), date.min)
        except Unreadable as problem:
            self.set_problem(problem.code, problem.text)
            return
        self.set_problem("", "")
        if value != self._value:
            self._value = value
            self.changed.emit()
