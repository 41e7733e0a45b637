"""What the enterprise makes of what: its BOMs, its made parts and where every part belongs in a book (3.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bondesk.areas.codes.customs_code import units_of
from bondesk.areas.codes.units import kilograms_per
from bondesk.areas.goods import bom as boms_of_erp
from bondesk.areas.goods.bom import rolled
from bondesk.areas.goods.consolidation_map import merge_no_of
from bondesk.areas.goods.explosion import Bom, Explosion
from bondesk.areas.goods.part import Part
from bondesk.areas.goods.rollup import Mapped, RollUp, roll_up
from bondesk.base.facts import Facts


@dataclass(frozen=True, slots=True)
class Factory:
    """All BOMs by product part, the parts made here, and the items of materials and products in one book."""

    boms: Mapping[str, Sequence[Bom]]
    made: Collection[str]
    materials: Mapping[str, Mapped]
    products: Mapping[str, Mapped]

    def explosion(self) -> Explosion:
        """Return a fresh explosion over these BOMs."""
        return Explosion(self.boms, self.made)

    def roll_up(self, selected: Sequence[Bom]) -> RollUp:
        """Roll BOMs up to items; what fails is listed."""
        return roll_up(selected, self.boms, self.made, self.materials, self.products)


def factory_of(facts: Facts, record_no: str) -> Factory:
    """Read the factory as book ``record_no`` sees it ("" = by the map rows meant for every book)."""
    parts = facts.index(Part, Part.part_no)
    boms: dict[str, list[Bom]] = defaultdict(list)
    for one in facts.find(boms_of_erp.Bom):
        boms[one.product_part_no].append(rolled(one))
    made = {number for number, part in parts.items() if part.goods_kind in {"S", "E"}}
    mapped: dict[str, dict[str, Mapped]] = {"I": {}, "E": {}}
    for number, part in parts.items():
        found = mapped_to(facts, part, record_no) if part.goods_kind in mapped else None
        if found is not None:
            mapped[part.goods_kind][number] = found
    return Factory(dict(boms), made, mapped["I"], mapped["E"])


def mapped_to(facts: Facts, part: Part, record_no: str) -> Mapped | None:
    """Return the item and the declared units per ERP unit of a part (2.3), None when it has no way there."""
    item_no = merge_no_of(facts, part.goods_kind, part.part_no, record_no)
    if item_no is None:
        return None
    if part.conv_factor is not None:
        return Mapped(item_no, Fraction(part.conv_factor))
    unit = units_of(facts).get(part.dcl_unit)
    kilograms = kilograms_per(unit) if unit else None
    if part.unit_weight is None or kilograms is None:
        return None
    return Mapped(item_no, Fraction(part.unit_weight) / Fraction(kilograms))
