"""The balance of a handbook by the worked example of handbook 9.2, and for whatever the vouchers say."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bondesk.ledger.balance import Movement, fold
from bondesk.ledger.consumption import Consumption, Filed
from bondesk.ledger.handbook import handbook_balance

D = Decimal
FILED = Filed([Consumption(1, "1", 1, D("0.375"), D(100), D("0.3375"), D(10), D(0))])


def moved(flag: str, mode: str, ie_flag: str, quantity: str, version: str = "") -> Movement:
    return Movement(flag, 1, version, mode, ie_flag, "posted", D(quantity))


TV12 = [
    moved("I", "0615", "I", "3000"),
    moved("I", "0700", "I", "50"),
    moved("I", "0654", "I", "800"),
    moved("I", "0657", "I", "200"),
    moved("I", "0700", "E", "-50"),
    moved("I", "0644", "I", "-100"),
    moved("I", "0664", "E", "-150"),
    moved("E", "0615", "E", "9000", "1"),
    moved("E", "0654", "E", "1000", "1"),
    moved("E", "4600", "I", "-200", "1"),
    moved("E", "4600", "E", "150", "1"),
]


def test_tv12() -> None:
    found = handbook_balance({1: D(5000)}, {1: D(10000)}, TV12, FILED)
    (one,), (product,) = found.materials, found.products
    assert (one.direct_import, one.transfer_in, one.surplus_in, one.exchange_out) == (D(3050), D(800), D(200), D(50))
    assert (one.imported, one.consumed, product.exported) == (D(4000), D("3731.25"), D(9950))
    assert (one.domestic_sale, one.reexport) == (D(100), D(150))
    assert (one.remaining, one.scrap) == (D("18.75"), D("373.125"))
    assert (one.importable, one.share, product.exportable) == (D(1000), D("80.0000"), D(50))
    assert found.findings == ()


def test_scrap_is_disposed_of_beside_the_balance() -> None:
    scrap = {(1, "scrap_sold"): D(300), (1, "scrap_destroyed"): D("73.125")}
    (one,) = handbook_balance({1: None}, {}, TV12, FILED, scrap).materials
    assert (one.scrap_left, one.remaining, one.importable, one.share) == (D(0), D("18.75"), None, None)


MODES = ("0615", "0214", "0700", "0654", "0657", "0644", "0664", "0200", "9900", "1371", "XXXX")
MOVES = st.lists(
    st.builds(
        moved,
        st.just("I"),
        st.sampled_from(MODES),
        st.sampled_from("IE"),
        st.decimals(-999, 999, places=5).map(str),
    )
)
EXPORTS = st.lists(
    st.builds(
        moved,
        st.just("E"),
        st.sampled_from(("0615", "0654", "4600", "0744")),
        st.sampled_from("IE"),
        st.decimals(-999, 999, places=5).map(str),
        st.just("1"),
    )
)


@given(MOVES, EXPORTS)
def test_the_surplus_is_the_balance_of_the_ledger(moves: list[Movement], exports: list[Movement]) -> None:
    """Whatever the modes, nothing is lost between the columns: 余料 is what the ledger folds to."""
    every = [*moves, *exports]
    found = handbook_balance({1: D(1)}, {1: D(1)}, every, FILED)
    assert found.materials[0].remaining == fold(every, FILED).item(1).net
    assert found.products[0].exported == sum((one.quantity for one in exports), D(0))
