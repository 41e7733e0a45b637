"""核注清单检查数量倒挂 before 发送: BLOCK refuses, WARN asks, OFF is silent; the right 强制发送 overrides with a reason."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.setup.company import Company
from bondesk.base.errors import Refused
from bondesk.base.findings import Severity
from bondesk.base.identity import Identity
from bondesk.base.operation_log import OperationLog
from bondesk.engine import send_check, sending
from bondesk.engine.engine import SYSTEM
from builders.office import Office


@pytest.fixture
def exports(factory_office: Office) -> tuple[Office, list[int]]:
    """An office without any import: whatever is exported inverts. Its first export notes are audited."""
    numbers = factory_office.notes("EX240")[:3]
    factory_office.audit(numbers)
    policy(factory_office, "BLOCK")
    return factory_office, [factory_office.note(number).id for number in numbers]


def policy(office: Office, word: str) -> None:
    with office.act(SYSTEM) as act:
        act.session.scalars(select(Company)).one().inversion_policy = word


def sent(office: Office, note: int, force: str = "", who: Identity | None = None) -> str:
    """Order a note; return its state, or the codes it was refused with."""
    document = office.document("bonded_note")
    try:
        with office.act(who) as act:
            sending.order(act, document, [note], force)
    except Refused as refused:
        return "、".join(sorted({finding.code for finding in refused.findings}))
    return office.note(note).state


def test_on_refuses_and_off_does_not(exports: tuple[Office, list[int]]) -> None:
    office, (first, second, _third) = exports
    assert sent(office, first) == "INV-01"
    assert office.note(first).state == "AUDITED"
    policy(office, "WARN")
    assert sent(office, first) == "SENDING"
    policy(office, "OFF")
    assert sent(office, second) == "SENDING"


def test_the_sentence_names_material_shortage_and_day(exports: tuple[Office, list[int]]) -> None:
    office, (first, *_) = exports
    document = office.document("bonded_note")
    with office.act() as act, pytest.raises(Refused) as caught:
        sending.order(act, document, [first])
    day = office.note(first).declared_on
    for finding in caught.value.findings:
        assert "倒挂" in finding.text
        assert f"自 {day} 起不足" in finding.text
    assert any("块" in finding.text or "千个" in finding.text for finding in caught.value.findings)


def test_warn_asks(exports: tuple[Office, list[int]]) -> None:
    office, (first, *_) = exports
    document = office.document("bonded_note")
    policy(office, "WARN")
    with office.act() as act:
        asked = send_check.questions(act, document, [first])
    assert {finding.severity for finding in asked} == {Severity.CONFIRM}
    policy(office, "OFF")
    with office.act() as act:
        assert send_check.questions(act, document, [first]) == []


def test_forcing_needs_the_right_and_a_reason_and_is_logged(exports: tuple[Office, list[int]]) -> None:
    office, (first, *_) = exports
    weak = Identity(
        office.clerk.user_id, "zhidan", "制单员", frozenset({("bonded_note", "view"), ("bonded_note", "send")})
    )
    assert sent(office, first, "客户急件", weak) == "ACCESS-01"
    assert sent(office, first, "   ") == "INV-01"
    assert sent(office, first, "客户急件，进口清单明日补申报") == "SENDING"
    with office.act(SYSTEM) as act:
        log = act.session.scalars(select(OperationLog).filter_by(action="强制发送")).one()
        assert log.after["原因"] == "客户急件，进口清单明日补申报"
        assert "倒挂" in log.after["仍然发送"]


def test_forcing_one_error_leaves_another_standing(exports: tuple[Office, list[int]]) -> None:
    """A reason lifts 倒挂 and nothing else: the note stays, is refused for the other, and no 强制发送 is logged."""
    office, (first, *_) = exports
    with office.act(SYSTEM) as act:
        act.session.get_one(BondedNote, (act.company_id, first)).entry_exit_customs = ""
    refused = sent(office, first, "客户急件").split("、")
    assert refused
    assert "INV-01" not in refused
    assert office.note(first).state == "AUDITED"
    with office.act(SYSTEM) as act:
        logged = act.session.scalars(select(OperationLog).where(OperationLog.action == "强制发送")).all()
    assert logged == []


def test_what_is_under_way_counts_against_the_next(exports: tuple[Office, list[int]]) -> None:
    """Imports that are sent but not answered count already; audited ones do not."""
    office, (first, *_) = exports
    imports = [number for number in office.notes("IM240") if office.note(number).supervision_mode == "0615"]
    without = short(office, first)
    office.audit(imports)
    assert short(office, first) == without
    office.order(imports)
    assert short(office, first) < without


def short(office: Office, note: int) -> set[str]:
    """Return the materials a note would invert."""
    document = office.document("bonded_note")
    with office.act() as act:
        return {finding.text.split(" 倒挂")[0] for finding in send_check.questions(act, document, [note])}
