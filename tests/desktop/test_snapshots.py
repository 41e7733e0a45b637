"""Every generated list page as text: a changed declaration shows up in review as a changed screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bondesk.areas.index import CATALOGUE
from bondesk.desktop.list_page import ListPage
from bondesk.desktop.login import LoginWindow
from bondesk.desktop.module_tree import ModuleTree

Snapshot = Callable[[str, QWidget], None]


@pytest.mark.parametrize("key", [document.key for document in CATALOGUE.documents])
def test_list_page(key: str, desk: Any, snapshot: Snapshot, qtbot: QtBot) -> None:
    page = ListPage(desk.context, CATALOGUE.document(key))
    qtbot.addWidget(page)
    with qtbot.waitSignal(page.model.loaded):
        page.show()
    snapshot(f"list_{key}", page)


def test_login_window(snapshot: Snapshot, qtbot: QtBot) -> None:
    login = LoginWindow([], lambda _connection: NotImplemented)
    qtbot.addWidget(login)
    snapshot("login", login)


def test_module_tree_without_reports(snapshot: Snapshot, desk: Any, qtbot: QtBot) -> None:
    tree = ModuleTree(replace(CATALOGUE, reports=()), desk.context.identity, str)
    qtbot.addWidget(tree)
    snapshot("module_tree", tree)
