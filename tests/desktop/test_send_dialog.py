"""发送 asks once; what the check before sending found is shown, and overriding it needs a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from sqlalchemy import select

from bondesk.areas.setup.company import Company
from bondesk.base.errors import Refused
from bondesk.base.identity import Identity
from bondesk.desktop.context import Codes, DeskContext
from bondesk.desktop.lane import Lane
from bondesk.desktop.send_dialog import SendDialog
from bondesk.engine import declaring
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

    def open_as(who: Identity, policy: str = "BLOCK", card: str = "8930001234567") -> tuple[SendDialog, list[str]]:
        with factory_office.act(SYSTEM) as act:
            company = act.session.scalars(select(Company)).one()
            company.inversion_policy, company.ic_card = policy, card
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


def kept(office: Office) -> tuple[str, str, str]:
    """What the company remembers of 参数设置."""
    with office.act(SYSTEM) as act:
        company = act.session.scalars(select(Company)).one()
        return company.ic_card, company.declare_way, company.customs_code


def test_the_first_sending_asks_for_the_setting_and_the_second_does_not(
    opened: Opened, factory_office: Office, qtbot: Any
) -> None:
    dialog, said = opened(factory_office.clerk, "OFF", "")
    code = kept(factory_office)[2]
    form = dialog.setting
    assert form is not None
    assert dialog.send.text() == "保存并发送"
    assert not dialog.send.isEnabled()
    assert "操作员IC卡号" in dialog.send.toolTip()
    assert form.cells["customs_code"].editor.value() == code, "what is known is not typed again"
    box = form.cells["ic_card"].editor.box
    assert dialog.focusWidget() is box, "the cursor stands in the first gap"
    QTest.keyClicks(box, "8930007654321")
    form.cells["declare_way"].editor.set_value("0")
    dialog.send.click()
    qtbot.waitUntil(lambda: said == [""])
    assert kept(factory_office) == ("8930007654321", "0", code)
    again, _ = opened(factory_office.clerk, "OFF", "8930007654321")
    assert (again.setting, again.send.text()) == (None, "发送")


def test_a_wrong_code_is_refused_and_nothing_is_kept(opened: Opened, factory_office: Office, qtbot: Any) -> None:
    dialog, said = opened(factory_office.clerk, "OFF", "")
    assert dialog.setting is not None
    for key, text in (("ic_card", "1"), ("customs_code", "123")):
        box = dialog.setting.cells[key].editor.box
        box.selectAll()
        QTest.keyClicks(box, text)
    dialog.send.click()
    qtbot.waitUntil(lambda: dialog.problem.isVisibleTo(dialog))
    assert "10 位" in dialog.problem.text()
    assert (said, kept(factory_office)[0]) == ([], "")


def test_who_only_sends_may_fill_what_is_missing_but_not_change_it(factory_office: Office) -> None:
    sender = Identity(factory_office.clerk.user_id, "zhidan", "制单员", frozenset({("bonded_note", "send")}))
    with factory_office.act(sender) as act:
        filled = replace(declaring.setting_of(act), ic_card="8930001234567")
        declaring.keep_setting(act, filled)
    with pytest.raises(Refused, match="ACCESS-01"), factory_office.act(sender) as act:
        declaring.keep_setting(act, replace(filled, declare_way="0"))
    looker = Identity(factory_office.clerk.user_id, "zhidan", "制单员", frozenset({("bonded_note", "view")}))
    with pytest.raises(Refused, match="ACCESS"), factory_office.act(looker) as act:
        declaring.keep_setting(act, filled)
