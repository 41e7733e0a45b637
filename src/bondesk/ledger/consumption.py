"""Filed consumption, and products exploded by it into the materials they hold: integers, summed exactly. Pure.

Quantity x consumption has more digits than 64 bits hold and more than a Decimal adds quickly. So the factors of a
product version are made once as Python integers over one power of ten, and a whole book explodes in one tight loop.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, localcontext
from enum import Enum
from fractions import Fraction

from bondesk.base.numbers import QUANTITY_PLACES, half_up_ratio

ZERO = Decimal(0)
#: Products of consumption and rates are finite decimals: multiplied exactly, and an inexact step would raise.
_EXACT = Context(prec=400, traps=[Inexact])
Version = tuple[int, str]
#: Per product version: the materials it holds, each with an integer factor.
Factors = Mapping[Version, Sequence[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Consumption:
    """One filed consumption row; ``unit_consumption`` U is the multiplier everywhere, ``bonded`` r in %.

    ``net`` N, ``tangible`` T and ``intangible`` W (in %) are needed where losses are shown.
    """

    product_no: int
    uc_version: str
    material_no: int
    unit_consumption: Decimal
    bonded: Decimal
    net: Decimal = ZERO
    tangible: Decimal = ZERO
    intangible: Decimal = ZERO


class Share(Enum):
    """A share of what a product holds of a material, in % of its quantity: factors of :func:`exploded`."""

    GROSS = "gross"
    NET = "net"
    TANGIBLE = "tangible"
    INTANGIBLE = "intangible"

    def percent(self, row: Consumption) -> Decimal:
        """Return the share per unit of product in %: U x r, N x r, U x r x T / 100 or U x r x W / 100 (3.1)."""
        if self is Share.NET:
            return row.net * row.bonded
        gross = row.unit_consumption * row.bonded
        if self is Share.GROSS:
            return gross
        return gross * (row.tangible if self is Share.TANGIBLE else row.intangible) / 100


class Filed:
    """The filed consumption of a book, by product version and by material; factors are made once, when asked for."""

    def __init__(self, rows: Iterable[Consumption]) -> None:
        """Index the rows once."""
        self._by_version: dict[Version, list[Consumption]] = defaultdict(list)
        self._by_material: dict[int, dict[Version, Consumption]] = defaultdict(dict)
        self._factors: dict[Share, tuple[int, Factors]] = {}
        for row in rows:
            key = (row.product_no, row.uc_version)
            self._by_version[key].append(row)
            self._by_material[row.material_no][key] = row

    def of(self, version: Version) -> Sequence[Consumption]:
        """Return the rows of a product version; empty when it is not filed (RPT-05)."""
        return self._by_version.get(version, ())

    def of_material(self, material_no: int) -> Mapping[Version, Consumption]:
        """Return the rows that consume a material, by product version."""
        return self._by_material.get(material_no, {})

    def factors(self, share: Share) -> tuple[int, Factors]:
        """Return what each product version holds per unit, in % as integers of so many decimals."""
        if share not in self._factors:
            with localcontext(_EXACT):
                percents = [share.percent(row).normalize() for rows in self._by_version.values() for row in rows]
            places, scaled = scaled_integers(percents)
            fresh = iter(scaled)
            self._factors[share] = (
                places,
                {
                    version: [(row.material_no, next(fresh)) for row in rows]
                    for version, rows in self._by_version.items()
                },
            )
        return self._factors[share]


def scaled_integers(values: Sequence[Decimal]) -> tuple[int, list[int]]:
    """Return ``values`` as integers over one power of ten, exactly, and how many decimals that power has.

    >>> scaled_integers([Decimal("1.25"), Decimal("-3"), Decimal("1E+2")])
    (2, [125, -300, 10000])
    """
    with localcontext(_EXACT):
        smallest = sum(values, ZERO).as_tuple().exponent  # a sum has the decimals of its finest part
        assert isinstance(smallest, int), "a number of the trade is finite"
        return -smallest, [int(value.scaleb(-smallest)) for value in values]


@dataclass(frozen=True, slots=True)
class Exploded:
    """Product versions as the materials they are filed to consume: ``held`` are integers of ``places`` decimals."""

    products: Mapping[Version, Decimal]
    filed: Filed
    held: Mapping[int, int]
    places: int

    def exact(self, material_no: int) -> Fraction:
        """Return the unrounded quantity of a material; 0 where no product holds any."""
        return Fraction(self.held.get(material_no, 0), 10**self.places)

    def figure(self, material_no: int) -> Decimal:
        """Return the quantity of a material rounded once, at 5 decimals."""
        return half_up_ratio(self.held.get(material_no, 0), 10**self.places, QUANTITY_PLACES)

    def by_version(self, material_no: int) -> dict[Version, Decimal]:
        """Return the product versions that hold a material, with their quantities."""
        consuming = sorted(self.filed.of_material(material_no))
        return {version: self.products[version] for version in consuming if version in self.products}


def exploded(products: Mapping[Version, Decimal], filed: Filed, share: Share = Share.GROSS) -> Exploded:
    """Explode quantities of product versions: integers only, so that every sum is exact and fast (handbook 8.5)."""
    decimals, quantities = scaled_integers(list(products.values()))
    places, factors = filed.factors(share)
    held: dict[int, int] = defaultdict(int)
    for version, quantity in zip(products, quantities, strict=True):
        for material_no, factor in factors.get(version, ()):
            held[material_no] += quantity * factor
    return Exploded(products, filed, held, decimals + places + 2)


def usage(quantity: Decimal | Fraction, row: Consumption) -> Fraction:
    """Return the bonded usage Q x U x r / 100 of one material, unrounded (handbook 3.1)."""
    upper, lower = 1, 100
    for factor in (quantity, row.unit_consumption, row.bonded):  # reduced once, not at every step
        over, under = factor.as_integer_ratio()
        upper, lower = upper * over, lower * under
    return Fraction(upper, lower)
