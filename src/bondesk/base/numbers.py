"""Exact numbers of the trade: their decimal places and the one way to round.

Handbook 0.2. Everything between input and output is ``Decimal``, ``int`` or ``Fraction``; rounding
happens once, HALF_UP, where a value is stored. This file is pure.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

Exact = Decimal | Fraction | int

QUANTITY_PLACES = 5
WEIGHT_PLACES = 5
CONSUMPTION_PLACES = 9
PERCENT_PLACES = 9
FACTOR_PLACES = 9
PRICE_PLACES = 4
AMOUNT_PLACES = 2
RATE_PLACES = 6

#: Digits a stored number may have in all: what a signed 64-bit scaled integer always holds.
MAX_DIGITS = 18

_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)


def half_up(value: Exact, places: int) -> Decimal:
    """Round ``value`` half away from zero to ``places`` decimals (四舍五入, handbook 0.2).

    >>> half_up(Decimal("2.00005"), 4), half_up(Decimal("-0.125"), 2), half_up(Fraction(2, 3), 3)
    (Decimal('2.0001'), Decimal('-0.13'), Decimal('0.667'))
    """
    if isinstance(value, Fraction):
        return half_up_ratio(value.numerator, value.denominator, places)
    return _WIDE.quantize(Decimal(value), Decimal(1).scaleb(-places))


def half_up_ratio(numerator: int, denominator: int, places: int) -> Decimal:
    """Round ``numerator / denominator`` (the latter above 0) half away from zero to ``places`` decimals.

    >>> half_up_ratio(2, 3, 3), half_up_ratio(-1, 8, 2)
    (Decimal('0.667'), Decimal('-0.13'))
    """
    whole, rest = divmod(abs(numerator) * 10**places, denominator)
    if 2 * rest >= denominator:
        whole += 1
    return Decimal(-whole if numerator < 0 else whole).scaleb(-places, _WIDE)


def places_of(value: Decimal) -> int:
    """Count the decimals ``value`` really needs.

    >>> places_of(Decimal("1.500")), places_of(Decimal("1E+4"))
    (1, 0)
    """
    exponent = value.normalize(_WIDE).as_tuple().exponent
    assert isinstance(exponent, int), "a number of the trade is finite"
    return max(0, -exponent)


def plain(value: Decimal) -> str:
    """Write ``value`` without exponent and without trailing zeros, as messages want it.

    >>> plain(Decimal("2000.00000")), plain(Decimal("0.00850")), plain(Decimal("-0"))
    ('2000', '0.0085', '0')
    """
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def padded(value: Decimal, places: int) -> str:
    """Write ``value`` with exactly ``places`` decimals, as screens and reports show it."""
    return format(half_up(value, places), "f")


def price_of(total: Exact, quantity: Exact) -> Decimal:
    """Return 申报单价 = round(total / quantity, 4) (handbook 5.4); ``quantity`` is not 0."""
    (above, below), (by, parts) = total.as_integer_ratio(), quantity.as_integer_ratio()
    sign = 1 if by > 0 else -1
    return half_up_ratio(sign * above * parts, sign * below * by, PRICE_PLACES)


def prices_agree(quantity: Decimal, price: Decimal, total: Decimal) -> bool:
    """Apply the price test AMT-01 of handbook 0.2: ``|qty * price - total| <= qty * 0.00005 + 0.005``."""
    gap = abs(quantity * price - total)
    return gap <= quantity * Decimal("0.00005") + Decimal("0.005")
