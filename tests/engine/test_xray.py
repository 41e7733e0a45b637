"""报文透视: every line knows its field, differences to the last sending, receipts in plain Chinese."""

from __future__ import annotations

import pytest

from bondesk.adapters.rehearsal import RehearsalCustoms
from bondesk.base.errors import Refused
from bondesk.base.identity import Identity
from bondesk.engine import records, xray
from bondesk.engine.engine import SYSTEM
from bondesk.engine.xray import CHANGED, GONE, NEW, Place, Xray
from builders.dec_messages import declaration, ready, sent, stored
from builders.office import Office


@pytest.fixture
def office(masters_office: Office) -> Office:
    """An office that may declare."""
    ready(masters_office)
    return masters_office


def look(office: Office, document_id: int, sending: int | None = None, key: str = "declaration") -> Xray:
    """The X-ray of a stored document."""
    with office.act() as act:
        return xray.xray(office.engine.receipts, act, office.document(key), document_id, sending)


def place(found: Xray, element: str, number: int = 0) -> Place | None:
    """Where the ``number``-th element of a name comes from."""
    lines = [line for line in found.lines if line.xml.startswith((f"<{element}>", f"<{element}/>"))]
    return lines[number].place


def returned(office: Office) -> int:
    """A declaration that customs returned."""
    one = declaration()
    made = sent(office, one)
    customs = RehearsalCustoms(office.client.parent, date_by_document=True, rejected={one.internal_no: "第2项：不规范"})
    customs.answer()
    office.receive()
    return made


def test_elements_know_their_fields(office: Office) -> None:
    found = look(office, stored(office, declaration("E")))
    assert (found.shown, found.against, found.differences) == (None, None, 0)
    assert place(found, "TradeMode") == Place("", None, "supervision_mode")
    assert place(found, "GName", 1) == Place("lines", 1, "name")
    assert place(found, "OriginCountry") == Place("lines", 0, "destination_country")
    assert place(found, "DecList", 1) == Place("lines", 1, "")
    assert place(found, "ApprNo") is None
    label = {line.xml: line.label for line in found.lines}
    assert label["<GrossWet>128.5</GrossWet>"] == "毛重"
    assert found.lines[0].xml == "<DecMessage>"
    assert found.lines[-1].xml == "</DecMessage>"


def test_an_unfinished_draft_can_be_looked_at(office: Office) -> None:
    one = declaration()
    one.lines[0].name, one.lines[0].spec, one.remark = "甲<乙>&\x07", "", "一\n二"
    found = look(office, stored(office, one))
    texts = [line.xml for line in found.lines]
    assert "<GModel/>" in texts
    assert "<NoteS>一⏎二</NoteS>" in texts
    assert any("甲&lt;乙&gt;&amp;" in text for text in texts)


def test_what_changed_since_the_last_sending(office: Office) -> None:
    made = returned(office)
    before = look(office, made)
    assert before.against is not None
    assert [line.xml for line in before.lines if line.mark] == ["<SeqNo>" + before.lines[2].xml[7:]]  # got by now
    with office.act() as act:
        draft = records.open_draft(act, office.document("declaration"), made)
        draft.lines["lines"][1].values["spec"] = "4|3|改正"
        draft.head["remark"] = ""
        records.save(act, office.document("declaration"), draft)
    marked = {line.xml: (line.mark, line.before) for line in look(office, made).lines if line.mark}
    assert marked.pop("<GModel>4|3|改正</GModel>") == (CHANGED, declaration().lines[1].spec)
    assert marked.pop("<NoteS/>") == (CHANGED, "示例备注")
    assert all(xml.startswith("<SeqNo>") for xml in marked)


def test_lines_that_came_and_went(office: Office) -> None:
    made = returned(office)
    with office.act() as act:
        draft = records.open_draft(act, office.document("declaration"), made)
        draft.lines["lines"].pop()
        draft.lines["documents"].append(
            type(draft.lines["lines"][0])({"line_no": 2, "document_code": "Y", "document_no": "1"})
        )
        records.save(act, office.document("declaration"), draft)
    marks = [(line.xml, line.mark) for line in look(office, made).lines if line.mark in {NEW, GONE}]
    assert marks == [("<DecList>…</DecList>", GONE), ("<LicenseDocu>", NEW)]


def test_a_sending_as_it_was(office: Office) -> None:
    """The first sending has nothing before it, however the document stands now; another document's is refused."""
    made = returned(office)
    with office.act() as act:
        draft = records.open_draft(act, office.document("declaration"), made)
        draft.head["remark"] = "改"
        records.save(act, office.document("declaration"), draft)
    (sending,) = look(office, made).sendings
    found = look(office, made, sending.id)
    assert found.shown == sending
    assert found.against is None
    assert "<NoteS>示例备注</NoteS>" in [line.xml for line in found.lines]
    other = stored(office, declaration(internal_no="EX2"))
    with pytest.raises(Refused, match="不属于本单据"):
        look(office, other, sending.id)


def test_receipts_are_told_newest_first(office: Office) -> None:
    found = look(office, returned(office)).receipts
    assert [one.code for one in found] == ["DEC_RESULT E", "DEC_RESULT L", "DEC_RESULT 7", "DECIMPORT 0"]
    assert found[0].text == "海关退单/不受理：退单：第2项：不规范"
    assert ("CUS_CIQ_NO", "统一编号") in [(name, label) for name, label, _value in found[0].values]
    assert found[-1].text.startswith("单一窗口导入成功，统一编号 I2025")
    assert found[0].at > found[-1].at


def test_notes_have_one_too(factory_office: Office) -> None:
    (number,) = factory_office.notes("IM2401001")
    factory_office.audit([number])
    factory_office.order([number])
    factory_office.hand_over()
    RehearsalCustoms(factory_office.client.parent, date_by_document=True).answer()
    factory_office.receive()
    note = factory_office.note(number)
    found = look(factory_office, note.id, key="bonded_note")
    assert place(found, "GdsNm") == Place("lines", 0, "name")
    assert place(found, "Natcd") == Place("lines", 0, "origin_country")
    assert place(found, "OperCusRegCode") is None
    assert {line.xml.split(">")[0] for line in found.lines if line.mark} <= {"<SeqNo", "<BondInvtNo", "<EntryNo"}
    assert any("预核扣" in one.text or "已核扣" in one.text for one in found.receipts)


def test_only_who_may_see_the_document(office: Office) -> None:
    made = stored(office, declaration())
    guest = Identity(7, "guest", "客人", frozenset({("part", "view")}))
    with pytest.raises(Refused, match="ACCESS-01"), office.act(guest) as act:
        xray.xray(office.engine.receipts, act, office.document("declaration"), made)
    with pytest.raises(Refused, match="没有报文"), office.act(SYSTEM) as act:
        xray.xray(office.engine.receipts, act, office.document("part"), made)
