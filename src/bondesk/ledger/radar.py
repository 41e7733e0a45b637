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
from bondesk.ledger.consumption import Consumption, Filed, usage


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

    ``move_to``: the earliest day the document could move to (None = none in sight). ``reduce``: by how much less may
    be taken until the end of the day, in the material; ``reduce_product`` the same in the product, when the document
    alone takes so much, by one version.
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


def first_negatives(events: Sequence[Event], filed: Filed, since: date | None = None) -> list[FirstNegative]:
    """Return every material that ends a day below zero (rounded at 5 decimals), with cause and way out.

    With ``since`` days before it are history: a material that stands below zero on that day is named then.
    """
    found = []
    for material, steps in sorted(steps_of(events, filed).items()):
        place = _first(steps, since)
        if place is not None:
            found.append(_named(material, steps, *place, events, filed))
    return found


def _first(steps: Sequence[Step], since: date | None) -> tuple[date, Fraction, Step] | None:
    """Return the first day from ``since`` on that ends below zero, the balance, and the step that crossed zero."""
    balance, crossing = Fraction(0), None
    for day, group in groupby(steps, key=_day_of):
        if since is not None and day > since and crossing is not None:
            return since, balance, crossing
        for step in group:
            balance += step.effect
            if crossing is None and step.effect < 0 and below_zero(balance):
                crossing = step
        if not below_zero(balance):
            crossing = None
        elif crossing is not None and (since is None or day >= since):
            return day, balance, crossing
    return (since, balance, crossing) if since is not None and crossing is not None else None


def _day_of(step: Step) -> date:
    return step.day


def _named(
    material: int, steps: Sequence[Step], day: date, balance: Fraction, cause: Step,
    events: Sequence[Event], filed: Filed,
) -> FirstNegative:  # fmt: skip
    short = -half_up(balance, QUANTITY_PLACES)
    alone = Fraction(short) <= -cause.effect
    product = _in_product(material, short, cause, events, filed) if alone else None
    return FirstNegative(
        material, day, -short, cause, _earliest(steps, day, cause), short, product, _additions(steps, day, short)
    )


def below_zero(balance: Fraction) -> bool:
    """Tell whether a balance shows as negative."""
    return half_up(balance, QUANTITY_PLACES) < 0


def _earliest(steps: Sequence[Step], named: date, cause: Step) -> date | None:
    """Return the first later day at whose end nothing is missing with the document in it, and nothing was before."""
    balance = without = Fraction(0)
    for day, group in groupby(steps, key=_day_of):
        for step in group:
            balance += step.effect
            without += 0 if step is cause else step.effect
        if day > named and not below_zero(balance):
            return day
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
