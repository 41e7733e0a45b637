"""Everyday tasks in forms without the mouse, each with a budget of keystrokes: closing, codes, lines."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QApplication, QPushButton, QTabBar, QTabWidget

from bondesk.areas.codes.exchange_rate import ExchangeRate
from bondesk.desktop.form_page import FormPage
from builders.clerk import wait_until
from builders.everyday import PAPER, Desk, SignIn, lines, open_paper
from builders.homes import read
from builders.keys import CTRL, KEY, NONE, SHIFT


def asked(desk: Desk) -> None:
    """Wait for the question on closing, the cursor on its first answer."""

    def there() -> bool:
        focus = QApplication.focusWidget()
        return isinstance(focus, QPushButton) and focus.objectName() == "unsaved_save"

    wait_until(there, "the question")


def closed(desk: Desk) -> None:
    """Wait until no form is open."""
    wait_until(lambda: not any(isinstance(page, FormPage) for page in desk.window.pages.pages()), "the closing")


def test_a_document_is_closed_with_saving(sign_in: SignIn) -> None:
    desk = sign_in()
    open_paper(desk, PAPER)
    desk.press(KEY.Key_F6)
    desk.press(KEY.Key_Right)
    desk.type("77")
    desk.press(KEY.Key_Return)
    desk.press(KEY.Key_W, CTRL)
    asked(desk)
    desk.press(KEY.Key_Return)
    closed(desk)
    assert lines(desk, PAPER)[0][1] == 77
    desk.within("close with saving", 7)
    page = desk.list()
    wait_until(lambda: page.isAncestorOf(desk.window.focusWidget()), "the keyboard back in the list")


@pytest.mark.parametrize("place", ["cell", "box"])
def test_what_is_still_being_typed_is_not_lost_on_closing(sign_in: SignIn, place: str) -> None:
    desk = sign_in()
    form = open_paper(desk, PAPER)
    if place == "cell":
        desk.press(KEY.Key_F6)
        desk.press(KEY.Key_Right)
        desk.type("78")
    else:
        form.body.header.cells["supervision_mode"].editor.box.setFocus()
        desk.type("5")
    desk.press(KEY.Key_W, CTRL)
    asked(desk)
    if place == "cell":
        desk.press(KEY.Key_Return)
        closed(desk)
        assert lines(desk, PAPER)[0][1] == 78


def test_a_clean_document_closes_and_the_list_has_the_keyboard(sign_in: SignIn) -> None:
    desk = sign_in()
    open_paper(desk, PAPER)
    desk.press(KEY.Key_W, CTRL)
    closed(desk)
    page = desk.list()
    wait_until(lambda: page.isAncestorOf(desk.window.focusWidget()), "the keyboard back in the list")


def test_a_new_exchange_rate(sign_in: SignIn) -> None:
    desk = sign_in()
    desk.run("xzhl")
    form = desk.form()
    desk.type("oy")
    desk.press(KEY.Key_Return)
    desk.type("2024-07-01")
    desk.press(KEY.Key_Return)
    desk.type("7.8123")
    desk.press(KEY.Key_Return)
    assert form.isAncestorOf(QApplication.focusWidget()), "Enter in the last box leads out of the form"
    desk.save()
    found = read(desk.engine, ExchangeRate, lambda one: (one.currency, one.rate_date, one.rate))
    assert ("EUR", date(2024, 7, 1), Decimal("7.8123")) in found
    desk.within("a new exchange rate", 29)


def test_a_rate_without_its_date_is_refused_aloud(sign_in: SignIn) -> None:
    desk = sign_in()
    desk.run("xzhl")
    form = desk.form()
    desk.type("oy")
    desk.press(KEY.Key_Return, times=2)
    desk.type("7.8123")
    desk.press(KEY.Key_Return)
    desk.press(KEY.Key_S, CTRL)
    wait_until(form.notice.isVisible, "the refusal")
    assert "日期" in form.notice.label.text()
    assert form.dirty


def test_a_line_is_copied_and_changed(sign_in: SignIn) -> None:
    desk = sign_in()
    open_paper(desk, PAPER)
    before = lines(desk, PAPER)
    desk.press(KEY.Key_F6)
    desk.press(KEY.Key_D, CTRL | SHIFT)
    desk.press(KEY.Key_Right)
    desk.type("55")
    desk.press(KEY.Key_Return)
    desk.save()
    part, _, currency = before[0]
    assert lines(desk, PAPER) == [before[0], (part, 55, currency), *before[1:]]
    desk.within("copy a line and change it", 7)


def test_a_copied_line_and_the_new_numbers_are_taken_back_at_once(sign_in: SignIn) -> None:
    desk = sign_in()
    form = open_paper(desk, PAPER)
    model = form.body.grids["lines"].model
    numbers = [line.values["line_no"] for line in model.lines]
    desk.press(KEY.Key_F6)
    desk.press(KEY.Key_D, CTRL | SHIFT)
    assert [line.values["line_no"] for line in model.lines] == [1, None, *(number + 1 for number in numbers[1:])]
    desk.press(KEY.Key_Z, CTRL)
    assert [line.values["line_no"] for line in model.lines] == numbers
    assert not form.dirty


def test_the_cursor_keeps_its_column_when_a_copied_line_is_taken_back(sign_in: SignIn) -> None:
    desk = sign_in()
    view = open_paper(desk, PAPER).body.grids["lines"].view
    desk.press(KEY.Key_F6)
    desk.press(KEY.Key_Right, times=2)
    column = view.currentIndex().column()
    assert column > 2
    desk.press(KEY.Key_D, CTRL | SHIFT)
    assert view.currentIndex().column() == column
    desk.press(KEY.Key_Z, CTRL)
    assert view.currentIndex().column() == column
    desk.press(KEY.Key_Delete, CTRL)
    desk.press(KEY.Key_Z, CTRL)
    assert view.currentIndex().column() == column
    assert view.hasFocus()


def test_tab_never_leads_to_where_the_keys_of_the_form_are_dead(sign_in: SignIn) -> None:
    """Tab goes past the tabs of the pages: from wherever it leads within them Ctrl+S saves."""
    desk = sign_in()
    form = open_paper(desk, PAPER)
    for backwards in (0, 1):
        form.body.header.focus_first()
        for _ in range(40):
            desk.press(KEY.Key_Backtab if backwards else KEY.Key_Tab, SHIFT if backwards else NONE)
            focus = QApplication.focusWidget()
            assert not isinstance(focus, QTabBar | QTabWidget), focus
    form.body.header.focus_first()
    desk.press(KEY.Key_Backtab, SHIFT)
    form.body.header.cells["document_date"].editor.set_text("2024-01-05")
    if form.isAncestorOf(QApplication.focusWidget()):
        desk.save()


def test_findings_are_walked_and_mended(sign_in: SignIn) -> None:
    """F8 puts the cursor where the next finding is; what is typed there mends it."""
    desk = sign_in()
    form = open_paper(desk, PAPER)
    model, view = form.body.grids["lines"].model, form.body.grids["lines"].view
    quantity, part = model.column("quantity"), model.column("part_no")

    def spoil() -> None:
        model.setData(model.index(0, quantity), Decimal(-5))
        model.setData(model.index(1, part), "NO-SUCH")
        wait_until(lambda: len(form.body.strip.findings) == 2, "the findings")

    good = model.lines[1].values["part_no"]
    desk.uncounted(spoil)
    form.body.header.focus_first()
    desk.press(KEY.Key_F8)
    assert view.hasFocus()
    assert (view.currentIndex().row(), view.currentIndex().column()) == (0, quantity)
    desk.type("5")
    desk.press(KEY.Key_Return)
    wait_until(lambda: len(form.body.strip.findings) == 1, "one finding less")
    desk.press(KEY.Key_F8)
    assert (view.currentIndex().row(), view.currentIndex().column()) == (1, part)
    desk.type(good)
    desk.press(KEY.Key_Return)
    wait_until(lambda: not form.body.strip.findings, "no finding left")
    desk.press(KEY.Key_F8)
    assert "没有发现问题" in form.bound["form.next_finding"].toolTip()
    desk.save()
    desk.within("walk two findings and mend them", 7 + len(good))
