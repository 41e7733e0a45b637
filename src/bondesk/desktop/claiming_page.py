"""待认领回执: receipts that found no document, decoded in Chinese, attached by hand, read again or put away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from bondesk.base.findings import error, note
from bondesk.base.messages import receipt_word
from bondesk.desktop import style
from bondesk.desktop.attach_dialog import AttachDialog
from bondesk.desktop.command_bar import CommandBar
from bondesk.desktop.commands import Command, CommandActions, Commands
from bondesk.desktop.context import DeskContext
from bondesk.desktop.findings_view import FindingsDialog
from bondesk.desktop.form_work import in_act
from bondesk.desktop.jobs import sentence_of
from bondesk.desktop.reason_dialog import ReasonDialog
from bondesk.desktop.receipt_preview import ReceiptPreviewPane
from bondesk.desktop.told_rows import ToldRows
from bondesk.engine import claiming
from bondesk.engine.act import Act
from bondesk.engine.claiming import IGNORED, WAITING, WaitingReceipt

_COLUMNS = (("状态", 10), ("收到时间", 18), ("类型", 12), ("原因", 48), ("文件", 44), ("接收目录", 16))
_WORDS = {WAITING: ("待认领", "warn"), IGNORED: ("已忽略", "muted")}
_SOME, _ONE = "请先选择回执", "请只选择一份回执"


def _cells(one: WaitingReceipt) -> tuple[str, ...]:
    at = f"{one.received_at:%Y-%m-%d %H:%M}"
    return _WORDS[one.state][0], at, receipt_word(one.code) or "读不出来", one.reason, one.file_name, one.folder


class ClaimingPage(QWidget):
    """List above, the marked receipt decoded below."""

    def __init__(self, context: DeskContext) -> None:
        """Read what waits through the lane."""
        super().__init__()
        self.setWindowTitle("待认领回执")
        self._context = context
        self.shown = QComboBox(self)
        self.shown.setObjectName("claiming_shown")
        for state, (word, _tone) in _WORDS.items():
            self.shown.addItem(word, state)
        self.shown.currentIndexChanged.connect(lambda _row: self.refresh())
        tone: Callable[[Any], str] = lambda one: _WORDS[one.state][1]  # noqa: E731
        self.rows = ToldRows("claiming", _COLUMNS, _cells, tone, "没有待认领的回执", self)
        self.preview = ReceiptPreviewPane(self)
        self.commands = Commands(
            Command("claiming.attach", "手工挂接", "Return", self.attach, self._why_no_attach),
            Command("claiming.again", "重新读取", "Ctrl+R", self.read_again, self._why_not),
            Command("claiming.ignore", "忽略", "", self.ignore, self._why_not),
            Command("claiming.back", "退回待认领", "", self.give_back, self._why_not_back),
            Command("claiming.refresh", "刷新", "F5", self.refresh),
        )
        self.bound = CommandActions(self.commands, self, {"claiming.attach": self.rows.view})
        self.rows.marked.connect(self._marked)
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.setObjectName("claiming_split")
        split.setChildrenCollapsible(False)
        split.addWidget(self.rows)
        split.addWidget(self.preview)
        split.setSizes([320, 320])
        label = QLabel("显示(&S)", self)
        label.setBuddy(self.shown)
        head = QHBoxLayout()
        head.addWidget(CommandBar("claiming_bar", self.bound, (), self), 1)
        head.addWidget(label)
        head.addWidget(self.shown)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.MARGIN, style.GAP, style.MARGIN, style.MARGIN)
        layout.addLayout(head)
        layout.addWidget(split, 1)
        self.setFocusProxy(self.rows)
        self.refresh()

    def document_changed(self, key: str) -> None:
        """Read anew when documents that have a message changed."""
        if self._context.engine.catalogue.document(key).message is not None:
            self.refresh()

    def refresh(self) -> None:
        """Read the list."""
        state = str(self.shown.currentData())
        show = partial(self.rows.show_rows, keep=lambda one: one.id)
        in_act(self._context, self, partial(claiming.waiting_receipts, state=state), show, self._failed)

    def _marked(self) -> None:
        self.bound.refresh()
        chosen: list[WaitingReceipt] = self.rows.chosen()
        if len(chosen) != 1:
            self.preview.clear(_ONE if chosen else "选择一份回执，这里用中文说明它的内容")
            return
        reader, wanted = self._context.engine.receipts, chosen[0].id

        def show(found: claiming.ReceiptPreview) -> None:
            now = self.rows.chosen()
            if len(now) == 1 and now[0].id == found.id:
                self.preview.show_preview(found)

        in_act(self._context, self, lambda act: claiming.preview(act, reader, wanted), show, self._failed)

    def _ids(self) -> list[int]:
        return [one.id for one in self.rows.chosen()]

    def _why_not(self) -> str:
        if not self.rows.chosen():
            return _SOME
        return "已忽略的回执，请先退回待认领" if self.shown.currentData() == IGNORED else ""

    def _why_no_attach(self) -> str:
        return self._why_not() or ("" if len(self.rows.chosen()) == 1 else _ONE)

    def _why_not_back(self) -> str:
        if not self.rows.chosen():
            return _SOME
        return "" if self.shown.currentData() == IGNORED else "只有已忽略的回执可以退回"

    def attach(self) -> None:
        """Open the dialog that shows both numbers side by side."""
        if self._why_no_attach():
            return
        (one,) = self.rows.chosen()
        dialog = AttachDialog(self._context, one, self)
        dialog.attached.connect(self._attached)
        dialog.open()

    def _attached(self, document_key: str, told: str) -> None:
        self._context.show_message(told)
        self._context.changed(document_key)

    def read_again(self) -> None:
        """Read the marked receipts anew."""
        engine, ids = self._context.engine, self._ids()

        def done(answer: tuple[int, tuple[str, ...]]) -> None:
            claimed, sentences = answer
            self._context.show_message(f"重新读取 {len(ids)} 份，其中 {claimed} 份找到了单据")
            if sentences:
                FindingsDialog("重新读取", "下列回执已处理：", [note("RECEIPT", one) for one in sentences], self).open()
            self._after(claimed)

        if not self._why_not():
            in_act(self._context, self, lambda act: claiming.read_again(act, engine, ids), done, self._failed)

    def _after(self, claimed: int) -> None:
        if claimed:
            for document in self._context.engine.catalogue.documents:
                if document.message is not None:
                    self._context.changed(document.key)
        self.refresh()

    def ignore(self) -> None:
        """Ask for the reason, then put the marked receipts away."""
        if not self._why_not():
            text = f"忽略 {len(self._ids())} 份回执：不再列为待认领，文件和内容仍保留，可随时退回。"
            self._with_reason("忽略回执", text, "忽略", claiming.ignore, "不是本企业的单据")

    def give_back(self) -> None:
        """Ask for the reason, then let ignored receipts wait again."""
        if not self._why_not_back():
            text = f"把 {len(self._ids())} 份已忽略的回执退回待认领。"
            self._with_reason("退回待认领", text, "退回", claiming.give_back, "确属本企业，需要挂接")

    def _with_reason(
        self, title: str, text: str, yes: str, run: Callable[[Act, list[int], str], int], example: str
    ) -> None:
        ids = self._ids()

        def go(reason: str) -> None:
            def done(count: int) -> None:
                self._context.show_message(f"{title} {count} 份")
                self.refresh()

            in_act(self._context, self, lambda act: run(act, ids, reason), done, self._failed)

        ReasonDialog(title, text, yes, go, self, example).open()

    def _failed(self, problem: Exception) -> None:
        FindingsDialog("待认领回执", "没有完成。", [error("RECEIPT", sentence_of(problem))], self).open()
