"""A customs code: the code to type and the name it stands for, side by side (habit of the trade's clients)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from bondesk.base.fields import Field
from bondesk.desktop.background import while_alive
from bondesk.desktop.code_matching import MOST_MATCHES, KnownCodes
from bondesk.desktop.code_popup import CodePopup
from bondesk.desktop.context import DeskContext
from bondesk.desktop.field_editor import BOX_HEIGHT, FieldEditor, mark_wrong, paint_locked

#: The code a text that stands for no code is refused with, as on import.
UNKNOWN, UNKNOWN_UNIT = "NOTE-15", "MAP-12"
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 9, Qt.Key.Key_PageUp: -9}
_LONGEST = 64


def known_codes(context: DeskContext) -> KnownCodes:
    """Return the one index over the window's code tables."""
    known: KnownCodes = context.extras.setdefault("known_codes", KnownCodes(context.codes))
    return known


def ask_code(context: DeskContext, table: str, text: str, owner: QObject, then: Callable[[str | None], None]) -> None:
    """Let the code book read ``text`` (own word, old code, alias); ``then`` gets the code or None."""

    def failed(_problem: Exception) -> None:
        then(None)

    context.lane.act(lambda act: act.codebook.read(table, text), while_alive(owner, then), while_alive(owner, failed))


def unknown_code(entry: Field, text: str) -> tuple[str, str]:
    """Return code and sentence for a text that stands for no code of the field's table."""
    shown = text if len(text) <= 20 else f"{text[:20]}…"
    code = UNKNOWN_UNIT if entry.table == "unit" else UNKNOWN
    return code, f"“{shown}”不是海关参数，也未在企业参数中对照"


