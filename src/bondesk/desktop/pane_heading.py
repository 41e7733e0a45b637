"""The line over a pane beside a form: what it shows, its buttons, and the cross that closes it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget


def pane_heading(pane: QWidget, name: str, text: str, *buttons: QWidget) -> QHBoxLayout:
    """Return the heading of ``pane``; its widgets are called ``NAME_title`` and ``NAME_close``."""
    title = QLabel(text, pane)
    title.setObjectName(f"{name}_title")
    title.setProperty("role", "heading")
    close = QToolButton(pane)
    close.setObjectName(f"{name}_close")
    close.setText("✕")
    close.setToolTip(f"关闭{text}")
    close.setAutoRaise(True)
    close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    close.clicked.connect(pane.hide)
    row = QHBoxLayout()
    row.addWidget(title, 1)
    for button in buttons:
        row.addWidget(button)
    row.addWidget(close)
    return row
