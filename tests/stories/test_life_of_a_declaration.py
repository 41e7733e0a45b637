"""A declaration through real folders: from draft to 结关; returned, corrected, resent; kept at the Single Window."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select

from bondesk.adapters.rehearsal import RehearsalCustoms
from bondesk.areas.risk.inspection_record import InspectionRecord
from bondesk.areas.risk.return_record import ReturnRecord
from bondesk.base.errors import Refused
from bondesk.engine import attachments, outbox_care, records, sending
from bondesk.engine.attachments import Paper
from bondesk.engine.engine import SYSTEM
from bondesk.engine.tables import Outbox, ReceiptFile
from builders.dec_messages import audited, declaration, ordered, pdf, read, ready, sent, stored
from builders.office import Office

REASON = "表体第2项：规格型号申报不规范"


@pytest.fixture
def office(masters_office: Office) -> Office:
    """An office that may declare, with the client's folder of declarations."""
    ready(masters_office)
    return masters_office


def customs(office: Office, **settings: object) -> RehearsalCustoms:
    """The counterpart behind the office's client."""
    return RehearsalCustoms(office.client.parent, date_by_document=True, **settings)  # type: ignore[arg-type]


def box(office: Office, name: str) -> list[Path]:
    """The files in a box of the declarations' folder."""
    return sorted((office.client.parent / "Deccus001" / name).iterdir())


def messages(office: Office) -> list[str]:
    """The names of all messages made."""
    with office.act(SYSTEM) as act:
        return list(act.session.scalars(select(Outbox.file_name).order_by(Outbox.id)))


def test_from_draft_to_cleared(office: Office) -> None:
    made = sent(office, declaration())
    (path,) = box(office, "OutBox")
    assert path.suffix == ".xml"
    assert read(office, made).state == "SENT"
    assert customs(office, inspect_every=99).answer() == 1
    assert box(office, "OutBox") == []
    result = office.receive()
    assert result.quarantined == 0
    assert result.applied == 6  # import response, 7, L, J, P, R
    one = read(office, made)
    assert (one.state, one.customs_state) == ("CLEARED", "CLEARED")
    assert one.seq_no.startswith("I2025")
    assert one.declaration_no.startswith("530120251")
    assert str(one.declared_on) == "2025-01-15"
    assert any("海关已放行：报关单已放行" in sentence for sentence in result.sentences)


def test_an_export_is_cleared_too(office: Office) -> None:
    made = sent(office, declaration("E"))
    customs(office, inspect_every=99).answer()
    assert office.receive().quarantined == 0
    assert read(office, made).state == "CLEARED"


def test_returned_corrected_and_sent_again_under_a_new_name(office: Office) -> None:
    one = declaration()
    made = sent(office, one)
    customs(office, rejected={one.internal_no: REASON}).answer()
    office.receive()
    back = read(office, made)
    assert (back.state, back.customs_state) == ("RETURNED", "RETURNED")
    assert REASON in back.customs_reason
    with office.act() as act:
        draft = records.open_draft(act, office.document("declaration"), made)
        said = [f for f in records.check(act, office.document("declaration"), draft) if f.code == "CUS-01"]
        assert [(f.table, f.line, f.field) for f in said] == [("lines", 1, "spec")]
        draft.lines["lines"][1].values["spec"] = "4|3|用途:电路板|材质:陶瓷|品牌:EXAMPLE|型号:EX-0402"
        records.save(act, office.document("declaration"), draft)
        assert [row.notice for row in act.facts.find(ReturnRecord)] == [back.customs_reason]
    audited(office, [made])
    ordered(office, [made])
    assert read(office, made).customs_reason == ""
    office.hand_over()
    assert len(set(messages(office))) == 2
    customs(office, inspected=frozenset({one.internal_no})).answer()
    assert office.receive().quarantined == 0
    again = read(office, made)
    assert again.state == "CLEARED"
    assert again.seq_no == back.seq_no
    with office.act(SYSTEM) as act:
        (inspection,) = act.facts.find(InspectionRecord)
        assert (inspection.declaration, inspection.declaration_no) == (one.internal_no, again.declaration_no)
        states = act.session.scalars(select(ReceiptFile.state)).all()
    assert set(states) == {"applied"}
    assert len(states) == 4 + 7


def test_what_the_importer_refuses_is_told_on_the_line(office: Office) -> None:
    """A file spoilt on its way: the import response fails it, and the draft is open again."""
    made = sent(office, declaration())
    (path,) = box(office, "OutBox")
    path.write_bytes(path.read_bytes().replace(b"<CodeTS>8532241000<", b"<CodeTS>85322410<", 1))
    customs(office).answer()
    office.receive()
    one = read(office, made)
    assert one.state == "FAILED"
    assert "表体第1项：CodeTS格式不正确" in one.customs_reason
    assert one.seq_no == ""


