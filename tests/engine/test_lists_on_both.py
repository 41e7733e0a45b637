"""Filters, order, totals and groups in SQL are those of plain Python over the same rows, on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from bondesk.areas.index import CATALOGUE
from bondesk.base.errors import WrongCall
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.periods import PERIODS, period
from bondesk.engine.query import Condition, Query, count, page, stream
from bondesk.engine.store import open_store
from bondesk.engine.summing import MONTH, group_conditions, groups, totals
from builders.vouchers import COLUMNS, ROWS, STATES, VOUCHER, Own, Voucher

TODAY = date(2024, 2, 1)
TEXT_KEYS, ORDERED_KEYS = ("number", "note", "kind", "currency"), ("quantity", "amount", "boxes", "day")
Line = dict[str, Any]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine over a database that holds the made-up table and nothing else."""
    embedded = f"sqlite:///{(tmp_path / 'v.sqlite').as_posix()}"
    store = open_store(embedded if request.param == "sqlite" else str(request.getfixturevalue("postgres_url")))
    Own.metadata.create_all(store.sql)
    nothing: Any = None
    yield Engine(CATALOGUE, store, nothing, nothing, nothing, clock=lambda: datetime(2024, 2, 1, 8))
    store.dispose()


def fill(engine: Engine, rows: Sequence[Line]) -> list[Line]:
    """Replace the rows; return them with their ids."""
    numbered = [{**row, "id": number} for number, row in enumerate(rows, 1)]
    with engine.store.sql.begin() as connection:
        connection.execute(delete(Voucher))
        if numbered:
            connection.execute(insert(Voucher), numbered)
    return numbered


def fold(text: str) -> str:
    """Lower A–Z and nothing else."""
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in text)


def holds(row: Line, condition: Condition) -> bool:
    """Say what a condition means, in Python."""
    value, wanted = row[condition.key], condition.value
    match condition.op:
        case "blank":
            return value is None or value == ""
        case "filled":
            return not (value is None or value == "")
        case "contains":
            return value is not None and fold(wanted) in fold(value)
        case "excludes":
            return value is None or fold(wanted) not in fold(value)
        case "begins":
            return value is not None and fold(value).startswith(fold(wanted))
        case "in":
            return value in wanted
        case "eq":
            return bool(value == wanted)
        case "ne":
            return bool(value != wanted)
        case "between":
            return value is not None and bool(wanted[0] <= value <= wanted[1])
        case "period":
            first, last = period(wanted, TODAY)
            day = value.date() if isinstance(value, datetime) else value
            return day is not None and first <= day <= last
    compared = {"ge": lambda: value >= wanted, "le": lambda: value <= wanted, "gt": lambda: value > wanted}
    compared["lt"] = lambda: value < wanted
    return value is not None and bool(compared[condition.op]())


def _text_conditions() -> st.SearchStrategy[Condition]:
    ops = st.sampled_from(["contains", "excludes", "begins", "eq", "ne"])
    wanted = st.text(alphabet="aAbB电%_/-é", min_size=1, max_size=2)
    return st.builds(Condition, st.sampled_from(TEXT_KEYS), ops, wanted)


@st.composite
def _compared(draw: st.DrawFn) -> Condition:
    key = draw(st.sampled_from(ORDERED_KEYS))
    one = COLUMNS[key].filter(lambda value: value is not None)
    op = draw(st.sampled_from(["eq", "ne", "ge", "le", "gt", "lt", "between", "in"]))
    if op == "between":
        return Condition(key, op, tuple(sorted([draw(one), draw(one)])))
    return Condition(key, op, tuple(draw(st.lists(one, max_size=3))) if op == "in" else draw(one))


CONDITIONS = st.one_of(
    _text_conditions(),
    _compared(),
    st.builds(
        Condition, st.sampled_from([key for key in COLUMNS if key != "urgent"]), st.sampled_from(["blank", "filled"])
    ),
    st.builds(Condition, st.sampled_from(["day", "moment"]), st.just("period"), st.sampled_from(list(PERIODS))),
    st.builds(Condition, st.just("state"), st.just("in"), st.lists(st.sampled_from(STATES), max_size=3).map(tuple)),
    st.builds(Condition, st.just("urgent"), st.just("in"), st.lists(st.booleans(), max_size=2).map(tuple)),
)
#: A file database per test, filled anew for every example.
EXAMPLES = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@EXAMPLES
@given(ROWS, st.lists(CONDITIONS, max_size=2), st.lists(st.lists(CONDITIONS, max_size=3), max_size=2))
def test_sql_finds_what_python_finds(
    engine: Engine, rows: list[Line], every: list[Condition], groups_of: list[list[Condition]]
) -> None:
    stored = fill(engine, rows)
    query = Query(tuple(every), any_of=tuple(map(tuple, groups_of)))
    wanted = [
        row["id"]
        for row in stored
        if all(holds(row, one) for one in every) and all(any(holds(row, one) for one in some) for some in groups_of)
    ]
    with engine.acting(SYSTEM) as act:
        assert [row.id for row in page(act, VOUCHER, query, 0, 100)] == wanted[::-1]
        assert count(act, VOUCHER, query) == len(wanted)


def smallest_first(key: str, value: Any) -> Any:
    """What is empty is smallest; states go by the flow, everything else by itself."""
    if key == "state":
        return STATES.index(value)
    return (value is not None, value if value is not None else 0)


