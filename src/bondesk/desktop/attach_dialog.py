"""手工挂接: find the document, look at both numbers side by side, say why; only then may it be attached."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from bondesk.desktop import style
from bondesk.desktop.context import DeskContext
from bondesk.desktop.form_work import in_act
from bondesk.desktop.jobs import sentence_of
from bondesk.desktop.told_rows import ToldRows
from bondesk.engine import claiming
from bondesk.engine.claiming import Claimant, WaitingReceipt

_SETTLE_MS = 250


def _fits(one: Claimant) -> tuple[str, str]:
    if one.why_not:
        return one.why_not, "bad"
    if one.differing:
        return "编号不同", "bad"
    same = any(said and said == have for _label, said, have in one.compared)
    return ("编号相同", "good") if same else ("无法比较", "warn")


def _compared(row: tuple[str, str, str]) -> tuple[str, str]:
    _label, said, have = row
    if not said and not have:
        return "都没有", ""
    if not said or not have:
        return "缺一方", "warn"
    return ("相同", "good") if said == have else ("不同", "bad")


class AttachDialog(QDialog):
    """``attached`` brings the document's key and what the receipt told."""

    attached = Signal(str, str)

    def __init__(self, context: DeskContext, receipt: WaitingReceipt, parent: QWidget) -> None:
        """Offer the documents that wait for an answer first."""
        super().__init__(parent)
        self.setObjectName("attach_dialog")
        self.setWindowTitle("手工挂接回执")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._receipt = context, receipt
        self._busy, self._round = False, 0
        self._build()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.look)
        self.search.textChanged.connect(lambda _text: self._settle.start())
        self.found.marked.connect(self._marked)
        self.reason.textChanged.connect(lambda _text: self._refresh())
        self._refresh()
        self.look()

    def _build(self) -> None:
        told = QLabel(f"回执 {self._receipt.file_name}\n{self._receipt.reason}", self)
        told.setObjectName("attach_receipt")
        told.setWordWrap(True)
        self.search = QLineEdit(self)
        self.search.setObjectName("attach_search")
        self.search.setPlaceholderText("输入单据的内部编号、统一编号或海关编号；不输入时列出等待答复的单据")
        self.search.setClearButtonEnabled(True)
        columns = (("比较", 10), ("单据", 18), ("单号", 24), ("状态", 14))
        self.found = ToldRows(
            "attach_found",
            columns,
            lambda one: (_fits(one)[0], one.title, one.number, one.state),
            lambda one: _fits(one)[1],
            "没有符合的单据",
            self,
        )
        self.found.filter.hide()
        heading = QLabel("核对编号：左边是回执所说，右边是单据所有", self)
        heading.setProperty("role", "heading")
        columns = (("比较", 10), ("编号", 16), ("回执", 26), ("单据", 26))
        self.compared = ToldRows(
            "attach_compared",
            columns,
            lambda row: (_compared(row)[0], *row),
            lambda row: _compared(row)[1],
            "选择单据后在这里逐项核对",
            self,
        )
        self.compared.filter.hide()
        self.compared.view.setFixedHeight(5 * style.ROW_HEIGHT)
        buttons = self._lower()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 18, 18, 18)
        layout.setSpacing(style.WIDE_GAP)
        layout.addWidget(told)
        layout.addWidget(self.search)
        layout.addWidget(self.found, 1)
        layout.addWidget(heading)
        layout.addWidget(self.compared)
        layout.addWidget(self.reason)
        layout.addWidget(self.problem)
        layout.addLayout(buttons)
        self.resize(style.scaled(760), style.scaled(620))

    def _lower(self) -> QHBoxLayout:
        """Make reason, problem and buttons."""
        self.reason = QLineEdit(self)
        self.reason.setObjectName("attach_reason")
        self.reason.setMaxLength(255)
        self.reason.setPlaceholderText("挂接的依据（必填，记入操作日志），例如：已在单一窗口查到该编号")
        self.problem = QLabel(self)
        self.problem.setObjectName("attach_problem")
        self.problem.setProperty("role", "error")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.yes = QPushButton("挂接", self)
        self.yes.setObjectName("attach_yes")
        self.yes.setProperty("role", "primary")
        self.yes.clicked.connect(self.attach)
        cancel = QPushButton("取消", self)
        cancel.setObjectName("attach_cancel")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.yes)
        buttons.addWidget(cancel)
        return buttons

    def look(self) -> None:
        """Find documents for what is typed."""
        self._round += 1
        this, text = self._round, self.search.text()
        reader, wanted = self._context.engine.receipts, self._receipt.id

        def show(found: Any) -> None:
            if this == self._round:
                self.found.show_rows(found, keep=lambda one: one.document_id)

        in_act(self._context, self, lambda act: claiming.claimants(act, reader, wanted, text), show, self._failed)

    def _claimant(self) -> Claimant | None:
        chosen = self.found.chosen()
        return chosen[0] if len(chosen) == 1 else None

    def _marked(self) -> None:
        claimant = self._claimant()
        self.compared.show_rows(claimant.compared if claimant else ())
        self._refresh()

    def _refresh(self) -> None:
        claimant = self._claimant()
        why = "请先选择单据" if claimant is None else ""
        if claimant is not None and claimant.why_not:
            why = f"这份单据{claimant.why_not}，海关不会答复它"
        why = why or ("" if self.reason.text().strip() else "请先写明挂接的依据")
        self.yes.setEnabled(not why and not self._busy)
        self.yes.setToolTip(why)
        self.yes.setText("编号不同，仍然挂接" if claimant and claimant.differing else "挂接")

    def attach(self) -> None:
        """Attach the receipt to the marked document."""
        claimant, reason = self._claimant(), self.reason.text().strip()
        if claimant is None or claimant.why_not or not reason or self._busy:
            return
        self._busy = True
        self._refresh()
        reader, wanted = self._context.engine.receipts, self._receipt.id

        def done(told: str) -> None:
            self.attached.emit(claimant.document_key, told)
            self.accept()

        work = lambda act: claiming.attach(act, reader, wanted, claimant, reason)  # noqa: E731
        in_act(self._context, self, work, done, self._failed)

    def _failed(self, problem: Exception) -> None:
        self._busy = False
        self.problem.setText(sentence_of(problem))
        self.problem.show()
        self._refresh()
