"""A preview that is redrawn while its options are turned, by the script and off the UI thread; any two rows explained."""

from __future__ import annotations

import threading
from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QLabel, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from bondesk.base.options import option
from bondesk.base.steps import Outcome, Pairs, Preview, Script, Step, Table
from bondesk.desktop.pairs_view import PairsView
from bondesk.desktop.preview_page import PreviewPage
from bondesk.desktop.script_dialog import ScriptDialog


@dataclass(frozen=True)
class Size:
    """How many rows a note holds."""

    size: int = option("每份行数", 3)
    name: str = option("名称", "")


ROWS = [f"行{number}" for number in range(6)]
THREADS: set[int] = set()


def cutting(_work: Any, _options: Any, _selected: Any) -> Generator[Step, Any, Outcome]:
    """Cut the rows into notes of the size chosen; an impossible size is put right by the script."""
    size = Size()
    while True:
        THREADS.add(threading.get_ident())
        notes = [tuple(ROWS[start : start + size.size]) for start in range(0, len(ROWS), size.size)]
        place = {row: number for number, note in enumerate(notes) for row in note}

        def why(first: int, second: int, place: dict[str, int] = place) -> str:
            return "同一份" if place[ROWS[first]] == place[ROWS[second]] else "分两份"

        tables = (Table("清单", ("行数",), tuple((len(note),) for note in notes)),)
        pairs = Pairs(Table("比较", ("行",), tuple((row,) for row in ROWS)), why)
        answer = yield Preview("preview", f"{len(notes)} 份", tables, options=size, pairs=pairs)
        if answer is True:
            return Outcome(f"做了 {len(notes)} 份 {size.name}")
        size = replace(answer, size=max(answer.size, 1))


def opened(desk: Any, qtbot: QtBot) -> tuple[ScriptDialog, PreviewPage]:
    """Open the wizard at its preview."""
    parent = QWidget()
    qtbot.addWidget(parent)
    desk.kept_parent = parent
    dialog = ScriptDialog(desk.context, Script("cutting", "切分", "part", cutting), (), parent)
    dialog.open()
    qtbot.waitUntil(lambda: isinstance(dialog.pages.currentWidget(), PreviewPage), timeout=60_000)
    page = dialog.pages.currentWidget()
    assert isinstance(page, PreviewPage)
    return dialog, page


def turn(page: PreviewPage, key: str, text: str) -> None:
    """Type into an option."""
    editor = page.form.cells[key].editor
    editor.set_text(text)
    editor.commit()


def test_turning_an_option_redraws_what_it_leads_to(desk: Any, qtbot: QtBot) -> None:
    THREADS.clear()
    dialog, page = opened(desk, qtbot)
    assert dialog.heading.text() == "2 份"
    tabs = page.findChild(QTabWidget, "script_tabs")
    assert isinstance(tabs, QTabWidget)
    tabs.setCurrentIndex(1)
    turn(page, "size", "2")
    qtbot.waitUntil(lambda: dialog.heading.text() == "3 份", timeout=60_000)
    assert dialog.pages.currentWidget() is page, "the form the user types in stays"
    tabs = page._tabs()
    assert (tabs.tabText(0), tabs.currentIndex()) == ("清单 3", 1)
    turn(page, "size", "0")
    qtbot.waitUntil(lambda: dialog.heading.text() == "6 份", timeout=60_000)
    assert page.form.value().size == 1, "what the script put right is shown"
    dialog.next.click()
    qtbot.waitUntil(lambda: dialog.heading.text() == "完成", timeout=60_000)
    assert threading.get_ident() not in THREADS
    dialog.close()


def test_finishing_at_once_takes_what_was_just_typed(desk: Any, qtbot: QtBot) -> None:
    dialog, page = opened(desk, qtbot)
    turn(page, "size", "6")
    dialog.next.click()  # before the rest is over: first the preview of it, then the end
    qtbot.waitUntil(lambda: dialog.heading.text() == "1 份", timeout=60_000)
    qtbot.waitUntil(dialog.next.isEnabled)
    dialog.next.click()
    qtbot.waitUntil(lambda: dialog.heading.text() == "完成", timeout=60_000)
    said = dialog.findChild(QLabel, "script_outcome")
    assert said is not None
    assert said.text().startswith("做了 1 份")
    dialog.close()


def test_any_two_rows_are_explained(desk: Any, qtbot: QtBot) -> None:
    dialog, page = opened(desk, qtbot)
    view = page.findChild(PairsView)
    assert isinstance(view, PairsView)
    chosen = view.table.view.selectionModel()
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    assert "按住 Ctrl" in view.said.text()
    for row, said in ((0, "同一份"), (2, "同一份"), (1, "选了 3 行；请只选两行来比较")):
        chosen.select(view.table.model.index(row, 0), flags)
        assert view.said.text() == said
    chosen.clearSelection()
    for row in (2, 3):
        chosen.select(view.table.model.index(row, 0), flags)
    assert view.said.text() == "分两份"
    dialog.close()
