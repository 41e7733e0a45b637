"""系统登录: a wrong pair loses nothing, a right one signs in, an empty data connection says what to do."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from bondesk.app import Enterprise, first_administrator
from bondesk.areas.setup.company import Company
from bondesk.areas.setup.users import GroupRight, User, UserGroup, UserMembership, set_password
from bondesk.base.errors import OutsideFailure
from bondesk.desktop.first_administrator import FirstAdministrator, FirstAdministratorDialog, Tell, problems_of
from bondesk.desktop.login import LoginWindow, SignedIn
from bondesk.engine.engine import Engine

Fill = Callable[[Iterable[Any]], None]


@dataclass
class Connection:
    """A data connection as the settings hold it."""

    name: str


def people() -> list[Any]:
    group = UserGroup(company_id=1, code="admin", name="系统管理员")
    user = User(company_id=1, account="zhang", name="张三", active=True)
    set_password(user, "right-pass")
    return [group, user]


@pytest.fixture
def enterprise(fill: Fill, engine: Engine) -> None:
    """One user with all rights and the enterprise's name."""
    group, user = people()
    group.rights = [GroupRight(company_id=1, line_no=1, module="*", action="*")]
    user.groups = [UserMembership(company_id=1, line_no=1, group_code="admin")]
    fill([group, user, Company(customs_code="4403161234", name="晨光电子", credit_code="91440300MA5TEST01X")])


@pytest.fixture
def make_login(engine: Engine, qtbot: QtBot) -> Callable[..., LoginWindow]:
    def make(
        open_engine: Callable[[Any], Engine] = lambda _connection: engine, names: tuple[str, ...] = ("一厂", "二厂")
    ) -> LoginWindow:
        login = LoginWindow([Connection(name) for name in names], open_engine)
        qtbot.addWidget(login)
        login.show()
        return login

    return make


def type_pair(login: LoginWindow, account: str, password: str) -> None:
    login.account.setText(account)
    login.password.setText(password)


@pytest.mark.usefixtures("enterprise")
@pytest.mark.parametrize(("account", "password"), [("zhang", "wrong-pass"), ("nobody", "right-pass")])
def test_a_wrong_pair_is_refused_with_a_reason(
    make_login: Callable[..., LoginWindow], qtbot: QtBot, account: str, password: str
) -> None:
    login = make_login()
    login.choice.setCurrentText("二厂")
    type_pair(login, account, password)
    login.button.click()
    assert login.button.text() == "正在登录…"
    qtbot.waitUntil(lambda: login.message.text() == "用户账号或密码不正确")
    assert login.message.isVisible()
    assert (login.account.text(), login.password.text(), login.choice.currentText()) == (account, password, "二厂")
    assert login.button.isEnabled()


@pytest.mark.usefixtures("enterprise")
def test_a_right_pair_signs_in(make_login: Callable[..., LoginWindow], engine: Engine, qtbot: QtBot) -> None:
    login = make_login()
    type_pair(login, " zhang ", "right-pass")
    with qtbot.waitSignal(login.signed_in) as caught:
        login.button.click()
    signed = caught.args[0]
    assert isinstance(signed, SignedIn)
    assert signed.engine is engine
    assert (signed.identity.name, signed.enterprise, signed.connection) == ("张三", "晨光电子", "一厂")
    assert signed.identity.may("part", "new")
    assert login.password.text() == ""


@pytest.mark.usefixtures("enterprise")
def test_enter_moves_on_and_signs_in(make_login: Callable[..., LoginWindow], qtbot: QtBot) -> None:
    login = make_login()
    login.activateWindow()
    qtbot.waitUntil(login.isActiveWindow)
    login.choice.setFocus()
    QTest.keyClick(login.choice, Qt.Key.Key_Return)
    assert login.account.hasFocus()
    QTest.keyClicks(login.account, "zhang")
    QTest.keyClick(login.account, Qt.Key.Key_Return)
    assert login.password.hasFocus()
    QTest.keyClicks(login.password, "right-pass")
    with qtbot.waitSignal(login.signed_in):
        QTest.keyClick(login.password, Qt.Key.Key_Return)


