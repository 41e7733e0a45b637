"""内购发票 deducting the 欠数 of a 手册核销: proposed while it is open, held from 审核 on (handbook 13.4).

The rows of the document say what every invoice offers, so that an adjustment typed beside a figure shares them out
anew without reading anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, select

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.domestic.deducting import offered, write_used
from bondesk.areas.domestic.purchase_invoice import PurchaseInvoice
from bondesk.areas.verification.handbook_model import HandbookDeduction, HandbookVerification
from bondesk.base.batches import batches
from bondesk.base.documents import MOST_RELATED, Related
from bondesk.base.errors import Refused
from bondesk.base.facts import Work
from bondesk.ledger.deduction import Bought, deducted, settled, shortfall_of

_D, _V = HandbookDeduction, HandbookVerification
#: States in which a 核销 holds nothing of any invoice.
OPEN = ("DRAFT", "REJECTED", "VOID")
_ZERO = Decimal(0)


def read_invoices(work: Work, verification: HandbookVerification, book: Account) -> None:
    """Take what invoices offer the book up to the day of the 核销, and share it out."""
    verification.deductions = _rows(work, verification, book)
    share_out(verification)


def _rows(work: Work, verification: HandbookVerification, book: Account) -> list[HandbookDeduction]:
    found = [one for one in offered(work, book, verification.day) if one.bought.available]
    return [
        HandbookDeduction(
            line_no=place,
            item_no=one.bought.item_no,
            invoice_no=one.invoice.invoice_no,
            invoice_date=one.invoice.invoice_date,
            supplier=one.invoice.supplier or "",
            part_no=one.line.part_no,
            quantity=one.line.quantity,
            erp_unit=one.line.erp_unit or "",
            item_qty=one.item_qty,
            available=one.bought.available,
            invoice_id=one.invoice.id,
            invoice_line_id=one.line.id,
        )
        for place, one in enumerate(sorted(found, key=lambda one: one.bought.item_no), 1)
    ]


def share_out(verification: HandbookVerification) -> None:
    """Fill 欠数, 内购, 抵扣 and 剩余欠数 of every material, what each invoice gives, and whether the contract balances.

    The shortfall is that of 申报余料: what an adjustment explains already needs no invoice.
    """
    offers = [_bought(place, row) for place, row in enumerate(verification.deductions)]
    shortfalls, bought = _shortfalls(verification), defaultdict(list)
    for one in offers:
        bought[one.item_no].append(one)
    for place, used in deducted(shortfalls, offers).items():
        row = verification.deductions[place]
        row.used, row.unused = used, offers[place].available - used
    for line in verification.materials:
        settlement = settled(shortfalls[line.item_no], bought[line.item_no])
        line.shortfall, line.bought = settlement.shortfall, settlement.bought
        line.deducted, line.shortfall_left = settlement.deducted, settlement.left
    verification.balanced = "0" if any(line.shortfall_left for line in verification.materials) else "1"


def _shortfalls(verification: HandbookVerification) -> dict[int, Decimal]:
    return {line.item_no: shortfall_of(line.declared_remaining or _ZERO) for line in verification.materials}


def _bought(place: int, row: HandbookDeduction) -> Bought:
    """Return a row as what it offers, named by its place: rows of a form have no other name yet."""
    day = row.invoice_date or date.min
    return Bought(place, row.item_no, day, row.invoice_no or "", place, row.available or _ZERO)


def hold_invoices(verification: HandbookVerification, move: str, work: Work) -> None:
    """Write what 核销 hold to the invoices of this one; HBK-08 at 审核 when they offer something else by now."""
    if move == "audit":
        _require_unchanged(verification, work)
    write_held(verification, work)


def _require_unchanged(verification: HandbookVerification, work: Work) -> None:
    stored = {row.invoice_line_id: row.used for row in verification.deductions if row.used}
    book = work.facts.one(Account, record_no=verification.record_no, copy="approved")
    offers = [] if book is None else [one.bought for one in offered(work, book, verification.day)]
    if stored != {key: used for key, used in deducted(_shortfalls(verification), offers).items() if used}:
        raise Refused("计算后内购发票有变动，抵扣已不相同，请先点「重新计算」", "HBK-08")


def write_held(verification: HandbookVerification, work: Work) -> None:
    """Bring 已抵扣数量 of the invoices of ``verification`` to what all 核销 that are not open hold of them."""
    work.session.flush()
    rows = {row.invoice_line_id: row for row in verification.deductions if row.used}
    now = held_of(work, list(rows))
    write_used(work, {key: (row.item_no, row.item_qty, now.get(key, _ZERO)) for key, row in rows.items()})


def held_of(work: Work, line_ids: Sequence[int]) -> dict[int, Decimal]:
    """Return what 核销 that are not open hold of invoice lines."""
    found: dict[int, Decimal] = {}
    for batch in batches(line_ids):
        found |= held(work, _D.invoice_line_id.in_(batch))
    return found


def held_by(work: Work, record_no: str) -> dict[int, Decimal]:
    """Return what 核销 of one book that are not open hold, by invoice line."""
    return held(work, _V.record_no == record_no)


def held(work: Work, *where: ColumnElement[bool]) -> dict[int, Decimal]:
    """Return what 核销 that are not open hold, by invoice line; without ``where`` all they hold."""
    owned = and_(_V.company_id == _D.company_id, _V.id == _D.header_id)
    mine = _D.company_id == work.company_id, _V.state.not_in(OPEN), _D.used > 0
    found: dict[int, Decimal] = defaultdict(lambda: _ZERO)
    for line_id, used in work.session.execute(select(_D.invoice_line_id, _D.used).join(_V, owned).where(*mine, *where)):
        found[line_id] += used
    return dict(found)


def deducted_invoices(verification: HandbookVerification, work: Work) -> Sequence[Related]:
    """Return the invoices a 核销 deducts."""
    used: dict[int, tuple[str, int]] = {}
    for row in verification.deductions:
        if row.used:
            number, count = used.get(row.invoice_id, (row.invoice_no, 0))
            used[row.invoice_id] = number, count + 1
    found = [Related("purchase_invoice", key, number, f"抵扣欠数，{count}行") for key, (number, count) in used.items()]
    return found[: MOST_RELATED + 1]


def deducting_verifications(invoice: PurchaseInvoice, work: Work) -> Sequence[Related]:
    """Return the 核销 that deduct an invoice, open ones too."""
    owned = and_(_V.company_id == _D.company_id, _V.id == _D.header_id)
    rows = select(_V.id, _V.internal_no).join(_D, owned).distinct().order_by(_V.id.desc())
    mine = rows.where(_D.company_id == work.company_id, _D.invoice_id == invoice.id, _D.used > 0, _V.state != "VOID")
    found = work.session.execute(mine.limit(MOST_RELATED + 1))
    return [Related("handbook_verification", key, number, "由它抵扣欠数") for key, number in found]
