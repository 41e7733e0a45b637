"""A declaration typed in its form: amounts and head follow from the cells, and go back with them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from bondesk.areas.setup.company import Company
from bondesk.desktop.form_edits import change_of
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.line_grid import LineGrid
from bondesk.engine.engine import SYSTEM
from builders.everyday import Desk, SignIn
from builders.keys import CTRL, KEY

D = Decimal


@pytest.fixture
def desk(sign_in: SignIn) -> Desk:
    """A clerk in a new declaration, both parameters on."""
    desk = sign_in()
    with desk.engine.acting(SYSTEM) as act:
        company = act.facts.one(Company)
        assert company is not None
        company.quantity_changes_price = company.head_from_lines = True
    desk.window.open_document(desk.engine.catalogue.document("declaration"), None)
    form = desk.form()
    form.body.write_heads({"internal_no": "D-1", "ie_flag": "I", "gross_weight": D(20), "packages": 3})
    desk.press(KEY.Key_F6)
    return desk


def grid_of(desk: Desk) -> LineGrid:
    """The goods in front."""
    return desk.form().body.grids["lines"]


def enter(desk: Desk, key: str, text: str, row: int = 0) -> None:
    """Type a text into a cell and wait for what follows."""
    grid = grid_of(desk)
    grid.view.show_cell(row, grid.model.column(key))
    desk.type(text)
    desk.press(KEY.Key_Return)
    desk.settle()


def line(desk: Desk, *keys: str, row: int = 0) -> list[Any]:
    """Values of a line."""
    return [grid_of(desk).model.lines[row].values.get(key) for key in keys]


def head(form: FormPage, *keys: str) -> list[Any]:
    """Values of the head."""
    return [form.body.head.get(key) for key in keys]


def test_price_total_and_weights_follow_and_are_undone_with_the_typed_cell(desk: Desk) -> None:
    for key, text in (("dcl_unit", "007"), ("legal_unit1", "035"), ("dcl_qty", "300"), ("total", "1000")):
        enter(desk, key, text)
    enter(desk, "net_weight", "10")
    assert line(desk, "price", "legal_qty1", "hand_typed") == [D("3.3333"), D("10.00000"), True]
    model = grid_of(desk).model
    model.change([change_of(model.lines[0], "hand_typed", False)])
    enter(desk, "dcl_qty", "310")
    assert line(desk, "price", "total", "net_weight") == [D("3.2258"), D("1000"), D("10.33333")]
    assert head(desk.form(), "net_weight", "gross_weight", "not_recomputed") == [D("10.33333"), D(20), True]
    desk.press(KEY.Key_Z, CTRL)
    assert line(desk, "dcl_qty", "price", "net_weight") == [D(300), D("3.3333"), D(10)]
    assert head(desk.form(), "net_weight") == [D("10.00000")]
    desk.press(KEY.Key_Y, CTRL)
    assert line(desk, "dcl_qty", "price", "net_weight") == [D(310), D("3.2258"), D("10.33333")]
    assert head(desk.form(), "net_weight") == [D("10.33333")]


def test_a_quantity_of_nothing_stays_beside_the_old_one(desk: Desk) -> None:
    enter(desk, "dcl_qty", "300")
    enter(desk, "total", "1000")
    enter(desk, "dcl_qty", "0")
    grid = grid_of(desk)
    assert line(desk, "dcl_qty", "price", "total") == [D(300), D("3.3333"), D(1000)]
    assert [(one.code, one.field) for one in grid.model.unread_findings()] == [("DEC-05", "dcl_qty")]
    desk.press(KEY.Key_Z, CTRL)
    assert line(desk, "dcl_qty", "price", "total") == [D(300), D("3.3333"), D(1000)]
    assert grid.model.unread_findings() == []
    enter(desk, "dcl_qty", "310")
    assert line(desk, "dcl_qty", "price", "total") == [D(310), D("3.2258"), D(1000)]


def test_pasted_amounts_stay_as_they_are_pasted(desk: Desk) -> None:
    grid = grid_of(desk)
    grid.view.show_cell(0, grid.model.column("dcl_qty"))
    QApplication.clipboard().setText("3197\t007\t2.335\n2\t007\t5")
    desk.press(KEY.Key_V, CTRL)
    desk.settle()
    assert line(desk, "dcl_qty", "price", "total") == [D(3197), D("2.335"), D("7465.00")]
    assert line(desk, "dcl_qty", "price", "total", row=1) == [D(2), D(5), D("10.00")]


def test_the_wrong_price_is_repaired_by_key(desk: Desk) -> None:
    enter(desk, "dcl_qty", "300")
    enter(desk, "total", "1000")
    grid = grid_of(desk)
    grid.model.lines[0].values["price"] = D(4)
    desk.press(KEY.Key_R, CTRL)
    desk.settle()
    assert line(desk, "price", "total") == [D("3.3333"), D(1000)]
    desk.press(KEY.Key_Z, CTRL)
    assert line(desk, "price", "total") == [D(4), D(1000)]


def test_removing_a_line_takes_its_weight_from_the_head_and_back(desk: Desk) -> None:
    enter(desk, "net_weight", "10")
    grid = grid_of(desk)
    grid.append()
    enter(desk, "net_weight", "5", row=1)
    assert head(desk.form(), "net_weight") == [D("15.00000")]
    desk.press(KEY.Key_Delete, CTRL)
    desk.settle()
    assert head(desk.form(), "net_weight") == [D("10.00000")]
    desk.press(KEY.Key_Z, CTRL)
    assert head(desk.form(), "net_weight") == [D("15.00000")]


def test_a_part_number_brings_what_the_part_file_says(desk: Desk) -> None:
    enter(desk, "part_no", "CAP0402-104K")
    brought = line(desk, "hs_code", "dcl_unit", "name", "destination_country")
    assert brought[1] == "054"
    assert brought[3] == "CHN"
    assert brought[0]
    assert brought[2]
