"""From multi-level ERP BOMs to item-level unit consumption, exactly (handbook 3.1, 3.2, appendix D).

Leaf amounts are kept as fractions through every level and rounded once at 9 decimals: rounding per level
makes a third of the pairs wrong. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bondesk.base.findings import Finding, error
from bondesk.base.numbers import CONSUMPTION_PLACES, PERCENT_PLACES, Exact, half_up

_PARTS = re.compile(r"(\d+)")


def natural_key(version: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key that puts V10 after V9.

    >>> sorted(["V10", "V9", "V1"], key=natural_key)
    ['V1', 'V9', 'V10']
    """
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in _PARTS.split(version) if part)


def unit_consumption(net: Exact, tangible: Exact, intangible: Exact) -> Decimal:
    """Return 单耗 U = N / (1 - (T + W) / 100) at 9 decimals (署令155; handbook 3.1); T + W is below 100.

    >>> unit_consumption(Decimal("0.25"), 3, 1)
    Decimal('0.260416667')
    """
    return half_up(_gross(Fraction(net), Fraction(tangible), Fraction(intangible)), CONSUMPTION_PLACES)


def _gross(net: Fraction, tangible: Fraction, intangible: Fraction) -> Fraction:
    return net / (1 - (tangible + intangible) / 100)


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
class Mapped:
    """Where a part belongs in the book: item number, and declared units per ERP unit."""

    item_no: int
    factor: Fraction


@dataclass(frozen=True, slots=True)
class ItemConsumption:
    """One material item of a rolled-up BOM, all five figures at 9 decimals."""

    item_no: int
    net: Decimal
    tangible: Decimal
    intangible: Decimal
    bonded: Decimal
    unit_consumption: Decimal


@dataclass(frozen=True, slots=True)
class ItemBom:
    """A BOM at item level; lines in item order."""

    product: str
    bom_version: str
    product_item: int
    lines: tuple[ItemConsumption, ...]


