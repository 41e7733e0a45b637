"""Benchmark: a list of 1,000,000 rows against the SQL it needs: first page, jump, sort, filter, and the paint time.

Run on demand: ``python tests/benchmarks/million_rows.py [rows]``. Goals: every ratio at most 1.5 in the same
run; no frame over 50 ms while scrolling. The floor does what the list does: of the first page a hand-written
window that reads a page and the count and paints both; of a jump, a sort, a filter the page query of the same
place, and where the count is waited for the count as well.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from sqlalchemy import text

from bondesk.app import open_engine
from bondesk.areas.index import CATALOGUE
from bondesk.desktop.context import Codes, DeskContext
from bondesk.desktop.lane import Lane
from bondesk.desktop.list_head import DEBOUNCE_MS
from bondesk.desktop.list_page import ListPage
from bondesk.desktop.paged_rows import PAGE_ROWS, SETTLE_MS
from bondesk.desktop.style import apply_style
from bondesk.engine import query, summing
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.query import Condition, Query
from bondesk.settings import Home
from builders.clerk import pause

_FILL = """
INSERT INTO part (company_id, id, part_no, goods_kind, name, spec, erp_unit, erp_unit_code, hs_code, dcl_unit, legal_unit1,
    legal_unit2, currency, origin, duty_mode, elements, consumable, standard_controlled, export_dutiable, single_out, active, revision)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)
SELECT 1, i, 'P' || i, 'I', '电容器' || (i % 97), '0402', 'PCS', '007', '8532241000', '054', '035', '054', 'USD', 'JPN', '3', '', 0, 0, 0, 0, 1, 1
FROM n
"""  # noqa: E501 - one statement
PART = CATALOGUE.document("part")
SORTED = Query(order=(("name", False), ("part_no", True)))
FILTERED = Query((Condition("name", "contains", "器96"),))
RUNS = 5


class Desk:
    """A page over the big table, and the SQL alone."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.lane = engine, Lane(engine, SYSTEM)
        context = DeskContext(engine, SYSTEM, self.lane, Codes(), *[lambda *_: None] * 4)  # type: ignore[arg-type]
        self.page = ListPage(context, PART)
        self.loaded: list[int] = []
        self.counted: list[int] = []
        self.page.model.loaded.connect(self.loaded.append)
        self.page.model.counted.connect(self.counted.append)
        self.page.resize(1280, 800)

    def until(self, seen: list[int]) -> None:
        while not seen:
            pause(1)

    def settle(self) -> None:
        while not self.lane.idle:
            pause(1)
        self.loaded.clear()
        self.counted.clear()

    def close(self) -> None:
        self.page.close()
        self.lane.close()
        self.page.deleteLater()


