"""The signed-in window: modules on the left, pages in the middle, jobs and help at the edges, who and where below."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QWidget

from bondesk.base.documents import DocumentType
from bondesk.desktop import looks, style
from bondesk.desktop.about import show_about
from bondesk.desktop.card_desk import CardDesk
from bondesk.desktop.card_indicator import attached
from bondesk.desktop.codes_loading import initials
from bondesk.desktop.codes_reader import CodesReader
from bondesk.desktop.command_palette import CommandPalette, Entry
from bondesk.desktop.commands import CommandActions, Commands
from bondesk.desktop.context import Codes, DeskContext
from bondesk.desktop.draft_restoring import offer
from bondesk.desktop.draft_store import DRAFTS, DraftStore
from bondesk.desktop.favourites import Favourites
from bondesk.desktop.help_dock import HELP, HelpPanel
from bondesk.desktop.help_pages import INDEX, HelpPages
from bondesk.desktop.jobs import Jobs, jobs_of
from bondesk.desktop.jobs_dock import JobsPanel
from bondesk.desktop.lane import Lane
from bondesk.desktop.layout import LAYOUT_VERSION, Layout
from bondesk.desktop.list_deeds import RUNNING
from bondesk.desktop.list_page import LAYOUT, ListPage
from bondesk.desktop.login import PRODUCT, SignedIn
from bondesk.desktop.module_pages import module_page
from bondesk.desktop.module_tree import ModuleTree
from bondesk.desktop.page_restore import PageRestore, written
from bondesk.desktop.page_tabs import PageTabs, Place
from bondesk.desktop.palette_entries import palette_entries
from bondesk.desktop.palette_search import PaletteSearch
from bondesk.desktop.session_area import SessionArea
from bondesk.desktop.single_window import SingleWindow, may_exchange
from bondesk.desktop.start_page import StartPage
from bondesk.desktop.status_line import StatusLine
from bondesk.desktop.toasts import Toasts
from bondesk.desktop.training import WORD
from bondesk.desktop.window_commands import card_commands, exchange_commands, window_commands
from bondesk.desktop.window_menus import make_menus


@runtime_checkable
class Follows(Protocol):
    """A page that shows stored documents and wants to know when some changed."""

    def document_changed(self, key: str) -> None:
        """Documents of type ``key`` changed."""


class MainWindow(QMainWindow):
    """One signed-in window. ``relogin`` asks for the login window, ``left`` tells that it was closed."""

    relogin = Signal()
    left = Signal()

    def __init__(
        self,
        signed: SignedIn,
        layout: Layout,
        crashed: Callable[[Exception], None],
        help_folder: Path | None = None,
    ) -> None:
        """Open over a signed-in engine; ``crashed`` is told what is our fault; help is read from ``help_folder``."""
        super().__init__()
        self.setObjectName("main_window")
        self._layout, self._new_forms, self._relogin = layout, 0, False
        self.card: CardDesk | None = None
        self._mine = layout.of("desk", signed.connection, signed.identity.account)
        self.lane = Lane(signed.engine, signed.identity)
        self.lane.crashed.connect(crashed)
        self.drafts = DraftStore(layout.folder / "drafts", signed.connection, signed.identity.account)
        self.pages = PageTabs(self)
        self.context = self._make_context(signed)
        self.session = SessionArea(self.context, self.pages, self)
        self.session.reconnected.connect(lambda: CodesReader(self.context, self._repaint_codes, self))
        self.setCentralWidget(self.session)
        self.help_pages = HelpPages(help_folder, signed.engine.catalogue)
        self.context.extras[HELP] = self.help_pages
        enterprise = signed.enterprise or "未填写企业名称"
        practising = f"【{WORD}】" if signed.engine.training else ""
        self.setWindowTitle(f"{practising}{PRODUCT} — {enterprise} — {signed.identity.name}")
        self.line = StatusLine(self, signed)
        self.lane.busy.connect(self.line.set_busy)
        self.single_window = SingleWindow(self.context, self)
        self.favourites = Favourites(self.context, self)
        self.modules = ModuleTree(signed.engine.catalogue, signed.identity, initials)
        self.modules.follow(self.favourites)
        self._make_docks()
        self._make_commands()
        self.start = StartPage(self.context, self.favourites, self.open_module, self.pages)
        self.pages.set_start(self.start)
        self.modules.chosen.connect(self.open_module)
        self.pages.switched.connect(self.bound.refresh)
        style.when_changed(self, self._follow_look)
        self._restore()
        self.codes = CodesReader(self.context, self._repaint_codes, self)
        offer(self.context, self)

    def _make_context(self, signed: SignedIn) -> DeskContext:
        return DeskContext(
            engine=signed.engine,
            identity=signed.identity,
            lane=self.lane,
            codes=Codes(),
            open_page=self.pages.open_page,
            open_document=self.open_document,
            changed=self.document_changed,
            show_message=self.show_message,
            extras={LAYOUT: self._layout, DRAFTS: self.drafts, "page_of": self.pages.page, "open_help": self.open_help},
        )

    def _make_docks(self) -> None:
        self.jobs: Jobs = jobs_of(self.context)
        self.jobs.home = self
        self.toasts = Toasts(self.jobs, self)
        area = Qt.DockWidgetArea
        self.dock = self._dock("module_dock", "模块", self.modules, area.LeftDockWidgetArea)
        self.jobs_panel = JobsPanel(self.jobs)
        self.jobs_dock = self._dock("jobs_dock", "后台任务", self.jobs_panel, area.BottomDockWidgetArea)
        self.help_panel: HelpPanel | None = None
        self.help_dock = self._dock("help_dock", "帮助", QWidget(), area.RightDockWidgetArea)
        self.resizeDocks([self.dock], [31 * style.CHARACTER], Qt.Orientation.Horizontal)
        self.resizeDocks([self.jobs_dock], [8 * style.ROW_HEIGHT], Qt.Orientation.Vertical)
        self.jobs_dock.hide()
        self.help_dock.hide()

    def _dock(self, name: str, title: str, inner: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setWidget(inner)
        self.addDockWidget(area, dock)
        return dock

    def _make_commands(self) -> None:
        self.commands = Commands(*window_commands(self))
        if may_exchange(self.context.engine.catalogue, self.context.identity):
            self.card = attached(self.context, self, self.line)
            for command in (*exchange_commands(self.single_window), *card_commands(self.card)):
                self.commands.add(command)
        self.bound = CommandActions(self.commands, self, wide=True)
        make_menus(self, self.bound, self._layout, [self.dock, self.jobs_dock, self.help_dock])

    def find_module(self) -> None:
        """Put the cursor into the module search."""
        self.dock.show()
        self.modules.search.setFocus()
        self.modules.search.selectAll()

    def show_start(self) -> None:
        """Open the start page as a page beside the others."""
        if self.pages.count():
            context, favourites = self.context, self.favourites
            self.pages.open_page("start", "开始", lambda: StartPage(context, favourites, self.open_module, self.pages))

    def toggle_jobs(self) -> None:
        """Show or hide 后台任务."""
        self.jobs_dock.setVisible(not self.jobs_dock.isVisible())
        if self.jobs_dock.isVisible():
            self.jobs_panel.list.setFocus()

    def show_help(self) -> None:
        """Open the help page of what is in front; the contents when there is none of its own."""
        page = self.pages.current()
        parts = page.objectName().split(".") if page is not None else []
        self.open_help(parts[1] if len(parts) > 1 and self.help_pages.has(parts[1]) else INDEX)

    def open_help(self, key: str) -> None:
        """Open a help page in the dock, which is made on first use."""
        if self.help_panel is None:
            self.help_panel = HelpPanel(self.help_pages)
            self.help_dock.setWidget(self.help_panel)
            self.resizeDocks([self.help_dock], [460], Qt.Orientation.Horizontal)
        self.help_dock.show()
        self.help_dock.raise_()
        self.help_panel.show_page(key)

    def show_keys(self) -> None:
        """Open the list of keys."""
        from bondesk.desktop.key_list import KeyList, sections

        found = sections(self.context, self.commands, self.modules.commands, list(self.pages.pages()))
        dialog = KeyList(found, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def show_about(self) -> None:
        """Say what program this is, and over what it works."""
        show_about(self.context, self)

    def change_font(self, by: int) -> None:
        """Make the font larger or smaller, 0 = the usual size."""
        self.show_message(f"字体 {looks.change_points(self._layout, by)} 磅")

    def _follow_look(self) -> None:
        self.jobs_panel.repaint_tones()

    def leave(self) -> None:
        """Close the window."""
        self.close()

    def open_module(self, key: str, place: Place = "main") -> None:
        """Open a page of the module tree (``list.…``, ``report.…``, ``matching.…``) the user may see."""
        if not self.favourites.title(key):
            return
        self.favourites.used(key)
        title, make = module_page(self.context, key)
        self.pages.open_page(key, title, make, place)

    def open_document(self, document: DocumentType, document_id: int | None) -> None:
        """Open the form of a stored or a new document."""
        from bondesk.desktop.form_page import FormPage

        context = self.context
        if document_id is None:
            self._new_forms += 1
            key, title = f"form.{document.key}.new.{self._new_forms}", f"新增 {document.title}"
        else:
            key, title = f"form.{document.key}.{document_id}", document.title
            self.favourites.opened(document.key, document_id)
        self.pages.open_page(key, title, lambda: FormPage(context, document, document_id))

    def document_changed(self, key: str) -> None:
        """Tell every page that shows documents; the enterprise's own words and codes are read anew."""
        self.codes.follow(key)
        for page in (self.start, *self.pages.pages()):
            if isinstance(page, Follows):
                page.document_changed(key)

    def show_message(self, text: str) -> None:
        """Put a sentence into the status bar."""
        self.line.say(text)

    def show_palette(self) -> None:
        """Open the palette over the upper middle of the window."""
        search = PaletteSearch(self.context, self)
        over = QApplication.activeWindow() or self
        palette = CommandPalette(self.palette_entries(), initials, over, search.look)
        palette.finished.connect(search.stop)
        palette.destroyed.connect(search.stop)
        palette.move(over.mapToGlobal(over.rect().center()) - palette.rect().center() - QPoint(0, over.height() // 6))
        palette.show()
        palette.line.setFocus()

    def palette_entries(self) -> list[Entry]:
        """Return what the palette offers: the page's and the window's commands, modules, reports, scripts."""
        return palette_entries(self.context, self.commands, self.pages.current(), self.favourites, self.open_module)

    def _repaint_codes(self) -> None:
        for page in self.pages.pages():
            if isinstance(page, ListPage):
                page.codes_changed()

    def _restore(self) -> None:
        self.resize(1280, 800)
        self.restoreGeometry(self._mine.bytes("window/geometry"))
        self.restoreState(self._mine.bytes("window/state"), LAYOUT_VERSION)
        if self.help_dock.isVisibleTo(self):
            self.open_help(INDEX)
        PageRestore(self.context, self.pages, self.open_module).restore(self._mine.text("window/pages"))

    def _remember(self) -> None:
        self._mine.keep("window/geometry", self.saveGeometry())
        self._mine.keep("window/state", self.saveState(LAYOUT_VERSION))
        self._mine.keep("window/pages", written(self.pages))
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
        if self.card is not None:
            self.card.close()
        self.single_window.stop()
        self.session.leave()
        self.lane.close()
        self.drafts.close()
        event.accept()
        QTimer.singleShot(0, self.relogin.emit if self._relogin else self.left.emit)
