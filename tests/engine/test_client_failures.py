"""Failures the client writes itself: no key inside, only the name of what was handed over (messages 8.1, 9.3)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bondesk.engine.engine import SYSTEM
from bondesk.engine.tables import Outbox
from builders.office import Office

READER = (
    '<?xml version="1.0" encoding="utf-8"?><Root><resultFlag><Type>1</Type><Value>11</Value></resultFlag>'
    '<failCode version="1">C134</failCode><failInfo><![CDATA[["打开读卡器失败:错误码=50200"]]]></failInfo>'
    "<retData></retData></Root>"
)


def sent(office: Office, *documents: str) -> list[tuple[str, str]]:
    """Hand over the notes of source documents; return (number, stem) in order."""
    numbers = [number for document in documents for number in office.notes(document)]
    office.audit(numbers)
    office.order(numbers)
    office.hand_over()
    with office.act(SYSTEM) as act:
        rows = act.session.scalars(select(Outbox).order_by(Outbox.id))
        return [(row.document_no, row.file_name.removesuffix(".zip")) for row in rows]


def arrives(office: Office, name: str, text: str = READER) -> tuple[int, int]:
    """Let a file arrive; return how many told something new and how many lie in quarantine."""
    (office.client / "InBox" / name).write_text(text, encoding="utf-8")
    result = office.receive()
    return result.applied, result.quarantined


@pytest.mark.parametrize("ending", ["_202408191442314383412", "_20240819144231438341212", ""])
def test_the_file_name_names_the_note(factory_office: Office, ending: str) -> None:
    """The stem leads to the note, with or without the time behind it; the reason is shown."""
    ((number, stem),) = sent(factory_office, "IM2401001")
    assert arrives(factory_office, f"Failed_{stem}{ending}.xml") == (1, 0)
    note = factory_office.note(number)
    assert note.state == "REJECTED"
    assert "打开读卡器失败" in note.customs_reason


def test_equal_failures_of_two_notes_are_two(factory_office: Office) -> None:
    """The same text under another name speaks of another note; under the same name of none again."""
    (first, second) = sent(factory_office, "IM2401001", "IM2401002")
    for _, stem in (first, second):
        assert arrives(factory_office, f"Failed_{stem}_202408191442314383412.xml") == (1, 0)
    assert [factory_office.note(number).state for number, _ in (first, second)] == ["REJECTED", "REJECTED"]
    assert arrives(factory_office, f"Failed_{first[1]}_202408191442314383412.xml") == (0, 0)


def test_a_failure_of_an_older_sending_changes_nothing(factory_office: Office) -> None:
    """Once corrected and sent again, the old message's failure does not reject the new one."""
    ((number, stem),) = sent(factory_office, "IM2401001")
    arrives(factory_office, f"Failed_{stem}_1.xml".replace("_1", "_202408191442314383412"))
    factory_office.audit([number])
    factory_office.order([number])
    factory_office.hand_over()
    arrives(factory_office, f"Failed_{stem}_202408191442319999999.xml")
    assert factory_office.note(number).state == "SENT"


def test_a_failure_nobody_knows_waits_with_a_reason(factory_office: Office) -> None:
    """A stem we never handed over is quarantined."""
    assert arrives(factory_office, "Failed_20240101000000_I_X_1_202408191442314383412.xml") == (0, 1)


def test_named_for_one_and_speaking_of_another(factory_office: Office) -> None:
    """The content decides: what is named after the first note and speaks of the second changes the second alone."""
    (first, stem), (second, _stem) = sent(factory_office, "IM2401001", "IM2401002")
    accepted = (
        f"<CommonResponeMessage><SeqNo>202400000000000077</SeqNo><EtpsPreentNo>{second}</EtpsPreentNo>"
        "<DealFlag>0</DealFlag></CommonResponeMessage>"
    )
    assert arrives(factory_office, f"Successed_{stem}_202408191442314383412.xml", accepted) == (1, 0)
    failed = accepted.replace("<DealFlag>0", "<CheckInfo>已申报</CheckInfo><DealFlag>-1")
    assert arrives(factory_office, f"Failed_{stem}_202408191442314383413.xml", failed) == (1, 0)
    one, other = factory_office.note(first), factory_office.note(second)
    assert (one.state, one.seq_no, one.customs_reason) == ("SENT", "", "")
    assert (other.state, other.seq_no, other.customs_reason) == ("REJECTED", "202400000000000077", "已申报")
    strange = accepted.replace(second, "NOBODY")
    assert arrives(factory_office, f"Successed_{stem}_202408191442314383414.xml", strange) == (0, 1)
    assert factory_office.note(first).state == "SENT"
