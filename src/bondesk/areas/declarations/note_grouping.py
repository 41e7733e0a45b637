"""Which lines of an approved note become one line of its declaration, and why (handbook 5.8). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bondesk.areas.codes.units import Unit
from bondesk.areas.declarations.declaration_rules import MAX_LINES
from bondesk.areas.goods.part import Part
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine
from bondesk.areas.notes.declaration_key import DeclarationKey
from bondesk.areas.notes.note_grouping_rule import key_of
from bondesk.base.findings import Finding, error, note
from bondesk.base.numbers import price_of

_LABELS: Mapping[str, str] = {
    "goods_flag": "料件成品标志",
    "hs_code": "商品编码",
    "dcl_unit": "申报单位",
    "legal_unit1": "法定单位",
    "legal_unit2": "第二法定单位",
    "name": "品名",
    "currency": "币制",
    "country": "原产国",
    "duty_mode": "征免方式",
}
_MARKS: Mapping[str, str] = {
    "consumable": "消耗性物料",
    "standard_controlled": "涉及单耗标准",
    "export_dutiable": "出口应税",
    "single_out": "需单列",
}
#: Labels said of lines that met; the rest only explains differences.
_SAID = ("hs_code", "dcl_unit", "name", "currency", "country", "duty_mode")


@dataclass(frozen=True, slots=True)
class Group:
    """A declaration line to be: the note lines in it, in order, their key, and the sentence that says why."""

    lines: tuple[NoteLine, ...]
    key: DeclarationKey
    why: str
    specs_differ: bool = False
    versions_differ: bool = False

    @property
    def smallest(self) -> NoteLine:
        """Return the line of the smallest 备案序号, whose number and part the declaration shows."""
        return min(self.lines, key=lambda line: (line.item_no, line.line_no))

    def sum(self, key: str) -> Decimal | None:
        """Return the sum of a figure, None when no line has it."""
        known = [value for line in self.lines if (value := getattr(line, key)) is not None]
        return sum(known, Decimal(0)) if known else None

    def values(self) -> dict[str, Any]:
        """Return what the declaration line declares of the goods: first line's words, sums, the price of the sums."""
        first, smallest = self.lines[0], self.smallest
        quantity, total = self.sum("dcl_qty") or Decimal(0), self.sum("total") or Decimal(0)
        return {
            "item_no": smallest.item_no,
            "part_no": smallest.part_no,
            "hs_code": first.hs_code,
            "name": first.name,
            "spec": first.spec,
            "dcl_qty": quantity,
            "dcl_unit": first.dcl_unit,
            "price": price_of(total, quantity) if quantity else None,
            "total": total,
            "currency": first.currency,
            "legal_qty1": self.sum("legal_qty1"),
            "legal_unit1": first.legal_unit1,
            "legal_qty2": self.sum("legal_qty2"),
            "legal_unit2": first.legal_unit2,
            "origin_country": first.origin_country,
            "destination_country": first.destination_country,
            "duty_mode": first.duty_mode,
            "uc_version": smallest.uc_version or "",
            "net_weight": self.sum("net_weight"),
            "gross_weight": self.sum("gross_weight"),
            "reason": self.why,
        }


@dataclass(frozen=True, slots=True)
class Grouping:
    """The declaration lines of one note in order, and what is wrong (NOTE-09, NOTE-10) or worth knowing."""

    groups: tuple[Group, ...]
    findings: tuple[Finding, ...]


def grouped(
    document: BondedNote, parts: Mapping[str, Part], units: Mapping[str, Unit], *, keep_numbers: bool = True
) -> Grouping:
    """Merge the lines of a note: equal keys meet; an equal 报关单商品序号 forces them together (NOTE-09 if it cannot).

    Lines without a number join the first group of their key. Forced numbers keep their place as far as the count
    allows; the others follow in the order of the note. With ``keep_numbers`` off numbers are as if blank.
    """
    known = dict(units)
    findings: list[Finding] = []
    found: list[tuple[int | None, DeclarationKey, list[NoteLine]]] = []
    lines = [line for line in document.lines if line.row_mark != "2"]
    numbered = [line for line in lines if keep_numbers and line.declaration_line_no]
    for line in [*numbered, *(line for line in lines if line not in numbered)]:
        key = key_of(line, document, parts.get(line.part_no), known)
        number = line.declaration_line_no if line in numbered else None
        place = next((one for one in found if (one[0] == number if number else one[1] == key)), None)
        if place is None:
            found.append((number, key, [line]))
        elif place[1] == key:
            place[2].append(line)
        else:
            both = f"第{place[2][0].line_no}行与第{line.line_no}行"
            text = f"报关单商品序号 {number} 的{both}不能合并：{apart(place[1], key, document.ie_flag)}"
            findings.append(error("NOTE-09", f"清单 {document.bond_no or document.internal_no}：{text}"))
    ordered = _in_place(found)
    groups = tuple(_group(document, number, key, sorted(own, key=_place)) for number, key, own in ordered)
    if len(groups) > MAX_LINES:
        text = f"合并后有 {len(groups)} 项，超过 {MAX_LINES} 项，请拆分清单"
        findings.append(error("NOTE-10", f"清单 {document.bond_no or document.internal_no}：{text}"))
    findings += [
        note("NOTE-09", f"第{number}项各行的规格型号不同，取第一行的", table="lines")
        for number, group in enumerate(groups, 1)
        if group.specs_differ
    ]
    return Grouping(groups, tuple(findings))


