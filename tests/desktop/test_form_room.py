"""How a form divides a small screen: the head on one screen, four lines in sight, the state never pushed out."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from PySide6.QtWidgets import QApplication, QToolBar, QToolButton
from pytestqt.qtbot import QtBot

from bondesk.areas.index import CATALOGUE
from bondesk.desktop import style
from bondesk.desktop.command_bar import CommandBar
from bondesk.desktop.form_page import FormPage

#: What 1280×800 leaves beside the modules, and below menus, tabs and buttons.
_WIDTH, _HEIGHT = 1057, 678
Open = Callable[[str], FormPage]


@pytest.fixture
def open_new(desk: Any, qtbot: QtBot) -> Open:
    """Open a blank form of the size a 1280×800 screen leaves it."""

    def open_one(key: str) -> FormPage:
        page = FormPage(desk.context, CATALOGUE.document(key), None)
        qtbot.addWidget(page, before_close_func=lambda page: setattr(page, "_closing", True))
        page.resize(_WIDTH, _HEIGHT)
        page.show()
        qtbot.waitUntil(lambda: desk.context.lane.idle and (page.body.isEnabled() or page.document.single))
        page.body.findings.forget()
        page.body.fit()
        qtbot.wait(30)
        return page

    return open_one


@pytest.fixture
def large_font(qtbot: QtBot) -> Iterator[None]:
    """14 pt for one test."""
    app = cast(QApplication, QApplication.instance())
    style.apply_style(app, points=14)
    yield
    style.apply_style(app)


@pytest.mark.parametrize("key", [one.key for one in CATALOGUE.documents if not one.flow.closed])
def test_all_head_fields_fit_one_screen(open_new: Open, key: str) -> None:
    body = open_new(key).body
    room = body.height() - body.strip.minimumSizeHint().height()
    fits = body.header.sizeHint().height() <= (body.scroller.viewport().height() if body.rows else room)
    assert fits, (body.header.sizeHint().height(), body.height())


@pytest.mark.usefixtures("large_font")
@pytest.mark.parametrize("key", ["bonded_note", "source_document", "bom", "export_layout"])
def test_four_lines_stay_in_sight_with_a_large_font(open_new: Open, key: str) -> None:
    page = open_new(key)
    view = next(iter(page.body.grids.values())).view
    assert view.viewport().height() >= 4 * view.verticalHeader().defaultSectionSize()
    assert page.body.scroller.viewport().height() >= style.ROW_HEIGHT


def test_no_button_and_no_state_is_pushed_out(open_new: Open, qtbot: QtBot) -> None:
    """The longest row of buttons, in the narrowest window: keys go to the tooltips, rare commands lie under 更多."""
    page = open_new("bonded_note")
    bar = page.findChild(QToolBar, "form_toolbar")
    assert bar is not None
    qtbot.waitUntil(lambda: bar.sizeHint().width() <= bar.width())
    page.resize(820, _HEIGHT)
    qtbot.waitUntil(lambda: page.bound["form.save"].iconText() == "保存")
    assert "Ctrl+S" in page.bound["form.save"].toolTip()
    assert bar.sizeHint().width() <= bar.width()
    place = page.badge.mapTo(page, page.badge.rect().topRight())
    assert page.badge.isVisible()
    assert place.x() < page.width() - style.GAP
    more = page.findChild(QToolButton, "form_toolbar_more")
    assert more is not None
    assert [action.text() for action in more.menu().actions()] == ["套用模板…", "存为模板…"]
    page.resize(1600, _HEIGHT)
    qtbot.waitUntil(lambda: page.bound["form.save"].iconText() == "保存 Ctrl+S")


def test_a_narrow_row_of_buttons_comes_to_rest(open_new: Open, qtbot: QtBot) -> None:
    """Keys are taken off the buttons once, not over and over: writing on a button is no reason to look again."""
    page = open_new("bonded_note")
    page.resize(820, _HEIGHT)
    qtbot.waitUntil(lambda: page.bound["form.save"].iconText() == "保存")
    bar = page.findChild(CommandBar)
    assert isinstance(bar, CommandBar)
    qtbot.wait(50)
    fitted: list[bool] = []
    bar._settle.timeout.connect(lambda: fitted.append(True))
    qtbot.wait(200)
    assert not fitted
    page.bound["form.copy"].setVisible(False)
    qtbot.waitUntil(lambda: len(fitted) == 1)
    visible = [action for action in bar.bar.actions() if action.isVisible()]
    assert not any(one.isSeparator() and two.isSeparator() for one, two in itertools.pairwise(visible))
    qtbot.wait(100)
    assert len(fitted) == 1


@pytest.mark.parametrize("key", ["bonded_note", "declaration", "part"])
def test_buttons_are_as_wide_as_what_they_say(open_new: Open, qtbot: QtBot, key: str) -> None:
    """Where the keys were taken off the room they took is free, and nothing is left out at the end of the row."""
    page = open_new(key)
    bar = page.findChild(QToolBar, "form_toolbar")
    assert bar is not None

    def widths() -> list[tuple[int, int]]:
        buttons = [bar.widgetForAction(one) for one in bar.actions() if one.isVisible() and not one.isSeparator()]
        return [(one.width() if one.isVisible() else 0, one.sizeHint().width()) for one in buttons]

    for width in (1700, 820, _WIDTH, 700):
        page.hide()
        page.resize(width, _HEIGHT)
        page.show()
        qtbot.wait(60)
        shown = widths()
        if bar.sizeHint().width() <= bar.width():
            qtbot.waitUntil(lambda: all(here == wanted for here, wanted in widths()))
        assert len(shown) > 8
