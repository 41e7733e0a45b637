"""The item ledger foots: its last row is the balance of the fold, whatever was posted and taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from bondesk.ledger.balance import Folded, Movement, fold, item_ledger
from bondesk.ledger.consumption import Consumption, Filed
from bondesk.ledger.posting import Posting, Stage

#: Filed consumption of 8.6: product, material, U; version 1 each.
EXAMPLE = Filed(
    Consumption(product, "1", material, Decimal(total), Decimal(100))
    for product, material, total in (
        (1, 1, "0.020408163"),
        (1, 2, "1"),
        (1, 3, "0.260416667"),
        (2, 1, "0.030612245"),
        (2, 2, "1"),
        (2, 3, "0.104166667"),
        (9, 1, "0.010204082"),  # SEMI-1
        (9, 2, "1"),
    )
)


DAY = date(2024, 1, 8)
POSTING = Posting(
    record_no="E52042300A01",
    goods_flag="I",
    item_no=1,
    uc_version="",
    mode="0615",
    ie_flag="I",
    term="in_out",
    business_date=DAY,
    stage=Stage.POSTED,
    quantity=Decimal(0),
    effect=1,
    amount=Decimal(0),
    currency="USD",
    document_key="bonded_note",
    document_no="N1",
    document_id=1,
    line_id=1,
    line_no=1,
)


def material(document: str, quantity: str, effect: int = 1, line: int = 1, day: int = 0, item: int = 1) -> Posting:
    return replace(
        POSTING,
        document_no=document,
        quantity=Decimal(quantity),
        effect=effect,
        line_no=line,
        item_no=item,
        business_date=DAY + timedelta(days=day),
    )


def product(document: str, quantity: str, effect: int = 1, day: int = 0, item: int = 1, version: str = "1") -> Posting:
    plain = material(document, quantity, effect, day=day, item=item)
    return replace(plain, goods_flag="E", ie_flag="E", term="consume", uc_version=version)


def written(opening: str, postings: Sequence[Posting], filed: Filed = EXAMPLE) -> list[str]:
    """Write the ledger of material 1 as ``voucher/line in out consumption balance``."""
    return [
        f"{row.document_no}/{row.line_no} {row.moved_in:f} {row.moved_out:f} {row.consumption:f} {row.balance:f}"
        for row in item_ledger(1, Decimal(opening), postings, filed)
    ]


def test_vouchers_stand_in_order_of_date_number_and_line() -> None:
    postings = [
        product("N3", "1000", day=2),
        material("N2", "20", -1, day=1),
        material("N1", "100", line=2),
        material("N1", "500", line=1),
        material("N0", "5", day=1),
        material("N1", "7", item=2),
        product("N4", "60", -1, day=3),
    ]
    assert written("10", postings) == [
        "N1/1 500 0 0 510",
        "N1/2 100 0 0 610",
        "N0/1 5 0 0 615",
        "N2/1 0 20 0 595",
        "N3/1 0 0 20.40816 574.59184",
        "N4/1 0 0 -1.22449 575.81633",
    ]


def test_the_consumption_column_foots_to_the_total_rounded_once() -> None:
    filed = Filed([Consumption(1, "1", 1, Decimal("0.000005"), Decimal(100))])
    postings = [product(f"N{number}", "1") for number in range(1, 5)]
    assert written("1", postings, filed) == [
        "N1/1 0 0 0.00001 0.99999",
        "N2/1 0 0 0.00000 0.99999",
        "N3/1 0 0 0.00001 0.99998",
        "N4/1 0 0 0.00000 0.99998",
    ]


def test_a_reversal_takes_its_voucher_back() -> None:
    wrong = product("N1", "1000")
    assert written("100", [replace(wrong, reversal=True), wrong]) == [
        "N1/1 0 0 20.40816 79.59184",
        "N1/1 0 0 -20.40816 100.00000",
    ]
    inward = material("N1", "50")
    assert written("0", [inward, replace(inward, reversal=True)]) == ["N1/1 50 0 0 50", "N1/1 0 50 0 0"]


def test_products_that_do_not_use_the_material_stay_out() -> None:
    assert written("0", [product("N1", "5", item=8), product("N2", "5", version="7")]) == []


quantities = st.decimals(min_value=0, max_value=10**6, places=5)
consumptions = st.builds(
    Consumption,
    product_no=st.integers(1, 2),
    uc_version=st.sampled_from(["1", "2"]),
    material_no=st.integers(1, 2),
    unit_consumption=st.decimals(min_value="0.000000001", max_value=100, places=9),
    bonded=st.sampled_from([Decimal(0), Decimal(60), Decimal("33.333333333"), Decimal(100)]),
)
filings = st.lists(
    consumptions, max_size=8, unique_by=lambda row: (row.product_no, row.uc_version, row.material_no)
).map(Filed)
postings_of_books = st.lists(
    st.builds(
        lambda one, reversal, line: replace(one, reversal=reversal, line_id=line),
        st.one_of(
            st.builds(
                material,
                document=st.sampled_from(["N1", "N2", "N3"]),
                quantity=quantities.map(str),
                effect=st.sampled_from([-1, 1]),
                line=st.integers(1, 3),
                day=st.integers(0, 3),
                item=st.integers(1, 3),
            ),
            st.builds(
                product,
                document=st.sampled_from(["N4", "N5", "N1"]),
                quantity=quantities.map(str),
                effect=st.sampled_from([-1, 1]),
                day=st.integers(0, 3),
                item=st.integers(1, 3),
                version=st.sampled_from(["1", "2", "3"]),
            ),
        ),
        st.booleans(),
        st.integers(1, 99),
    ),
    max_size=15,
)


def grouped(postings: Iterable[Posting]) -> list[Movement]:
    """Sum postings as the stored ledger does."""
    sums: dict[tuple[str, int, str, str, str, str], Decimal] = defaultdict(lambda: Decimal(0))
    for one in postings:
        sums[one.goods_flag, one.item_no, one.uc_version, one.mode, one.ie_flag, one.stage] += one.signed
    return [Movement(*key, quantity) for key, quantity in sums.items()]


@given(postings_of_books, filings, quantities)
def test_the_last_row_is_the_balance_of_the_fold(postings: list[Posting], filed: Filed, opening: Decimal) -> None:
    folded = fold(grouped(postings), filed)
    for number in (1, 2, 3):
        rows = item_ledger(number, opening, postings, filed)
        item = folded.item(number)
        assert (rows[-1].balance if rows else opening) == opening + item.net
        assert sum((row.consumption for row in rows), Decimal(0)) == item.consumed
        assert sum((row.moved_in - row.moved_out for row in rows), Decimal(0)) == item.in_out


@given(postings_of_books, filings, quantities)
def test_every_row_carries_the_balance_on(postings: list[Posting], filed: Filed, opening: Decimal) -> None:
    balance = opening
    for row in item_ledger(1, opening, postings, filed):
        balance += row.moved_in - row.moved_out - row.consumption
        assert row.balance == balance
        assert min(row.moved_in, row.moved_out) == 0 <= max(row.moved_in, row.moved_out)


def same(one: Folded, other: Folded) -> bool:
    numbers = set(one.items) | set(other.items)
    return one.findings == other.findings and all(
        (one.item(n).in_out, one.item(n).consumed_exact) == (other.item(n).in_out, other.item(n).consumed_exact)
        for n in numbers
    )


@given(postings_of_books, filings)
def test_a_fold_does_not_care_how_movements_were_summed(postings: list[Posting], filed: Filed) -> None:
    single = [movement for one in postings for movement in grouped([one])]
    assert same(fold(grouped(postings), filed), fold(single, filed))
    assert same(fold(single, filed), fold(single[::-1], filed))


@given(postings_of_books, filings)
def test_a_book_that_is_taken_back_is_empty(postings: list[Posting], filed: Filed) -> None:
    back = [replace(one, reversal=not one.reversal) for one in postings]
    folded = fold(grouped([*postings, *back]), filed)
    assert folded.findings == ()
    assert all((item.in_out, item.consumed_exact) == (Decimal(0), Fraction(0)) for item in folded.items.values())
