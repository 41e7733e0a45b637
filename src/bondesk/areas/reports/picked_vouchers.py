"""The ledger of a book through the vouchers of one partner or one customs office only (handbook 16, common rules).

A formula may sign them anew while they are read (handbook 8.4). What picked vouchers moved is a figure; a balance of
them is none, for the book has one stock. Reports leave balances out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.codes.effects import formula_table
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.areas.declarations.declared_books import books_of, counts_declarations
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.base.errors import Refused
from bondesk.base.findings import note
from bondesk.base.options import option
from bondesk.ledger.balance import Movement
from bondesk.ledger.books import Books, LedgerWork
from bondesk.ledger.formula import FORMULAS, FormulaBooks
from bondesk.ledger.posting import EVERY, Only, Posting, Stage

_NO_BALANCE = "按客户供应商或申报地海关查询时只有进出和耗用，没有期初与结余；请清空这两个条件看结余"
NO_BALANCE = note("RPT-47", _NO_BALANCE, "partner")


@dataclass(frozen=True, slots=True)
class Picked:
    """Whose vouchers count, of which customs office ("" = all), and by which formula they are signed."""

    partner: str = ""
    customs: str = ""
    formula: str = ""

    @property
    def some(self) -> bool:
        """Tell whether not all vouchers count."""
        return bool(self.partner or self.customs)


def picked_of(options: object) -> Picked:
    """Return what conditions pick; everything where they have no such options."""
    return Picked(*(getattr(options, name, "") for name in ("partner", "customs", "formula")))


def ledger_of(work: LedgerWork, book: Account, picked: Picked) -> Books:
    """Return the ledger of a book, through the picked vouchers, signed as the formula has it."""
    books = books_of(work, book)
    if picked.formula:
        books = FormulaBooks(books, formula_table(work.facts, picked.formula))
    return PickedBooks(work, book, books, picked) if picked.some else books


def formula_option() -> Any:
    """Declare the option ``formula``: figures as goods move, or as the manual prints them (handbook 8.4)."""
    return option(
        "计算公式", "", choices=FORMULAS, help="成品退换的符号、是否只计手册公式列出的监管方式；不改动已入账的数"
    )


def no_balance() -> Refused:
    """Return the refusal of a figure the picked vouchers do not have."""
    return Refused(_NO_BALANCE, "RPT-47")


@dataclass(frozen=True, slots=True)
class PickedBooks:
    """Answers :class:`bondesk.ledger.books.Books` from the postings of picked vouchers."""

    work: LedgerWork
    book: Account
    books: Books
    picked: Picked

    def movements(self, record_no: str, begin: date | None, end: date | None) -> Sequence[Movement]:
        """Return the picked postings summed per item, version, mode, direction and stage."""
        sums: dict[tuple[str, int, str, str, str, str], Decimal] = defaultdict(Decimal)
        for stage in (Stage.POSTED, Stage.RESERVED):
            for one in self.postings(record_no, begin, end, stage.value):
                key = (one.goods_flag, one.item_no, one.uc_version, one.mode, one.ie_flag, stage.value)
                sums[key] += one.signed
        return [Movement(*key, quantity) for key, quantity in sorted(sums.items())]

    def postings(
        self, record_no: str, begin: date | None, end: date | None, stage: str, only: Only = EVERY
    ) -> Sequence[Posting]:
        """Return the picked postings of one stage, in their order."""
        ids = self._vouchers()
        return [one for one in self.books.postings(record_no, begin, end, stage, only) if one.document_id in ids]

    def _vouchers(self) -> frozenset[int]:
        head: Any = Declaration if counts_declarations(self.book) else BondedNote
        statement = select(head.id).where(head.company_id == self.work.company_id)
        statement = statement.where(head.record_no == self.book.record_no)
        if self.picked.partner:
            statement = statement.where(head.partner == self.picked.partner)
        if self.picked.customs:
            statement = statement.where(head.declare_customs == self.picked.customs)
        return frozenset(self.work.session.scalars(statement))
