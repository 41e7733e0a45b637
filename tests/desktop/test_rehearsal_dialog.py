"""演练海关 on the screen and the command line: an order is written, played on a note, and its receipts are let go."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from bondesk import cli
from bondesk.adapters.rehearsal import MARKER
from bondesk.base.rehearsal_script import Order
from bondesk.desktop.rehearsal_dialog import RehearsalDialog
from bondesk.desktop.single_window import SingleWindow
from bondesk.desktop.window_commands import exchange_commands
from builders.books import BookDesk
from builders.clerk import wait_until
from builders.office import PASSWORD, Office, open_office

REASON = "商品编码与底账备案不一致"


@pytest.fixture
def desk(office_at: Callable[..., Office], factory_template: Path) -> Iterator[BookDesk]:
    """The factory's clerk, over the rehearsal customs."""
    opened = BookDesk(office_at(factory_template, rehearsal=True))
    yield opened
    opened.close()


def choose(box: Any, key: str) -> None:
    """Choose an entry by its key."""
    place = box.findData(key)
    assert place >= 0, key
    box.setCurrentIndex(place)


def opened(desk: BookDesk, window: QWidget) -> RehearsalDialog:
    """Order it from the menu's command, once it is read."""
    exchange = SingleWindow(desk.context, window)
    (command,) = [one for one in exchange_commands(exchange) if one.id == "gateway.rehearsal"]
    command.run()
    dialog = window.findChild(RehearsalDialog)
    assert dialog is not None
    wait_until(lambda: bool(dialog.message.text()), "the script")
    return dialog


def sent(office: Office, number: str) -> None:
    """Audit a note and hand it over."""
    office.audit([number])
    office.order([number])
    office.hand_over()


def test_a_trainer_writes_a_letter_and_lets_it_go(desk: BookDesk, qtbot: Any) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    dialog = opened(desk, window)
    assert "脚本为空" in dialog.message.text()
    assert [dialog.answer.itemData(row) for row in range(dialog.answer.count())] == [
        "approve",
        "manual",
        "reject",
        "fail",
    ]
    choose(dialog.answer, "reject")
    choose(dialog.delivery, "on_call")
    assert (dialog.add.isEnabled(), dialog.add.toolTip()) == (False, "“退单”须写明原因")
    dialog.reason.setText(REASON)
    QTest.keyClick(dialog.reason, Qt.Key.Key_Return)
    wait_until(lambda: dialog.orders.count() == 1, "the order")
    assert dialog.orders.item(0).text() == f"1. 接下来 1 份核注清单：退单（{REASON}），回执等教员放出"
    office = desk.office
    assert office.engine.rehearsal is not None
    assert office.engine.rehearsal.script() == (Order("INV101", "reject", "on_call", reason=REASON, left=1),)
    (number,) = office.notes("IM2401001")
    sent(office, number)
    office.receive()
    assert office.note(number).state == "SENT"
    dialog.reject()
    again = opened(desk, QWidget(window))
    wait_until(lambda: again.held.count() == 1, "what is held")
    assert again.held.item(0).text() == f"核注清单 {number}：等教员放出"
    assert (again.release.isEnabled(), again.release_all.isEnabled()) == (False, True)
    again.release_all.click()
    wait_until(lambda: again.held.count() == 0, "nothing held")
    assert again.message.text() == "已放出 1 份单据的回执，按 F9 接收"
    office.receive()
    assert (office.note(number).state, office.note(number).customs_reason) == ("REJECTED", REASON)


def test_what_a_declaration_can_be_answered(desk: BookDesk, qtbot: Any) -> None:
    """查验 and 删单 are offered for declarations; seconds and a number of times only where they count."""
    window = QWidget()
    qtbot.addWidget(window)
    dialog = opened(desk, window)
    choose(dialog.kind, "DEC")
    choose(dialog.answer, "inspect")
    choose(dialog.delivery, "delay")
    choose(dialog.times, "always")
    assert (dialog.seconds.isHidden(), dialog.left.isHidden(), dialog.reason.isEnabled()) == (False, True, False)
    assert dialog.order() == Order("DEC", "inspect", "delay", 30)
    choose(dialog.kind, "INV101")
    assert dialog.answer.currentData() == "approve"
    dialog.add.click()
    wait_until(lambda: dialog.orders.count() == 1, "the order")
    dialog.orders.setCurrentRow(0)
    dialog.remove.click()
    wait_until(lambda: dialog.orders.count() == 0, "an empty script")


def test_a_real_client_has_no_such_command(desk: BookDesk, qtbot: Any) -> None:
    """Neither menu nor command line knows a rehearsal customs on a folder without its mark."""
    root = desk.office.client.parent
    (root / MARKER).unlink()
    office = open_office(desk.office.home.path, rehearsal=True)
    real = BookDesk(office)
    window = QWidget()
    qtbot.addWidget(window)
    assert "gateway.rehearsal" not in [one.id for one in exchange_commands(SingleWindow(real.context, window))]
    real.close()
    office.close()


def test_on_the_command_line(
    desk: BookDesk, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    office = desk.office
    monkeypatch.setenv("BONDESK_PASSWORD", PASSWORD)
    home = ["--home", str(office.home.path), "--user", office.clerk.account, "rehearsal"]
    file = tmp_path / "script.json"
    file.write_text(json.dumps([{"kind": "INV101", "delivery": "lose", "left": 1}]), encoding="utf-8")
    assert cli.main([*home, "--file", str(file)]) == cli.DONE
    assert json.loads(capsys.readouterr().out)["orders"][0]["delivery"] == "lose"
    (number,) = office.notes("IM2401001")
    sent(office, number)
    office.receive()
    assert office.note(number).state == "SENT"
    assert cli.main([*home, "--release"]) == cli.DONE
    assert [one["number"] for one in json.loads(capsys.readouterr().out)["held"]] == [number]
    assert cli.main([*home, "--release", "X1"]) == cli.WRONG
    assert cli.main([*home, "--release", number]) == cli.DONE
    office.receive()
    assert office.note(number).state == "APPROVED"
    file.write_text('[{"kind": "INV101", "answer": "reject"}]', encoding="utf-8")
    assert cli.main([*home, "--file", str(file)]) == cli.REFUSED
    assert "须写明原因" in capsys.readouterr().err
    file.write_text("{", encoding="utf-8")
    assert cli.main([*home, "--file", str(file)]) == cli.WRONG
    (office.client.parent / MARKER).unlink()
    assert cli.main(home) == cli.REFUSED
    assert "REH-01" in capsys.readouterr().err
