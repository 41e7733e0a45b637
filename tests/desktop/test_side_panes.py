"""The panes beside a form: one at a time, by their commands, about the stored document."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bondesk.areas.index import CATALOGUE
from bondesk.desktop.commands import Command
from bondesk.desktop.context import DeskContext
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.history_pane import HistoryPane
from bondesk.desktop.side_panes import SidePanes


class Papers(QWidget):
    """A pane that only remembers what it was asked for."""

    title, shortcut = "资料", "Ctrl+Shift+A"

    def __init__(self, _context: object, _document: object, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("papers_pane")
        self.loaded: list[int] = []
        self.hide()

    def load(self, document_id: int) -> None:
        self.loaded.append(document_id)
        self.show()

    def clear(self) -> None:
        self.hide()


def nothing(_context: DeskContext, _document: object, _parent: QWidget) -> None:
    """A pane that does not apply."""


def test_one_pane_at_a_time_and_none_before_the_document_is_stored(desk: Any, qtbot: QtBot) -> None:
    place = QWidget()
    qtbot.addWidget(place)
    place.show()
    ids: list[int | None] = [None]
    side = SidePanes(desk.context, CATALOGUE.document("partner"), place, lambda: ids[0], (HistoryPane, nothing, Papers))
    history, papers = side.panes
    assert isinstance(papers, Papers)
    commands: dict[str, Command] = {command.id: command for command in side.commands(lambda: "")}
    assert list(commands) == ["form.history", "form.papers"]
    commands["form.papers"].run()
    assert not papers.loaded
    ids[0] = 5
    commands["form.papers"].run()
    assert papers.loaded == [5]
    assert papers.isVisible()
    side.follow()
    assert papers.loaded == [5, 5]
    commands["form.history"].run()
    qtbot.waitUntil(lambda: desk.context.lane.idle and history.isVisible())
    assert not papers.isVisible()
    commands["form.history"].run()
    assert not history.isVisible()


def test_a_form_opens_its_history_by_key(desk: Any, qtbot: QtBot, fill: Callable[..., None], parts: list[Any]) -> None:
    fill(parts)
    page = FormPage(desk.context, CATALOGUE.document("part"), parts[0].id)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: desk.context.lane.idle and page.body.isEnabled())
    qtbot.keyClick(page.body.header.cells["part_no"].editor.box, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(page.findChild(HistoryPane, "history_pane").isVisible)
