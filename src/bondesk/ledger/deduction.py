"""内购抵扣: invoices of materials bought at home set against the shortfall of a handbook (handbook 13.4). Pure.

It only explains the balance; the customs ledger never changes by it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bondesk.ledger.consumption import ZERO


@dataclass(frozen=True, slots=True)
class Bought:
    """One line of a purchase invoice: what of it may still be deducted, in the declared unit of the material.

    ``order`` is its place within the invoice.
    """

    line_id: int
    item_no: int
    day: date
    invoice_no: str
    order: int
    available: Decimal


@dataclass(frozen=True, slots=True)
class Settlement:
    """One material: 欠数, 内购 and what of it is deducted, all ≥ 0."""

    shortfall: Decimal
    bought: Decimal

    @property
    def deducted(self) -> Decimal:
        """Return 抵扣 = min(欠数, 内购)."""
        return min(self.shortfall, self.bought)

    @property
    def left(self) -> Decimal:
        """Return 剩余欠数 = 欠数 − 抵扣; the material balances when it is 0."""
        return self.shortfall - self.deducted


def shortfall_of(remaining: Decimal) -> Decimal:
    """Return 欠数 = max(0, −余料)."""
    return max(ZERO, -remaining)


def settled(shortfall: Decimal, bought: Iterable[Bought]) -> Settlement:
    """Return the settlement of one material by the lines ``bought`` of it."""
    return Settlement(shortfall, sum((one.available for one in bought), ZERO))


def deducted(shortfalls: Mapping[int, Decimal], bought: Iterable[Bought]) -> dict[int, Decimal]:
    """Return what each line gives, by its id: the earliest invoice first, and none more than it has.

    Lines of one day go by invoice number, then by their place. What no shortfall needs stays unused (0).
    """
    left: dict[int, Decimal] = defaultdict(lambda: ZERO, shortfalls)
    used: dict[int, Decimal] = {}
    for one in sorted(bought, key=lambda line: (line.day, line.invoice_no, line.order, line.line_id)):
        used[one.line_id] = min(left[one.item_no], one.available)
        left[one.item_no] -= used[one.line_id]
    return used
