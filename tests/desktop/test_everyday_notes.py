"""Everyday tasks on notes without the mouse: typed from scratch, audited and taken back, copied, generated."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from decimal import Decimal
from typing import Any

from bondesk import demo
from bondesk.areas.accounts.book_model import AccountLine
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.desktop.form_page import FormPage
from builders.clerk import wait_until
from builders.everyday import PAPER, Desk, SignIn
from builders.homes import generated, read
from builders.keys import CTRL, KEY


def stored(desk: Desk, number: str) -> list[tuple[Any, ...]]:
    """The stored lines of a note."""
    (found,) = read(
        desk.engine,
        BondedNote,
        lambda one: [(x.item_no, x.name, x.hs_code, x.dcl_unit, x.dcl_qty, x.total) for x in one.lines],
        internal_no=number,
    )
    return list(found)


def head_of_a_note(desk: Desk) -> FormPage:
    """Type the head of a note; the last Enter leads into the lines."""
    desk.run("xzhzqd")
    form = desk.form()
    typed = {"internal_no": "NT-900", "ie_flag": "I", "goods_flag": "I", "supervision_mode": "0615"}
    typed |= {"transport_mode": "slys", "entry_exit_customs": "5204", "trade_partner_country": "rb"}
    last = list(typed)[-1]
    desk.type(typed.pop("internal_no"))
    while typed:
        desk.press(KEY.Key_Return)
        key = focused(form)
        if key in typed:
            desk.type(typed.pop(key))
            if key == last or key == "transport_mode":
                desk.popup()
    desk.press(KEY.Key_Return)
    desk.settle()
    return form


def focused(form: FormPage) -> str:
    """The head field the cursor is in."""
    return next(key for key, cell in form.body.header.cells.items() if cell.editor.box.hasFocus())


def test_a_note_of_twenty_lines_typed_from_scratch(sign_in: SignIn) -> None:
    desk = sign_in()
    form = head_of_a_note(desk)
    desk.press(KEY.Key_F6)
    grid = form.body.grids["lines"]
    assert grid.view.hasFocus()
    for number in range(1, 21):
        desk.type(str(number))
        desk.press(KEY.Key_Return)
        line = grid.model.lines[number - 1]
        assert grid.model.fields[grid.view.currentIndex().column()].key == "dcl_qty", "the book's cells are passed"
        desk.type("10")
        desk.press(KEY.Key_Return)
        desk.settle()
        while (key := grid.model.fields[grid.view.currentIndex().column()].key) != "total":
            if key == "legal_qty1" and line.values["legal_qty1"] is None:
                desk.type("2")
            if key == "legal_qty2" and line.values["legal_unit2"] and line.values["legal_qty2"] is None:
                desk.type("2")
            desk.press(KEY.Key_Return)
        desk.type("30")
        desk.press(KEY.Key_Return, CTRL) if number < 20 else desk.press(KEY.Key_Return)
    desk.save()
    items = read(
        desk.engine, AccountLine, lambda one: (one.item_no, one.name, one.hs_code, one.dcl_unit), goods_flag="I"
    )
    filed = {item[0]: item for item in items}
    assert stored(desk, "NT-900") == [(*filed[number], Decimal(10), Decimal(30)) for number in range(1, 21)]
    desk.within("type a note of 20 lines", 320)


def first_note(desk: Desk) -> FormPage:
    """Open the list of notes and the first of them."""
    desk.run("hzqd")
    desk.press(KEY.Key_F, CTRL)
    desk.press(KEY.Key_Return)
    desk.settle()
    desk.press(KEY.Key_Return)
    return desk.form()


def test_a_note_is_audited_by_the_second_user_and_taken_back(sign_in: SignIn) -> None:
    clerk = sign_in()
    (note_id, *_) = generated(clerk.engine, PAPER)
    desk = sign_in(demo.AUDITOR)
    form = first_note(desk)
    assert form.body.base.id == note_id
    desk.press(KEY.Key_F10)
    wait_until(lambda: form.state() == "AUDITED", "the audit")
    assert read(desk.engine, BondedNote, lambda one: one.state, id=note_id) == ["AUDITED"]
    desk.within("audit a note", 10)
    desk.press(KEY.Key_F10, CTRL)
    wait_until(lambda: form.state() == "DRAFT", "the audit taken back")
    assert read(desk.engine, BondedNote, lambda one: one.state, id=note_id) == ["DRAFT"]
    desk.within("audit a note and take it back", 11)


def test_a_note_is_copied(sign_in: SignIn) -> None:
    desk = sign_in()
    (note_id, *_) = generated(desk.engine, PAPER)
    source = first_note(desk)
    before = source.body.grids["lines"].model.rowCount()
    desk.run("fz")
    form = desk.form()
    assert form is not source
    desk.type("NT-COPY")
    desk.save()
    (number, lines) = read(
        desk.engine, BondedNote, lambda one: (one.internal_no, len(one.lines)), internal_no="NT-COPY"
    )[0]
    assert (number, lines) == ("NT-COPY", before)
    desk.within("copy a note", 24)
