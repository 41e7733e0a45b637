"""A change of an approved note before the clerk: a row edited, one struck, one added; a deletion nothing is typed into."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from decimal import Decimal

from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.notes.note_changing import DELETE, MODIFY
from bondesk.base.change import Mark
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.line_grid import LineGrid
from bondesk.engine.engine import SYSTEM
from builders.clerk import wait_until
from builders.everyday import Desk, SignIn
from builders.homes import generated, read
from builders.keys import CTRL, KEY


def opened(desk: Desk, script: str) -> FormPage:
    """Have one note approved, start its change or deletion from the list and open what came of it."""
    (note_id,) = generated(desk.engine, "IM2401001", merge="NONE")
    with desk.engine.acting(SYSTEM) as act:
        note = act.facts.one(BondedNote, id=note_id)
        assert note is not None
        assert len(note.lines) >= 3
        note.state, note.list_state, note.writeoff_mark = "APPROVED", "0", "2"
        note.bond_no, note.seq_no = "QD520424I000000001", "202400000000000001"
    desk.clerk.run_script("bonded_note", script, {}, row=0)
    form = desk.clerk.open_form("bonded_note_change")
    desk.window.activateWindow()
    desk.settle()
    return form


def marks(desk: Desk) -> list[str]:
    """The stored marks of the change, in order."""
    ((found,),) = [read(desk.engine, BondedNote, lambda one: [line.row_mark for line in one.lines], copy="change")]
    return list(found)


def test_rows_get_the_marks_of_what_was_done_to_them(sign_in: SignIn) -> None:
    desk = sign_in()
    form = opened(desk, "change_bonded_note")
    grid = form.body.grids["lines"]
    assert isinstance(grid, LineGrid)
    rows = grid.model.rowCount()
    assert set(marks(desk)) == {Mark.SAME.value}
    before = grid.model.lines[0].values["dcl_qty"]
    grid.view.setFocus()
    grid.view.show_cell(0, grid.model.column("name"))
    desk.type("新品名")
    desk.press(KEY.Key_Return)
    grid.view.show_cell(rows - 1, grid.model.column("name"))
    desk.press(KEY.Key_Delete, CTRL)
    desk.settle()
    desk.save()
    assert marks(desk) == [Mark.MODIFIED.value, *[Mark.SAME.value] * (rows - 2), Mark.STRUCK.value]
    column = grid.model.column("row_mark")
    shown = [str(grid.model.index(row, column).data()) for row in (0, 1, rows - 1)]
    assert [text.split()[-1] for text in shown] == ["修改", "未修改", "删除"], "the form shows what was stored"
    assert grid.model.lines[0].values["dcl_qty"] == before
    assert form.body.head["declare_kind"] == MODIFY
    (original,) = read(desk.engine, BondedNote, lambda one: [x.name for x in one.lines], copy="draft", state="APPROVED")
    assert "新品名" not in original, "the note itself waits for customs"


def test_a_deletion_is_all_struck_and_says_that_nothing_may_be_changed(sign_in: SignIn) -> None:
    desk = sign_in()
    form = opened(desk, "withdraw_bonded_note")
    assert form.body.head["declare_kind"] == DELETE
    assert set(marks(desk)) == {Mark.STRUCK.value}
    grid = form.body.grids["lines"].model
    grid.setData(grid.index(0, grid.column("dcl_qty")), Decimal(7))
    form.body.header.cells["transport_mode"].editor.set_text("5")
    form.body.header.cells["transport_mode"].editor.commit()
    wait_until(lambda: any("不能同时修改" in one.text for one in form.body.strip.findings), "the finding")
