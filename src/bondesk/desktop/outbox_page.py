"""发件箱: every message that waits, was handed over or is unknown, with what to do; resend and confirm by hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from bondesk.desktop import style
from bondesk.desktop.command_bar import CommandBar
from bondesk.desktop.commands import Command, CommandActions, Commands
from bondesk.desktop.context import DeskContext
from bondesk.desktop.findings_view import FindingsDialog
from bondesk.desktop.form_work import in_act
from bondesk.desktop.jobs import sentence_of
from bondesk.desktop.reason_dialog import ReasonDialog
from bondesk.desktop.told_rows import ToldRows
from bondesk.engine import outbox_care
from bondesk.engine.act import Act
from bondesk.engine.outbox_care import STATES, OutboxLine

_COLUMNS = (
    *(("状态", 24), ("单据", 14), ("单号", 18), ("说明", 62)),
    *(("业务目录", 11), ("生成时间", 18), ("交付时间", 18), ("文件", 40)),
)
_ONE = "请先选择一份报文"


def _cells(line: OutboxLine) -> tuple[str, ...]:
    handed = f"{line.handed_at:%Y-%m-%d %H:%M}" if line.handed_at else ""
    made = f"{line.created_at:%Y-%m-%d %H:%M}"
    return line.word, line.title, line.number, line.advice, line.folder, made, handed, line.file_name


def _tone(line: OutboxLine) -> str:
    return "warn" if line.state == "ready" and line.problem else STATES[line.state][1]


class OutboxPage(QWidget):
    """The page; ``hand_over`` is the window's order to hand over what waits."""

    def __init__(self, context: DeskContext, hand_over: Callable[[], object]) -> None:
        """Read the outbox through the lane."""
        super().__init__()
        self.setWindowTitle("发件箱")
        self._context, self._hand_over = context, hand_over
        self.rows = ToldRows("outbox", _COLUMNS, _cells, _tone, "发件箱是空的", self)
        self.commands = Commands(
            Command("outbox.open", "打开单据", "Return", self.open, self._one),
            Command("outbox.resend", "重新发送", "", self.resend, self._why_no_resend),
            Command("outbox.confirm", "确认已收到", "", self.confirm, self._why_no_confirm),
            Command("outbox.refresh", "刷新", "F5", self.refresh),
        )
        self.bound = CommandActions(self.commands, self, {"outbox.open": self.rows.view})
        self.rows.marked.connect(self.bound.refresh)
        self.rows.opened.connect(self.open)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.MARGIN, style.GAP, style.MARGIN, style.MARGIN)
        layout.addWidget(CommandBar("outbox_bar", self.bound, (), self))
        layout.addWidget(self.rows, 1)
        self.setFocusProxy(self.rows)
        self.refresh()

    def document_changed(self, key: str) -> None:
        """Read anew when documents that have a message changed."""
        if self._context.engine.catalogue.document(key).message is not None:
            self.refresh()

    def refresh(self) -> None:
        """Read the outbox."""
        show = partial(self.rows.show_rows, keep=lambda line: line.id)
        in_act(self._context, self, outbox_care.outbox, show, self._failed)

    def _line(self) -> OutboxLine | None:
        chosen = self.rows.chosen()
        return chosen[0] if len(chosen) == 1 else None

    def _one(self) -> str:
        return "" if self._line() is not None else _ONE

    def _why_no_resend(self) -> str:
        line = self._line()
        return _ONE if line is None else outbox_care.why_no_resend(line.state)

    def _why_no_confirm(self) -> str:
        line = self._line()
        if line is None:
            return _ONE
        return "" if line.state == "unknown" else "只有结果不明的报文需要确认"

    def open(self) -> None:
        """Open the document of the marked message."""
        if line := self._line():
            self._context.open_document(self._context.engine.catalogue.document(line.document_key), line.document_id)

    def resend(self) -> None:
        """Ask for the reason, then order the message once more and hand it over."""
        if (line := self._line()) and not self._why_no_resend():
            text = (
                f"{line.title} {line.number} 的报文 {line.file_name} 状态为「{line.word}」。\n"
                "若单一窗口其实已收到前一份，重发会被当作重复申报。请先在单一窗口查询。\n重新发送记入操作日志："
            )
            go = partial(self._resend, line)
            ReasonDialog("重新发送", text, "重新发送", go, self, "单一窗口查不到这份单据").open()

    def _resend(self, line: OutboxLine, reason: str) -> None:
        def done(_number: str) -> None:
            self._changed(line)
            self._hand_over()

        self._do(lambda act: outbox_care.resend(act, line.id, reason), done)

    def confirm(self) -> None:
        """Ask how it is known, then settle the message as handed over."""
        if (line := self._line()) and not self._why_no_confirm():
            text = f"确认单一窗口已收到 {line.title} {line.number} 的报文 {line.file_name}。\n"
            text += "请写明怎样核实的："
            go = partial(self._confirm, line)
            ReasonDialog("确认已收到", text, "确认已收到", go, self, "单一窗口已查到统一编号").open()

    def _confirm(self, line: OutboxLine, reason: str) -> None:
        self._do(lambda act: outbox_care.confirm_handed(act, line.id, reason), lambda _number: self._changed(line))

    def _do(self, work: Callable[[Act], str], done: Callable[[str], object]) -> None:
        in_act(self._context, self, work, done, self._failed)

    def _changed(self, line: OutboxLine) -> None:
        self._context.changed(line.document_key)

    def _failed(self, problem: Exception) -> None:
        from bondesk.base.findings import error

        self._context.show_message(sentence_of(problem))
        FindingsDialog("发件箱", "没有完成。", [error("SEND", sentence_of(problem))], self).open()
        self.bound.refresh()
