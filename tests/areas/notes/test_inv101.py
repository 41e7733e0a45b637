"""INV101 against the example of the message reference, and against the note it was made of."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from lxml import etree
from sqlalchemy import select

from bondesk.areas.setup.company import Company
from bondesk.engine import records
from bondesk.engine.engine import SYSTEM
from bondesk.engine.message_import import read_document
from bondesk.engine.tables import Outbox
from builders.office import SHARED, Office

EXAMPLE = SHARED / "spec" / "examples" / "inv101-example.xml"


def declared(office: Office, document_no: str, **options: str) -> tuple[str, etree._Element]:
    """Generate, audit and order one note; return its number and its message."""
    office = Office(
        office.home,
        replace(office.engine, clock=lambda: datetime(2024, 5, 6, 7, 8, 9)),
        office.clerk,
        office.auditor,
    )
    (number,) = office.notes(document_no, **options)
    office.audit([number])
    office.order([number])
    with office.act(SYSTEM) as act:
        row = act.session.scalars(select(Outbox)).one()
        with zipfile.ZipFile(io.BytesIO(row.content)) as archive:
            (name,) = archive.namelist()
            assert name == row.file_name.replace(".zip", ".xml")
            written = archive.read(name)
    assert written.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    return number, etree.fromstring(written)


def shape(element: etree._Element) -> list[str]:
    """The paths of all elements with their attributes, each repeated line group once."""
    found: list[str] = []

    def walk(one: etree._Element, path: str) -> None:
        here = f"{path}/{one.tag!s}" + "".join(f"[{key}={value}]" for key, value in sorted(map_of(one).items()))
        if one.tag == "InvtListType" and here in found:
            return
        found.append(here)
        for child in one:
            if isinstance(child.tag, str):
                walk(child, here)

    walk(element, "")
    return found


def map_of(element: etree._Element) -> dict[str, str]:
    """The attributes of an element as texts."""
    return {str(key): str(value) for key, value in element.attrib.items()}


def values(element: etree._Element, *path: str) -> dict[str, str]:
    """The texts under a path."""
    for name in path:
        found = element.find(f".//{name}")
        assert found is not None
        element = found
    return {str(child.tag): child.text or "" for child in element}


@pytest.mark.skipif(not EXAMPLE.is_file(), reason="the message examples are not beside the repository")
def test_elements_and_their_order_are_the_examples(factory_office: Office) -> None:
    """Every element from Signature to DelcareFlag, in order, none more, none less."""
    _, mine = declared(factory_office, "IM2401001")
    example = etree.fromstring(Path(EXAMPLE).read_bytes())
    assert shape(mine) == shape(example)


def test_values_of_an_import_of_materials(factory_office: Office) -> None:
    """Figure 1 of the sample company as customs reads it."""
    number, message = declared(factory_office, "IM2401001", merge="ITEM")
    head = values(message, "InvtHeadType")
    wanted = {
        "SeqNo": "", "ChgTmsCnt": "0", "PutrecNo": "E52042300A01", "EtpsInnerInvtNo": number,
        "ImpexpMarkcd": "I", "MtpckEndprdMarkcd": "I", "SupvModecd": "0615", "InvtDclTime": "20240108",
        "InputTime": "20240108", "DclcusFlag": "1", "DclcusTypecd": "2", "GenDecFlag": "1", "DclTypecd": "1",
        "ImpexpPortcd": "5208", "TrspModecd": "2", "StshipTrsarvNatcd": "116", "DecType": "1",
    }  # fmt: skip
    assert {key: head[key] for key in wanted} == wanted
    assert head["BizopEtpsSccd"] == head["DclEtpsSccd"] == head["CorrEntryDclEtpsSccd"]
    line = values(message, "InvtListType")
    shown = {
        "GdsSeqno": "1", "PutrecSeqno": "1", "DclQty": "794", "DclUnitcd": "054", "LawfQty": "2.4004",
        "LawfUnitcd": "035", "SecdLawfQty": "794", "SecdLawfUnitcd": "054", "DclTotalAmt": "646261",
        "DclUprcAmt": "813.9307", "DclCurrcd": "116", "Natcd": "116", "DestinationNatcd": "142", "UcnsVerno": "",
        "ModfMarkcd": "3", "LvyrlfModecd": "3", "ClyMarkcd": "0",
    }  # fmt: skip
    assert {key: line[key] for key in shown} == shown
    assert values(message, "InvtMessage")["SysId"] == "95"
    assert values(message, "BussinessData")["DelcareFlag"] == "1"


def test_values_of_an_export_of_products(factory_office: Office) -> None:
    """Products carry the filed version of their consumption and go out."""
    _, message = declared(factory_office, "EX2401001")
    head, line = values(message, "InvtHeadType"), values(message, "InvtListType")
    assert (head["ImpexpMarkcd"], head["MtpckEndprdMarkcd"], head["DecType"]) == ("E", "E", "2")
    assert line["UcnsVerno"].isdigit()
    assert line["Natcd"] == "142"


#: 关联报关: the counterpart declares, and the note says who and by which numbers.
RELATED = {
    "declaration_link_type": "1",
    "linked_declaration_no": "520420241000000001",
    "linked_note_no": "QD520424I000000009",
    "linked_record_no": "E52042200C31",
    "related_trader_credit": "91440300MA5DAR4J1X",
    "related_trader_code": "440316K001",
    "related_trader_name": "深圳关联 < & > 电子有限公司",
    "related_owner_credit": "91440300MA5DAR4J2X",
    "related_owner_code": "440316K002",
    "related_owner_name": "消费使用单位",
    "related_declarant_credit": "91440300MA5DAR4J3X",
    "related_declarant_code": "440316K003",
    "related_declarant_name": "报关行",
}


def test_related_parties_and_numbers_come_back_from_the_message(factory_office: Office) -> None:
    """Model → XML → model of a note whose counterpart declares; its own declaration's parties are not sent then."""
    office = factory_office
    (number,) = office.notes("IM2401001")
    with office.act(SYSTEM) as act:
        note = records.load_numbered(act, office.document("bonded_note"), number)
        for key, value in RELATED.items():
            setattr(note, key, value)
    office.audit([number])
    office.order([number])
    with office.act(SYSTEM) as act:
        content = act.session.scalars(select(Outbox.content)).one()
        read = read_document(act, office.document("bonded_note_formal"), content, "QD.zip")
        stored = records.load_numbered(act, office.document("bonded_note"), number)
        assert {key: getattr(read, key) for key in RELATED} == RELATED
        same = ("item_no", "part_no", "dcl_qty", "total", "price", "currency", "origin_country", "legal_qty1", "spec")
        assert [[getattr(one, key) for key in same] for one in read.lines] == [
            [getattr(one, key) for key in same] for one in stored.lines
        ]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        head = values(etree.fromstring(archive.read(archive.namelist()[0])), "InvtHeadType")
    assert {head[f"CorrEntryDclEtps{end}"] for end in ("Sccd", "No", "Nm")} == {""}


