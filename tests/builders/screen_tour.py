"""A walk past every screen of the demo company, with the states a clerk meets: for pictures, not for judging.

Each stop asks for what the screen needs, waits until it is there and has it taken.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QWidget
from sqlalchemy import select

from bondesk import demo
from bondesk.app import open_engine
from bondesk.areas.notes.bonded_note import BondedNote
from bondesk.areas.setup.company import Company
from bondesk.base.attempts import TryLater
from bondesk.connections import Connections
from bondesk.desktop.column_dialog import ColumnDialog
from bondesk.desktop.command_palette import CommandPalette
from bondesk.desktop.conditions_dialog import ConditionsDialog
from bondesk.desktop.connection_dialog import ConnectionDialog
from bondesk.desktop.export_dialog import ExportDialog
from bondesk.desktop.first_administrator import FirstAdministratorDialog
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.import_dialog import ImportDialog
from bondesk.desktop.key_list import KeyList
from bondesk.desktop.login import LoginWindow
from bondesk.desktop.report_page import ReportPage
from bondesk.desktop.send_dialog import SendDialog
from bondesk.desktop.template_dialogs import ChooseTemplate, KeepTemplate
from bondesk.desktop.ticked_lines import TickedLines
from bondesk.engine.engine import SYSTEM
from bondesk.engine.query import Condition
from bondesk.settings import Home
from bondesk.window import found
from builders.clearance_tour import ClearanceTour
from builders.clerk import Clerk, Shoot, child, pause, wait_until
from builders.gateway_tour import GatewayTour, Reader
from builders.source_lines import book, lines

D = TypeVar("D", bound=QDialog)


def tour(folder: Path, shoot: Shoot, only: Collection[str] = ()) -> None:
    """Found the demo company in ``folder`` and walk past everything, or past the stops named in ``only``."""
    home = Home(folder / "home")
    demo.prepare(home, None, lambda text: None).store.dispose()
    if not only:
        _first_login(folder, shoot)
    _Tour(home, folder, shoot).walk(only)


def _first_login(folder: Path, shoot: Shoot) -> None:
    """Show the login of an empty data connection: first administrator, 管理连接, a wait."""
    empty = Home(folder / "empty")
    connections = Connections(empty, open_engine)
    login = LoginWindow(connections.all(), connections.open, book=connections, found=found)
    login.show()
    wait_until(login.form.found.isVisible, "the offer of a first administrator")
    shoot(login, "login_empty")
    login.found_first()
    first = _dialog(FirstAdministratorDialog)
    shoot(first, "login_first_administrator")
    first.accept()
    shoot(first, "login_first_administrator_refused")
    first.reject()
    login.manage_connections()
    managing = _dialog(ConnectionDialog)
    wait_until(lambda: child(managing, QPushButton, "connection_add").isEnabled(), "the connections")
    shoot(managing, "login_connections")
    managing._start_new()
    shoot(managing, "login_connections_new")
    managing._drop_edits()
    managing.reject()
    login._fail(TryLater("密码已连续输错 5 次", "AUTH-03", 25))
    shoot(login, "login_waiting")
    login.close()


def _dialog(kind: type[D]) -> D:
    seen: list[D] = []

    def there() -> bool:
        seen[:] = [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]
        return bool(seen)

    wait_until(there, kind.__name__)
    return seen[0]


class _Tour:
    """The walk of one clerk."""

    def __init__(self, home: Home, folder: Path, shoot: Shoot) -> None:
        self.folder, self.shoot = folder, shoot
        self.reader = Reader()
        self.clerk = Clerk(home, lambda connection: self.reader.given_to(open_engine(home, connection)), shoot)
        self.clerk.sign_in(demo.ACCOUNT, demo.PASSWORD, wrong="wrong")
        self.window = self.clerk.window
        self.engine = self.window.context.engine

    def walk(self, only: Collection[str] = ()) -> None:
        """Go everywhere, or to the stops named by their methods, then leave."""
        self._settle()
        self.shoot(self.window, "start")
        walk = ClearanceTour(self.clerk, self.shoot)
        clearance = (walk.matching, walk.declarations, walk.note_change)
        gateway = GatewayTour(self.clerk, self.reader, self.folder, self.shoot)
        stops: tuple[Callable[[], None], ...] = (
            self._palette,
            self._documents,
            self._list_looks,
            self._form_states,
            self._templates,
            self._conflict,
            self._account_draft,
            self._wizards,
            *clearance,
            self._sending,
            self._imports,
            self._reports,
            self._words_of_the_house,
            self._desk,
            self._start_again,
            *gateway.stops(),
        )
        known = {stop.__name__.strip("_"): stop for stop in stops}
        if unknown := set(only) - set(known):
            raise SystemExit(f"no stop {', '.join(unknown)}; there are {', '.join(known)}")
        for name, stop in known.items():
            if only and name not in only:
                continue
            stop()
            self._clear()
        self.clerk.leave()

    def _settle(self) -> None:
        wait_until(lambda: self.window.lane.idle, "the database")

    def _clear(self) -> None:
        """Close every page; what was typed for a picture is not kept."""
        for page in list(self.window.pages.pages()):
            if isinstance(page, FormPage):
                page._closing = True
        self.window.pages.close_all()
        pause(20)

    def _snap(self, kind: type[D], name: str, prepare: Callable[[D], object] = lambda _dialog: None) -> None:
        """Have an opened dialog taken and leave it."""
        dialog = _dialog(kind)
        prepare(dialog)
        self._settle()
        self.shoot(dialog, name)
        dialog.done(0)
        wait_until(lambda: not _visible(kind), f"the end of {name}")

    def _palette(self) -> None:
        for words, name in (
            ("", "palette_open"),
            ("E52", "palette_number"),
            ("8504", "palette_hs"),
            ("没有", "palette_none"),
        ):
            self.window.show_palette()
            palette = _dialog(CommandPalette)
            palette.line.setText(words)
            pause(600)
            self._settle()
            self.shoot(palette, name)
            palette.close()
            wait_until(lambda: not _visible(CommandPalette), f"the end of {name}")
        self.window.show_keys()
        self._snap(KeyList, "keys")

    def _documents(self) -> None:
        for document in self.engine.catalogue.documents:
            if document.single:
                self.window.open_module(f"list.{document.key}")
                self._settle()
                self.shoot(self.window, f"form_{document.key}")
                self._clear()
                continue
            page = self.clerk.list_of(document.key)
            self.shoot(self.window, f"list_{document.key}")
            if page.model.rowCount():
                self.clerk.open_form(document.key)
                self._settle()
                self.shoot(self.window, f"form_{document.key}")
            if document.creatable:
                self.window.open_document(document, None)
                self._settle()
                self.shoot(self.window, f"new_{document.key}")
            self._clear()

    def _list_looks(self) -> None:
        page = self.clerk.list_of("bonded_note")
        page.head.demand((Condition("ie_flag", "eq", "E"), Condition("partner", "ne", "C05")), (), "")
        page.head.filter_button.click()
        self._settle()
        page.view.selectAll()
        pause(400)
        self._settle()
        self.shoot(self.window, "list_chips_filters_totals")
        page.head.demand((Condition("partner", "eq", "NONE"),), (), "")
        self._settle()
        self.shoot(self.window, "list_nothing_found")
        page.head.demand((Condition("ie_flag", "eq", "E"), Condition("partner", "ne", "C05")), (), "")
        self._settle()
        page.looks.set_up_columns()
        self._snap(ColumnDialog, "dialog_columns")
        page.head.open_conditions()
        self._snap(ConditionsDialog, "dialog_conditions")
        page.exports.ask()
        self._snap(ExportDialog, "dialog_export")
        page.head.clear()
        page.head.filter_button.click()
        page.looks.group_by(("ie_flag", "supervision_mode"))
        self._settle()
        pause(400)
        self._settle()
        self.shoot(self.window, "list_groups")

    def _form_states(self) -> None:
        form = self.clerk.open_form("source_document")
        form.body.header.cells["supervision_mode"].editor.set_text("9999")
        form.body.header.cells["supervision_mode"].editor.commit()
        grid = form.body.grids["lines"].model
        grid.setData(grid.index(0, grid.column("quantity")), Decimal(-5))
        grid.setData(grid.index(1, grid.column("part_no")), "NO-SUCH-PART")
        pause(700)
        self._settle()
        self.shoot(self.window, "form_findings")
        form.save()
        wait_until(form.notice.isVisible, "the refusal")
        pause(500)
        self._settle()
        self.shoot(self.window, "form_refused")
        self._clear()
        form = self.clerk.open_form("bonded_note")
        for pane in form.panes:
            form.side.toggle(pane)
            self._settle()
            pause(200)
            self.shoot(self.window, f"form_{pane.objectName()}")

    def _templates(self) -> None:
        form = self.clerk.open_form("source_document")
        form.templates.choose()
        self._snap(ChooseTemplate, "dialog_choose_template")
        form.templates.keep()
        self._snap(KeepTemplate, "dialog_keep_template")

    def _conflict(self) -> None:
        mine = self.clerk.open_form("part", 1)
        self.window.pages._put(
            theirs := FormPage(self.window.context, mine.document, mine.body.base.id), "料号档案", "main"
        )
        wait_until(lambda: theirs._ready, "the other form")
        for form, name in ((theirs, "排线（对方）"), (mine, "排线（我的）")):
            form.body.header.cells["spec"].editor.set_text(name)
        theirs.save()
        wait_until(lambda: not theirs.deeds.busy, "the other's save")
        self._settle()
        self.window.pages.bring(mine)
        mine.save()
        wait_until(mine.notice.button.isVisible, "the conflict")
        self._settle()
        self.shoot(self.window, "form_conflict")
        mine.notice.button.click()
        wait_until(mine.kept.isVisible, "both versions")
        self.shoot(self.window, "form_conflict_pane")

    def _account_draft(self) -> None:
        self.clerk.run_script("account", "start_account_change", {}, row=0)
        form = self.clerk.open_form("account_draft")
        form.body.tabs.setCurrentIndex(1)
        self._settle()
        pause(400)
        self._settle()
        self.shoot(self.window, "form_account_draft_marks")
        rows = next(iter(form.body.rows))
        rows.strip.header.cells["spec"].editor.set_text("0402 X7R")
        rows.show_row(3)
        pause(200)
        self.shoot(self.window, "form_account_draft_leaving")
        rows.entry.give_up()
        if rows.source is not None:
            self.clerk.press(rows, "rows.extract")
            self._settle()
            pause(400)
            self._settle()
            self.shoot(self.window, "form_account_draft_extracting")

    def _wizards(self) -> None:
        self.clerk.run_script("bom", "generate_unit_consumption", {})
        self.clerk.run_script("source_document", "generate_notes", {"document_no": "EX2403001"})

    def _sending(self) -> None:
        with self.engine.acting(SYSTEM) as act:
            act.session.scalars(select(Company)).one().inversion_policy = "BLOCK"
            notes = act.session.scalars(select(BondedNote).where(BondedNote.state == "DRAFT")).all()
            for note in notes:
                for line in note.lines:
                    line.dcl_qty = Decimal(9_000_000)
            ids = [note.id for note in notes]
        document = self.engine.catalogue.document("bonded_note")
        asking = SendDialog(
            self.window.context, document, ids, "选中的核注清单", lambda _reason, _way: None, self.window
        )
        asking.open()
        wait_until(lambda: asking.send.text() != "正在检查…", "the check")
        self._snap(SendDialog, "dialog_send")

    def _imports(self) -> None:
        page = self.clerk.list_of("source_document")
        self.clerk.press(page, "list.import")
        dialog = _dialog(ImportDialog)
        self.shoot(dialog, "import_empty")
        text = "A 1\nA 2 数量=abc\nB 1 监管方式=9999\nB 2 料号=NO-SUCH\nC 1 数量=5x"
        dialog.path.setText(str(book(self.folder, {"单证": lines(text)})))
        self._wait_check(dialog)
        self.shoot(dialog, "import_findings")
        view = dialog.sheets.view()
        cell = view.raw.index_of(("单证", 3, 7))
        view.model().setData(cell, "7")
        self._wait_check(dialog)
        self.shoot(dialog, "import_corrected")
        dialog.close()

    def _wait_check(self, dialog: ImportDialog) -> None:
        wait_until(lambda: not dialog._typing.isActive() and not dialog.work.checking, "the check")
        self._settle()

    def _reports(self) -> None:
        status = self.clerk.report("material_status", {})
        self.shoot(self.window, "report_material_status")
        place = next(n for n, column in enumerate(status.report.columns) if column.key == "balance")
        status.view.setCurrentIndex(status.model.index(12, place))
        status._explain(status.model.index(12, place))
        wait_until(lambda: status.panel.explanation is not None, "the explanation")
        self.shoot(self.window, "report_explained")
        self.clerk.report("item_ledger", {"item_no": 13})
        self.shoot(self.window, "report_item_ledger")
        for report in self.engine.catalogue.reports:
            if report.key not in ("material_status", "item_ledger"):
                self.window.open_module(f"report.{report.key}")
                page = self.window.pages.current()
                assert isinstance(page, ReportPage)
                self.shoot(self.window, f"report_{report.key}")
                page.query()
                wait_until(lambda page=page: page._talk is None, report.key)  # type: ignore[misc]
                self._settle()
                self.shoot(self.window, f"report_{report.key}_asked")
                self._clear()

    def _start_again(self) -> None:
        """Show the start page of somebody who has worked."""
        for key in ("list.bonded_note", "list.source_document", "report.material_status"):
            if key not in self.window.favourites.chosen:
                self.window.favourites.toggle(key)
        self._clear()
        self.window.help_dock.hide()
        pause(300)
        self._settle()
        self.shoot(self.window, "start_used")

    def _words_of_the_house(self) -> None:
        """Show parameters being changed, rights half ticked and in the log, a part with its elements."""
        self.window.open_module("list.company")
        self._settle()
        form = self.window.pages.current()
        assert isinstance(form, FormPage)
        wait_until(lambda: form._ready, "the parameters")
        form.unlock()
        self._settle()
        self.shoot(self.window, "form_company_unlocked")
        self._clear()
        self.window.open_document(self.engine.catalogue.document("user_group"), None)
        group = self.window.pages.current()
        assert isinstance(group, FormPage)
        wait_until(lambda: group._ready and self.window.lane.idle, "the group")
        group.body.header.cells["code"].editor.set_text("clerk")
        group.body.header.cells["name"].editor.set_text("制单组")
        grid = group.body.grids["rights"]
        assert isinstance(grid, TickedLines)
        grid.ticks._leaves[1].setCheckState(0, Qt.CheckState.Checked)
        grid.ticks._leaves[2].setCheckState(0, Qt.CheckState.Checked)
        pause(400)
        self._settle()
        self.shoot(self.window, "form_user_group_ticked")
        group.save()
        wait_until(lambda: not group.dirty, "the group to be stored")
        self._clear()
        self.clerk.open_form("operation_log")
        self._settle()
        self.shoot(self.window, "form_operation_log_rights")
        self._clear()
        part = self.clerk.open_form("part", 11)
        self._settle()
        for cell in part.body.header.cells.values():
            if cell.editor.entry.elements_of:
                cell.editor.set_text("3|0|电子设备供电|65W PD|氮化镓")
        pause(500)
        self._settle()
        self.shoot(self.window, "form_part_elements")

    def _desk(self) -> None:
        """Show torn-off window, two pages side by side, jobs and help."""
        self.clerk.list_of("bonded_note")
        self.clerk.open_form("part")
        pages = self.window.pages
        pages.beside_or_back()
        pause(200)
        self.shoot(self.window, "desk_beside")
        pages.float_or_back()
        self.shoot(pages.windows[-1], "desk_torn_off")
        pages.put_back(pages.windows[-1].page)
        self.window.toggle_jobs()
        self.shoot(self.window, "desk_jobs")
        self.window.toggle_jobs()
        self.window.open_help("bonded_note")
        self.shoot(self.window, "desk_help")


def _visible(kind: type[QWidget]) -> list[Any]:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]
