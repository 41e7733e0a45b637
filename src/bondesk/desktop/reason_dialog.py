"""Asking for a reason that is kept with what is done: it may not be empty."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from bondesk.desktop import style

_LONGEST = 255


class ReasonDialog(QDialog):
    """One line for the reason; ``then`` gets it when the user goes on."""

    def __init__(
        self,
        title: str,
        text: str,
        yes: str,
        then: Callable[[str], object],
        parent: QWidget,
        example: str = "海关审价调整",
    ) -> None:
        """Ask ``text``; the button ``yes`` needs a reason such as ``example``."""
        super().__init__(parent)
        self.setObjectName("reason_dialog")
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        told = QLabel(text, self)
        told.setObjectName("reason_text")
        told.setWordWrap(True)
        self.line = QLineEdit(self)
        self.line.setObjectName("reason")
        self.line.setMaxLength(_LONGEST)
        self.line.setPlaceholderText(f"原因（必填），例如：{example}")
        self.line.setMinimumWidth(64 * style.CHARACTER)
        buttons = QDialogButtonBox(self)
        self.yes = buttons.addButton(yes, QDialogButtonBox.ButtonRole.AcceptRole)
        self.yes.setObjectName("reason_yes")
        self.yes.setDefault(True)
        self.yes.setEnabled(False)
        cancel = buttons.addButton("取消", QDialogButtonBox.ButtonRole.RejectRole)
        cancel.setObjectName("reason_cancel")
        cancel.setAutoDefault(False)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.line.textChanged.connect(lambda typed: self.yes.setEnabled(bool(typed.strip())))
        self.accepted.connect(lambda: then(self.line.text().strip()))
        layout = QVBoxLayout(self)
        layout.setSpacing(style.GAP)
        for widget in (told, self.line, buttons):
            layout.addWidget(widget)
        self.line.setFocus()
