"""Benchmark: balances of every material from kept totals and from all postings, against one statement of DuckDB.

Run on demand: ``python tests/benchmarks/verification_table.py [lines]`` (1,000,000). 2,000 materials, 1,000 products of
40 consumption rows, 3 periods; every balance is compared with an independent sum of fractions. DuckDB (``pip install
duckdb``) reads the same rows from tables of its own; without it the ratios are left out. Goals: kept totals at most
1.5 times, rebuilt from postings at most 6 times DuckDB. Nothing fails by the clock.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from bondesk.base.records import Base
from bondesk.engine.books import StoredBooks
from bondesk.engine.tables import BalanceRow, PostingRow
from bondesk.ledger.balance import fold
from bondesk.ledger.books import Books
from bondesk.ledger.consumption import Consumption, Filed

BOOK = "E52042300A01"
MATERIALS, PRODUCTS, ROWS = 2000, 1000, 40
START = date(2021, 1, 1)
PERIODS = [(date(year, 1, 1), date(year, 12, 31)) for year in (2021, 2022, 2023)]
Lines = list[tuple[str, int, str, date, int, int]]
Table = dict[tuple[int, int], Decimal]
_POSTING = (
    "INSERT INTO posting (company_id, id, record_no, goods_flag, item_no, uc_version, mode, ie_flag, term, business_date,"
    " stage, quantity, effect, amount, currency, document_key, document_no, document_id, line_id, line_no, reversal,"
    " posted_at) VALUES (1, ?, ?, ?, ?, ?, ?, ?, 'in_out', ?, 'posted', ?, ?, 100, 'USD', 'bonded_note', ?, ?, ?, 1, 0, ?)"
)
_BALANCE = "INSERT INTO balance SELECT ?, ?, goods_flag, item_no, uc_version, mode, ie_flag, stage, "
_DUCK = """
WITH periods AS (SELECT CAST(year - 2021 AS INTEGER) AS period, year FROM (VALUES (2021), (2022), (2023)) AS t(year)),
summed AS (SELECT period, goods_flag, item_no, sum(CAST(quantity * effect AS HUGEINT)) AS quantity
  FROM posting JOIN periods ON year(business_date) = year GROUP BY ALL),
used AS (SELECT period, material_no, sum(CAST(quantity AS HUGEINT) * factor) AS used
  FROM summed JOIN consumption ON goods_flag = 'E' AND item_no = product_no GROUP BY ALL),
moved AS (SELECT period, item_no, quantity FROM summed WHERE goods_flag = 'I')
SELECT coalesce(moved.period, used.period), coalesce(item_no, material_no), coalesce(quantity, 0), coalesce(used, 0)
FROM moved FULL JOIN used ON moved.period = used.period AND item_no = material_no
"""


def made(count: int) -> tuple[Lines, list[Consumption]]:
    """Return lines (goods flag, item, direction, day, scaled quantity, effect) and the filed consumption."""
    random = Random(7)
    lines: Lines = []
    for _ in range(count):
        material = random.random() < 0.6
        flag, items = ("I", MATERIALS) if material else ("E", PRODUCTS)
        day = START + timedelta(days=random.randrange(1095))
        effect = 1 if random.random() < 0.95 else -1
        lines.append((flag, random.randrange(1, items + 1), flag, day, random.randrange(1, 10**10), effect))
    filed = [
        Consumption(
            product, "V1", material, Decimal(random.randrange(1, 10**9)).scaleb(-9), Decimal(random.choice((100, 60)))
        )
        for product in range(1, PRODUCTS + 1)
        for material in random.sample(range(1, MATERIALS + 1), ROWS)
    ]
    return lines, filed


def stored(lines: Lines) -> Session:
    """Store the lines in SQLite, in bulk, and their monthly totals."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine, tables=[PostingRow.__table__, BalanceRow.__table__])  # type: ignore[list-item]
    raw = engine.raw_connection()
    known = datetime(2024, 1, 1).isoformat(" ", "microseconds")
    values = (
        (n, BOOK, flag, item, "" if flag == "I" else "V1", "0615", way, day.isoformat(), quantity, effect,
         f"N{n // 50}", n // 50, n, known)
        for n, (flag, item, way, day, quantity, effect) in enumerate(lines, 1)
    )  # fmt: skip
    raw.executemany(_POSTING, values)
    month = "date(business_date, 'start of month')"
    raw.execute(
        f"{_BALANCE}{month}, sum(quantity * effect) FROM posting"
        f" GROUP BY goods_flag, item_no, uc_version, mode, ie_flag, stage, {month}",
        (1, BOOK),
    )
    raw.commit()
    return Session(engine)


def balances(books: Books, filed: Iterable[Consumption]) -> Table:
    """Return the net of every material and period as the reports have it."""
    known = Filed(filed)
    found = {}
    for place, (begin, end) in enumerate(PERIODS):
        folded = fold(books.movements(BOOK, begin, end), known)
        for item_no, item in folded.items.items():
            found[place, item_no] = item.net
    return found


class AllPostings(StoredBooks):
    """The books without their kept totals: every sum is made from the postings."""

    def _sums(self, record_no: str, begin: date | None, end: date | None) -> Any:
        yield self._posted(record_no, begin, end)


def exact(lines: Lines, filed: Iterable[Consumption]) -> Table:
    """Return the same by fractions alone, rounded half up once per material and period."""
    sums: dict[tuple[int, str, int], int] = defaultdict(int)
    for flag, item, _, day, quantity, effect in lines:
        sums[day.year - 2021, flag, item] += quantity * effect
    used: dict[tuple[int, int], Fraction] = defaultdict(Fraction)
    for row in filed:
        share = Fraction(row.unit_consumption) * Fraction(row.bonded) / 100
        for place in range(3):
            used[place, row.material_no] += sums[place, "E", row.product_no] * share
    found = {}
    for place in range(3):
        for item in range(1, MATERIALS + 1):
            net = sums[place, "I", item] - _half_up(used[place, item])
            found[place, item] = Decimal(net).scaleb(-5)
    return found


def _half_up(value: Fraction) -> int:
    whole = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return whole if value >= 0 else -whole


def measured(work: Callable[[], Any], times: int = 5) -> tuple[float, Any]:
    """Return the median seconds of several runs and the last result."""
    seconds = []
    result = None
    for _ in range(times):
        begun = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds), result


