"""Enter goes to the next field, Shift+Enter back; Ctrl+Z and Ctrl+Y are the form's, not the single box's."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QWidget

from bondesk.desktop.field_editor import FieldEditor

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_FORM_KEYS = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


class EnterWalk(QObject):
    """One event filter over the boxes of a form."""

    def __init__(self, go_on: Callable[[], object], go_back: Callable[[], object], parent: QWidget) -> None:
        """Call ``go_on`` when Enter has finished a box, ``go_back`` when Shift+Enter has."""
        super().__init__(parent)
        self._go_on, self._go_back = go_on, go_back
        self._editors: dict[int, FieldEditor] = {}

    def watch(self, editor: FieldEditor) -> None:
        """Watch the box of ``editor``."""
        self._editors[id(editor.box)] = editor
        editor.box.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Walk on Enter; leave undo keys to the form's shortcuts."""
        if not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.ShortcutOverride and any(event.matches(key) for key in _FORM_KEYS):
            event.ignore()
            return True
        if event.type() == QEvent.Type.KeyPress and event.key() in _ENTER:
            return self._enter(watched, event)
        return super().eventFilter(watched, event)

    def _enter(self, watched: QObject, event: QKeyEvent) -> bool:
        editor = self._editors.get(id(watched))
        if editor is None:
            return False
        held = Qt.KeyboardModifier
        broken = event.modifiers() & (held.ControlModifier | held.ShiftModifier)
        if isinstance(watched, QPlainTextEdit) and broken:
            if editor.editable:
                watched.insertPlainText("\n")
            return True
        if isinstance(watched, QComboBox) and watched.view().isVisible():
            return False
        editor.enter()
        if event.modifiers() & held.ShiftModifier:
            self._go_back()
        else:
            self._go_on()
        return True
