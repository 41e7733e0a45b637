"""The main window: only what is granted, pages by key, layout kept under a version, back to the login."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from bondesk.areas.goods.part import Part
from bondesk.base.catalogue import Catalogue
from bondesk.base.identity import Identity
from bondesk.desktop.layout import LAYOUT_VERSION, Layout
from bondesk.desktop.list_page import ListPage
from bondesk.desktop.login import SignedIn
from bondesk.desktop.main_window import MainWindow
from bondesk.desktop.module_tree import modules
from bondesk.desktop.update_pages import PAGES
from bondesk.engine.engine import Engine

Grants = frozenset[tuple[str, str]]
ALL: Grants = frozenset({("*", "*")})
CLERK: Grants = frozenset({("part", "view"), ("part", "new"), ("partner", "view"), ("material_status", "view")})


@pytest.fixture
def open_window(engine: Engine, tmp_path: Path, qtbot: QtBot) -> Iterator[Callable[..., MainWindow]]:
    crashes: list[Exception] = []
    windows: list[MainWindow] = []

    def open_one(grants: Grants = ALL, over: Engine | None = None) -> MainWindow:
        signed = SignedIn(over or engine, Identity(7, "zhang", "张三", grants), "晨光电子", "一厂")
        window = MainWindow(signed, Layout(tmp_path / "layout.ini"), crashes.append)
        qtbot.addWidget(window)
        windows.append(window)
        window.show()
        return window

    yield open_one
    for window in windows:
        window.close()
    assert not crashes


def texts(window: MainWindow, menu: str) -> list[str]:
    found = window.findChild(QMenu, f"menu.{menu}")
    return [action.text() for action in found.actions()] if isinstance(found, QMenu) else []


def test_it_says_who_is_signed_in_where(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    assert window.windowTitle() == "保税台 — 晨光电子 — 张三"
    labels = [window.findChild(QLabel, name) for name in ("status_user", "status_connection")]
    assert [label.text() for label in labels if label] == ["用户：张三（zhang）", "数据连接：一厂"]


def test_what_is_not_granted_is_not_shown(open_window: Callable[..., MainWindow], engine: Engine) -> None:
    window = open_window(CLERK)
    report = engine.catalogue.report("material_status").title
    assert window.modules.titles() == ["料号档案", report, "商业合作伙伴"]
    assert texts(window, "单一窗口") == []
    titles = {entry.title for entry in window.palette_entries()}
    assert {"料号档案", "新增 料号档案", "商业合作伙伴", report} <= titles
    assert not titles & {"核注清单", "新增 商业合作伙伴", "账册", "接收回执"}
    window.open_module("list.bonded_note")
    assert window.pages.current() is None


def test_a_user_without_rights_is_told(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(frozenset())
    assert window.modules.titles() == []
    assert "联系系统管理员" in window.modules.nothing.text()
    assert window.modules.nothing.isVisible()


def test_who_may_send_anything_sees_the_single_window(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(frozenset({("bonded_note", "send"), ("bonded_note", "view")}))
    assert texts(window, "单一窗口") == [
        "生成报文",
        "发送待发报文",
        "接收回执",
        "单一窗口申报",
        "发件箱",
        "待认领回执",
        "客户端目录",
    ]


def test_every_granted_module_stands_in_its_area(engine: Engine) -> None:
    catalogue: Catalogue = engine.catalogue
    found = modules(catalogue, Identity(1, "a", "a", ALL))
    declared = (catalogue.documents, catalogue.reports, catalogue.matchings, PAGES)
    assert sum(len(leaves) for _, leaves in found) == sum(map(len, declared))
    assert [title for title, _ in found] == [*(area.title for area in catalogue.areas), "单一窗口"]


@pytest.mark.parametrize(
    ("typed", "titles"), [("料号", ["料号档案"]), ("gbgx", ["归并关系", "归并关系检查表"]), ("没有这个", [])]
)
def test_the_tree_is_narrowed_by_text_and_initials(
    open_window: Callable[..., MainWindow], typed: str, titles: list[str]
) -> None:
    window = open_window()
    window.modules.search.setText(typed)
    assert window.modules.titles() == titles


def test_a_module_opens_once_and_closes(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = open_window()
    for key in ("list.part", "list.partner", "list.part"):
        window.open_module(key)
    assert [page.objectName() for page in window.pages.pages()] == ["list.part", "list.partner"]
    current = window.pages.current()
    assert current is not None
    assert current.objectName() == "list.part"
    window.bound.run("desk.close_page")
    assert [page.objectName() for page in window.pages.pages()] == ["list.partner"]
    bar = window.pages.tabs.tabBar()
    QTest.mouseClick(bar, Qt.MouseButton.MiddleButton, pos=bar.tabRect(0).center())
    assert window.pages.current() is None
    assert not window.bound["desk.close_page"].isEnabled()


class Unsaved(QWidget):
    """A page that does not want to go until it is saved."""

    saved = False

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        event.setAccepted(self.saved)


def test_a_page_with_unsaved_work_keeps_the_window(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    page = Unsaved()
    window.context.open_page("form.part.1", "料号档案", lambda: page)
    window.open_module("list.part")
    asked: list[str] = []
    window.relogin.connect(lambda: asked.append("relogin"))
    window.ask_relogin()
    assert window.isVisible()
    assert window.pages.current() is page
    assert asked == []
    page.saved = True


def test_a_tab_follows_the_title_of_its_page(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    page = QWidget()
    window.context.open_page("form.part.1", "料号档案", lambda: page)
    page.setWindowTitle("料号档案 CAP-1 *")
    assert window.pages.tabs.tabText(0) == "料号档案 CAP-1 *"


def test_lists_read_again_when_documents_changed(
    open_window: Callable[..., MainWindow], fill: Callable[..., None], qtbot: QtBot
) -> None:
    window = open_window()
    window.open_module("list.part")
    page = window.pages.current()
    assert isinstance(page, ListPage)
    qtbot.waitUntil(lambda: not page.view.notice.text.text().startswith("正在"))
    fill([Part(part_no="CAP-1", goods_kind="I", name="电容", erp_unit="PCS", hs_code="8532241000", dcl_unit="007")])
    window.context.changed("part")
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)


def test_the_layout_comes_back(open_window: Callable[..., MainWindow], tmp_path: Path) -> None:
    window = open_window()
    window.open_module("list.part")
    window.open_module("list.partner")
    window.dock.hide()
    window.close()
    again = open_window()
    assert [page.objectName() for page in again.pages.pages()] == ["list.part", "list.partner"]
    assert not again.dock.isVisible()
    again.close()
    file = tmp_path / "layout.ini"
    file.write_text(
        file.read_text(encoding="utf-8").replace(f"version={LAYOUT_VERSION}", "version=0"), encoding="utf-8"
    )
    fresh = open_window()
    assert fresh.pages.current() is None
    assert fresh.dock.isVisible()


def test_going_back_to_the_login_closes_everything(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = open_window()
    window.open_module("list.part")
    with qtbot.waitSignal(window.relogin), qtbot.assertNotEmitted(window.left):
        window.bound.run("desk.relogin")
    assert not window.isVisible()


def test_an_exchange_without_a_client_folder_says_so(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    from bondesk.desktop.findings_view import FindingsDialog

    window = open_window()
    window.bound.run("gateway.receive")
    qtbot.waitUntil(lambda: window.findChild(FindingsDialog) is not None)
    dialog = window.findChild(FindingsDialog)
    assert isinstance(dialog, FindingsDialog)
    assert dialog.windowTitle() == "接收回执"
    assert len(dialog.view.model.findings) == 1
    assert window.single_window.why_not() == ""


def test_a_window_of_practice_cannot_be_mistaken(engine: Engine, open_window: Callable[..., MainWindow]) -> None:
    """Title, bar, word over everything; the real window has none of it, and offers the way in."""
    window = open_window(over=replace(engine, training=True))
    window.resize(900, 600)
    assert window.windowTitle().startswith("【练习】")
    strip, mark = window.findChild(QWidget, "training_strip"), window.findChild(QWidget, "training_watermark")
    assert strip is not None
    assert strip.isVisible()
    assert mark is not None
    assert mark.size() == window.session.size()
    assert mark.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    assert "练习模式" not in texts(window, "系统")
    back = window.findChild(QPushButton, "training_back")
    assert back is not None
    back.click()
    assert not window.isVisible()
    assert open_window().findChild(QWidget, "training_strip") is None


def test_practice_is_prepared_once_and_opened(
    engine: Engine, open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    done: list[str] = []

    class Room:
        def prepared(self) -> bool:
            return "prepared" in done

        def prepare(self, tell: Callable[[str], None]) -> None:
            tell("1 建立演示企业")
            done.append("prepared")

        def open(self) -> None:
            done.append("opened")

    window = open_window(over=replace(engine, practice=Room()))
    order = window.commands["desk.training"]
    for _times in range(2):
        order.run()
        assert order.why_not() == "正在准备练习数据…"
        qtbot.waitUntil(lambda: order.why_not() == "", timeout=20_000)
    assert done == ["prepared", "opened", "opened"]


def test_the_window_works_on_while_practice_is_prepared(
    engine: Engine, open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    """The company to practise with takes a minute: lists open meanwhile, and the window closes at once."""
    gate = threading.Event()

    class Room:
        def prepared(self) -> bool:
            return False

        def prepare(self, _tell: Callable[[str], None]) -> None:
            gate.wait(20)

        def open(self) -> None:
            """Open nothing."""

    window = open_window(over=replace(engine, practice=Room()))
    qtbot.waitUntil(lambda: window.lane.idle)
    window.commands["desk.training"].run()
    answers: list[int] = []
    window.lane.run(lambda: 1, answers.append)
    qtbot.waitUntil(lambda: answers == [1], timeout=3_000)
    window.close()
    assert not gate.is_set()
    gate.set()
