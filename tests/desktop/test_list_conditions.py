"""高级条件 and the export of a list, as a clerk uses them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from bondesk.areas.goods.part import Part
from bondesk.desktop.conditions_dialog import AND, OR, ConditionsDialog
from bondesk.desktop.export_dialog import ExportDialog
from bondesk.desktop.list_page import ListPage
from bondesk.engine.query import Condition

Fill = Callable[[Iterable[Any]], None]
OpenList = Callable[..., ListPage]


@pytest.fixture
def page(fill: Fill, parts: list[Part], open_list: OpenList) -> ListPage:
    """The list of four parts."""
    fill(parts)
    return open_list("part")


def test_rows_joined_by_or_form_an_alternative(page: ListPage, qtbot: QtBot) -> None:
    page.bound.run("list.conditions")
    dialog = page.findChild(ConditionsDialog)
    assert isinstance(dialog, ConditionsDialog)
    dialog.rows[0].take(Condition("currency", "in", ("USD",)), AND)
    dialog.add().take(Condition("part_no", "begins", "CAP"), AND)
    dialog.add()  # nothing filled in: it does not count
    dialog.add().take(Condition("unit_weight", "blank"), OR)
    dialog.rows[2].link.setCurrentIndex(1)
    assert dialog.asked() == (
        (Condition("currency", "in", ("USD",)),),
        ((Condition("part_no", "begins", "CAP"), Condition("unit_weight", "blank")),),
    )
    with qtbot.waitSignal(page.model.loaded):
        dialog.findChild(QPushButton, "conditions_ok").click()
    assert [str(page.model.index(row, 0).data()) for row in range(page.model.rowCount())] == ["PCB-4", "CAP-1"]
    assert [one.text() for one in page.head.chips.chips] == [
        "币制 是 USD 美元  ✕",
        "料号 开头是 CAP 或 单重 为空  ✕",
    ]


def test_a_condition_no_editor_shows_stays(page: ListPage, qtbot: QtBot) -> None:
    odd = Condition("goods_kind", "ne", "I")
    with qtbot.waitSignal(page.model.loaded):
        page.head.add(odd)
    page.head.open_conditions()
    dialog = page.findChild(ConditionsDialog)
    assert isinstance(dialog, ConditionsDialog)
    assert dialog.asked() == ((odd,), ())
    dialog.reject()


def test_only_what_is_selected_is_exported(page: ListPage, desk: Any, qtbot: QtBot, tmp_path: Path) -> None:
    page.view.header.moveSection(0, 1)
    page.view.selectRow(1)
    page.bound.run("list.export_rows")
    qtbot.waitUntil(lambda: page.findChild(ExportDialog) is not None)
    dialog = page.findChild(ExportDialog)
    assert isinstance(dialog, ExportDialog)
    assert [button.text() for button in dialog.rows.buttons()] == ["列表中的全部 4 条", "选中的 1 条"]
    dialog.findChild(QPushButton, "export_ok").click()
    saving = page.findChild(QFileDialog, "save_dialog")
    assert isinstance(saving, QFileDialog)
    target = tmp_path / "料号.xlsx"
    saving.fileSelected.emit(str(target))
    saving.close()
    qtbot.waitUntil(lambda: desk.messages[-1:] == [f"已导出 1 行：{target}"])
    lines = [line.split("\t")[:2] for line in target.read_text(encoding="utf-8").splitlines()]
    assert lines[:2] == [["物料类型", "料号"], ["成品", "BOX-3"]]
    assert page.exports.strip.file.isVisibleTo(page)
    assert not page.exports.strip.stop.isVisibleTo(page)
