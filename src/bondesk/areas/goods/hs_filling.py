"""What follows on goods from the commodity code and the units while they are typed (handbook 2.3, 17).

Factors are proposed only where they say the same as the conversion rules would: between units of one base, exactly,
and never towards a mass, because there the net weight of the document counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bondesk.areas.codes.customs_code import FactsCodeBook, units_of
from bondesk.areas.codes.hs_code import hs_code_on
from bondesk.areas.codes.units import Unit, kilograms_per, unit_ratio
from bondesk.areas.goods.hs_known import KNOWN, LEGAL_UNITS
from bondesk.base.facts import Facts
from bondesk.base.numbers import FACTOR_PLACES, half_up, plain

FROM_TABLE = frozenset({*LEGAL_UNITS, "name", "hs_name", "supervision_condition"})
_FACTORS = frozenset({"factor1", "factor2"})
#: Typed box → the boxes that follow from it.
PART_FILLS: Mapping[str, frozenset[str]] = {
    "hs_code": FROM_TABLE | _FACTORS,
    "erp_unit": frozenset({"erp_unit_code", "conv_factor", "unit_weight"}),
    "dcl_unit": frozenset({"conv_factor"}) | _FACTORS,
    "legal_unit1": frozenset({"factor1"}),
    "legal_unit2": frozenset({"factor2"}),
}


def table_values(code: Any, facts: Facts) -> dict[str, Any]:
    """Return what the HS table says of a code valid today; {} for any other text."""
    text = str(code or "")
    known = hs_code_on(facts, text) if len(text) == 10 else None
    if known is None:
        return {}
    found = {key: getattr(known, key) for key in LEGAL_UNITS} | {"name": known.name}
    return found | {ours: getattr(known, theirs) for ours, theirs in KNOWN.items() if ours != "hs_elements"}


def fill_part(values: Mapping[str, Any], key: str, facts: Facts) -> Mapping[str, Any]:
    """Propose legal units, 品名, 转换率, 单重 and the two factors of a part."""
    found: dict[str, Any] = table_values(values.get("hs_code"), facts) if key == "hs_code" else {}
    known = {**found, **{name: value for name, value in values.items() if value not in (None, "")}}
    units = units_of(facts)
    declared = units.get(str(known.get("dcl_unit") or ""))
    if key in ("erp_unit", "dcl_unit"):
        code = FactsCodeBook(facts).read("unit", str(values.get("erp_unit") or "")) or ""
        found |= _conversion(units.get(code), declared)
        found |= {"erp_unit_code": code}
    for unit, factor in (("legal_unit1", "factor1"), ("legal_unit2", "factor2")):
        found |= _factor(factor, declared, units.get(str(known.get(unit) or "")))
    return found


def _conversion(erp: Unit | None, declared: Unit | None) -> dict[str, Decimal]:
    if erp is None:
        return {}
    weight = exact_factor(kilograms_per(erp))
    ratio = exact_factor(unit_ratio(erp, declared)) if declared is not None else None
    return {name: value for name, value in (("unit_weight", weight), ("conv_factor", ratio)) if value is not None}


def _factor(key: str, declared: Unit | None, legal: Unit | None) -> dict[str, Decimal]:
    if declared is None or legal is None or declared.code == legal.code or kilograms_per(legal) is not None:
        return {}
    ratio = exact_factor(unit_ratio(declared, legal))
    return {} if ratio is None else {key: ratio}


def exact_factor(ratio: Fraction | None) -> Decimal | None:
    """Return a ratio as a stored factor, None where nine decimals cannot hold it."""
    if ratio is None:
        return None
    factor = half_up(ratio, FACTOR_PLACES)
    return Decimal(plain(factor)) if Fraction(factor) == ratio else None
