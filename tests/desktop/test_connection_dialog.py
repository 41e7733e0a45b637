"""管理连接: add, change, test and remove data connections; nothing typed is lost, what cannot be done says why."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from bondesk.base.data_connection import ASKED, KEPT, ConnectionDraft, PasswordNeeded
from bondesk.base.errors import OutsideFailure, Refused
from bondesk.base.findings import Finding, Severity
from bondesk.desktop.connection_dialog import ConnectionDialog
from bondesk.desktop.login import LoginWindow
from bondesk.engine.engine import Engine

SERVER = ConnectionDraft("二厂", server=True, host="db.local", database="bondesk", user="clerk", way=KEPT)


@dataclass
class Book:
    """The twin of the connection book: drafts in a list; ``answer`` is what a test says."""

    drafts: list[ConnectionDraft] = field(default_factory=lambda: [ConnectionDraft("本机数据"), SERVER])
    answer: Callable[[ConnectionDraft], str] = lambda _draft: "连接成功：用户 3 个"
    problem: str = ""
    taken: dict[str, str] = field(default_factory=dict)

    def all(self) -> list[ConnectionDraft]:
        return list(self.drafts)

    def asks(self, connection: ConnectionDraft) -> bool:
        return connection.way == ASKED

    def take_password(self, connection: ConnectionDraft, typed: str) -> None:
        self.taken[connection.name] = typed

    def store_problem(self) -> str:
        return self.problem

    def draft(self, connection: ConnectionDraft) -> ConnectionDraft:
        return connection

    def test(self, _former: ConnectionDraft | None, draft: ConnectionDraft) -> str:
        assert threading.current_thread() is not threading.main_thread()
        return self.answer(draft)

    def save(self, former: ConnectionDraft | None, draft: ConnectionDraft) -> ConnectionDraft:
        if found := [Finding(Severity.ERROR, "CONN-02", text, part) for part, text in draft.problems()]:
            raise Refused(found)
        kept = replace(draft, password="")
        if former is None:
            self.drafts.append(kept)
        else:
            self.drafts[self.drafts.index(former)] = kept
        return kept

    def remove(self, connection: ConnectionDraft) -> None:
        self.drafts.remove(connection)


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def login(book: Book, engine: Engine, qtbot: QtBot) -> Iterator[LoginWindow]:
    window = LoginWindow(book.all(), lambda _connection: engine, "二厂", book=book)
    qtbot.addWidget(window)
    window.show()
    yield window
    window.close()


@pytest.fixture
def dialog(login: LoginWindow, qtbot: QtBot) -> ConnectionDialog:
    login.form.manage.click()
    found = login.findChild(ConnectionDialog)
    assert found is not None
    qtbot.waitUntil(lambda: found._ready)
    return found


def test_the_chosen_connection_is_shown(dialog: ConnectionDialog) -> None:
    fields = dialog.fields
    assert [dialog.list.item(row).text() for row in range(dialog.list.count())] == ["本机数据", "二厂"]
    assert fields.draft() == SERVER
    assert fields.password.placeholderText() == "留空 = 沿用已记住的密码"
    assert not fields.path.isVisible()
    assert not dialog.save.isEnabled()
    assert dialog.save.toolTip() == "没有修改"
    fields.embedded.click()
    assert fields.path.isVisible()
    assert not fields.host.isVisible()
    assert dialog.save.isEnabled()


def test_a_test_says_what_it_found(dialog: ConnectionDialog, book: Book, qtbot: QtBot) -> None:
    dialog.test.click()
    assert dialog.bar.isVisible()
    assert not dialog.fields.isEnabled()
    qtbot.waitUntil(lambda: dialog.answer.text() == "连接成功：用户 3 个")
    assert dialog.answer.property("role") == "good"

    def away(_draft: ConnectionDraft) -> str:
        raise OutsideFailure("连接不上数据库：主机没有应答")

    book.answer = away
    dialog.test.click()
    qtbot.waitUntil(lambda: "主机没有应答" in dialog.answer.text())
    assert dialog.answer.property("role") == "error"
    assert dialog.fields.draft() == SERVER


def test_a_long_test_can_be_left(dialog: ConnectionDialog, book: Book, qtbot: QtBot) -> None:
    go_on = threading.Event()

    def slow(_draft: ConnectionDraft) -> str:
        go_on.wait(10)
        return "too late"

    book.answer = slow
    dialog.test.click()
    assert dialog.test.text() == "停止等待"
    dialog.test.click()
    assert dialog.fields.isEnabled()
    assert not dialog.bar.isVisible()
    go_on.set()
    qtbot.wait(100)
    assert dialog.answer.text() == ""


def test_a_new_connection_is_offered_at_the_login(
    login: LoginWindow, dialog: ConnectionDialog, book: Book, qtbot: QtBot
) -> None:
    dialog.add.click()
    dialog.save.click()
    qtbot.waitUntil(lambda: "请填写连接名称" in dialog.answer.text())
    assert not dialog.list.isEnabled()
    fields = dialog.fields
    for line, text in ((fields.name, "三厂"), (fields.host, "db3"), (fields.database, "b"), (fields.user, "u")):
        line.setText(text)
    fields.password.setText("s3cret")
    dialog.save.click()
    qtbot.waitUntil(lambda: dialog.answer.text() == "已保存")
    assert book.drafts[-1].name == "三厂"
    assert (login.choice.currentText(), login.choice.count()) == ("三厂", 3)
    assert dialog.list.currentItem().text() == "三厂"
    assert fields.password.text() == ""


def test_unsaved_fields_are_not_lost_by_closing(dialog: ConnectionDialog, qtbot: QtBot) -> None:
    dialog.fields.host.setText("db9.local")
    dialog.fields.host.textEdited.emit("db9.local")
    dialog.reject()
    assert dialog.isVisible()
    assert "先保存或放弃修改" in dialog.answer.text()
    assert not dialog.add.isEnabled()
    assert dialog.add.toolTip() == "请先保存或放弃修改"
    dialog.undo.click()
    qtbot.waitUntil(lambda: dialog._ready)
    assert dialog.fields.host.text() == "db.local"
    dialog.reject()
    assert not dialog.isVisible()


def test_a_connection_is_removed_after_a_question(
    login: LoginWindow, dialog: ConnectionDialog, book: Book, qtbot: QtBot
) -> None:
    dialog.remove.click()
    box = dialog.findChild(QMessageBox)
    assert box is not None
    assert "不会被删除" in box.text()
    yes = box.findChild(QPushButton, "question_yes")
    assert yes is not None
    yes.click()
    qtbot.waitUntil(lambda: dialog.answer.text() == "已删除 二厂")
    assert [one.name for one in book.drafts] == ["本机数据"]
    assert login.choice.currentText() == "本机数据"
    assert dialog.remove.toolTip() == "至少要保留一个数据连接"
    assert not dialog.remove.isEnabled()


def test_without_a_credential_store_the_password_is_asked(login: LoginWindow, book: Book, qtbot: QtBot) -> None:
    book.problem = "本机没有可用的系统凭据库"
    login.manage_connections()
    dialog = login.findChild(ConnectionDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog._ready and dialog.fields.note.isVisible())
    assert "没有可用的系统凭据库" in dialog.fields.note.text()
    dialog.add.click()
    assert dialog.fields.way.currentData() == ASKED
    assert dialog.fields.password.placeholderText() == "只在测试时使用，不会保存"


def test_a_connection_that_asks_shows_a_field(book: Book, engine: Engine, qtbot: QtBot) -> None:
    """The typed password is handed over for this login and wiped afterwards."""
    book.drafts = [replace(SERVER, way=ASKED)]
    login = LoginWindow(book.all(), lambda _connection: engine, account="zhang", book=book)
    qtbot.addWidget(login)
    login.show()
    asked = login.form.server_password
    assert asked.isVisible()
    login.password.setText("wrong-pass")
    login.button.click()
    assert login.message.text() == "请输入数据库密码"
    asked.setText("db-secret")
    login.button.click()
    qtbot.waitUntil(lambda: not login._busy)
    assert book.taken == {"二厂": "db-secret"}


def test_a_lost_password_brings_the_field(book: Book, qtbot: QtBot) -> None:
    """Kept, but the credential store has it no more: the login asks instead of failing for good."""

    def locked(connection: ConnectionDraft) -> Engine:
        raise PasswordNeeded(f"数据连接 {connection.name} 需要数据库密码")

    login = LoginWindow(book.all(), locked, "二厂", "zhang", book=book)
    qtbot.addWidget(login)
    login.show()
    assert not login.form.server_password.isVisible()
    login.password.setText("right-pass")
    login.button.click()
    qtbot.waitUntil(login.form.server_password.isVisible)
    assert "没有记住在本机" in login.message.text()
    assert login.password.text() == "right-pass"
    login.choice.setCurrentText("本机数据")
    assert not login.form.server_password.isVisible()