@dataclass(frozen=True, slots=True)
class RollUp:
    """What could be rolled up, and a finding for every BOM that was skipped."""

    results: tuple[ItemBom, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Amounts:
    """Net, gross, tangible, intangible and bonded amounts per unit of the product."""

    net: Fraction
    gross: Fraction
    tangible: Fraction
    intangible: Fraction
    bonded: Fraction

    def plus(self, other: _Amounts) -> _Amounts:
        return _Amounts(
            self.net + other.net,
            self.gross + other.gross,
            self.tangible + other.tangible,
            self.intangible + other.intangible,
            self.bonded + other.bonded,
        )

    def times(self, factor: Fraction) -> _Amounts:
        return _Amounts(
            self.net * factor,
            self.gross * factor,
            self.tangible * factor,
            self.intangible * factor,
            self.bonded * factor,
        )


class _Skipped(Exception):
    """A BOM that cannot be rolled up."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class Explosion:
    """Explodes BOMs to the lowest stage; a component's newest version is used, each exploded once."""

    def __init__(self, boms: Mapping[str, Sequence[Bom]], semis: Collection[str]) -> None:
        """Know all BOMs by product part, and which parts are made (not bought)."""
        self._boms = boms
        self._semis = semis
        self._known: dict[str, dict[str, _Amounts]] = {}

    def leaves(self, bom: Bom, path: tuple[str, ...] = ()) -> dict[str, _Amounts]:
        """Return the amounts of every bought part per ERP unit of the product."""
        path = (*path, bom.product)
        found: dict[str, _Amounts] = {}
        for line in bom.lines:
            _possible(bom, line)
            if line.material in self._semis or line.material in path:
                inner = self._semi(line.material, path)
                parts = {part: _through(line, amounts) for part, amounts in inner.items()}
            else:
                parts = {line.material: _direct(line)}
            for part, amounts in parts.items():
                found[part] = found[part].plus(amounts) if part in found else amounts
        if not found:
            raise _Skipped("BOM-07", "没有料件行")
        return found

    def _semi(self, part: str, path: tuple[str, ...]) -> dict[str, _Amounts]:
        if part in path:
            raise _Skipped("BOM-02", f"BOM循环：{' → '.join((*path[path.index(part) :], part))}")
        if part not in self._known:
            versions = self._boms.get(part)
            if not versions:
                raise _Skipped("BOM-02", f"半成品 {part} 没有BOM（{' → '.join((*path, part))}）")
            newest = max(versions, key=lambda bom: natural_key(bom.version))
            self._known[part] = self.leaves(newest, path)
        return self._known[part]


def _possible(bom: Bom, line: BomLine) -> None:
    if line.net <= 0:
        raise _Skipped("BOM-04", f"{line.material} 的净耗须大于0")
    if line.tangible < 0 or line.intangible < 0 or line.tangible + line.intangible >= 100:
        raise _Skipped("BOM-03", f"{line.material} 的有形损耗率与无形损耗率之和须小于100，且不能小于0")
    if not 0 <= line.bonded <= 100:
        raise _Skipped("BOM-05", f"{line.material} 的保税料件比例须在0与100之间")


def _direct(line: BomLine) -> _Amounts:
    net, tangible, intangible = Fraction(line.net), Fraction(line.tangible), Fraction(line.intangible)
    gross = _gross(net, tangible, intangible)
    return _Amounts(net, gross, gross * tangible / 100, gross * intangible / 100, gross * Fraction(line.bonded) / 100)


def _through(line: BomLine, inner: _Amounts) -> _Amounts:
    """Carry a leaf of a semi-product through the share ``line`` of it (appendix D, Roll-up)."""
    tangible, intangible = Fraction(line.tangible), Fraction(line.intangible)
    share = _gross(Fraction(line.net), tangible, intangible)
    return _Amounts(
        net=Fraction(line.net) * inner.net,
        gross=share * inner.gross,
        tangible=share * inner.tangible + share * inner.net * tangible / 100,
        intangible=share * inner.intangible + share * inner.net * intangible / 100,
        bonded=share * inner.bonded * Fraction(line.bonded) / 100,
    )


def roll_up(
    selected: Sequence[Bom],
    boms: Mapping[str, Sequence[Bom]],
    semis: Collection[str],
    materials: Mapping[str, Mapped],
    products: Mapping[str, Mapped],
) -> RollUp:
    """Roll ``selected`` up to items; a BOM that fails is listed (BOM-01 … BOM-09) and the others go on."""
    explosion = Explosion(boms, semis)
    results: list[ItemBom] = []
    findings: list[Finding] = []
    for bom in selected:
        try:
            results.append(_item_bom(bom, explosion, materials, products))
        except _Skipped as skipped:
            findings.append(error(skipped.code, f"成品 {bom.product} BOM版本 {bom.version}：{skipped}"))
    return RollUp(tuple(results), tuple(findings))


def _item_bom(
    bom: Bom, explosion: Explosion, materials: Mapping[str, Mapped], products: Mapping[str, Mapped]
) -> ItemBom:
    product = products.get(bom.product)
    if product is None:
        raise _Skipped("BOM-01", "成品料号未归并")
    leaves = explosion.leaves(bom)
    unmapped = [part for part in leaves if part not in materials]
    if unmapped:
        raise _Skipped("BOM-01", f"料件 {'、'.join(unmapped)} 未归并")
    items: dict[int, _Amounts] = {}
    for part, amounts in leaves.items():
        mapped = materials[part]
        scaled = amounts.times(mapped.factor / product.factor)
        items[mapped.item_no] = items[mapped.item_no].plus(scaled) if mapped.item_no in items else scaled
    lines = tuple(_stored(item_no, items[item_no]) for item_no in sorted(items))
    return ItemBom(bom.product, bom.version, product.item_no, lines)


def _stored(item_no: int, amounts: _Amounts) -> ItemConsumption:
    """Round once: N, T, W, r at 9 decimals, U from the rounded figures (handbook 3.2)."""
    net = half_up(amounts.net, CONSUMPTION_PLACES)
    tangible = half_up(100 * amounts.tangible / amounts.gross, PERCENT_PLACES)
    intangible = half_up(100 * amounts.intangible / amounts.gross, PERCENT_PLACES)
    bonded = half_up(100 * amounts.bonded / amounts.gross, PERCENT_PLACES)
    total = unit_consumption(net, tangible, intangible)
    if total == 0:
        raise _Skipped("BOM-09", f"料件项 {item_no} 的单耗在9位小数下为0")
    return ItemConsumption(item_no, net, tangible, intangible, bonded, total)
