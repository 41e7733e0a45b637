"""The price P of a 短溢表 in CNY: average of this or the previous cycle, or the latest declared (12.3, appendix D)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.accounts.valuation import Rates, average_prices, without_rate
from bondesk.areas.declarations.declared_books import books_of
from bondesk.areas.verification.reckoning import previous_of
from bondesk.base.findings import Finding, note
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.imports import Imported, added, imported
from bondesk.ledger.posting import Only, Posting, Stage
from bondesk.ledger.shortage import Valued

HOME = "CNY"


@dataclass(frozen=True, slots=True)
class Pricing:
    """Prices per material, the imports one comes from (read when asked for), and what is missing."""

    prices: Mapping[int, Decimal]
    imports_of: Callable[[int], Sequence[Posting]]
    findings: tuple[Finding, ...]

    def valued(self, items: Iterable[int], duty_rates: Mapping[int, Decimal], vat_rate: Decimal) -> dict[int, Valued]:
        """Return price and rates per material; a duty rate that is not known is 0."""
        return {item: Valued(self.prices.get(item), duty_rates.get(item, Decimal(0)), vat_rate) for item in items}


def prices_of(work: LedgerWork, book: Account, day: date, choice: str) -> Pricing:
    """Return P by the chosen way; RATE-01 names days without a rate, SHO-07 a cycle that does not exist."""
    previous = previous_of(work.facts, book.record_no, day)
    begin, end = (previous.end_date + timedelta(days=1) if previous else None), day
    if choice == "PREVIOUS":
        if previous is None:
            found = note("SHO-07", f"{day} 之前没有已审核的报核，没有上期平均单价")
            return Pricing({}, lambda _item: (), (found,))
        begin, end = previous.begin_date, previous.end_date
    if choice == "LATEST":
        begin = None
    books = books_of(work, book)

    def read(only: Only) -> list[Posting]:
        found = books.postings(book.record_no, begin, end, Stage.POSTED.value, only)
        return [one for one in found if one.effect == 1]

    if choice != "LATEST":
        bought = imported(books, book.record_no, begin, end)
        return _pricing(work, bought, lambda item: read(Only("I", frozenset({item}))))
    mine: dict[int, list[Posting]] = defaultdict(list)
    for one in read(Only("I")):
        mine[one.item_no].append(one)
    latest = {item: _standing(every)[-1:] for item, every in mine.items()}
    return _pricing(work, added(chain.from_iterable(latest.values())), lambda item: latest.get(item, ()))


def _standing(postings: Iterable[Posting]) -> list[Posting]:
    """Leave out what was taken back."""
    reversed_lines = {(one.document_id, one.line_id, one.quantity) for one in postings if one.reversal}
    return [
        one
        for one in postings
        if not one.reversal and (one.document_id, one.line_id, one.quantity) not in reversed_lines
    ]


def _pricing(work: LedgerWork, bought: Iterable[Imported], imports_of: Callable[[int], Sequence[Posting]]) -> Pricing:
    prices, missing = average_prices(bought, Rates(work.facts), HOME)
    return Pricing(prices, imports_of, without_rate(missing, "单价"))
