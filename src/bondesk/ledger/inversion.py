"""数量倒挂: whether a voucher takes a material below zero, by how much, from which day on (handbook 5.7). Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from bondesk.base.numbers import QUANTITY_PLACES, half_up
from bondesk.ledger.balance import Movement
from bondesk.ledger.consumption import ZERO, Filed, Version, exploded


@dataclass(frozen=True, slots=True)
class Moved:
    """One signed movement of a day: materials move themselves, products consume by their filed version."""

    day: date
    goods_flag: str
    item_no: int
    uc_version: str
    signed: Decimal


@dataclass(frozen=True, slots=True)
class Inversion:
    """A material that would go below zero; ``shortage`` is positive, ``before`` what is left without the voucher."""

    material_no: int
    before: Decimal
    shortage: Decimal


def effects(moved: Iterable[Moved | Movement], filed: Filed) -> dict[int, Fraction]:
    """Return the exact effect on every material touched: in and out, less bonded consumption of products."""
    found: dict[int, Fraction] = defaultdict(Fraction)
    products: dict[Version, Decimal] = defaultdict(lambda: ZERO)
    for one in moved:
        quantity = one.signed if isinstance(one, Moved) else one.quantity
        if one.goods_flag == "I":
            found[one.item_no] += Fraction(quantity)
        else:
            products[one.item_no, one.uc_version] += quantity
    consumption = exploded(products, filed)
    for material_no in consumption.held:
        found[material_no] -= consumption.exact(material_no)
    return found


def inversions(
    booked: Iterable[Movement], pending: Iterable[Moved], voucher: Iterable[Moved], filed: Filed
) -> list[Inversion]:
    """Return the materials ``voucher`` would take below zero, over what is booked and what is under way.

    A material the voucher only adds to is never reported: it cannot be the cause. Rounded once, at 5 decimals.
    """
    mine = effects(voucher, filed)
    before: dict[int, Fraction] = defaultdict(Fraction)
    for part in (effects(booked, filed), effects(pending, filed)):
        for material, quantity in part.items():
            before[material] += quantity
    found = []
    for material, quantity in sorted(mine.items()):
        after = half_up(before[material] + quantity, QUANTITY_PLACES)
        if quantity < 0 and after < 0:
            found.append(Inversion(material, half_up(before[material], QUANTITY_PLACES), -after))
    return found


def first_days(moved: Iterable[Moved], materials: Iterable[int], since: date, filed: Filed) -> Mapping[int, date]:
    """Return, per material, the first day from ``since`` on at whose end the running balance is below zero."""
    wanted = set(materials)
    days: dict[date, list[Moved]] = defaultdict(list)
    for one in moved:
        days[max(one.day, since)].append(one)
    running: dict[int, Fraction] = defaultdict(Fraction)
    found: dict[int, date] = {}
    for day in sorted(days):
        for material, quantity in effects(days[day], filed).items():
            running[material] += quantity
        for material in wanted - found.keys():
            if half_up(running[material], QUANTITY_PLACES) < 0:
                found[material] = day
    return found
