"""数据预录入 by keyboard: opened from the tree, ticked, uploaded as packages and with the card, numbered, taken back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from sqlalchemy import select

from bondesk.adapters.card.combined import proves
from bondesk.adapters.card.signer import ReaderSigner
from bondesk.areas.setup.company import Company
from bondesk.desktop.card_desk import CARD, CardDesk
from bondesk.desktop.pin_dialog import PinDialog
from bondesk.desktop.pre_entry_page import PreEntryPage
from bondesk.desktop.pre_entry_questions import FoundDialog
from bondesk.desktop.reason_dialog import ReasonDialog
from bondesk.engine.card_port import CardPort
from bondesk.engine.engine import SYSTEM
from builders.card_certificates import CARD_NUMBER, piv_card
from builders.clerk import wait_until
from builders.everyday import Desk, SignIn
from builders.homes import audited, generated
from builders.keys import CTRL, KEY
from builders.signing_office import CREDIT
from builders.software_card import SoftwareTerminal

NOTE = "bonded_note"


def page_of(desk: Desk) -> PreEntryPage:
    """Open the page from the tree's own order, with the notes while the interface is down."""
    desk.window.open_module("updates.pre_entry")
    page = desk.window.pages.current()
    assert isinstance(page, PreEntryPage)
    page.choice.down.setChecked(True)
    page.choice.boxes[NOTE].setChecked(True)
    wait_until(lambda: bool(page._candidates), "the documents")
    desk.settle()
    return page


def told(desk: Desk, text: str) -> None:
    """Answer the dialog that asks for a line of text."""
    wait_until(lambda: isinstance(QApplication.activeModalWidget(), ReasonDialog), "the dialog")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ReasonDialog)
    wait_until(dialog.line.hasFocus, "the cursor in the line")
    dialog.line.setText(text)
    desk.press(KEY.Key_Return)


def words(page: PreEntryPage) -> list[str]:
    return [one.word for one in page.uploads.model.rows]


def test_ticked_by_keyboard_uploaded_numbered_and_taken_back(sign_in: SignIn) -> None:
    desk = sign_in()
    ready = generated(desk.engine, "IM2401001")
    audited(desk.engine, ready)
    drafts = generated(desk.engine, "IM2401003")
    page = page_of(desk)
    page.choice.way_box.setCurrentIndex(page.choice.way_box.findData("package"))
    desk.settle()
    assert [one.document_id for one in page._candidates] == [*ready, *reversed(drafts)]
    page.documents.view.setFocus()
    desk.press(KEY.Key_A, CTRL)
    desk.press(KEY.Key_Space)
    assert [one.document_id for one in page.ticked] == ready, "what is not audited has no box"
    assert "请先审核" in page.documents.model.index(len(ready), 3).data()
    desk.press(KEY.Key_Return, CTRL)
    wait_until(lambda: words(page) == ["已预录入，待登记编号"] * len(ready), "the upload")
    desk.settle()
    assert page.line.said.text().startswith("上传完成：已预录入，待登记编号")
    assert Path(page.uploads.model.rows[0].place).is_dir()
    assert [one.document_id for one in page._candidates] == [*reversed(drafts)]

    page.commands["pre_entry.number"].run()
    told(desk, "202400000000001234")
    wait_until(lambda: "已预录入" in words(page) or page.line.said.property("ink") == "bad", "the number")
    assert "已预录入" in words(page), page.line.said.text()

    desk.settle()
    page.commands["pre_entry.again"].run()
    wait_until(lambda: bool(page.findChildren(QMessageBox)), "the question")
    (question,) = page.findChildren(QMessageBox)
    assert "可能已经上传过" in question.text()
    question.findChild(QPushButton, "question_cancel").click()
    assert len(words(page)) == len(ready)

    page.commands["pre_entry.withdraw"].run()
    told(desk, "单一窗口退回")
    wait_until(lambda: "已撤回" in words(page), "the way back")
    desk.settle()
    assert "曾经上传：已撤回" in page.documents.model.index(0, 3).data()


def test_the_rehearsal_customs_asks_for_the_card_and_gives_a_number(sign_in: SignIn) -> None:
    desk = sign_in()
    ready = generated(desk.engine, "IM2401001")
    audited(desk.engine, ready)
    reader = SoftwareTerminal(reader=piv_card())
    engine = replace(desk.engine, card=CardPort(lambda: ReaderSigner(reader), proves))
    context = desk.window.context
    context.engine = desk.engine = engine
    with engine.acting(SYSTEM) as act:
        company = act.facts.one(Company)
        assert company is not None
        company.ic_card, company.credit_code, company.declarant_credit_code = CARD_NUMBER, CREDIT, CREDIT
    card = context.extras[CARD] = CardDesk(context, desk.window)
    try:
        page = page_of(desk)
        assert page.choice.way is not None
        assert page.choice.way.needs_card
        page._tick_all()
        page.upload()
        wait_until(lambda: bool(desk.window.findChildren(PinDialog)), "the dialog of the card")
        (dialog,) = desk.window.findChildren(PinDialog)
        wait_until(lambda: card.state is not None and card.state.info is not None, "the card")
        QTest.keyClicks(dialog.lines["pin"], "12345678")
        QTest.keyClick(dialog.lines["pin"], KEY.Key_Return)
        wait_until(lambda: words(page) == ["已预录入"] * len(ready), "the upload")
    finally:
        card.close()
    assert all(len(one.number) == 18 for one in page.uploads.model.rows)


def test_without_the_interface_down_only_what_has_no_standard_message_can_be_chosen(sign_in: SignIn) -> None:
    desk = sign_in()
    desk.window.session.show_pre_entry()
    page = desk.window.pages.current()
    assert isinstance(page, PreEntryPage)
    desk.settle()
    open_boxes = [key for key, box in page.choice.boxes.items() if box.isEnabled()]
    assert (open_boxes, page.choice.kinds) == (["handbook_verification"], ["handbook_verification"])
    assert page.commands["pre_entry.upload"].why_not() == "没有已审核、可以预录入的单据"
    assert "没有单据" in page.documents.count.text()


def test_what_the_check_before_sending_found_is_asked_before_anything_goes_up(sign_in: SignIn) -> None:
    desk = sign_in()
    with desk.engine.acting(SYSTEM) as act:
        act.session.scalars(select(Company)).one().inversion_policy = "BLOCK"
    (note, *_) = generated(desk.engine, "EX2401001")
    audited(desk.engine, [note])
    page = page_of(desk)
    page.choice.way_box.setCurrentIndex(page.choice.way_box.findData("package"))
    desk.settle()

    def asked() -> FoundDialog:
        page.documents.model.tick_all(ticked=True)
        page.upload()
        wait_until(lambda: isinstance(QApplication.activeModalWidget(), FoundDialog), "the question")
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, FoundDialog)
        return dialog

    dialog = asked()
    assert "倒挂" in dialog.before.findings.model.findings[0].text
    assert not dialog.yes.isEnabled()
    desk.press(KEY.Key_Escape)
    desk.settle()
    assert words(page) == []
    dialog = asked()
    wait_until(dialog.before.line.hasFocus, "the cursor in the line")
    QTest.keyClicks(dialog.before.line, "customer is waiting")
    desk.press(KEY.Key_Return)
    wait_until(lambda: words(page) == ["已预录入，待登记编号"], "the upload")
