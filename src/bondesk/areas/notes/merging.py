"""One note line out of the source shares that meet in it: sum exactly, round once, say why (handbook 5.4, 5.5).

Every figure is rounded to the document scale of its own unit; the price always follows from the rounded
total and quantity. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bondesk.areas.codes.units import Unit
from bondesk.areas.notes.conversion import to_document
from bondesk.areas.notes.shares import SourceShare, SplitOptions
from bondesk.areas.notes.split_keys import MERGE_TITLES, filled_labels, merge_key
from bondesk.base.findings import Finding, error, note
from bondesk.base.numbers import AMOUNT_PLACES, PRICE_PLACES, WEIGHT_PLACES, Exact, half_up, plain, price_of


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLineDraft:
    """A line of a note to be, with the shares it is made of.

    Quantities stand at the document scale of their units, ``price`` at 4 decimals, ``total`` at 2, weights
    (kg) at 5. A figure NOTE-05 refuses is 0, or None for a legal quantity that is missing.
    ``gross_weight`` is the sum of the known ones, None when no share has one.
    """

    goods_flag: str
    item_no: int
    part_no: str
    hs_code: str
    name: str
    spec: str
    dcl_unit: Unit
    legal_unit1: Unit | None
    legal_unit2: Unit | None
    currency: str
    country: str
    duty_mode: str
    uc_version: str
    application_line_no: int | None
    consumable: bool
    single_out: bool
    standard_controlled: bool
    export_dutiable: bool
    dcl_qty: Decimal
    legal1: Decimal | None
    legal2: Decimal | None
    price: Decimal
    total: Decimal
    net_weight: Decimal
    gross_weight: Decimal | None
    adjusted_min: bool
    shares: tuple[SourceShare, ...]
    why: str
    findings: tuple[Finding, ...] = ()

    @property
    def source_line_id(self) -> int:
        """Identify the line by the first source line in it."""
        return self.shares[0].source_line_id

    def declared(self, ie_flag: str) -> dict[str, Any]:
        """Return what a note line and a declaration line both declare, by attribute key."""
        imported = ie_flag == "I"
        return {
            "part_no": self.part_no,
            "hs_code": self.hs_code,
            "name": self.name,
            "spec": self.spec,
            "dcl_unit": self.dcl_unit.code,
            "dcl_qty": self.dcl_qty,
            "legal_unit1": self.legal_unit1.code if self.legal_unit1 else "",
            "legal_qty1": self.legal1,
            "legal_unit2": self.legal_unit2.code if self.legal_unit2 else "",
            "legal_qty2": self.legal2,
            "currency": self.currency,
            "price": self.price,
            "total": self.total,
            "origin_country": self.country if imported else "CHN",
            "destination_country": "CHN" if imported else self.country,
            "duty_mode": self.duty_mode,
            "gross_weight": self.gross_weight,
        }


@dataclass(frozen=True, slots=True)
class _Summed:
    """One figure of all shares of a line, before rounding: None where a share does not know it."""

    label: str
    field: str
    unit: Unit | None
    values: tuple[Fraction | None, ...]


@dataclass(frozen=True, slots=True)
class _Rounded:
    """The figure on the line; ``findings`` are already worded for the user."""

    quantity: Decimal | None
    raised: bool = False
    findings: tuple[Finding, ...] = ()


def merged_line(shares: Sequence[SourceShare], options: SplitOptions) -> NoteLineDraft:
    """Make one note line of ``shares``, which agree in :func:`merge_key` and come in source order.

    Descriptive values are the first share's; 料号 of a line merged by item is that of the book's item (the
    first share's own when the book names none).
    """
    first = shares[0]
    figures = [_rounded(summed, _where(shares), options) for summed in _summed(shares)]
    dcl_qty = figures[0].quantity
    assert dcl_qty is not None, "a share always has a declared unit and quantity"
    total = half_up(_sum(share.total for share in shares), AMOUNT_PLACES)
    gross = [share.gross_weight for share in shares if share.gross_weight is not None]
    return NoteLineDraft(
        goods_flag=first.goods_flag,
        item_no=first.item_no,
        part_no=(first.account_part_no or first.part_no) if options.merge == "ITEM" else first.part_no,
        hs_code=first.hs_code,
        name=first.name,
        spec=first.spec,
        dcl_unit=first.dcl_unit,
        legal_unit1=first.legal_unit1,
        legal_unit2=first.legal_unit2,
        currency=first.currency,
        country=first.country,
        duty_mode=first.duty_mode,
        uc_version=first.uc_version,
        application_line_no=first.application_line_no,
        consumable=first.consumable,
        single_out=first.single_out,
        standard_controlled=first.standard_controlled,
        export_dutiable=first.export_dutiable,
        dcl_qty=dcl_qty,
        legal1=figures[1].quantity,
        legal2=figures[2].quantity,
        price=price_of(total, dcl_qty) if dcl_qty else half_up(0, PRICE_PLACES),
        total=total,
        net_weight=half_up(_sum(share.net_weight for share in shares), WEIGHT_PLACES),
        gross_weight=half_up(_sum(gross), WEIGHT_PLACES) if gross else None,
        adjusted_min=any(figure.raised for figure in figures),
        shares=tuple(shares),
        why=_why_together(shares, options),
        findings=tuple(finding for figure in figures for finding in figure.findings),
    )


def _summed(shares: Sequence[SourceShare]) -> tuple[_Summed, _Summed, _Summed]:
    first = shares[0]
    return (
        _Summed("申报数量", "dcl_qty", first.dcl_unit, tuple(share.dcl_qty for share in shares)),
        _Summed("法定第一数量", "legal1", first.legal_unit1, tuple(share.legal1 for share in shares)),
        _Summed("法定第二数量", "legal2", first.legal_unit2, tuple(share.legal2 for share in shares)),
    )


def _rounded(summed: _Summed, where: str, options: SplitOptions) -> _Rounded:
    """Round the sum to its unit's document scale; NOTE-05 when unit and figure do not go together or it is 0."""
    label, field, unit = summed.label, summed.field, summed.unit
    known = [value for value in summed.values if value is not None]
    if unit is None:
        text = f"{where}没有{label}的单位，却有{label}"
        return _Rounded(None, findings=(error("NOTE-05", text, field),) if known else ())
    if len(known) < len(summed.values):
        return _Rounded(None, findings=(error("NOTE-05", f"{where}缺少{label}（{unit.name}）", field),))
    result = to_document(_sum(known), unit, options.raise_to_min, label, options.unit_places)
    if result.finding is not None:
        refused = replace(result.finding, text=f"{where}的{result.finding.text}", field=field)
        return _Rounded(result.quantity, findings=(refused,))
    if result.raised:
        text = f"{where}的{label}不足最小数，已自动进到 {plain(result.quantity)} {unit.name}"
        return _Rounded(result.quantity, True, (note("NOTE-05", text, field),))
    return _Rounded(result.quantity)


def _sum(values: Iterable[Exact]) -> Exact:
    """Add exactly; one value alone is what it is."""
    first, *others = values
    return sum((Fraction(value) for value in others), Fraction(first)) if others else first


def _where(shares: Sequence[SourceShare]) -> str:
    return shares[0].source if len(shares) == 1 else f"{shares[0].source}等 {len(shares)} 行"


def _why_together(shares: Sequence[SourceShare], options: SplitOptions) -> str:
    first, title = shares[0], MERGE_TITLES[options.merge]
    if len(shares) == 1:
        if options.merge == "NONE":
            return f"{first.source}单独成行（{title}）"
        return f"{first.source}单独成行：本清单没有可与它合并的行（{title}）"
    labels = "、".join(filled_labels(merge_key(first, options), first.ie_flag))
    sentence = f"{len(shares)} 行合并：{labels} 相同（{title}）"
    if any(share.spec != first.spec for share in shares):
        sentence += "；规格型号不同，取第一行的"
    return sentence
