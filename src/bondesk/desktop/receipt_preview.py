"""One receipt in plain Chinese: what it is, its numbers, what it says, every value with its meaning, and its file."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QTabWidget, QVBoxLayout, QWidget

from bondesk.desktop import style
from bondesk.desktop.told_rows import ToldRows
from bondesk.engine.claiming import ReceiptPreview


class ReceiptPreviewPane(QWidget):
    """Empty until a receipt is shown."""

    def __init__(self, parent: QWidget) -> None:
        """Show nothing."""
        super().__init__(parent)
        self.setObjectName("receipt_preview")
        self.kind = QLabel(self)
        self.kind.setObjectName("receipt_kind")
        self.kind.setProperty("role", "heading")
        self.kind.setWordWrap(True)
        self.kind.setTextFormat(Qt.TextFormat.PlainText)
        self.kind.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.said = QLabel(self)
        self.said.setObjectName("receipt_said")
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        columns = (("含义", 24), ("内容", 40), ("元素", 24))
        self.values = ToldRows("receipt_values", columns, lambda one: (one[1], one[2], one[0]), parent=self)
        self.raw = QPlainTextEdit(self)
        self.raw.setObjectName("receipt_raw")
        self.raw.setReadOnly(True)
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("receipt_tabs")
        self.tabs.addTab(self.values, "内容")
        self.tabs.addTab(self.raw, "原文")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, style.GAP, 0, 0)
        layout.setSpacing(style.GAP)
        layout.addWidget(self.kind)
        layout.addWidget(self.said)
        layout.addWidget(self.tabs, 1)

    def clear(self, text: str) -> None:
        """Show no receipt, and why."""
        self.kind.setText(text)
        self.said.hide()
        self.tabs.hide()

    def show_preview(self, preview: ReceiptPreview) -> None:
        """Show a receipt."""
        numbers = "　".join(f"{label} {number}" for label, number in preview.numbers)
        self.kind.setText("　".join(part for part in (preview.kind, numbers) if part))
        text = preview.problem or "\n".join(preview.said)
        self.said.setText(text)
        self.said.setVisible(bool(text))
        self.values.show_rows(preview.values)
        self.raw.setPlainText(preview.raw)
        self.tabs.setTabVisible(0, bool(preview.values))
        self.tabs.show()
