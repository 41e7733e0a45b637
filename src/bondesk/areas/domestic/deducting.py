"""What invoices offer a book to deduct from, and what is written back to them once a 核销 holds it (handbook 13.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from sqlalchemy import and_, select

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.domestic.purchase_invoice import PurchaseInvoice, PurchaseInvoiceLine, declared_quantity
from bondesk.base.batches import batches
from bondesk.base.facts import Work
from bondesk.ledger.deduction import Bought


@dataclass(frozen=True, slots=True)
class Offered:
    """A line of an invoice as a book sees it: ``item_qty`` in the declared unit, ``bought`` what is left of it."""

    invoice: PurchaseInvoice
    line: PurchaseInvoiceLine
    item_qty: Decimal
    bought: Bought


def offered(
    work: Work, book: Account, day: date | None, own: Mapping[int, Decimal] = MappingProxyType({})
) -> list[Offered]:
    """Return the lines of invoices up to ``day`` whose part is a material of ``book``, by date, number and place.

    Only lines of this book or of none; what audited 核销 have used is no longer available, but for what is its
    ``own`` by the id of the line.
    """
    head, line = PurchaseInvoice, PurchaseInvoiceLine
    statement = (
        select(head, line)
        .join(line, and_(line.company_id == head.company_id, line.header_id == head.id))
        .where(head.company_id == work.company_id, line.record_no.in_(("", book.record_no)))
        .order_by(head.invoice_date, head.invoice_no, line.line_no, line.id)
    )
    if day is not None:
        statement = statement.where(head.invoice_date <= day)
    items = {one.item_no for one in book.materials}
    found = []
    for invoice, one in work.session.execute(statement):
        item_no, quantity = declared_quantity(one, book.record_no, work.facts)
        if item_no in items and item_no is not None and quantity is not None:
            used = (one.used_qty or Decimal(0)) - own.get(one.id, Decimal(0))
            left = max(quantity - used, Decimal(0))
            bought = Bought(one.id, item_no, invoice.invoice_date, invoice.invoice_no, one.line_no, left)
            found.append(Offered(invoice, one, quantity, bought))
    return found


def write_used(work: Work, used: Mapping[int, tuple[int, Decimal, Decimal]]) -> None:
    """Write item, declared quantity and used quantity of invoice lines by their id, and the states that follow."""
    changed: set[int] = set()
    for batch in batches(sorted(used)):
        mine = PurchaseInvoiceLine.company_id == work.company_id, PurchaseInvoiceLine.id.in_(batch)
        for line in work.session.scalars(select(PurchaseInvoiceLine).where(*mine)):
            line.item_no, line.item_qty, line.used_qty = used[line.id]
            changed.add(line.header_id)
    for batch in batches(sorted(changed)):
        heads = PurchaseInvoice.company_id == work.company_id, PurchaseInvoice.id.in_(batch)
        for invoice in work.session.scalars(select(PurchaseInvoice).where(*heads)):
            invoice.state = state_of(invoice)


def state_of(invoice: PurchaseInvoice) -> str:
    """Return 未抵扣, 部分抵扣, or 已抵扣 when no line that belongs to an item has anything left (handbook 13)."""
    if not any(line.used_qty for line in invoice.lines):
        return "DRAFT"
    left = any((line.item_qty or 0) > (line.used_qty or 0) for line in invoice.lines)
    return "PART" if left else "USED"
