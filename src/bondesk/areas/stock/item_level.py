"""From counted or moved parts to the material items of a book (handbook 8.5, 12.2).

Materials go straight to their item; products take the filed version of their BOM, a blank one the newest filed;
semi-products are exploded through their BOM. Losses are inside: what lies there had to be consumed from the book.
Everything stays exact here; a figure is rounded where it is stored or shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.accounts.book_reading import filed_of
from bondesk.areas.goods.bom import Bom
from bondesk.areas.goods.explosion import natural_key
from bondesk.areas.goods.factory import Factory, factory_of
from bondesk.areas.goods.rollup import Mapped, roll_up
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, error, note
from bondesk.base.numbers import QUANTITY_PLACES, half_up_ratio
from bondesk.ledger.consumption import Consumption, Filed, usage


class Lot(NamedTuple):
    """A quantity of one part in its own unit, with the BOM version it was made by ("" = not said).

    ``line_id`` names the stored line it was read from (0 = a sum of several).
    """

    goods_kind: str
    part_no: str
    bom_version: str
    quantity: Decimal
    line_id: int = 0


class Placed(NamedTuple):
    """A lot as goods of the book: exact quantity of an item, products with their filed version."""

    goods_flag: str
    item_no: int
    version: str
    quantity: Fraction


class Share(NamedTuple):
    """What one lot is in one material item, exactly; ``version`` and ``unit_consumption`` for made parts."""

    lot: Lot
    material_no: int
    quantity: Fraction
    version: str = ""
    unit_consumption: Decimal | None = None


class ItemLevel:
    """Takes lots to material items of one book; look-ups are done once."""

    def __init__(self, facts: Facts, book: Account, filed: Filed | None = None) -> None:
        """Prepare for ``book``; ``filed`` stands in for its filed consumption."""
        self._book = book
        self._factory: Factory = factory_of(facts, book.record_no)
        self._filed: Filed = filed or filed_of(book)
        self._boms: Mapping[tuple[str, str], Bom] = facts.index(Bom, Bom.product_part_no, Bom.bom_version)
        self._newest: dict[int, str] = {}
        filed_versions = {(row.product_no, row.uc_version) for row in book.consumptions if row.row_mark != "2"}
        for product_no, version in filed_versions:
            known = self._newest.setdefault(product_no, version)
            self._newest[product_no] = max(known, version, key=natural_key)
        self._semis: dict[tuple[str, str], tuple[Consumption, ...]] = {}

    def explode(self, lots: Iterable[Lot]) -> tuple[list[Share], list[Finding]]:
        """Return the shares of every lot, and one finding per part that has no way to the book.

        STK-04 a material or product without item (left out); CNT-01 a made part without BOM or filed version.
        """
        shares: list[Share] = []
        findings: dict[tuple[str, str], Finding] = {}
        for lot in lots:
            if not lot.quantity:
                continue
            found = self._shares(lot)
            if isinstance(found, Finding):
                findings.setdefault((lot.part_no, lot.bom_version), found)
            else:
                shares += found
        return shares, list(findings.values())

    def place(self, lot: Lot) -> Placed | Finding:
        """Return a material or product as goods of the book, not exploded; the finding when it has no way there."""
        if lot.goods_kind == "I":
            mapped = self._factory.materials.get(lot.part_no)
            return (
                _unmapped(lot)
                if mapped is None
                else Placed("I", mapped.item_no, "", Fraction(lot.quantity) * mapped.factor)
            )
        mapped = self._factory.products.get(lot.part_no)
        if mapped is None:
            return _unmapped(lot)
        version = self._version(lot, mapped.item_no)
        if version is None:
            return _no_bom(lot, f"在账册 {self._book.record_no} 没有备案的单损耗")
        return Placed("E", mapped.item_no, version, Fraction(lot.quantity) * mapped.factor)

    def _shares(self, lot: Lot) -> list[Share] | Finding:
        match lot.goods_kind:
            case "I":
                mapped = self._factory.materials.get(lot.part_no)
                if mapped is None:
                    return _unmapped(lot)
                return [Share(lot, mapped.item_no, Fraction(lot.quantity) * mapped.factor)]
            case "E":
                return self._product(lot)
            case _:
                rows = self._semi(lot)
                return [_made(lot, row, Fraction(lot.quantity)) for row in rows] or _no_bom(lot, "没有可展开的 BOM")

    def _product(self, lot: Lot) -> list[Share] | Finding:
        mapped = self._factory.products.get(lot.part_no)
        if mapped is None:
            return _unmapped(lot)
        version = self._version(lot, mapped.item_no)
        rows = self._filed.of((mapped.item_no, version)) if version is not None else ()
        if not rows:
            return _no_bom(lot, f"在账册 {self._book.record_no} 没有备案的单损耗")
        return [_made(lot, row, Fraction(lot.quantity) * mapped.factor) for row in rows]

    def _version(self, lot: Lot, item_no: int) -> str | None:
        if not lot.bom_version:
            return self._newest.get(item_no)
        bom = self._boms.get((lot.part_no, lot.bom_version))
        ours = bom is not None and bom.filed_record_no == self._book.record_no
        return bom.filed_version if ours and bom is not None else None

    def _semi(self, lot: Lot) -> tuple[Consumption, ...]:
        """Return the item-level consumption of one semi-product, U at 9 decimals as for a filed version."""
        key = (lot.part_no, lot.bom_version)
        if key not in self._semis:
            self._semis[key] = self._rolled(*key)
        return self._semis[key]

    def _rolled(self, part_no: str, version: str) -> tuple[Consumption, ...]:
        boms = [bom for bom in self._factory.boms.get(part_no, ()) if version in ("", bom.version)]
        if not boms:
            return ()
        newest = max(boms, key=lambda bom: natural_key(bom.version))
        factory = self._factory
        one = {part_no: Mapped(0, Fraction(1))}
        results = roll_up([newest], factory.boms, factory.made, factory.materials, one).results
        return tuple(
            Consumption(0, newest.version, line.item_no, line.unit_consumption, line.bonded)
            for result in results
            for line in result.lines
        )


def _made(lot: Lot, row: Consumption, quantity: Fraction) -> Share:
    exact = usage(quantity, row)
    return Share(lot, row.material_no, exact, row.uc_version, row.unit_consumption)


def _unmapped(lot: Lot) -> Finding:
    return note("STK-04", f"料号 {lot.part_no} 未归并，不计入项号级结果", "part_no")


def _no_bom(lot: Lot, why: str) -> Finding:
    version = f" BOM版本 {lot.bom_version}" if lot.bom_version else ""
    return error("CNT-01", f"料号 {lot.part_no}{version} {why}，不能折料", "part_no")


def by_material(shares: Iterable[Share]) -> dict[int, Decimal]:
    """Add shares per material, each sum rounded once at 5 decimals."""
    sums: dict[int, list[Fraction]] = defaultdict(list)
    for share in shares:
        sums[share.material_no].append(share.quantity)
    return {material: half_up_ratio(*_summed(parts), QUANTITY_PLACES) for material, parts in sums.items()}


def _summed(parts: Sequence[Fraction]) -> tuple[int, int]:
    """Return the sum as numerator and denominator, brought to one denominator once rather than at every step."""
    whole = lcm(*(part.denominator for part in parts))
    return sum(part.numerator * (whole // part.denominator) for part in parts), whole
