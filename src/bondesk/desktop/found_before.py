"""What the check before sending found, and the line for the reason of who goes on all the same."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from bondesk.base.findings import Finding, errors_in
from bondesk.desktop import style
from bondesk.desktop.findings_view import FindingsView


class FoundBefore(QWidget):
    """Hidden while nothing was found; the reason is asked when what was found is an error. ``changed`` when typed."""

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        """Show nothing yet."""
        super().__init__(parent)
        self.setObjectName("found_before")
        self.found: Sequence[Finding] = ()
        self.must_say = False
        self.findings = FindingsView(self)
        self.line = QLineEdit(self)
        self.line.setObjectName("send_reason")
        self.line.setPlaceholderText("强制发送的原因（必填，记入日志）")
        self.line.textChanged.connect(lambda _text: self.changed.emit())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(style.WIDE_GAP)
        layout.addWidget(self.findings)
        layout.addWidget(self.line)
        self.show_found(())

    def show_found(self, found: Sequence[Finding]) -> None:
        """Show findings, ask for the reason where one is needed."""
        self.found, self.must_say = found, bool(errors_in(found))
        if found:
            self.findings.show_findings(found)
        self.line.setVisible(self.must_say)
        self.setVisible(bool(found))

    @property
    def reason(self) -> str:
        """Return the reason, "" where none is needed."""
        return self.line.text().strip() if self.must_say else ""

    def why_not(self) -> str:
        """Say why one cannot go on yet."""
        return "请先填写原因" if self.must_say and not self.reason else ""