@EXAMPLES
@given(
    ROWS,
    st.lists(
        st.tuples(st.sampled_from(list(COLUMNS)), st.booleans()), min_size=1, max_size=3, unique_by=lambda one: one[0]
    ),
)
def test_both_databases_sort_alike_and_count_from_the_end(
    engine: Engine, rows: list[Line], order: list[tuple[str, bool]]
) -> None:
    wanted = fill(engine, rows)
    for key, descending in reversed(order):
        wanted.sort(key=lambda row: smallest_first(key, row[key]), reverse=descending)
    query, ids = Query(order=tuple(order)), [row["id"] for row in wanted]
    with engine.acting(SYSTEM) as act:
        assert [row.id for row in page(act, VOUCHER, query, 0, 100)] == ids
        assert [row.id for row in stream(act, VOUCHER, query)] == ids
        pieces = [row.id for start in range(0, len(ids), 3) for row in page(act, VOUCHER, query, start, 3, len(ids))]
        assert pieces == ids
        newest = [row.id for start in range(0, len(ids), 4) for row in page(act, VOUCHER, Query(), start, 4, len(ids))]
        assert newest == sorted(ids, reverse=True)


def summed(rows: Sequence[Line]) -> dict[str, dict[str, Decimal]]:
    """Add up in Python: money by currency, quantities by unit."""
    found: dict[str, dict[str, Decimal]] = {"quantity": {}, "amount": {}, "boxes": {}}
    for key, within in (("quantity", "unit"), ("amount", "currency"), ("boxes", "")):
        for row in rows:
            if row[key] is not None:
                name = row[within] if within else ""
                found[key][name] = found[key].get(name, Decimal(0)) + row[key]
    return found


@EXAMPLES
@given(ROWS)
def test_totals_are_exact_per_currency_and_unit(engine: Engine, rows: list[Line]) -> None:
    stored = fill(engine, rows * 3)
    with engine.acting(SYSTEM) as act:
        found = totals(act, VOUCHER, Query())
        assert (found.count, found.sums) == (len(stored), summed(stored))
        some = [row for row in stored if row["id"] % 2]
        assert not some or totals(act, VOUCHER, Query(), [row["id"] for row in some]).sums == summed(some)


@EXAMPLES
@given(ROWS, st.sampled_from([("kind",), ("state", "day"), ("day" + MONTH, "urgent"), ("note",), ("moment" + MONTH,)]))
def test_a_group_opens_to_exactly_its_rows(engine: Engine, rows: list[Line], keys: tuple[str, ...]) -> None:
    stored = fill(engine, rows)
    with engine.acting(SYSTEM) as act:
        found = groups(act, VOUCHER, Query(), keys)
        sizes = [group.totals.count for group in found]
        assert sizes == sorted(sizes, reverse=True)
        seen: Counter[int] = Counter()
        for group in found:
            members = page(act, VOUCHER, Query(group_conditions(keys, group.values)), 0, 100)
            seen.update(row.id for row in members)
            inside = [row for row in stored if row["id"] in {member.id for member in members}]
            if keys != ("note",):  # NULL and "" are two groups and one condition
                assert len(members) == group.totals.count
                assert group.totals.sums == summed(inside)
        assert set(seen) == {row["id"] for row in stored}


def test_a_sum_beyond_64_bits(engine: Engine) -> None:
    row = dict.fromkeys(COLUMNS)
    full = {**row, "state": "DRAFT", "number": "", "kind": "", "currency": "USD", "unit": "007", "urgent": False}
    fill(engine, [{**full, "quantity": Decimal("9999999999999.99999")}] * 40)
    with engine.acting(SYSTEM) as act:
        assert totals(act, VOUCHER, Query()).sums["quantity"] == {"007": Decimal("399999999999999.99960")}


def test_chosen_columns_and_the_search_in_them(engine: Engine) -> None:
    row = {**dict.fromkeys(COLUMNS), "state": "DRAFT", "kind": "I", "currency": "", "unit": "", "urgent": True}
    fill(engine, [{**row, "number": "A", "note": "急件"}, {**row, "number": "B", "note": None}])
    with engine.acting(SYSTEM) as act:
        chosen = Query(text="急", columns=("urgent", "state", "note"))
        assert [one.values for one in page(act, VOUCHER, chosen, 0, 9)] == [(True, "急件")]
        assert page(act, VOUCHER, Query(text="急"), 0, 9) == []
        with pytest.raises(WrongCall, match="没有字段 colour"):
            page(act, VOUCHER, Query(columns=("colour",)), 0, 9)


@pytest.mark.parametrize(
    "wrong",
    [
        Condition("quantity", "contains", "1"),
        Condition("day", "period", "someday"),
        Condition("number", "in", ["x"] * 10_001),
        Condition("day", "eq", "2024-13-01"),
    ],
)
def test_what_makes_no_sense_is_a_wrong_call(engine: Engine, wrong: Condition) -> None:
    with engine.acting(SYSTEM) as act, pytest.raises(WrongCall):
        count(act, VOUCHER, Query((wrong,)))


def test_words_of_the_screen_are_read(engine: Engine) -> None:
    row = {
        **dict.fromkeys(COLUMNS),
        "state": "SENT",
        "kind": "I",
        "currency": "",
        "unit": "",
        "urgent": True,
        "number": "A",
    }
    fill(engine, [{**row, "moment": datetime(2024, 1, 31, 23, 59), "quantity": Decimal("1.5")}])
    title = next(state.title for state in VOUCHER.flow.states if state.key == "SENT")
    for key, op, value in (
        ("state", "eq", title),
        ("kind", "in", ["进口"]),
        ("quantity", "between", ("1", "1.50")),
        ("moment", "between", ("2024-01-31", "2024-01-31")),
        ("moment", "ge", "2024-01-31T23:59"),
        ("urgent", "eq", "是"),
        ("note", "eq", ""),
    ):
        with engine.acting(SYSTEM) as act:
            assert count(act, VOUCHER, Query((Condition(key, op, value),))) == 1, (key, op)
