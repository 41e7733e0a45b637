"""Customs units as numbers: which units measure the same thing, and how finely a document writes them.

The code table only names units; conversion, splitting and exploding need their ratios as exact
fractions. A unit without base is its own base with factor 1 (handbook appendix D, Units). Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from bondesk.base.numbers import QUANTITY_PLACES

#: 千克, the unit weights are kept in.
KILOGRAM = "035"

#: Places per unit code where the enterprise wants others than the shipped ones.
UnitPlaces = Mapping[str, int]
NO_PLACES: UnitPlaces = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Unit:
    """One row of the customs unit table; ``factor`` is how many base units one unit is."""

    code: str
    name: str
    kind: str
    base_code: str = ""
    factor: Fraction | Decimal | None = None

    def __str__(self) -> str:
        return f"{self.name}({self.code})" if self.name else self.code


def document_places(unit: Unit, places: UnitPlaces = NO_PLACES) -> int:
    """Return the decimals notes and declarations write for ``unit`` (handbook 0.2, document scale).

    0 for indivisible count units (count without factor), 5 for all others; ``places`` overrides by code.
    """
    if unit.code in places:
        return places[unit.code]
    return 0 if unit.kind == "count" and unit.factor is None else QUANTITY_PLACES


def same_base(a: Unit, b: Unit) -> bool:
    """Tell whether quantities in ``a`` and ``b`` can be turned into each other."""
    return unit_ratio(a, b) is not None


def unit_ratio(a: Unit, b: Unit) -> Fraction | None:
    """Return how many ``b`` one ``a`` is, or None when they have no base in common.

    >>> thousand, piece = Unit("054", "千个", "count", "007", Decimal(1000)), Unit("007", "个", "count")
    >>> unit_ratio(thousand, piece), unit_ratio(piece, thousand)
    (Fraction(1000, 1), Fraction(1, 1000))
    """
    if a.code == b.code:
        return Fraction(1)
    one_a, one_b = _in_base(a), _in_base(b)
    if one_a is None or one_b is None or one_a[0] != one_b[0]:
        return None
    return one_a[1] / one_b[1]


def kilograms_per(unit: Unit) -> Fraction | None:
    """Return how many 千克 one ``unit`` is, or None when it is not a mass unit."""
    if unit.kind != "mass":
        return None
    base = _in_base(unit)
    return base[1] if base is not None and base[0] == KILOGRAM else None


def _in_base(unit: Unit) -> tuple[str, Fraction] | None:
    if not unit.base_code:
        return unit.code, Fraction(1)
    if unit.factor is None or unit.factor <= 0:
        return None
    return unit.base_code, Fraction(unit.factor)
