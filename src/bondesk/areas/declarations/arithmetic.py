"""What follows from typing in a declaration: the amounts of the line, the rest of it, and the head (handbook 6.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from bondesk.areas.codes.customs_code import units_of
from bondesk.areas.codes.effects import forced_duty_modes
from bondesk.areas.codes.hs_code import hs_code_on
from bondesk.areas.codes.line_arithmetic import filled_quantities, recomputed
from bondesk.areas.goods.part import Part
from bondesk.areas.notes.line_filling import countries, filed_values
from bondesk.areas.setup.company import company_of
from bondesk.base.documents import Totals
from bondesk.base.facts import Facts
from bondesk.base.numbers import WEIGHT_PLACES, half_up

Values = Mapping[str, Any]
_UNITS_OF_CODE = frozenset({"legal_unit1", "legal_unit2"})
_OF_PART = frozenset({"hs_code", "name", "spec", "dcl_unit", "currency", "duty_mode", *_UNITS_OF_CODE})
_COUNTRIES = frozenset({"origin_country", "destination_country"})
#: Typed cell → the cells that follow from it.
FILLS: Mapping[str, frozenset[str]] = {
    "item_no": frozenset({*_OF_PART, *_COUNTRIES, "part_no", "uc_version"}),
    "part_no": frozenset({*_OF_PART, *_COUNTRIES}),
    "hs_code": _UNITS_OF_CODE,
    "dcl_qty": frozenset(),
    "dcl_unit": frozenset(),
    "net_weight": frozenset(),
    "legal_qty1": frozenset(),
    "legal_qty2": frozenset(),
}


def recompute_line(_head: Values, line: Values, key: str, before: Values, facts: Facts) -> Values:
    """Apply the table of handbook 6.2 to a line of a declaration."""
    on = bool(company_of(facts).quantity_changes_price)
    return recomputed(line, key, before, units_of(facts), quantity_changes_price=on, flagged=True)


def fill_declaration_line(head: Values, line: Values, key: str, facts: Facts) -> Values:
    """Propose the cells that follow from 备案序号, 货号, 商品编码 or a quantity; the form keeps what is not empty."""
    found: dict[str, Any] = {}
    if key == "item_no" and head.get("record_no"):
        found = dict(filed_values({**head, "goods_flag": head.get("ie_flag")}, line, facts))
    elif key == "part_no":
        found = part_values(head, str(line.get("part_no") or ""), facts)
    known = {**found, **{name: value for name, value in line.items() if value not in (None, "")}}
    code = hs_code_on(facts, str(known.get("hs_code") or "")) if key in ("part_no", "hs_code") else None
    if code is not None:
        own = {"legal_unit1": code.legal_unit1, "legal_unit2": code.legal_unit2}
        found = {**own, **{name: value for name, value in found.items() if value}}
        known = {**own, **known}
    return {**found, **filled_quantities(known, units_of(facts))}


def part_values(head: Values, part_no: str, facts: Facts) -> dict[str, Any]:
    """Return what the part file says of 货号, as general trade declares it; {} for an unknown part."""
    part = facts.one(Part, part_no=part_no) if part_no else None
    if part is None:
        return {}
    ie_flag = str(head.get("ie_flag") or "")
    forced = forced_duty_modes(facts).get((ie_flag, str(head.get("supervision_mode") or "")), "")
    abroad = part.origin if ie_flag == "I" else part.destination
    return {
        "hs_code": part.hs_code,
        "name": part.name,
        "spec": part.elements or part.spec or "",
        "dcl_unit": part.dcl_unit,
        "legal_unit1": part.legal_unit1,
        "legal_unit2": part.legal_unit2,
        "currency": part.currency or "",
        "duty_mode": forced or part.duty_mode or "",
        **countries(ie_flag, abroad or ""),
    }


def totals_wanted(facts: Facts) -> Totals | None:
    """Return what computes the head from the lines when 是否通过报关单明细计算表头 is on."""
    return head_totals if company_of(facts).head_from_lines else None


def head_totals(head: Values, lines: Mapping[str, Sequence[Values]]) -> Values:
    """Return net and gross weight, packages and 未重算 of a head from its lines (handbook 6.2).

    Weights below 1 kg are declared as 1. A figure the lines do not carry stays as it is and the head is marked: net
    weight must stand on every line, gross weight and packages may stand on some, as a document's whole does.
    """
    goods = lines.get("lines", ())
    if not goods:
        return {}
    found: dict[str, Any] = {}
    nets = _known(goods, "net_weight")
    if len(nets) == len(goods):
        found["net_weight"] = declared_weight(sum(nets, Decimal(0)))
    grosses, packages = _known(goods, "gross_weight"), _known(goods, "packages")
    if grosses:
        found["gross_weight"] = declared_weight(sum(grosses, Decimal(0)))
    if packages:
        found["packages"] = sum(packages)
    found["not_recomputed"] = len(found) < 3
    return found


def declared_weight(kilograms: Decimal) -> Decimal:
    """Return a head weight as it is declared: at least 1 kg.

    >>> declared_weight(Decimal("0.4")), declared_weight(Decimal("12.5"))
    (Decimal('1.00000'), Decimal('12.50000'))
    """
    return max(half_up(kilograms, WEIGHT_PLACES), half_up(1, WEIGHT_PLACES))


def _known(lines: Sequence[Values], key: str) -> list[Any]:
    return [line[key] for line in lines if line.get(key) not in (None, "")]
