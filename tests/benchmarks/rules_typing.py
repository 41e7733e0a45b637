"""Benchmark: rules as you type on a note of 5,000 lines – what a pause costs the window, and how soon the answer is there.

Run on demand: ``python tests/benchmarks/rules_typing.py [lines]``. Goal: the window is never held up for more than
50 ms. The floor is a check of everything, as a save makes it, of the same lines in the same run.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.big_book_page import Stalls
from bondesk.app import open_engine
from bondesk.areas.index import CATALOGUE
from bondesk.base.findings import Finding
from bondesk.desktop.context import Codes, DeskContext
from bondesk.desktop.edited import blank_line
from bondesk.desktop.form_body import FormBody
from bondesk.desktop.form_checks import FormChecks
from bondesk.desktop.lane import Lane
from bondesk.desktop.style import apply_style
from bondesk.engine import records
from bondesk.engine.drafts import Draft, LineDraft, assemble
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.settings import Home
from builders.clerk import pause

NOTE = CATALOGUE.document("bonded_note")
ROUNDS = 15


def line(number: int, *, wrong: bool) -> LineDraft:
    """Return a line as a clerk types it; a wrong one has a price that does not fit."""
    quantity = Decimal(number + 1)
    values = blank_line(NOTE.lines[0]).values | {
        "line_no": number + 1,
        "item_no": number % 50 + 1,
        "part_no": f"P{number}",
        "hs_code": "8532241000",
        "name": "电容器",
        "dcl_unit": "007",
        "legal_unit1": "035",
        "dcl_qty": quantity,
        "legal_qty1": quantity / 4,
        "price": Decimal("1.6" if wrong else "1.5"),
        "total": quantity * Decimal("1.5"),
        "currency": "USD",
        "duty_mode": "3",
        "origin_country": "JPN",
        "destination_country": "CHN",
    }
    return LineDraft(values, number + 1)


def filled(engine: Engine, lines: int, wrong: int) -> Draft:
    """Return a note of ``lines`` lines, ``wrong`` of them with a finding."""
    with engine.acting(SYSTEM) as act:
        draft = records.blank(act, NOTE)
    draft.head |= {"internal_no": "N1", "ie_flag": "I", "goods_flag": "I", "supervision_mode": "0615"}
    draft.lines[NOTE.lines[0].key] = [line(number, wrong=number < wrong) for number in range(lines)]
    draft.id = 1
    return draft


def whole(engine: Engine, draft: Draft) -> float:
    """Return the seconds a check of everything takes, rows built as for a save."""
    begin = time.perf_counter()
    with engine.acting(SYSTEM) as act, act.session.no_autoflush:
        header = assemble(NOTE, draft)
        header.id = 1
        records.findings_of(act, NOTE, header)
        act.session.expunge_all()
    return time.perf_counter() - begin


def worked(work: Callable[[], object]) -> float:
    """Return the seconds of this thread's processor ``work`` takes, however busy the machine is."""
    begin = time.thread_time()
    work()
    return time.thread_time() - begin


def measure(engine: Engine, lines: int, wrong: int) -> None:
    """Type into cells, ask the rules, show the answer; print what it costs."""
    lane = Lane(engine, SYSTEM)
    nothing: Any = lambda *_given: None  # noqa: E731
    context = DeskContext(engine, SYSTEM, lane, Codes(), nothing, nothing, nothing, nothing)
    place = QWidget()
    body = FormBody(context, NOTE, place)
    body.setParent(None)
    body.load(filled(engine, lines, wrong))
    body.set_editable(True)
    body.resize(1280, 800)
    body.show()
    checks, answers, shown = FormChecks(lane, NOTE, body.draft, body), list[list[Finding]](), list[float]()
    checks.found.connect(answers.append)
    checks.found.connect(lambda found: shown.append(worked(lambda: body.findings.show(found))))
    model, stalls = body.grids["lines"].model, Stalls()
    column = model.column("net_weight")
    waited, held, floors, handed, idle = [list[float]() for _ in range(5)]
    for number in range(ROUNDS):
        model.setData(model.index(number * (lines // ROUNDS), column), Decimal(number))
        pause(30)
        stalls.longest, stalls._last = 0.0, time.perf_counter()
        pause(100)
        idle.append(stalls.longest)
        answers.clear()
        stalls.longest, stalls._last = 0.0, time.perf_counter()
        begin = time.perf_counter()
        handed.append(worked(checks._ask))
        while not answers:
            pause(1)
        waited.append(time.perf_counter() - begin)
        pause(30)
        held.append(stalls.longest)
        if number % 3 == 0:
            floors.append(whole(engine, body.draft()))
    middle = statistics.median
    figure, floor = middle(waited[1:]), middle(floors)
    print(f"{lines:,} lines, {len(answers[-1]):,} findings: first answer after {waited[0] * 1000:.0f} ms")
    print(f"  after a cell: {figure * 1000:.0f} ms, a whole check {floor * 1000:.0f} ms, ratio {figure / floor:.2f}")
    print(
        f"  the window's own work: handing over {middle(handed[1:]) * 1000:.1f} ms (first {handed[0] * 1000:.1f}), "
        f"showing {middle(shown[1:]) * 1000:.1f} ms (first {shown[0] * 1000:.1f}); goal together <= 50"
    )
    print(
        f"  longest gap between two events {middle(held[1:]) * 1000:.0f} ms, doing nothing {middle(idle) * 1000:.0f} ms"
    )
    body.close()
    lane.close()


def main() -> None:
    """Measure a note without findings and one full of them."""
    app = QApplication(sys.argv)
    apply_style(app)
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    folder = Path(tempfile.mkdtemp(prefix="bondesk-typing-"))
    try:
        engine = open_engine(Home(folder))
        for wrong in (0, lines // 50, lines):
            measure(engine, lines, wrong)
        engine.store.dispose()
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
