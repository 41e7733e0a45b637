"""What a person does with an upload of 数据预录入: register its number, take it back, look at its package."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from bondesk.desktop.commands import Command
from bondesk.desktop.context import DeskContext
from bondesk.desktop.form_work import in_act
from bondesk.desktop.jobs import sentence_of
from bondesk.desktop.reason_dialog import ReasonDialog
from bondesk.engine import pre_entry_book
from bondesk.engine.act import Act
from bondesk.engine.pre_entry_book import TAKEN, Entered

ONE = "请先在上传记录中选择一条"


class UploadDeeds(QObject):
    """``marked`` gives the record meant; ``said`` brings a sentence with its tone, ``changed`` a kind of documents."""

    said = Signal(str, str)
    changed = Signal(str)

    def __init__(
        self, context: DeskContext, page: QWidget, marked: Callable[[], Entered | None], why_busy: Callable[[], str]
    ) -> None:
        """Ask over ``page``; nothing is done while ``why_busy`` says why not."""
        super().__init__(page)
        self._context, self._page, self._marked, self._why_busy = context, page, marked, why_busy

    def commands(self) -> Iterator[Command]:
        """Yield the commands of a record."""
        yield Command("pre_entry.number", "登记编号…", "Ctrl+E", self.register, self._why_not_taken, "open")
        yield Command("pre_entry.withdraw", "撤回预录入…", "", self.withdraw, self._why_not_taken, "open")
        yield Command("pre_entry.place", "打开资料包", "", self.open_package, self._why_no_place, "open")

    def register(self) -> None:
        """Ask for the number the Single Window gave."""
        if (one := self._marked()) and not self._why_not_taken():
            text = f"{one.title} {one.document_no} 在单一窗口录入后得到的预录入统一编号："
            keep = partial(self._do, one, pre_entry_book.register, "已登记预录入编号")
            dialog = ReasonDialog("登记预录入编号", text, "登记", keep, self._page)
            dialog.line.setPlaceholderText("预录入统一编号，例如 202400000000001234")
            dialog.line.setText(one.number)
            dialog.open()

    def withdraw(self) -> None:
        """Ask for the reason, then take the pre-entry back."""
        if (one := self._marked()) and not self._why_not_taken():
            text = (
                f"{one.title} {one.document_no} 将回到「已审核」，可以重新发送、上传或取消审核。\n"
                "请先在单一窗口删除或确认已退回，否则可能重复申报。原因记入操作日志："
            )
            take = partial(self._do, one, pre_entry_book.withdraw, "已撤回预录入")
            dialog = ReasonDialog("撤回预录入", text, "撤回", take, self._page)
            dialog.line.setPlaceholderText("原因（必填），例如：单一窗口退回，归类有误")
            dialog.open()

    def _do(self, one: Entered, work: Callable[[Act, int, str], str], said: str, text: str) -> None:
        def done(number: str) -> None:
            self.said.emit(f"{said}：{number}", "good")
            self.changed.emit(one.document_key)

        in_act(self._context, self, lambda act: work(act, one.id, text), done, self._told)

    def _told(self, problem: Exception) -> None:
        self.said.emit(sentence_of(problem), "bad")

    def open_package(self) -> None:
        """Show the folder of the marked record's package."""
        one = self._marked()
        if one and not self._why_no_place() and not QDesktopServices.openUrl(QUrl.fromLocalFile(one.place)):
            self.said.emit(f"打不开，请在文件管理器中查看：{one.place}", "warn")

    def _why_not_taken(self) -> str:
        one = self._marked()
        if one is None:
            return self._why_busy() or ONE
        return self._why_busy() or ("" if one.state == TAKEN else f"这次上传「{one.word}」")

    def _why_no_place(self) -> str:
        one = self._marked()
        return ONE if one is None else "" if one.place else "这次上传没有资料包"
