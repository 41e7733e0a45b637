"""The window around the pages: favourites, start page, search in the palette, looks, keys without clashes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QColor, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QTableView, QWidget
from pytestqt.qtbot import QtBot

from bondesk.areas.codes.customs_code import CustomsCode
from bondesk.areas.codes.partner import Partner
from bondesk.areas.goods.part import Part
from bondesk.base.identity import Identity
from bondesk.desktop import looks, style
from bondesk.desktop.code_lookup import known_codes
from bondesk.desktop.command_palette import CommandPalette
from bondesk.desktop.key_list import KeyList
from bondesk.desktop.layout import Layout
from bondesk.desktop.list_page import ListPage
from bondesk.desktop.login import SignedIn
from bondesk.desktop.main_window import MainWindow
from bondesk.desktop.recent_codes import RECENT_CODES
from bondesk.engine.engine import Engine
from bondesk.engine.preferences import preference

ALL = frozenset({("*", "*")})
DESKTOP = Path(__file__).resolve().parents[2] / "src" / "bondesk" / "desktop"


@pytest.fixture
def open_window(engine: Engine, tmp_path: Path, qtbot: QtBot) -> Iterator[Callable[..., MainWindow]]:
    crashes: list[Exception] = []
    windows: list[MainWindow] = []

    def open_one(grants: frozenset[tuple[str, str]] = ALL) -> MainWindow:
        signed = SignedIn(engine, Identity(7, "zhang", "张三", grants), "晨光电子", "一厂")
        window = MainWindow(signed, Layout(tmp_path / "layout.ini"), crashes.append)
        qtbot.addWidget(window)
        windows.append(window)
        window.show()
        qtbot.waitUntil(lambda: window.lane.idle, timeout=60_000)
        return window

    yield open_one
    for window in windows:
        window.close()
    looks.apply_look(_app(), Layout(tmp_path / "none.ini"))
    assert not crashes


def _app() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app


def part(number: str) -> Part:
    return Part(part_no=number, goods_kind="I", name="电容", erp_unit="PCS", hs_code="8532241000", dcl_unit="007")


def section(window: MainWindow, title: str) -> list[str]:
    """Return the titles under a section on top of the module tree."""
    for item in window.modules._sections:
        if item.text(0) == title:
            return [item.child(row).text(0) for row in range(item.childCount())]
    return []


def test_favourites_are_chosen_ordered_and_kept(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = open_window()
    tree = window.modules.tree
    for leaf in window.modules.shown()[:2]:
        tree.setCurrentItem(leaf)
        window.modules.bound.run("module.favourite")
    assert section(window, "常用功能") == ["★ 原始单证", "★ 核注清单"]
    tree.setCurrentItem(window.modules._sections[0].child(1))
    tree.setFocus()
    QTest.keyClick(tree, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert section(window, "常用功能") == ["★ 核注清单", "★ 原始单证"]
    window.open_module("list.part")
    assert section(window, "最近使用") == ["料号档案"]
    qtbot.waitUntil(lambda: window.lane.idle, timeout=60_000)
    window.close()
    again = open_window()
    qtbot.waitUntil(lambda: section(again, "常用功能") == ["★ 核注清单", "★ 原始单证"], timeout=60_000)
    assert section(again, "最近使用") == ["料号档案"]
    poorer = open_window(frozenset({("source_document", "view")}))
    qtbot.waitUntil(lambda: section(poorer, "常用功能") == ["★ 原始单证"], timeout=60_000)
    assert section(poorer, "最近使用") == []


def test_the_start_page_says_what_waits_and_opens_it(
    open_window: Callable[..., MainWindow], engine: Engine, fill: Callable[..., None], qtbot: QtBot
) -> None:
    note = engine.catalogue.document("bonded_note").header
    fill(note(internal_no=f"N{n}", state=state) for n, state in enumerate(["DRAFT", "DRAFT", "REJECTED", "APPROVED"]))
    fill([Partner(id=21, code="C01", name="晨光")])
    window = open_window()
    qtbot.waitUntil(lambda: bool(window.start.tiles), timeout=60_000)
    names = [tile.accessibleName() for tile in window.start.tiles]
    assert names == ["核注清单 暂存草稿 2 张", "核注清单 退单 1 张"]
    window.open_document(engine.catalogue.document("partner"), 21)
    window.pages.close_all()
    found = "start.document.partner.21"
    qtbot.waitUntil(lambda: window.start.findChild(QPushButton, found) is not None, timeout=60_000)
    link = window.start.findChild(QPushButton, found)
    assert isinstance(link, QPushButton)
    assert link.text() == "商业合作伙伴  C01"
    window.start.tiles[0].click()
    page = window.pages.current()
    assert page is not None
    assert page.objectName() == "list.bonded_note"
    assert isinstance(page, ListPage)
    assert [(one.key, one.value) for one in page.query().conditions] == [("state", ("DRAFT",))]
    qtbot.waitUntil(lambda: page.model.rowCount() == 2, timeout=60_000)


def test_an_empty_desk_says_that_nothing_waits(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = open_window()
    qtbot.waitUntil(lambda: window.start.all_done.text() == "没有待处理的单据", timeout=60_000)
    assert window.start.isVisible()
    assert window.start.all_done.isVisible()


def palette_of(window: MainWindow) -> CommandPalette:
    window.show_palette()
    found = [one for one in window.findChildren(CommandPalette) if one.isVisible()]
    assert found
    return found[-1]


def titles(palette: CommandPalette) -> list[str]:
    return [f"{entry.kind} {entry.title}" for entry in palette._shown]


def test_the_palette_finds_documents_and_opens_them(
    open_window: Callable[..., MainWindow], fill: Callable[..., None], qtbot: QtBot
) -> None:
    fill([part("ZQ-77"), part("ZQ-78"), Partner(code="ZQ-P", name="中企")])
    window = open_window()
    palette = palette_of(window)
    palette.line.setText("ZQ-7")
    qtbot.waitUntil(lambda: len(palette._found) == 2, timeout=60_000)
    assert titles(palette) == ["料号档案 ZQ-78  电容", "料号档案 ZQ-77  电容"]
    palette.line.setText("ZQ-P")
    assert palette._found == [], "hits of an older text are gone at once"
    qtbot.waitUntil(lambda: bool(palette._found), timeout=60_000)
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    page = window.pages.current()
    assert page is not None
    assert page.objectName().startswith("form.partner.")
    qtbot.waitUntil(lambda: window.lane.idle, timeout=60_000)


def test_the_palette_shows_nothing_that_is_not_granted(
    open_window: Callable[..., MainWindow], fill: Callable[..., None], qtbot: QtBot
) -> None:
    fill([part("ZQ-77"), Partner(code="ZQ-P", name="中企")])
    window = open_window(frozenset({("partner", "view")}))
    palette = palette_of(window)
    palette.line.setText("ZQ-")
    qtbot.waitUntil(lambda: bool(palette._found), timeout=60_000)
    qtbot.waitUntil(lambda: window.lane.idle, timeout=60_000)
    assert titles(palette) == ["商业合作伙伴 ZQ-P  中企"]
    palette.close()


@pytest.mark.parametrize("granted", ["partner", "part", "material_status"])
def test_whoever_may_see_one_thing_finds_no_other_in_the_palette(
    open_window: Callable[..., MainWindow], engine: Engine, qtbot: QtBot, granted: str
) -> None:
    """Modules, new documents, wizards, reports, what was used lately: none of another document, none to act on one."""
    rich = open_window()
    for key in ("list.partner", "list.part", "list.bonded_note", "report.item_ledger"):
        rich.open_module(key)
    qtbot.waitUntil(lambda: rich.lane.idle, timeout=60_000)
    rich.close()
    window = open_window(frozenset({(granted, "view")}))
    window.open_module(f"{'report' if granted == 'material_status' else 'list'}.{granted}")
    catalogue = engine.catalogue
    shown = {entry.title for entry in window.palette_entries() if entry.kind != "系统"}
    mine = {one.title for one in (*catalogue.documents, *catalogue.reports) if one.key == granted}
    others = {one.title for one in (*catalogue.documents, *catalogue.reports, *catalogue.scripts)} - mine
    assert shown & mine
    assert not shown & others
    assert not any(title.startswith("新增") for title in shown)
    assert {"导入…", "删除", "新增"}.isdisjoint(shown)
    page = window.pages.current()
    for key in ("list.bonded_note", "report.item_ledger"):
        window.open_module(key)
        assert window.pages.current() is page, f"{key} was opened by its key"
    window.close()


def test_codes_taken_lately_follow_the_user(
    open_window: Callable[..., MainWindow], engine: Engine, qtbot: QtBot
) -> None:
    window = open_window()
    known = known_codes(window.context)
    for code in ("USD", "EUR", "USD"):
        known.used("currency", code)
    window.close()
    again = open_window()
    later = known_codes(again.context)
    assert later is not known
    qtbot.waitUntil(lambda: later.recent.get("currency") == ["USD", "EUR"], timeout=60_000)
    later.used("currency", "JPY")
    later.remember({"currency": ["CNY", "JPY"], "unit": ["007"]})
    assert later.recent == {"currency": ["JPY", "USD", "EUR", "CNY"], "unit": ["007"]}
    with engine.acting(Identity(8, "li", "李四", ALL)) as act:
        assert preference(act, RECENT_CODES) is None
    with engine.acting(Identity(7, "zhang", "张三", ALL)) as act:
        assert preference(act, RECENT_CODES) == {"currency": ["USD", "EUR"]}


def test_a_code_is_copied_and_its_row_opened(
    open_window: Callable[..., MainWindow], fill: Callable[..., None], qtbot: QtBot
) -> None:
    from datetime import date

    fill([CustomsCode(table_name="unit", code="035", name="千克", valid_from=date(2020, 1, 1), details={})])
    window = open_window()
    qtbot.waitUntil(lambda: window.context.codes.name("unit", "035") == "千克", timeout=60_000)
    palette = palette_of(window)
    palette.line.setText("千克")
    qtbot.waitUntil(lambda: bool(palette._found), timeout=60_000)
    assert titles(palette) == ["代码 计量单位 035  千克"]
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert QApplication.clipboard().text() == "035"
    qtbot.waitUntil(lambda: window.pages.current() is not None, timeout=60_000)
    page = window.pages.current()
    assert page is not None
    assert page.objectName().startswith("form.customs_code.")
    qtbot.waitUntil(lambda: window.lane.idle, timeout=60_000)


def test_modules_used_last_come_first(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    for key in ("list.partner", "report.item_ledger"):
        window.open_module(key)
    entries = window.palette_entries()
    assert [(entry.title, entry.kind) for entry in entries[:2]] == [
        ("料件明细账", "最近使用"),
        ("商业合作伙伴", "最近使用"),
    ]
    assert [entry.title for entry in entries].count("商业合作伙伴") == 1
    assert ("生成核注清单", "向导") in [(entry.title, entry.kind) for entry in entries]


def colour_at(widget: QWidget, place: QPoint) -> QColor:
    return widget.grab().toImage().pixelColor(place)


def test_the_look_changes_at_once_and_is_kept(open_window: Callable[..., MainWindow], tmp_path: Path) -> None:
    window = open_window()
    window.open_module("list.part")
    action = window.findChild(QAction, "look.dark")
    assert isinstance(action, QAction)
    action.trigger()
    assert style.scheme() is style.DARK
    assert colour_at(window, QPoint(window.width() // 2, window.height() - 40)).lightness() < 80
    assert looks.chosen_scheme(Layout(tmp_path / "layout.ini")) == "dark"
    light = window.findChild(QAction, "look.light")
    assert isinstance(light, QAction)
    light.trigger()
    assert colour_at(window, QPoint(window.width() // 2, window.height() - 40)).lightness() > 180


def test_rows_and_columns_follow_the_font(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    window.open_module("list.part")
    table = window.findChild(QTableView, "list_table")
    assert isinstance(table, QTableView)
    height, width = table.verticalHeader().defaultSectionSize(), table.columnWidth(0)
    for _ in range(4):
        window.bound.run("font.larger")
    assert style.points() == 14
    assert table.verticalHeader().defaultSectionSize() == height * 14 // 10
    assert abs(table.columnWidth(0) - width * 14 // 10) <= 4
    for _ in range(9):
        window.bound.run("font.larger")
    assert style.points() == style.MOST_POINTS
    window.bound.run("font.usual")
    assert table.verticalHeader().defaultSectionSize() == height


def test_only_the_style_names_colours() -> None:
    """A stylesheet of a widget's own would keep the colours of the look it was made under."""
    guilty = [path.name for path in DESKTOP.glob("*.py") if "setStyleSheet(" in path.read_text(encoding="utf-8")]
    assert guilty == ["style.py"]