def test_nothing_typed_is_asked_for(make_login: Callable[..., LoginWindow]) -> None:
    login = make_login()
    login.button.click()
    assert login.message.text() == "请输入用户账号"
    login.account.setText("zhang")
    login.button.click()
    assert login.message.text() == "请输入用户密码"


def test_a_first_start_says_what_to_do(make_login: Callable[..., LoginWindow], qtbot: QtBot) -> None:
    login = make_login(names=("本机数据",))
    qtbot.waitUntil(lambda: "还没有用户" in login.message.text())
    assert "bondesk init" in login.message.text()


def test_a_first_start_is_done_in_the_window(engine: Engine, qtbot: QtBot) -> None:
    """An empty connection offers the first administrator, who is signed in at once."""
    told: list[FirstAdministrator] = []

    def found(engine: Engine, entry: FirstAdministrator, tell: Tell) -> None:
        tell("正在载入", 1, 2)
        told.append(entry)
        first_administrator(engine, entry.password, entry.account, entry.name, Enterprise(entry.enterprise))

    login = LoginWindow([Connection("本机数据")], lambda _connection: engine, found=found)
    qtbot.addWidget(login)
    login.show()
    qtbot.waitUntil(login.form.found.isVisible)
    assert "建立第一个管理员" in login.message.text()
    login.form.found.click()
    dialog = login.findChild(FirstAdministratorDialog)
    assert dialog is not None
    dialog.accept_button.click()
    assert dialog.message.text() == "请填写姓名"
    for part, text in (
        ("name", "王芳"),
        ("password", "secret-1"),
        ("again", "secret-1"),
        ("enterprise", "澄岚电子"),
        ("customs_code", "441994z001"),
    ):
        dialog.lines[part].setText(text)
    with qtbot.waitSignal(login.signed_in) as caught:
        dialog.accept_button.click()
    assert told == [FirstAdministrator("admin", "王芳", "secret-1", "澄岚电子", "441994Z001")]
    assert (caught.args[0].identity.name, caught.args[0].enterprise) == ("王芳", "澄岚电子")
    assert caught.args[0].identity.may("part", "new")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"account": ""}, "请填写用户账号"),
        ({"name": ""}, "请填写姓名"),
        ({"password": "short"}, "密码至少6位"),
        ({"password": "administrator", "account": "administrator"}, "密码不能与用户账号相同"),
        ({"password": "secret-2"}, "两次输入的密码不一致"),
        ({"customs_code": "441994Z00"}, "企业海关编码须为10位字母或数字，也可以先不填"),
        ({"credit_code": "中" * 18}, "社会信用代码须为18位字母或数字，也可以先不填"),
    ],
)
def test_what_the_first_administrator_lacks_is_said(change: dict[str, str], said: str) -> None:
    whole = FirstAdministrator("admin", "王芳", "secret-1")
    assert list(problems_of(whole, "secret-1")) == []
    assert next(problems_of(replace(whole, **change), "secret-1"))[1] == said


def test_a_stopped_founding_keeps_nothing(engine: Engine, qtbot: QtBot) -> None:
    going, stop = threading.Event(), threading.Event()

    def found(_engine: Engine, _entry: FirstAdministrator, tell: Tell) -> None:
        going.set()
        stop.wait(10)
        tell("正在载入", 1, 2)
        raise AssertionError("it went on")

    login = LoginWindow([Connection("本机数据")], lambda _connection: engine, found=found)
    qtbot.addWidget(login)
    login.show()
    qtbot.waitUntil(login.form.found.isVisible)
    login.found_first()
    dialog = login.findChild(FirstAdministratorDialog)
    assert dialog is not None
    for part, text in (("name", "王芳"), ("password", "secret-1"), ("again", "secret-1")):
        dialog.lines[part].setText(text)
    dialog.accept_button.click()
    assert going.wait(10)
    assert dialog.bar.isVisible()
    dialog.leave.click()
    stop.set()
    qtbot.waitUntil(lambda: dialog.message.text() == "已停止，什么也没有建立")
    assert dialog.lines["name"].text() == "王芳"
    assert dialog.accept_button.isEnabled()


