"""The exact column type: what goes in comes out, sums in SQL are exact, what does not fit is refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Engine, Integer, MetaData, Table, create_engine, func, insert, select
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.exc import StatementError

from bondesk.base.columns import PLACES, ExactDecimal, Kind, scaled_integer
from bondesk.base.errors import ExcessDecimals

PAPER = Table(
    "paper",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("quantity", ExactDecimal(5)),
    Column("consumption", ExactDecimal(9)),
)
LARGEST = Decimal("9999999999999.99999")

quantities = st.decimals(min_value=-LARGEST, max_value=LARGEST, places=5)
consumptions = st.decimals(min_value="-999999999.999999999", max_value="999999999.999999999", places=9)


@pytest.fixture(scope="module")
def sql() -> Iterator[Engine]:
    engine = create_engine("sqlite://")
    PAPER.create(engine)
    yield engine
    engine.dispose()


def stored(sql: Engine, rows: Sequence[dict[str, Any]], statement: Any) -> list[Any]:
    """Store ``rows`` in the empty table, run ``statement``, take everything back."""
    with sql.connect() as connection:
        connection.execute(insert(PAPER), rows)
        found = list(connection.execute(statement))
        connection.rollback()
    return found


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("0.1"), "0.10000"),
        (Decimal("-0.00001"), "-0.00001"),
        (Decimal("1E+3"), "1000.00000"),
        (Decimal("1.5000000"), "1.50000"),
        (LARGEST, "9999999999999.99999"),
        (-LARGEST, "-9999999999999.99999"),
        (Decimal("-0"), "0.00000"),
        (7, "7.00000"),
        (None, "None"),
    ],
)
def test_what_goes_in_comes_out_with_all_its_places(sql: Engine, value: Decimal | int | None, text: str) -> None:
    ((found,),) = stored(sql, [{"quantity": value}], select(PAPER.c.quantity))
    assert str(found) == text
    assert found == value


@given(quantities, consumptions)
def test_every_number_of_the_trade_survives(sql: Engine, quantity: Decimal, consumption: Decimal) -> None:
    row = {"quantity": quantity, "consumption": consumption}
    found = stored(sql, [row], select(PAPER.c.quantity, PAPER.c.consumption))
    assert found == [(quantity, consumption)]
    assert [value.as_tuple().exponent for value in found[0]] == [-5, -9]


@given(st.lists(st.decimals(min_value=-(10**6), max_value=10**6, places=9), min_size=1, max_size=30))
def test_a_sum_in_sql_is_the_sum(sql: Engine, values: list[Decimal]) -> None:
    rows = [{"consumption": value} for value in values]
    assert stored(sql, rows, select(func.sum(PAPER.c.consumption))) == [(sum(values, Decimal(0)),)]


def test_a_sum_in_sql_is_no_float(sql: Engine) -> None:
    rows = [{"quantity": Decimal("0.1")}] * 3 + [{"quantity": Decimal("9007199254740.99301")}]
    ((total,),) = stored(sql, rows, select(func.sum(PAPER.c.quantity)))
    assert str(total) == "9007199254741.29301"


@given(st.lists(quantities, min_size=1, max_size=10), quantities)
def test_comparing_and_sorting_is_by_value(sql: Engine, values: list[Decimal], limit: Decimal) -> None:
    statement = select(PAPER.c.quantity).where(PAPER.c.quantity <= limit).order_by(PAPER.c.quantity)
    found = [value for (value,) in stored(sql, [{"quantity": value} for value in values], statement)]
    assert found == sorted(value for value in values if value <= limit)


REFUSED = [
    (Decimal("0.000001"), 5),  # excess decimals
    (Decimal("1.234567"), 5),
    (Decimal("1E-20"), 9),
    (Decimal("10000000000000"), 5),  # 19 digits once scaled
    (Decimal("-10000000000000"), 5),
    (Decimal("9999999999999999999"), 0),
    (10**18, 0),
    (Decimal("1E+30"), 2),
    (0.1, 5),
    (1.0, 5),
    (True, 5),
    ("1.5", 5),
    (Decimal("NaN"), 5),
    (Decimal("sNaN"), 5),
    (Decimal("Infinity"), 5),
    (Decimal("-Infinity"), 5),
]


@pytest.mark.parametrize(("value", "places"), REFUSED, ids=repr)
def test_what_does_not_fit_is_refused_never_rounded(value: Any, places: int) -> None:
    with pytest.raises(ExcessDecimals):
        scaled_integer(value, places)


@pytest.mark.parametrize("value", [value for value, places in REFUSED if places == 5], ids=repr)
def test_the_database_never_sees_what_does_not_fit(sql: Engine, value: Any) -> None:
    with sql.connect() as connection, pytest.raises(StatementError) as caught:
        connection.execute(insert(PAPER), [{"quantity": value}])
    assert isinstance(caught.value.orig, ExcessDecimals)


@pytest.mark.parametrize(
    ("value", "places", "scaled"),
    [("1.50000", 5, 150000), ("999999999999999999", 0, 10**18 - 1), ("-0.000000001", 9, -1), ("1E+2", 2, 10000)],
)
def test_scaled_integer(value: str, places: int, scaled: int) -> None:
    assert scaled_integer(Decimal(value), places) == scaled


def dialect_of(name: str) -> Dialect:
    return make_url(f"{name}://").get_dialect()()


def test_the_stored_types() -> None:
    kind = ExactDecimal(5)
    assert kind.compile(dialect=dialect_of("sqlite")) == "BIGINT"
    assert kind.compile(dialect=dialect_of("postgresql+psycopg")) == "NUMERIC(18, 5)"
    assert repr(kind) == "ExactDecimal(5)"


def test_postgresql_gets_and_gives_the_decimal_itself() -> None:
    kind, dialect = ExactDecimal(5), dialect_of("postgresql+psycopg")
    assert kind.process_bind_param(Decimal("1.5"), dialect) == Decimal("1.5")
    assert str(kind.result_processor(dialect, None)(Decimal("1.5"))) == "1.50000"
    with pytest.raises(ExcessDecimals):
        kind.process_bind_param(Decimal("1.123456"), dialect)


def test_places_of_kinds_are_the_handbooks() -> None:
    assert PLACES == {
        Kind.QUANTITY: 5,
        Kind.WEIGHT: 5,
        Kind.PRICE: 4,
        Kind.AMOUNT: 2,
        Kind.PERCENT: 9,
        Kind.CONSUMPTION: 9,
        Kind.FACTOR: 9,
        Kind.RATE: 6,
    }
