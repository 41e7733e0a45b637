"""A head with more than a screen of fields stands on tabs: Enter turns them, findings open them, tabs count errors."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabWidget
from pytestqt.qtbot import QtBot

from bondesk.areas.index import CATALOGUE
from bondesk.base.findings import error
from bondesk.desktop.form_page import FormPage


@pytest.fixture
def page(desk: Any, qtbot: QtBot) -> FormPage:
    form = FormPage(desk.context, CATALOGUE.document("declaration"), None)
    qtbot.addWidget(form, before_close_func=lambda form: setattr(form, "_closing", True))
    form.resize(1057, 678)
    form.show()
    qtbot.waitUntil(lambda: desk.context.lane.idle and form.body.isEnabled())
    form.body.findings.forget()
    return form


def tabs_of(page: FormPage) -> QTabWidget:
    tabs = page.findChild(QTabWidget, "head_tabs")
    assert tabs is not None
    return tabs


def test_every_field_is_on_one_tab(page: FormPage) -> None:
    tabs, header = tabs_of(page), page.body.header
    assert [tabs.tabText(place).partition("(")[0] for place in range(tabs.count())] == [
        "表头",
        "单位与确认",
        "报检信息",
        "海关回执",
    ]
    on_pages = [key for one in header.pages.values() for key in one.cells]
    assert sorted(on_pages) == sorted(header.cells)
    assert sorted(on_pages) == sorted(entry.key for entry in page.document.head_fields)


def test_enter_in_the_last_box_turns_to_the_next_tab(page: FormPage) -> None:
    tabs, header = tabs_of(page), page.body.header
    last = [cell for cell in header.pages[""].cells.values() if cell.editor.editable][-1]
    header.reveal(last.editor.entry.key)
    QTest.keyClick(last.editor.box, Qt.Key.Key_Return)
    assert tabs.currentIndex() == 1
    first = next(cell for cell in header.pages["单位与确认"].cells.values() if cell.editor.editable)
    assert QApplication.focusWidget() is first.editor.box


def test_a_finding_opens_its_tab_and_is_counted_on_it(page: FormPage) -> None:
    tabs = tabs_of(page)
    found = error("DEC-10", "特种业务标识应为 7 位", "special_business")
    page.body.findings.show([found], loud=True)
    assert tabs.tabText(2).endswith("错误 1")
    page.body.findings.go_to(found)
    assert tabs.currentIndex() == 2
    assert QApplication.focusWidget() is page.body.header.cells["special_business"].editor.box
    page.body.findings.show([], loud=True)
    assert "错误" not in tabs.tabText(2)


def test_undo_shows_what_it_takes_back(page: FormPage) -> None:
    tabs, header = tabs_of(page), page.body.header
    header.reveal("lading_no")
    QTest.keyClicks(header.cells["lading_no"].editor.box, "HB12")
    page.body.commit()
    header.focus_first()
    assert tabs.currentIndex() == 0
    page.body.undo()
    assert tabs.currentIndex() == 2
    assert page.body.head["lading_no"] in (None, "")
