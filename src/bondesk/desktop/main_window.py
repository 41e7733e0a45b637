"""The signed-in window: modules on the left, pages in the middle, who and where at the bottom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow

from bondesk.base.documents import DocumentType
from bondesk.desktop.background import while_alive
from bondesk.desktop.codes_loading import initials, read_codes, with_initials
from bondesk.desktop.command_palette import CommandPalette, Entry
from bondesk.desktop.commands import Command, CommandActions, Commands
from bondesk.desktop.context import Codes, DeskContext
from bondesk.desktop.draft_restoring import offer
from bondesk.desktop.draft_store import DRAFTS, DraftStore
from bondesk.desktop.lane import Lane
from bondesk.desktop.layout import LAYOUT_VERSION, Layout
from bondesk.desktop.list_deeds import RUNNING
from bondesk.desktop.list_page import LAYOUT, ListPage
from bondesk.desktop.login import PRODUCT, SignedIn
from bondesk.desktop.module_tree import VIEW, ModuleTree
from bondesk.desktop.page_tabs import PageTabs
from bondesk.desktop.single_window import SingleWindow, may_exchange
from bondesk.desktop.status_line import StatusLine


@runtime_checkable
class Follows(Protocol):
    """A page that shows stored documents and wants to know when some changed."""

    def document_changed(self, key: str) -> None:
        """Documents of type ``key`` changed."""


@runtime_checkable
class Commanded(Protocol):
    """A page that has commands of its own for the palette."""

    commands: Commands


class MainWindow(QMainWindow):
    """One signed-in window. ``relogin`` asks for the login window, ``left`` tells that it was closed."""

    relogin = Signal()
    left = Signal()

    def __init__(self, signed: SignedIn, layout: Layout, crashed: Callable[[Exception], None]) -> None:
        """Open over a signed-in engine; ``crashed`` is told what is our fault."""
        super().__init__()
        self.setObjectName("main_window")
        self._layout, self._new_forms, self._relogin = layout, 0, False
        self.lane = Lane(signed.engine, signed.identity)
        self.lane.crashed.connect(crashed)
        self.drafts = DraftStore(layout.folder / "drafts", signed.connection, signed.identity.account)
        self.pages = PageTabs(self)
        self.setCentralWidget(self.pages)
        self.context = DeskContext(
            engine=signed.engine,
            identity=signed.identity,
            lane=self.lane,
            codes=Codes(),
            open_page=self.pages.open_page,
            open_document=self.open_document,
            changed=self.document_changed,
            show_message=self.show_message,
            extras={LAYOUT: layout, DRAFTS: self.drafts},
        )
        enterprise = signed.enterprise or "未填写企业名称"
        self.setWindowTitle(f"{PRODUCT} — {enterprise} — {signed.identity.name}")
        self.line = StatusLine(self, signed)
        self.lane.busy.connect(self.line.set_busy)
        self.single_window = SingleWindow(self.context, self)
        self.modules = ModuleTree(signed.engine.catalogue, signed.identity, initials)
        self.dock = self._make_dock()
        self.commands = self._make_commands()
        self.bound = CommandActions(self.commands, self, wide=True)
        self._make_menus()
        self.modules.chosen.connect(self.open_module)
        self.pages.switched.connect(self.bound.refresh)
        self._restore()
        self._load_codes()
        offer(self.context, self)

    def _make_dock(self) -> QDockWidget:
        dock = QDockWidget("模块", self)
        dock.setObjectName("module_dock")
        feature = QDockWidget.DockWidgetFeature
        dock.setFeatures(feature.DockWidgetClosable | feature.DockWidgetMovable)
        dock.setWidget(self.modules)
        self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
        self.resizeDocks([dock], [220], Qt.Orientation.Horizontal)
        return dock

    def _make_commands(self) -> Commands:
        commands = Commands(
            Command("desk.relogin", "重新登陆", "", self.ask_relogin, group="系统"),
            Command("desk.quit", "退出", "Ctrl+Q", self.close, group="系统"),
            Command("desk.palette", "查找功能", "Ctrl+K", self.show_palette, group="视图"),
            Command("desk.modules", "查找模块", "Ctrl+M", self._find_module, group="视图"),
            Command("desk.close_page", "关闭当前页", "Ctrl+W", self.pages.close_current, self._no_page, "视图"),
            Command("desk.close_all", "关闭全部页", "", self.pages.close_all, self._no_page, "视图"),
        )
        if may_exchange(self.context.engine.catalogue, self.context.identity):
            exchange, group = self.single_window, "单一窗口"
            commands.add(Command("gateway.hand_over", "发送待发报文", "", exchange.hand_over, exchange.why_not, group))
            commands.add(Command("gateway.receive", "接收回执", "F9", exchange.receive, exchange.why_not, group))
        return commands

    def _no_page(self) -> str:
        return "" if self.pages.current() is not None else "没有打开的页"

    def _make_menus(self) -> None:
        for group, actions in self.bound.grouped():
            menu = self.menuBar().addMenu(group)
            menu.setObjectName(f"menu.{group}")
            menu.setToolTipsVisible(True)
            menu.aboutToShow.connect(self.bound.refresh)
            if group == "视图":
                menu.addAction(self.dock.toggleViewAction())
            menu.addActions(actions)
        self.dock.toggleViewAction().setText("模块树")
        bar = self.addToolBar("单一窗口" if "gateway.receive" in self.commands else "工具")
        bar.setObjectName("desk_toolbar")
        bar.setMovable(False)
        bar.addAction(self.bound["desk.palette"])
        if "gateway.receive" in self.commands:
            bar.addSeparator()
            bar.addActions([self.bound["gateway.hand_over"], self.bound["gateway.receive"]])

    def _find_module(self) -> None:
        self.dock.show()
        self.modules.search.setFocus()
        self.modules.search.selectAll()

    def open_module(self, key: str) -> None:
        """Open a list (``list.<document>``) or a report (``report.<report>``) the user may see."""
        kind, _, name = key.partition(".")
        catalogue, context = self.context.engine.catalogue, self.context
        if not context.identity.may(name, VIEW):
            return
        if kind == "list":
            document = catalogue.document(name)
            self.pages.open_page(key, document.title, lambda: ListPage(context, document))
        else:
            from bondesk.desktop.report_page import ReportPage

            report = catalogue.report(name)
            self.pages.open_page(key, report.title, lambda: ReportPage(context, report))

    def open_document(self, document: DocumentType, document_id: int | None) -> None:
        """Open the form of a stored or a new document."""
        from bondesk.desktop.form_page import FormPage

        context = self.context
        if document_id is None:
            self._new_forms += 1
            key, title = f"form.{document.key}.new.{self._new_forms}", f"新增 {document.title}"
        else:
            key, title = f"form.{document.key}.{document_id}", document.title
        self.pages.open_page(key, title, lambda: FormPage(context, document, document_id))

    def document_changed(self, key: str) -> None:
        """Tell every page that shows documents."""
        for page in self.pages.pages():
            if isinstance(page, Follows):
                page.document_changed(key)

    def show_message(self, text: str) -> None:
        """Put a sentence into the status bar."""
        self.line.say(text)

    def show_palette(self) -> None:
        """Open the palette over the upper middle of the window."""
        palette = CommandPalette(self.palette_entries(), initials, self)
        palette.move(self.mapToGlobal(self.rect().center()) - palette.rect().center() - QPoint(0, self.height() // 6))
        palette.show()
        palette.line.setFocus()

    def palette_entries(self) -> list[Entry]:
        """Return what the palette offers: modules, new documents, the page's and the window's commands."""
        catalogue, identity = self.context.engine.catalogue, self.context.identity
        entries = []
        page = self.pages.current()
        places = [(self.commands, "系统")]
        if page is not None and isinstance(page, Commanded):
            places.insert(0, (page.commands, page.windowTitle()))
        for commands, place in places:
            entries += [
                Entry(command.title, place, command.run, command.shortcut)
                for command in commands
                if command.enabled and command.id != "desk.palette"
            ]
        for document in catalogue.documents:
            if identity.may(document.key, VIEW):
                entries.append(Entry(document.title, "模块", _opener(self.open_module, f"list.{document.key}")))
        for report in catalogue.reports:
            if identity.may(report.key, VIEW):
                entries.append(Entry(report.title, "报表", _opener(self.open_module, f"report.{report.key}")))
        for document in catalogue.documents:
            if document.creatable and identity.may(document.key, "new") and identity.may(document.key, VIEW):
                entries.append(Entry(f"新增 {document.title}", "新增", _creator(self.open_document, document)))
        return entries

    def _load_codes(self) -> None:
        """Read names first, then initials table by table, so that pages come in between."""

        def named(codes: Codes) -> None:
            self.context.codes.entries.update(codes.entries)
            self._repaint_codes()
            self._load_initials(list(codes.entries))

        def failed(problem: Exception) -> None:
            self.show_message(str(problem))

        self.lane.act(read_codes, while_alive(self, named), while_alive(self, failed))

    def _load_initials(self, tables: list[str]) -> None:
        if not tables:
            return
        table, codes = tables.pop(), self.context.codes

        def done(entries: tuple[tuple[str, str, str], ...]) -> None:
            codes.entries[table] = entries
            self._load_initials(tables)

        self.lane.run(lambda: with_initials(codes, table), while_alive(self, done))

    def _repaint_codes(self) -> None:
        for page in self.pages.pages():
            if isinstance(page, ListPage):
                page.codes_changed()

    def _restore(self) -> None:
        self.resize(1280, 800)
        self.restoreGeometry(self._layout.bytes("window/geometry"))
        self.restoreState(self._layout.bytes("window/state"), LAYOUT_VERSION)
        known = {f"list.{document.key}" for document in self.context.engine.catalogue.documents}
        for key in self._layout.text("window/pages").split():
            if key in known:
                self.open_module(key)

    def _remember(self) -> None:
        self._layout.keep("window/geometry", self.saveGeometry())
        self._layout.keep("window/state", self.saveState(LAYOUT_VERSION))
        keys = [page.objectName() for page in self.pages.pages() if isinstance(page, ListPage)]
        self._layout.keep("window/pages", " ".join(keys))
        self._layout.save()

    def ask_relogin(self) -> None:
        """Close everything (pages may refuse), then ask for the login window."""
        self._relogin = True
        self._relogin = self.close()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Close the pages first: one with unsaved work keeps the window open."""
        self._remember()
        if not self.pages.close_all():
            event.ignore()
            return
        for talk in self.context.extras.pop(RUNNING, set()):
            talk.cancel()
            talk.wait()
        self.lane.close()
        self.drafts.close()
        event.accept()
        QTimer.singleShot(0, self.relogin.emit if self._relogin else self.left.emit)


def _opener(open_module: Callable[[str], None], key: str) -> Callable[[], None]:
    return lambda: open_module(key)


def _creator(open_document: Callable[[DocumentType, int | None], None], document: DocumentType) -> Callable[[], None]:
    return lambda: open_document(document, None)