class CodeLookup(FieldEditor):
    """Space opens the list; code, name or initials narrow it; Enter takes. Own words are read by the code book.

    With ``asks`` False (in a grid's cell) an unknown text is left in ``unresolved`` for the grid to ask about.
    """

    def __init__(self, context: DeskContext, entry: Field, parent: QWidget | None = None, *, asks: bool = True) -> None:
        """Edit a code of ``entry.table``."""
        super().__init__(context, entry, parent)
        self._asks, self._value = asks, ""
        self.unresolved = self.proposed = ""
        self._popup: CodePopup | None = None
        self._known = known_codes(context)
        self.line = QLineEdit(self)
        self.line.setObjectName(f"box.{entry.key}")
        self.line.setMinimumHeight(BOX_HEIGHT)
        self.line.textEdited.connect(self._typed)
        self.line.installEventFilter(self)
        self.name = QLineEdit(self)
        self.name.setObjectName(f"name.{entry.key}")
        self.name.setReadOnly(True)
        self.name.setMinimumHeight(BOX_HEIGHT)
        paint_locked(self.name, editable=False)
        self.name.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.row.addWidget(self.line, 4)
        self.row.addWidget(self.name, 5)
        self.setFocusProxy(self.line)

    def value(self) -> str:
        """Return the code taken last."""
        return self._value

    def set_value(self, value: Any) -> None:
        """Show a code with its name."""
        self._value = "" if value is None else str(value)
        self._settle.stop()
        self.unresolved = self.problem = self.problem_code = ""
        self.line.setText(self._value)
        self.line.setCursorPosition(0)
        self._write_name()
        mark_wrong(self.line, wrong=False)

    def text(self) -> str:
        """Return what stands in the code box."""
        return self.line.text()

    def set_text(self, text: str) -> None:
        """Put a text into the code box as if it had been typed, without the list."""
        self.line.setText(text)
        self._read(text)

    def set_editable(self, editable: bool) -> None:
        """Let the code be typed, or grey it."""
        super().set_editable(editable)
        self.line.setReadOnly(not editable)
        paint_locked(self.line, editable)

    @property
    def popup(self) -> CodePopup:
        """Return the list, made when first wanted."""
        if self._popup is None:
            self._popup = CodePopup(self)
            self._popup.picked.connect(self._pick)
        return self._popup

    @property
    def listing(self) -> bool:
        """Tell whether the list is open."""
        return self._popup is not None and self._popup.isVisible()

    def _write_name(self) -> None:
        name = self._known.name(self.entry.table, self._value)
        self.name.setText(name)
        self.name.setCursorPosition(0)
        self.name.setToolTip(name)

    def _typed(self, text: str) -> None:
        self._read(text)
        if not text.strip():
            self._close_list()
            return
        matches = self._known.matches(self.entry.table, text, self.entry.key)
        self.popup.offer(matches, self._hint(len(matches)))
        self.popup.show_under(self.line)

    def _read(self, text: str) -> None:
        """Take a text that is a code or a name beyond doubt; leave another unresolved."""
        text, self.proposed = text.strip(), ""
        found = self._known.exact(self.entry.table, text) if text else ""
        self.unresolved = text if found is None else ""
        if found is not None:
            self._take(found)
        else:
            self.name.clear()

    def _take(self, code: str) -> None:
        self.unresolved = ""
        self.set_problem("", "")
        mark_wrong(self.line, wrong=False)
        if code != self._value:
            self._value = code
            if code:
                self._known.used(self.entry.key, code)
            self.changed.emit()
        self._write_name()

    def open_list(self) -> None:
        """Show what the typed text may mean, or the whole table when nothing is left to find."""
        matches = self._known.matches(self.entry.table, self.unresolved, self.entry.key)
        self.popup.offer(matches, self._hint(len(matches)), "" if self.unresolved else self._value)
        self.popup.show_under(self.line)

    def _hint(self, found: int) -> str:
        if not found:
            return "没有匹配的代码；按 Enter 在企业参数中查找" if self.unresolved else "参数表中没有代码"
        return "输入代码、名称或拼音缩小范围" if found >= MOST_MATCHES else ""

    def _close_list(self) -> None:
        if self._popup is not None:
            self._popup.hide()

    def _pick(self, code: str) -> None:
        """Take a row of the list."""
        self._close_list()
        self.line.setText(code)
        self._take(code)

    def enter(self) -> None:
        """Take the highlighted row, whatever was typed before."""
        chosen = self._popup.current() if self._popup is not None else ""
        if not chosen:
            self.commit()
            return
        typed = "" if self.popup.moved else self.unresolved
        self._pick(chosen)
        if typed:
            self._ask(typed, chosen)

    def commit(self) -> None:
        """Finish typing: take the likeliest row, or let the code book read what the tables here do not hold."""
        if self.unresolved and self._popup is not None and self._popup.current():
            self.enter()
            return
        self._close_list()
        if self.unresolved:
            self._ask(self.unresolved, "")
        elif self.line.text() != self._value:
            self.line.setText(self._value)

    def _ask(self, typed: str, proposed: str) -> None:
        """Ask the code book; an enterprise's own word beats what merely resembles a name (handbook 18)."""
        if len(typed) > _LONGEST:
            self._refuse(typed)
            return
        if not self._asks:
            self.unresolved, self.proposed = typed, proposed or self.proposed
            return
        before = self.line.text()
        if not proposed:
            self.set_problem(UNKNOWN, "正在查找…")
            self.unresolved = typed

        def answered(code: str | None) -> None:
            if self.line.text() != before:
                return
            if code is not None:
                self._pick(code)
            elif not proposed:
                self._refuse(typed)

        ask_code(self.context, self.entry.table, typed, self, answered)

    def _refuse(self, typed: str) -> None:
        self.unresolved = typed
        self.set_problem(*unknown_code(self.entry, typed))
        self._settle.stop()
        mark_wrong(self.line, wrong=True)
        self.noted.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Steer the list from the code box."""
        if watched is self.line and self.editable:
            if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._key(event):
                return True
            if event.type() == QEvent.Type.FocusOut:
                self.commit()
                self.left.emit()
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        """Return whether the list wanted the key."""
        key = event.key()
        if key == Qt.Key.Key_Space and not event.modifiers():
            if self.listing:
                self._close_list()
            else:
                self.open_list()
            return True
        if not self.listing:
            return False
        if key in _STEPS:
            self.popup.step(_STEPS[Qt.Key(key)])
            return True
        if key == Qt.Key.Key_Escape:
            self._close_list()
            return True
        return False
