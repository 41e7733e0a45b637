"""The source beside a draft: what extracting would do, ticked by key, taken over, shown in the book."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt
from sqlalchemy import select

from bondesk.areas.goods.merged_item import MergedItem
from bondesk.base.change import Candidate, Comparison, Mark, Outcome
from bondesk.base.fields import fields_of
from bondesk.desktop.candidate_model import CandidateModel
from bondesk.desktop.change_rows import ChangeRows
from bondesk.desktop.form_page import FormPage
from bondesk.engine.engine import SYSTEM
from builders.books import BookDesk, change_of
from builders.keys import CTRL, KEY, press, type_in
from builders.office import Office


@pytest.fixture
def books(factory_office: Office, qtbot: Any) -> Iterator[BookDesk]:
    """The demo book whose merged item 13 got another name."""
    with factory_office.act(SYSTEM) as act:
        item = act.session.scalars(select(MergedItem).filter_by(goods_flag="I", merge_no=13)).one()
        item.name = "连接器新名称"
    desk = BookDesk(factory_office)
    yield desk
    desk.close()


@pytest.fixture
def draft(books: BookDesk) -> int:
    """Its change."""
    return change_of(books.office)


@pytest.fixture
def page(books: BookDesk, draft: int, qtbot: Any) -> FormPage:
    """The form of the change."""
    form = books.form(draft)
    qtbot.addWidget(form, before_close_func=lambda form: setattr(form, "_closing", True))
    return form


def name_candidate(rows: ChangeRows) -> int:
    """Return the row of the source whose name differs."""
    model = rows.source.pane.model  # type: ignore[union-attr]
    return next(n for n in range(model.rowCount()) if "连接器新名称" in str(model.index(n, 2).data()))


def test_one_difference_is_extracted_by_keyboard(books: BookDesk, page: FormPage, draft: int) -> None:
    rows = books.rows(page, "materials")
    assert rows.source is not None
    pane = rows.source.pane
    assert not pane.isVisible()
    books.go_to(rows, 1)
    assert "请先点「提取」" in rows.bound["rows.take"].toolTip()
    press(KEY.Key_E, CTRL)
    books.settle()
    assert pane.isVisible()
    assert pane.view.hasFocus()
    place = name_candidate(rows)
    model = pane.model
    old = books.stored(draft, 13).name  # type: ignore[union-attr]
    assert f"商品名称：{old} → 连接器新名称" in str(model.index(place, 2).data()), "labels, not column names"
    pane.none.click()
    assert model.chosen() == []
    assert not rows.bound["rows.take"].isEnabled()
    pane.view.setFocus()
    for _ in range(place - pane.view.currentIndex().row()):
        press(KEY.Key_Down)
    books.settle()
    assert books.cell(rows, rows.view.currentIndex().row(), "item_no") == "13", "its row in the book is in sight"
    ground = books.cell(rows, rows.view.currentIndex().row(), "name", Qt.ItemDataRole.BackgroundRole)
    assert ground is not None, "the differing cell stands out"
    press(KEY.Key_Space)
    assert len(model.chosen()) == 1
    press(KEY.Key_Return, CTRL)
    books.settle()
    stored = books.stored(draft, 13)
    assert stored is not None
    assert (stored.name, stored.row_mark) == ("连接器新名称", Mark.MODIFIED)
    assert any(said.startswith("提取：") for said in books.messages)
    assert all("连接器新名称" not in str(model.index(n, 2).data()) for n in range(model.rowCount())), "compared anew"
    press(KEY.Key_Escape)
    assert not pane.isVisible()
    assert rows.view.hasFocus()


def test_consumption_waits_for_goods_and_goods_wait_for_nothing(books: BookDesk, page: FormPage) -> None:
    """Row 84: 单损耗 is extracted only when 成品 and 料件 are saved; an unsaved head or another table keeps nobody."""
    rows = books.rows(page, "consumptions")
    assert rows.bound["rows.extract"].isEnabled()
    editor = page.body.header.cells["remark"].editor
    page.body.tabs.setCurrentIndex(0)
    editor.box.setFocus()
    editor.set_text("X")
    rows = books.rows(page, "consumptions")
    assert rows.bound["rows.extract"].isEnabled(), "consumption does not refer to the head's remark"
    materials = books.rows(page, "materials")
    books.go_to(materials, 5)
    materials.strip.header.cells["name"].editor.box.setFocus()
    type_in("X")
    rows = books.rows(page, "consumptions")
    assert "「料件」有一行尚未确认" in rows.bound["rows.extract"].toolTip()
    assert not rows.bound["rows.extract"].isEnabled()
    assert books.rows(page, "products").bound["rows.extract"].isEnabled()
    materials = books.rows(page, "materials")
    materials.entry.give_up()
    assert books.rows(page, "consumptions").bound["rows.extract"].isEnabled()


def test_a_comparison_nobody_waits_for(books: BookDesk, page: FormPage) -> None:
    rows = books.rows(page, "materials")
    assert rows.source is not None
    rows.source.open()
    rows.source.pane.cancelled.emit()
    books.settle()
    assert rows.source.pane.model.rowCount() == 0
    assert "已取消" in rows.source.pane.said.text()


def candidates() -> tuple[Candidate, ...]:
    """One of each outcome."""
    return tuple(
        Candidate(number, f"{number} X", outcome, {"name": "new"}, {"name": ""}, None, "why")
        for number, outcome in enumerate(Outcome)
    )


def test_what_cannot_be_extracted_has_no_tick(qtbot: Any) -> None:
    owner = QObject()
    model = CandidateModel(fields_of((MergedItem.name,)), lambda _entry, value: str(value or ""), owner)
    model.show_comparison(Comparison(9, candidates()))
    refused = next(n for n, one in enumerate(Outcome) if one is Outcome.REFUSED)
    assert model.index(refused, 0).data(Qt.ItemDataRole.CheckStateRole) is None
    assert not model.flags(model.index(refused, 0)) & Qt.ItemFlag.ItemIsUserCheckable
    assert model.chosen() == [n for n, one in enumerate(Outcome) if one is not Outcome.REFUSED]
    model.toggle(range(model.rowCount()))
    assert model.chosen() == []
    model.show_outcome(Outcome.ADD)
    assert model.rowCount() == 1
    model.tick_shown(True)
    assert len(model.chosen()) == 1, "全选 means what is shown"
    model.show_outcome(None)
    assert model.rowCount() == len(Outcome)
    assert "空 → new" in str(model.index(0, 2).data())
