"""Benchmark: a list of 1,000,000 rows shows its first page, against the SQL page query alone.

Run on demand: ``python tests/benchmarks/million_rows.py [rows]``. Goal: ratio at most 1.5 in the same run.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sqlalchemy import text

from bondesk.app import open_engine
from bondesk.areas.index import CATALOGUE
from bondesk.desktop.context import Codes, DeskContext
from bondesk.desktop.lane import Lane
from bondesk.desktop.list_page import ListPage
from bondesk.engine import query
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.settings import Home

_FILL = """
INSERT INTO part (company_id, id, part_no, goods_kind, name, spec, erp_unit, erp_unit_code, hs_code, dcl_unit, legal_unit1,
    legal_unit2, currency, origin, duty_mode, elements, consumable, standard_controlled, export_dutiable, single_out, active, revision)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)
SELECT 1, i, 'P' || i, 'I', '电容器', '0402', 'PCS', '007', '8532241000', '054', '035', '054', 'USD', 'JPN', '3', '', 0, 0, 0, 0, 1, 1
FROM n
"""  # noqa: E501 - one statement


def open_page(engine: Engine) -> float:
    """Return the seconds until a fresh list page shows its first rows."""
    lane = Lane(engine, SYSTEM)
    context = DeskContext(engine, SYSTEM, lane, Codes(), *[lambda *_: None] * 4)  # type: ignore[arg-type]
    shown: list[int] = []
    begin = time.perf_counter()
    page = ListPage(context, CATALOGUE.document("part"))
    page.model.loaded.connect(shown.append)
    page.resize(1280, 800)
    page.show()
    while not shown:
        QTest.qWait(1)
    taken = time.perf_counter() - begin
    page.close()
    lane.close()
    page.deleteLater()
    return taken


def read_page(engine: Engine) -> float:
    """Return the seconds of what a list asks of SQL: one page and the count."""
    begin = time.perf_counter()
    with engine.acting(SYSTEM) as act:
        document = CATALOGUE.document("part")
        query.page(act, document, query.Query(), 0, 200)
        query.count(act, document, query.Query())
    return time.perf_counter() - begin


def main() -> None:
    """Fill a table, then measure pairs."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    app = QApplication(sys.argv)
    folder = Path(tempfile.mkdtemp())
    engine = open_engine(Home(folder))
    with engine.store.sql.begin() as connection:
        connection.execute(text(_FILL), {"rows": rows})
    open_page(engine)
    ratios = []
    for _ in range(7):
        low, high = read_page(engine), open_page(engine)
        ratios.append(high / low)
        sys.stdout.write(f"list of {rows:,} rows {high:.3f} s, its SQL {low:.3f} s, ratio {high / low:.2f}\n")
    sys.stdout.write(f"median ratio {statistics.median(ratios):.2f} (goal <= 1.5)\n")
    engine.store.dispose()
    del app
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
