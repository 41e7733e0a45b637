"""What reports and verification read of a book: its filed consumption and its movements in a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from bondesk.areas.accounts.book_model import Account, AccountLine
from bondesk.base.errors import Refused
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding
from bondesk.ledger.balance import Folded, Movement, fold
from bondesk.ledger.books import Books, LedgerWork
from bondesk.ledger.consumption import Consumption, Filed
from bondesk.ledger.posting import Stage


def approved_books(facts: Facts, record_no: str) -> list[Account]:
    """Return the approved books in order; with ``record_no`` that one, else all (handbook 16)."""
    books = [book for book in facts.find(Account, copy="approved") if record_no in ("", book.record_no)]
    if record_no and not books:
        raise Refused(f"没有已审批的账册 {record_no}", "RPT-10")
    return sorted(books, key=lambda book: book.record_no)


def filed_of(book: Account) -> Filed:
    """Return the filed consumption of a book as the ledger takes it."""
    return Filed(
        Consumption(
            row.product_no,
            row.uc_version,
            row.material_no,
            row.unit_consumption or Decimal(0),
            row.bonded,
            row.net or Decimal(0),
            row.tangible or Decimal(0),
            row.intangible or Decimal(0),
        )
        for row in book.consumptions
        if row.row_mark != "2"
    )


def materials_of(book: Account) -> list[AccountLine]:
    """Return the materials of a book in item order."""
    return sorted(book.materials, key=lambda line: line.item_no)


@dataclass(frozen=True, slots=True)
class Period:
    """A closed period of a book, folded: before it, within it, and what is reserved up to its end."""

    opening: Folded
    within: Folded
    reserved: Folded

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what could not be exploded anywhere in it, each once."""
        every = (*self.opening.findings, *self.within.findings, *self.reserved.findings)
        return tuple(dict.fromkeys(every))


def read_period(
    work: LedgerWork, book: Account, begin: date | None, end: date | None, books: Books | None = None
) -> Period:
    """Fold a book's movements; without ``begin`` the period starts with the book and opens at 0.

    ``books`` is the ledger the book is counted in, the postings of its notes when not said.

    Consumption is rounded once per period; the opening is the balance of everything before, rounded once
    (handbook 8.5), so opening + in/out - consumed foots.
    """
    filed, books = filed_of(book), books or work.books
    before: list[Movement] = []
    if begin is not None:
        before = list(books.movements(book.record_no, None, begin - timedelta(days=1)))
    within = list(books.movements(book.record_no, begin, end))
    posted = Stage.POSTED.value
    reserved = [m for m in (*before, *within) if m.stage == Stage.RESERVED.value]
    return Period(
        opening=fold((m for m in before if m.stage == posted), filed),
        within=fold((m for m in within if m.stage == posted), filed),
        reserved=fold(reserved, filed),
    )
