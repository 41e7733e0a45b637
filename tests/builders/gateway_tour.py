"""The screens between this program and others for the walk of :mod:`builders.screen_tour`: the client and its folders,
the IC card, pre-entry, downloads, a newer program, 数据导入, and a window of 练习.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from PySide6.QtWidgets import QApplication, QDialog
from sqlalchemy import select

from bondesk.adapters.card.combined import proves
from bondesk.adapters.card.signer import ReaderSigner
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.setup.company import Company
from bondesk.base.errors import OutsideFailure
from bondesk.base.program_release import ProgramRelease, Tell
from bondesk.desktop.attach_dialog import AttachDialog
from bondesk.desktop.card_dialog import CardDialog
from bondesk.desktop.client_folders_dialog import ClientFoldersDialog
from bondesk.desktop.data_update_page import DataUpdatePage
from bondesk.desktop.download_choice import Range
from bondesk.desktop.import_central import ImportCentral
from bondesk.desktop.layout import Layout
from bondesk.desktop.login import LoginWindow, SignedIn
from bondesk.desktop.main_window import MainWindow
from bondesk.desktop.pin_dialog import PinChangeDialog, PinDialog
from bondesk.desktop.practice_door import PracticeAtLogin
from bondesk.desktop.pre_entry_page import PreEntryPage
from bondesk.desktop.program_news import ProgramAtLogin
from bondesk.desktop.program_update_dialog import ProgramUpdateDialog
from bondesk.engine import import_format, receiving
from bondesk.engine.card_port import CardPort
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.query import Query
from builders.card_certificates import CARD_NUMBER, sm2_card
from builders.clerk import HELP_FOLDER, Clerk, Shoot, pause, wait_until
from builders.formal_copies import formal_note
from builders.homes import audited, generated, ordered
from builders.signing_office import CREDIT, WRONG
from builders.software_card import SoftwareTerminal

D = TypeVar("D", bound=QDialog)
_FOREIGN = (
    "<CommonResponeMessage><SeqNo>202400000000000777</SeqNo><EtpsPreentNo>OTHER-1</EtpsPreentNo>"
    "<CheckInfo>企业内部编号在海关系统中不存在</CheckInfo><DealFlag>0</DealFlag></CommonResponeMessage>"
)


class Reader:
    """A card reader of this process; nothing is in it until :meth:`put`."""

    def __init__(self) -> None:
        """Have one empty reader."""
        self.terminal = SoftwareTerminal(reader=None)

    def given_to(self, engine: Engine) -> Engine:
        """Return the engine with this reader."""
        return replace(engine, card=CardPort(lambda: ReaderSigner(self.terminal), proves))


@dataclass
class NewerProgram:
    """A newer program in memory: 40 % arrive, the rest once ``gate`` opens; then the source fails."""

    here: bool = False
    gate: threading.Event = field(default_factory=threading.Event)
    release: ProgramRelease = ProgramRelease(
        "9.0.0",
        date(2024, 5, 20),
        "新增数据预录入；核注清单表体可按来源单证筛选\n修正对碰中原产国的比较\n报表可导出 PDF",
        "bondesk-9.0.0-py3-none-any.whl",
        100,
        "0" * 64,
        "甲",
    )

    def newer(self) -> ProgramRelease | None:
        """Return the newer program."""
        return self.release

    def downloaded(self) -> ProgramRelease | None:
        """Return what waits to be installed."""
        return self.release if self.here else None

    def download(self, _release: ProgramRelease, tell: Tell) -> None:
        """Bring a part, wait, then fail."""
        tell(40, 100)
        self.gate.wait(20)
        raise OutsideFailure("下载中断：更新目录 \\\\server\\bondesk 没有响应")

    def install(self, _tell: Tell) -> ProgramRelease:
        """Refuse: pictures install nothing."""
        raise OutsideFailure("磁盘空间不足")

    def back(self) -> str:
        """Say that nothing went back."""
        return ""

    def restart(self) -> None:
        """Start nothing."""

    def trouble(self) -> str:
        """Say that nothing is wrong."""
        return ""


class _Room:
    """练习 whose company is never quite made."""

    def prepared(self) -> bool:
        return False

    def prepare(self, tell: Callable[[str], None]) -> None:
        tell("3 导入期初数据与原始单证：17 个工作簿")
        raise OutsideFailure("练习数据没有准备好：磁盘空间不足")

    def open(self) -> None:
        """Open nothing."""


class GatewayTour:
    """The stops of one clerk; every one leaves its pages open."""

    def __init__(self, clerk: Clerk, reader: Reader, folder: Path, shoot: Shoot) -> None:
        """Walk with ``clerk``, who has ``reader``; files are written into ``folder``."""
        self.clerk, self.reader, self.folder, self.shoot = clerk, reader, folder, shoot
        self.window = clerk.window
        self.engine = clerk.window.context.engine

    def stops(self) -> tuple[Callable[[], None], ...]:
        """Return the stops in their order."""
        return (
            self.import_central,
            self.client_folders,
            self.exchange,
            self.card,
            self.pre_entry,
            self.data_update,
            self.program_update,
            self.practice,
        )

    def _settle(self, milliseconds: int = 300) -> None:
        pause(milliseconds)
        wait_until(lambda: self.window.lane.idle, "the database")

    def _dialog(self, kind: type[D]) -> D:
        dialog: D = self.clerk.dialog(kind)
        self._settle()
        return dialog

    def import_central(self) -> None:
        """Show 数据导入 with what came in, and with a kind looked for."""
        self.window.bound.run("desk.import")
        central = self._dialog(ImportCentral)
        wait_until(lambda: central.table.model.rowCount() > 0, "the history")
        self.shoot(central, "import_central")
        central.search.setText("ysdz")
        central.table.view.selectRow(0)
        self._settle()
        self.shoot(central, "import_central_found")
        central.reject()

    def client_folders(self) -> None:
        """Show 客户端目录 as it is, and tried with one folder missing."""
        self.window.bound.run("gateway.folders")
        dialog = self._dialog(ClientFoldersDialog)
        wait_until(dialog.table.isEnabled, "the folders")
        self.shoot(dialog, "client_folders")
        item = dialog.table.item(0, 0)
        assert item is not None
        item.setText(str(self.folder / "nowhere" / "OutBox"))
        dialog.try_out()
        wait_until(lambda: "测试完毕" in dialog.answer.text(), "the trial")
        self._settle()
        self.shoot(dialog, "client_folders_tried")
        dialog.reject()
        dialog.reject()

    def exchange(self) -> None:
        """Show 单一窗口申报 and 待认领回执 with a receipt nobody knows, and its attaching."""
        notes = [note for number in ("IM2403001", "EX2403002") for note in generated(self.engine, number)]
        audited(self.engine, notes)
        ordered(self.engine, notes)
        self.window.bound.run("gateway.declaring")
        self._settle(600)
        self.shoot(self.window, "declaring")
        inbox = next(one for one in self.engine.client.forms() if one.form == "Nems").inbox  # type: ignore[union-attr]
        for number in (1, 2):
            (Path(inbox) / f"foreign{number}.xml").write_text(_FOREIGN, encoding="utf-8")
        (Path(inbox) / "broken.xml").write_text("<Kein", encoding="utf-8")
        identity = self.window.context.identity
        receiving.receive(self.engine, identity, lambda _done, _total: None)
        self.window.bound.run("gateway.claiming")
        page = self.window.pages.current()
        wait_until(lambda: page.rows.model.rowCount() > 0, "the receipts")  # type: ignore[union-attr]
        self._settle(600)
        self.shoot(self.window, "claiming")
        page.commands["claiming.attach"].run()  # type: ignore[union-attr]
        dialog = self._dialog(AttachDialog)
        self.shoot(dialog, "claiming_attach")
        dialog.reject()

    def card(self) -> None:
        """Show the IC card: none, one that is known, its password asked, wrong, the last try, changed."""
        desk = self.window.card
        assert desk is not None
        desk.show()
        dialog = self._dialog(CardDialog)
        self.shoot(dialog, "card_none")
        with self.engine.acting(SYSTEM) as act:
            company = act.session.scalars(select(Company)).one()
            company.ic_card, company.declarant_credit_code = CARD_NUMBER, CREDIT
        self.reader.terminal.put("reader", sm2_card(ends=12))
        wait_until(lambda: desk.state is not None and desk.state.info is not None, "the card")
        dialog.reject()
        desk.show()
        dialog = self._dialog(CardDialog)
        self._settle(600)
        self.shoot(dialog, "card")
        dialog.change.click()
        change = self._dialog(PinChangeDialog)
        self.shoot(change, "card_password")
        change.reject()
        dialog.reject()
        for what, name in (("为 3 份报文签名", "card_pin"), ("用IC卡登录「单一窗口查询」", "card_login")):
            asking = PinDialog(desk, what, self.window)
            asking.open()
            self._settle()
            self.shoot(asking, name)
            if name == "card_pin":
                self._wrong(asking, "还可尝试 2 次")
                self.shoot(asking, "card_pin_wrong")
                self._wrong(asking, "还可尝试 1 次")
                self._settle(600)
                self.shoot(asking, "card_pin_last")
            asking.reject()

    def _wrong(self, asking: PinDialog, said: str) -> None:
        asking.lines["pin"].setText(WRONG)
        asking.ok.click()
        wait_until(lambda: said in asking.message.text(), said)

    def pre_entry(self) -> None:
        """Show 数据预录入: what may be entered, and what was."""
        audited(self.engine, generated(self.engine, "EX2403003"))
        self.window.open_module("updates.pre_entry")
        page = self.window.pages.current()
        assert isinstance(page, PreEntryPage)
        self._settle()
        self.shoot(self.window, "pre_entry")
        page.choice.down.setChecked(True)
        for box in page.choice.boxes.values():
            box.setChecked(True)
        page.choice.way_box.setCurrentIndex(page.choice.way_box.findData("package"))
        self._settle(800)
        page._tick_all()
        self.shoot(self.window, "pre_entry_ticked")
        page.upload()
        wait_until(lambda: bool(page.uploads.model.rows), "the upload")
        self._settle(800)
        self.shoot(self.window, "pre_entry_uploaded")

    def data_update(self) -> None:
        """Show 数据更新: its ways, what a folder offers, what came of it."""
        folder = self.folder / "导出"
        folder.mkdir(exist_ok=True)
        key = "bonded_note_formal"
        document = self.engine.catalogue.document(key)
        with self.engine.acting(SYSTEM) as act:
            ids = [formal_note(act, f"QD52042400000000{number:02}") for number in range(41, 47)]
            for _ in import_format.import_format_steps(act, document, Query(), folder / "notes.xlsx", ids):
                pass
            for one in act.session.scalars(select(BondedNote).where(BondedNote.id.in_(ids[3:]))):
                act.session.delete(one)
        self.window.open_module("updates.data_update")
        page = self.window.pages.current()
        assert isinstance(page, DataUpdatePage)
        self._settle()
        self.shoot(self.window, "data_update")
        page.choose([key])
        page.choice.choose_way("files", [str(folder)])
        page.choice.range.set_value(Range(date(2023, 12, 1), date(2024, 12, 31)))
        page.look()
        wait_until(lambda: not page.work.busy and page.body.offered.model.rowCount() > 0, "what is offered")
        page.body.tick_all()
        self._settle()
        self.shoot(self.window, "data_update_offered")
        page.take()
        wait_until(lambda: not page.work.busy and page.body.results is not None, "the download")
        self._settle(600)
        self.shoot(self.window, "data_update_done")

    def program_update(self) -> None:
        """Show a newer program: found, on its way, broken off, waiting at the login."""
        updates = NewerProgram()
        dialog = ProgramUpdateDialog(updates, lambda: "", self.window)
        dialog.open()
        wait_until(dialog.fetch.isEnabled, "the newer program")
        self._settle()
        self.shoot(dialog, "program_update")
        dialog.fetch.click()
        wait_until(lambda: dialog.bar.value() == 40, "a part of it")
        self.shoot(dialog, "program_update_running")
        updates.gate.set()
        wait_until(dialog.fetch.isEnabled, "the end")
        self._settle()
        self.shoot(dialog, "program_update_failed")
        dialog.reject()
        login = LoginWindow(self.clerk.home.read().connections, lambda _one: self.engine)
        news = ProgramAtLogin(login, login.form, NewerProgram(here=True))
        practice = PracticeAtLogin(login, login.form, _Room())
        login.show()
        wait_until(login.form.program.isVisible, "the newer program")
        self.shoot(login, "login_program")
        practice.start()
        wait_until(login.form.practice.isEnabled, "what came of 练习")
        self.shoot(login, "login_practice")
        del news
        login.blockSignals(True)
        login.close()

    def practice(self) -> None:
        """Show a window of 练习."""
        context = self.window.context
        signed = SignedIn(
            replace(self.engine, training=True, practice=None, card=None), context.identity, "练习企业", "练习数据"
        )
        window = MainWindow(signed, Layout(self.folder / "practice.ini"), self.clerk.crashes.append, HELP_FOLDER)
        window.resize(1280, 800)
        window.show()
        wait_until(lambda: window.lane.idle, "the start page")
        pause(400)
        self.shoot(window, "practice")
        window.open_module("list.bonded_note")
        wait_until(lambda: window.lane.idle, "the list")
        pause(400)
        self.shoot(window, "practice_list")
        window.close()
        window.deleteLater()
        QApplication.processEvents()
