"""Parts of a source line: what a note or declaration takes of it, so that all takings add up to the line exactly.

A part takes its share of what is *left*, each figure rounded once; whoever takes the rest gets every residue. What
was taken is kept with the link, so the sums stay exact whatever is deleted in between. Pure but for the columns.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from bondesk.base.columns import Amount, Qty, Weight
from bondesk.base.fields import shown
from bondesk.base.numbers import AMOUNT_PLACES, WEIGHT_PLACES, half_up


@dataclass(frozen=True, slots=True)
class Portion:
    """A quantity in the source line's unit with what goes along; None where the line says nothing (or not yet)."""

    quantity: Decimal
    total: Decimal | None = None
    net_weight: Decimal | None = None
    gross_weight: Decimal | None = None
    packages: int | None = None


class PortionColumns:
    """The columns of a link that remember which portion of a source line was taken."""

    source_line_id: Mapped[int] = mapped_column(BigInteger)
    quantity: Mapped[Qty] = shown("数量", default=Decimal(0))
    total: Mapped[Amount | None] = shown("总价")
    net_weight: Mapped[Weight | None] = shown("净重")
    gross_weight: Mapped[Weight | None] = shown("毛重")
    packages: Mapped[int | None] = shown("件数", counted=True)


def left_of(whole: Portion, taken: Iterable[Portion]) -> Portion:
    """Return what is left of a line after ``taken``.

    A portion that does not say what it took of a figure took it in proportion to its quantity. Weights and
    packages never fall below 0 (the line may have been corrected since); the total is left to be seen.
    """
    rest = whole
    for one in taken:
        rest = Portion(
            rest.quantity - one.quantity,
            _less(rest.total, one.total, whole.total, one, whole, AMOUNT_PLACES),
            _at_least_0(_less(rest.net_weight, one.net_weight, whole.net_weight, one, whole, WEIGHT_PLACES)),
            _at_least_0(_less(rest.gross_weight, one.gross_weight, whole.gross_weight, one, whole, WEIGHT_PLACES)),
            _packages_less(rest.packages, one, whole),
        )
    return rest


def part_of(left: Portion, quantity: Decimal) -> Portion:
    """Return the part of ``left`` that goes with ``quantity`` (above 0, at most what is left); all of it takes all.

    >>> part_of(Portion(Decimal(3), Decimal("1.00"), packages=2), Decimal(1))
    Portion(quantity=Decimal('1'), total=Decimal('0.33'), net_weight=None, gross_weight=None, packages=1)
    """
    if quantity == left.quantity:
        return left
    share = Fraction(quantity) / Fraction(left.quantity)
    return Portion(
        quantity,
        None if left.total is None else half_up(Fraction(left.total) * share, AMOUNT_PLACES),
        None if left.net_weight is None else half_up(Fraction(left.net_weight) * share, WEIGHT_PLACES),
        None if left.gross_weight is None else half_up(Fraction(left.gross_weight) * share, WEIGHT_PLACES),
        None if left.packages is None else int(half_up(left.packages * share, 0)),
    )


def portion_of(link: PortionColumns) -> Portion:
    """Return the portion a stored link took."""
    return Portion(link.quantity, link.total, link.net_weight, link.gross_weight, link.packages)


def _less(
    rest: Decimal | None, took: Decimal | None, of: Decimal | None, one: Portion, whole: Portion, places: int
) -> Decimal | None:
    if rest is None or of is None:
        return rest
    if took is None:
        took = half_up(Fraction(of) * Fraction(one.quantity) / Fraction(whole.quantity), places)
    return rest - took


def _at_least_0(weight: Decimal | None) -> Decimal | None:
    return None if weight is None else max(weight, Decimal(0))


def _packages_less(rest: int | None, one: Portion, whole: Portion) -> int | None:
    if rest is None or whole.packages is None:
        return rest
    took = one.packages
    if took is None:
        took = int(half_up(whole.packages * Fraction(one.quantity) / Fraction(whole.quantity), 0))
    return max(rest - took, 0)
