"""What came in of every material, per currency and day: what an average price is made of (appendix D). Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Protocol, runtime_checkable

from bondesk.ledger.books import Books
from bondesk.ledger.consumption import ZERO
from bondesk.ledger.posting import Only, Posting, Stage


class Imported(NamedTuple):
    """The posted imports of one material that agree on currency and day, with effect +1; what was taken back is off."""

    item_no: int
    currency: str
    day: date
    quantity: Decimal
    amount: Decimal


@runtime_checkable
class AddingBooks(Protocol):
    """Books that add imports up themselves, without a posting ever being read."""

    def imported(self, record_no: str, begin: date | None, end: date | None) -> Sequence[Imported]:
        """Return the imports of a book in a period."""


def imported(books: Books, record_no: str, begin: date | None, end: date | None) -> Sequence[Imported]:
    """Return the imports of a book in a period, by the books themselves where they can."""
    if isinstance(books, AddingBooks):
        return books.imported(record_no, begin, end)
    return added(books.postings(record_no, begin, end, Stage.POSTED.value, Only("I")))


def added(postings: Iterable[Posting]) -> Sequence[Imported]:
    """Add postings of materials up."""
    quantities: dict[tuple[int, str, date], Decimal] = defaultdict(lambda: ZERO)
    amounts: dict[tuple[int, str, date], Decimal] = defaultdict(lambda: ZERO)
    for one in postings:
        if one.goods_flag == "I" and one.effect == 1:
            key, sign = (one.item_no, one.currency, one.business_date), -1 if one.reversal else 1
            quantities[key] += sign * one.quantity
            amounts[key] += sign * one.amount
    return [Imported(*key, quantity, amounts[key]) for key, quantity in quantities.items()]
