"""Quantity, price and total of a declared line, and what follows from them (handbook 6.2).

Notes and declarations share it: the cells carry the same names. Exact; rounded once, where a value is stored. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bondesk.areas.codes.units import Unit, document_places, kilograms_per, unit_ratio
from bondesk.base.documents import Repair
from bondesk.base.numbers import AMOUNT_PLACES, WEIGHT_PLACES, half_up, price_of
from bondesk.base.readings import Unreadable

QUANTITY, PRICE, TOTAL, NET = "dcl_qty", "price", "total", "net_weight"
#: Unit cell → quantity cell of the two legal units.
LEGAL = (("legal_unit1", "legal_qty1"), ("legal_unit2", "legal_qty2"))
_UNITS = frozenset({"dcl_unit", "legal_unit1", "legal_unit2"})
#: What follows the quantity until somebody types it.
FOLLOWING = frozenset({"legal_qty1", "legal_qty2", NET})
#: Cells after which something is computed again.
RECOMPUTES = frozenset({QUANTITY, PRICE, TOTAL, *_UNITS, *FOLLOWING})

Line = Mapping[str, Any]


def recomputed(
    line: Line, key: str, before: Line, units: Mapping[str, Unit], *, quantity_changes_price: bool, flagged: bool
) -> dict[str, Any]:
    """Return the cells that change because ``key`` was typed into ``line``; ``before`` is the line as it was.

    A quantity of 0 or below is :class:`Unreadable` (DEC-05): nothing follows from it. ``flagged`` lines carry
    手工数量: a typed legal quantity or net weight sets it, and from then on they stay when the quantity changes;
    on other lines only quantities whose units agree or convert follow.
    """
    if key == QUANTITY and (line.get(QUANTITY) is None or line[QUANTITY] <= 0):
        raise Unreadable("DEC-05", "成交数量须大于0，单价、总价和法定数量都没有改动；请重新输入数量")
    found = amounts(line, key, quantity_changes_price=quantity_changes_price)
    if key == QUANTITY or key in _UNITS:
        found |= quantities(line, before, units, rescaled=flagged and key == QUANTITY)
    if flagged and key in FOLLOWING and not line.get("hand_typed") and _typed_by_hand(line, key, units):
        found["hand_typed"] = True
    return {name: value for name, value in found.items() if line.get(name) != value}


def amounts(line: Line, key: str, *, quantity_changes_price: bool) -> dict[str, Any]:
    """Return price or total after ``key`` was typed, as the table of handbook 6.2 says.

    >>> amounts({"dcl_qty": Decimal(3197), "price": Decimal("2.335")}, "price", quantity_changes_price=True)
    {'total': Decimal('7465.00')}
    """
    quantity, price, total = (line.get(name) for name in (QUANTITY, PRICE, TOTAL))
    if key not in (QUANTITY, PRICE, TOTAL) or not quantity or quantity < 0:
        return {}
    priced = key == PRICE or (key == QUANTITY and (total is None or not quantity_changes_price))
    if priced and price is not None:
        return {TOTAL: half_up(Fraction(quantity) * Fraction(price), AMOUNT_PLACES)}
    if key != PRICE and total is not None:
        return {PRICE: price_of(total, quantity)}
    return {}


def quantities(line: Line, before: Line, units: Mapping[str, Unit], *, rescaled: bool) -> dict[str, Any]:
    """Return legal quantities and net weight for the quantity of ``line``.

    A legal unit equal to the declared one always has the same quantity. Others follow while nobody typed them: by
    the units where these convert, else (``rescaled``) by the ratio of the new quantity to the old.
    """
    quantity, declared = line.get(QUANTITY), units.get(str(line.get("dcl_unit") or ""))
    if not quantity or quantity < 0:
        return {}
    free = not line.get("hand_typed")
    old = before.get(QUANTITY)
    ratio = Fraction(quantity) / Fraction(old) if rescaled and free and old and old > 0 else None
    found: dict[str, Any] = {}
    for unit_key, quantity_key in LEGAL:
        legal, present = units.get(str(line.get(unit_key) or "")), line.get(quantity_key)
        converted = unit_ratio(declared, legal) if declared and legal else None
        if legal is None:
            continue
        if declared is not None and legal.code == declared.code:
            found[quantity_key] = quantity
        elif converted is not None and free:
            found[quantity_key] = half_up(Fraction(quantity) * converted, document_places(legal))
        elif ratio is not None and present:
            found[quantity_key] = _kept_above_zero(Fraction(present) * ratio, document_places(legal))
    if ratio is not None and line.get(NET):
        found[NET] = _kept_above_zero(Fraction(line[NET]) * ratio, WEIGHT_PLACES)
    return found


def _kept_above_zero(value: Fraction, places: int) -> Decimal:
    """Round; what was above 0 stays the smallest number, for a legal quantity of 0 is none (handbook 5.5)."""
    return half_up(value, places) or Decimal(1).scaleb(-places)


def _typed_by_hand(line: Line, key: str, units: Mapping[str, Unit]) -> bool:
    """Tell whether a typed legal quantity or net weight is another than the quantity gives by itself."""
    value = line.get(key)
    if value is None:
        return False
    derived = quantities({**line, "hand_typed": False}, {}, units, rescaled=False).get(key)
    return derived is None or derived != value


def filled_quantities(line: Line, units: Mapping[str, Unit]) -> dict[str, Any]:
    """Return what empty legal quantities and net weight may be: by the units, by the weight where the unit is one."""
    found = quantities({**line, "hand_typed": False}, {}, units, rescaled=False)
    for unit_key, quantity_key in LEGAL:
        legal = units.get(str(line.get(unit_key) or ""))
        kilograms = kilograms_per(legal) if legal else None
        if kilograms is None or legal is None:
            continue
        weight, typed = line.get(NET), line.get(quantity_key) or found.get(quantity_key)
        if weight and not typed:
            found[quantity_key] = half_up(Fraction(weight) / kilograms, document_places(legal))
        elif typed and not weight:
            found.setdefault(NET, half_up(Fraction(typed) * kilograms, WEIGHT_PLACES))
    return found


def agreeing_price(line: Line) -> dict[str, Any]:
    """Return the price that agrees with quantity and total (AMT-01), or the total where only the price is there."""
    quantity, total = line.get(QUANTITY), line.get(TOTAL)
    if not quantity or quantity < 0:
        return {}
    return amounts(line, TOTAL if total is not None else PRICE, quantity_changes_price=True)


#: What a finding AMT-01 offers.
REPRICED = Repair("重算单价", agreeing_price)
