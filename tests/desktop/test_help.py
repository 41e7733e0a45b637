"""Help: a page for everything declared, links that lead somewhere, F1 that opens the right one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bondesk.areas.index import CATALOGUE
from bondesk.base.identity import Identity
from bondesk.desktop.help_dock import HELP, HelpPanel
from bondesk.desktop.help_pages import OWN_PAGES, HelpPages, declared_keys
from bondesk.desktop.layout import Layout
from bondesk.desktop.login import SignedIn
from bondesk.desktop.main_window import MainWindow
from bondesk.desktop.script_dialog import ScriptDialog
from bondesk.engine.engine import Engine

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "help"
SOURCE = Path(__file__).resolve().parents[2] / "src" / "bondesk"
LINK = re.compile(r"\]\(([^)]+)\)")
CODE = re.compile(r"\b[A-Z]{3,6}-\d\d\b")
PAGES = sorted(FOLDER.glob("*.md"))


def pages() -> HelpPages:
    return HelpPages(FOLDER, CATALOGUE)


def test_everything_declared_has_a_page_and_every_page_an_owner() -> None:
    wanted = {*declared_keys(CATALOGUE), *OWN_PAGES}
    present = {path.stem for path in PAGES}
    assert sorted(wanted - present) == [], "write resources/help/<key>.md"
    assert sorted(present - wanted) == [], "pages of nothing declared"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_is_worth_opening(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    titles = {d.key: d.title for d in CATALOGUE.documents}
    titles |= {r.key: r.title for r in CATALOGUE.reports} | {s.key: s.title for s in CATALOGUE.scripts}
    if path.stem in titles:
        assert text.startswith(f"# {titles[path.stem]}\n"), "the title is the declared one"
        assert 20 <= text.count("\n") <= 60
        assert CODE.search(text), "which findings it shows"
    assert [target for target in LINK.findall(text) if not (FOLDER / target).is_file()] == []


def test_no_page_explains_a_code_the_program_does_not_have() -> None:
    known = set()
    for path in SOURCE.rglob("*.py"):
        known |= set(CODE.findall(path.read_text(encoding="utf-8")))
    unknown = {(path.stem, code) for path in PAGES for code in CODE.findall(path.read_text(encoding="utf-8"))}
    assert sorted(one for one in unknown if one[1] not in known) == []


def test_the_declaration_adds_its_fields() -> None:
    text = pages().markdown("part")
    assert "| 料号 | 必填" in text
    assert "## 选项" in pages().markdown("generate_notes")
    assert "[料号档案](part.md)" in pages().markdown("index")
    assert "没有找到帮助" in pages().markdown("attic")
    assert "没有这一页" in HelpPages(None, CATALOGUE).markdown("index")


def test_pages_are_searched_title_first() -> None:
    found = pages().search("归并关系")
    assert found[0][0].key == "consolidation_map"
    assert "bonded_note" in {topic.key for topic, _ in pages().search("NOTE-13")}
    assert all("note-13" in excerpt.lower() for _, excerpt in pages().search("NOTE-13"))
    assert pages().search("没有这个词吧") == []
    assert pages().search("  ") == []


def test_links_lead_on_and_back(qtbot: QtBot) -> None:
    panel = HelpPanel(pages())
    qtbot.addWidget(panel)
    panel.show_page("part")
    panel.text.anchorClicked.emit(QUrl("consolidation_map.md"))
    assert panel.text.toPlainText().startswith("归并关系")
    panel.search.setText("NOTE-13")
    assert "核注清单" in panel.text.toPlainText()
    panel.search.clear()
    assert panel.text.toPlainText().startswith("归并关系")
    panel.go_back()
    assert panel.text.toPlainText().startswith("料号档案")
    panel.go_back()
    assert panel.key == "index"
    assert not panel.back.isEnabled()


@pytest.fixture
def window(engine: Engine, tmp_path: Path, qtbot: QtBot) -> Iterator[MainWindow]:
    signed = SignedIn(engine, Identity(7, "zhang", "张三", frozenset({("*", "*")})), "晨光电子", "一厂")
    made = MainWindow(signed, Layout(tmp_path / "layout.ini"), lambda _problem: None, FOLDER)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("module", "key"), [("list.part", "part"), ("report.item_ledger", "item_ledger"), ("", "index")]
)
def test_f1_opens_the_page_of_what_is_in_front(window: MainWindow, module: str, key: str) -> None:
    if module:
        window.open_module(module)
    window.bound.run("help.page")
    assert window.help_dock.isVisible()
    assert window.help_panel is not None
    assert window.help_panel.key == key


def test_f1_opens_help_over_a_dialog(desk: Any, qtbot: QtBot) -> None:
    desk.context.extras[HELP] = pages()
    page = QWidget()
    qtbot.addWidget(page)
    dialog = ScriptDialog(desk.context, CATALOGUE.script("generate_notes"), (), page)
    dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow, timeout=60_000)
    QTest.keyClick(dialog, Qt.Key.Key_F1)
    panel = dialog.findChild(HelpPanel)
    assert isinstance(panel, HelpPanel)
    assert panel.text.toPlainText().startswith("生成核注清单")
    dialog.close()
