"""A clerk at the keyboard of the signed-in window: types, waits for answers, and counts every key.

Keys are counted one by one; a key with Ctrl, Shift or Alt is one key, and so is every letter typed. Text a clerk
composes with an input method counts by its signs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bondesk import demo
from bondesk.app import open_engine
from bondesk.areas.notes.source_document import SourceDocument
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.list_page import ListPage
from builders.clerk import Clerk, pause, wait_until
from builders.homes import copied_home, read
from builders.keys import CTRL, KEY, NONE, Keyboard


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
        pause(250)
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
        if not page.view.hasFocus():
            self.press(KEY.Key_Return)
        assert page.view.hasFocus(), "Enter does not reach the rows"
        if not page.view.selectionModel().hasSelection():
            self.press(KEY.Key_Down)
        self.press(KEY.Key_Return)
        return self.form()

    def within(self, task: str, budget: int) -> None:
        """Hold a task to its budget and say what it took (``pytest -s`` shows the table)."""
        print(f"\n[keys] {task}: {self.keys.pressed}/{budget}")
        assert self.keys.pressed <= budget, f"{task} took {self.keys.pressed} keys, {budget} are allowed"

    def uncounted(self, work: Callable[[], Any]) -> Any:
        """Do what only prepares a task."""
        before = self.keys.pressed
        done = work()
        self.keys.pressed = before
        return done

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
