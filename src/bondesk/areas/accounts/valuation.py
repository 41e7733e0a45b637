"""The price a balance is valued at: average of the period's imports in 核销币制 (appendix D, price P)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
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
from bondesk.ledger.consumption import ZERO
from bondesk.ledger.imports import Imported, imported

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
    target = company_of(work.facts).verification_currency or _HOME
    bought = imported(books or work.books, book.record_no, begin, end)
    prices, missing = average_prices(bought, Rates(work.facts), target)
    return Valuation(prices, without_rate(missing, "平均单价"))


def without_rate(missing: Iterable[tuple[str, date]], price: str) -> tuple[Finding, ...]:
    """Say of each currency and day without a rate that it is not in ``price`` (RATE-01)."""
    told = f"{_RATE_DAYS}天内没有汇率，未计入{price}"
    return tuple(note("RATE-01", f"{currency} 在 {day} 及之前{told}") for currency, day in missing)


def average_prices(
    bought: Iterable[Imported], rates: Rates, target: str
) -> tuple[dict[int, Decimal], list[tuple[str, date]]]:
    """Return sum(amount x rate of the day) / sum(quantity) per material at 4 decimals, and days without a rate.

    What has no rate is left out, amount and quantity; so is a material of which nothing is left.
    """
    known: dict[tuple[str, date], Fraction | None] = {}
    amounts: dict[int, dict[Fraction, Decimal]] = defaultdict(dict)
    quantities: dict[int, Decimal] = defaultdict(Decimal)
    for item_no, currency, day, quantity, amount in bought:
        if (currency, day) not in known:
            known[currency, day] = rates.between(currency, target, day)
        rate = known[currency, day]
        if rate is not None:
            of_item = amounts[item_no]
            of_item[rate] = of_item.get(rate, ZERO) + amount
            quantities[item_no] += quantity
    prices = {}
    for item, of_item in amounts.items():
        if quantities[item] > 0:
            total = sum((Fraction(one) * rate for rate, one in of_item.items()), Fraction(0))
            prices[item] = half_up(total / Fraction(quantities[item]), PRICE_PLACES)
    return prices, sorted((key for key, rate in known.items() if rate is None), key=lambda key: (key[1], key[0]))


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
