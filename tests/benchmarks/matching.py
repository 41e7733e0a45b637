"""100,000 drafts against 100,000 formal copies: the passes and the links against their floor, in one run.

The floor reads the keys of both sides, joins them in a dictionary and writes the links (a pair row, both match
states). Ours reads, runs every pass, and writes the same links. Then the whole act on a part of them: overwritten
drafts, snapshots, differences, log. ``python tests/benchmarks/matching.py [papers] [pairs of the whole act]``.
"""

from __future__ import annotations

import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import bindparam, delete, insert, select, update

from bondesk.app import first_administrator, load_codes, open_engine
from bondesk.areas.matching.automatic import find_pairs
from bondesk.areas.matching.candidates import NoteMatchOptions
from bondesk.areas.matching.kinds import NOTES
from bondesk.areas.matching.pairing import pairing_steps
from bondesk.areas.matching.passes import Pair
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine
from bondesk.base.formal_copy import MatchPair
from bondesk.base.records import new_ids
from bondesk.engine.act import Act
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.settings import Home
from builders.formal_copies import HEAD, LINES, lines_of

_BATCH = 5000
Joined = list[tuple[int, int]]


def fill(act: Act, papers: int) -> None:
    """Store drafts and formal copies of two lines each; half of them meet by R1, a quarter by R2, the rest by R3."""
    at = datetime(2024, 3, 5, 8)
    common = {"company_id": act.company_id, "revision": 1, "created_at": at, "changed_at": at}
    for copy in ("draft", "formal"):
        first, first_line = new_ids(papers), new_ids(2 * papers)
        for start in range(0, papers, _BATCH):
            numbers = range(start, min(start + _BATCH, papers))
            heads, lines = [], []
            for n in numbers:
                way = n % 4
                known = copy == "formal" or way < 2
                head = {**common, **HEAD, "id": first + n, "copy": copy, "internal_no": f"{copy[0]}{n}"}
                head |= {"bond_no": f"QD{n:012}" if known else "", "declared_on": date(2024, 1 + n % 12, 5)}
                head |= {"seq_no": f"S{n:012}" if copy == "formal" or way == 2 else "", "list_state": "0"}
                head |= {"state": "APPROVED" if known else "SENT", "writeoff_mark": "0"}
                heads.append(head)
                for place, line in enumerate(lines_of(LINES, {"dcl_qty": f"{n + 1}"})):
                    key = {"company_id": act.company_id, "id": first_line + 2 * n + place, "header_id": first + n}
                    lines.append({**line, **key, "row_mark": "3"})
            act.session.execute(insert(BondedNote.__table__), heads)
            act.session.execute(insert(NoteLine.__table__), lines)


def links(act: Act, pairs: list[Pair]) -> None:
    """Write the links and nothing else: pair rows, both match states."""
    at = datetime(2024, 3, 5, 8)
    same = {"company_id": act.company_id, "document_key": "bonded_note", "snapshot": "{}", "matched_at": at}
    first = new_ids(len(pairs))
    rows = [
        {**same, "id": first + n, "draft_id": one[0], "formal_id": one[1], "rule": one[2]}
        for n, one in enumerate(pairs)
    ]
    act.session.execute(insert(MatchPair.__table__), rows)
    table = BondedNote.__table__
    mine = (table.c.company_id == act.company_id) & (table.c.id == bindparam("b_id"))
    statement = update(table).where(mine).values(match_state="matched")
    connection = act.session.connection()
    connection.execute(statement, [{"b_id": one[0]} for one in pairs])
    connection.execute(statement, [{"b_id": one[1]} for one in pairs])


def floor(act: Act) -> int:
    """Load the keys, join them in a dictionary, write the links: what nobody can do without."""
    keys = select(BondedNote.id, BondedNote.record_no, BondedNote.ie_flag, BondedNote.bond_no, BondedNote.seq_no)
    keys = keys.where(BondedNote.company_id == act.company_id, BondedNote.match_state == "")
    drafts = act.session.execute(keys.where(BondedNote.copy == "draft")).all()
    formals = act.session.execute(keys.where(BondedNote.copy == "formal")).all()
    joined = {(row[1], row[2], row[3]): row[0] for row in formals}
    pairs = [Pair(row[0], joined[row[1], row[2], row[3]], "R1") for row in drafts if (row[1], row[2], row[3]) in joined]
    links(act, pairs)
    return len(pairs)


def played(steps: Any) -> Any:
    """Run a generator to its end."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def ours(act: Act, options: NoteMatchOptions) -> int:
    """Read the keys, run the passes, write the same links."""
    found = played(find_pairs(act, NOTES, options))
    links(act, found.pairs)
    return len(found.pairs)


def undone(act: Act) -> None:
    """Take every link away again."""
    act.session.execute(delete(MatchPair))
    act.session.execute(update(BondedNote.__table__).values(match_state=""))


def timed(engine: Engine, work: Callable[[Act], Any]) -> tuple[float, Any]:
    """Run one act and return its seconds and its result."""
    begin = time.perf_counter()
    with engine.acting(SYSTEM) as act:
        result = work(act)
    return time.perf_counter() - begin, result


def median(values: list[float]) -> float:
    """Return the middle value."""
    return sorted(values)[len(values) // 2]


def main() -> None:
    """Fill a fresh data folder, measure, print."""
    papers = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    whole = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    folder = Path(tempfile.mkdtemp())
    engine = open_engine(Home(folder))
    load_codes(engine)
    first_administrator(engine, "secret-1")
    with engine.acting(SYSTEM) as act:
        fill(act, papers)
        # every draft knows its 清单编号 for the first comparison: one dictionary joins them all
        act.session.execute(
            update(BondedNote.__table__).where(BondedNote.copy == "draft").values(remark=BondedNote.bond_no)
        )
    by_number = NoteMatchOptions(by_second=False, by_figures=False)
    floors, mine = [], []
    for _ in range(3):
        seconds, joined = timed(engine, floor)
        floors.append(seconds)
        timed(engine, undone)
        seconds, found = timed(engine, lambda act: ours(act, by_number))
        mine.append(seconds)
        timed(engine, undone)
        assert joined == found, (joined, found)
    low, high = median(floors), median(mine)
    print(
        f"R1, {papers} × {papers}: {found} pairs, floor {low:.2f} s, ours {high:.2f} s, ratio {high / low:.2f} (≤ 1.30)"
    )
    seconds, found = timed(engine, lambda act: ours(act, NoteMatchOptions()))
    print(f"all passes R1, R2, R3: {found} pairs, {seconds:.2f} s, {seconds / low:.2f} × the floor of R1 alone")
    timed(engine, undone)
    with engine.acting(SYSTEM) as act:
        pairs = played(find_pairs(act, NOTES, NoteMatchOptions())).pairs[:whole]
    seconds, _ = timed(engine, lambda act: played(pairing_steps(act, NOTES, pairs)))
    print(f"whole act (overwrite, snapshot, differences, ledger, log): {len(pairs)} pairs, {seconds:.2f} s")
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    engine.store.dispose()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
