"""The line over a form that says why it is grey, what went wrong, or who was faster; and the question on closing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QMessageBox, QPushButton, QToolButton, QWidget

from bondesk.desktop import style

_TONES = {"error": "bad", "warn": "warn", "locked": "muted"}


class FormNotice(QWidget):
    """One sentence with at most one button; hidden while there is nothing to say."""

    def __init__(self, parent: QWidget) -> None:
        """Start silent."""
        super().__init__(parent)
        self.setObjectName("form_notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.label = QLabel(self)
        self.label.setObjectName("form_notice_text")
        self.label.setWordWrap(True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton(self)
        self.button.setObjectName("form_notice_button")
        self.button.clicked.connect(self._pressed)
        self.hush = QToolButton(self)
        self.hush.setObjectName("form_notice_close")
        self.hush.setText("✕")
        self.hush.setToolTip("关闭提示")
        self.hush.setAutoRaise(True)
        self.hush.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hush.clicked.connect(self.clear)
        self._then: Callable[[], object] | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(style.MARGIN, 4, style.GAP, 4)
        row.addWidget(self.label, 1)
        row.addWidget(self.button)
        row.addWidget(self.hush)
        self.clear()

    def say(self, text: str, kind: str, button: str = "", then: Callable[[], object] | None = None) -> None:
        """Show ``text``; ``kind`` is error, warn or locked; ``then`` runs when ``button`` is pressed."""
        style.set_tone(self, _TONES[kind])
        style.set_tone(self.label, _TONES[kind])
        self.label.setText(text)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.hush.setVisible(kind != "locked")
        self._then = then
        self.show()

    def clear(self) -> None:
        """Say nothing."""
        self.label.clear()
        self._then = None
        self.hide()

    def _pressed(self) -> None:
        if self._then is not None:
            self._then()


def ask_unsaved(parent: QWidget, what: str, save: Callable[[], object], discard: Callable[[], object]) -> QMessageBox:
    """Ask what to do with unsaved typing: save, discard or stay."""
    box = QMessageBox(
        QMessageBox.Icon.Question,
        "尚未保存",
        f"「{what.strip()}」有尚未保存的输入。",
        QMessageBox.StandardButton.NoButton,
        parent,
    )
    box.setObjectName("unsaved_question")
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    keep = box.addButton("保存并关闭", QMessageBox.ButtonRole.AcceptRole)
    keep.setObjectName("unsaved_save")
    drop = box.addButton("不保存", QMessageBox.ButtonRole.DestructiveRole)
    drop.setObjectName("unsaved_discard")
    stay = box.addButton("继续编辑", QMessageBox.ButtonRole.RejectRole)
    stay.setObjectName("unsaved_stay")
    box.setDefaultButton(keep)
    box.setEscapeButton(stay)

    def clicked(button: QAbstractButton) -> None:
        if button is keep:
            save()
        elif button is drop:
            discard()

    box.buttonClicked.connect(clicked)
    box.open()
    return box
