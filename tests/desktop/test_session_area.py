"""Around the pages: the own password and notices, through the main window's own widgets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from bondesk.areas.setup.users import User, set_password
from bondesk.base.errors import Refused
from bondesk.base.identity import Identity
from bondesk.desktop.layout import Layout
from bondesk.desktop.login import SignedIn
from bondesk.desktop.main_window import MainWindow
from bondesk.desktop.password_dialog import PasswordDialog
from bondesk.engine.engine import Engine
from bondesk.engine.ports import Notice

ALL = frozenset({("*", "*")})
NEW_PROGRAM = Notice("program", "0.2.0", "更快的列表", "请到共享目录取安装包", date(2024, 3, 1))
NEW_CODES = Notice("codes", "2024-02-01", "税则调整", "", date(2024, 2, 2), "hs_code")


@dataclass
class Papers:
    """The twin of the notices."""

    found: Sequence[Notice] = ()
    asked: list[str] = field(default_factory=list)

    def pending(self, program: str, codes: Mapping[str, str]) -> Sequence[Notice]:
        self.asked.append(program)
        if not self.found:
            raise OSError("the folder is away")
        return self.found


OpenWindow = Callable[..., MainWindow]


@pytest.fixture
def open_window(
    engine: Engine, fill: Callable[[Iterable[Any]], None], tmp_path: Path, qtbot: QtBot
) -> Iterator[OpenWindow]:
    user = User(account="zhang", name="张三", active=True)
    set_password(user, "right-pass")
    fill([user])
    crashes: list[Exception] = []
    opened: list[MainWindow] = []

    def open_one(papers: Papers | None = None) -> MainWindow:
        identity = Identity(user.id, "zhang", "张三", ALL)
        signed = SignedIn(replace(engine, notices=papers), identity, "澄岚电子", "总厂")
        window = MainWindow(signed, Layout(tmp_path / "layout.ini"), crashes.append)
        opened.append(window)
        window.show()
        return window

    yield open_one
    for window in opened:
        window.blockSignals(True)
        window.close()
    assert not crashes


def dialog_of(window: MainWindow) -> PasswordDialog:
    window.bound.run("desk.password")
    dialog = window.findChild(PasswordDialog)
    assert dialog is not None
    return dialog


def type_in(dialog: PasswordDialog, old: str, new: str, again: str | None = None) -> None:
    for part, text in (("old", old), ("new", new), ("again", new if again is None else again)):
        dialog.lines[part].setText(text)
    dialog.save.click()


def test_the_own_password_is_changed(open_window: OpenWindow, engine: Engine, qtbot: QtBot) -> None:
    window = open_window()
    dialog = dialog_of(window)
    assert "张三" in dialog.findChild(type(dialog.message), "password_user").text()  # type: ignore[union-attr]
    type_in(dialog, "right-pass", "brand-new-1")
    qtbot.waitUntil(lambda: not window.findChildren(PasswordDialog))
    assert "密码已修改" in window.line.message.text()
    assert engine.sign_in("zhang", "brand-new-1").account == "zhang"
    with pytest.raises(Refused):
        engine.sign_in("zhang", "right-pass")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("", "brand-new-1"), "请输入原密码"),
        (("right-pass", ""), "请输入新密码"),
        (("right-pass", "brand-new-1", "brand-new-2"), "两次输入的新密码不一致"),
        (("right-pass", "short"), "密码至少6位"),
        (("right-pass", "right-pass"), "新密码与原密码相同，请换一个"),
        (("wrong-pass", "brand-new-1"), "原密码不正确"),
    ],
)
def test_a_refused_change_says_why_and_keeps_the_typing(
    open_window: OpenWindow, qtbot: QtBot, typed: tuple[str, ...], said: str
) -> None:
    dialog = dialog_of(open_window())
    type_in(dialog, *typed)
    qtbot.waitUntil(lambda: dialog.message.text() == said)
    assert dialog.isVisible()
    assert dialog.lines["old"].text() == typed[0]
    dialog.reject()


def test_wrong_old_passwords_wait(open_window: OpenWindow, qtbot: QtBot) -> None:
    dialog = dialog_of(open_window())
    waits: list[str] = []
    dialog._countdown.left.connect(lambda _seconds: waits.append(dialog.message.text()))
    for _ in range(3):
        type_in(dialog, "wrong-pass", "brand-new-1")
        qtbot.waitUntil(lambda: not dialog._busy, timeout=20_000)
    assert waits[0] == "原密码不正确。已连续输错 3 次，请等 2 秒后再试"
    qtbot.waitUntil(dialog.save.isEnabled, timeout=20_000)
    assert dialog.message.text() == "现在可以重新输入原密码。"
    dialog.reject()


def test_notices_are_shown_once_per_user(open_window: OpenWindow, qtbot: QtBot) -> None:
    papers = Papers([NEW_PROGRAM, NEW_CODES])
    window = open_window(papers)
    strip = window.session.notices
    qtbot.waitUntil(strip.isVisible)
    assert strip.title.text() == "海关参数更新 2024-02-01（2024-02-02）：税则调整"
    assert strip.known.text() == "知道了（还有 1 条）"
    assert not strip.text.isVisible()
    strip.known.click()
    assert strip.title.text() == "新版本 0.2.0（2024-03-01）：更快的列表"
    assert strip.text.text() == "请到共享目录取安装包"
    strip.known.click()
    assert not strip.isVisible()
    qtbot.waitUntil(lambda: window.lane.idle)

    papers.found = [NEW_PROGRAM, NEW_CODES, replace(NEW_PROGRAM, version="0.3.0")]
    again = open_window(papers)
    qtbot.waitUntil(again.session.notices.isVisible)
    assert again.session.notices.title.text().startswith("新版本 0.3.0")
    assert again.session.notices.known.text() == "知道了"


def test_without_a_folder_nobody_is_asked_and_failures_are_silence(open_window: OpenWindow, qtbot: QtBot) -> None:
    assert not open_window().session.notices.isVisible()
    papers = Papers()
    window = open_window(papers)
    qtbot.waitUntil(lambda: bool(papers.asked))
    qtbot.wait(50)
    assert not window.session.notices.isVisible()


def test_the_system_menu(open_window: OpenWindow) -> None:
    window = open_window()
    titles = [command.title for command in window.commands if command.group == "系统"]
    assert titles[:3] == ["重新登陆", "修改密码…", "数据更新"]
    rest = [title for title in titles if title in {"更新海关参数…", "重新连接", "退出"}]
    assert rest == ["更新海关参数…", "重新连接", "退出"]
