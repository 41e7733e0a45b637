"""What of a part or merged item differs from the present HS table, and what bringing it up to date changes (2.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bondesk.areas.codes.customs_code import units_of
from bondesk.areas.codes.hs_code import HsCode, hs_code_on, successors
from bondesk.areas.goods.hs_known import KNOWN, LEGAL_UNITS
from bondesk.base.elements import carried_over, element_names, values_of
from bondesk.base.facts import Facts
from bondesk.base.readings import width_normal


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: its kind (INVALID, UNIT, NAME, COND, ELEM), old and new as shown, columns an update sets.

    Without ``values`` the program cannot decide what is right; ``advice`` says what the clerk should do.
    """

    kind: str
    old: str
    new: str
    values: Mapping[str, str]
    advice: str = ""


def differences(goods: Any, facts: Facts) -> list[Difference]:
    """Compare one part or merged item with the HS table of today; one entry per difference.

    Names, conditions and elements are compared only for a code whose state is remembered
    (:class:`bondesk.areas.goods.hs_known.HsKnown`); an invalid code has no others.
    """
    known = hs_code_on(facts, goods.hs_code)
    if known is None:
        return [_invalid(goods, facts)]
    found = list(_units(goods, known, facts))
    if goods.hs_seen == goods.hs_code:
        found += [*_name(goods, known), *_condition(goods, known), *_elements(goods, known)]
    return found


def unseen(goods: Any, facts: Facts) -> HsCode | None:
    """Return the table's row of a code that was never remembered, for a first look; None when it is known."""
    return None if goods.hs_seen == goods.hs_code else hs_code_on(facts, goods.hs_code)


def _invalid(goods: Any, facts: Facts) -> Difference:
    """The code is closed or unknown; with exactly one code under the same eight digits, that one is offered."""
    heirs = successors(facts, goods.hs_code) if len(goods.hs_code or "") == 10 else []
    if len(heirs) != 1:
        listed = "、".join(heir.hs_code for heir in heirs[:4])
        advice = f"前八位相同的有 {listed}，请人工选择" if heirs else "没有前八位相同的编码，请重新归类"
        return Difference("INVALID", goods.hs_code or "空", "", {}, advice)
    (heir,) = heirs
    return Difference("INVALID", goods.hs_code, f"{heir.hs_code} {heir.name}", moved_to(goods, heir))


def moved_to(goods: Any, heir: HsCode) -> dict[str, str]:
    """Return everything that follows from giving goods another code."""
    values = {"hs_code": heir.hs_code, "hs_seen": heir.hs_code}
    values |= {ours: getattr(heir, theirs) for ours, theirs in KNOWN.items()}
    values |= {key: getattr(heir, key) for key in LEGAL_UNITS}
    return values | _carried(goods, heir) | _renamed(goods, heir)


def _units(goods: Any, known: HsCode, facts: Facts) -> Iterator[Difference]:
    gaps = {key: getattr(known, key) for key in LEGAL_UNITS if (getattr(goods, key) or "") != getattr(known, key)}
    if gaps:
        old, new = (" / ".join(_unit(getattr(one, key), facts) for key in LEGAL_UNITS) for one in (goods, known))
        yield Difference("UNIT", old, new, gaps)


def _unit(code: str, facts: Facts) -> str:
    unit = units_of(facts).get(code)
    return str(unit) if unit is not None else code or "空"


def _name(goods: Any, known: HsCode) -> Iterator[Difference]:
    if width_normal(goods.hs_name) != width_normal(known.name):
        yield Difference("NAME", goods.hs_name or "空", known.name, {"hs_name": known.name, **_renamed(goods, known)})


def _renamed(goods: Any, known: HsCode) -> dict[str, str]:
    """The enterprise's own 品名 follows only where it was the table's word."""
    same = bool(goods.hs_name) and width_normal(goods.name) == width_normal(goods.hs_name)
    return {"name": known.name} if same else {}


def _condition(goods: Any, known: HsCode) -> Iterator[Difference]:
    if (goods.supervision_condition or "") != known.supervision_condition:
        new = {"supervision_condition": known.supervision_condition}
        yield Difference("COND", goods.supervision_condition or "无", known.supervision_condition or "无", new)


def _elements(goods: Any, known: HsCode) -> Iterator[Difference]:
    before, after = element_names(goods.hs_elements or ""), element_names(known.elements)
    if before == after:
        return
    filled = dict(zip(before, values_of(getattr(goods, "elements", "") or "", len(before)), strict=True))
    gone = [f"{name}（{filled[name]}）" if filled.get(name) else name for name in before if name not in after]
    fresh = [name for name in after if name not in before]
    old = f"取消：{'、'.join(gone)}" if gone else "、".join(before)
    new = f"增加：{'、'.join(fresh)}" if fresh else "、".join(after)
    yield Difference("ELEM", old, new, {"hs_elements": known.elements, **_carried(goods, known)})


def _carried(goods: Any, known: HsCode) -> dict[str, str]:
    text = getattr(goods, "elements", "") or ""
    if not text:
        return {}
    return {"elements": carried_over(element_names(goods.hs_elements or ""), element_names(known.elements), text)}
