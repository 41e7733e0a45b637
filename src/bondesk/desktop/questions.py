"""Small questions before something that cannot be taken back, without a nested event loop."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QWidget


def ask(parent: QWidget, title: str, text: str, yes: str, then: Callable[[], object]) -> QMessageBox:
    """Ask ``text``; only the button ``yes`` runs ``then``. Enter and Escape mean 取消."""
    box = QMessageBox(QMessageBox.Icon.Question, title, text, QMessageBox.StandardButton.NoButton, parent)
    box.setObjectName("question")
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    accept = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    accept.setObjectName("question_yes")
    cancel = box.addButton("取消", QMessageBox.ButtonRole.RejectRole)
    cancel.setObjectName("question_cancel")
    box.setDefaultButton(cancel)
    box.setEscapeButton(cancel)

    def clicked(button: QAbstractButton) -> None:
        if button is accept:
            then()

    box.buttonClicked.connect(clicked)
    box.open()
    return box
