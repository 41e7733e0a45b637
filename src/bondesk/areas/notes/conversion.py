"""From part level to item level: what an ERP quantity is in declared units, kilograms and legal units.

Handbook 2.3 with the readings of appendix D. Nothing is rounded here except where a figure reaches its
document (:func:`to_document`, :func:`spread_gross`): merged lines sum the exact fractions first (5.5). Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bondesk.areas.codes.units import NO_PLACES, Unit, UnitPlaces, document_places, kilograms_per, unit_ratio
from bondesk.base.findings import Finding, error, errors_in, note
from bondesk.base.numbers import FACTOR_PLACES, WEIGHT_PLACES, Exact, half_up, plain

#: 转换率 and 单重 may differ by so much of the factor before MAP-07 is said (0.5 %).
_TOLERANCE = Fraction(5, 1000)
#: Half a place of one converted source line, as its link keeps it.
_KEPT = Decimal(5).scaleb(-FACTOR_PLACES - 1)


@dataclass(frozen=True, slots=True)
class PartMeasures:
    """What a part knows about its own conversion.

    ``unit_weight`` is kg per ERP unit, ``conv_factor`` declared units per ERP unit, ``factor1`` and
    ``factor2`` legal units per declared unit (第一/第二比例因子). A weight of 0 counts as not filled.
    """

    part_no: str
    erp_unit: Unit
    dcl_unit: Unit
    legal_unit1: Unit | None = None
    legal_unit2: Unit | None = None
    unit_weight: Decimal | None = None
    conv_factor: Decimal | None = None
    factor1: Decimal | None = None
    factor2: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Converted:
    """The exact item-level figures of a part quantity; with an error among ``findings`` they are not usable."""

    dcl_qty: Fraction
    net_weight: Fraction
    legal1: Fraction | None
    legal2: Fraction | None
    findings: tuple[Finding, ...] = ()

    @property
    def usable(self) -> bool:
        """Tell whether no finding blocks."""
        return not errors_in(self.findings)


@dataclass(frozen=True, slots=True)
class DocumentQuantity:
    """A quantity at its document scale; ``raised`` when 最小数为0自动进1 made it the smallest number."""

    quantity: Decimal
    raised: bool = False
    finding: Finding | None = None


def convert(measures: PartMeasures, quantity: Exact, line_net: Decimal | None = None) -> Converted:
    """Convert ``quantity`` (in the part's ERP unit) to unrounded item-level figures (handbook 2.3).

    ``line_net`` is the source line's own 净重 in kg for this ``quantity`` (already prorated when the line
    is used partly); filled, it replaces quantity × 单重 as net weight and in rule 4, not for the declared
    quantity. Findings: MAP-03, 04, 06, 10 block (figures are then 0 or None), MAP-05 and 07 inform.
    """
    findings = list(_wrong_measures(measures, line_net))
    weight = _filled(measures.unit_weight)
    factor = _declared_per_erp(measures)
    if factor is None and not findings:
        findings.append(_unreachable(measures))
    if factor is None or findings:
        return Converted(Fraction(0), Fraction(0), None, None, tuple(findings))

    dcl_qty = Fraction(quantity) * factor
    net = _filled(line_net)
    if net is None and weight is not None:
        net = Fraction(quantity) * weight
    if net is None:
        text = f"料号 {measures.part_no} 没有单重，净重按 0 计，请在核注清单上填写"
        findings.append(note("MAP-05", text, "unit_weight"))
    findings.extend(_disagreement(measures, weight))
    legal1 = _legal(measures.dcl_unit, measures.legal_unit1, measures.factor1, dcl_qty, net)
    legal2 = _legal(measures.dcl_unit, measures.legal_unit2, measures.factor2, dcl_qty, net)
    if measures.legal_unit1 is not None and legal1 is None:
        findings.append(_no_legal(measures, measures.legal_unit1, "第一", "factor1"))
    if measures.legal_unit2 is not None and legal2 is None:
        findings.append(_no_legal(measures, measures.legal_unit2, "第二", "factor2"))
    return Converted(dcl_qty, net or Fraction(0), legal1, legal2, tuple(findings))


def in_part_unit(quantity: Exact, line_unit: Unit, part_unit: Unit) -> Fraction | None:
    """Return a line's ``quantity`` in the part's unit; None (the caller says IMP-06) when no base is shared."""
    ratio = unit_ratio(line_unit, part_unit)
    return None if ratio is None else Fraction(quantity) * ratio


def to_document(
    value: Exact, unit: Unit, raise_to_min: bool, label: str = "数量", places: UnitPlaces = NO_PLACES
) -> DocumentQuantity:
    """Round ``value`` half up, once, to the document scale of ``unit`` (handbook 0.2, 5.5).

    A value above 0 that rounds to 0 becomes the smallest number of the scale when ``raise_to_min``; without
    it, and for a true zero or a negative, ``finding`` is NOTE-05 naming ``label`` and the quantity is 0.

    >>> to_document(Fraction(3, 10), Unit("007", "个", "count"), True).quantity
    Decimal('1')
    """
    scale = document_places(unit, places)
    rounded = half_up(value, scale)
    if rounded > 0:
        return DocumentQuantity(rounded)
    if value <= 0:
        text = f"{label}为 {plain(rounded)} {unit.name}，必须大于 0"
    elif raise_to_min:
        return DocumentQuantity(Decimal(1).scaleb(-scale), raised=True)
    else:
        text = f"{label}四舍五入到 {scale} 位小数后为 0 {unit.name}，企业参数“最小数为0自动进1”未启用"
    return DocumentQuantity(half_up(0, scale), finding=error("NOTE-05", text))


def rounding_leaves(exact: Decimal, declared: Decimal, shares: int, places: int) -> bool:
    """Tell whether one rounding to ``places`` can make ``declared`` of ``shares`` kept at nine places each.

    >>> rounding_leaves(Decimal("2.5"), Decimal(3), 1, 0), rounding_leaves(Decimal("2.5"), Decimal(2), 2, 5)
    (True, False)
    """
    return abs(exact - declared) <= Decimal(5).scaleb(-places - 1) + shares * _KEPT


def least_raised(exact: Decimal, declared: Decimal, places: int) -> bool:
    """Tell whether ``declared`` is the smallest number there is and stands for less (最小数为0自动进1)."""
    return abs(declared) == Decimal(1).scaleb(-places) and abs(exact) < Decimal(5).scaleb(-places - 1)


def spread_gross(document_gross: Decimal, nets: Sequence[Exact]) -> list[Decimal]:
    """Distribute a document's gross weight over its lines by unrounded net weight (handbook 5.5, appendix D).

    Each line is rounded half up to 5 decimals, the last takes the remainder, so the parts always sum to the
    whole. No line takes more than is left (the remainder is never negative). When every net weight is 0
    nothing can be compared and the whole goes to the last line.
    """
    whole = half_up(document_gross, WEIGHT_PLACES)
    net_sum = sum((Fraction(net) for net in nets), Fraction(0))
    parts: list[Decimal] = []
    left = whole
    for net in nets[:-1]:
        share = Fraction(document_gross) * Fraction(net) / net_sum if net_sum > 0 else Fraction(0)
        parts.append(min(half_up(share, WEIGHT_PLACES), left))
        left -= parts[-1]
    return [*parts, left] if nets else []


def _filled(weight: Decimal | None) -> Fraction | None:
    return Fraction(weight) if weight else None


def _declared_per_erp(measures: PartMeasures) -> Fraction | None:
    if measures.conv_factor is not None:
        return Fraction(measures.conv_factor)
    weight, kilograms = _filled(measures.unit_weight), kilograms_per(measures.dcl_unit)
    return None if weight is None or kilograms is None else weight / kilograms


def _wrong_measures(measures: PartMeasures, line_net: Decimal | None) -> Iterator[Finding]:
    factors = (
        (measures.conv_factor, "转换率", "conv_factor"),
        (measures.factor1, "第一比例因子", "factor1"),
        (measures.factor2, "第二比例因子", "factor2"),
    )
    for factor, label, field in factors:
        if factor is not None and factor <= 0:
            yield error("MAP-10", f"料号 {measures.part_no} 的{label} {plain(factor)} 必须大于 0", field)
    for weight, label, field in ((measures.unit_weight, "单重", "unit_weight"), (line_net, "净重", "net_weight")):
        if weight is not None and weight < 0:
            yield error("MAP-10", f"料号 {measures.part_no} 的{label} {plain(weight)} 不能小于 0", field)


def _unreachable(measures: PartMeasures) -> Finding:
    if _filled(measures.unit_weight) is None:
        return error("MAP-03", f"料号 {measures.part_no} 的单重和转换率都没有填写，至少填一项", "conv_factor")
    text = f"料号 {measures.part_no} 只有单重，申报单位 {measures.dcl_unit} 不是重量单位，请填写转换率"
    return error("MAP-04", text, "conv_factor")


def _disagreement(measures: PartMeasures, weight: Fraction | None) -> Iterator[Finding]:
    kilograms = kilograms_per(measures.dcl_unit)
    if measures.conv_factor is None or weight is None or kilograms is None:
        return
    by_factor, by_weight = Fraction(measures.conv_factor), weight / kilograms
    if abs(by_weight - by_factor) > by_factor * _TOLERANCE:
        text = (
            f"料号 {measures.part_no} 的转换率 {plain(measures.conv_factor)} 与单重折算的 "
            f"{plain(half_up(by_weight, 9))} 相差超过 0.5%，按转换率计算"
        )
        yield note("MAP-07", text, "conv_factor")


def _legal(
    dcl_unit: Unit, legal_unit: Unit | None, factor: Decimal | None, dcl_qty: Fraction, net: Fraction | None
) -> Fraction | None:
    """Apply the six rules of handbook 2.3 to one legal unit; None is rule 1 (no unit) or rule 6 (unreachable)."""
    if legal_unit is None:
        return None
    if legal_unit.code == dcl_unit.code:
        return dcl_qty
    if factor is not None:
        return dcl_qty * Fraction(factor)
    kilograms = kilograms_per(legal_unit)
    if kilograms is not None and net is not None:
        return net / kilograms
    ratio = unit_ratio(dcl_unit, legal_unit)
    return None if ratio is None else dcl_qty * ratio


def _no_legal(measures: PartMeasures, legal_unit: Unit, which: str, field: str) -> Finding:
    text = (
        f"料号 {measures.part_no} 缺少法定单位换算：申报单位 {measures.dcl_unit} 换算不到"
        f"法定{which}单位 {legal_unit}，请填写{which}比例因子或单重"
    )
    return error("MAP-06", text, field)