def _place(line: NoteLine) -> int:
    return line.line_no or 0


def _in_place(
    found: Sequence[tuple[int | None, DeclarationKey, list[NoteLine]]],
) -> list[tuple[int | None, DeclarationKey, list[NoteLine]]]:
    """Put forced numbers at their places, the others into the gaps in the order of their first line."""
    forced = {one[0]: one for one in found if one[0]}
    free = sorted((one for one in found if not one[0]), key=lambda one: min(map(_place, one[2])))
    ordered = []
    for number in range(1, len(found) + 1):
        if number in forced:
            ordered.append(forced.pop(number))
        elif free:
            ordered.append(free.pop(0))
    return [*ordered, *(forced[number] for number in sorted(forced, key=lambda one: one or 0))]


def _group(document: BondedNote, number: int | None, key: DeclarationKey, lines: Sequence[NoteLine]) -> Group:
    specs, versions = {line.spec or "" for line in lines}, {line.uc_version or "" for line in lines}
    why = _why(document, number, key, lines)
    if len(specs) > 1:
        why += "；规格型号不同，取第一行的"
    if len(versions) > 1:
        why += f"；单耗版本不同（{'、'.join(sorted(versions))}），填备案序号最小一行的"
    return Group(tuple(lines), key, why, len(specs) > 1, len(versions) > 1)


def _why(document: BondedNote, number: int | None, key: DeclarationKey, lines: Sequence[NoteLine]) -> str:
    named = "、".join(f"第{line.line_no}行" for line in lines)
    if len(lines) == 1:
        if key.alone:
            alone = [_MARKS[mark] for mark in ("export_dutiable", "single_out") if getattr(key.marks, mark)]
            return f"清单{named}单独成项：{'、'.join(alone)}的商品不与其他行合并"
        return f"清单{named}单独成项：没有与它相同的行"
    labels = "、".join(_label(one, document.ie_flag) for one in _SAID if getattr(key, one))
    forced = f"报关单商品序号指定为 {number}，" if number else ""
    return f"清单{named}合并：{forced}{labels} 相同"


def _label(field: str, ie_flag: str) -> str:
    return "最终目的国" if field == "country" and ie_flag == "E" else _LABELS[field]


def apart(a: DeclarationKey, b: DeclarationKey, ie_flag: str = "I") -> str:
    """Say in Chinese every key that keeps two note lines in different declaration lines; "" when they may meet."""
    return "，".join(_differences(a, b, ie_flag))


def _differences(a: DeclarationKey, b: DeclarationKey, ie_flag: str) -> Iterator[str]:
    for field in _LABELS:
        one, other = getattr(a, field), getattr(b, field)
        if one != other:
            yield f"{_label(field, ie_flag)}不同（{one or '空'} 与 {other or '空'}）"
    for mark, label in _MARKS.items():
        one, other = getattr(a.marks, mark), getattr(b.marks, mark)
        if one != other:
            yield f"{label}标志不同（{'是' if one else '否'} 与 {'是' if other else '否'}）"
    if a.alone != b.alone and a.marks == b.marks:
        alone = [label for mark, label in _MARKS.items() if mark in ("export_dutiable", "single_out")]
        yield f"{'、'.join(alone)}的商品各自单独成项"


def near_misses(groups: Sequence[Group], ie_flag: str) -> Iterable[tuple[int, int, str]]:
    """Yield (number, number, why not) of declaration lines of the same commodity code that did not meet."""
    for first, one in enumerate(groups, 1):
        for second, other in enumerate(groups[first:], first + 1):
            if one.key.hs_code == other.key.hs_code:
                yield first, second, apart(one.key, other.key, ie_flag) or "报关单商品序号指定为不同的项"
