"""The line to the database breaks while a clerk types: nothing closes, nothing typed is lost, nothing false is said."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from bondesk.app import first_administrator, open_engine
from bondesk.areas.codes.partner import Partner
from bondesk.areas.setup.users import User
from bondesk.desktop.form_page import FormPage
from bondesk.engine.engine import SYSTEM
from bondesk.settings import Home
from builders.broken_line import BrokenLine
from builders.clerk import Clerk, child, wait_until

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@dataclass
class Desk:
    """A clerk with a half-typed partner on the screen, and the line that will break."""

    clerk: Clerk
    line: BrokenLine
    form: FormPage

    @property
    def strip(self) -> Any:
        return self.clerk.window.session.strip

    def type(self, code: str, name: str) -> None:
        for field, text in (("code", code), ("name", name), ("partner_type", "C")):
            editor = self.form.body.header.cells[field].editor
            editor.set_text(text)
            editor.commit()

    def typed(self) -> tuple[str, str]:
        cells = self.form.body.header.cells
        return str(cells["code"].editor.value()), str(cells["name"].editor.value())

    def save(self) -> None:
        self.clerk.press(self.form, "form.save")
        wait_until(lambda: not self.form.deeds.busy and self.clerk.window.lane.idle, "the save")

    def reconnect(self) -> None:
        """By the strip's button; by the menu when the line came back meanwhile."""
        if self.strip.button.isVisible():
            QTest.mouseClick(self.strip.button, Qt.MouseButton.LeftButton)
        else:
            self.clerk.window.bound.run("desk.reconnect")
        wait_until(lambda: self.clerk.window.lane.idle and not self.clerk.window.session._reconnecting, "reconnecting")

    def stored(self) -> list[str]:
        with self.clerk.window.context.engine.acting(SYSTEM) as act:
            return [partner.name for partner in act.facts.find(Partner)]


@pytest.fixture(params=BOTH)
def desk(request: pytest.FixtureRequest, home_on: Callable[[str], Home], qtbot: QtBot) -> Iterator[Desk]:
    home = home_on(request.param)
    engine = open_engine(home)
    first_administrator(engine, "secret-1")
    engine.store.dispose()
    clerk = Clerk(home, lambda connection: open_engine(home, connection))
    clerk.sign_in("admin", "secret-1")
    window = clerk.window
    window.open_document(window.context.engine.catalogue.document("partner"), None)
    form = window.pages.current()
    assert isinstance(form, FormPage)
    wait_until(lambda: form._ready and window.lane.idle, "the form")
    made = Desk(clerk, BrokenLine(window.context.engine.store), form)
    made.type("C01", "东莞澄岚")
    yield made
    if form.dirty:
        window.pages.close_all()
        QTest.mouseClick(child(clerk.dialog(QMessageBox), QPushButton, "unsaved_discard"), Qt.MouseButton.LeftButton)
    clerk.leave()
    assert not clerk.crashes


def test_an_idle_disconnect_is_not_noticed(desk: Desk) -> None:
    desk.line.end_sessions()
    desk.save()
    assert not desk.strip.isVisible()
    assert not desk.form.dirty
    assert desk.stored() == ["东莞澄岚"]


def test_a_break_keeps_the_typing_and_one_click_goes_on(desk: Desk) -> None:
    desk.line.cut()
    desk.save()
    assert desk.strip.isVisible()
    assert "没有保存的输入都还在" in desk.strip.label.text()
    assert desk.form.dirty
    assert desk.form.isVisible()
    assert desk.typed() == ("C01", "东莞澄岚")

    desk.reconnect()
    assert desk.strip.isVisible()
    assert desk.strip.label.text().startswith("还没有连接上")
    assert desk.strip.button.isEnabled()

    desk.line.mend()
    desk.reconnect()
    assert not desk.strip.isVisible()
    assert desk.form.dirty
    assert desk.typed() == ("C01", "东莞澄岚")
    assert desk.stored() == []
    desk.save()
    assert not desk.form.dirty
    assert desk.stored() == ["东莞澄岚"]


def test_a_server_that_came_back_by_itself_needs_no_click(desk: Desk) -> None:
    desk.line.cut()
    desk.save()
    assert desk.strip.isVisible()
    desk.line.mend()
    desk.save()
    wait_until(lambda: not desk.strip.isVisible(), "the strip's end")
    assert desk.stored() == ["东莞澄岚"]


def test_a_lost_commit_is_said_to_be_unknown(desk: Desk) -> None:
    desk.line.cut_at_commit()
    desk.save()
    assert desk.strip.isVisible()
    said = desk.strip.label.text()  # the next act may have come through by itself
    assert "可能已经保存，也可能没有" in said or "结果不明" in said
    assert "可能已经保存，也可能没有" in desk.form.notice.label.text()
    assert desk.form.dirty
    assert desk.typed() == ("C01", "东莞澄岚")
    desk.reconnect()
    assert desk.strip.isVisible()
    assert "结果不明" in desk.strip.label.text()
    assert not desk.strip.button.isVisible()
    QTest.mouseClick(desk.strip.known, Qt.MouseButton.LeftButton)
    assert not desk.strip.isVisible()


def test_reconnecting_finds_out_that_the_account_was_stopped(desk: Desk) -> None:
    with desk.clerk.window.context.engine.acting(SYSTEM) as act:
        user = act.facts.one(User, account="admin")
        assert user is not None
        user.active = False
    desk.line.cut()
    desk.save()
    desk.line.mend()
    desk.reconnect()
    assert desk.strip.isVisible()
    assert "已停用" in desk.strip.label.text()
    assert desk.typed() == ("C01", "东莞澄岚")
