"""Keys pressed where the cursor is, and counted: what a clerk does without a mouse."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
NONE = Qt.KeyboardModifier.NoModifier
KEY = Qt.Key


class Keyboard:
    """A keyboard that counts what is pressed on it; a key with Ctrl or Shift counts as one."""

    def __init__(self) -> None:
        """Start to count."""
        self.pressed = 0

    def focus(self) -> QWidget:
        """Return where the keys go."""
        popup = QApplication.activePopupWidget()
        focus = (popup.focusWidget() or popup) if popup is not None else QApplication.focusWidget()
        focus = focus or QApplication.activeWindow()
        assert focus is not None, "nothing has the focus"
        return focus

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = NONE, times: int = 1) -> None:
        """Press one key."""
        for _ in range(times):
            QTest.keyClick(self.focus(), key, held)
            self.pressed += 1

    def type(self, text: str) -> None:
        """Type a text sign by sign; the cursor may move into an editor after the first one."""
        for sign in text:
            if sign.isascii() and sign.isprintable():
                QTest.keyClicks(self.focus(), sign)
            else:
                for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                    QCoreApplication.sendEvent(self.focus(), QKeyEvent(kind, 0, NONE, sign))
            self.pressed += 1


_KEYBOARD = Keyboard()
press, type_in = _KEYBOARD.press, _KEYBOARD.type
