"""Benchmark: balances of every material from kept totals and from all postings, against one statement of DuckDB.

Run on demand: ``python tests/benchmarks/verification_table.py [lines…]`` (1,000,000); with several numbers of lines
the growth is printed too. 2,000 materials, 1,000 products of
40 consumption rows, 3 periods; every balance is compared with an independent sum of fractions. DuckDB (``pip install
duckdb``) reads the same rows from tables of its own; without it the ratios are left out. Goals: kept totals at most
1.5 times, rebuilt from postings at most 6 times DuckDB. Nothing fails by the clock.
"""

from __future__ import annotations

import math
import pickle
import resource
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy.orm import Session

from bondesk.base.records import Base, new_id
from bondesk.engine.books import StoredBooks
from bondesk.engine.store import open_store
from bondesk.engine.tables import BalanceRow, HeadingRow, PostingRow
from bondesk.ledger.balance import fold
from bondesk.ledger.books import Books
from bondesk.ledger.consumption import Consumption, Filed, Share

BOOK = "E52042300A01"
MATERIALS, PRODUCTS, ROWS = 2000, 1000, 40
START = date(2021, 1, 1)
PERIODS = [(date(year, 1, 1), date(year, 12, 31)) for year in (2021, 2022, 2023)]
Lines = list[tuple[str, int, str, date, int, int]]
Table = dict[tuple[int, int], Decimal]
_POSTING = (
    "INSERT INTO posting (company_id, id, record_no, goods_flag, item_no, uc_version, mode, ie_flag, term, business_date,"
    " stage, quantity, effect, amount, currency, document_key, document_no, document_id, line_id, line_no, reversal,"
    " posted_at, heading_id, signed)"
    " VALUES (1, ?, ?, ?, ?, ?, ?, ?, 'in_out', ?, 'posted', ?, ?, 100, 'USD', 'bonded_note', ?, ?, ?, 1, 0, ?, ?, ?)"
)
_HEADING = "INSERT INTO ledger_heading VALUES (1, ?, ?, ?, ?, ?, ?, ?, 'posted')"
_BALANCE = """
INSERT INTO balance SELECT 1, heading_id, date(business_date, 'start of month'), sum(signed) FROM posting GROUP BY 2, 3
"""
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


def stored(lines: Lines, folder: Path) -> Session:
    """Store the lines in a SQLite file, in bulk, and their monthly totals."""
    store = open_store(f"sqlite:///{folder / 'lines.sqlite'}")
    Base.metadata.create_all(store.sql, tables=[one.__table__ for one in (HeadingRow, PostingRow, BalanceRow)])  # type: ignore[misc]
    fill(store.sql.raw_connection(), lines)
    return Session(store.sql)


