"""报文透视 beside a form: one lights the other, by keys and by mouse; differences are walked; receipts are read."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from bondesk.adapters.xml.packing import SingleWindowPacker
from bondesk.adapters.xml.receipt_reading import SingleWindowReceipts
from bondesk.areas.codes.partner import Partner
from bondesk.areas.index import CATALOGUE
from bondesk.areas.setup.company import Company
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.xray_pane import XrayPane
from bondesk.engine.composing import compose
from bondesk.engine.tables import Outbox, ReceiptFile
from builders.dec_messages import SENDER, declaration, facts

DECLARATION = CATALOGUE.document("declaration")
NOTICE = """<DEC_RESULT><CUS_CIQ_NO>I20250000000000001</CUS_CIQ_NO><NOTICE_DATE>2025-01-15T10:20:00</NOTICE_DATE>
<CHANNEL>E</CHANNEL><NOTE>退单：规格型号不规范</NOTE></DEC_RESULT>"""


@pytest.fixture
def opened(desk: Any, qtbot: QtBot, fill: Callable[..., None]) -> tuple[FormPage, XrayPane]:
    """The form of a declaration that was sent with another 备注, its pane in sight."""
    packer = SingleWindowPacker()
    object.__setattr__(desk.context.engine, "packer", packer)
    object.__setattr__(desk.context.engine, "receipts", SingleWindowReceipts())
    one = declaration()
    assert DECLARATION.message is not None
    before = declaration()
    before.remark = "原来的备注"
    known = replace(facts(), operator=desk.context.identity.name)
    sent = packer.pack(DECLARATION.message, compose(DECLARATION.message, before, known), known, "S", "N")
    one.state = "RETURNED"
    company = Company(
        customs_code="3299940002",
        declarant_customs_code=SENDER.declarant_code,
        declarant_credit_code=SENDER.declarant_credit,
        declarant_name=SENDER.declarant_name,
        ic_card=SENDER.ic_card,
        declare_way="1",
    )
    fill([company, one])
    message = Outbox(
        document_key="declaration",
        document_id=one.id,
        document_no=one.internal_no,
        revision=1,
        message_code="DECMESSAGE",
        folder="Deccus001",
        file_name=sent.name,
        content=sent.content,
        sha256="0" * 64,
        state="handed",
        user_id=1,
        created_at=datetime(2025, 1, 15, 9, 30),
    )
    receipt = ReceiptFile(
        sha256="1" * 64,
        file_name="Receipt_E_1.xml",
        folder="Deccus001/InBox",
        content=NOTICE.encode(),
        code="DEC_RESULT",
        state="applied",
        document_key="declaration",
        document_id=one.id,
        received_at=datetime(2025, 1, 15, 10, 21),
    )
    fill([message, receipt])
    page = FormPage(desk.context, DECLARATION, one.id)
    qtbot.addWidget(page)
    page.resize(1400, 800)
    page.show()
    qtbot.waitUntil(lambda: page.body.isEnabled() and desk.context.lane.idle)
    page.bound.run("form.xray")
    (pane,) = [one for one in page.panes if isinstance(one, XrayPane)]
    qtbot.waitUntil(lambda: desk.context.lane.idle and bool(pane.model.lines))
    return page, pane


def shown(pane: XrayPane) -> str:
    """The XML of the current line."""
    return pane.model.lines[pane.view.currentIndex().row()].xml


def test_the_field_one_is_in_shows_its_element(opened: tuple[FormPage, XrayPane], qtbot: QtBot) -> None:
    page, pane = opened
    page.body.header.reveal("contract_no")
    qtbot.waitUntil(lambda: shown(pane) == "<ContrNo>EX-2025-0001</ContrNo>")
    assert not pane.view.hasFocus()
    grid = page.body.grids["lines"]
    page.body.tabs.setCurrentWidget(grid)
    grid.view.setFocus()
    grid.view.show_cell(1, grid.model.column("name"))
    assert shown(pane) == "<GName>片式瓷介电容</GName>"
    assert pane.model.lines[pane.view.currentIndex().row()].place is not None
    assert pane.model.lines[pane.view.currentIndex().row()].place.line == 1  # type: ignore[union-attr]


def test_an_element_lights_its_field_and_enter_goes_there(opened: tuple[FormPage, XrayPane], qtbot: QtBot) -> None:
    page, pane = opened
    pane.view.setFocus()
    row = pane.model.row_of("", None, "contract_no")
    pane.view.selectRow(row)
    box = page.body.header.cells["contract_no"].editor.box
    assert box.property("lit") is True
    pane.view.selectRow(pane.model.row_of("lines", 1, "name"))
    assert box.property("lit") is False
    grid = page.body.grids["lines"]
    assert grid.view._light == (1, grid.model.column("name"))
    pane.view.selectRow(row)
    assert grid.view._light is None
    QTest.keyClick(pane.view, Qt.Key.Key_Return)
    qtbot.waitUntil(box.hasFocus)


def test_the_mouse_over_an_element_lights_its_field(opened: tuple[FormPage, XrayPane]) -> None:
    page, pane = opened
    pane.view.entered.emit(pane.model.index(pane.model.row_of("", None, "bill_no"), 0))
    box = page.body.header.cells["bill_no"].editor.box
    assert box.property("lit") is True
    pane.view.hovered.emit(-1)
    assert box.property("lit") is False


def test_differences_are_marked_by_colour_and_word_and_walked(opened: tuple[FormPage, XrayPane]) -> None:
    _page, pane = opened
    assert "有 1 处不同" in pane.said.text()
    pane.view.setFocus()
    QTest.keyClick(pane.view, Qt.Key.Key_N)
    assert shown(pane) == "<NoteS>示例备注</NoteS>"
    index = pane.model.index(pane.view.currentIndex().row(), 1)
    assert index.data() == "已改　备注"
    assert index.data(Qt.ItemDataRole.BackgroundRole) is not None
    assert "上次发送的是“原来的备注”" in pane.detail.text()
    pane.next.click()
    assert shown(pane) == "<NoteS>示例备注</NoteS>"


def test_a_sending_is_chosen(opened: tuple[FormPage, XrayPane], qtbot: QtBot) -> None:
    _page, pane = opened
    assert pane.which.count() == 2
    pane.which.setCurrentIndex(1)
    pane.which.activated.emit(1)
    qtbot.waitUntil(lambda: "第一次发送" in pane.said.text())
    assert "<NoteS>原来的备注</NoteS>" in [line.xml for line in pane.model.lines]
    assert not pane.next.isEnabled()
    assert pane.which.currentIndex() == 1


def test_receipts_are_listed_and_counted(opened: tuple[FormPage, XrayPane]) -> None:
    page, pane = opened
    assert pane.tabs.tabText(1) == "回执（1）"
    item = pane.receipts.topLevelItem(0)
    assert item is not None
    assert item.text(0) == "2025-01-15 10:20"
    assert item.text(1) == "海关退单/不受理：退单：规格型号不规范"
    parts = [(item.child(place).text(0), item.child(place).text(1)) for place in range(item.childCount())]
    assert ("统一编号", "I20250000000000001") in parts
    pane.receipts.setCurrentItem(item)
    assert pane.detail.text() == item.text(1)
    assert page.bound["form.xray"].text().startswith("报文（1）")


def test_closing_puts_the_light_out(opened: tuple[FormPage, XrayPane]) -> None:
    page, pane = opened
    pane.view.setFocus()
    pane.view.selectRow(pane.model.row_of("", None, "bill_no"))
    pane.hide()
    assert page.body.header.cells["bill_no"].editor.box.property("lit") is False


def test_what_is_never_sent_has_no_pane(desk: Any, qtbot: QtBot, fill: Callable[..., None]) -> None:
    partner = Partner(code="C1", name="客户", partner_type="C")
    fill([partner])
    page = FormPage(desk.context, CATALOGUE.document("partner"), partner.id)
    qtbot.addWidget(page)
    assert not any(isinstance(one, XrayPane) for one in page.panes)