def timed(work: Callable[[], object]) -> float:
    """Return the seconds ``work`` takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def read(engine: Engine, asked: Query, offset: int = 0, *, counted: bool = False, total: int | None = None) -> float:
    """Return the seconds of one page query, and of the count where the list needs it."""

    def work() -> None:
        with engine.acting(SYSTEM) as act:
            query.page(act, PART, asked, offset, PAGE_ROWS, total)
            if counted:
                query.count(act, PART, asked)

    return timed(work)


def first_page(engine: Engine) -> float:
    """Return the seconds until a fresh list page shows its first rows and says how many there are."""
    begin = time.perf_counter()
    desk = Desk(engine)
    desk.page.show()
    desk.until(desk.counted)
    desk.page.view.viewport().repaint()
    taken = time.perf_counter() - begin
    desk.settle()
    desk.close()
    return taken


def plain_page(engine: Engine) -> float:
    """Return the seconds a hand-written window takes for the same: search box, a few buttons, table, count."""
    begin = time.perf_counter()
    window = QWidget()
    column, row = QVBoxLayout(window), QHBoxLayout()
    for widget in (QLineEdit(window), QComboBox(window), *(QPushButton(title, window) for title in "新改删审导印查")):
        row.addWidget(widget)
    table, label = QTableView(window), QLabel(window)
    column.addLayout(row)
    column.addWidget(table)
    column.addWidget(label)
    model = QStandardItemModel(window)
    with engine.acting(SYSTEM) as act:
        for found in query.page(act, PART, Query(), 0, PAGE_ROWS):
            model.appendRow([QStandardItem("" if value is None else str(value)) for value in found.values])
        label.setText(str(query.count(act, PART, Query())))
    table.setModel(model)
    window.resize(1280, 800)
    window.show()
    QApplication.processEvents()
    table.viewport().repaint()
    taken = time.perf_counter() - begin
    window.close()
    window.deleteLater()
    return taken


def report(what: str, pairs: list[tuple[float, float]]) -> None:
    """Write medians and ratio."""
    ratio = statistics.median(high / low for low, high in pairs)
    low, high = (statistics.median(pair[place] for pair in pairs) for place in (0, 1))
    sys.stdout.write(f"{what:<28} list {high:.4f} s, floor {low:.4f} s, ratio {ratio:.2f} (goal <= 1.5)\n")


def jump(desk: Desk, row: int) -> float:
    """Return the seconds until the rows at ``row`` are shown, without the pause that waits for the wheel to rest."""
    desk.settle()
    desk.page.model.rows.forget()
    begin = time.perf_counter()
    desk.page.view.scrollTo(desk.page.model.index(row, 0))
    desk.page.view.viewport().repaint()
    while desk.page.model.peek(row) is None:
        pause(1)
    return time.perf_counter() - begin - SETTLE_MS / 1000


def ask(desk: Desk, asked: Query, *, counted: bool) -> float:
    """Return the seconds until a changed question shows its first rows, or all that is to be said of it."""
    desk.settle()
    begin = time.perf_counter()
    desk.page.model.load(asked)
    desk.until(desk.counted if counted else desk.loaded)
    return time.perf_counter() - begin


def frames(desk: Desk) -> list[float]:
    """Return the seconds of the window's thread for every frame while scrolling through rows that are here."""
    desk.settle()
    bar = desk.page.view.verticalScrollBar()
    taken = []
    for step in range(0, 600, 3):
        bar.setValue(step)
        begin = time.thread_time()
        desk.page.view.viewport().repaint()
        taken.append(time.thread_time() - begin)
    return taken


def main() -> None:
    """Fill a table, then measure pairs."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    app = QApplication(sys.argv)
    apply_style(app)
    folder = Path(tempfile.mkdtemp())
    engine = open_engine(Home(folder))
    with engine.store.sql.begin() as connection:
        connection.execute(text(_FILL), {"rows": rows})
    first_page(engine)
    plain_page(engine)
    report("first page and count", [(plain_page(engine), first_page(engine)) for _ in range(RUNS)])
    desk = Desk(engine)
    desk.page.show()
    desk.until(desk.counted)
    for what, place in (("jump to the middle", rows // 2), ("jump to the end", rows - PAGE_ROWS)):
        page = place // PAGE_ROWS * PAGE_ROWS
        jump(desk, place)
        report(what, [(read(engine, Query(), page, total=rows), jump(desk, place)) for _ in range(RUNS)])
    for what, asked in (("sort by two columns", SORTED), ("filter by contained text", FILTERED)):
        for counted in (False, True):
            pairs = [(read(engine, asked, counted=counted), ask(desk, asked, counted=counted)) for _ in range(RUNS)]
            report(f"{what}{', counted' if counted else ''}", pairs)
    ask(desk, Query(), counted=True)
    painted = frames(desk)
    sys.stdout.write(
        f"frames: median {statistics.median(painted) * 1000:.1f} ms, longest {max(painted) * 1000:.1f} ms (goal <= 50)\n"
    )
    with engine.acting(SYSTEM) as act:
        sys.stdout.write(f"totals {timed(lambda: summing.totals(act, PART, Query())):.3f} s, ")
        sys.stdout.write(f"groups {timed(lambda: summing.groups(act, PART, Query(), ('name',))):.3f} s\n")
    sys.stdout.write(f"(typing pauses {DEBOUNCE_MS} ms, scrolling {SETTLE_MS} ms before asking)\n")
    desk.settle()
    desk.close()
    engine.store.dispose()
    del app
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
