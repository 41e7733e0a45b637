"""Computing one 手册核销: every figure stored on its lines, adjustments kept with their item (9.1, 9.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.verification.handbook_deducting import read_invoices, share_out
from bondesk.areas.verification.handbook_figures import handbook_figures
from bondesk.areas.verification.handbook_model import (
    HandbookMaterialLine,
    HandbookProductLine,
    HandbookVerification,
    HandbookVoucher,
)
from bondesk.base.batches import batches
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.handbook import MATERIAL_FIGURES, PRODUCT_FIGURES
from bondesk.ledger.posting import Posting

#: Days after the last export or the expiry within which a handbook is reported (handbook 9.3).
REPORT_DAYS = 30
#: Adjustment → what it does to 申报余料.
ADJUSTMENTS = {
    "adjust_import": 1,
    "adjust_consumed": -1,
    "adjust_sale": -1,
    "adjust_reexport": -1,
    "adjust_surplus": -1,
    "adjust_destroyed": -1,
}


def compute(work: LedgerWork, verification: HandbookVerification, book: Account) -> list[Finding]:
    """Fill ``verification`` anew from the vouchers; adjustments and their reasons stay with their item."""
    figures = handbook_figures(work, book, verification.day)
    filed = {line.item_no: line for line in book.materials}
    kept = {line.item_no: line for line in verification.materials}
    verification.materials = [
        _material(place, one, filed[one.item_no], kept.get(one.item_no))
        for place, one in enumerate(figures.balance.materials, 1)
    ]
    products = {line.item_no: line for line in book.products}
    verification.products = [
        _product(place, one, products[one.item_no]) for place, one in enumerate(figures.balance.products, 1)
    ]
    verification.vouchers = list(_vouchers(work, figures.postings))
    read_invoices(work, verification, book)
    _fill_head(work, verification, book, figures.postings)
    return list(figures.balance.findings)


def derive_handbook_verification(verification: HandbookVerification, _facts: Facts) -> None:
    """申报余料 follows the adjustments, and what invoices deduct follows it."""
    for line in verification.materials:
        line.declared_remaining = _declared(line)
    share_out(verification)


def _declared(line: HandbookMaterialLine) -> Decimal:
    """Return 余料数量 with what the adjustments do to it."""
    changes = ((getattr(line, key) or Decimal(0)) * sign for key, sign in ADJUSTMENTS.items())
    return (line.remaining or Decimal(0)) + sum(changes, Decimal(0))


def _material(place: int, one: Any, filed: Any, kept: HandbookMaterialLine | None) -> HandbookMaterialLine:
    figures = ("filed", *MATERIAL_FIGURES, "imported", "remaining", "scrap_left", "importable", "share")
    line = HandbookMaterialLine(
        line_no=place,
        item_no=one.item_no,
        part_no=filed.part_no or "",
        hs_code=filed.hs_code,
        name=filed.name,
        spec=filed.spec or "",
        unit=filed.dcl_unit,
        remark=kept.remark if kept else "",
        **{key: getattr(one, key) for key in figures},
        **{key: getattr(kept, key) if kept else None for key in ADJUSTMENTS},
    )
    line.declared_remaining = _declared(line)
    return line


def _product(place: int, one: Any, filed: Any) -> HandbookProductLine:
    return HandbookProductLine(
        line_no=place,
        item_no=one.item_no,
        part_no=filed.part_no or "",
        hs_code=filed.hs_code,
        name=filed.name,
        unit=filed.dcl_unit,
        **{key: getattr(one, key) for key in ("filed", *PRODUCT_FIGURES, "exported", "exportable", "share")},
    )


def _vouchers(work: LedgerWork, postings: Sequence[Posting]) -> Iterator[HandbookVoucher]:
    standing: dict[tuple[str, int], int] = {}
    first: dict[tuple[str, int], Posting] = {}
    for one in postings:
        key = (one.document_key, one.document_id)
        standing[key] = standing.get(key, 0) + (-1 if one.reversal else 1)
        first.setdefault(key, one)
    kept = [one for key, one in first.items() if standing[key] > 0]
    bonds = _bond_numbers(work, [one.document_id for one in kept])
    for place, one in enumerate(kept, 1):
        yield HandbookVoucher(
            line_no=place,
            document_key=one.document_key,
            document_id=one.document_id,
            document_no=one.document_no,
            bond_no=bonds.get(one.document_id, ""),
            ie_flag=one.ie_flag,
            supervision_mode=one.mode,
            declared_on=one.business_date,
        )


def _bond_numbers(work: LedgerWork, ids: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for batch in batches(ids):
        mine = BondedNote.company_id == work.company_id, BondedNote.id.in_(batch)
        found |= {
            row[0]: row[1] for row in work.session.execute(select(BondedNote.id, BondedNote.bond_no).where(*mine))
        }
    return found


def _fill_head(
    work: LedgerWork, verification: HandbookVerification, book: Account, postings: Sequence[Posting]
) -> None:
    exports = [one.business_date for one in postings if one.goods_flag == "E" and one.ie_flag == "E"]
    verification.last_export = max(exports, default=None)
    verification.valid_to = book.valid_to
    basis = [day for day in (verification.last_export, book.valid_to) if day is not None]
    verification.due_on = min(basis) + timedelta(days=REPORT_DAYS) if basis else None
    verification.import_papers = sum(one.ie_flag == "I" for one in verification.vouchers)
    verification.export_papers = sum(one.ie_flag == "E" for one in verification.vouchers)
    verification.computed_at = work.now()
