"""From the search box into the rows and back, and the keys of the flow, by real keys in the real window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from bondesk.desktop.commands import MOVE_KEYS
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.list_page import ListPage
from builders.clerk import wait_until
from builders.everyday import PAPER, Desk, SignIn
from builders.keys import CTRL, KEY


@pytest.fixture
def desk(sign_in: SignIn) -> Desk:
    """A clerk before the list of source documents."""
    desk = sign_in()
    desk.window.open_module("list.source_document")
    desk.settle()
    return desk


@pytest.mark.parametrize("key", [KEY.Key_Return, KEY.Key_Down])
def test_a_key_of_the_search_box_leads_to_the_first_row_found(desk: Desk, key: Qt.Key) -> None:
    page = desk.list()
    desk.press(KEY.Key_F, CTRL)
    desk.type(PAPER)
    desk.press(key)  # before the pause after typing is over
    wait_until(page.view.hasFocus, "the rows")
    desk.settle()
    assert page.model.rowCount() == 1
    assert page.selection.size == 1
    desk.press(KEY.Key_Return)
    assert desk.form().number() == PAPER


def test_the_search_box_takes_the_cursor_back_with_its_text_marked(desk: Desk) -> None:
    page = desk.list()
    desk.press(KEY.Key_F, CTRL)
    desk.type(PAPER)
    desk.press(KEY.Key_Return)
    wait_until(page.view.hasFocus, "the rows")
    desk.press(KEY.Key_F, CTRL)
    assert page.head.search.hasFocus()
    assert page.head.search.selectedText() == PAPER
    desk.type("E")
    assert page.head.search.text() == "E"


def test_a_search_that_finds_nothing_keeps_the_cursor(desk: Desk) -> None:
    page = desk.list()
    desk.press(KEY.Key_F, CTRL)
    desk.type("ZZZZZZ")
    desk.press(KEY.Key_Return)
    desk.settle()
    assert page.model.rowCount() == 0
    assert page.head.search.hasFocus()


def test_down_marks_the_only_row(desk: Desk) -> None:
    page = desk.list()
    desk.find(PAPER)
    page.view.setFocus()
    assert page.selection.size == 0
    desk.press(KEY.Key_Down)
    assert page.selection.size == 1


def test_down_marks_the_first_row_of_many(desk: Desk) -> None:
    page = desk.list()
    page.view.setFocus()
    desk.press(KEY.Key_Down)
    assert [part.start for part in page.view.selected_rows()] == [0]
    desk.press(KEY.Key_Down)
    assert [part.start for part in page.view.selected_rows()] == [1]


def test_audit_and_send_have_keys_that_nothing_else_has(desk: Desk) -> None:
    window = {one.shortcut for one in desk.window.commands if one.shortcut}
    assert len(set(MOVE_KEYS.values())) == len(MOVE_KEYS)
    assert not window & set(MOVE_KEYS.values())
    for document in desk.engine.catalogue.documents:
        if not document.flow.moves or not desk.window.context.identity.may(document.key, "view"):
            continue
        lists = ListPage(desk.window.context, document)
        form = FormPage(desk.window.context, document, None)
        for page, prefix in ((lists, "list"), (form, "form")):
            taken = {one.shortcut: one.id for one in page.commands if one.shortcut}
            for key, shortcut in MOVE_KEYS.items():
                assert taken.get(shortcut, f"{prefix}.move.{key}") == f"{prefix}.move.{key}"
        for grid in form.body.grids.values():
            assert not {one.shortcut for one in grid.commands} & set(MOVE_KEYS.values())
        desk.settle()
        lists.deleteLater()
        form.deleteLater()
    audit = ListPage(desk.window.context, desk.engine.catalogue.document("bonded_note"))
    shown = {action.iconText() for _, actions in audit.bound.grouped() for action in actions}
    assert any(text.endswith("F10") for text in shown)
    desk.settle()
    audit.deleteLater()
