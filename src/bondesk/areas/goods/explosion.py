"""From a multi-level ERP BOM to its lowest stage, exactly (handbook 3.2, appendix D, Roll-up). Pure.

Amounts of one BOM share one denominator and are kept as whole numerators, so that a factory of thousands of
BOMs explodes at the speed of plain integers and nothing is rounded before the end: rounding at every level
makes a third of the pairs wrong.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bondesk.base.columns import scaled_integer

_PARTS = re.compile(r"(\d+)")
_PLACES = 9
_ONE = 10**_PLACES
_FULL = 100 * _ONE


def natural_key(version: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key that puts V10 after V9.

    >>> sorted(["V10", "V9", "V1"], key=natural_key)
    ['V1', 'V9', 'V10']
    """
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in _PARTS.split(version) if part)


@dataclass(frozen=True, slots=True)
class BomLine:
    """One component: net consumption per ERP unit of the product in the component's ERP unit; rates in %."""

    material: str
    net: Decimal
    tangible: Decimal = Decimal(0)
    intangible: Decimal = Decimal(0)
    bonded: Decimal = Decimal(100)


@dataclass(frozen=True, slots=True)
class Bom:
    """One version of a product's or semi-product's BOM."""

    product: str
    version: str
    lines: tuple[BomLine, ...]


@dataclass(frozen=True, slots=True)
class Amounts:
    """Net, gross, tangible, intangible and bonded amounts of one bought part per unit of the product."""

    net: Fraction
    gross: Fraction
    tangible: Fraction
    intangible: Fraction
    bonded: Fraction


#: Numerators of net, gross, tangible and bonded amount; intangible is what gross has beside the others.
Numerators = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Scaled:
    """The bought parts of one BOM: numerators over one ``denominator``."""

    denominator: int
    parts: Mapping[str, Numerators]

    def amounts(self) -> dict[str, Amounts]:
        """Return the same as fractions."""
        found = {}
        for part, (net, gross, tangible, bonded) in self.parts.items():
            rest = gross - net - tangible
            figures = (Fraction(one, self.denominator) for one in (net, gross, tangible, rest, bonded))
            found[part] = Amounts(*figures)
        return found


@dataclass(frozen=True, slots=True)
class Share:
    """What one line passes on, as numerators over ``denominator``: see :func:`share_of`."""

    net: int
    gross: int
    tangible: int
    bonded: int
    denominator: int


class Skipped(Exception):
    """A BOM that cannot be exploded or rolled up; carries the code of handbook 3.4."""

    def __init__(self, code: str, text: str) -> None:
        """Say ``text`` under ``code``."""
        super().__init__(text)
        self.code = code


def share_of(line: BomLine) -> Share:
    """Return net N, gross g = N / (1 - (T + W)/100), g·T/100 and g·r/100 of a line over one denominator."""
    net, tangible, bonded = (scaled_integer(one, _PLACES) for one in (line.net, line.tangible, line.bonded))
    kept = _FULL - tangible - scaled_integer(line.intangible, _PLACES)
    figures = (net * kept, net * _FULL, net * tangible, net * bonded, kept * _ONE)
    common = math.gcd(*figures)
    return Share(*(figure // common for figure in figures))


class Explosion:
    """Explodes BOMs to the lowest stage; a component's newest version is used, each exploded once."""

    def __init__(self, boms: Mapping[str, Sequence[Bom]], semis: Collection[str]) -> None:
        """Know all BOMs by product part, and which parts are made (not bought)."""
        self._boms = boms
        self._semis = semis
        self._known: dict[str, Scaled] = {}
        self._shares: dict[tuple[Decimal, Decimal, Decimal, Decimal], Share] = {}

    def leaves(self, bom: Bom) -> dict[str, Amounts]:
        """Return the amounts of every bought part per ERP unit of the product."""
        return self.scaled(bom).amounts()

    def scaled(self, bom: Bom, path: tuple[str, ...] = ()) -> Scaled:
        """Return the same as numerators; :class:`Skipped` with BOM-02 … BOM-05, BOM-07 when it cannot be done."""
        path = (*path, bom.product)
        inner: list[tuple[Share, Scaled | str]] = []
        denominator = 1
        for line in bom.lines:
            share = self._share(line)
            made = line.material in self._semis or line.material in path
            below = self._semi(line.material, path) if made else line.material
            inner.append((share, below))
            under = below.denominator if isinstance(below, Scaled) else 1
            denominator = math.lcm(denominator, share.denominator * under)
        found: dict[str, list[int]] = {}
        for share, below in inner:
            if isinstance(below, Scaled):
                _add_through(found, share, below, denominator)
            else:
                _add_direct(found, share, below, denominator)
        if not found:
            raise Skipped("BOM-07", "没有料件行")
        return Scaled(denominator, found)  # type: ignore[arg-type]  # lists of four, never changed again

    def newest(self, part: str) -> Bom | None:
        """Return the newest version of a made part, None when it has no BOM."""
        return max(self._boms.get(part, ()), key=lambda bom: natural_key(bom.version), default=None)

    def made(self, part: str) -> bool:
        """Tell whether a part is made here, so that it is exploded further."""
        return part in self._semis

    def _share(self, line: BomLine) -> Share:
        key = (line.net, line.tangible, line.intangible, line.bonded)
        known = self._shares.get(key)
        if known is None:
            require_possible(line)
            known = self._shares[key] = share_of(line)
        return known

    def _semi(self, part: str, path: tuple[str, ...]) -> Scaled:
        if part in path:
            raise Skipped("BOM-02", f"BOM循环：{' → '.join((*path[path.index(part) :], part))}")
        known = self._known.get(part)
        if known is None:
            newest = self.newest(part)
            if newest is None:
                raise Skipped("BOM-02", f"半成品 {part} 没有BOM（{' → '.join((*path, part))}）")
            known = self._known[part] = self.scaled(newest, path)
        return known


def _add_direct(found: dict[str, list[int]], share: Share, part: str, denominator: int) -> None:
    times = denominator // share.denominator
    figures = (share.net * times, share.gross * times, share.tangible * times, share.bonded * times)
    present = found.get(part)
    found[part] = list(figures) if present is None else [a + b for a, b in zip(present, figures, strict=True)]


def _add_through(found: dict[str, list[int]], share: Share, below: Scaled, denominator: int) -> None:
    """Carry the leaves of a semi-product through the line that uses it (appendix D): t' = g·t + g·n·T/100."""
    times = denominator // (share.denominator * below.denominator)
    by_net, by_gross = share.net * times, share.gross * times
    by_tangible, by_bonded = share.tangible * times, share.bonded * times
    get = found.get
    for part, (net, gross, tangible, bonded) in below.parts.items():
        present = get(part)
        if present is None:
            found[part] = [by_net * net, by_gross * gross, by_gross * tangible + by_tangible * net, by_bonded * bonded]
        else:
            present[0] += by_net * net
            present[1] += by_gross * gross
            present[2] += by_gross * tangible + by_tangible * net
            present[3] += by_bonded * bonded


def require_possible(line: BomLine) -> None:
    """BOM-04, BOM-03, BOM-05: refuse a line whose figures cannot be."""
    if line.net <= 0:
        raise Skipped("BOM-04", f"{line.material} 的净耗须大于0")
    if line.tangible < 0 or line.intangible < 0 or line.tangible + line.intangible >= 100:
        raise Skipped("BOM-03", f"{line.material} 的有形损耗率与无形损耗率之和须小于100，且不能小于0")
    if not 0 <= line.bonded <= 100:
        raise Skipped("BOM-05", f"{line.material} 的保税料件比例须在0与100之间")
