"""NOTE-09 and NOTE-10: which lines of a stored note become one of its declaration, and how many those are (5.8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bondesk.areas.codes.customs_code import units_of
from bondesk.areas.codes.units import Unit
from bondesk.areas.goods.part import Part
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine
from bondesk.areas.notes.declaration_key import DeclarationKey, declaration_key
from bondesk.areas.notes.shares import DECLARATION_MAX_LINES
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, error
from bondesk.base.line_memory import remembered


@dataclass(frozen=True, slots=True)
class _Place:
    """What besides a line itself decides with which others it may merge."""

    goods_flag: str
    ie_flag: str
    legal_unit1: Unit | None
    legal_unit2: Unit | None
    consumable: bool
    single_out: bool
    standard_controlled: bool
    export_dutiable: bool


class _Declared:
    """A stored note line as the merge test of 5.8 wants it."""

    def __init__(self, line: NoteLine, place: _Place) -> None:
        self.source_line_id = line.line_no or 1
        self.goods_flag = place.goods_flag
        self.hs_code, self.name, self.currency, self.duty_mode = line.hs_code, line.name, line.currency, line.duty_mode
        self.dcl_unit = Unit(line.dcl_unit, line.dcl_unit, "", "", None)
        self.legal_unit1, self.legal_unit2 = place.legal_unit1, place.legal_unit2
        self.country = line.origin_country if place.ie_flag == "I" else line.destination_country
        self.consumable, self.single_out = place.consumable, place.single_out
        self.standard_controlled, self.export_dutiable = place.standard_controlled, place.export_dutiable


def _place(line: NoteLine, document: BondedNote, part: Part | None, units: dict[str, Unit]) -> _Place:
    return _Place(
        document.goods_flag,
        document.ie_flag,
        units.get(line.legal_unit1),
        units.get(line.legal_unit2),
        bool(part and part.consumable),
        bool(part and part.single_out),
        bool(part and part.standard_controlled),
        bool(part and part.export_dutiable),
    )


def _key(line: NoteLine, place: _Place) -> DeclarationKey:
    return declaration_key(_Declared(line, place))


def key_of(line: NoteLine, document: BondedNote, part: Part | None, units: dict[str, Unit]) -> DeclarationKey:
    """Return what a stored note line must agree in with others to become one declaration line (5.8)."""
    return _key(line, _place(line, document, part, units))


def declaration_lines_fit(document: BondedNote, facts: Facts) -> Iterator[Finding]:
    """NOTE-09: equal 报关单商品序号 only on lines that may merge; NOTE-10: at most 50 declaration lines."""
    if document.declaration_flag == "2":
        return
    units, parts = dict(units_of(facts)), facts.index(Part, Part.part_no)
    keys = [remembered(_key, line, _place(line, document, parts.get(line.part_no), units)) for line in document.lines]
    forced: dict[int, DeclarationKey] = {}
    for position, (line, key) in enumerate(zip(document.lines, keys, strict=True)):
        number = line.declaration_line_no
        if number is not None and forced.setdefault(number, key) != key:
            text = f"报关单商品序号 {number} 的各行不能合并为一项"
            yield error("NOTE-09", text, "declaration_line_no", position, table="lines")
    if len(set(keys)) > DECLARATION_MAX_LINES:
        text = f"将生成 {len(set(keys))} 项报关单商品，超过 {DECLARATION_MAX_LINES} 项，请拆分清单"
        yield error("NOTE-10", text, "internal_no")
