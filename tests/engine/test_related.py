"""关联单据: from every document to what it names, what names it, its messages and its workbook."""

from __future__ import annotations

import io
import zipfile

import pytest

from bondesk.areas.index import CATALOGUE
from bondesk.base.documents import DocumentType, Related
from bondesk.base.errors import Refused
from bondesk.base.identity import Identity
from bondesk.engine import records
from bondesk.engine.drafts import Draft
from bondesk.engine.engine import SYSTEM
from bondesk.engine.related import RelatedFile, RelatedGroup, file_of, related, text_of
from builders.office import DEMO, Office
from builders.papers import Papers


def groups_of(office: Office, key: str, number: str, who: Identity | None = None) -> dict[str, RelatedGroup]:
    """What belongs to a document, by title."""
    document = office.document(key)
    with office.act(who) as act:
        found = related(act, document, records.load_numbered(act, document, number).id)
    return {group.title: group for group in found}


def numbers(group: RelatedGroup) -> list[str]:
    """The numbers or file names of a group."""
    return [row.number if isinstance(row, Related) else row.name for row in group.rows]


def test_a_note_and_its_source_document_name_each_other(factory_office: Office) -> None:
    """The links of the lines, the partner, the book, the parts, and the workbook the document came from."""
    made = factory_office.notes("IM2403001")
    with factory_office.act() as act:
        document = factory_office.document("source_document")
        source = records.load_numbered(act, document, "IM2403001")
        partner, parts = source.partner, sorted({line.part_no for line in source.lines})
    of_note = groups_of(factory_office, "bonded_note", made[0])
    assert numbers(of_note["原始单证"]) == ["IM2403001"]
    assert numbers(of_note["商业合作伙伴"]) == [partner]
    assert [one.partition("/")[0] for one in numbers(of_note["账册"])] == [factory_office.note(made[0]).record_no]
    assert set(numbers(of_note["料号档案"])) <= set(parts)
    of_source = groups_of(factory_office, "source_document", "IM2403001")
    assert sorted(numbers(of_source["核注清单"])) == sorted(made)
    assert numbers(of_source["导入的工作簿"]) == ["source_document_import.xlsx"]
    of_partner = groups_of(factory_office, "partner", partner)
    assert "IM2403001" in numbers(of_partner["原始单证"])
    assert set(made) <= set(numbers(of_partner["核注清单"]))


def test_more_than_fifty_are_not_listed_but_said(codes_office: Office) -> None:
    """A partner named by 55 documents lists the newest 50 and says that there are more."""
    document, partner = codes_office.document("source_document"), codes_office.document("partner")
    with codes_office.act(SYSTEM) as act:
        records.save(act, partner, Draft({"code": "C1", "name": "客户", "partner_type": "C"}))
        for place in range(55):
            act.session.add(
                document.header(document_no=f"D{place:02}", document_date=act.facts.today, ie_flag="I", partner="C1")
            )
            act.session.flush()
    found = groups_of(codes_office, "partner", "C1")["原始单证"]
    assert (len(found.rows), found.more) == (50, True)
    assert numbers(found)[0] == "D54"


def test_what_may_not_be_viewed_is_not_listed(factory_office: Office) -> None:
    """Somebody who may only see notes learns nothing of source documents, partners and workbooks."""
    (note, *_) = factory_office.notes("IM2403001")
    only = Identity(30, "only", "只看", frozenset({("bonded_note", "view")}))
    assert groups_of(factory_office, "bonded_note", note, only) == {}
    with pytest.raises(Refused, match="没有「原始单证」的「查看」权限"):
        groups_of(factory_office, "source_document", "IM2403001", only)


def test_messages_and_receipts_of_a_note_are_read_as_text(office_at, factory_template) -> None:  # type: ignore[no-untyped-def]
    """What went out and what came back, with name, time and state; as XML one can read."""
    office: Office = office_at(factory_template, rehearsal=True)
    (number, *_) = office.notes("IM2403001")
    office.audit([number])
    office.order([number])
    office.hand_over()
    office.receive()
    found = groups_of(office, "bonded_note", number)
    (sent,) = found["发出的报文"].rows
    assert isinstance(sent, RelatedFile) and sent.state == "已交客户端" and sent.at is not None
    received = found["收到的回执"].rows
    assert received and all(
        isinstance(row, RelatedFile) and row.state and not row.state.startswith("已处理") for row in received
    )
    document, key = office.document("bonded_note"), office.note(number).id
    with office.act() as act:
        name, content = file_of(act, document, key, sent)
        assert name.endswith(".txt") and number in content.decode()
        assert isinstance(received[0], RelatedFile)
        assert "<?xml" in file_of(act, document, key, received[0])[1].decode()
        with pytest.raises(Refused):
            file_of(act, document, key, RelatedFile("message", 12345, "x", None, ""))


def test_the_workbook_comes_back_byte_for_byte(factory_office: Office) -> None:
    """打开原工作簿 gives exactly what was imported."""
    (book,) = groups_of(factory_office, "source_document", "IM2403001")["导入的工作簿"].rows
    assert isinstance(book, RelatedFile)
    document = factory_office.document("source_document")
    with factory_office.act() as act:
        key = records.load_numbered(act, document, "IM2403001").id
        name, content = file_of(act, document, key, book)
    assert (name, content) == ("source_document_import.xlsx", (DEMO / "source_document_import.xlsx").read_bytes())


@pytest.mark.parametrize("document", CATALOGUE.documents, ids=lambda one: one.key)
def test_every_reference_is_followed_both_ways(document: DocumentType, codes_office: Office) -> None:
    """For each declared document: what its fields name is listed, and lists it back."""
    fields = [*document.head_fields, *(entry for table in document.lines for entry in table.fields)]
    references = {key for entry in fields for key in entry.references} - {document.key}
    if not document.creatable or not references:
        pytest.skip("names no other document")
    with codes_office.act(SYSTEM) as act:
        draft = Papers(act).draft(document)
        filled = {key for entry in document.head_fields if draft.head.get(entry.key) for key in entry.references[:1]}
        for table in document.lines:
            line = draft.lines[table.key][0].values
            filled |= {key for entry in table.fields if line.get(entry.key) for key in entry.references[:1]}
        key = records.save(act, document, draft)
        named = {one for group in related(act, document, key) for one in group.rows if isinstance(one, Related)}
        assert {one.document_key for one in named} == filled & references  # customs numbers books, nobody types them
        for one in named:
            back = related(act, act.catalogue.document(one.document_key), one.document_id)
            assert (document.key, key) in {
                (row.document_key, row.document_id) for group in back for row in group.rows if isinstance(row, Related)
            }


def test_texts_of_every_kind() -> None:
    """Plain XML, a zip of parts, and bytes that are no text."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.xml", "<甲/>")
        archive.writestr("b.txt", b"\xff\xfe")
    assert text_of("\ufeff<甲/>".encode()) == "<甲/>"
    assert text_of(stream.getvalue()) == "==== a.xml ====\n<甲/>\n\n==== b.txt ====\n\ufffd\ufffd"
