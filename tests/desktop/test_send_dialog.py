"""发送 asks once; what the check before sending found is shown, and overriding it needs a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from sqlalchemy import select

from bondesk.areas.setup.company import Company
from bondesk.base.identity import Identity
from bondesk.desktop.context import Codes, DeskContext
from bondesk.desktop.lane import Lane
from bondesk.desktop.send_dialog import SendDialog
from bondesk.engine.engine import SYSTEM
from builders.office import Office

Opened = Callable[..., tuple[SendDialog, list[str]]]


@pytest.fixture
def opened(factory_office: Office, qtbot: Any) -> Iterator[Opened]:
    """Open the dialog over the first export note: it inverts, nothing was imported."""
    number = factory_office.notes("EX2401")[0]
    factory_office.audit([number])
    note = factory_office.note(number).id
    lanes: list[Lane] = []
    parents: list[QWidget] = []

    def open_as(who: Identity, policy: str = "BLOCK") -> tuple[SendDialog, list[str]]:
        with factory_office.act(SYSTEM) as act:
            act.session.scalars(select(Company)).one().inversion_policy = policy
        lane = Lane(factory_office.engine, who)
        lanes.append(lane)
        context = DeskContext(factory_office.engine, who, lane, Codes(), *[lambda *_: None] * 4)  # type: ignore[arg-type]
        parent, said = QWidget(), []
        qtbot.addWidget(parent)
        parents.append(parent)
        document = factory_office.document("bonded_note")
        dialog = SendDialog(context, document, [note], f"「核注清单」{number} ", said.append, parent)
        dialog.open()
        qtbot.waitUntil(lambda: dialog.send.text() != "正在检查…", timeout=20_000)
        return dialog, said

    yield open_as
    for lane in lanes:
        lane.close()


def test_who_may_force_must_say_why(opened: Opened, factory_office: Office) -> None:
    dialog, said = opened(factory_office.clerk)
    assert dialog.send.text() == "强制发送"
    assert not dialog.send.isEnabled()
    assert dialog.findings.isVisibleTo(dialog)
    dialog.reason.setText("  ")
    assert not dialog.send.isEnabled()
    dialog.reason.setText("客户急件")
    dialog.send.click()
    assert said == ["客户急件"]


def test_a_warning_is_shown_and_may_be_passed(opened: Opened, factory_office: Office) -> None:
    dialog, said = opened(factory_office.clerk, "WARN")
    assert dialog.send.text() == "仍然发送"
    assert not dialog.reason.isVisibleTo(dialog)
    dialog.send.click()
    assert said == [""]


def test_nothing_found_is_one_plain_question(opened: Opened, factory_office: Office) -> None:
    dialog, said = opened(factory_office.clerk, "OFF")
    assert (dialog.send.text(), dialog.findings.isVisibleTo(dialog)) == ("发送", False)
    dialog.reject()
    assert said == []


def test_who_may_not_force_is_not_offered_it(opened: Opened, factory_office: Office) -> None:
    """The sending itself will refuse and say why."""
    rights = frozenset({("bonded_note", "view"), ("bonded_note", "send")})
    dialog, _said = opened(Identity(factory_office.clerk.user_id, "zhidan", "制单员", rights))
    assert dialog.send.text() == "发送"
    assert not dialog.reason.isVisibleTo(dialog)
