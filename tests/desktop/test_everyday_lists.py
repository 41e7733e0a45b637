"""Everyday tasks in lists and between pages without the mouse, each with a budget of keystrokes."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


from PySide6.QtWidgets import QApplication, QDialog, QInputDialog

from bondesk.desktop.report_page import ReportPage
from builders.clerk import wait_until
from builders.everyday import PAPER, SignIn, open_paper
from builders.homes import generated
from builders.keys import CTRL, KEY, SHIFT


def dialog_in_front(kind: type[QDialog]) -> QDialog:
    """Wait for a dialog of a kind."""
    wait_until(lambda: isinstance(QApplication.activeWindow(), kind), kind.__name__)
    found = QApplication.activeWindow()
    assert isinstance(found, kind)
    return found


def test_a_list_is_sorted_by_the_column_of_the_cursor(sign_in: SignIn) -> None:
    desk = sign_in()
    desk.run("ysdz")
    page = desk.list()
    desk.press(KEY.Key_F, CTRL)
    desk.press(KEY.Key_Return)
    desk.press(KEY.Key_Right)
    key = page.model.columns[page.view.currentIndex().column()].key
    desk.press(KEY.Key_O, CTRL | SHIFT)
    desk.settle()
    assert page.shown_query().order == ((key, False),)
    shown = [page.model.peek(row) for row in range(page.model.rowCount())]
    assert len(shown) > 1
    desk.within("sort a list", 10)


def test_a_view_is_saved(sign_in: SignIn) -> None:
    desk = sign_in()
    desk.run("ysdz")
    page = desk.list()
    desk.press(KEY.Key_F, CTRL)
    desk.type(PAPER)
    desk.press(KEY.Key_Return)
    desk.settle()
    desk.press(KEY.Key_S, CTRL | SHIFT)
    dialog_in_front(QInputDialog)
    desk.type("A1")
    desk.press(KEY.Key_Return)
    desk.settle()
    assert list(page.looks.views.names) == ["A1"]
    desk.within("save a view", 22)


def test_from_one_open_document_to_another_and_back(sign_in: SignIn) -> None:
    desk = sign_in()
    first = open_paper(desk, PAPER)
    desk.uncounted(lambda: desk.run("xzysdz"))
    second = desk.form()
    assert second is not first
    desk.press(KEY.Key_Tab, CTRL)
    assert desk.window.pages.current() is first
    desk.press(KEY.Key_Tab, CTRL)
    desk.within("switch between two documents and back", 2)


def test_a_report_is_queried_and_a_figure_explained(sign_in: SignIn) -> None:
    desk = sign_in()
    generated(desk.engine, PAPER)
    desk.run("zcljjck")
    page = desk.window.pages.current()
    assert isinstance(page, ReportPage)
    desk.press(KEY.Key_F5)
    wait_until(lambda: page._talk is None, "the report")
    desk.settle()
    desk.press(KEY.Key_F6)
    desk.press(KEY.Key_Return)
    desk.settle()
    assert page.panel.isVisible()
    desk.within("open a report and explain a figure", 12)
