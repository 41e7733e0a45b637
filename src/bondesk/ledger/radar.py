"""First-negative-day radar: when a material first goes below zero, through which document, and the way out. Pure.

The balance is what stands at the end of a day over everything posted, reserved or still a draft. Of the documents of
that day those that add come first, so the document named is one without which the day would have ended at 0 or more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from math import ceil

from bondesk.base.numbers import QUANTITY_PLACES, half_up
from bondesk.ledger.balance import Consumption, Filed, usage


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a document that moves the book; ``stage`` is posted, reserved or draft."""

    day: date
    stage: str
    document_key: str
    document_id: int
    document_no: str
    line_id: int
    goods_flag: str
    item_no: int
    uc_version: str
    signed: Decimal


@dataclass(frozen=True, slots=True)
class Step:
    """What one document does to one material, exactly."""

    day: date
    document: Event
    effect: Fraction


@dataclass(frozen=True, slots=True)
class FirstNegative:
    """The first day a material ends below zero, and the smallest changes that avoid it.

    ``move_to``: the earliest day the document could move to (None = none in sight). ``reduce``: by how much less the
    document may take, in the material; ``reduce_product`` the same in the product, when one version alone takes it.
    ``bring_forward``: the next documents that add enough when they come before the day (empty = they do not exist).
    """

    material_no: int
    day: date
    balance: Decimal
    cause: Step
    move_to: date | None
    reduce: Decimal
    reduce_product: Decimal | None
    bring_forward: tuple[Step, ...]


def steps_of(events: Iterable[Event], filed: Filed) -> Mapping[int, Sequence[Step]]:
    """Return per material what each document does to it, in order of day, additions first, then number."""
    sums: dict[tuple[int, date, str, int], tuple[Event, Fraction]] = {}
    for one in events:
        for material, quantity in _effects(one, filed):
            key = (material, one.day, one.document_key, one.document_id)
            first, before = sums.get(key, (one, Fraction(0)))
            sums[key] = (first, before + quantity)
    found: dict[int, list[Step]] = defaultdict(list)
    for (material, day, *_), (event, effect) in sums.items():
        if effect:
            found[material].append(Step(day, event, effect))
    for steps in found.values():
        steps.sort(key=lambda step: (step.day, step.effect < 0, step.document.document_no, step.document.document_id))
    return found


def _effects(one: Event, filed: Filed) -> Iterator[tuple[int, Fraction]]:
    if one.goods_flag == "I":
        yield one.item_no, Fraction(one.signed)
        return
    for row in filed.of((one.item_no, one.uc_version)):
        yield row.material_no, -usage(one.signed, row)


def first_negatives(
    events: Sequence[Event], filed: Filed, opening: Mapping[int, Decimal] | None = None
) -> list[FirstNegative]:
    """Return every material that ends a day below zero (rounded at 5 decimals), with cause and way out."""
    found = []
    for material, steps in sorted(steps_of(events, filed).items()):
        one = _first(material, steps, Fraction((opening or {}).get(material, 0)), events, filed)
        if one is not None:
            found.append(one)
    return found


def _first(
    material: int, steps: Sequence[Step], opening: Fraction, events: Sequence[Event], filed: Filed
) -> FirstNegative | None:
    balance = opening
    for day, group in groupby(steps, key=lambda step: step.day):
        cause: Step | None = None
        for step in group:
            balance += step.effect
            if cause is None and step.effect < 0 and below_zero(balance):
                cause = step
        if below_zero(balance):
            assert cause is not None, "only what takes goes below zero on a day that did not begin there"
            short = -half_up(balance, QUANTITY_PLACES)
            return FirstNegative(
                material, day, -short, cause,
                _earliest(steps, opening, cause), short, _in_product(material, short, cause, events, filed),
                _additions(steps, day, short),
            )  # fmt: skip
    return None


def below_zero(balance: Fraction) -> bool:
    """Tell whether a balance shows as negative."""
    return half_up(balance, QUANTITY_PLACES) < 0


def _earliest(steps: Sequence[Step], opening: Fraction, cause: Step) -> date | None:
    """Return the first later day at whose end nothing is missing with the document in it, and nothing was before."""
    balance, without = opening, opening
    for day, group in groupby(steps, key=lambda step: step.day):
        for step in group:
            balance += step.effect
            without += 0 if step is cause else step.effect
        later: date = day
        if later > cause.day and not below_zero(balance):
            return later
        if day >= cause.day and below_zero(without):
            return None
    return None


def _in_product(material: int, short: Decimal, cause: Step, events: Sequence[Event], filed: Filed) -> Decimal | None:
    """Return the shortage in the one product version the document takes the material by, rounded up at 5 decimals."""
    mine = [one for one in events if one.document_id == cause.document.document_id and one.goods_flag == "E"]
    rows: dict[tuple[int, str], Consumption] = {}
    for one in mine:
        for row in filed.of((one.item_no, one.uc_version)):
            if row.material_no == material:
                rows[one.item_no, one.uc_version] = row
    if len(rows) != 1:
        return None
    per_unit = usage(Decimal(1), next(iter(rows.values())))
    if not per_unit:
        return None
    return Decimal(ceil(Fraction(short) / per_unit * 10**QUANTITY_PLACES)).scaleb(-QUANTITY_PLACES)


def _additions(steps: Sequence[Step], day: date, short: Decimal) -> tuple[Step, ...]:
    """Return the next documents that add, as few as bring ``short`` in all."""
    chosen: list[Step] = []
    total = Fraction(0)
    for step in steps:
        if step.day > day and step.effect > 0:
            chosen.append(step)
            total += step.effect
            if total >= Fraction(short):
                return tuple(chosen)
    return ()