def test_kept_at_the_single_window_only(office: Office) -> None:
    """暂存 chosen at sending, though the company declares: UPLOADED, and nothing more comes."""
    made = stored(office, declaration())
    audited(office, [made])
    ordered(office, [made], way="0")
    office.hand_over()
    assert b"<OperType>G</OperType>" in box(office, "OutBox")[0].read_bytes()
    customs(office).answer()
    assert office.receive().applied == 1
    assert read(office, made).state == "UPLOADED"


def test_a_resend_of_what_was_kept_declares_nothing(office: Office) -> None:
    """A message nobody knows of, sent as 暂存: the ordered resend is 暂存 too, though the company declares."""
    made = stored(office, declaration())
    audited(office, [made])
    ordered(office, [made], way="0")
    office.hand_over()
    (former,) = box(office, "OutBox")
    former.unlink()
    with office.act() as act:
        outbox_care.resend(act, outbox_care.outbox(act)[0].id, "客户端重装，文件没有了")
    office.hand_over()
    assert b"<OperType>G</OperType>" in box(office, "OutBox")[0].read_bytes()


def test_attached_papers_go_with_the_message(office: Office) -> None:
    """发票 and 装箱单 as PDF in one zip, named as in the message; other kinds stay here."""
    made = stored(office, declaration())
    document = office.document("declaration")
    with office.act() as act:
        attachments.attach(act, document, made, "发票 1.pdf", pdf("invoice"), Paper("invoice"))
        attachments.attach(act, document, made, "装箱单.pdf", pdf("packing"), Paper("packing"))
        attachments.attach(act, document, made, "说明.txt", b"text", Paper("other"))
    audited(office, [made])
    ordered(office, [made])
    office.hand_over()
    (path,) = box(office, "OutBox")
    with zipfile.ZipFile(BytesIO(path.read_bytes())) as archive:
        names = archive.namelist()
        text = archive.read(names[0]).decode()
        assert archive.read(names[1]) == pdf("invoice")
    assert names[0] == f"{path.stem}.xml"
    assert len(names) == 3
    assert all(f"<EdocID>{name}</EdocID>" in text for name in names[1:])
    assert names[1].startswith("530100000001IM")
    assert "<EdocCopId>发票 1.pdf</EdocCopId>" in text
    customs(office, inspect_every=99).answer()
    office.receive()
    assert read(office, made).state == "CLEARED"


def test_papers_customs_would_not_take_are_all_named(office: Office) -> None:
    made = stored(office, declaration())
    document, whole = office.document("declaration"), pdf("whole")
    with office.act() as act:
        for name, content, kind in (
            ("发票.jpg", b"\xff\xd8\xff\xe0 picture", "invoice"),
            ("密.pdf", pdf("secret", encrypted=True), "invoice"),
            ("断.pdf", whole[: len(whole) // 2], "packing"),
            ("合同.pdf", whole, "contract"),
            ("提单.pdf", whole, "bill"),
        ):
            attachments.attach(act, document, made, name, content, Paper(kind))
    audited(office, [made])
    with pytest.raises(Refused) as refused, office.act() as act:
        sending.order(act, document, [made])
    assert [f.code for f in refused.value.findings] == ["EDOC-01", "EDOC-03", "EDOC-04", "EDOC-05"]
    assert "“断.pdf”" in str(refused.value.findings[2])


def test_a_card_that_is_missing_is_found_by_the_name_of_the_file(office: Office) -> None:
    made = sent(office, declaration())
    (path,) = box(office, "OutBox")
    text = '<Root><failCode version="1">C134</failCode><failInfo><![CDATA[["打开读卡器失败:错误码=50200"]]]></failInfo></Root>'
    inbox = path.parents[1] / "InBox"
    (inbox / f"Failed_{path.stem}_202501150932100000000.xml").write_text(text, encoding="utf-8")
    office.receive()
    one = read(office, made)
    assert (one.state, one.customs_reason) == ("FAILED", "打开读卡器失败:错误码=50200")
    assert str(one.customs_at) == "2025-01-15 09:32:10"


def test_receipts_in_any_order_through_the_folder(office: Office) -> None:
    made = sent(office, declaration())
    customs(office, inspect_every=1).answer()
    inbox = office.client.parent / "Deccus001" / "InBox"
    files = [(path.name, path.read_bytes()) for path in sorted(inbox.iterdir())]
    for path in inbox.iterdir():
        path.unlink()
    assert len(files) == 7
    for position in (4, 6, 0, 2, 5, 1, 3, 4, 0):
        (inbox / files[position][0]).write_bytes(files[position][1])
        office.receive()
    one = read(office, made)
    assert one.state == "CLEARED"
    with office.act(SYSTEM) as act:
        assert len(act.facts.find(InspectionRecord)) == 1
        assert [row.state for row in act.session.scalars(select(ReceiptFile))] == ["applied"] * 7
