"""客户端程序更新 on the screens: downloaded from the page's dialog, asked for at the login, installed, started anew."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import date

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bondesk.base.errors import OutsideFailure, Refused
from bondesk.base.program_release import ProgramRelease, Tell
from bondesk.desktop.login import LoginWindow
from bondesk.desktop.program_news import ProgramAtLogin
from bondesk.desktop.program_update_dialog import ProgramUpdateDialog

NEXT = ProgramRelease(
    "9.0.0", date(2026, 11, 20), "新增数据预录入", "bondesk-9.0.0-py3-none-any.whl", 100, "0" * 64, "甲"
)


@dataclass
class Updates:
    """A newer program in memory."""

    here: bool = False
    problem: Exception | None = None
    away: str = ""
    said: str = ""
    hold: bool = False
    done: list[str] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)

    def newer(self) -> ProgramRelease | None:
        if self.away:
            self.gate.wait(5)
            raise OutsideFailure(self.away)
        return NEXT

    def downloaded(self) -> ProgramRelease | None:
        return NEXT if self.here else None

    def download(self, _release: ProgramRelease, tell: Tell) -> None:
        tell(40, 100)
        self.gate.wait(5)
        tell(80, 100)
        self.here = True

    def install(self, tell: Tell) -> ProgramRelease:
        tell(50, 100)
        if self.hold:
            self.gate.wait(5)
        if self.problem is not None:
            raise self.problem
        self.done.append("install")
        return NEXT

    def back(self) -> str:
        return ""

    def restart(self) -> None:
        self.done.append("restart")

    def trouble(self) -> str:
        return self.said


def test_the_dialog_downloads_stops_goes_on_and_says_how_it_is_installed(qtbot: QtBot) -> None:
    updates, parent = Updates(), QWidget()
    qtbot.addWidget(parent)
    dialog = ProgramUpdateDialog(updates, lambda: "", parent)
    dialog.open()
    qtbot.waitUntil(dialog.fetch.isEnabled)
    assert (dialog.heading.text(), dialog.notes.toPlainText()) == ("新版本 9.0.0", "新增数据预录入")
    dialog.fetch.click()
    qtbot.waitUntil(lambda: dialog.bar.value() == 40)
    dialog.leave.click()
    updates.gate.set()
    qtbot.waitUntil(lambda: dialog.heading.text() == "已停止，再下载时接着下载")
    dialog.fetch.click()
    qtbot.waitUntil(lambda: "已下载" in dialog.heading.text())
    assert "登录窗口" in dialog.message.text()
    dialog.reject()


def test_the_login_asks_installs_and_starts_anew(qtbot: QtBot) -> None:
    updates = Updates(here=True, problem=OutsideFailure("磁盘已满"), said="新版本的文件已损坏")
    login = LoginWindow([], lambda _connection: None)  # type: ignore[arg-type, return-value]
    qtbot.addWidget(login)
    news, left = ProgramAtLogin(login, login.form, updates), []
    news.restarting.connect(lambda: left.append(True))
    login.show()
    qtbot.waitUntil(login.form.program.isVisible)
    assert "新版本 9.0.0 已下载" in login.form.program_news.text()
    assert "已损坏" in login.form.program_news.text()
    login.form.program.click()
    qtbot.waitUntil(lambda: "磁盘已满" in login.form.program_news.text())
    assert (updates.done, login.form.button.isEnabled()) == ([], True)
    updates.problem = None
    login.form.program.click()
    qtbot.waitUntil(lambda: left == [True])
    assert updates.done == ["install", "restart"]
    assert "请再登录一次" in login.form.program_news.text()
    login.close()


def test_what_was_refused_is_not_offered_again(qtbot: QtBot) -> None:
    updates = Updates(here=True, problem=Refused("下载的文件不是同一个文件", "PROG-04"))
    login = LoginWindow([], lambda _connection: None)  # type: ignore[arg-type, return-value]
    qtbot.addWidget(login)
    ProgramAtLogin(login, login.form, updates)
    login.show()
    qtbot.waitUntil(login.form.program.isVisible)
    login.form.program.click()
    qtbot.waitUntil(lambda: "不是同一个文件" in login.form.program_news.text())
    assert (login.form.program.isVisible(), login.form.button.isEnabled()) == (False, True)
    login.close()


def test_a_source_that_is_away_is_not_waited_for_and_hides_nothing_downloaded(qtbot: QtBot) -> None:
    updates, parent = Updates(here=True, away="更新服务器没有回应"), QWidget()
    qtbot.addWidget(parent)
    dialog = ProgramUpdateDialog(updates, lambda: "", parent)
    dialog.open()
    dialog.leave.click()
    assert not dialog.isVisible(), "closed at once, though the source is still being asked"
    updates.gate.set()
    again = ProgramUpdateDialog(updates, lambda: "", parent)
    again.open()
    qtbot.waitUntil(lambda: again.heading.text() == "新版本 9.0.0")
    assert "登录窗口" in again.message.text()
    assert not again.fetch.isEnabled()
    again.reject()
    third = ProgramUpdateDialog(Updates(away="更新服务器没有回应", gate=updates.gate), lambda: "", parent)
    third.open()
    qtbot.waitUntil(lambda: third.heading.text() == "没有查到新版本")
    assert "没有回应" in third.message.text()
    third.reject()


def test_the_login_is_not_closed_while_a_newer_program_is_being_installed(qtbot: QtBot) -> None:
    updates = Updates(here=True, hold=True)
    login = LoginWindow([], lambda _connection: None)  # type: ignore[arg-type, return-value]
    qtbot.addWidget(login)
    ProgramAtLogin(login, login.form, updates)
    login.show()
    qtbot.waitUntil(login.form.program.isVisible)
    login.form.program.click()
    login.close()
    assert login.isVisible()
    assert "请等安装完" in login.form.program_news.text()
    updates.gate.set()
    qtbot.waitUntil(lambda: updates.done == ["install", "restart"])
    qtbot.waitUntil(lambda: "请再登录一次" in login.form.program_news.text())
    login.close()
    assert not login.isVisible()


def test_the_login_tells_of_a_release_that_could_be_downloaded(qtbot: QtBot) -> None:
    login = LoginWindow([], lambda _connection: None)  # type: ignore[arg-type, return-value]
    qtbot.addWidget(login)
    ProgramAtLogin(login, login.form, Updates())
    login.show()
    qtbot.waitUntil(login.form.program_news.isVisible)
    assert "有新版本 9.0.0" in login.form.program_news.text()
    assert not login.form.program.isVisible(), "nothing is here to be installed"
    login.close()