def _keys(widget: QWidget) -> dict[str, str]:
    """Return key → order of everything under ``widget`` that acts by a shortcut."""
    found: dict[str, str] = {}
    for action in widget.findChildren(QAction):
        for keys in action.shortcuts():
            if action.objectName().startswith("command."):
                found[keys.toString()] = action.objectName()
    for shortcut in widget.findChildren(QShortcut):
        found[shortcut.key().toString()] = shortcut.objectName()
    return found


def test_no_key_means_two_things(open_window: Callable[..., MainWindow], engine: Engine, qtbot: QtBot) -> None:
    """Window and page act at the same time: a key of both would do neither."""
    window = open_window()
    own = {keys: name for keys, name in ((command.shortcut, command.id) for command in window.commands) if keys}
    own = {QKeySequence(keys).toString(): name for keys, name in own.items()}
    for key in ("bonded_note", "account", "part", "user_group"):  # every kind of form, flow, script and line table
        document = engine.catalogue.document(key)
        window.open_module(f"list.{key}")
        window.open_document(document, None)
    for report in engine.catalogue.reports:
        window.open_module(f"report.{report.key}")
    qtbot.waitUntil(lambda: window.lane.idle, timeout=20_000)
    for page in window.pages.pages():
        clashes = set(own) & set(_keys(page))
        assert not clashes, (page.objectName(), clashes)
    assert not set(own) & set(_keys(window.modules))
    for page in list(window.pages.pages()):
        setattr(page, "_closing", True)  # noqa: B010 - a page of another kind has no such mark


def test_the_list_of_keys_is_read_off_the_registries(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = open_window()
    window.bound.run("help.keys")
    dialog = window.findChild(KeyList)
    assert isinstance(dialog, KeyList)
    found = {item.text(0): item.text(1) for _, items in dialog._rows for item in items}
    assert found["查找功能"] == "Ctrl+K"
    assert found["保存"] == "Ctrl+S"
    assert found["新增"] == "Ctrl+N"
    assert found["删除行"]
    search = dialog.findChild(QLineEdit, "key_search")
    assert isinstance(search, QLineEdit)
    search.setText("ctrl+s")
    shown = [item.text(0) for section, items in dialog._rows for item in items if not item.isHidden()]
    assert "保存" in shown
    assert "查找功能" not in shown
    qtbot.waitUntil(lambda: window.lane.idle, timeout=60_000)
    dialog.close()
