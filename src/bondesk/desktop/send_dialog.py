"""发送: asks once, says what the check before sending found, and takes the reason of who may send all the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from bondesk.base.documents import DocumentType
from bondesk.base.findings import Finding, errors_in
from bondesk.desktop import style
from bondesk.desktop.background import while_alive
from bondesk.desktop.context import DeskContext
from bondesk.desktop.findings_view import FindingsView
from bondesk.engine import sending

_WAIT = "正在检查…"


class SendDialog(QDialog):
    """Checks ``ids`` while it is open; ``go(reason)`` is called when the user sends ("" without an override)."""

    def __init__(
        self,
        context: DeskContext,
        document: DocumentType,
        ids: Sequence[int],
        what: str,
        go: Callable[[str], object],
        parent: QWidget,
    ) -> None:
        """Ask whether to send ``what``."""
        super().__init__(parent)
        self.setObjectName("send_dialog")
        self.setWindowTitle(f"发送 — {document.title}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._go = go
        self._must_say = False
        self.question = QLabel(f"确定发送{what}吗？\n发送后不能取消审核，等待海关回执。", self)
        self.question.setObjectName("send_question")
        self.question.setWordWrap(True)
        self.findings = FindingsView(self)
        self.findings.hide()
        self.reason = QLineEdit(self)
        self.reason.setObjectName("send_reason")
        self.reason.setPlaceholderText("强制发送的原因（必填，记入日志）")
        self.reason.textChanged.connect(lambda _text: self._refresh())
        self.reason.hide()
        self.buttons = QDialogButtonBox(self)
        self.send = self.buttons.addButton(_WAIT, QDialogButtonBox.ButtonRole.AcceptRole)
        self.send.setObjectName("question_yes")
        self.send.setEnabled(False)
        cancel = self.buttons.addButton("取消", QDialogButtonBox.ButtonRole.RejectRole)
        cancel.setObjectName("question_cancel")
        self.buttons.accepted.connect(self._accepted)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.MARGIN, style.MARGIN, style.MARGIN, style.MARGIN)
        layout.setSpacing(style.WIDE_GAP)
        for widget in (self.question, self.findings, self.reason, self.buttons):
            layout.addWidget(widget)
        self.setMinimumWidth(460)
        self._found: Sequence[Finding] = ()
        context.lane.act(
            lambda act: sending.questions(act, document, ids),
            while_alive(self, self._checked),
            while_alive(self, self._failed),
        )

    def _checked(self, found: Sequence[Finding]) -> None:
        self._found = found
        self._must_say = bool(errors_in(found))
        self.findings.setVisible(bool(found))
        if found:
            self.findings.show_findings(found)
            told = "发送前的检查有下列问题："
            self.question.setText(f"{self.question.text()}\n{told}")
            self.resize(720, 380)
        self.reason.setVisible(self._must_say)
        if self._must_say:
            self.reason.setFocus()
        self._refresh()
        if not self._must_say:
            self.send.setFocus()

    def _failed(self, _problem: Exception) -> None:
        """Let the sending itself say what is wrong: it checks again and knows more."""
        self._checked(())

    def _refresh(self) -> None:
        words = "强制发送" if self._must_say else ("仍然发送" if self._found else "发送")
        self.send.setText(words)
        self.send.setEnabled(not self._must_say or bool(self.reason.text().strip()))
        self.send.setToolTip("" if self.send.isEnabled() else "请先填写原因")

    def _accepted(self) -> None:
        reason = self.reason.text().strip() if self._must_say else ""
        self.accept()
        self._go(reason)
