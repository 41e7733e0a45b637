"""What stands around the pages for as long as somebody is signed in: the connection, notices, the own password."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bondesk.base.errors import Disconnected
from bondesk.base.parameter_package import Rechecked
from bondesk.desktop.commands import Command
from bondesk.desktop.connection_strip import ConnectionStrip
from bondesk.desktop.context import DeskContext
from bondesk.desktop.data_watch import DataWatch
from bondesk.desktop.form_work import off_thread
from bondesk.desktop.list_deeds import UPDATES
from bondesk.desktop.notice_strip import NoticeStrip
from bondesk.desktop.training import TrainingEntry, TrainingStrip, Watermark
from bondesk.desktop.update_pages import DATA_UPDATE, PRE_ENTRY, UPDATE_CODES, UpdatePage
from bondesk.desktop.wording import said


class SessionArea(QWidget):
    """Holds the pages under its strips. ``reconnected`` tells that the database answers again after a break."""

    reconnected = Signal()
    _line = Signal(object)

    def __init__(self, context: DeskContext, pages: QWidget, parent: QWidget) -> None:
        """Watch the engine's line to the database until :meth:`leave`."""
        super().__init__(parent)
        self.setObjectName("session_area")
        self._context, self._reconnecting = context, False
        self.strip = ConnectionStrip(self)
        self.strip.wanted.connect(self.reconnect)
        self.notices = NoticeStrip(context, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.practice = TrainingEntry(context, self)
        if context.engine.training:
            self.training = TrainingStrip(self)
            self.training.back.connect(self.window_close)
            layout.addWidget(self.training)
        for widget in (self.strip, self.notices):
            layout.addWidget(widget)
        layout.addWidget(pages, 1)
        self.watermark = Watermark(self) if context.engine.training else None
        self._line.connect(self._line_changed)
        context.extras[UPDATES] = self.show_updates
        context.extras[UPDATE_CODES] = self.update_codes
        self._watch = context.engine.store.line.watch(self._line.emit)
        self.notices.update_wanted.connect(self.update_codes)
        self.notices.look()
        self.watch = DataWatch(context, self)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the word 练习 over everything."""
        super().resizeEvent(event)
        if self.watermark is not None:
            self.watermark.cover()

    def commands(self) -> Iterator[Command]:
        """Give the commands of the 系统 menu."""
        yield Command("desk.password", "修改密码…", "", self.change_password, group="系统")
        yield Command("desk.updates", "数据更新", "Ctrl+F9", self.show_updates, group="系统")
        if PRE_ENTRY.allowed(self._context.engine.catalogue, self._context.identity):
            yield Command("desk.pre_entry", "数据预录入", "Ctrl+F8", self.show_pre_entry, group="系统")
        documents, may = self._context.engine.catalogue.documents, self._context.identity.may
        if any(one.workbook and may(one.key, "import") for one in documents):
            yield Command("desk.import", "数据导入…", "", self.import_data, group="系统")
        yield Command("desk.codes", "更新海关参数…", "", self.update_codes, group="系统")
        if self._context.engine.practice is not None:
            yield Command("desk.training", "练习模式", "", self.practice.start, self.practice.why_not, "系统")
        yield Command("desk.reconnect", "重新连接", "", self.reconnect, self._why_not_reconnect, "系统")

    def window_close(self) -> None:
        """Leave 练习: the real window was never closed."""
        self.window().close()

    def _why_not_reconnect(self) -> str:
        return "正在重新连接…" if self._reconnecting else ""

    def _line_changed(self, failure: Disconnected | None) -> None:
        """Come from any thread: the database went away (or, None, answers again)."""
        if failure is not None:
            self.strip.lost(failure)
        elif not self._reconnecting and not self.strip.barred:
            self._back()

    def reconnect(self) -> None:
        """Drop all connections, open a fresh one and check that it is still the same house and the same person."""
        if self._reconnecting:
            return
        self._reconnecting = True
        self.strip.working()
        engine, identity = self._context.engine, self._context.identity

        def done(_nothing: object) -> None:
            self._reconnecting = False
            self._back()

        def failed(problem: Exception) -> None:
            self._reconnecting = False
            text = said(problem, "程序出错，详细情况已写入日志。")
            self.strip.failed(text, barred=not isinstance(problem, Disconnected))

        off_thread(self._context, self, lambda: engine.reconnect(identity), done, failed)

    def _back(self) -> None:
        self.strip.back()
        self._context.show_message("已重新连接，可以继续工作")
        for document in self._context.engine.catalogue.documents:
            self._context.changed(document.key)
        self.reconnected.emit()

    def show_updates(self, kinds: Sequence[str] = ()) -> None:
        """Open 数据更新; with ``kinds`` these are ticked."""
        from bondesk.desktop.data_update_page import DataUpdatePage

        page = self._shown(DATA_UPDATE)
        if kinds and isinstance(page, DataUpdatePage):
            page.choose(kinds)

    def show_pre_entry(self) -> None:
        """Open 数据预录入."""
        self._shown(PRE_ENTRY)

    def _shown(self, page: UpdatePage) -> QWidget | None:
        context = self._context
        context.open_page(page.key, page.title, lambda: page.make(context))
        found: QWidget | None = context.extras["page_of"](page.key)
        return found

    def change_password(self) -> None:
        """Open the dialog for the own password."""
        from bondesk.desktop.password_dialog import PasswordDialog

        dialog = PasswordDialog(self._context, self)
        dialog.open()

    def import_data(self) -> None:
        """Open the central import."""
        from bondesk.desktop.import_central import ImportCentral

        ImportCentral(self._context, self).open()

    def update_codes(self) -> None:
        """Open the dialog that brings the code tables up to date."""
        from bondesk.desktop.code_update_dialog import CodeUpdateDialog

        context = self._context
        dialog = CodeUpdateDialog(lambda: context.engine, partial(off_thread, context, self), self, check_shown=True)
        dialog.updated.connect(self._codes_updated)
        dialog.check_wanted.connect(self._show_check)
        dialog.open()

    def _codes_updated(self, _applied: object) -> None:
        """Whatever is open may show codes."""
        self.notices.put_codes_away()
        for document in self._context.engine.catalogue.documents:
            self._context.changed(document.key)

    def _show_check(self, rechecked: Rechecked) -> None:
        document = self._context.engine.catalogue.document(rechecked.document_key)
        self._context.open_document(document, rechecked.document_id)

    def leave(self) -> None:
        """Watch no longer and write down who leaves; the window goes, so nothing waits for a database that is away."""
        self._watch()
        self.watch.stop()
        engine, identity = self._context.engine, self._context.identity
        if not engine.store.line.away:
            self._context.lane.run(lambda: engine.sign_out(identity), lambda _nothing: None, lambda _problem: None)
