"""Pages: groups side by side, windows of their own, last-used order, and the arrangement of the last login."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from bondesk.areas.codes.partner import Partner
from bondesk.areas.goods.part import Part
from bondesk.base.identity import Identity
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.layout import Layout
from bondesk.desktop.list_page import ListPage
from bondesk.desktop.login import SignedIn
from bondesk.desktop.main_window import MainWindow
from bondesk.desktop.page_restore import read
from bondesk.desktop.page_tabs import PageTabs
from bondesk.engine.engine import Engine

ALL = frozenset({("*", "*")})
SOME = frozenset({("part", "view")})


@pytest.fixture
def tabs(qtbot: QtBot) -> Iterator[PageTabs]:
    holder = QWidget()
    qtbot.addWidget(holder)
    made = PageTabs(holder)
    made.set_start(QWidget())
    holder.resize(900, 600)
    holder.show()
    yield made
    for window in list(made.windows):
        window.page = None
        window.close()


def open_three(tabs: PageTabs) -> list[QWidget]:
    for key in ("list.a", "list.b", "list.c"):
        tabs.open_page(key, key.upper(), QWidget)
    return list(tabs.pages())


def test_ctrl_tab_goes_back_in_the_order_of_use(tabs: PageTabs) -> None:
    first, second, third = open_three(tabs)
    tabs.bring(first)
    tabs.walk(1)
    assert tabs.current() is third
    tabs.walk(1)
    assert tabs.current() is second
    tabs._last.end_walk()
    tabs.walk(1)
    assert tabs.current() is third
    tabs.go_to(1)
    assert tabs.current() is first
    tabs.go_to(9)
    assert tabs.current() is first


def test_a_page_is_torn_off_and_put_back(tabs: PageTabs) -> None:
    first, second, _third = open_three(tabs)
    tabs.tear_off(first)
    assert tabs.place_of(first) == "window"
    assert [page.objectName() for page in tabs.pages()] == ["list.b", "list.c", "list.a"]
    first.setWindowTitle("第一页*")
    assert tabs.windows[0].windowTitle() == "第一页*"
    tabs.put_back(first)
    assert tabs.place_of(first) == "main"
    assert tabs.windows == []
    assert tabs.current() is first
    tabs.beside(second)
    assert (tabs.place_of(second), tabs.side.isVisibleTo(tabs)) == ("side", True)
    tabs.put_back(second)
    assert not tabs.side.isVisibleTo(tabs)


def test_the_second_group_takes_the_first_place_when_the_first_is_empty(tabs: PageTabs) -> None:
    first, second, third = open_three(tabs)
    tabs.beside(second)
    tabs.shut(first)
    tabs.shut(third)
    assert tabs.place_of(second) == "main"
    tabs.shut(second)
    assert tabs.current() is None
    assert tabs.currentIndex() == 0


def test_others_and_those_to_the_right_are_closed(tabs: PageTabs) -> None:
    first, second, _third = open_three(tabs)
    tabs.close_right(second)
    assert [page.objectName() for page in tabs.pages()] == ["list.a", "list.b"]
    tabs.close_others(first)
    assert list(tabs.pages()) == [first]


class Unsaved(QWidget):
    """A page that does not want to go."""

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        event.ignore()


def test_a_window_with_unsaved_work_stays(tabs: PageTabs) -> None:
    page = Unsaved()
    tabs.open_page("form.a.1", "a", lambda: page)
    tabs.tear_off(page)
    assert not tabs.windows[0].close()
    assert not tabs.close_all()
    assert tabs.page("form.a.1") is page


def test_a_page_that_goes_by_itself_takes_its_window_along(tabs: PageTabs, qtbot: QtBot) -> None:
    page = QWidget()
    tabs.open_page("form.a.1", "a", lambda: page)
    tabs.tear_off(page)
    page.close()
    qtbot.waitUntil(lambda: not tabs.windows, timeout=60_000)
    assert tabs.current() is None


def test_the_menu_of_a_tab_offers_what_can_be_done(tabs: PageTabs) -> None:
    from bondesk.desktop.page_menu import show_page_menu

    first = open_three(tabs)[0]
    menu: QMenu = show_page_menu(tabs, first, first.mapToGlobal(first.rect().center()))
    texts = [action.text() for action in menu.actions() if action.text()]
    assert texts == ["关闭", "关闭其他", "关闭右侧", "移到新窗口", "左右并排"]
    menu.close()


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"pages": [{"place": 1}]}', '{"pages": 3}'])
def test_a_damaged_arrangement_is_nothing(text: str) -> None:
    assert read(text) == ([], "", "")


@pytest.fixture
def open_window(engine: Engine, tmp_path: object, qtbot: QtBot) -> Iterator[Callable[..., MainWindow]]:
    layout = Layout(tmp_path / "layout.ini")  # type: ignore[operator]
    windows: list[MainWindow] = []
    crashes: list[Exception] = []

    def open_one(grants: frozenset[tuple[str, str]] = ALL, connection: str = "一厂") -> MainWindow:
        signed = SignedIn(engine, Identity(7, "zhang", "张三", grants), "晨光电子", connection)
        window = MainWindow(signed, layout, crashes.append)
        qtbot.addWidget(window)
        windows.append(window)
        window.show()
        return window

    yield open_one
    for window in windows:
        window.close()
    assert not crashes


def test_documents_come_back_where_they_stood(
    open_window: Callable[..., MainWindow], engine: Engine, fill: Callable[..., None], qtbot: QtBot
) -> None:
    fill(
        Part(id=11 + n, part_no=f"CAP-{n}", goods_kind="I", name="电容", erp_unit="PCS", hs_code="8532", dcl_unit="007")
        for n in range(3)
    )
    fill([Partner(id=21, code="C01", name="晨光")])
    window, catalogue = open_window(), engine.catalogue
    window.open_module("list.part")
    listed = window.pages.current()
    assert isinstance(listed, ListPage)
    listed.search.setText("CAP-2")
    for number in (11, 12):
        window.open_document(catalogue.document("part"), number)
    window.open_document(catalogue.document("partner"), 21)
    window.open_document(catalogue.document("part"), None)
    page = window.pages.page("form.part.12")
    assert page is not None
    window.pages.tear_off(page)
    beside = window.pages.page("form.partner.21")
    assert beside is not None
    window.pages.beside(beside)
    qtbot.waitUntil(lambda: window.lane.idle, timeout=60_000)
    window.close()
    with engine.store.session() as session:
        session.delete(session.get(Part, (1, 11)))
        session.commit()
    again = open_window()
    qtbot.waitUntil(lambda: again.pages.page("form.partner.21") is not None, timeout=60_000)
    found = {page.objectName(): again.pages.place_of(page) for page in again.pages.pages()}
    assert found == {"list.part": "main", "form.partner.21": "side", "form.part.12": "window"}
    recalled = again.pages.page("list.part")
    assert isinstance(recalled, ListPage)
    assert recalled.search.text() == "CAP-2"
    assert "1 个页面没有恢复" in again.line.message.text()
    assert "「料号档案」" in again.line.message.text()
    again.close()
    poorer = open_window(SOME)
    qtbot.waitUntil(lambda: poorer.pages.page("form.part.12") is not None, timeout=60_000)
    assert poorer.pages.page("form.partner.21") is None
    assert "「商业合作伙伴」" in poorer.line.message.text()
    poorer.close()
    elsewhere = open_window(connection="二厂")
    assert elsewhere.pages.current() is None


def test_a_saved_new_document_is_kept_under_its_id(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = open_window()
    partner = window.context.engine.catalogue.document("partner")
    partner_types = [code for entry in partner.head_fields if entry.key == "partner_type" for code, _ in entry.choices]
    window.open_document(partner, None)
    page = window.pages.current()
    assert isinstance(page, FormPage)
    qtbot.waitUntil(lambda: page._ready, timeout=60_000)
    for key, value in (("code", "C09"), ("name", "新伙伴"), ("partner_type", partner_types[0])):
        page.body.header.cells[key].editor.set_value(value)
        page.body.header.cells[key].editor.changed.emit()
    page.save()
    qtbot.waitUntil(lambda: page.body.base.id is not None, timeout=60_000)
    window._remember()
    kept = json.loads(window._mine.text("window/pages"))["pages"]
    assert [one["key"] for one in kept] == [f"form.partner.{page.body.base.id}"]
