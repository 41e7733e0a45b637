"""Ratios and document scales of customs units (handbook 0.2, appendix D Units)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from bondesk.areas.codes.units import Unit, document_places, kilograms_per, same_base, unit_ratio

UNITS = {
    unit.name: unit
    for unit in (
        Unit("007", "个", "count"),
        Unit("054", "千个", "count", "007", Decimal(1000)),
        Unit("038", "万个", "count", "007", Decimal(10000)),
        Unit("008", "只", "count"),
        Unit("018", "卷", "count"),
        Unit("030", "米", "length", "030", Decimal(1)),
        Unit("085", "市尺", "length", "030", Decimal("0.333333333")),
        Unit("035", "千克", "mass", "035", Decimal(1)),
        Unit("036", "克", "mass", "035", Decimal("0.001")),
        Unit("076", "磅", "mass", "035", Decimal("0.45359237")),
        Unit("060", "千伏安", "power"),
        Unit("900", "坏单位", "mass", "035", None),
        Unit("901", "零单位", "mass", "035", Decimal(0)),
        Unit("902", "特别磅", "mass", "903", Decimal(2)),
    )
}


@pytest.mark.parametrize(
    ("one", "of", "ratio"),
    [
        ("千个", "个", Fraction(1000)),
        ("个", "千个", Fraction(1, 1000)),
        ("万个", "千个", Fraction(10)),
        ("克", "千克", Fraction(1, 1000)),
        ("千克", "磅", Fraction(100000000, 45359237)),
        ("只", "只", Fraction(1)),
        ("千伏安", "千伏安", Fraction(1)),
        ("坏单位", "坏单位", Fraction(1)),
        ("只", "个", None),
        ("千个", "只", None),
        ("米", "千克", None),
        ("坏单位", "千克", None),
        ("千克", "零单位", None),
    ],
)
def test_ratio(one: str, of: str, ratio: Fraction | None) -> None:
    assert unit_ratio(UNITS[one], UNITS[of]) == ratio
    assert same_base(UNITS[one], UNITS[of]) is (ratio is not None)


@pytest.mark.parametrize(
    ("unit", "kilograms"),
    [
        ("千克", Fraction(1)),
        ("克", Fraction(1, 1000)),
        ("磅", Fraction("0.45359237")),
        ("个", None),
        ("米", None),
        ("坏单位", None),
        ("特别磅", None),
    ],
)
def test_kilograms(unit: str, kilograms: Fraction | None) -> None:
    assert kilograms_per(UNITS[unit]) == kilograms


@pytest.mark.parametrize(("unit", "places"), [("个", 0), ("卷", 0), ("千个", 5), ("千克", 5), ("米", 5), ("千伏安", 5)])
def test_document_places(unit: str, places: int) -> None:
    assert document_places(UNITS[unit]) == places


def test_the_enterprise_overrides_document_places() -> None:
    assert document_places(UNITS["卷"], {"018": 2}) == 2
    assert document_places(UNITS["千个"], {"054": 0}) == 0
    assert document_places(UNITS["个"], {"018": 2}) == 0


def test_a_unit_reads_as_name_and_code() -> None:
    assert str(UNITS["千个"]) == "千个(054)"
    assert str(Unit("054", "", "count")) == "054"
