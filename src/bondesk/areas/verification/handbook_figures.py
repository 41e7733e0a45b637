"""The balance of a stored handbook: its movements, scrap and filed quantities folded by the formulas of 9.1."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, func, select

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.accounts.book_reading import filed_of
from bondesk.areas.declarations.declaration_lines import DeclarationLine
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.areas.declarations.declared_books import books_of, counts_declarations
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine
from bondesk.areas.verification.computing import movement_of
from bondesk.base.columns import ExactDecimal
from bondesk.base.formal_copy import DRAFT
from bondesk.base.numbers import QUANTITY_PLACES
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.handbook import SCRAP_MODES, HandbookBalance, handbook_balance
from bondesk.ledger.posting import Posting, Stage

_RELEASED = ("GUARANTEE", "RELEASED", "CLEARED", "EXAMINED")


@dataclass(frozen=True, slots=True)
class HandbookFigures:
    """The balance and the postings it was folded from."""

    balance: HandbookBalance
    postings: Sequence[Posting]


def handbook_figures(work: LedgerWork, book: Account, day: date | None) -> HandbookFigures:
    """Fold a handbook from its beginning up to ``day``, in the ledger its 统计依据 names."""
    postings = books_of(work, book).postings(book.record_no, None, day, Stage.POSTED.value)
    balance = handbook_balance(
        {line.item_no: line.filed_qty for line in book.materials},
        {line.item_no: line.filed_qty for line in book.products},
        [movement_of(one) for one in postings],
        filed_of(book),
        _scrap(work, book, day),
    )
    return HandbookFigures(balance, postings)


def _scrap(work: LedgerWork, book: Account, day: date | None) -> Mapping[tuple[int, str], Decimal]:
    """Return what was disposed of as scrap, by material: such vouchers move no balance and are not posted."""
    if counts_declarations(book):
        head, line, states = Declaration, DeclarationLine, _RELEASED
    else:
        head, line, states = BondedNote, NoteLine, ("APPROVED",)  # type: ignore[assignment]
    summed = func.sum(line.dcl_qty, type_=ExactDecimal(QUANTITY_PLACES))
    statement: Any = (
        select(line.item_no, head.supervision_mode, summed)
        .join(head, and_(head.company_id == line.company_id, head.id == line.header_id))
        .where(head.company_id == work.company_id, head.record_no == book.record_no, head.copy == DRAFT)
        .where(head.state.in_(states), head.supervision_mode.in_(list(SCRAP_MODES)))
        .group_by(line.item_no, head.supervision_mode)
    )
    if day is not None:
        statement = statement.where(head.declared_on <= day)
    found: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for item_no, mode, quantity in work.session.execute(statement):
        found[item_no, SCRAP_MODES[mode]] += quantity
    return found
