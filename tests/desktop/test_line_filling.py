"""A note line filled from the approved book while it is typed: undone as one act, empty cells only, saved whole."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from bondesk.desktop.line_grid import LineGrid
from builders.clerk import pause
from builders.everyday import Desk, SignIn
from builders.keys import CTRL, KEY


@pytest.fixture
def desk(sign_in: SignIn) -> Desk:
    """A clerk in the first line of a new note."""
    desk = sign_in()
    desk.window.open_document(desk.engine.catalogue.document("bonded_note"), None)
    form = desk.form()
    form.body.write_heads({"internal_no": "NT-1", "ie_flag": "I", "goods_flag": "I"})
    desk.press(KEY.Key_F6)
    return desk


def grid_of(desk: Desk) -> LineGrid:
    """The lines of the note in front."""
    return desk.form().body.grids["lines"]


def first(desk: Desk) -> dict[str, Any]:
    """The values of the first line."""
    return grid_of(desk).model.lines[0].values


def test_an_item_number_fills_the_line_and_is_undone_with_it(desk: Desk) -> None:
    desk.type("1")
    desk.press(KEY.Key_Return)
    desk.settle()
    assert (first(desk)["part_no"], first(desk)["dcl_unit"]) == ("CAP0402-104K", "054")
    assert grid_of(desk).view.currentIndex().column() == grid_of(desk).model.column("dcl_qty")
    desk.press(KEY.Key_Z, CTRL)
    assert (first(desk)["item_no"], first(desk)["part_no"], first(desk)["hs_code"]) == (None, "", "")
    desk.press(KEY.Key_Y, CTRL)
    assert (first(desk)["item_no"], first(desk)["part_no"]) == (1, "CAP0402-104K")


def test_what_was_typed_stays(desk: Desk) -> None:
    grid = grid_of(desk)
    grid.view.show_cell(0, grid.model.column("name"))
    desk.type("X")
    desk.press(KEY.Key_Return)
    grid.view.start_line(0)
    desk.type("1")
    desk.press(KEY.Key_Return)
    desk.settle()
    assert (first(desk)["name"], first(desk)["part_no"]) == ("X", "CAP0402-104K")


def test_an_edit_in_between_does_not_lose_what_is_filled(desk: Desk) -> None:
    desk.type("1")
    desk.press(KEY.Key_Return)
    desk.type("5")
    desk.press(KEY.Key_Return)
    desk.settle()
    assert (first(desk)["dcl_qty"], first(desk)["part_no"]) == (Decimal(5), "CAP0402-104K")
    desk.press(KEY.Key_Z, CTRL, times=3)
    assert (first(desk)["item_no"], first(desk)["part_no"], first(desk)["dcl_qty"]) == (None, "", None)


def test_a_save_waits_for_what_the_book_says(desk: Desk) -> None:
    desk.type("1")
    desk.press(KEY.Key_Return)
    desk.type("5")
    desk.press(KEY.Key_Return)
    grid = grid_of(desk)
    grid.view.show_cell(0, grid.model.column("total"))
    desk.type("6")
    desk.press(KEY.Key_S, CTRL)
    form = desk.form()
    desk.settle()
    assert not form.dirty, form.notice.label.text()
    assert (first(desk)["part_no"], first(desk)["price"]) == ("CAP0402-104K", Decimal("1.2000"))


def test_ctrl_enter_goes_to_the_next_line_and_opens_it(desk: Desk) -> None:
    grid = grid_of(desk)
    desk.type("1")
    desk.press(KEY.Key_Return, CTRL)
    desk.settle()
    assert (grid.model.rowCount(), grid.view.currentIndex().row(), grid.view.currentIndex().column()) == (2, 1, 0)


def test_pasted_item_numbers_fill_their_lines(desk: Desk) -> None:
    QApplication.clipboard().setText("1\n2\n3")
    desk.press(KEY.Key_V, CTRL)
    desk.settle()
    parts = [line.values["part_no"] for line in grid_of(desk).model.lines]
    assert parts == ["CAP0402-104K", "ECAP-100U25", "RES0402-10K"]


def test_the_keys_on_the_buttons_give_way_to_the_sums(desk: Desk) -> None:
    """A clerk reads the total price at any width; the keys are in the tooltips anyway."""
    grid = grid_of(desk)
    insert = grid.bound["lines.insert"]

    def fits(width: int) -> bool:
        desk.window.resize(width, 800)
        pause(20)
        return grid.footer._cut() == grid.footer.text()

    grid.footer.setText("共 4 行　申报数量 49,000　法定数量 49,000　第二法定数量 10.4765　申报总价 2,592.87")
    assert fits(1270)
    assert insert.iconText() == "插入行"
    assert fits(1900)
    assert insert.iconText() == "插入行 Ctrl+Ins"
