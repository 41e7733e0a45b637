"""Benchmark: a note of 50 lines is posted, balances included, over 10,000, 100,000 and 1,000,000 earlier postings.

Run on demand: ``python tests/benchmarks/posting_notes.py [postings…]``. Each is a SQLite file of its own. The floor is
inserting the same 50 rows into the same table by the bare driver; both commit. Goals: at most 3 times the floor, and
within 20 % of each other whatever lies there already. Nothing fails by the clock.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import text

from benchmarks.verification_table import BOOK, MATERIALS, fill, made
from bondesk.app import load_codes, open_engine
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine
from bondesk.base.records import new_id
from bondesk.engine import posting
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.settings import Home

LINES, TIMES = 50, 40


def note(engine: Engine, random: Random) -> int:
    """Store an approved note that has posted nothing yet; return its id."""
    with engine.acting(SYSTEM) as act:
        made_one = BondedNote(
            internal_no=f"B{new_id()}", record_no=BOOK, ie_flag="I", goods_flag="I", supervision_mode="0615",
            declared_on=date(2023, 12, 5), state="APPROVED", writeoff_mark="2",
        )  # fmt: skip
        made_one.lines = [
            NoteLine(line_no=n, item_no=item, dcl_qty=Decimal(n), total=Decimal(100), currency="USD", uc_version="")
            for n, item in enumerate(random.sample(range(1, MATERIALS + 1), LINES), 1)
        ]
        act.session.add(made_one)
        act.session.flush()
        return int(made_one.id)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds by the clock and of the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor


def posted(engine: Engine, note_id: int) -> tuple[float, float]:
    """Post the note and commit."""
    document = engine.catalogue.document("bonded_note")
    with engine.acting(SYSTEM) as act:
        header = act.session.get_one(BondedNote, (1, note_id))
        assert len(header.lines) == LINES

        def post() -> None:
            assert posting.post_document(act, document, header) == LINES
            act.session.commit()

        return timed(post)


def inserted(engine: Engine, note_id: int) -> tuple[float, float]:
    """Insert the same rows again under other ids by the driver alone, commit, and take them out."""
    raw = engine.store.sql.raw_connection()
    cursor = raw.cursor()
    cursor.execute("SELECT * FROM posting WHERE document_id = ?", (note_id,))
    place = [one[0] for one in cursor.description].index("id")
    rows = [(*row[:place], new_id(), *row[place + 1 :]) for row in cursor.fetchall()]
    statement = f"INSERT INTO posting VALUES ({', '.join('?' * len(rows[0]))})"

    def insert() -> None:
        cursor.executemany(statement, rows)
        raw.commit()

    taken = timed(insert)
    cursor.executemany("DELETE FROM posting WHERE id = ?", [(row[place],) for row in rows])
    raw.commit()
    raw.close()
    return taken


def measure(engine: Engine, earlier: int) -> float:
    """Print the medians over one book; return the processor seconds of posting."""
    fill(engine.store.sql.raw_connection(), made(earlier)[0])
    with engine.acting(SYSTEM) as act:
        act.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    random = Random(1)
    notes = [note(engine, random) for _ in range(TIMES)]
    ours, floors = [], []
    for one in notes:
        ours.append(posted(engine, one))
        floors.append(inserted(engine, one))
    (clock, processor), (floor, floor_processor) = (
        [statistics.median(part) for part in zip(*taken, strict=True)] for taken in (ours, floors)
    )
    print(
        f"{earlier:>9,} earlier: posting {clock * 1000:6.2f} ms (processor {processor * 1000:6.2f}), inserting"
        f" {floor * 1000:6.2f} ms ({floor_processor * 1000:5.2f}): {clock / floor:4.1f} x by the clock,"
        f" {processor / floor_processor:4.1f} x by processor time",
        flush=True,
    )
    return processor


def main(counts: list[int]) -> None:
    """Measure each in a file of its own."""
    found = []
    for count in counts:
        folder = Path(tempfile.mkdtemp(prefix="bondesk-posting-"))
        try:
            engine = open_engine(Home(folder))
            load_codes(engine)
            found.append(measure(engine, count))
            engine.store.dispose()
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"slowest over fastest: {max(found) / min(found):.2f} (goal 1.2), times the floor: goal 3")


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]] or [10_000, 100_000, 1_000_000])
