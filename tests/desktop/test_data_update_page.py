"""数据更新 by keyboard: from the palette or a formal list, looked for, chosen, taken in, broken off and gone on with."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from sqlalchemy import delete, select

from bondesk.adapters.card.combined import proves
from bondesk.adapters.card.signer import ReaderSigner
from bondesk.adapters.rehearsal_archive import Archive
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.setup.company import Company
from bondesk.base.errors import OutsideFailure
from bondesk.desktop.card_desk import CARD, CardDesk
from bondesk.desktop.code_update_dialog import CodeUpdateDialog
from bondesk.desktop.data_update_page import DataUpdatePage
from bondesk.desktop.download_choice import Range
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.pin_dialog import PinDialog
from bondesk.engine import import_format
from bondesk.engine.card_port import CardPort
from bondesk.engine.download_port import ChallengeSigner, DownloadWay, OfferedCopy, Tell
from bondesk.engine.engine import SYSTEM
from bondesk.engine.query import Query
from builders.card_certificates import CARD_NUMBER, piv_card
from builders.clerk import child, wait_until
from builders.everyday import Desk, SignIn
from builders.formal_copies import HEAD, formal_note, lines_of
from builders.keys import CTRL, KEY, SHIFT
from builders.signing_office import CREDIT
from builders.software_card import SoftwareTerminal

NOTES = "bonded_note_formal"
NOON = datetime(2024, 3, 5, 12)
NOTE = """<InvtMessage><InvtHeadType><PutrecNo>{record}</PutrecNo><EtpsInnerInvtNo>I9</EtpsInnerInvtNo>
<InvtDclTime>20240305</InvtDclTime><ImpexpPortcd>5204</ImpexpPortcd><DclPlcCuscd>5204</DclPlcCuscd>
<ImpexpMarkcd>I</ImpexpMarkcd><MtpckEndprdMarkcd>I</MtpckEndprdMarkcd><SupvModecd>0615</SupvModecd>
<TrspModecd>4</TrspModecd><StshipTrsarvNatcd>110</StshipTrsarvNatcd></InvtHeadType>{lines}</InvtMessage>"""
GOODS = """<InvtListType><GdsSeqno>{number}</GdsSeqno><PutrecSeqno>{number}</PutrecSeqno><Gdecd>8532241000</Gdecd>
<GdsNm>电容</GdsNm><DclUnitcd>007</DclUnitcd><LawfUnitcd>035</LawfUnitcd><DclQty>5</DclQty><LawfQty>1</LawfQty>
<DclUprcAmt>2</DclUprcAmt><DclTotalAmt>10</DclTotalAmt><DclCurrcd>502</DclCurrcd><Natcd>116</Natcd></InvtListType>"""


class Away:
    """A source of three notes that goes away after the first, until it is back; its signed-in state is told."""

    title = "远方"

    def __init__(self, *, needs_card: bool = False) -> None:
        self.needs_card, self.back, self.signed_in = needs_card, False, False
        self.fetched: list[str] = []
        self.gate = threading.Event()
        self.gate.set()

    def sign_in(self, challenge_signer: ChallengeSigner | None) -> None:
        assert challenge_signer is not None
        self.signed_in = True

    def kinds(self) -> Sequence[str]:
        if self.needs_card and not self.signed_in:
            raise OutsideFailure("须用IC卡登录")
        return [NOTES]

    def search(self, kind: str, begin: date, end: date, _tell: Tell) -> Sequence[OfferedCopy]:
        day = date(2024, 3, 5)
        return (
            [OfferedCopy(kind, f"QD{n}", "说明", day, "已核扣", "") for n in (1, 2, 3)] if begin <= day <= end else []
        )

    def problems(self) -> Sequence[tuple[str, str]]:
        return ()

    def fetch(self, offered: OfferedCopy) -> Mapping[str, Any]:
        self.gate.wait(10)
        if self.fetched and not self.back:
            raise OutsideFailure("网络断开，请稍后继续")
        self.fetched.append(offered.number)
        return {**HEAD, "bond_no": offered.number, "list_state": "0", "lines": lines_of()}

    def way(self) -> DownloadWay:
        return DownloadWay("away", self.title, "", self.needs_card, False, lambda _reader, _places: self)


def with_source(desk: Desk, source: Away) -> None:
    """Offer ``source`` before the others."""
    engine = replace(desk.engine, downloads=(source.way(), *desk.engine.downloads))
    desk.window.context.engine = desk.engine = engine


def page_of(desk: Desk) -> DataUpdatePage:
    desk.press(KEY.Key_F9, CTRL)
    page = desk.window.pages.current()
    assert isinstance(page, DataUpdatePage), page
    desk.settle()
    page.choice.range.set_value(Range(date(2023, 12, 1), date(2024, 3, 31)))
    return page


def ended(desk: Desk, page: DataUpdatePage, what: str) -> None:
    wait_until(lambda: not page.work.busy and desk.window.lane.idle, what)


def words(page: DataUpdatePage, column: int) -> list[str]:
    assert page.body.results is not None
    model = page.body.results.model
    return [str(model.index(row, column).data()) for row in range(model.rowCount())]


@pytest.fixture
def exports(sign_in: SignIn, tmp_path: Path) -> tuple[Desk, Path]:
    """A folder with two exported notes, the second of which is not stored."""
    desk, folder = sign_in(), tmp_path / "导出"
    folder.mkdir()
    document = desk.engine.catalogue.document(NOTES)
    with desk.engine.acting(SYSTEM) as act:
        ids = [formal_note(act, f"QD520424I00000000{number}") for number in (1, 2)]
        for _ in import_format.import_format_steps(act, document, Query(), folder / "notes.xlsx", ids):
            pass
        act.session.execute(delete(BondedNote).where(BondedNote.id == ids[1]))
    return desk, folder


def test_from_the_list_with_its_kind_ticked_to_the_formal_document(exports: tuple[Desk, Path]) -> None:
    desk, folder = exports
    desk.window.open_module(f"list.{NOTES}")
    desk.list().bound.run("list.download")
    page = desk.window.pages.current()
    assert isinstance(page, DataUpdatePage)
    assert page.choice.kinds == [NOTES]
    assert page.bound["download.look"].toolTip() == "查询：请先选择从单一窗口导出的文件或目录"
    page.choice.take_places([folder])
    page.choice.range.set_value(Range(date(2024, 3, 1), date(2024, 3, 31)))
    page.choice.range.focus_first()
    desk.press(KEY.Key_F5)
    ended(desk, page, "the search")
    assert page.body.offered.view.hasFocus()
    assert page.line.said.text() == "可下载 2 份，勾选后按「下载」"
    assert page.bound["download.take"].toolTip() == "下载：请先在列表中勾选要下载的单据"
    desk.press(KEY.Key_Down)
    desk.press(KEY.Key_Return)
    assert page.body.offered.model.ticked == {1}
    desk.press(KEY.Key_A, CTRL | SHIFT)
    desk.press(KEY.Key_Return, CTRL)
    ended(desk, page, "the download")
    assert words(page, 3) == ["无变化", "新增"]
    assert page.line.said.text() == "下载完成：新增 1 份，无变化 1 份"
    assert page.body.results is not None and page.body.results.view.hasFocus()
    desk.press(KEY.Key_Down)
    desk.press(KEY.Key_Return)
    assert isinstance(desk.window.pages.current(), FormPage)
    with desk.engine.acting(SYSTEM) as act:
        assert len(act.session.scalars(select(BondedNote).where(BondedNote.copy == "formal")).all()) == 2


def test_broken_off_closed_and_gone_on_with_another_day(sign_in: SignIn) -> None:
    desk, source = sign_in(), Away()
    with_source(desk, source)
    page = page_of(desk)
    page.look()
    ended(desk, page, "the search")
    assert page.body.offered.model.index(0, 4).data() == "已核扣"
    page.body.tick_all()
    page.take()
    ended(desk, page, "the break")
    desk.settle()
    assert page.line.said.text() == "网络断开，请稍后继续"
    assert words(page, 3) == ["新增", "等待", "等待"]
    assert page.strip.isVisible() and "网络断开，请稍后继续" in page.strip.text.text()
    desk.press(KEY.Key_W, CTRL)
    source.back = True
    page = page_of(desk)
    wait_until(page.strip.isVisible, "what was not finished")
    desk.press(KEY.Key_Return, CTRL | SHIFT)
    ended(desk, page, "the rest")
    desk.settle()
    assert source.fetched == ["QD1", "QD2", "QD3"]
    assert words(page, 3) == ["新增"] * 3
    assert not page.strip.isVisible()


def test_stopped_keeps_what_came_and_the_rest_is_given_up(sign_in: SignIn) -> None:
    desk, source = sign_in(), Away()
    source.back = True
    with_source(desk, source)
    page = page_of(desk)
    page.look()
    ended(desk, page, "the search")
    source.gate.clear()
    page.body.tick_all()
    page.take()
    wait_until(lambda: page.work.busy, "the begin")
    assert not page.close(), "a running download is stopped first"
    assert page.bound["download.stop"].isEnabled() and not page.choice.way_box.isEnabled()
    desk.press(KEY.Key_Period, CTRL)
    source.gate.set()
    ended(desk, page, "the stop")
    desk.settle()
    assert words(page, 3)[-1] == "等待"
    child(page, QPushButton, "download_drop").click()
    wait_until(lambda: not page.strip.isVisible() and desk.window.lane.idle, "giving up")
    assert page.bound["download.go_on"].toolTip() == "继续未完成：没有未完成的下载"
    assert page.close()


def test_a_source_that_needs_the_card_asks_once(sign_in: SignIn) -> None:
    desk, source = sign_in(), Away(needs_card=True)
    source.back = True
    with_source(desk, source)
    asked: list[str] = []

    def answer(_context: Any, way: DownloadWay, then: Any, _refused: Any, _page: Any) -> None:
        asked.append(way.title)
        then(lambda challenge: challenge)

    page = DataUpdatePage(desk.window.context, lambda: None, answer)
    desk.window.context.open_page("updates.trial", "试", lambda: page)
    desk.settle()
    page.choice.range.set_value(Range(date(2023, 12, 1), date(2024, 3, 31)))
    page.look()
    wait_until(lambda: page.body.offered.model.rowCount() == 3, "the list after the login")
    page.body.tick_all()
    page.take()
    ended(desk, page, "the download")
    assert (asked, words(page, 3)) == (["远方"], ["新增"] * 3)


def test_all_functions_say_what_needs_the_card(sign_in: SignIn) -> None:
    desk = sign_in()
    page = page_of(desk)
    told = {name: child(page, QLabel, f"update_{name}_need").text() for name in ("codes", "program", "download")}
    assert told == {"codes": "不用登录和IC卡", "program": "不用登录和IC卡", "download": "需要IC卡"}
    assert page.functions.codes.text().startswith("当前参数 2")
    assert page.functions.look.isEnabled()
    child(page, QPushButton, "update_codes").click()
    wait_until(lambda: bool(desk.window.findChildren(CodeUpdateDialog)), "the dialog of the tables")
    (dialog,) = desk.window.findChildren(CodeUpdateDialog)
    wait_until(lambda: not dialog._running, "its answer")
    dialog.reject()


def test_files_nobody_can_read_are_named(exports: tuple[Desk, Path]) -> None:
    desk, folder = exports
    (folder / "坏.xml").write_text("<a>", encoding="utf-8")
    page = page_of(desk)
    page.choice.choose_way("files", [str(folder)])
    page.look()
    ended(desk, page, "the search")
    assert "没有列出：坏.xml：不能识别：不是完整的 XML" in page.line.said.text()


def test_the_rehearsal_customs_by_the_software_card(sign_in: SignIn) -> None:
    """The password is typed once into the dialog of the card; what is on file comes back as a formal document."""
    desk = sign_in()
    reader = SoftwareTerminal(reader=piv_card())
    engine = replace(desk.engine, card=CardPort(lambda: ReaderSigner(reader), proves))
    root = Path(desk.clerk.home.read().gateway_root)
    note = (HEAD["record_no"], "QD520424I000000009")
    lines = "".join(GOODS.format(number=number) for number in (1, 2))
    message = etree.fromstring(NOTE.format(record=note[0], lines=lines))
    Archive(root).note(message, {"bond_no": note[1], "seq_no": "202400000000000009", "entry_no": ""}, "1", NOON)
    context = desk.window.context
    context.engine = desk.engine = engine
    with engine.acting(SYSTEM) as act:
        company = act.facts.one(Company)
        assert company is not None
        company.ic_card, company.credit_code, company.declarant_credit_code = CARD_NUMBER, CREDIT, CREDIT
    card = CardDesk(context, desk.window)
    context.extras[CARD] = card
    try:
        page = page_of(desk)
        page.choice.choose_way("rehearsal")
        page.choice.choose([NOTES])
        page.look()
        wait_until(lambda: bool(desk.window.findChildren(PinDialog)), "the dialog of the card")
        (dialog,) = desk.window.findChildren(PinDialog)
        wait_until(lambda: card.state is not None and card.state.info is not None, "the card")
        QTest.keyClicks(dialog.lines["pin"], "12345678")
        QTest.keyClick(dialog.lines["pin"], KEY.Key_Return)
        wait_until(lambda: page.body.offered.model.rowCount() == 1 or page.line.said.property("ink") == "bad", "list")
        assert page.line.said.text() == "可下载 1 份，勾选后按「下载」"
        page.body.tick_all()
        page.take()
        ended(desk, page, "the download")
        assert words(page, 3) == ["新增"], words(page, 4)
    finally:
        card.close()
    with engine.acting(SYSTEM) as act:
        stored = act.session.scalars(select(BondedNote).where(BondedNote.bond_no == note[1])).one()
        assert [line.dcl_qty for line in stored.lines] == [5, 5]
