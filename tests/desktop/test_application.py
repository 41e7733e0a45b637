"""From the login to the main window and back, as one program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from pytestqt.qtbot import QtBot

from bondesk.areas.setup.users import User, set_password
from bondesk.desktop.application import Desk
from bondesk.desktop.crash import CrashGuard
from bondesk.desktop.layout import Layout
from bondesk.engine.engine import Engine

T = TypeVar("T")


@dataclass
class Connection:
    """A data connection as the settings hold it."""

    name: str


@pytest.fixture
def program(engine: Engine, fill: Callable[[Iterable[Any]], None], tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    user = User(account="zhang", name="张三", active=True)
    set_password(user, "right-pass")
    fill([user])
    connections = [Connection("一厂"), Connection("二厂")]
    made = Desk(connections, lambda _one: engine, Layout(tmp_path / "layout.ini"), CrashGuard(tmp_path / "log"))
    yield made
    for window in (made.login, made.window):
        if window is not None:
            window.blockSignals(True)
            window.close()


def came(qtbot: QtBot, look: Callable[[], T | None]) -> T:
    """Wait until there is what ``look`` looks for."""
    qtbot.waitUntil(lambda: look() is not None)
    found = look()
    assert found is not None
    return found


def test_login_main_window_and_login_again(program: Desk, qtbot: QtBot) -> None:
    login = program.show_login()
    login.sign_in_as("二厂", "zhang", "right-pass")
    window = came(qtbot, lambda: program.window)
    assert program.login is None
    assert window.isVisible()
    assert window.windowTitle() == "保税台 — 未填写企业名称 — 张三"
    window.bound.run("desk.relogin")
    again = came(qtbot, lambda: program.login)
    assert (again.choice.currentText(), again.account.text(), again.password.text()) == ("二厂", "zhang", "")
    assert program.window is None