def fill(raw: Any, lines: Lines) -> None:
    """Write postings of the first company with their headings and monthly totals, and commit."""
    known = datetime(2024, 1, 1).isoformat(" ", "microseconds")
    keys = [("I", item, "") for item in range(1, MATERIALS + 1)]
    keys += [("E", item, "V1") for item in range(1, PRODUCTS + 1)]
    numbers = {key[:2]: new_id() for key in keys}
    raw.executemany(_HEADING, [(numbers[key[:2]], BOOK, *key, "0615", key[0]) for key in keys])
    values = (
        (n, BOOK, flag, item, "" if flag == "I" else "V1", "0615", way, day.isoformat(), quantity, effect,
         f"N{n // 50}", n // 50, n, known, numbers[flag, item], quantity * effect)
        for n, (flag, item, way, day, quantity, effect) in enumerate(lines, 1)
    )  # fmt: skip
    raw.executemany(_POSTING, values)
    raw.execute(_BALANCE)
    raw.commit()


def balances(books: Books, known: Filed) -> Table:
    """Return the net of every material and period as the reports have it."""
    found = {}
    for place, (begin, end) in enumerate(PERIODS):
        folded = fold(books.movements(BOOK, begin, end), known)
        for item_no, item in folded.items.items():
            found[place, item_no] = item.net
    return found


class AllPostings(StoredBooks):
    """The books without their kept totals: every sum is made from the postings."""

    def _sums(self, begin: date | None, end: date | None) -> Any:
        yield self._posted(begin, end)


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


@dataclass(frozen=True, slots=True)
class Taken:
    """The median seconds of several runs: by the clock, and of processors (which others on the machine change less)."""

    clock: float
    processor: float

    def over(self, floor: Taken | None, goal: float) -> str:
        """Return the ratio to a floor as text, "" without one."""
        if floor is None:
            return ""
        clock, processor = self.clock / floor.clock, self.processor / floor.processor
        return f"   {clock:5.2f} x by the clock, {processor:5.2f} x by processor time (goal {goal})"

    def __str__(self) -> str:
        return f"{self.clock:7.3f} s, processor {self.processor:7.3f} s"


def measured(work: Callable[[], Any], times: int = 5) -> tuple[Taken, Any]:
    """Return the median seconds of several runs and the last result."""
    clocks, processors = [], []
    result = None
    for _ in range(times):
        clock, processor = time.perf_counter(), time.process_time()
        result = work()
        clocks.append(time.perf_counter() - clock)
        processors.append(time.process_time() - processor)
    return Taken(statistics.median(clocks), statistics.median(processors)), result


def duck(session: Session, filed: list[Consumption]) -> tuple[Taken, Table] | None:
    """Return DuckDB's time for one statement over all lines and its balances, None when it is not installed."""
    try:
        duckdb = import_module("duckdb")
    except ImportError:
        return None
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


def make(folder: Path, count: int) -> None:
    """Store lines and keep what is wanted of them; in a process of its own, so that it weighs on nobody's memory."""
    lines, filed = made(count)
    stored(lines, folder).close()
    (folder / "wanted").write_bytes(pickle.dumps((filed, exact(lines, filed))))


def main(counts: Sequence[int]) -> None:
    """Measure every number of lines, compare and print; then how the seconds grow from the fewest to the most."""
    seconds: dict[str, list[float]] = defaultdict(list)
    for count in counts:
        with TemporaryDirectory() as folder:
            subprocess.run([sys.executable, __file__, "--make", folder, str(count)], check=True)
            filed, wanted = pickle.loads((Path(folder) / "wanted").read_bytes())
            with Session(open_store(f"sqlite:///{folder}/lines.sqlite").sql) as session:
                for name, taken in compared(session, filed, wanted, count).items():
                    seconds[name].append(taken.processor)
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB (goal 1024)")
    if len(counts) > 1:
        for name, found in seconds.items():
            exponent = math.log(found[-1] / found[0]) / math.log(counts[-1] / counts[0])
            print(f"{name:21} grows with the lines to the power {exponent:5.2f} (goal 1.05)")


def compared(session: Session, filed: list[Consumption], wanted: Table, count: int) -> dict[str, Taken]:
    """Print the seconds of DuckDB and of both ways, and their ratios; return ours."""
    print(f"{count:,} lines, {MATERIALS} materials, {PRODUCTS} x {ROWS} consumption rows, 3 periods")
    peer = duck(session, filed)
    floor = peer[0] if peer else None
    if peer is None:
        print("DuckDB is not installed: no ratios (pip install duckdb)")
    else:
        print(f"DuckDB, one statement {peer[0]}, {_wrong(peer[1], wanted)} wrong")
    first, known = measured(lambda: prepared(filed), 3)
    print(f"filed consumption     {first}   made once, when a book is read")
    ours = {}
    for name, books, goal in (
        ("kept totals", StoredBooks, 1.5),
        ("all postings", AllPostings, 6.0),
    ):
        taken, found = measured(lambda books=books: balances(books(session, 1), known))  # type: ignore[misc]
        print(f"{name:21} {taken}, {_wrong(found, wanted)} wrong{taken.over(floor, goal)}", flush=True)
        ours[name] = taken
    return ours


def prepared(filed: list[Consumption]) -> Filed:
    """Return the consumption with its factors."""
    known = Filed(filed)
    known.factors(Share.GROSS)
    return known


def _wrong(found: Table, wanted: Table) -> int:
    return sum(found.get(key, Decimal(0)) != want for key, want in wanted.items())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--make"]:
        make(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main([int(one) for one in sys.argv[1:]] or [1_000_000])
