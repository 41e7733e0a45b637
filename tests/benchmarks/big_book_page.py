"""Benchmark: the form of a big book's change – opened, jumped through, searched, compared – and how long keys wait.

Run on demand: ``python tests/benchmarks/big_book_page.py [scale]`` (1 = 400,000 consumption rows). Each step prints
its seconds, the longest time the window did not answer meanwhile, the processor time the window's own thread took
(which a busy machine does not lengthen), and the process's peak memory.
"""

from __future__ import annotations

import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.big_book import fill
from bondesk.app import open_engine
from bondesk.areas.index import CATALOGUE
from bondesk.desktop.context import Codes, DeskContext
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.lane import Lane
from bondesk.desktop.style import apply_style
from bondesk.engine import changing, records
from bondesk.engine.engine import SYSTEM
from bondesk.settings import Home
from builders.clerk import pause


class Stalls:
    """Measures the longest gap between two ticks of the event loop."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, now - self._last), now

    def step(self, title: str, work: Callable[[], object], done: Callable[[], bool]) -> None:
        """Order ``work``, wait until ``done``, print."""
        self.longest, self._last = 0.0, time.perf_counter()
        begin, worked = time.perf_counter(), time.thread_time()
        work()
        while not done():
            pause(5)
        self._tick()
        worked = time.thread_time() - worked
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        took = time.perf_counter() - begin
        held = f"blocked {self.longest * 1000:5.0f} ms   window's own work {worked * 1000:5.0f} ms"
        print(f"{title:<28} {took:7.2f} s   {held}   peak {peak:5.0f} MB", flush=True)


def main() -> None:
    """Fill, open the change, work on it."""
    scale = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    app = QApplication(sys.argv)
    apply_style(app)
    folder = Path(tempfile.mkdtemp(prefix="bondesk-big-"))
    try:
        engine = open_engine(Home(folder))
        fill(engine, scale)
        with engine.acting(SYSTEM) as act:
            approved = CATALOGUE.document("account")
            draft = changing.start(act, approved, records.load_numbered(act, approved, "E52042400001").id)
        lane = Lane(engine, SYSTEM)
        nothing: Callable[..., None] = lambda *_given: None  # noqa: E731
        context = DeskContext(engine, SYSTEM, lane, Codes(), nothing, nothing, nothing, nothing)
        measure(lambda: FormPage(context, CATALOGUE.document("account_draft"), draft), lane)
        lane.close()
        engine.store.dispose()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(make: Callable[[], FormPage], lane: Lane) -> None:
    """Print what each step takes."""
    stalls = Stalls()
    made: list[FormPage] = []

    def open_form() -> None:
        made.append(make())
        made[0].resize(1400, 860)
        made[0].show()

    def idle() -> bool:
        return lane.idle

    stalls.step("open the form", open_form, lambda: idle() and made[0].body.isEnabled())
    page = made[0]
    rows = page.body.rows.windows["consumptions"]
    stalls.step("turn to the consumption", lambda: page.body.tabs.setCurrentWidget(rows), idle)
    last = rows.model.rowCount() - 1
    stalls.step("jump to the last row", lambda: rows.show_row(last), lambda: idle() and rows.current() is not None)

    def search() -> None:
        rows.chips.search.setText("777")
        rows.filter()

    stalls.step("search", search, idle)

    def clear() -> None:
        rows.chips.clear()
        rows.filter()

    stalls.step("clear the search", clear, idle)
    assert rows.source is not None
    stalls.step("compare with the source", rows.source.open, idle)
    print(f"  {rows.source.pane.model.rowCount():,} differ")
    stalls.step("take the differences over", rows.source.extract, lambda: idle() and not rows.deeds.busy)
    stalls.step("next change", lambda: rows.step(1), idle)
    page._closing = True
    page.close()


if __name__ == "__main__":
    main()
