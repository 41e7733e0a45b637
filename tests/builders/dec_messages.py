"""Declarations for tests: one whole one each way, and the papers and receipts that go with them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from bondesk.areas.declarations.declaration_lines import DeclarationLine
from bondesk.areas.declarations.declaration_model import AttachedDocument, Container, Declaration
from bondesk.areas.setup.company import Company
from bondesk.base.messages import MessageFacts, Sender
from bondesk.engine import records, sending
from bondesk.engine.drafts import draft_of
from bondesk.engine.engine import SYSTEM
from builders.office import BOXES, Office

SENDER = Sender(
    "3299990001",
    declarant_code="3299990001",
    declarant_credit="91320000MA0000001X",
    declarant_name="示例报关服务有限公司",
    ic_card="2100000000001",
)


def facts(declare_flag: str = "1", **more: Any) -> MessageFacts:
    """What a message may use, of an operator named 张三."""
    from dataclasses import replace

    sender = replace(SENDER, declare_flag=declare_flag)
    return MessageFacts(sender, datetime(2025, 1, 15, 9, 30, 15), lambda _table, code: code, "张三", **more)


def declaration(way: str = "I", internal_no: str = "EX2025011500000001", lines: int = 2) -> Declaration:
    """A declaration of processing trade that lacks nothing."""
    inward = way == "I"
    one = Declaration(
        internal_no=internal_no,
        ie_flag=way,
        declare_customs="5301",
        entry_exit_customs="5301",
        record_no="E52042300A01",
        contract_no="EX-2025-0001",
        entry_exit_date=date(2025, 1, 15) if inward else None,
        declared_on=date(2025, 1, 15),
        domestic_code="3299940002",
        domestic_credit="91320000MA0000002X",
        domestic_name="示例电子（苏州）有限公司",
        overseas_code="NO",
        overseas_name="EXAMPLE TRADING KK",
        end_user_code="3299940002",
        end_user_credit="91320000MA0000002X",
        end_user_name="示例电子（苏州）有限公司",
        declarant_code="3299990001",
        declarant_credit="91320000MA0000001X",
        declarant_name="示例报关服务有限公司",
        declarant_person="张三",
        transport_mode="5",
        transport_name="EX0922",
        bill_no="99900000001_H00000001",
        supervision_mode="0615",
        duty_nature="503",
        trade_country="JPN",
        trade_partner_country="JPN",
        transit_port="JPN000",
        departure_port="JPN000" if inward else "",
        border_port="311002",
        goods_place="示例货运站" if inward else "",
        package_type="22",
        packages=12,
        gross_weight=Decimal("128.5"),
        net_weight=Decimal(110),
        transaction_mode="1" if inward else "3",
        marks="N/M",
        remark="示例备注",
        special_relation="9",
        price_influence="9",
        royalty="9",
        formula_price="9",
        provisional_price="9",
        entry_type="M",
        edi_mark="1",
        surety="0",
        departed_on=date(2025, 1, 14) if inward else None,
        note_seq_no="202500000000000001",
        note_no="QD530125I000000001",
    )
    one.lines = [_line(number, inward) for number in range(1, lines + 1)]
    one.documents = [AttachedDocument(line_no=1, document_code="a", document_no="QD530125I000000001")]
    one.containers = []
    return one


def _line(number: int, inward: bool) -> DeclarationLine:
    return DeclarationLine(
        line_no=number,
        item_no=number,
        part_no=f"P{number:03d}",
        hs_code="8532241000",
        ciq_code="999",
        name="片式瓷介电容",
        spec="4|3|用途:印制电路板用|材质:陶瓷介质|品牌:EXAMPLE|型号:EX-0402",
        dcl_qty=Decimal(100000),
        dcl_unit="007",
        price=Decimal("0.0085"),
        total=Decimal("850.00"),
        currency="USD",
        legal_qty1=Decimal(50),
        legal_unit1="035",
        legal_qty2=Decimal(100),
        legal_unit2="054",
        origin_country="JPN" if inward else "CHN",
        destination_country="CHN" if inward else "JPN",
        domestic_district="32052",
        domestic_region="320500",
        duty_mode="3",
        uc_version="" if inward else "1",
    )


def container(goods: str = "1,2") -> Container:
    """A container of some goods."""
    return Container(line_no=1, container_no="EXAU1234567", container_spec="21", goods_nos=goods, less_than_load="0")


def pdf(text: str = "发票", encrypted: bool = False) -> bytes:
    """A small real PDF."""
    stream = io.BytesIO()
    canvas = Canvas(stream, encrypt="secret" if encrypted else None, invariant=1)
    canvas.drawString(72, 720, text.encode("ascii", "replace").decode() + text.encode().hex())
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


def ready(office: Office, declare_way: str = "1") -> None:
    """Give the office an IC card, a broker and the client's folder of declarations."""
    for box in BOXES:
        (office.home.path / "client" / "Deccus001" / box).mkdir(parents=True, exist_ok=True)
    with office.act(SYSTEM) as act:
        company = act.facts.one(Company)
        assert company is not None
        company.ic_card, company.declare_way = "2100000000001", declare_way


def stored(office: Office, one: Declaration) -> int:
    """Store a declaration as the clerk; return its id."""
    document = office.document("declaration")
    with office.act() as act:
        return records.save(act, document, draft_of(document, one))


def audited(office: Office, ids: Sequence[int]) -> None:
    """Audit declarations as the auditor."""
    with office.act(office.auditor) as act:
        for one in ids:
            records.move(act, office.document("declaration"), one, "audit")


def ordered(office: Office, ids: Sequence[int], way: str = "") -> None:
    """Put audited declarations into the outbox."""
    with office.act() as act:
        sending.order(act, office.document("declaration"), ids, way=way)


def sent(office: Office, one: Declaration) -> int:
    """Store, audit and hand a declaration over; return its id."""
    made = stored(office, one)
    audited(office, [made])
    ordered(office, [made])
    office.hand_over()
    return made


def read(office: Office, document_id: int) -> Declaration:
    """Read a stored declaration with its lines."""
    with office.act(SYSTEM) as act:
        found: Declaration = records.load(act, office.document("declaration"), document_id)
        _ = (found.lines, found.documents, found.containers)
        return found
