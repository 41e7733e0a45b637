"""发送 asks once; what the check before sending found is shown, and overriding it needs a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QRadioButton, QWidget
from sqlalchemy import select

from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.setup.company import Company
from bondesk.base.errors import Refused
from bondesk.base.identity import Identity
from bondesk.desktop.context import Codes, DeskContext
from bondesk.desktop.lane import Lane
from bondesk.desktop.send_dialog import SendDialog
from bondesk.engine import declaring, sending
from bondesk.engine.engine import SYSTEM
from bondesk.engine.tables import Outbox
from builders.office import Office

Said = list[tuple[str, str]]
Opened = Callable[..., tuple[SendDialog, Said]]


@pytest.fixture
def opened(factory_office: Office, qtbot: Any) -> Iterator[Opened]:
    """Open the dialog over the first export note: it inverts, nothing was imported."""
    number = factory_office.notes("EX2401")[0]
    factory_office.audit([number])
    note = factory_office.note(number).id
    lanes: list[Lane] = []
    parents: list[QWidget] = []

    def open_as(who: Identity, policy: str = "BLOCK", card: str = "8930001234567") -> tuple[SendDialog, Said]:
        with factory_office.act(SYSTEM) as act:
            company = act.session.scalars(select(Company)).one()
            company.inversion_policy, company.ic_card = policy, card
        lane = Lane(factory_office.engine, who)
        lanes.append(lane)
        context = DeskContext(factory_office.engine, who, lane, Codes(), *[lambda *_: None] * 4)  # type: ignore[arg-type]
        parent = QWidget()
        said: Said = []
        qtbot.addWidget(parent)
        parents.append(parent)
        document = factory_office.document("bonded_note")

        def take(reason: str, way: str) -> None:
            said.append((reason, way))

        dialog = SendDialog(context, document, [note], f"「核注清单」{number} ", take, parent)
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
    assert dialog.before.findings.isVisibleTo(dialog)
    dialog.before.line.setText("  ")
    assert not dialog.send.isEnabled()
    dialog.before.line.setText("客户急件")
    dialog.send.click()
    assert said == [("客户急件", "1")]


def test_a_warning_is_shown_and_may_be_passed(opened: Opened, factory_office: Office) -> None:
    dialog, said = opened(factory_office.clerk, "WARN")
    assert dialog.send.text() == "仍然发送"
    assert not dialog.before.line.isVisibleTo(dialog)
    dialog.send.click()
    assert said == [("", "1")]


def test_nothing_found_is_one_plain_question(opened: Opened, factory_office: Office) -> None:
    dialog, said = opened(factory_office.clerk, "OFF")
    assert (dialog.send.text(), dialog.before.findings.isVisibleTo(dialog)) == ("发送", False)
    dialog.reject()
    assert said == []


def test_who_may_not_force_is_not_offered_it(opened: Opened, factory_office: Office) -> None:
    """The sending itself will refuse and say why."""
    rights = frozenset({("bonded_note", "view"), ("bonded_note", "send")})
    dialog, _said = opened(Identity(factory_office.clerk.user_id, "zhidan", "制单员", rights))
    assert dialog.send.text() == "发送"
    assert not dialog.before.line.isVisibleTo(dialog)


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
    qtbot.waitUntil(lambda: dialog.focusWidget() is box)  # the cursor stands in the first gap
    QTest.keyClicks(box, "8930007654321")
    form.cells["declare_way"].editor.set_value("0")
    dialog.send.click()
    qtbot.waitUntil(lambda: said == [("", "0")])
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


def test_the_way_is_asked_and_remembered_for_the_user(opened: Opened, factory_office: Office, qtbot: Any) -> None:
    """The company declares at once; who stored last time is offered to store again, everybody else is not."""
    document = factory_office.document("bonded_note")
    dialog, said = opened(factory_office.clerk, "OFF")
    assert dialog.way.isVisibleTo(dialog)
    assert dialog.way.value == "1"
    dialog.findChild(QRadioButton, "send_way_0").click()
    assert "海关还没有收到" in dialog.way.told.text()
    dialog.send.click()
    assert said == [("", "0")]

    def remembered(who: Identity) -> str:
        with factory_office.act(who) as act:
            return declaring.way_of(act, document)

    qtbot.waitUntil(lambda: remembered(factory_office.clerk) == "0")
    again, _ = opened(factory_office.clerk, "OFF")
    assert again.way.value == "0"
    assert remembered(SYSTEM) == "1", "of another user nothing is known"
    with factory_office.act() as act:
        note = act.session.scalars(select(BondedNote).where(BondedNote.state == "AUDITED")).first()
        assert note is not None
        assert [one.way for one in declaring.declarable(act) if one.document_id == note.id] == ["0"]
    again.findChild(QRadioButton, "send_way_1").click()
    again.send.click()
    qtbot.waitUntil(lambda: remembered(factory_office.clerk) == "1")


def test_what_is_stored_only_says_so_in_its_message(factory_office: Office) -> None:
    """The whole way: 暂存 stands in the file the client gets."""
    number = factory_office.notes("IM2401001")[0]
    factory_office.audit([number])
    document, note = factory_office.document("bonded_note"), factory_office.note(number).id
    with factory_office.act() as act:
        sending.order(act, document, [note], way="0")
        content = act.session.scalars(select(Outbox.content).where(Outbox.document_id == note)).one()
    with ZipFile(BytesIO(content)) as archive:
        assert b"<DelcareFlag>0</DelcareFlag>" in archive.read(archive.namelist()[0])