@pytest.mark.usefixtures("enterprise")
def test_after_three_wrong_passwords_the_window_counts_down(
    make_login: Callable[..., LoginWindow], qtbot: QtBot
) -> None:
    login = make_login()
    seen: list[tuple[str, str, bool, bool]] = []

    def look(_seconds: int) -> None:
        seen.append((login.message.text(), login.button.text(), login.button.isEnabled(), login.password.isEnabled()))

    login._countdown.left.connect(look)
    for _ in range(3):
        assert not seen
        type_pair(login, "zhang", "wrong-pass")
        login.button.click()
        qtbot.waitUntil(lambda: not login._busy, timeout=20_000)
    wait = "用户账号或密码不正确。已连续输错 3 次，请等 2 秒后再试"
    assert seen[0] == (wait, "请等 2 秒", False, True)
    qtbot.waitUntil(lambda: login.button.isEnabled(), timeout=20_000)
    assert seen[-1][:2] == ("现在可以重新输入密码。", "登录")
    login.password.setText("right-pass")
    with qtbot.waitSignal(login.signed_in):
        login.button.click()


@pytest.mark.usefixtures("enterprise")
def test_another_account_does_not_wait(make_login: Callable[..., LoginWindow]) -> None:
    login = make_login()
    login._reason = "密码已连续输错 3 次"
    login._countdown.start(60)
    assert not login.button.isEnabled()
    login.account.setFocus()
    QTest.keyClicks(login.account, "li")
    assert login.button.isEnabled()
    assert login.button.text() == "登录"
    assert login.message.text() == ""


def test_only_the_chosen_connection_is_opened(
    make_login: Callable[..., LoginWindow], engine: Engine, qtbot: QtBot
) -> None:
    opened: list[tuple[str, bool]] = []

    def open_engine(connection: Connection) -> Engine:
        opened.append((connection.name, threading.current_thread() is threading.main_thread()))
        return engine

    login = make_login(open_engine)
    qtbot.wait(50)
    login.choice.setCurrentText("二厂")
    type_pair(login, "zhang", "x")
    login.button.click()
    qtbot.waitUntil(lambda: bool(login.message.text()))
    assert opened == [("二厂", False)]


def test_a_database_that_is_away_is_told(make_login: Callable[..., LoginWindow], qtbot: QtBot) -> None:
    def away(_connection: Connection) -> Engine:
        raise OutsideFailure("数据库连接不上")

    login = make_login(away)
    type_pair(login, "zhang", "right-pass")
    login.button.click()
    qtbot.waitUntil(lambda: login.message.text() == "数据库连接不上")
    assert login.password.text() == "right-pass"


def test_a_fault_of_ours_goes_to_the_crash_guard(make_login: Callable[..., LoginWindow], qtbot: QtBot) -> None:
    def broken(_connection: Connection) -> Engine:
        raise ZeroDivisionError

    login = make_login(broken)
    type_pair(login, "zhang", "right-pass")
    with qtbot.waitSignal(login.crashed) as caught:
        login.button.click()
    assert isinstance(caught.args[0], ZeroDivisionError)
    assert "日志" in login.message.text()


def test_the_first_window_imports_nothing_heavy() -> None:
    heavy = "{'sqlalchemy', 'openpyxl', 'alembic', 'lxml', 'pypinyin', 'bondesk.areas', 'bondesk.engine'}"
    code = f"import sys, bondesk.desktop.application; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
