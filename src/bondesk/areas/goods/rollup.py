"""From multi-level ERP BOMs to item-level unit consumption, exactly (handbook 3.1, 3.2, appendix D).

Leaf amounts are kept as fractions through every level and rounded once at 9 decimals: rounding per level
makes a third of the pairs wrong. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bondesk.areas.goods.explosion import Bom, Explosion, Numerators, Skipped
from bondesk.base.findings import Finding, error
from bondesk.base.numbers import CONSUMPTION_PLACES, PERCENT_PLACES, Exact, half_up, half_up_ratio


def unit_consumption(net: Exact, tangible: Exact, intangible: Exact) -> Decimal:
    """Return 单耗 U = N / (1 - (T + W) / 100) at 9 decimals (署令155; handbook 3.1); T + W is below 100.

    >>> unit_consumption(Decimal("0.25"), 3, 1)
    Decimal('0.260416667')
    """
    kept = 1 - (Fraction(tangible) + Fraction(intangible)) / 100
    return half_up(Fraction(net) / kept, CONSUMPTION_PLACES)


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
        except Skipped as skipped:
            findings.append(error(skipped.code, f"成品 {bom.product} BOM版本 {bom.version}：{skipped}"))
    return RollUp(tuple(results), tuple(findings))


def _item_bom(
    bom: Bom, explosion: Explosion, materials: Mapping[str, Mapped], products: Mapping[str, Mapped]
) -> ItemBom:
    product = products.get(bom.product)
    if product is None:
        raise Skipped("BOM-01", "成品料号未归并")
    leaves = explosion.scaled(bom)
    unmapped = [part for part in leaves.parts if part not in materials]
    if unmapped:
        raise Skipped("BOM-01", f"料件 {'、'.join(unmapped)} 未归并")
    factors = {part: materials[part].factor / product.factor for part in leaves.parts}
    common = math.lcm(*(factor.denominator for factor in factors.values()))
    items: dict[int, list[int]] = {}
    for part, amounts in leaves.parts.items():
        factor = factors[part]
        times = factor.numerator * (common // factor.denominator)
        sums = items.setdefault(materials[part].item_no, [0, 0, 0, 0])
        for place, amount in enumerate(amounts):
            sums[place] += amount * times
    denominator = leaves.denominator * common
    lines = tuple(_stored(item_no, (*items[item_no],), denominator) for item_no in sorted(items))  # type: ignore[arg-type]
    return ItemBom(bom.product, bom.version, product.item_no, lines)


def _stored(item_no: int, amounts: Numerators, denominator: int) -> ItemConsumption:
    """Round once: N, T, W, r at 9 decimals, U from the rounded figures (handbook 3.2)."""
    net_amount, gross, tangible_amount, bonded_amount = amounts
    net = half_up_ratio(net_amount, denominator, CONSUMPTION_PLACES)
    tangible = half_up_ratio(100 * tangible_amount, gross, PERCENT_PLACES)
    intangible = half_up_ratio(100 * (gross - net_amount - tangible_amount), gross, PERCENT_PLACES)
    bonded = half_up_ratio(100 * bonded_amount, gross, PERCENT_PLACES)
    total = unit_consumption(net, tangible, intangible)
    if total == 0:
        raise Skipped("BOM-09", f"料件项 {item_no} 的单耗在9位小数下为0")
    return ItemConsumption(item_no, net, tangible, intangible, bonded, total)