def test_envelope(factory_office: Office) -> None:
    """The file's name and the message's id are one stem, which carries the internal number; the time is China's."""
    number, message = declared(factory_office, "IM2401001")
    envelope = values(message, "EnvelopInfo")
    assert re.fullmatch(rf"20240506070809_I_{number}_\d+", envelope["message_id"])
    assert envelope["file_name"] == f"{envelope['message_id']}.xml"
    assert (envelope["business_id"], envelope["message_type"]) == (number, "INV101")
    assert envelope["send_time"] == "2024-05-06T07:08:09"
    assert envelope["receiver_id"] == "DXPDSWNEMS000001"


def test_a_declarant_of_its_own(factory_office: Office) -> None:
    """With a broker in 企业基本信息 the broker declares and types, the enterprise trades."""
    with factory_office.act(SYSTEM) as act:
        company = act.facts.one(Company)
        assert company is not None
        company.declarant_customs_code, company.declarant_name = "3299980002", "示例报关服务有限公司"
        company.declarant_credit_code, company.declare_way = "91329999MA0EXAMP02", "0"
        trader = company.customs_code
    _, message = declared(factory_office, "IM2401001")
    head = values(message, "InvtHeadType")
    assert (head["BizopEtpsno"], head["RcvgdEtpsno"]) == (trader, trader)
    assert {head[key] for key in ("DclEtpsno", "InputCode", "CorrEntryDclEtpsNo")} == {"3299980002"}
    assert {head[key] for key in ("DclEtpsNm", "InputName", "CorrEntryDclEtpsNm")} == {"示例报关服务有限公司"}
    assert values(message, "InvtMessage")["OperCusRegCode"] == "3299980002"
    assert values(message, "BussinessData")["DelcareFlag"] == "0"
