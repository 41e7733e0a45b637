"""练习模式 from the login window: one click, prepared the first time, said when it fails; none where there is none."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from bondesk.base.errors import OutsideFailure
from bondesk.desktop.application import Desk
from bondesk.desktop.crash import CrashGuard
from bondesk.desktop.layout import Layout


class Room:
    """练习 in memory; its company is made once ``gate`` opens."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.gate = threading.Event()
        self.problem: Exception | None = None

    def prepared(self) -> bool:
        return "prepared" in self.done

    def prepare(self, tell: Callable[[str], None]) -> None:
        tell("1 建立演示企业")
        self.gate.wait(5)
        self.done.append("prepared")

    def open(self) -> None:
        if self.problem is not None:
            raise self.problem
        self.done.append("opened")


def desk(path: Path, room: Room | None) -> Desk:
    return Desk([], lambda _one: None, Layout(path / "layout.ini"), CrashGuard(path / "log"), practice=room)  # type: ignore[arg-type, return-value, misc]


def test_one_click_prepares_opens_and_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    room = Room()
    form = (login := desk(tmp_path, room).show_login()).form
    qtbot.addWidget(login)
    assert form.practice.isVisible()
    low = login.height()
    form.practice.click()
    qtbot.waitUntil(lambda: form.practice_said.text() == "1 建立演示企业")
    assert form.practice_said.isVisible() and login.height() > low
    assert not form.practice.isEnabled(), "once at a time"
    assert form.account.isEnabled(), "the others may sign in meanwhile"
    room.gate.set()
    qtbot.waitUntil(lambda: form.practice_said.text() == "练习窗口已打开。")
    room.problem = OutsideFailure("练习窗口打不开：没有权限")
    form.practice.click()
    qtbot.waitUntil(lambda: form.practice_said.text() == "练习窗口打不开：没有权限")
    assert (form.practice_said.property("role"), room.done) == ("error", ["prepared", "opened"])
    form.practice.click()
    assert form.practice_said.text() and form.practice_said.property("role") == "notice"
    login.blockSignals(True)
    login.close()


def test_where_there_is_none_none_is_offered(qtbot: QtBot, tmp_path: Path) -> None:
    login = desk(tmp_path, None).show_login()
    qtbot.addWidget(login)
    assert not login.form.practice.isVisible()
    login.blockSignals(True)
    login.close()
