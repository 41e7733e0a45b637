"""Handbooks for tests: an office whose client takes them, and one filed with a thousand of everything."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.goods.merged_item import MergedItem
from bondesk.areas.goods.unit_consumption import UnitConsumption
from bondesk.engine import records, sending
from bondesk.engine.engine import SYSTEM
from bondesk.engine.receiving import receive
from builders.office import BOXES, Office

HEAD = {
    "internal_no": "SC-2024-01",
    "handbook_type": "C",
    "master_customs": "5204",
    "processor_area": "52049",
    "supervision_mode": "0615",
    "duty_nature": "503",
    "processing_kind": "10",
    "ports": "5204",
    "import_contract": "IM-1",
    "export_contract": "EX-1",
    "import_currency": "USD",
    "export_currency": "USD",
    "handbook_usage": "1",
    "valid_to": date(2099, 12, 31),
}


def prepare(opened: Office) -> Office:
    """Give the client a folder for handbooks and the items what a handbook wants of them; return the office."""
    for box in BOXES:
        (opened.home.path / "client" / "Npts" / box).mkdir(parents=True)
    with opened.act(SYSTEM) as act:
        for number, item in enumerate(act.session.scalars(select(MergedItem)), 1):
            item.part_no, item.price, item.origin = f"P-{number}", Decimal("1.5"), item.origin or "JPN"
            item.spec, item.duty_mode, item.currency = item.spec or "无", "3", "USD"
        for version in act.session.scalars(select(UnitConsumption)):
            version.record_no = ""
    return opened


def draft_of(office: Office) -> int:
    """Enter the head of a handbook and extract everything into it."""
    document = office.document("handbook_draft")
    with office.act() as act:
        blank = records.blank(act, document)
        blank.head |= HEAD
        draft = records.save(act, document, blank)
    for part in ("materials", "products", "consumptions"):
        office.run("extract_handbook", {"internal_no": "SC-2024-01", "part": part})
    return draft


def declared(office: Office, draft: int) -> list[str]:
    """Audit, send and let customs answer."""
    document = office.document("handbook_draft")
    with office.act(office.auditor) as act:
        records.move(act, document, draft, "audit")
    with office.act() as act:
        sending.order(act, document, [draft])
    handed = sending.hand_over(office.engine, office.clerk)
    assert handed.problems == ()
    return list(receive(office.engine, office.clerk).sentences)


def filed(office: Office) -> int:
    """File the handbook: quantities are declared for every row, products without consumption stay out."""
    draft = draft_of(office)
    with office.act(SYSTEM) as act:
        book = act.session.get(Account, (1, draft))
        assert book is not None
        used = {line.product_no for line in book.consumptions}
        book.products = [line for line in book.products if line.item_no in used]
        for line in (*book.materials, *book.products):
            line.filed_qty, line.total = Decimal(1000), Decimal(1500)
    said = declared(office, draft)
    assert any("审核通过，编号 C5204" in one for one in said), said
    return draft


def number_of(office: Office, draft: int) -> str:
    with office.act(SYSTEM) as act:
        book = act.session.get(Account, (1, draft))
        assert book is not None
        return book.record_no