def duck(session: Session, filed: list[Consumption]) -> tuple[float, Table] | None:
    """Return DuckDB's time for one statement over all lines and its balances, None when it is not installed."""
    try:
        duckdb = import_module("duckdb")
    except ImportError:
        return None
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        names = ("goods_flag", "item_no", "business_date", "quantity", "effect")
        path, versions = Path(folder, "posting.csv"), Path(folder, "filed.csv")
        with path.open("w", encoding="utf-8") as file:
            for row in session.connection().exec_driver_sql(f"SELECT {', '.join(names)} FROM posting"):
                file.write(",".join(map(str, row)) + "\n")
        with versions.open("w", encoding="utf-8") as file:
            for one in filed:
                factor = int(one.unit_consumption.scaleb(9) * one.bonded)
                file.write(f"{one.product_no},{one.material_no},{factor}\n")
        here = duckdb.connect(f"{folder}/lines.duckdb")
        types = ("VARCHAR", "INTEGER", "DATE", "BIGINT", "INTEGER")
        columns = ", ".join(f"'{name}': '{kind}'" for name, kind in zip(names, types, strict=True))
        here.execute(f"CREATE TABLE posting AS SELECT * FROM read_csv('{path}', header=false, columns={{{columns}}})")
        here.execute(
            f"CREATE TABLE consumption AS SELECT * FROM read_csv('{versions}', header=false,"
            " columns={'product_no': 'INTEGER', 'material_no': 'INTEGER', 'factor': 'BIGINT'})"
        )
        seconds, rows = measured(lambda: here.execute(_DUCK).fetchall())
        here.close()
    table = {
        (place, item): Decimal(quantity - _half_up(Fraction(used, 10**11))).scaleb(-5)
        for place, item, quantity, used in rows
    }
    return seconds, table


def main(count: int) -> None:
    """Measure, compare and print."""
    lines, filed = made(count)
    session = stored(lines)
    wanted = exact(lines, filed)
    print(f"{count} lines, {MATERIALS} materials, {PRODUCTS} x {ROWS} consumption rows, 3 periods")
    peer = duck(session, filed)
    if peer is None:
        print("DuckDB is not installed: no ratios (pip install duckdb)")
    else:
        print(f"DuckDB, one statement   {peer[0]:.3f} s, {_wrong(peer[1], wanted)} wrong")
    for name, books, goal in (
        ("kept totals", StoredBooks(session, 1), 1.5),
        ("all postings", AllPostings(session, 1), 6.0),
    ):
        seconds, found = measured(lambda books=books: balances(books, filed))  # type: ignore[misc]
        ratio = f", {seconds / peer[0]:.1f} x DuckDB (goal {goal})" if peer else ""
        print(f"{name:23} {seconds:.3f} s, {_wrong(found, wanted)} wrong{ratio}")
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB, data making included")


def _wrong(found: Table, wanted: Table) -> int:
    return sum(found.get(key, Decimal(0)) != want for key, want in wanted.items())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
