"""The IC card on the screen: password dialog, its last try, signing and what stops it, the page, the status bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid
from sqlalchemy import select

from bondesk.desktop import card_words
from bondesk.desktop.card_desk import CARD, CardDesk, offer_signing
from bondesk.desktop.card_dialog import CardDialog
from bondesk.desktop.context import Codes, DeskContext
from bondesk.desktop.findings_view import FindingsDialog
from bondesk.desktop.jobs import jobs_of
from bondesk.desktop.lane import Lane
from bondesk.desktop.layout import Layout
from bondesk.desktop.login import SignedIn
from bondesk.desktop.main_window import MainWindow
from bondesk.desktop.pin_dialog import LAST_WORD, PinChangeDialog, PinDialog
from bondesk.desktop.single_window import SingleWindow
from bondesk.engine import message_signing, signing_kinds
from bondesk.engine.card_failures import ReaderSoftwareMissing, ServiceUnavailable
from bondesk.engine.card_port import Pin
from bondesk.engine.card_worker import CardState
from bondesk.engine.sending import HandedOver
from bondesk.engine.tables import Outbox
from builders.card_certificates import CARD_NUMBER, HOLDER, IDENTITY_NUMBER, sm2_card
from builders.office import Office
from builders.signing_office import RIGHT, WRONG, SigningOffice, signing_office, three_declarations
from builders.software_card import IsoCard, SoftwareTerminal

D = TypeVar("D", bound=QDialog)


@dataclass
class Seat:
    """The clerk before the card: office, desk, what was said."""

    made: SigningOffice
    desk: CardDesk
    context: DeskContext
    window: QWidget
    said: list[str]
    qtbot: QtBot

    def until(self, true: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(true()), timeout=10_000)

    def dialog(self, kind: type[D]) -> D:
        """The open dialog of a kind."""
        self.until(lambda: any(one.isVisible() for one in self.window.findChildren(kind)))
        return next(one for one in self.window.findChildren(kind) if one.isVisible())

    def read(self, state: Callable[[CardState], object]) -> None:
        """Wait until the desk knows something of the card."""
        self.until(lambda: self.desk.state is not None and state(self.desk.state))

    def handed(self, count: int) -> None:
        self.until(lambda: len(self.made.handed()) == count and self.desk.why_not() == "")


@pytest.fixture
def seat(masters_office: Office, qtbot: QtBot) -> Iterator[Callable[..., Seat]]:
    seats: list[Seat] = []

    def sit(card: IsoCard | None, *codes: str) -> Seat:
        made = signing_office(masters_office, SoftwareTerminal(reader=card), *(codes or ("DECMESSAGE",)))
        three_declarations(made.office)
        lane, said, window = Lane(made.office.engine, made.office.clerk), list[str](), QWidget()
        qtbot.addWidget(window)
        nothing: Any = lambda *_: None  # noqa: E731
        context = DeskContext(
            made.office.engine, made.office.clerk, lane, Codes(), nothing, nothing, nothing, said.append
        )
        desk = CardDesk(context, window)
        context.extras[CARD] = desk
        desk.worker._interval = 0.02  # type: ignore[union-attr]
        window.show()
        seats.append(Seat(made, desk, context, window, said, qtbot))
        return seats[-1]

    yield sit
    for one in seats:
        one.desk.close()
        one.context.lane.close()


def test_password_asked_typed_and_gone(seat: Callable[..., Seat]) -> None:
    card = sm2_card()
    one = seat(card)
    SingleWindow(one.context, one.window).hand_over()
    dialog = one.dialog(PinDialog)
    assert "已交给单一窗口客户端 0 份报文，另有 3 份等待本机IC卡签名" in one.said
    offer_signing(one.context, HandedOver(0, (), 3))
    assert len(one.window.findChildren(PinDialog)) == 1, "asked once at a time"
    one.read(lambda state: state.info)
    assert dialog.what.text() == "为 3 份报文签名"
    assert HOLDER in dialog.who.text() and CARD_NUMBER in dialog.who.text()
    assert dialog.tries.text() == "密码：还可尝试 3 次"
    assert not dialog.form.isRowVisible(dialog.lines["last"])
    line = dialog.lines["pin"]
    QTest.keyClicks(line, "1234")
    assert not dialog.ok.isEnabled() and "6 到 8 位" in dialog.ok.toolTip()
    QTest.keyClicks(line, "5678")
    assert dialog.ok.isEnabled()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert line.text() == "", "the box is emptied before the card is asked"
    one.handed(3)
    assert not one.desk.remembers
    assert "共 3 份，已签名 3 份；已交给单一窗口客户端 3 份报文" in one.said
    assert (jobs_of(one.context).jobs[-1].state, card.left) == ("done", 3)
    one.desk.sign_waiting()
    one.until(lambda: "没有等待本机签名的报文" in one.said)


def test_a_password_remembered_is_not_asked_again_and_goes_with_the_card(seat: Callable[..., Seat]) -> None:
    card = sm2_card()
    one = seat(card)
    one.read(lambda state: state.info)
    one.desk.sign_waiting()
    dialog = one.dialog(PinDialog)
    dialog.remember.setChecked(True)
    dialog.lines["pin"].setText(RIGHT)
    dialog.ok.click()
    one.handed(3)
    one.read(lambda state: state.info)
    assert one.desk.remembers
    kept = one.desk._pin
    assert kept is not None and one.desk._forget.isActive()
    assert one.desk._forget.interval() == 30 * 60 * 1000
    with one.made.office.act() as act:
        for row in act.session.scalars(select(Outbox)):
            row.state, row.certificate_no = "ready", ""
    for path in one.made.handed():
        path.unlink()
    one.desk.sign_waiting()
    one.handed(3)
    assert one.desk.remembers and not [d for d in one.window.findChildren(PinDialog) if d.isVisible()]
    one.made.reader.put("reader", None)
    one.until(lambda: not one.desk.remembers)
    assert len(kept) == 0, "overwritten"
    for away in (one.desk.forget, one.desk._forget.timeout.emit, one.desk.close):
        one.desk.remember(Pin(RIGHT))
        kept = one.desk._pin
        away()
        assert kept is not None and len(kept) == 0 and not one.desk.remembers


def test_the_last_try_wants_a_word_and_a_locked_card_is_not_tried(seat: Callable[..., Seat]) -> None:
    card = sm2_card()
    one = seat(card)
    one.read(lambda state: state.info)
    one.desk.sign_waiting()
    dialog = one.dialog(PinDialog)
    for left in (2, 1):
        dialog.lines["pin"].setText(WRONG)
        dialog.ok.click()
        one.until(lambda left=left: f"还可尝试 {left} 次" in dialog.message.text())
        one.read(lambda state, left=left: state.pin and state.pin.tries_left == left)
    assert dialog.form.isRowVisible(dialog.lines["last"]) and "最后 1 次" in dialog.tries.text()
    assert dialog.height() >= dialog.layout().totalHeightForWidth(dialog.width())
    dialog.lines["pin"].setText(RIGHT)
    assert not dialog.ok.isEnabled() and LAST_WORD in dialog.ok.toolTip()
    QTest.keyClick(dialog.lines["pin"], Qt.Key.Key_Return)
    assert card.left == 1, "Enter does not get round the word"
    dialog.lines["last"].setText(LAST_WORD)
    dialog.ok.click()
    one.handed(3)
    card.left = 0
    one.desk.look_again(lambda: None)
    one.read(lambda state: state.pin and state.pin.blocked)
    assert card_words.in_short(one.desk.state, message_signing.utc_now()) == (f"IC卡：{HOLDER}（已锁定）", "bad")
    locked = PinDialog(one.desk, "", one.window)
    locked.lines["pin"].setText(RIGHT)
    assert not locked.ok.isEnabled() and "解锁" in locked.ok.toolTip()


def test_what_was_said_of_one_card_is_not_said_beside_the_next(seat: Callable[..., Seat]) -> None:
    one = seat(sm2_card())
    one.read(lambda state: state.info)
    one.desk.sign_waiting()
    dialog = one.dialog(PinDialog)
    dialog.lines["pin"].setText(WRONG)
    dialog.ok.click()
    one.until(lambda: "还可尝试 2 次" in dialog.message.text())
    one.made.reader.put("reader", None)
    one.read(lambda state: not state.present)
    assert dialog.message.isHidden()
    one.made.reader.put("reader", sm2_card())
    one.read(lambda state: state.pin and state.pin.tries_left == 3)
    assert "还可尝试 3 次" in dialog.tries.text() and not dialog.message.text()
    dialog.reject()


def test_pulled_at_the_second_then_put_back_and_gone_on(seat: Callable[..., Seat]) -> None:
    card = sm2_card()
    one = seat(card)
    one.read(lambda state: state.info)

    def pull(command: bytes) -> None:
        if command[1] == 0x2A and card.signed == 1:
            one.made.reader.put("reader", None)

    card.fault = pull
    one.desk.sign_waiting()
    dialog = one.dialog(PinDialog)
    dialog.remember.setChecked(True)
    dialog.lines["pin"].setText(RIGHT)
    dialog.ok.click()
    told = one.dialog(FindingsDialog)
    one.handed(1)
    text = told.findChild(QWidget, "findings_headline").text()  # type: ignore[union-attr]
    assert text.startswith("共 3 份，已签名 1 份，其余未签名、未发送；已交给单一窗口客户端 1 份报文")
    assert "签名待发报文" in text and not one.desk.remembers
    assert [row[0] for row in one.made.rows()] == ["handed", "ready", "ready"]
    assert all("IC卡已被拔出" in row[2] for row in one.made.rows()[1:])
    told.reject()
    one.desk.sign_waiting()
    dialog = one.dialog(PinDialog)
    one.read(lambda state: not state.present)
    dialog.lines["pin"].setText(RIGHT)
    assert not dialog.ok.isEnabled() and "请插入操作员IC卡" in dialog.ok.toolTip()
    card.fault = None
    one.made.reader.put("reader", card)
    one.until(dialog.ok.isEnabled)
    dialog.ok.click()
    one.handed(3)
    assert [row[::2] for row in one.made.rows()] == [("handed", "")] * 3


def test_the_page_says_whose_card_it_is_and_keeps_who_signs(seat: Callable[..., Seat]) -> None:
    card = sm2_card(ends=12)
    one = seat(card)
    one.read(lambda state: state.info)
    assert any("证书将于" in told.text and told.tone == "warn" for told in jobs_of(one.context).history)
    one.desk.show()
    dialog = one.dialog(CardDialog)
    one.until(lambda: "DECMESSAGE" in dialog.choices)
    values = {key: label.text() for key, label in dialog.values.items()}
    assert values["holder"] == HOLDER and values["number"] == f"{CARD_NUMBER}（与参数设置一致）"
    assert values["certificate"] == "03000000000cde6f" and values["tries"] == "还可尝试 3 次"
    assert (
        values["validity"].endswith(("还剩 11 天", "还剩 12 天"))
        and dialog.values["validity"].property("ink") == "warn"
    )
    assert IDENTITY_NUMBER not in "".join(values.values())
    assert dialog.choices["DECMESSAGE"].currentText() == "本机IC卡签名"
    assert dialog.choices["INV101"].currentText() == "由客户端签名" and not dialog.keep.isEnabled()
    dialog.choices["INV101"].setCurrentIndex(1)
    dialog.choices["DECMESSAGE"].setCurrentIndex(0)
    dialog.keep.click()
    one.until(lambda: "签名方式已保存" in dialog.said.text())
    with one.made.office.act() as act:
        assert [kind.code for kind in signing_kinds.message_kinds(act) if kind.here] == ["INV101"]
    dialog.change.click()
    change = one.dialog(PinChangeDialog)
    change.lines["old"].setText(RIGHT)
    change.lines["new"].setText("11223344")
    assert "不一致" in change.why_not()
    change.lines["again"].setText("11223344")
    change.ok.click()
    one.until(lambda: card.pin == b"11223344")
    one.until(lambda: not isValid(change) or not change.isVisible())
    one.made.reader.put("reader", None)
    one.until(lambda: "请插入操作员IC卡" in dialog.problem.text())
    assert dialog.facts.isHidden() and not dialog.change.isEnabled()
    one.made.reader.failing = ServiceUnavailable()
    one.until(lambda: "智能卡服务" in dialog.problem.text())
    one.made.reader.failing = None
    dialog.again.click()
    one.until(dialog.again.isEnabled)


@pytest.mark.parametrize(
    ("state", "word", "tone"),
    [(None, "正在检测…", "muted"), (CardState(), "没有读卡器", "muted"),
     (CardState(failure=ServiceUnavailable()), "读卡服务未运行", "muted"),
     (CardState(failure=ReaderSoftwareMissing()), "没有读卡组件", "muted")],
)  # fmt: skip
def test_the_status_bar_in_few_words(state: CardState | None, word: str, tone: str) -> None:
    assert card_words.in_short(state, message_signing.utc_now()) == (f"IC卡：{word}", tone)


def test_the_window_shows_the_card_offers_it_and_ends_with_it(
    masters_office: Office, tmp_path: Path, qtbot: QtBot
) -> None:
    made = signing_office(masters_office, SoftwareTerminal(reader=sm2_card()), "DECMESSAGE")
    signed = SignedIn(made.office.engine, made.office.clerk, "示例", "本机数据")
    window = MainWindow(signed, Layout(tmp_path / "layout.ini"), lambda problem: pytest.fail(str(problem)))
    qtbot.addWidget(window)
    window.show()
    shown = window.findChild(QToolButton, "status_card")
    assert isinstance(shown, QToolButton)
    qtbot.waitUntil(lambda: shown.text() == f"IC卡：{HOLDER}", timeout=10_000)
    assert shown.property("tone") == "good"
    menu = window.findChild(QMenu, "menu.单一窗口")
    assert isinstance(menu, QMenu)
    assert {"签名待发报文", "IC卡…"} <= {action.text() for action in menu.actions()}
    assert "IC卡…" in {entry.title for entry in window.palette_entries()}
    shown.click()
    qtbot.waitUntil(lambda: any(one.isVisible() for one in window.findChildren(CardDialog)), timeout=10_000)
    window.findChildren(CardDialog)[0].reject()
    desk = window.card
    assert desk is not None and desk.worker is not None
    desk.remember(Pin(RIGHT))
    thread = desk.worker._thread
    window.close()
    assert not desk.remembers and not thread.is_alive()
