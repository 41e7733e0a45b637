"""报核 of handbook 8.6 to the last digit, side columns, losses, cut-off dates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bondesk.ledger.balance import Movement, fold
from bondesk.ledger.consumption import Consumption, Filed
from bondesk.ledger.posting import EffectTable
from bondesk.ledger.verification import (
    SIDE_COLUMNS,
    VerifiedItem,
    counted_total,
    cut_off,
    verified,
)
from ledger.test_balance import CYCLE_1, CYCLE_2, SIGNS, movements_of

D = Decimal


def filed_row(product: int, material: int, net: str, tangible: str, intangible: str, total: str) -> Consumption:
    return Consumption(product, "1", material, D(total), D(100), D(net), D(tangible), D(intangible))


FILED = Filed(
    (
        filed_row(1, 1, "0.020", "2", "0", "0.020408163"),
        filed_row(1, 2, "1", "0", "0", "1"),
        filed_row(1, 3, "0.25", "3", "1", "0.260416667"),
        filed_row(2, 1, "0.030", "2", "0", "0.030612245"),
        filed_row(2, 2, "1", "0", "0", "1"),
        filed_row(2, 3, "0.10", "3", "1", "0.104166667"),
        filed_row(9, 1, "0.010", "2", "0", "0.010204082"),
        filed_row(9, 2, "1", "0", "0", "1"),
    )
)
RAW = {1: D("368.5"), 2: D(1618), 3: D(228)}
PRODUCTS = {(1, "1"): D(200), (2, "1"): D(100)}
SEMIS = {(9, "1"): D(50)}


def verify(text: str, opening: dict[int, Decimal], actual: dict[int, Decimal] | None = None) -> list[VerifiedItem]:
    rows, findings = verified((1, 2, 3), opening, movements_of(text, EffectTable(SIGNS)), FILED, actual)
    assert findings == ()
    return rows


def held(counts: dict[tuple[int, str], Decimal]) -> dict[int, Decimal]:
    """What counted products hold of each material."""
    folded = fold([Movement("E", *version, "", "", "posted", quantity) for version, quantity in counts.items()], FILED)
    assert folded.findings == ()
    return {item_no: item.consumed for item_no, item in folded.items.items()}


def test_tv9_cycle_1_with_the_stocktake() -> None:
    products, semis = held(PRODUCTS), held(SEMIS)
    assert products == {1: D("7.14286"), 2: D(300), 3: D("62.5")}
    assert semis == {1: D("0.51020"), 2: D(50)}
    rows = verify(CYCLE_1, {}, counted_total((RAW, products, semis)))
    assert [(row.opening, row.in_out, row.consumed, row.expected) for row in rows] == [
        (D(0), D(570), D("193.46939"), D("376.53061")),
        (D(0), D(9950), D(7980), D(1970)),
        (D(0), D(1900), D("1609.375"), D("290.625")),
    ]
    assert [(row.remaining, row.variance, row.variance_rate) for row in rows] == [
        (D("376.15306"), D("-0.37755"), D("-0.1003")),
        (D(1968), D(-2), D("-0.1015")),
        (D("290.5"), D("-0.125"), D("-0.0430")),
    ]


def test_tv9_cycle_2_opens_with_what_was_expected() -> None:
    opening = {row.item_no: row.expected for row in verify(CYCLE_1, {})}
    rows = verify(CYCLE_2, opening)
    assert [(row.in_out, row.consumed, row.expected) for row in rows] == [
        (D(295), D("161.22449"), D("510.30612")),
        (D(6000), D(6600), D(1370)),
        (D(1550), D("1312.5"), D("528.125")),
    ]
    assert all(row.variance == 0 for row in rows)


def test_side_columns_sum_to_the_balance() -> None:
    """What came in, less what went out, is 进出口总数; what products hold, with returns, is 消耗."""
    for text in (CYCLE_1, CYCLE_2):
        for row in verify(text, {}):
            side = row.side
            came = side["direct_import"] + side["transfer_in"] + side["surplus_in"] + side["exchange_in"]
            went = side["exchange_out"] + side["domestic_sale"] + side["reexport"]
            went += side["surplus_out"] + side["destroyed"]
            assert came - went == row.in_out
            held = side["direct_export"] + side["transfer_out"] - side["returned_in"] + side["returned_out"]
            assert abs(held - row.consumed) <= D("0.00002")


def test_side_columns_of_cycle_1() -> None:
    side = verify(CYCLE_1, {})[0].side
    assert {key: figure for key, figure in side.items() if figure} == {
        "direct_import": D(500),
        "transfer_in": D(100),
        "domestic_sale": D(20),
        "reexport": D(10),
        "direct_export": D("173.46939"),
        "transfer_out": D("20.40816"),
        "returned_in": D("1.22449"),
        "returned_out": D("0.81633"),
    }


def test_no_movement_belongs_to_two_columns() -> None:
    places = [(one.goods_flag, mode, way) for one in SIDE_COLUMNS for mode in one.modes for way in one.ie_flag or "IE"]
    assert len(places) == len(set(places))


def test_tv4_losses() -> None:
    movement = Movement("E", 1, "1", "0615", "E", "posted", D(4980))
    rows, _ = verified((3,), {}, [movement], FILED)
    row = rows[0]
    assert (row.consumed, row.net, row.tangible, row.intangible) == (
        D("1296.875"),
        D(1245),
        D("38.90625"),
        D("12.96875"),
    )
    assert row.net + row.tangible + row.intangible == row.consumed


@pytest.mark.parametrize(
    ("basis", "previous", "days", "expected"),
    [
        pytest.param(date(2024, 1, 15), None, 180, date(2024, 7, 13), id="TV11 first cycle of an E account"),
        pytest.param(date(2024, 1, 15), date(2024, 7, 13), 180, date(2025, 1, 9), id="its second"),
        pytest.param(date(2023, 11, 1), None, None, date(2024, 10, 26), id="TV11 by enterprise unit"),
        pytest.param(date(2023, 11, 1), date(2024, 10, 26), None, date(2025, 10, 21), id="its second"),
        pytest.param(None, None, 180, None, id="no import yet"),
    ],
)
def test_tv11_cut_off(basis: date | None, previous: date | None, days: int | None, expected: date | None) -> None:
    assert cut_off(basis, previous, days) == expected


def test_a_corrected_note_counts_once_in_its_column() -> None:
    """Posted, reversed, posted again: what stands is the last, in the balance and beside it."""
    moved = [Movement("I", 1, "", "0615", "I", "posted", D(quantity)) for quantity in (500, -500, 490)]
    moved += [Movement("E", 1, "1", "0615", "E", "posted", D(quantity)) for quantity in (100, -100, 50)]
    moved += [Movement("I", 1, "", "0644", "I", "posted", D(quantity)) for quantity in (-20, 20, -15)]
    row = verified((1,), {}, moved, FILED)[0][0]
    assert (row.in_out, row.side["direct_import"], row.side["domestic_sale"]) == (D(475), D(490), D(15))
    assert row.side["direct_export"] == row.consumed == D("1.02041")


def test_an_item_with_opening_and_no_movement_is_kept() -> None:
    rows, _ = verified((7,), {7: D("1.5")}, [], FILED)
    assert (rows[0].expected, rows[0].variance_rate) == (D("1.5"), D(0))


def test_nothing_expected_has_no_rate() -> None:
    rows, _ = verified((7,), {}, [], FILED, {7: D(3)})
    assert (rows[0].variance, rows[0].variance_rate) == (D(3), None)
