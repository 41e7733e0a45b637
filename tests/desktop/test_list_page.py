"""The generated list page: rows, sorting, filters, states, commands by right and state, copying."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from bondesk.areas.goods.part import Part
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.setup.company import Company
from bondesk.base.documents import DocumentType
from bondesk.base.flow import AUDITED_AND_SENT
from bondesk.desktop.export_dialog import ExportDialog
from bondesk.desktop.findings_view import FindingsDialog
from bondesk.desktop.list_model import TONE_ROLE
from bondesk.desktop.list_page import ListPage
from bondesk.desktop.send_dialog import SendDialog

Fill = Callable[[Iterable[Any]], None]
Find = Callable[[str], DocumentType]
OpenList = Callable[..., ListPage]


def notes(*states: str) -> list[BondedNote]:
    return [
        BondedNote(
            internal_no=f"BN{number:03d}",
            record_no="E53162300012",
            ie_flag="I",
            goods_flag="I",
            supervision_mode="0615",
            declared_on=date(2024, 1, number),
            state=state,
        )
        for number, state in enumerate(states, 1)
    ]


def shown(page: ListPage, title: str) -> list[str]:
    column = [one.title for one in page.model.columns].index(title)
    return [str(page.model.index(row, column).data()) for row in range(page.model.rowCount())]


def changed(page: ListPage, qtbot: QtBot, act: Callable[[], object]) -> None:
    with qtbot.waitSignal(page.model.loaded):
        act()


def test_rows_read_as_a_clerk_writes_them(fill: Fill, parts: list[Part], open_list: OpenList) -> None:
    fill(parts)
    page = open_list("part")
    assert shown(page, "料号") == ["PCB-4", "BOX-3", "RES-2", "CAP-1"]
    assert shown(page, "物料类型") == ["半成品", "成品", "料件", "料件"]
    assert shown(page, "申报单位") == ["007 个", "007 个", "007 个", "035 千克"]
    assert shown(page, "单重") == ["", "10.5", "2", "0.0085"]
    assert shown(page, "币制") == ["USD 美元"] * 4
    weight = [one.title for one in page.model.columns].index("单重")
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    assert page.model.index(0, weight).data(Qt.ItemDataRole.TextAlignmentRole) == right
    assert page.head.count_label.text() == "共 4 条"


def test_a_click_on_a_heading_sorts_up_down_and_back(
    fill: Fill, parts: list[Part], open_list: OpenList, qtbot: QtBot
) -> None:
    fill(parts)
    page = open_list("part")
    header = page.view.horizontalHeader()
    orders = []
    for _ in range(3):
        changed(page, qtbot, lambda: header.sectionClicked.emit(0))
        orders.append(shown(page, "料号"))
    assert orders == [
        ["BOX-3", "CAP-1", "PCB-4", "RES-2"],
        ["RES-2", "PCB-4", "CAP-1", "BOX-3"],
        ["PCB-4", "BOX-3", "RES-2", "CAP-1"],
    ]


def test_a_state_is_a_word_on_its_tone(fill: Fill, open_list: OpenList) -> None:
    fill(notes(*(state.key for state in AUDITED_AND_SENT.states)))
    page = open_list("bonded_note")
    assert page.model.columns[0].title == "状态"
    painted = [
        (page.model.index(row, 0).data(), page.model.index(row, 0).data(TONE_ROLE))
        for row in range(page.model.rowCount())
    ]
    assert painted == [(state.title, state.tone) for state in reversed(AUDITED_AND_SENT.states)]


def test_what_is_not_granted_is_not_there(fill: Fill, make_desk: Any, open_list: OpenList) -> None:
    fill(notes("DRAFT"))
    page = open_list("bonded_note", make_desk(frozenset({("bonded_note", "view"), ("bonded_note", "audit")})))
    assert [one.id for one in page.commands] == [
        "list.open",
        "list.move.audit",
        "list.refresh",
        "list.copy_rows",
        "list.copy_bare",
        "list.find",
        "list.filters",
        "list.conditions",
        "list.clear",
        "list.group",
        "list.views",
        "list.save_view",
        "list.sort",
        "list.columns",
    ]


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        ("DRAFT", {"audit", "void", "delete"}),
        ("AUDITED", {"unaudit", "send"}),
        ("SENT", set()),
        ("APPROVED", set()),
        ("REJECTED", {"audit", "void", "delete"}),
        ("VOID", set()),
    ],
)
def test_commands_follow_the_flow(fill: Fill, open_list: OpenList, state: str, allowed: set[str]) -> None:
    fill(notes(state))
    page = open_list("bonded_note")
    page.view.selectRow(0)
    flow = {"audit", "unaudit", "send", "void"}
    enabled = {one.id.rpartition(".")[2] for one in page.commands if one.enabled}
    assert enabled & (flow | {"delete"}) == allowed
    for word in flow - allowed:
        assert "状态为「" in page.bound[f"list.move.{word}"].toolTip()


def test_nothing_selected_disables_with_a_reason(fill: Fill, parts: list[Part], open_list: OpenList) -> None:
    fill(parts)
    page = open_list("part")
    assert not page.bound["list.open"].isEnabled()
    assert page.bound["list.open"].toolTip() == "打开：请先在列表中选择"
    assert page.bound["list.new"].isEnabled()
    assert page.bound["list.new"].toolTip() == "新增（Ctrl+N）"
    assert page.bound["list.new"].iconText() == "新增 Ctrl+N"
    page.view.selectAll()
    assert page.bound["list.copy"].toolTip() == "复制：一次只能选择一条"


def test_keys_open_make_and_refresh(
    fill: Fill, parts: list[Part], desk: Any, open_list: OpenList, qtbot: QtBot
) -> None:
    fill(parts)
    page = open_list("part")
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.view.selectRow(1)
    page.view.setFocus()
    QTest.keyClick(page.view, Qt.Key.Key_Return)
    first = page.model.peek(1)
    assert first is not None
    assert desk.documents == [("part", first.id)]
    QTest.keyClick(page.view, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert desk.documents[-1] == ("part", None)
    changed(page, qtbot, lambda: QTest.keyClick(page.view, Qt.Key.Key_F5))
    assert page.selection.size == 1
    place = page.view.visualRect(page.model.index(0, 0)).center()
    QTest.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert len(desk.documents) == 3


def test_copied_rows_are_a_table_with_headings(fill: Fill, parts: list[Part], open_list: OpenList) -> None:
    fill(parts)
    page = open_list("part")
    page.view.selectRow(3)
    page.deeds.copy_rows()
    lines = [line.split("\t") for line in QApplication.clipboard().text().split("\n")]
    assert [line[:3] for line in lines] == [["料号", "物料类型", "品名"], ["CAP-1", "料件", "电容器"]]


def test_delete_asks_first(fill: Fill, parts: list[Part], desk: Any, open_list: OpenList, qtbot: QtBot) -> None:
    fill(parts)
    page = open_list("part")
    page.view.selectRow(0)
    page.deeds.delete()
    box = page.findChild(QMessageBox, "question")
    assert isinstance(box, QMessageBox)
    assert "PCB-4" in box.text()
    assert box.defaultButton().text() == "取消"
    _accept(page)
    qtbot.waitUntil(lambda: bool(desk.changed))
    assert desk.messages[-1] == "删除：完成 1 条"
    changed(page, qtbot, page.reload)
    assert shown(page, "料号") == ["BOX-3", "RES-2", "CAP-1"]


def test_an_order_to_many_reports_each(fill: Fill, desk: Any, open_list: OpenList, qtbot: QtBot) -> None:
    fill(notes("DRAFT", "VOID"))
    page = open_list("bonded_note")
    page.view.selectAll()
    page.bound.run("list.move.audit")
    qtbot.waitUntil(lambda: page.findChild(FindingsDialog) is not None)
    dialog = page.findChild(FindingsDialog)
    assert isinstance(dialog, FindingsDialog)
    texts = [finding.text for finding in dialog.view.model.findings]
    assert texts[0] == "BN002 状态为「作废」，不能审核"
    assert any(text.startswith("BN001：") for text in texts[1:])
    assert desk.messages[-1] == "审核：完成 0 条，未通过 2 条"


def _accept(page: ListPage) -> None:
    box = page.findChild(QMessageBox, "question")
    assert isinstance(box, QMessageBox)
    next(button for button in box.buttons() if button.objectName() == "question_yes").click()


def test_sending_what_is_unfinished_sends_nothing(fill: Fill, desk: Any, open_list: OpenList, qtbot: QtBot) -> None:
    sender = {"credit_code": "91441900MA5CL0001Q", "ic_card": "2100000000001"}
    fill([Company(customs_code="441994Z001", name="一厂", **sender)])
    fill(notes("AUDITED", "AUDITED"))
    page = open_list("bonded_note")
    page.view.selectAll()
    page.bound.run("list.move.send")
    dialog = page.findChild(SendDialog)
    assert isinstance(dialog, SendDialog)
    qtbot.waitUntil(dialog.send.isEnabled)
    dialog.send.click()
    qtbot.waitUntil(lambda: page.findChild(FindingsDialog) is not None)
    told = page.findChild(FindingsDialog)
    assert isinstance(told, FindingsDialog)
    texts = [finding.text for finding in told.view.model.findings]
    assert {text.partition("：")[0] for text in texts} == {"BN001", "BN002"}
    changed(page, qtbot, page.reload)
    assert shown(page, "状态") == ["已审核", "已审核"]
    assert desk.changed == []


def test_an_export_holds_what_the_list_shows(
    fill: Fill, parts: list[Part], desk: Any, open_list: OpenList, qtbot: QtBot, tmp_path: Path
) -> None:
    fill(parts)
    page = open_list("part")
    changed(page, qtbot, lambda: page.search.setText("电"))
    page.bound.run("list.export")
    qtbot.waitUntil(lambda: page.findChild(ExportDialog) is not None)
    page.findChild(ExportDialog).findChild(QPushButton, "export_ok").click()
    target = tmp_path / "料号.xlsx"
    choose(page, target)
    qtbot.waitUntil(lambda: desk.messages[-1:] == [f"已导出 2 行：{target}"])
    lines = [line.split("\t")[:2] for line in target.read_text(encoding="utf-8").splitlines()]
    assert lines == [["料号", "物料类型"], ["RES-2", "料件"], ["CAP-1", "料件"]]


def test_a_template_is_saved_where_the_user_says(desk: Any, open_list: OpenList, qtbot: QtBot, tmp_path: Path) -> None:
    page = open_list("account")
    page.bound.run("list.template")
    target = tmp_path / "模板.xlsx"
    choose(page, target)
    qtbot.waitUntil(lambda: desk.messages == [f"导入模板已保存：{target}"])
    assert target.read_text(encoding="utf-8").splitlines() == ["表头", "料件", "成品", "单损耗"]


def choose(page: ListPage, target: Path) -> None:
    dialog = page.findChild(QFileDialog, "save_dialog")
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit(str(target))
    dialog.close()


def test_an_audited_note_goes_back_to_draft(fill: Fill, desk: Any, open_list: OpenList, qtbot: QtBot) -> None:
    fill(notes("AUDITED"))
    page = open_list("bonded_note")
    page.view.selectRow(0)
    page.bound.run("list.move.unaudit")
    qtbot.waitUntil(lambda: bool(desk.changed))
    changed(page, qtbot, page.reload)
    assert shown(page, "状态") == ["暂存草稿"]


def test_an_empty_list_says_how_to_begin(open_list: OpenList, make_desk: Any) -> None:
    page = open_list("part")
    assert page.view.notice.text.text().endswith("还没有「料号档案」，点击「新增」或「导入」开始")
    reader = open_list("part", make_desk(frozenset({("part", "view")})))
    assert reader.view.notice.text.text().endswith("还没有「料号档案」")


def test_a_list_that_cannot_be_read_says_why(make_desk: Any, document_of: Find, qtbot: QtBot) -> None:
    page = ListPage(make_desk(frozenset()).context, document_of("part"))
    qtbot.addWidget(page)
    with qtbot.waitSignal(page.model.failed):
        page.show()
    assert "没有「料号档案」的「查看」权限" in page.view.notice.text.text()
    assert page.view.notice.button.text() == "重试"


def test_a_hidden_page_reads_again_only_when_shown(
    fill: Fill, parts: list[Part], open_list: OpenList, qtbot: QtBot
) -> None:
    page = open_list("part")
    page.hide()
    fill(parts)
    page.document_changed("bonded_note")
    page.document_changed("part")
    assert page.model.rowCount() == 0
    changed(page, qtbot, page.show)
    assert page.model.rowCount() == 4
