"""The price P of a 短溢表 in CNY: average of this or the previous cycle, or the latest declared (12.3, appendix D)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.accounts.valuation import Rates
from bondesk.areas.declarations.declared_books import books_of
from bondesk.areas.verification.reckoning import previous_of
from bondesk.base.findings import Finding, note
from bondesk.base.numbers import PRICE_PLACES, half_up
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.posting import Only, Posting, Stage
from bondesk.ledger.shortage import Valued

HOME = "CNY"


@dataclass(frozen=True, slots=True)
class Pricing:
    """Prices per material, the imports they come from, and what is missing."""

    prices: Mapping[int, Decimal]
    imports: Mapping[int, tuple[Posting, ...]]
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
            return Pricing({}, {}, (note("SHO-07", f"{day} 之前没有已审核的报核，没有上期平均单价"),))
        begin, end = previous.begin_date, previous.end_date
    if choice == "LATEST":
        begin = None
    imports: dict[int, list[Posting]] = defaultdict(list)
    for one in books_of(work, book).postings(book.record_no, begin, end, Stage.POSTED.value, Only("I")):
        if one.effect == 1:
            imports[one.item_no].append(one)
    if choice == "LATEST":
        imports = defaultdict(list, {item: _standing(mine)[-1:] for item, mine in imports.items()})
    return _priced(work, imports)


def _standing(postings: Iterable[Posting]) -> list[Posting]:
    """Leave out what was taken back."""
    reversed_lines = {(one.document_id, one.line_id, one.quantity) for one in postings if one.reversal}
    return [
        one
        for one in postings
        if not one.reversal and (one.document_id, one.line_id, one.quantity) not in reversed_lines
    ]


def _priced(work: LedgerWork, imports: Mapping[int, list[Posting]]) -> Pricing:
    rates = Rates(work.facts)
    missing: dict[str, None] = {}
    prices: dict[int, Decimal] = {}
    for item, mine in imports.items():
        amount = quantity = Fraction(0)
        for one in mine:
            rate = rates.between(one.currency, HOME, one.business_date)
            if rate is None:
                missing[f"{one.currency} 在 {one.business_date} 及之前31天内没有汇率，未计入单价"] = None
                continue
            sign = -1 if one.reversal else 1
            amount += sign * Fraction(one.amount) * rate
            quantity += sign * Fraction(one.quantity)
        if quantity > 0:
            prices[item] = half_up(amount / quantity, PRICE_PLACES)
    findings = tuple(note("RATE-01", text) for text in missing)
    return Pricing(prices, {item: tuple(mine) for item, mine in imports.items()}, findings)
