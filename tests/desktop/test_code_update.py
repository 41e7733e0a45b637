"""更新海关参数: shown before it is done, stopped without a trace, offered at the login and in the window."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from bondesk.adapters.parameter_folder import ParameterFolder
from bondesk.areas.codes.hs_code import HsCode
from bondesk.areas.goods.part import Part
from bondesk.desktop.background import Background
from bondesk.desktop.code_update_dialog import CodeUpdateDialog
from bondesk.desktop.layout import Layout
from bondesk.desktop.login import LoginWindow, SignedIn
from bondesk.desktop.main_window import MainWindow
from bondesk.desktop.step_table import StepTable
from bondesk.engine import code_updating
from bondesk.engine.engine import SYSTEM, Engine
from builders.office import PASSWORD, Office
from builders.parameter_packages import DELTA, key_folder, package, trusting

CHANGES = DELTA + "USD,美金,2000-01-01,,change\nXNC,新币,2025-02-01,,add\nRUB,俄罗斯卢布,2000-01-01,2025-01-31,close\n"
Open = Callable[[Engine], CodeUpdateDialog]


@pytest.fixture
def updates(tmp_path: Path) -> Path:
    folder = tmp_path / "updates"
    folder.mkdir()
    return folder


@pytest.fixture
def office_engine(codes_office: Office, tmp_path: Path, updates: Path) -> Engine:
    return trusting(codes_office.engine, key_folder(tmp_path / "keys"), parameters=ParameterFolder(updates))


def publish(folder: Path, version: str = "2025.02", **more: Any) -> Path:
    path = folder / f"bondesk-codes-{version}.zip"
    path.write_bytes(package({"currency": CHANGES}, version, **more))
    return path


@pytest.fixture
def open_dialog(qtbot: QtBot) -> Iterator[Open]:
    background, parent = Background(), QWidget()
    qtbot.addWidget(parent)
    made: list[CodeUpdateDialog] = []

    def make(engine: Engine) -> CodeUpdateDialog:
        dialog = CodeUpdateDialog(lambda: engine, background.run, parent, check_shown=True)
        dialog.show()
        made.append(dialog)
        return dialog

    yield make
    background.close()


def settled(qtbot: QtBot, dialog: CodeUpdateDialog) -> None:
    qtbot.waitUntil(lambda: dialog.leave.text() == "关闭", timeout=20_000)


def cells(dialog: CodeUpdateDialog, tab: int) -> list[list[str]]:
    table = dialog.tabs.widget(tab)
    assert isinstance(table, StepTable)
    model = table.model
    return [
        [str(model.data(model.index(row, column))) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_all_is_shown_and_then_done(office_engine: Engine, updates: Path, open_dialog: Open, qtbot: QtBot) -> None:
    publish(updates, notes="二月调整")
    dialog = open_dialog(office_engine)
    settled(qtbot, dialog)
    assert dialog.heading.text() == "海关参数 2025.02"
    for word in ("2025-02-01", "签发者 test", "现有版本 2024.12", "二月调整"):
        assert word in dialog.facts.text()
    assert cells(dialog, 0) == [["币制", "1", "1", "1"]]
    assert cells(dialog, 1)[1] == ["币制", "USD", "美金", "修改", "2000-01-01", "名称：美元", "名称：美金"]
    assert code_updating.installed(office_engine) == "2024.12"
    with qtbot.waitSignal(dialog.updated, timeout=20_000):
        dialog.accept_button.click()
    assert dialog.heading.text() == "海关参数已更新到 2025.02"
    assert code_updating.installed(office_engine) == "2025.02"
    assert not dialog.accept_button.isEnabled()
    dialog.look()
    settled(qtbot, dialog)
    assert "已经安装" in dialog.heading.text()
    assert not dialog.accept_button.isEnabled()
    assert not dialog.tabs.isVisible()


def test_nothing_to_be_had_leaves_the_file(
    office_engine: Engine, updates: Path, open_dialog: Open, qtbot: QtBot
) -> None:
    dialog = open_dialog(office_engine)
    settled(qtbot, dialog)
    assert "没有参数更新包" in dialog.message.text()
    assert not dialog.accept_button.isEnabled()
    dialog.take_file(publish(updates.parent, "2025.03"))
    settled(qtbot, dialog)
    assert dialog.heading.text() == "海关参数 2025.03"
    assert dialog.accept_button.isEnabled()


def test_what_is_tampered_with_is_refused(
    office_engine: Engine, updates: Path, open_dialog: Open, qtbot: QtBot
) -> None:
    publish(updates, key="stranger")
    dialog = open_dialog(office_engine)
    settled(qtbot, dialog)
    assert dialog.heading.text() == "没有更新"
    assert "stranger" in dialog.message.text()
    assert not dialog.accept_button.isEnabled()


def test_stopping(
    office_engine: Engine, updates: Path, open_dialog: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(updates)
    going = threading.Event()

    def slow(_engine: Engine, tell: code_updating.Tell) -> bytes:
        going.wait(20)
        tell("正在下载", 1, 2)
        raise AssertionError("was to be stopped")

    monkeypatch.setattr(code_updating, "fetch", slow)
    dialog = open_dialog(office_engine)
    assert dialog.leave.text() == "停止"
    dialog.leave.click()
    going.set()
    settled(qtbot, dialog)
    assert dialog.heading.text() == "已停止，什么也没有改变"
    assert dialog.isVisible()
    dialog.leave.click()
    qtbot.waitUntil(lambda: not dialog.isVisible())


@pytest.fixture
def window(factory_office: Office, tmp_path: Path, updates: Path, qtbot: QtBot) -> Iterator[MainWindow]:
    """The signed-in window over a factory that a package changes one commodity code of."""
    with factory_office.act(SYSTEM) as act:
        code = next(one.hs_code for one in act.facts.find(Part) if one.hs_code)
        row = act.session.scalars(select(HsCode).filter_by(hs_code=code)).one()
        header = DELTA.strip() + ",legal_unit1,legal_unit2,supervision_condition,declaration_elements\n"
        line = f'{code},"{row.name}",{row.valid_from},2024-01-31,close,{row.legal_unit1},,,\n'
    (updates / "bondesk-codes-2025.02.zip").write_bytes(package({"hs_code": header + line}, "2025.02"))
    engine = trusting(factory_office.engine, key_folder(tmp_path / "keys"), parameters=ParameterFolder(updates))
    signed = SignedIn(engine, factory_office.clerk, "晨光电子", "本机")
    made = MainWindow(signed, Layout(tmp_path / "layout.ini"), pytest.fail)
    made.show()
    yield made
    made.close()
    made.deleteLater()


def test_the_window_offers_updates_and_shows_the_check(window: MainWindow, qtbot: QtBot) -> None:
    strip = window.session.notices
    qtbot.waitUntil(strip.isVisible, timeout=30_000)
    assert strip.update_codes.isVisible()
    assert "2025.02" in strip.title.text()
    strip.update_codes.click()
    (dialog,) = window.findChildren(CodeUpdateDialog)
    settled(qtbot, dialog)
    with qtbot.waitSignal(dialog.updated, timeout=30_000):
        dialog.accept_button.click()
    assert not strip.isVisible()
    assert "料号" in dialog.message.text()
    assert dialog.check.isVisible()
    check = dialog._rechecked
    assert check is not None
    dialog.check.click()
    qtbot.waitUntil(lambda: window.pages.page(f"form.hs_check.{check.document_id}") is not None, timeout=30_000)
    qtbot.waitUntil(lambda: window.lane.idle, timeout=30_000)


def test_the_login_tells_and_updates_without_a_login(office_engine: Engine, updates: Path, qtbot: QtBot) -> None:
    publish(updates)

    class Connection:
        name = "本机"

    login = LoginWindow([Connection()], lambda _connection: office_engine)
    qtbot.addWidget(login)
    login.show()
    qtbot.waitUntil(login.form.news.isVisible, timeout=20_000)
    assert "2025.02" in login.form.news.text()
    login.form.update.click()
    (dialog,) = login.findChildren(CodeUpdateDialog)
    settled(qtbot, dialog)
    with qtbot.waitSignal(dialog.updated, timeout=20_000):
        dialog.findChild(QPushButton, "code_update_accept").click()
    assert not login.form.news.isVisible()
    assert not dialog.check.isVisible(), "nobody is signed in who could open it"
    dialog.reject()
    with qtbot.waitSignal(login.signed_in, timeout=20_000):
        login.sign_in_as("本机", "zhidan", PASSWORD)
