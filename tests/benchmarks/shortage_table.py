"""Benchmark: 短溢表 with its count exploded, against the table of balances of the same book (report 1).

Run on demand: ``python tests/benchmarks/shortage_table.py [lines…]`` (1,000,000). 2,000 materials, 1,000 products of 40
consumption rows, 300 semi-products of 10 parts, all of them counted. Both are run as reports, in turn, each in an act
of its own that reads everything anew, and then again in an act that has read the masters already. A, B and D of every
material are compared with sums of fractions made apart. Goal: at most 1.5 times. Nothing fails by the clock.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import insert, text

from benchmarks.verification_table import BOOK, MATERIALS, PRODUCTS, Lines, fill, made
from bondesk.app import load_codes, open_engine
from bondesk.areas.accounts.book_model import Account, AccountConsumption, AccountLine
from bondesk.areas.goods.bom import Bom, BomLine
from bondesk.areas.goods.consolidation_map import ConsolidationMap
from bondesk.areas.goods.part import Part
from bondesk.areas.stock.stock_model import Stocktake, StocktakeLine
from bondesk.base.records import new_id
from bondesk.engine import reporting
from bondesk.engine.act import Act
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.ledger.consumption import Consumption
from bondesk.settings import Home

SEMIS, PARTS_OF_SEMI, TIMES = 300, 10, 5
DAY = date(2023, 12, 31)
PIECE = {"company_id": 1, "erp_unit": "007", "erp_unit_code": "007", "dcl_unit": "007", "revision": 1, "active": True}
#: (material, net) of each semi-product, and what was counted of every part.
Semis = dict[str, list[tuple[int, Decimal]]]
Counts = dict[str, Decimal]


def stored(act: Act, model: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows of one company, each with an id unless it has one."""
    act.session.execute(insert(model), [{"company_id": 1, "id": new_id(), **row} for row in rows])


def book(act: Act, filed: Sequence[Consumption]) -> None:
    """Store the approved account with its goods and consumption."""
    head = new_id()
    names = {"copy": "approved", "book_kind": "EMS", "internal_no": "B", "record_no": BOOK, "state": "APPROVED"}
    dates = {"approved_on": date(2021, 1, 1), "valid_to": date(2099, 12, 31), "revision": 1, "basis": "NOTE"}
    stored(act, Account, [{"id": head, **names, **dates, "customs_code": "4453", "change_count": 0}])
    line = {"header_id": head, "hs_code": "8532241000", "dcl_unit": "007", "legal_unit1": "007"}
    goods = [("I", item) for item in range(1, MATERIALS + 1)] + [("E", item) for item in range(1, PRODUCTS + 1)]
    stored(act, AccountLine, [
        {**line, "goods_flag": flag, "item_no": item, "line_no": item, "name": f"{flag}{item}"} for flag, item in goods
    ])  # fmt: skip
    stored(act, AccountConsumption, [
        {
            "header_id": head, "line_no": place, "product_no": one.product_no, "uc_version": one.uc_version,
            "material_no": one.material_no, "net": one.unit_consumption, "unit_consumption": one.unit_consumption,
            "bonded": one.bonded, "tangible": Decimal(0), "intangible": Decimal(0),
        }
        for place, one in enumerate(filed, 1)
    ])  # fmt: skip


def factory(act: Act, random: Random) -> Semis:
    """Store the parts of every item, the map, and the semi-products with their BOMs."""
    numbers = [("I", item, f"M{item}") for item in range(1, MATERIALS + 1)]
    numbers += [("E", item, f"P{item}") for item in range(1, PRODUCTS + 1)]
    semis: Semis = {
        f"S{place}": [
            (material, Decimal(random.randrange(1, 10**6)).scaleb(-4))
            for material in random.sample(range(1, MATERIALS + 1), PARTS_OF_SEMI)
        ]
        for place in range(1, SEMIS + 1)
    }
    parts = [(flag, number) for flag, _, number in numbers] + [("S", number) for number in semis]
    stored(act, Part, [
        {**PIECE, "goods_kind": flag, "part_no": number, "name": number, "hs_code": "8532241000", "conv_factor": 1}
        for flag, number in parts
    ])  # fmt: skip
    stored(act, ConsolidationMap, [
        {"goods_flag": flag, "merge_no": item, "part_no": number, "active": True, "revision": 1}
        for flag, item, number in numbers
    ])  # fmt: skip
    heads = {number: new_id() for number in semis}
    stored(act, Bom, [
        {"id": heads[number], "product_part_no": number, "bom_version": "V1", "revision": 1} for number in semis
    ])  # fmt: skip
    stored(act, BomLine, [
        {
            "header_id": heads[number], "line_no": place, "material_part_no": f"M{material}", "net": net,
            "tangible": Decimal(0), "intangible": Decimal(0), "bonded": Decimal(100),
        }
        for number, lines in semis.items()
        for place, (material, net) in enumerate(lines, 1)
    ])  # fmt: skip
    return semis


def stocktakes(act: Act, semis: Semis, random: Random) -> Counts:
    """Count every part there is."""
    kinds = {
        "I": [f"M{item}" for item in range(1, MATERIALS + 1)],
        "E": [f"P{item}" for item in range(1, PRODUCTS + 1)],
        "S": list(semis),
    }
    counts: Counts = {}
    for kind, numbers in kinds.items():
        head = new_id()
        stored(act, Stocktake, [{"id": head, "count_date": DAY, "kind": kind, "state": "CONFIRMED", "revision": 1}])
        for number in numbers:
            counts[number] = Decimal(random.randrange(1, 10**9)).scaleb(-5)
        stored(act, StocktakeLine, [
            {
                "header_id": head, "line_no": place, "part_no": number, "quantity": counts[number], "erp_unit": "007",
                "counted_qty": counts[number], "bom_version": "V1" if kind == "S" else "",
            }
            for place, number in enumerate(numbers, 1)
        ])  # fmt: skip
    return counts


