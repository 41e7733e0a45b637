"""短溢表: the worked example of handbook 12.3 (TV15), signs of the timing gaps, tolerance, values and taxes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bondesk.ledger.shortage import GAP_SIGNS, Counted, Gaps, ShortageRow, Valued, Verdict

D = Decimal
#: A, material, products, semi-products and timing of M1 to M3 in 12.3.
M1 = ShortageRow(
    1,
    D("376.53061"),
    Counted(material=D(366), product=D("5.10204"), semi_product=D("0.51020")),
    Gaps(delivered_not_transferred=D("2.04082")),
    Valued(D("88.75"), D(0)),
)
M2 = ShortageRow(
    2,
    D(1970),
    Counted(material=D(1700), product=D(200), semi_product=D(50)),
    Gaps(delivered_not_transferred=D(100), received_not_transferred=D(80)),
)
M3 = ShortageRow(
    3,
    D("290.625"),
    Counted(material=D(226), product=D("36.45833")),
    Gaps(delivered_not_transferred=D("26.04167")),
    Valued(D("22.72"), D("6.5")),
)


def test_tv15() -> None:
    assert [(row.counted.total, row.gaps.total, row.difference) for row in (M1, M2, M3)] == [
        (D("371.61224"), D("2.04082"), D("-2.87755")),
        (D(1950), D(20), D(0)),
        (D("262.45833"), D("26.04167"), D("-2.12500")),
    ]
    assert [row.rate for row in (M1, M2, M3)] == [D("-0.7642"), D(0), D("-0.7312")]
    assert [row.verdict for row in (M1, M2, M3)] == [Verdict.SHORT, Verdict.LEVEL, Verdict.SHORT]


def test_tv15_values_and_taxes() -> None:
    assert (M1.value, M1.duty, M1.vat) == (D("255.38"), D(0), D("33.20"))
    assert (M3.value, M3.duty, M3.vat) == (D("48.28"), D("3.14"), D("6.68"))
    assert (M2.value, M2.duty, M2.vat) == (None, D(0), D(0))


@pytest.mark.parametrize("name", GAP_SIGNS)
def test_a_gap_moves_the_difference_by_its_sign(name: str) -> None:
    row = ShortageRow(1, D(100), Counted(material=D(100)), Gaps(**{name: D(3)}))
    assert row.difference == 3 * GAP_SIGNS[name]


def test_goods_delivered_and_not_declared_are_no_shortage() -> None:
    """They have left the store, the book still holds them: added back, nothing is short."""
    row = ShortageRow(1, D(100), Counted(material=D(60)), Gaps(delivered_not_transferred=D(40)))
    assert row.verdict is Verdict.LEVEL


@pytest.mark.parametrize(
    ("booked", "counted", "verdict"),
    [
        ("1000", "1005", Verdict.WITHIN),
        ("1000", "995", Verdict.WITHIN),
        ("1000", "1005.00001", Verdict.OVER),
        ("1000", "994.99999", Verdict.SHORT),
        ("0", "0.00001", Verdict.OVER),
        ("0", "0", Verdict.LEVEL),
        ("-1000", "-1004", Verdict.WITHIN),
    ],
)
def test_tolerance(booked: str, counted: str, verdict: Verdict) -> None:
    assert ShortageRow(1, D(booked), Counted(material=D(counted))).verdict is verdict


def test_domestic_stock_is_deducted_and_every_other_column_added() -> None:
    counted = Counted(
        material=D(1),
        product=D(2),
        semi_product=D(4),
        outsourced=D(8),
        in_transit=D(16),
        defective=D(32),
        domestic=D(64),
    )
    assert counted.total == D(-1)


def test_what_is_over_is_not_taxed() -> None:
    row = ShortageRow(1, D(10), Counted(material=D(12)), valued=Valued(D(5), D(10)))
    assert (row.value, row.duty, row.vat) == (D(10), D(0), D(0))
