"""报文元素: a corrected name reaches the file; what customs demands cannot be left out."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from sqlalchemy import select

from bondesk.base.element_name import ElementName, MessageNames
from bondesk.base.errors import Refused
from bondesk.engine import records, sending
from bondesk.engine.engine import SYSTEM
from bondesk.engine.tables import Outbox
from builders.office import Office


def correct(office: Office, *lines: tuple[str, str, str, bool], active: bool = True) -> None:
    """Keep corrections of INV101: (group, element, own name, sent)."""
    with office.act(SYSTEM) as act:
        names = MessageNames(message_code="INV101", active=active)
        names.elements = [
            ElementName(line_no=n, group_name=g, element=e, own_name=own, sent=sent)
            for n, (g, e, own, sent) in enumerate(lines, 1)
        ]
        act.session.add(names)


def sent_text(office: Office) -> str:
    """Send one import note and return the XML that waits for the client."""
    numbers = office.notes("IM2401001")
    office.audit(numbers)
    office.order(numbers)
    with office.act(SYSTEM) as act:
        content = act.session.scalars(select(Outbox.content)).one()
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return archive.read(archive.namelist()[0]).decode()


def test_a_name_is_corrected_in_its_group_only(factory_office: Office) -> None:
    correct(factory_office, ("InvtListType", "Rmk", "Remark", True), ("InvtListType", "Param1", "", False))
    text = sent_text(factory_office)
    head, lines = text.split("</InvtHeadType>")
    assert "<Rmk" in head
    assert "<Remark" in lines
    assert "<Rmk" not in lines
    assert "<Param1" in head
    assert "<Param1" not in lines


def test_switched_off_it_changes_nothing(factory_office: Office) -> None:
    correct(factory_office, ("InvtListType", "Rmk", "Remark", True), active=False)
    assert "<Remark" not in sent_text(factory_office)


def test_what_customs_demands_is_sent(factory_office: Office) -> None:
    correct(factory_office, ("InvtListType", "Gdecd", "", False))
    numbers = factory_office.notes("IM2401001")
    factory_office.audit(numbers)
    document = factory_office.document("bonded_note")
    with factory_office.act() as act, pytest.raises(Refused, match="MSGN-03"):
        sending.order(act, document, [factory_office.note(numbers[0]).id])


def test_names_are_checked_when_saved(factory_office: Office) -> None:
    document = factory_office.document("element_name")
    with factory_office.act() as act:
        draft = records.blank(act, document)
        draft.head["message_code"] = "EMS111"
        names = MessageNames(message_code="EMS111")
        names.elements = [ElementName(group_name="NemsHead", element="EmsNo", own_name="1 号"), ElementName(group_name="NemsHead", element="EmsNo")]  # fmt: skip
        codes = [finding.code for finding in records.findings_of(act, document, names)]
    assert codes == ["MSGN-01", "MSGN-02"]