def exact(lines: Lines, filed: Sequence[Consumption], semis: Semis, counts: Counts) -> dict[int, tuple[Decimal, ...]]:
    """Return A, B and D of every material by fractions alone; every column rounded half up once."""
    moved: dict[tuple[str, int], int] = defaultdict(int)
    for flag, item, _, _, quantity, effect in lines:
        moved[flag, item] += quantity * effect
    used: dict[int, Fraction] = defaultdict(Fraction)
    made_up: dict[int, Fraction] = defaultdict(Fraction)
    halfway: dict[int, Fraction] = defaultdict(Fraction)
    for row in filed:
        share = Fraction(row.unit_consumption) * Fraction(row.bonded) / 100
        used[row.material_no] += moved["E", row.product_no] * share
        made_up[row.material_no] += Fraction(counts[f"P{row.product_no}"]) * share
    for number, parts in semis.items():
        for material, net in parts:
            halfway[material] += Fraction(counts[number]) * Fraction(net)
    found = {}
    for item in range(1, MATERIALS + 1):
        booked = Decimal(moved["I", item]).scaleb(-5) - _half_up(used[item] / 10**5)
        counted = counts[f"M{item}"] + _half_up(made_up[item]) + _half_up(halfway[item])
        found[item] = (booked, counted, counted - booked)
    return found


def _half_up(value: Fraction) -> Decimal:
    scaled = value * 10**5
    whole = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if value >= 0 else -whole).scaleb(-5)


def run(act: Act, key: str, options: dict[str, Any]) -> tuple[float, float, Any]:
    """Run a report; return its seconds by the clock and of the processor, and the table."""
    report = act.catalogue.report(key)
    clock, processor = time.perf_counter(), time.process_time()
    table = reporting.run_at_once(act, report, report.options(**options))
    return time.perf_counter() - clock, time.process_time() - processor, table


BALANCES = ("material_status", {"record_no": BOOK, "date_to": DAY})
SHORTAGE = ("shortage_table", {"record_no": BOOK, "day": DAY})


def compared(name: str, once: Callable[[str, dict[str, Any]], tuple[float, float, Any]]) -> Any:
    """Run both in turn; print medians and ratio; return the last 短溢表."""
    taken: dict[str, list[tuple[float, float]]] = defaultdict(list)
    table = None
    for _ in range(TIMES):
        for key, options in (BALANCES, SHORTAGE):
            clock, processor, table = once(key, options)
            taken[key].append((clock, processor))
    (clock, processor), (ours, ours_processor) = (
        [statistics.median(part) for part in zip(*taken[key], strict=True)] for key, _ in (BALANCES, SHORTAGE)
    )
    print(
        f"{name:22} balances {clock:6.3f} s (processor {processor:6.3f}), 短溢表 {ours:6.3f} s ({ours_processor:6.3f}):"
        f" {ours / clock:4.2f} x by the clock, {ours_processor / processor:4.2f} x by processor time (goal 1.5)",
        flush=True,
    )
    return table


def wrong(engine: Engine, table: Any, wanted: dict[int, tuple[Decimal, ...]]) -> int:
    """Count the materials whose A, B or D is not the one wanted."""
    keys = [column.key for column in engine.catalogue.report("shortage_table").columns]
    found = {}
    for row in table.rows:
        values = dict(zip(keys, row.values, strict=True))
        found[values["item_no"]] = (values["booked"], values["counted"], values["difference"])
    return sum(found.get(item) != figures for item, figures in wanted.items())


def measure(engine: Engine, count: int) -> int:
    """Fill one data folder, measure, and return how many materials are wrong."""
    lines, filed = made(count)
    random = Random(3)
    with engine.acting(SYSTEM) as act:
        book(act, filed)
        semis = factory(act, random)
        counts = stocktakes(act, semis, random)
    fill(engine.store.sql.raw_connection(), lines)
    wanted = exact(lines, filed, semis, counts)
    del lines
    with engine.acting(SYSTEM) as act:
        act.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    def anew(key: str, options: dict[str, Any]) -> tuple[float, float, Any]:
        with engine.acting(SYSTEM) as act:
            return run(act, key, options)

    print(f"{count:,} lines, {MATERIALS} materials, {PRODUCTS} products, {SEMIS} semi-products, all counted")
    compared("everything read anew", anew)
    with engine.acting(SYSTEM) as act:
        for key, options in (BALANCES, SHORTAGE):
            run(act, key, options)
        table = compared("masters read already", lambda key, options: run(act, key, options))
    found = wrong(engine, table, wanted)
    print(f"{found} of {MATERIALS} materials wrong")
    return found


def main(counts: list[int]) -> int:
    """Measure each number of lines in a folder of its own; 1 when a figure is wrong."""
    failed = 0
    for count in counts:
        folder = Path(tempfile.mkdtemp(prefix="bondesk-shortage-"))
        try:
            engine = open_engine(Home(folder))
            load_codes(engine)
            failed += measure(engine, count)
            engine.store.dispose()
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main([int(one) for one in sys.argv[1:]] or [1_000_000]))
