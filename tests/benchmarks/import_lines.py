"""Benchmark: import of 20,000 source lines against reading the same cells and a raw executemany.

Run on demand: ``python tests/benchmarks/import_lines.py [lines]``. Prints figure, floor and ratio of one run
(goal: at most 4). Nothing here fails by the clock.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook

from bondesk.app import first_administrator, load_codes, open_engine
from bondesk.areas.index import CATALOGUE
from bondesk.areas.notes.source_document import SourceLine
from bondesk.base.records import new_id
from bondesk.base.steps import play
from bondesk.demo import WORKBOOKS
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.importing import import_steps
from bondesk.settings import Home, carried

HEADINGS = (
    "单据号* 单据日期* 进出口标志* 监管方式* 客户供应商 行号 料号* 数量* 企业单位 单价 总价 币制* 国别 "
    "净重 毛重 件数 BOM版本 发票号 合同号 提单号 运输方式 进出境关别"
).split()
PARTS = ("CAP0402-104K", "DIO-SS34A", "TRA-3904", "MOS-65R190", "PCB-6L-GW", "IND-100UH", "BAT-18650", "CON-TYPEC")


def make_workbook(path: Path, lines: int) -> None:
    """Write ``lines`` source lines, eight a document."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("原始单证")
    sheet.write_row(0, 0, HEADINGS)
    for row in range(1, lines + 1):
        document, line = divmod(row - 1, 8)
        values = (
            f"B{document:06d}", f"2024-02-{document % 28 + 1:02d}", "进口", "0615", "S03", line + 1, PARTS[line],
            1000 + row % 977, "PCS", 0.05 + row % 13 / 100, "", "USD", "TW", "", round(1 + row % 7 / 10, 2), "", "",
            f"INV{document}", f"C-{document % 50}", f"{document:010d}", "2", "5208",
        )  # fmt: skip
        sheet.write_row(row, 0, values)
    book.close()


def prepared(home: Home) -> Engine:
    """Return an engine whose company has the masters."""
    engine = open_engine(home)
    load_codes(engine)
    first_administrator(engine, "benchmark")
    for key, name in WORKBOOKS:
        if key != "source_document":
            with engine.acting(SYSTEM) as act:
                play(import_steps(act, CATALOGUE.document(key), carried("resources") / "demo" / name))
    return engine


def floor(engine: Engine, path: Path) -> None:
    """Read the cells with the reader library and insert raw rows with executemany."""
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)[1:]
    columns = SourceLine.__table__.c
    head = new_id()
    with engine.store.sql.begin() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        names = [c.name for c in columns]
        marks = ",".join("?" * len(names))
        raw.execute("CREATE TEMP TABLE raw_line AS SELECT * FROM source_line WHERE 0")
        raw.executemany(
            f"INSERT INTO raw_line VALUES ({marks})",
            [
                (2, new_id(), head, int(r[5]), r[6], int(r[7]), r[8], r[9], r[10], r[11], r[12], r[13], r[14], r[15])
                + tuple(r[16:22])
                + ("",) * (len(names) - 20)
                for r in rows
            ],
        )


def timed(work: Callable[[], object]) -> float:
    """Return the seconds ``work`` takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def main() -> None:
    """Measure three pairs and print them."""
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    folder = Path(tempfile.mkdtemp())
    path = folder / "lines.xlsx"
    make_workbook(path, lines)
    ratios = []
    for number in range(3):
        engine = prepared(Home(folder / f"home{number}"))
        low = timed(lambda engine=engine: floor(engine, path))  # type: ignore[misc]

        def ours(engine: Engine = engine) -> None:
            with engine.acting(SYSTEM) as act:
                play(import_steps(act, CATALOGUE.document("source_document"), path))

        high = timed(ours)
        ratios.append(high / low)
        sys.stdout.write(f"import {lines} lines: {high:.2f} s, floor {low:.2f} s, ratio {high / low:.2f}\n")
        engine.store.dispose()
    sys.stdout.write(f"median ratio {statistics.median(ratios):.2f} (goal <= 4)\n")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
