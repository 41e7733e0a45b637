"""A part typed by keyboard: units and factors follow from the code, in one step to undo, and are saved with it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from bondesk.areas.codes.hs_code import HsCode
from bondesk.engine.engine import SYSTEM
from builders.everyday import Desk, SignIn
from builders.keys import CTRL, KEY


@pytest.fixture
def desk(sign_in: SignIn) -> Desk:
    """A clerk in a new part whose code and unit are still to come."""
    desk = sign_in()
    with desk.engine.acting(SYSTEM) as act:
        for code, first, second in (("8532241000", "035", "054"), ("3926901000", "035", "")):
            (row,) = act.session.scalars(select(HsCode).filter_by(hs_code=code))
            assert (row.legal_unit1, row.legal_unit2) == (first, second)
    desk.window.open_document(desk.engine.catalogue.document("part"), None)
    desk.form()
    return desk


def type_code(desk: Desk, code: str) -> None:
    """Type a commodity code over what stands there and go on."""
    box = desk.form().body.header.cells["hs_code"].editor.box
    box.setFocus()
    box.selectAll()  # type: ignore[attr-defined]
    desk.type(code)
    desk.press(KEY.Key_Return)
    desk.settle()


def head(desk: Desk, *keys: str) -> list[Any]:
    """What stands in boxes."""
    return [desk.form().body.header.cells[key].editor.value() for key in keys]


UNITS = ("legal_unit1", "legal_unit2")


def test_the_code_brings_its_units_and_undo_takes_them_along(desk: Desk) -> None:
    desk.form().body.write_heads({"dcl_unit": "007"})
    type_code(desk, "8532241000")
    assert head(desk, *UNITS, "factor2") == ["035", "054", Decimal("0.001")]
    assert head(desk, "hs_name")[0]
    type_code(desk, "3926901000")
    assert head(desk, *UNITS, "factor2") == ["035", "", None]
    desk.press(KEY.Key_Z, CTRL)
    assert head(desk, "hs_code", *UNITS, "factor2") == ["8532241000", "035", "054", Decimal("0.001")]
    desk.press(KEY.Key_Z, CTRL)
    assert head(desk, "hs_code", *UNITS) == ["", "", ""]
    desk.press(KEY.Key_Y, CTRL)
    assert head(desk, "hs_code", *UNITS) == ["8532241000", "035", "054"]


def test_a_typed_unit_stays(desk: Desk) -> None:
    desk.form().body.write_heads({"legal_unit1": "007"})
    type_code(desk, "8532241000")
    assert head(desk, *UNITS) == ["007", "054"]


def test_a_save_with_the_cursor_still_in_the_code_brings_them_too(desk: Desk) -> None:
    form = desk.form()
    form.body.write_heads({"part_no": "NEW-1", "goods_kind": "I", "name": "电容", "erp_unit": "PCS", "dcl_unit": "054"})
    form.body.header.cells["hs_code"].editor.box.setFocus()
    desk.type("8532241000")
    desk.press(KEY.Key_S, CTRL)
    desk.settle()
    desk.settle()
    assert not form.dirty, form.notice.label.text()
    assert head(desk, *UNITS) == ["035", "054"]
