"""Looking at a list otherwise: chips, several sort keys, chosen columns, saved views, groups, totals, clipboard."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QMenu
from pytestqt.qtbot import QtBot

from bondesk.areas.goods.part import Part
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.desktop.column_dialog import ColumnDialog
from bondesk.desktop.layout import Layout
from bondesk.desktop.list_groups import GroupView
from bondesk.desktop.list_page import LAYOUT, ListPage
from bondesk.desktop.list_totals import part_texts
from bondesk.engine.query import Condition
from bondesk.engine.summing import Totals, measures
from builders.vouchers import VOUCHER

Fill = Callable[[Iterable[Any]], None]
OpenList = Callable[..., ListPage]


def shown(page: ListPage, title: str) -> list[str]:
    column = [one.title for one in page.model.columns].index(title)
    return [str(page.model.index(row, column).data()) for row in range(page.model.rowCount())]


def changed(page: ListPage, qtbot: QtBot, act: Callable[[], object]) -> None:
    with qtbot.waitSignal(page.model.loaded):
        act()


def menu_action(menu: QMenu, text: str) -> Callable[[], None]:
    return next(action for action in menu.actions() if action.text() == text).trigger


def menu_of(name: str) -> QMenu:
    found = [one for one in QApplication.topLevelWidgets() if one.objectName() == name and one.isVisible()]
    assert isinstance(found[-1], QMenu)
    return found[-1]


@pytest.fixture
def page(fill: Fill, parts: list[Part], open_list: OpenList) -> ListPage:
    """The list of four parts."""
    fill(parts)
    return open_list("part")


def cell(page: ListPage, row: int, title: str) -> QPoint:
    column = [one.title for one in page.model.columns].index(title)
    return page.view.visualRect(page.model.index(row, column)).center()


@pytest.mark.parametrize(
    ("title", "words", "chip", "left"),
    [
        ("物料类型", "只看物料类型等于「料件」", "物料类型 等于 料件", ["RES-2", "CAP-1"]),
        ("物料类型", "排除物料类型等于「料件」", "物料类型 不等于 料件", ["PCB-4", "BOX-3"]),
        ("品名", "包含「电阻器」", "品名 包含 电阻器", ["RES-2"]),
        ("单重", "只看单重等于「2」", "单重 等于 2", ["RES-2"]),
    ],
)
def test_a_cell_filters_and_a_chip_takes_it_back(
    page: ListPage, qtbot: QtBot, title: str, words: str, chip: str, left: list[str]
) -> None:
    page.view.customContextMenuRequested.emit(cell(page, 2, title))
    changed(page, qtbot, menu_action(menu_of("list_menu"), words))
    assert shown(page, "料号") == left
    assert [one.text() for one in page.head.chips.chips] == [f"{chip}  ✕"]
    changed(page, qtbot, page.head.chips.chips[0].click)
    assert len(shown(page, "料号")) == 4
    assert not page.head.chips.isVisible()


def test_an_empty_cell_filters_for_empty_cells(page: ListPage, qtbot: QtBot) -> None:
    page.view.customContextMenuRequested.emit(cell(page, 0, "单重"))
    changed(page, qtbot, menu_action(menu_of("list_menu"), "只看单重等于「空」"))
    assert shown(page, "料号") == ["PCB-4"]


def test_a_chip_of_the_panel_empties_its_editor(page: ListPage, qtbot: QtBot) -> None:
    editor = next(one for one in page.filters.filters if one.key == "part_no")
    changed(page, qtbot, lambda: editor.text.setText("CAP"))
    changed(page, qtbot, page.head.chips.chips[0].click)
    assert editor.text.text() == ""
    assert len(shown(page, "料号")) == 4


def test_a_pasted_column_becomes_a_list_of_values(page: ListPage, qtbot: QtBot) -> None:
    editor = next(one for one in page.filters.filters if one.key == "part_no")
    QApplication.clipboard().setText("CAP-1\nBOX-3\r\nNONE\n")
    changed(page, qtbot, editor.text.paste)
    assert editor.condition() == Condition("part_no", "in", ("CAP-1", "BOX-3", "NONE"))
    assert shown(page, "料号") == ["BOX-3", "CAP-1"]


def test_shift_adds_a_sort_key_and_headings_count_them(page: ListPage, qtbot: QtBot) -> None:
    header = page.view.header

    def click(title: str, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        section = [one.title for one in page.model.columns].index(title)
        place = QPoint(header.sectionViewportPosition(section) + 20, 10)
        changed(page, qtbot, lambda: QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, keys, place))

    shift = Qt.KeyboardModifier.ShiftModifier
    click("物料类型")
    click("料号", shift)
    click("料号", shift)
    assert page.looks.order == (("goods_kind", False), ("part_no", True))
    assert shown(page, "料号") == ["BOX-3", "RES-2", "CAP-1", "PCB-4"]
    headings = [page.model.headerData(section, Qt.Orientation.Horizontal) for section in range(2)]
    assert headings == ["料号 ▼2", "物料类型 ▲1"]
    click("料号", shift)
    assert page.looks.order == (("goods_kind", False),)
    click("料号")
    assert page.looks.order == (("part_no", False),)
    assert page.model.headerData(0, Qt.Orientation.Horizontal) == "料号 ▲"


def test_columns_are_chosen_moved_and_restored(page: ListPage, qtbot: QtBot) -> None:
    page.bound.run("list.columns")
    dialog = page.findChild(ColumnDialog)
    assert isinstance(dialog, ColumnDialog)
    dialog.show_keys(("duty_mode", "name"))
    dialog.list.setCurrentRow(1)
    dialog.move_by(-1)
    changed(page, qtbot, dialog.ok.click)
    assert page.view.shown_keys() == ("name", "duty_mode")
    assert shown(page, "品名")[0] == "控制板"
    first = page.model.peek(0)
    assert first is not None
    assert page.model.label(first) == "PCB-4"  # messages still name the row
    changed(page, qtbot, page.looks.default_columns)
    assert shown(page, "料号")[0] == "PCB-4"


def test_a_list_opens_with_the_columns_it_was_left_with(
    desk: Any, fill: Fill, parts: list[Part], open_list: OpenList, qtbot: QtBot, tmp_path: Any
) -> None:
    fill(parts)
    desk.context.extras[LAYOUT] = Layout(tmp_path / "layout.ini")
    page = open_list("part")
    changed(page, qtbot, lambda: page.looks.show_columns(("name", "part_no")))
    page.view.header.moveSection(0, 1)
    page.view.header.resizeSection(0, 333)
    qtbot.waitUntil(lambda: "333" in desk.context.extras[LAYOUT].text("list.part/shown"))
    again = open_list("part")
    assert again.view.shown_keys() == ("part_no", "name")
    assert again.view.columnWidth(1) == 333


def test_a_view_is_saved_chosen_and_opened_by_default(
    page: ListPage, desk: Any, open_list: OpenList, qtbot: QtBot
) -> None:
    changed(page, qtbot, lambda: page.head.add(Condition("unit_weight", "ge", Decimal("0.1"))))
    page.head.any_of = ((Condition("goods_kind", "in", ("I",)), Condition("part_no", "begins", "BOX")),)
    changed(page, qtbot, page.head.add)
    changed(page, qtbot, lambda: page.looks.sort((("part_no", False),)))
    changed(page, qtbot, lambda: page.looks.show_columns(("name", "part_no")))
    page.bound.run("list.save_view")
    asked = page.findChild(QInputDialog, "view_name")
    assert isinstance(asked, QInputDialog)
    asked.textValueSelected.emit("重料件")
    qtbot.waitUntil(lambda: desk.messages == ["视图「重料件」已保存"])
    page.looks.views.toggle_default()
    qtbot.waitUntil(lambda: len(desk.messages) == 2)
    changed(page, qtbot, lambda: page.looks.views.choose(""))
    assert len(shown(page, "料号")) == 4
    again = open_list("part")
    assert [shown(again, title) for title in ("品名", "料号")] == [["音箱_100%", "电阻器"], ["BOX-3", "RES-2"]]
    assert again.view.shown_keys() == ("name", "part_no")
    assert again.looks.view_button.text().strip() == "视图：重料件"
    assert [one.text() for one in again.head.chips.chips] == [
        "单重 不小于 0.1  ✕",
        "物料类型 是 料件 或 料号 开头是 BOX  ✕",
    ]
    again.looks.views._delete("重料件")
    qtbot.waitUntil(lambda: desk.messages[-1] == "视图「重料件」已删除")
    assert len(shown(open_list("part"), "料号")) == 4


def test_groups_open_to_their_rows_and_lead_back(page: ListPage, qtbot: QtBot) -> None:
    page.looks.group_by(("goods_kind", "dcl_unit"))
    tree = page.looks.groups
    assert isinstance(tree, GroupView)
    qtbot.waitUntil(lambda: tree.topLevelItemCount() == 3)
    assert page.body.currentWidget() is tree
    top = tree.topLevelItem(0)
    assert top is not None
    inner = [(top.child(n).text(0), top.child(n).text(1)) for n in range(top.childCount())]
    assert ((top.text(0), top.text(1)), sorted(inner)) == (("料件", "2"), [("007 个", "1"), ("035 千克", "1")])
    assert page.head.count_label.text() == "4 组，共 4 条"
    tree.setCurrentItem(top)
    changed(page, qtbot, tree.open_current)
    assert shown(page, "料号") == ["RES-2", "CAP-1"]
    assert page.head.chips.chips[0].text() == "物料类型 等于 料件  ✕"
    changed(page, qtbot, page.looks.back)
    assert page.body.currentWidget() is tree
    page.looks.group_by(())
    assert page.body.currentIndex() == 0


def notes(*packages: int | None) -> list[BondedNote]:
    return [
        BondedNote(
            internal_no=f"BN{number}",
            record_no="E1",
            ie_flag="I",
            goods_flag="I",
            supervision_mode="0615",
            packages=many,
            state="DRAFT",
        )
        for number, many in enumerate(packages)
    ]


def test_totals_of_the_list_and_of_the_selection(fill: Fill, open_list: OpenList, qtbot: QtBot) -> None:
    fill(notes(1000, 234, None, 7))
    page = open_list("bonded_note")
    if "packages" not in page.view.shown_keys():
        assert not page.totals.isVisible()
        changed(page, qtbot, lambda: page.looks.show_columns((*page.view.shown_keys(), "packages")))
    qtbot.waitUntil(lambda: page.totals._lines == {"packages": ["1,241"]})
    assert page.totals.isVisible()
    page.view.selectRow(0)
    page.view.selectionModel().select(
        page.model.index(2, 0),
        page.view.selectionModel().SelectionFlag.Select | page.view.selectionModel().SelectionFlag.Rows,
    )
    qtbot.waitUntil(lambda: "合计" in page.head.count_label.text())
    assert page.head.count_label.text() == "共 4 条，选中 2 条，合计 件数 241"
    changed(page, qtbot, lambda: page.head.add(Condition("packages", "lt", 500)))
    qtbot.waitUntil(lambda: page.totals._lines == {"packages": ["241"]})


def test_money_is_told_by_currency() -> None:
    amount = next(one for one in measures(VOUCHER) if one.field.key == "amount")
    names: Callable[[str, str], str] = lambda _table, code: {"USD": "美元"}.get(code, "")  # noqa: E731
    sums = {"USD": Decimal("1234.50"), "CNY": Decimal("-3.00"), "": Decimal("0.10")}
    assert part_texts(amount, sums, names, "currency") == ["0.10 未填币制", "-3.00 CNY", "1,234.50 美元"]
    assert Totals(0, {}).sums == {}


def test_copied_codes_stay_texts_and_numbers_numbers(page: ListPage) -> None:
    page.view.selectRow(1)
    page.bound.run("list.copy_bare")
    data = QApplication.clipboard().mimeData()
    assert data.text().split("\t")[:3] == ["BOX-3", "成品", "音箱_100%"]
    assert "<td style=\"mso-number-format:'\\@'\">8532241000</td>" in data.html()
    assert "<td>10.5</td>" in data.html()
    page.bound.run("list.copy_rows")
    assert QApplication.clipboard().text().splitlines()[0].startswith("料号\t物料类型")


def test_headings_have_a_menu(page: ListPage, qtbot: QtBot) -> None:
    page.view.header.customContextMenuRequested.emit(QPoint(20, 10))
    changed(page, qtbot, menu_action(menu_of("heading_menu"), "降序"))
    assert shown(page, "料号") == ["RES-2", "PCB-4", "CAP-1", "BOX-3"]
    page.view.header.customContextMenuRequested.emit(QPoint(20, 10))
    changed(page, qtbot, menu_action(menu_of("heading_menu"), "隐藏此列"))
    assert page.view.shown_keys()[0] == "goods_kind"
