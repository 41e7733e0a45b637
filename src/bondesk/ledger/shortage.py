"""短溢表: what is there against what the book says, less what is only a matter of time (handbook 12.3). Pure.

D = B − A + C: above 0 溢, below 0 短. Every column is a rounded figure, so that the row foots as it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from bondesk.base.numbers import AMOUNT_PLACES, half_up
from bondesk.ledger.consumption import ZERO
from bondesk.ledger.verification import rate


class Verdict(StrEnum):
    """容差判定."""

    LEVEL = "平"
    WITHIN = "正常"
    SHORT = "短"
    OVER = "溢"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """实际库存 of one material, columns 4 to 10; products as the material they hold.

    ``outsourced`` only counts what is not inside the other columns; ``domestic`` is deducted where the count could not
    tell 内购 stock apart.
    """

    material: Decimal = ZERO
    product: Decimal = ZERO
    semi_product: Decimal = ZERO
    outsourced: Decimal = ZERO
    in_transit: Decimal = ZERO
    defective: Decimal = ZERO
    domestic: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """Return B."""
        stock = self.material + self.product + self.semi_product + self.outsourced + self.in_transit + self.defective
        return stock - self.domestic


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """Timing of one material, columns 11 to 14 and the four of the same idea; products as the material they hold."""

    delivered_not_transferred: Decimal = ZERO
    transferred_not_delivered: Decimal = ZERO
    received_not_transferred: Decimal = ZERO
    transferred_not_received: Decimal = ZERO
    shipped_not_declared: Decimal = ZERO
    declared_not_shipped: Decimal = ZERO
    arrived_not_declared: Decimal = ZERO
    declared_not_arrived: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """Return C: what has left or come without the book knowing, and the reverse."""
        return sum((GAP_SIGNS[one.name] * getattr(self, one.name) for one in fields(self)), ZERO)


#: Whether a gap is added to what is there (the book still holds it) or taken off.
GAP_SIGNS: Mapping[str, int] = {
    "delivered_not_transferred": 1,
    "transferred_not_delivered": -1,
    "received_not_transferred": -1,
    "transferred_not_received": 1,
    "shipped_not_declared": 1,
    "declared_not_shipped": -1,
    "arrived_not_declared": -1,
    "declared_not_arrived": 1,
}


@dataclass(frozen=True, slots=True)
class Valued:
    """The price of one unit in CNY and the rates in %: duty and value added tax."""

    price: Decimal | None = None
    duty_rate: Decimal = ZERO
    vat_rate: Decimal = Decimal(13)


@dataclass(frozen=True, slots=True)
class ShortageRow:
    """One material at one date; ``tolerance`` in %."""

    item_no: int
    booked: Decimal
    counted: Counted = field(default_factory=Counted)
    gaps: Gaps = field(default_factory=Gaps)
    valued: Valued = field(default_factory=Valued)
    tolerance: Decimal = Decimal("0.5")

    @property
    def difference(self) -> Decimal:
        """Return D = B − A + C."""
        return self.counted.total - self.booked + self.gaps.total

    @property
    def rate(self) -> Decimal | None:
        """Return 差异率 = D / A in %, None when the book holds nothing."""
        return rate(self.difference, self.booked)

    @property
    def verdict(self) -> Verdict:
        """Say 平, 正常 within the tolerance, else 短 or 溢; where the book holds nothing any difference counts."""
        gap = self.difference
        if not gap:
            return Verdict.LEVEL
        if self.booked and abs(gap) * 100 <= self.tolerance * abs(self.booked):
            return Verdict.WITHIN
        return Verdict.OVER if gap > 0 else Verdict.SHORT

    @property
    def _exact_value(self) -> Fraction | None:
        price = self.valued.price
        return Fraction(abs(self.difference)) * Fraction(price) if price is not None else None

    @property
    def value(self) -> Decimal | None:
        """Return 差异金额 = |D| × price, None without a price."""
        exact = self._exact_value
        return half_up(exact, AMOUNT_PLACES) if exact is not None else None

    @property
    def duty(self) -> Decimal | None:
        """Return 关税 on what is short; 0 for 溢 and 平."""
        return self._tax(Fraction(self.valued.duty_rate) / 100)

    @property
    def vat(self) -> Decimal | None:
        """Return 增值税 on value and duty of what is short."""
        duty_rate, vat_rate = Fraction(self.valued.duty_rate) / 100, Fraction(self.valued.vat_rate) / 100
        return self._tax((1 + duty_rate) * vat_rate)

    def _tax(self, share: Fraction) -> Decimal | None:
        if self.difference >= 0:
            return half_up(ZERO, AMOUNT_PLACES)
        exact = self._exact_value
        return half_up(exact * share, AMOUNT_PLACES) if exact is not None else None
