"""Everyday tasks of a clerk without the mouse, each with a budget of keystrokes: partners and source documents."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from decimal import Decimal

from PySide6.QtWidgets import QApplication

from bondesk.areas.codes.partner import Partner
from bondesk.desktop.report_page import ReportPage
from builders.clerk import wait_until
from builders.everyday import PAPER, SignIn, lines, open_paper
from builders.homes import read
from builders.keys import ALT, CTRL, KEY, SHIFT


def test_01_a_new_partner(sign_in: SignIn) -> None:
    desk = sign_in()
    desk.run("xz syhzhb")
    form = desk.form()
    for text in ("C900", "澄岚贸易"):
        desk.type(text)
        desk.press(KEY.Key_Return)
    desk.type("S")
    desk.save()
    assert form.body.base.id is not None
    assert read(desk.engine, Partner, lambda one: (one.name, one.partner_type), code="C900") == [("澄岚贸易", "S")]
    desk.within("a new partner", 24)


def test_03_find_by_number_and_open(sign_in: SignIn) -> None:
    desk = sign_in()
    desk.run("ysdz")
    desk.find(PAPER)
    assert desk.open_found().number() == PAPER
    desk.within("find by number and open", 30)


def test_07_change_one_quantity_and_save(sign_in: SignIn) -> None:
    desk = sign_in()
    open_paper(desk, PAPER)
    desk.press(KEY.Key_F6)
    desk.press(KEY.Key_Right)
    desk.type("12345")
    desk.press(KEY.Key_Return)
    desk.save()
    assert lines(desk, PAPER)[0][1] == 12345
    desk.within("change one quantity and save", 10)


def test_08_paste_fifty_lines(sign_in: SignIn) -> None:
    desk = sign_in()
    form = open_paper(desk, PAPER)
    part, _, currency = lines(desk, PAPER)[0]
    before = len(lines(desk, PAPER))
    QApplication.clipboard().setText("\n".join(f"{part}\t{number}\t\t\t\t{currency}" for number in range(1, 51)))
    desk.press(KEY.Key_F6)
    desk.press(KEY.Key_Down, times=before - 1)
    desk.press(KEY.Key_D, CTRL | SHIFT)
    desk.press(KEY.Key_V, CTRL)
    grid = form.body.grids["lines"]
    wait_until(lambda: grid.model.rowCount() == before + 50, "the block")
    desk.save()
    assert [quantity for _, quantity, _ in lines(desk, PAPER)[before:]] == list(range(1, 51))
    desk.within("paste fifty lines", before + 5)


def test_09_fill_a_column_down(sign_in: SignIn) -> None:
    desk = sign_in()
    open_paper(desk, PAPER)
    count = len(lines(desk, PAPER))
    desk.press(KEY.Key_F6)
    desk.press(KEY.Key_Right)
    desk.type("7")
    desk.press(KEY.Key_Return)
    desk.press(KEY.Key_Left)
    desk.press(KEY.Key_Down, SHIFT, times=count - 1)
    desk.press(KEY.Key_D, CTRL)
    desk.save()
    assert {quantity for _, quantity, _ in lines(desk, PAPER)} == {Decimal(7)}
    desk.within("fill a column down", 7 + count)


def test_10_undo_three_edits(sign_in: SignIn) -> None:
    desk = sign_in()
    form = open_paper(desk, PAPER)
    before = lines(desk, PAPER)
    grid = form.body.grids["lines"]
    desk.press(KEY.Key_F6)
    desk.press(KEY.Key_Right)
    for text in ("7", "8", "9"):
        desk.type(text)
        desk.press(KEY.Key_Return)
        desk.press(KEY.Key_Left)
    assert grid.model.lines[0].values["quantity"] == 9
    used = desk.keys.pressed
    desk.press(KEY.Key_Z, CTRL, times=3)
    assert not form.dirty
    assert grid.model.lines[0].values["quantity"] == before[0][1]
    assert desk.keys.pressed - used == 3


def test_12_move_a_line_up(sign_in: SignIn) -> None:
    desk = sign_in()
    open_paper(desk, PAPER)
    before = lines(desk, PAPER)
    desk.press(KEY.Key_F6)
    desk.press(KEY.Key_Down)
    desk.press(KEY.Key_Up, ALT)
    desk.save()
    assert lines(desk, PAPER) == [before[1], before[0], *before[2:]]
    desk.within("move a line up", 4)


def test_13_delete_lines(sign_in: SignIn) -> None:
    desk = sign_in()
    open_paper(desk, PAPER)
    before = lines(desk, PAPER)
    desk.press(KEY.Key_F6)
    desk.press(KEY.Key_Delete, CTRL)
    desk.save()
    assert lines(desk, PAPER) == before[1:]
    desk.within("delete lines", 3)


def test_16_open_a_report_and_query_it(sign_in: SignIn) -> None:
    desk = sign_in()
    desk.run("zcljjck")
    page = desk.window.pages.current()
    assert isinstance(page, ReportPage)
    desk.press(KEY.Key_F5)
    wait_until(lambda: bool(page.model.order), "the report")
    assert page._talk is None
    desk.within("open a report and query it", 10)
