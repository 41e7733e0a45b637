"""The price a balance is valued at: average of the period's imports in 核销币制 (appendix D, price P)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.codes.exchange_rate import ExchangeRate
from bondesk.areas.setup.company import company_of
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, note
from bondesk.base.numbers import PRICE_PLACES, half_up
from bondesk.ledger.books import Books, LedgerWork
from bondesk.ledger.posting import Only, Stage

_RATE_DAYS = 31
_HOME = "CNY"


@dataclass(frozen=True, slots=True)
class Valuation:
    """Average prices by material item, 4 decimals, in 核销币制."""

    prices: dict[int, Decimal]
    findings: tuple[Finding, ...]

    def price(self, item_no: int) -> Decimal | None:
        """Return the average price of an item, None without imports or rates."""
        return self.prices.get(item_no)


def valuation_of(
    work: LedgerWork, book: Account, begin: date | None, end: date | None, books: Books | None = None
) -> Valuation:
    """Average P = sum(total x rate of the document's date) / sum(quantity) over imports with effect +1."""
    rates = Rates(work.facts)
    target = company_of(work.facts).verification_currency or _HOME
    amounts: dict[int, Fraction] = defaultdict(Fraction)
    quantities: dict[int, Fraction] = defaultdict(Fraction)
    missing: dict[tuple[str, date], None] = {}
    for posting in (books or work.books).postings(book.record_no, begin, end, Stage.POSTED.value, Only("I")):
        if posting.effect != 1:
            continue
        rate = rates.between(posting.currency, target, posting.business_date)
        if rate is None:
            missing[posting.currency, posting.business_date] = None
            continue
        sign = -1 if posting.reversal else 1
        amounts[posting.item_no] += sign * Fraction(posting.amount) * rate
        quantities[posting.item_no] += sign * Fraction(posting.quantity)
    prices = {item: half_up(amounts[item] / quantities[item], PRICE_PLACES) for item in amounts if quantities[item] > 0}
    findings = [
        note("RATE-01", f"{currency} 在 {day} 及之前{_RATE_DAYS}天内没有汇率，未计入平均单价")
        for currency, day in missing
    ]
    return Valuation(prices, tuple(findings))


class Rates:
    """CNY per unit: the rate of the date, else the latest earlier one within 31 days (handbook 18)."""

    def __init__(self, facts: Facts) -> None:
        """Read all rates once."""
        self._days: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
        for row in facts.find(ExchangeRate):
            self._days[row.currency].append((row.rate_date, row.rate))
        for days in self._days.values():
            days.sort()

    def to_home(self, currency: str, day: date) -> Fraction | None:
        """Return CNY per unit of ``currency`` on the date, None when there is no rate."""
        if currency == _HOME:
            return Fraction(1)
        oldest = day - timedelta(days=_RATE_DAYS)
        usable = [rate for on, rate in self._days.get(currency, ()) if oldest <= on <= day]
        return Fraction(usable[-1]) if usable else None

    def between(self, currency: str, target: str, day: date) -> Fraction | None:
        """Return units of ``target`` per unit of ``currency`` on the date, None when a rate is missing."""
        if currency == target:
            return Fraction(1)
        given, wanted = self.to_home(currency, day), self.to_home(target, day)
        return given / wanted if given is not None and wanted else None
