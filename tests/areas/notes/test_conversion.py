"""From part level to item level: the test vectors of the handbook and every MAP finding (2.3, 5.5, appendix D)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bondesk.areas.codes.units import Unit
from bondesk.areas.notes.conversion import (
    Converted,
    PartMeasures,
    convert,
    in_part_unit,
    spread_gross,
    to_document,
)
from bondesk.base.findings import Severity
from bondesk.base.numbers import half_up

PIECE = Unit("007", "个", "count")
THOUSAND = Unit("054", "千个", "count", "007", Decimal(1000))
ROLL = Unit("018", "卷", "count")
METRE = Unit("030", "米", "length", "030", Decimal(1))
KG = Unit("035", "千克", "mass", "035", Decimal(1))
GRAM = Unit("036", "克", "mass", "035", Decimal("0.001"))

CAP_A = PartMeasures(
    "CAP-A", PIECE, THOUSAND, KG, THOUSAND, unit_weight=Decimal("0.0000085"), conv_factor=Decimal("0.001")
)
SOLDER = PartMeasures("SOLDER-BAR", KG, KG, KG, conv_factor=Decimal(1))


def part(**changes: Any) -> PartMeasures:
    """Return CAP-A with ``changes``."""
    return replace(CAP_A, **changes)


def codes(converted: Converted) -> list[str]:
    return [finding.code for finding in converted.findings]


def figures(converted: Converted) -> str:
    """Write declared quantity, net weight and first legal quantity as exact fractions."""
    return f"{converted.dcl_qty} {converted.net_weight} {converted.legal1}"


def test_tv5_declared_quantity_and_weight() -> None:
    """TV5: 12 345 PCS, weight 0.0000085 → 12.34500 千个, 0.10493 kg; nothing is rounded before."""
    got = convert(CAP_A, 12345)
    assert got.findings == ()
    assert (got.dcl_qty, got.net_weight) == (Fraction("12.345"), Fraction("0.1049325"))
    assert got.legal1 is not None
    assert got.legal2 is not None
    assert half_up(got.legal1, 5) == Decimal("0.10493")
    assert half_up(got.legal2, 5) == Decimal("12.34500")


@pytest.mark.parametrize(
    ("value", "unit", "raising", "expected"),
    [
        ("0.000003", THOUSAND, True, "0.00001 raised"),  # TV6: 3 × 0.000001
        ("0.000003", THOUSAND, False, "NOTE-05"),
        ("0.3", PIECE, True, "1 raised"),
        ("0.3", PIECE, False, "NOTE-05"),
        ("0", PIECE, True, "NOTE-05"),
        ("0", THOUSAND, False, "NOTE-05"),
        ("-0.00001", THOUSAND, True, "NOTE-05"),
        ("2.5", PIECE, True, "3"),  # TV23: half up, not half even
        ("0.5", PIECE, True, "1"),  # TV23: rounding, not raised
        ("0.5", PIECE, False, "1"),
        ("0.2", ROLL, True, "1 raised"),  # TV28: 10 M × 0.02 卷
        ("4.8", ROLL, True, "5"),  # TV28: 2.4 + 2.4 merged
        ("2.4", ROLL, True, "2"),  # TV28: not merged
        ("0.000005", KG, False, "0.00001"),
    ],
)
def test_tv6_tv23_tv28_document_scale(value: str, unit: Unit, raising: bool, expected: str) -> None:
    got = to_document(Fraction(value), unit, raising)
    shown = got.finding.code if got.finding else f"{got.quantity}{' raised' if got.raised else ''}"
    assert shown == expected


def test_note_05_says_which_figure_and_why() -> None:
    off = to_document(Fraction(3, 10), PIECE, False, "法定第一数量").finding
    zero = to_document(0, THOUSAND, True).finding
    assert off is not None
    assert zero is not None
    assert off.text == "法定第一数量四舍五入到 0 位小数后为 0 个，企业参数“最小数为0自动进1”未启用"
    assert zero.text == "数量为 0 千个，必须大于 0"


def test_document_scale_of_the_enterprise() -> None:
    assert to_document(Fraction("0.2"), ROLL, True, places={"018": 2}).quantity == Decimal("0.20")
    assert to_document(Fraction("0.004"), ROLL, True, places={"018": 2}).quantity == Decimal("0.01")


def test_tv27_legal_quantities() -> None:
    """TV27: 12.345 千个 → 12345 个; 0.0042 千克 with factor 476.190476 → 2.00000 千个."""
    pieces = convert(part(legal_unit1=PIECE, legal_unit2=None), 12345)
    assert (pieces.legal1, pieces.legal2) == (Fraction(12345), None)
    resistor = part(dcl_unit=KG, unit_weight=Decimal("0.0000021"), conv_factor=None, factor2=Decimal("476.190476"))
    got = convert(resistor, 2000)
    assert (got.dcl_qty, got.legal1) == (Fraction("0.0042"), Fraction("0.0042"))
    assert got.legal2 is not None
    assert half_up(got.legal2, 5) == Decimal("2.00000")


def test_legal_rules_in_their_order() -> None:
    """Rule 2 before 3 before 4 before 5 (handbook 2.3)."""
    assert convert(part(factor2=Decimal(7)), 1000).legal2 == 1  # 2: same unit, the factor is not asked
    assert convert(part(factor1=Decimal(2)), 1000).legal1 == 2  # 3: explicit factor beats the weight
    assert convert(part(legal_unit1=GRAM), 1000).legal1 == Fraction("8.5")  # 4: net weight in grams
    grams = part(dcl_unit=KG, legal_unit1=GRAM, legal_unit2=None, unit_weight=None, conv_factor=Decimal(3))
    assert figures(convert(CAP_A, 0)) == "0 0 0"  # 4 also for nothing: a weight of 0 kg is known
    assert convert(CAP_A, 0).findings == ()
    assert convert(grams, 1).legal1 == 3000  # 5: mass without any weight goes by the bases


def test_mass_unit_by_weight_alone() -> None:
    solder = part(dcl_unit=GRAM, legal_unit1=KG, legal_unit2=None, unit_weight=Decimal("0.5"), conv_factor=None)
    got = convert(solder, 3)
    assert figures(got) == "1500 3/2 3/2"


def test_line_net_replaces_weight_and_rule_4_but_not_the_declared_quantity() -> None:
    got = convert(CAP_A, 1000, line_net=Decimal("0.009"))
    assert figures(got) == "1 9/1000 9/1000"
    bar = convert(replace(SOLDER, legal_unit1=GRAM), 20, line_net=Decimal("19.5"))
    assert figures(bar) == "20 39/2 19500"
    assert codes(bar) == []
    assert convert(CAP_A, 1000, line_net=Decimal(0)).net_weight == Fraction("0.0085")


@pytest.mark.parametrize(
    ("measures", "line_net", "expected"),
    [
        (part(unit_weight=None, conv_factor=None), None, ["MAP-03"]),
        (part(unit_weight=Decimal(0), conv_factor=None), None, ["MAP-03"]),
        (part(dcl_unit=KG, unit_weight=None, conv_factor=None), "1", ["MAP-03"]),
        (part(conv_factor=None), None, ["MAP-04"]),
        (SOLDER, None, ["MAP-05"]),
        (SOLDER, "1", []),
        (part(unit_weight=None), None, ["MAP-05", "MAP-06"]),
        (part(legal_unit2=METRE), None, ["MAP-06"]),
        (part(legal_unit1=METRE, legal_unit2=METRE), None, ["MAP-06", "MAP-06"]),
        (part(conv_factor=Decimal(0)), None, ["MAP-10"]),
        (part(conv_factor=Decimal(-1), unit_weight=Decimal("-0.1")), None, ["MAP-10", "MAP-10"]),
        (part(factor1=Decimal(0), factor2=Decimal(-2)), None, ["MAP-10", "MAP-10"]),
        (CAP_A, "-1", ["MAP-10"]),
        (replace(SOLDER, unit_weight=Decimal("1.005")), None, []),
        (replace(SOLDER, unit_weight=Decimal("1.00501")), None, ["MAP-07"]),
        (replace(SOLDER, unit_weight=Decimal("0.995")), None, []),
        (replace(SOLDER, unit_weight=Decimal("0.99499")), None, ["MAP-07"]),
    ],
)
def test_map_findings(measures: PartMeasures, line_net: str | None, expected: list[str]) -> None:
    got = convert(measures, 100, Decimal(line_net) if line_net else None)
    assert codes(got) == expected
    assert got.usable is not bool({"MAP-03", "MAP-04", "MAP-06", "MAP-10"} & set(expected))


def test_warnings_inform_and_the_factor_wins() -> None:
    got = convert(replace(SOLDER, unit_weight=Decimal("1.1")), 10)
    assert figures(got) == "10 11 10"
    assert [finding.severity for finding in got.findings] == [Severity.NOTE]
    assert got.findings[0].text == "料号 SOLDER-BAR 的转换率 1 与单重折算的 1.1 相差超过 0.5%，按转换率计算"


def test_findings_name_part_units_and_field() -> None:
    weight_only = convert(part(conv_factor=None), 1).findings[0]
    assert (weight_only.field, weight_only.text) == (
        "conv_factor",
        "料号 CAP-A 只有单重，申报单位 千个(054) 不是重量单位，请填写转换率",
    )
    unreachable = convert(part(legal_unit2=METRE), 1).findings[0]
    assert (unreachable.field, unreachable.text) == (
        "factor2",
        "料号 CAP-A 缺少法定单位换算：申报单位 千个(054) 换算不到法定第二单位 米(030)，请填写第二比例因子或单重",
    )


def test_line_unit_is_converted_when_a_base_is_shared() -> None:
    assert in_part_unit(Decimal("76"), THOUSAND, PIECE) == 76000
    assert in_part_unit(Decimal("0.5"), KG, GRAM) == 500
    assert in_part_unit(7, ROLL, ROLL) == 7
    assert in_part_unit(7, ROLL, PIECE) is None


def test_tv30_gross_follows_net() -> None:
    """TV30: gross 10.0 over net 1.23457, 0, 4.00000 → 2.35849, 0.00000, 7.64151."""
    nets = [Fraction("1.23457"), Fraction(0), Fraction(4)]
    assert [str(part) for part in spread_gross(Decimal("10.0"), nets)] == ["2.35849", "0.00000", "7.64151"]


@pytest.mark.parametrize(
    ("gross", "nets", "expected"),
    [
        ("3", [], []),
        ("3", [5], ["3.00000"]),
        ("3", [0, 0, 0], ["0.00000", "0.00000", "3.00000"]),
        ("0.00002", [1, 1, 1, 1], ["0.00001", "0.00001", "0.00000", "0.00000"]),
    ],
)
def test_gross_at_the_edges(gross: str, nets: list[int], expected: list[str]) -> None:
    assert [str(part) for part in spread_gross(Decimal(gross), nets)] == expected


@given(
    gross=st.decimals(0, 10**6, places=5),
    nets=st.lists(st.fractions(0, 1000, max_denominator=10**6), min_size=1, max_size=40),
)
def test_gross_is_conserved_and_never_negative(gross: Decimal, nets: list[Fraction]) -> None:
    parts = spread_gross(gross, nets)
    assert len(parts) == len(nets)
    assert sum(parts) == gross
    assert min(parts) >= 0


@given(
    value=st.fractions(Fraction(1, 10**9), 10**6, max_denominator=10**9),
    unit=st.sampled_from([PIECE, THOUSAND, KG]),
)
def test_a_raised_quantity_is_the_smallest_number_and_nothing_else_is_raised(value: Fraction, unit: Unit) -> None:
    got = to_document(value, unit, True)
    assert got.finding is None
    assert got.quantity > 0
    assert got.raised is (half_up(value, 0 if unit is PIECE else 5) == 0)


@given(quantities=st.lists(st.decimals("0.001", 10**6, places=3), min_size=1, max_size=10))
def test_conversion_is_linear(quantities: list[Decimal]) -> None:
    """Converting a sum equals summing conversions: nothing is rounded on the way."""
    each = [convert(CAP_A, quantity) for quantity in quantities]
    whole = convert(CAP_A, sum(quantities, Decimal(0)))
    assert whole.dcl_qty == sum(one.dcl_qty for one in each)
    assert whole.net_weight == sum(one.net_weight for one in each)
