"""A window is killed in the middle of typing; the next sign-in offers the typing again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from decimal import Decimal

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from bondesk.app import open_engine
from bondesk.desktop.draft_restoring import RestoreDialog
from bondesk.desktop.form_page import FormPage
from bondesk.settings import Home
from builders.clerk import Clerk, child, wait_until
from builders.homes import copied_home


@pytest.fixture
def killed(tmp_path: Path) -> Home:
    """A data folder whose window was killed with typing on the screen."""
    home = copied_home(tmp_path, "empty")
    script = Path(__file__).with_name("typing_clerk.py")
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    process = subprocess.Popen(
        [sys.executable, str(script), str(home.path)], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "typed\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    return home


def sign_in(home: Home) -> Clerk:
    """Sign in again as the same user."""
    clerk = Clerk(home, lambda connection: open_engine(home, connection))
    clerk.sign_in("admin", "secret-1")
    return clerk


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_killed_typing_is_offered_and_restored(killed: Home, qtbot: QtBot) -> None:
    clerk = sign_in(killed)
    dialog: RestoreDialog = clerk.dialog(RestoreDialog)
    item = dialog.tree.topLevelItem(0)
    assert item is not None
    assert [item.text(column) for column in (0, 1, 3)] == ["原始单证", "新增", "表头 2 项、明细 1 行"]
    child(dialog, QPushButton, "restore_yes").click()
    page = clerk.window.pages.current()
    assert isinstance(page, FormPage)
    wait_until(lambda: page.dirty, "the restored typing")
    assert page.body.head["document_no"] == "IM-CRASH"
    assert page.body.header.cells["document_date"].editor.text() == "2024-02-3x"
    line = page.body.grids["lines"].model.lines[0]
    assert line.values["part_no"] == "CAP-1"
    assert line.values["quantity"] == Decimal("12.50")
    page._closing = True
    clerk.leave()
    assert not list(killed.path.rglob("drafts/*/*/*.json")), "a window that ends well leaves nothing"
    assert not clerk.crashes


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_killed_typing_can_be_put_off_and_given_up(killed: Home, qtbot: QtBot) -> None:
    clerk = sign_in(killed)
    clerk.dialog(RestoreDialog).reject()
    clerk.leave()
    clerk = sign_in(killed)
    dialog: RestoreDialog = clerk.dialog(RestoreDialog)
    child(dialog, QPushButton, "restore_no").click()
    clerk.leave()
    assert not list(killed.path.rglob("drafts/*/*/*.json"))
