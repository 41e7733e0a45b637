"""TV19 and what surrounds it: a voucher that takes a material below zero is named with shortage and day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bondesk.ledger.balance import Movement
from bondesk.ledger.consumption import Consumption, Filed
from bondesk.ledger.inversion import Inversion, Moved, effects, first_days, inversions

D1, D2, D3 = date(2024, 3, 1), date(2024, 3, 5), date(2024, 3, 9)
FILED = Filed(
    [
        Consumption(1, "1", 2, Decimal("1.000000000"), Decimal(100)),
        Consumption(2, "1", 2, Decimal("1.000000000"), Decimal(100)),
        Consumption(3, "1", 2, Decimal("0.050505051"), Decimal(60)),
    ]
)


def booked(quantity: str, item: int = 2, flag: str = "I", version: str = "") -> Movement:
    return Movement(flag, item, version, "0615", "I", "posted", Decimal(quantity))


def exported(product: int, quantity: str, day: date = D2) -> Moved:
    return Moved(day, "E", product, "1", Decimal(quantity))


def test_the_example_of_the_handbook() -> None:
    """TV19: balance 1 000, exports 700 + 400 → inverted, shortage 100."""
    found = inversions([booked("1000")], [], [exported(1, "700"), exported(2, "400")], FILED)
    assert found == [Inversion(2, Decimal("1000.00000"), Decimal("100.00000"))]
    assert inversions([booked("1100")], [], [exported(1, "700"), exported(2, "400")], FILED) == []


def test_what_is_under_way_counts() -> None:
    assert inversions([booked("1000")], [exported(1, "700")], [exported(2, "400")], FILED)[0].shortage == 100
    more = Moved(D1, "I", 2, "", Decimal(500))
    assert inversions([booked("1000")], [exported(1, "700"), more], [exported(2, "400")], FILED) == []


def test_only_the_bonded_share_is_taken() -> None:
    """TV24: 1 000 × 0.050505051 × 60 % = 30.30303."""
    assert inversions([booked("30.30304")], [], [exported(3, "1000")], FILED) == []
    (found,) = inversions([booked("30.30302")], [], [exported(3, "1000")], FILED)
    assert found.shortage == Decimal("0.00001")


def test_a_material_already_below_is_not_this_vouchers_fault() -> None:
    assert inversions([booked("-5")], [], [Moved(D1, "I", 2, "", Decimal(3))], FILED) == []
    assert inversions([booked("-5"), booked("1", 9)], [], [Moved(D1, "I", 9, "", Decimal(-1))], FILED) == []


def test_the_first_day_below_zero() -> None:
    moved = [Moved(D1, "I", 2, "", Decimal(1000)), exported(1, "700", D2), exported(2, "400", D3)]
    assert first_days(moved, [2], D1, FILED) == {2: D3}
    assert first_days([*moved, Moved(D3, "I", 2, "", Decimal(100))], [2], D1, FILED) == {}
    early = [exported(1, "10", D1), Moved(D2, "I", 2, "", Decimal(1000)), exported(2, "1000", D3)]
    assert first_days(early, [2], D3, FILED) == {2: D3}


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(-999, 999)), max_size=12), st.integers(0, 3000))
def test_the_shortage_is_what_is_missing(exports: list[tuple[int, int]], balance: int) -> None:
    """Booking the shortage in beforehand makes the voucher pass, one hundred-thousandth less does not."""
    mine = [exported(product, str(quantity)) for product, quantity in exports]
    for one in inversions([booked(str(balance))], [], mine, FILED):
        assert inversions([booked(str(balance)), booked(f"{one.shortage}")], [], mine, FILED) == []
        less = one.shortage - Decimal("0.00001")
        assert inversions([booked(str(balance)), booked(f"{less}")], [], mine, FILED) != []
        assert effects(mine, FILED)[2] < 0
