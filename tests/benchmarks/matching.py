"""100,000 drafts against 100,000 formal copies: the passes and the links against their floor, in one run.

The floor reads the keys of both sides, joins them in a dictionary and writes the links (a pair row, both match
states). Ours reads, runs the passes, and writes the same links. Then all three passes over a mixture, and the whole
act on a part of them: overwritten drafts, snapshots, differences, log. Beside the clock it prints processor seconds,
which a busy machine does not stretch. ``python tests/benchmarks/matching.py [papers] [pairs of the whole act]``.
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

from sqlalchemy import BigInteger, bindparam, delete, func, insert, select, type_coerce, update

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
    """Store drafts and formal copies of two lines each; every draft knows its 清单编号."""
    at = datetime(2024, 3, 5, 8)
    common = {"company_id": act.company_id, "revision": 1, "created_at": at, "changed_at": at}
    for copy in ("draft", "formal"):
        first, first_line = new_ids(papers), new_ids(2 * papers)
        for start in range(0, papers, _BATCH):
            numbers = range(start, min(start + _BATCH, papers))
            heads, lines = [], []
            for n in numbers:
                head = {**common, **HEAD, "id": first + n, "copy": copy, "internal_no": f"{copy[0]}{n}"}
                head |= {"bond_no": f"QD{n:012}", "declared_on": date(2024, 1 + n % 12, 5)}
                head |= {"seq_no": f"S{n:012}", "list_state": "0", "state": "APPROVED", "writeoff_mark": "0"}
                heads.append(head)
                for place, line in enumerate(lines_of(LINES, {"dcl_qty": f"{n + 1}"})):
                    key = {"company_id": act.company_id, "id": first_line + 2 * n + place, "header_id": first + n}
                    lines.append({**line, **key, "row_mark": "3"})
            act.session.execute(insert(BondedNote.__table__), heads)
            act.session.execute(insert(NoteLine.__table__), lines)


def mix(act: Act) -> None:
    """Take numbers from drafts: half of them meet by R1 then, a quarter by R2, the rest by R3."""
    table = BondedNote.__table__
    drafts = select(table.c.id).where(table.c.copy == "draft").order_by(table.c.id)
    ids = list(act.session.scalars(drafts))
    mine = (table.c.company_id == act.company_id) & (table.c.id == bindparam("b_id"))
    for places, values in ((2, {"bond_no": ""}), (3, {"bond_no": "", "seq_no": ""})):
        chosen = [{"b_id": one} for one in ids[places::4]]
        act.session.connection().execute(update(table).where(mine).values(**values), chosen)


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


def floor_of_sums(act: Act) -> int:
    """The same with one dictionary per rule, and the sums R3 needs of the papers the numbers did not join."""
    keys = select(BondedNote.id, BondedNote.record_no, BondedNote.ie_flag, BondedNote.bond_no, BondedNote.seq_no)
    keys = keys.where(BondedNote.company_id == act.company_id, BondedNote.match_state == "")
    drafts = act.session.execute(keys.where(BondedNote.copy == "draft")).all()
    formals = act.session.execute(keys.where(BondedNote.copy == "formal")).all()
    pairs: list[Pair] = []
    for place, rule in ((3, "R1"), (4, "R2")):
        joined = {(row[1], row[2], row[place]): row[0] for row in formals if row[place]}
        met = {row[0]: joined.get((row[1], row[2], row[place])) for row in drafts}
        pairs += [Pair(draft, formal, rule) for draft, formal in met.items() if formal]
        taken = set(met.values())
        drafts = [row for row in drafts if not met[row[0]]]
        formals = [row for row in formals if row[0] not in taken]
    of_drafts, of_formals = sums(act, [row[0] for row in drafts]), sums(act, [row[0] for row in formals])
    third = {(row[1], row[2], of_formals[row[0]]): row[0] for row in formals}
    pairs += [Pair(row[0], third[row[1], row[2], of_drafts[row[0]]], "R3") for row in drafts]
    links(act, pairs)
    return len(pairs)


def sums(act: Act, ids: list[int]) -> dict[int, tuple[Any, ...]]:
    """Read what R3 compares of some papers whose lines have one currency."""
    whole = BigInteger()
    one = select(
        NoteLine.header_id,
        BondedNote.supervision_mode,
        NoteLine.currency,
        func.count(),
        type_coerce(func.sum(NoteLine.dcl_qty), whole),
        type_coerce(func.sum(NoteLine.total), whole),
    )
    one = one.join(BondedNote, (BondedNote.company_id == NoteLine.company_id) & (BondedNote.id == NoteLine.header_id))
    one = one.where(NoteLine.company_id == act.company_id)
    one = one.group_by(NoteLine.header_id, BondedNote.supervision_mode, NoteLine.currency)
    found = {}
    for start in range(0, len(ids), _BATCH):
        rows = act.session.execute(one.where(NoteLine.header_id.in_(ids[start : start + _BATCH])))
        found.update({row[0]: tuple(row[1:]) for row in rows})
    return found


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


Took = tuple[float, float]


def timed(engine: Engine, work: Callable[[Act], Any]) -> tuple[Took, Any]:
    """Run one act and return its seconds by the clock and of the processor, and its result."""
    begin, worked = time.perf_counter(), time.process_time()
    with engine.acting(SYSTEM) as act:
        result = work(act)
    return (time.perf_counter() - begin, time.process_time() - worked), result


def median(values: list[Took]) -> Took:
    """Return the middle values of clock and processor."""
    clock, processor = zip(*values, strict=True)
    return sorted(clock)[len(values) // 2], sorted(processor)[len(values) // 2]


def say(what: str, pairs: int, low: Took, high: Took) -> None:
    """Print a figure, its floor and the ratio."""
    ratios = f"{high[0] / low[0]:.2f} by the clock, {high[1] / low[1]:.2f} of the processor"
    print(f"{what}: {pairs} pairs, floor {low[0]:.2f} s ({low[1]:.2f}), ours {high[0]:.2f} s ({high[1]:.2f}), {ratios}")
    sys.stdout.flush()


def main() -> None:
    """Fill a fresh data folder, measure, print."""
    papers = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    whole = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    folder = Path(tempfile.mkdtemp())
    engine = open_engine(Home(folder))
    load_codes(engine)
    first_administrator(engine, "secret-1")
    timed(engine, lambda act: fill(act, papers))
    floors, mine = [], []
    for _ in range(3):
        seconds, joined = timed(engine, floor)
        floors.append(seconds)
        timed(engine, undone)
        seconds, found = timed(engine, lambda act: ours(act, NoteMatchOptions()))
        mine.append(seconds)
        timed(engine, undone)
        assert joined == found == papers, (joined, found)
    print(f"{papers} drafts × {papers} formal copies; the goal is a ratio of 1.30 at most")
    say("all know their number", papers, median(floors), median(mine))
    timed(engine, mix)
    floors, mine = [], []
    for _ in range(3):
        seconds, joined = timed(engine, floor_of_sums)
        floors.append(seconds)
        timed(engine, undone)
        seconds, found = timed(engine, lambda act: ours(act, NoteMatchOptions()))
        mine.append(seconds)
        timed(engine, undone)
        assert joined == found == papers, (joined, found)
    say("half by R1, a quarter by R2, a quarter by R3", papers, median(floors), median(mine))
    with engine.acting(SYSTEM) as act:
        pairs = played(find_pairs(act, NOTES, NoteMatchOptions())).pairs[:whole]
    seconds, _ = timed(engine, lambda act: played(pairing_steps(act, NOTES, pairs)))
    each = seconds[1] * 1000 / len(pairs)
    print(
        f"whole act (overwrite, snapshot, differences, ledger, log): {len(pairs)} pairs, {seconds[0]:.2f} s, {each:.2f} ms"
    )
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    engine.store.dispose()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
