"""Everyday tasks of a clerk without the mouse, each with a budget of keystrokes.

A new partner · find a document by number and open it · change one quantity and save · paste 50 lines · fill a column
down · undo three edits · move a line up · delete a line · open a report.

Keys are counted one by one; a key with Ctrl, Shift or Alt is one key, and so is every letter typed. Text a clerk
composes with an input method counts by its signs.
"""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bondesk import demo
from bondesk.app import open_engine
from bondesk.areas.codes.partner import Partner
from bondesk.areas.notes.source_document import SourceDocument
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.list_page import ListPage
from bondesk.desktop.report_page import ReportPage
from builders.clerk import Clerk, wait_until
from builders.homes import copied_home, read
from builders.keys import ALT, CTRL, KEY, NONE, SHIFT, Keyboard


class Desk:
    """A signed-in window, a keyboard that counts, and what the database holds."""

    def __init__(self, clerk: Clerk) -> None:
        """Work at the window of ``clerk``."""
        self.clerk, self.keys = clerk, Keyboard()
        self.window = clerk.window
        self.window.activateWindow()
        self.engine = self.window.context.engine
        self.settle()

    def settle(self) -> None:
        """Wait until the program has answered."""
        wait_until(lambda: self.window.lane.idle, "the lane")

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = NONE, times: int = 1) -> None:
        """Press a key."""
        self.keys.press(key, held, times)

    def type(self, text: str) -> None:
        """Type a text."""
        self.keys.type(text)

    def run(self, words: str) -> None:
        """Run something from the palette."""
        self.window.activateWindow()
        self.press(KEY.Key_K, CTRL)
        wait_until(lambda: QApplication.activePopupWidget() is not None, "the palette")
        self.type(words)
        QTest.qWait(250)
        self.press(KEY.Key_Return)
        self.settle()

    def form(self) -> FormPage:
        """The form in front, ready."""
        page = self.window.pages.current()
        assert isinstance(page, FormPage), page
        wait_until(lambda: page._ready and not page.deeds.busy, "the form")
        self.settle()
        return page

    def list(self) -> ListPage:
        """The list in front."""
        page = self.window.pages.current()
        assert isinstance(page, ListPage), page
        self.settle()
        return page

    def save(self) -> None:
        """Save the form in front."""
        self.press(KEY.Key_S, CTRL)
        form = self.form()
        wait_until(lambda: not form.deeds.busy and self.window.lane.idle, "the save")
        assert not form.dirty, form.notice.label.text()

    def find(self, text: str) -> None:
        """Find a document of the list in front by its number."""
        self.press(KEY.Key_F, CTRL)
        self.type(text)
        page = self.list()
        wait_until(lambda: page.model.rowCount() == 1, f"{text} alone")
        self.settle()

    def open_found(self) -> FormPage:
        """Go from the search to the row that is left and open it."""
        page = self.list()
        for _ in range(12):
            if page.view.hasFocus():
                break
            self.press(KEY.Key_Tab)
        assert page.view.hasFocus(), "Tab does not reach the rows"
        if not page.view.currentIndex().isValid():
            self.press(KEY.Key_Down)
        if not page.view.selectionModel().hasSelection():
            self.press(KEY.Key_Space)
        self.press(KEY.Key_Return)
        return self.form()

    def popup(self) -> None:
        """Wait for the list under a box."""
        wait_until(
            lambda: any(w.objectName() == "code_popup" and w.isVisible() for w in QApplication.topLevelWidgets()),
            "the list under the box",
        )


SignIn = Callable[..., Desk]


@pytest.fixture
def sign_in(tmp_path: Path, qtbot: QtBot) -> Iterator[SignIn]:
    """Sign in to a copy of the demo factory; the window is closed in the end, whatever is unsaved."""
    home = copied_home(tmp_path)
    clerks: list[Clerk] = []

    def enter(account: str = demo.ACCOUNT) -> Desk:
        clerk = Clerk(home, lambda connection: open_engine(home, connection))
        clerk.sign_in(account, demo.PASSWORD)
        clerks.append(clerk)
        return Desk(clerk)

    yield enter
    for clerk in clerks:
        for page in clerk.window.pages.pages():
            if isinstance(page, FormPage):
                page._closing = True
        clerk.leave()
        assert not clerk.crashes


def open_paper(desk: Desk, number: str) -> FormPage:
    """Open a source document; not counted."""
    before = desk.keys.pressed
    desk.window.open_module("list.source_document")
    desk.settle()
    desk.list().view.setFocus()
    desk.find(number)
    form = desk.open_found()
    desk.keys.pressed = before
    return form


def lines(desk: Desk, number: str) -> list[tuple[Any, ...]]:
    """The stored lines of a source document."""
    (found,) = read(
        desk.engine,
        SourceDocument,
        lambda paper: [(line.part_no, line.quantity, line.currency) for line in paper.lines],
        document_no=number,
    )
    return list(found)


PAPER = "IM2401001"


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
    assert desk.keys.pressed <= 24


def test_03_find_by_number_and_open(sign_in: SignIn) -> None:
    desk = sign_in()
    desk.run("ysdz")
    desk.find(PAPER)
    assert desk.open_found().number() == PAPER
    assert desk.keys.pressed <= 30


def test_07_change_one_quantity_and_save(sign_in: SignIn) -> None:
    desk = sign_in()
    open_paper(desk, PAPER)
    desk.press(KEY.Key_F6)
    desk.press(KEY.Key_Right)
    desk.type("12345")
    desk.press(KEY.Key_Return)
    desk.save()
    assert lines(desk, PAPER)[0][1] == 12345
    assert desk.keys.pressed <= 10


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
    assert desk.keys.pressed <= before + 5


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
    assert desk.keys.pressed <= 7 + count


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
    assert desk.keys.pressed <= 4


def test_13_delete_lines(sign_in: SignIn) -> None:
    desk = sign_in()
    open_paper(desk, PAPER)
    before = lines(desk, PAPER)
    desk.press(KEY.Key_F6)
    desk.press(KEY.Key_Delete, CTRL)
    desk.save()
    assert lines(desk, PAPER) == before[1:]
    assert desk.keys.pressed <= 3


def test_16_open_a_report_and_query_it(sign_in: SignIn) -> None:
    desk = sign_in()
    desk.run("zcljjck")
    page = desk.window.pages.current()
    assert isinstance(page, ReportPage)
    assert desk.keys.pressed <= 10
