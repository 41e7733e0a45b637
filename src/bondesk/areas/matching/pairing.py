"""Making, undoing and renewing pairs: overwrite with a snapshot, differences, ledger and log in one act (7.2, 7.3)."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import delete, insert, select

from bondesk.areas.matching import storing
from bondesk.areas.matching.comparing import Compared, Difference, Doc, aligned, differences
from bondesk.areas.matching.kinds import MatchKind
from bondesk.areas.matching.overwriting import Overwriting, Snapshot, overwrite, read_snapshot, restore
from bondesk.areas.matching.passes import MANUAL, R1, R2, R3, Pair
from bondesk.base.batches import AT_ONCE, batches
from bondesk.base.errors import Refused
from bondesk.base.facts import Told, Work
from bondesk.base.fields import field_of
from bondesk.base.formal_copy import MATCHED, MatchDifference, MatchPair
from bondesk.base.records import new_id
from bondesk.base.steps import Progress

_P, _X = MatchPair, MatchDifference
#: Numbers and dates only customs gives: a draft that has none yet does not differ.
_GIVEN = frozenset({"bond_no", "seq_no", "declaration_no", "note_no", "declared_on", "entry_exit_date"})


def rule_word(kind: MatchKind, rule: str) -> str:
    """Write a rule as the clerk reads it."""
    words = {R1: field_of(kind.first).label, R2: field_of(kind.second).label, R3: "关键项", MANUAL: "手动对应"}
    return words[rule] if rule == MANUAL else f"{rule} {words[rule]}"


@cache
def compared(kind: MatchKind) -> tuple[tuple[Compared, ...], tuple[Compared, ...]]:
    """Return what is compared of heads and of lines."""
    heads = tuple(Compared(one.key, field_of(one).label, one.key in _GIVEN) for one in kind.compared)
    return heads, tuple(Compared(one.key, field_of(one).label) for one in kind.compared_lines)


@dataclass(frozen=True)
class Planned:
    """One pair to be stored: the draft now and then, its formal copy, what it was, and what differs."""

    now: Doc
    then: Doc
    formal: Doc
    rule: str
    snapshot: Snapshot
    found: list[Difference]


def planned(kind: MatchKind, now: Doc, before: Doc, formal: Doc, rule: str) -> Planned:
    """Lay the formal copy over the draft as it was ``before`` pairing; ``now`` is what is stored."""
    pairs = aligned(before, formal)
    ranks = {state.key: state.rank for state in kind.flow.states}
    what = Overwriting(kind.head_keys, kind.line_keys, kind.marked, ranks, kind.words)
    then, snapshot = overwrite(before, formal, pairs, what, new_id)
    return Planned(now, then, formal, rule, snapshot, differences(before, formal, *compared(kind), pairs))


def pairing_steps(work: Work, kind: MatchKind, pairs: Sequence[Pair]) -> Generator[Progress, None, list[int]]:
    """Store pairs piece by piece and return how many differences each has; ``MAT-01`` when a side is paired already."""
    counts: list[int] = []
    for start in range(0, len(pairs), AT_ONCE):
        yield Progress(start, len(pairs), "对应单据")
        counts += _store(work, kind, pairs[start : start + AT_ONCE])
    return counts


def _store(work: Work, kind: MatchKind, pairs: Sequence[Pair]) -> list[int]:
    drafts = storing.read(work, kind, [one.draft for one in pairs], formal=False)
    formals = storing.read(work, kind, [one.formal for one in pairs], formal=True)
    plans = []
    for one in pairs:
        draft, formal = drafts.get(one.draft), formals.get(one.formal)
        if draft is None or formal is None:
            raise Refused("单据已不存在，请重新查询后再对应", "GONE")
        require_free(kind, draft, formal)
        plans.append(planned(kind, draft, draft, formal, one.rule))
    storing.write(work, kind, [(one.now, one.then) for one in plans], MATCHED)
    storing.mark(work, kind, [one.formal for one in plans], MATCHED)
    _keep_pairs(work, kind, plans)
    _tell(work, kind, plans, "对应")
    _post(work, kind, plans)
    return [len(one.found) for one in plans]


def require_free(kind: MatchKind, draft: Doc, formal: Doc) -> None:
    """MAT-01: both sides must be unpaired."""
    for doc, number in ((draft, draft.head[kind.number.key]), (formal, formal.head[kind.first.key])):
        if doc.head["match_state"]:
            raise Refused(f"{number} 已对应，请先取消对应再重新对应", "MAT-01")


def _keep_pairs(work: Work, kind: MatchKind, plans: Sequence[Planned]) -> None:
    at, rows, found = work.now(), [], []
    for one in plans:
        pair = new_id()
        rows.append(
            {
                "company_id": work.company_id,
                "id": pair,
                "document_key": kind.draft,
                "draft_id": one.now.id,
                "formal_id": one.formal.id,
                "rule": one.rule,
                "snapshot": one.snapshot.text(),
                "matched_by": work.user_id,
                "matched_at": at,
            }
        )
        found += [_difference_row(work, pair, difference) for difference in one.found]
    work.session.execute(insert(_P), rows)
    if found:
        work.session.execute(insert(_X), found)


def _difference_row(work: Work, pair: int, one: Difference, accepted: str | None = None) -> dict[str, Any]:
    return {
        "company_id": work.company_id,
        "id": new_id(),
        "pair_id": pair,
        "line_no": one.line_no,
        "field_key": one.field_key,
        "label": one.label,
        "draft_value": one.draft,
        "formal_value": one.formal,
        "kind": one.kind,
        "handled": accepted is not None,
        "remark": accepted or "",
    }


def _tell(work: Work, kind: MatchKind, plans: Sequence[Planned], action: str) -> None:
    mine, theirs = [], []
    for one in plans:
        draft, formal = one.now.head[kind.number.key], one.formal.head[kind.first.key]
        differing = f"{len(one.found)} 项不同" if one.found else "一致"
        by = rule_word(kind, one.rule)
        before, after = storing.change_told(kind, one.now, one.then)
        mine.append(Told(one.now.id, draft, f"正式单 {formal}（{by}），{differing}", before, after))
        theirs.append(Told(one.formal.id, formal, f"草单 {draft}（{by}），{differing}"))
    work.tell(kind.draft, action, mine)
    work.tell(kind.formal, action, theirs)


def _post(work: Work, kind: MatchKind, plans: Sequence[Planned]) -> None:
    """Let the ledger follow: only papers that moved it, or move it now, are looked at."""
    drafts, formals = [], []
    for one in plans:
        before, after = kind.posts(one.now.head), kind.posts(one.then.head)
        if (before or after) and (one.now.head != one.then.head or one.now.lines != one.then.lines):
            drafts.append(one.now.id)
        held = before and one.now.head[kind.first.key] == one.formal.head[kind.first.key]
        if kind.posts(one.formal.head) and not held:
            formals.append(one.formal.id)
    numbers = {one.now.head[kind.first.key] for one in plans} - {one.then.head[kind.first.key] for one in plans}
    work.post(kind.formal, [*formals, *_formals_called(work, kind, numbers - {""})])
    work.post(kind.draft, drafts)


def _formals_called(work: Work, kind: MatchKind, numbers: set[str]) -> list[int]:
    """Return the formal copies of numbers a draft no longer bears: they stand for themselves again."""
    header = kind.header
    if not numbers:
        return []
    mine = select(header.id).where(header.company_id == work.company_id, header.copy == "formal")
    return list(work.session.scalars(mine.where(kind.first.in_(sorted(numbers)), header.match_state == "")))


def cancelling_steps(work: Work, kind: MatchKind, pair_ids: Sequence[int]) -> Generator[Progress, None, int]:
    """取消对应: give every draft back what it was; return how many pairs were undone."""
    done = 0
    for some in batches(pair_ids):
        yield Progress(done, len(pair_ids), "取消对应")
        done += _cancel(work, kind, some)
    return done


def open_pairs(work: Work, kind: MatchKind, ids: Sequence[int], key: Any = _P.id) -> Sequence[MatchPair]:
    """Return the pairs of a kind that are not cancelled, by id or by one of their documents."""
    mine = select(_P).where(_P.company_id == work.company_id, _P.document_key == kind.draft)
    return work.session.scalars(mine.where(key.in_(ids), _P.cancelled_at.is_(None)).order_by(_P.id)).all()


def _both(work: Work, kind: MatchKind, pairs: Sequence[MatchPair]) -> Iterator[tuple[MatchPair, Doc, Doc]]:
    drafts = storing.read(work, kind, [one.draft_id for one in pairs], formal=False)
    formals = storing.read(work, kind, [one.formal_id for one in pairs], formal=True)
    for one in pairs:
        if one.draft_id in drafts and one.formal_id in formals:
            yield one, drafts[one.draft_id], formals[one.formal_id]


def _cancel(work: Work, kind: MatchKind, ids: Sequence[int]) -> int:
    pairs = open_pairs(work, kind, ids)
    if len(pairs) != len(ids):
        raise Refused("所选对应关系有的已被取消，请重新查询", "MAT-07")
    plans = []
    for pair, draft, formal in _both(work, kind, pairs):
        snapshot = read_snapshot(pair.snapshot)
        plans.append(Planned(draft, restore(draft, snapshot), formal, pair.rule, snapshot, []))
        pair.cancelled_by, pair.cancelled_at = work.user_id, work.now()
    work.session.flush()
    storing.write(work, kind, [(one.now, one.then) for one in plans], "")
    storing.mark(work, kind, [one.formal for one in plans], "")
    rows = []
    for one in plans:
        before, after = storing.change_told(kind, one.now, one.then)
        number, formal_no = one.now.head[kind.number.key], one.formal.head[kind.first.key]
        rows.append(Told(one.now.id, number, f"正式单 {formal_no}，草单恢复对应前的内容", before, after))
    work.tell(kind.draft, "取消对应", rows)
    told = [
        Told(one.formal.id, one.formal.head[kind.first.key], f"草单 {one.now.head[kind.number.key]}") for one in plans
    ]
    work.tell(kind.formal, "取消对应", told)
    work.post(kind.draft, [one.now.id for one in plans])
    work.post(kind.formal, [one.formal.id for one in plans])
    return len(plans)


def renew(work: Work, kind: MatchKind, formal_ids: Sequence[int]) -> None:
    """A formal copy came again: its pair stays, the draft follows it, differences are found anew.

    What was accepted stays accepted as long as both sides say the same.
    """
    for some in batches(formal_ids):
        plans = []
        pairs = open_pairs(work, kind, some, _P.formal_id)
        for pair, draft, formal in _both(work, kind, pairs):
            before = restore(draft, read_snapshot(pair.snapshot))
            plan = planned(kind, draft, before, formal, pair.rule)
            pair.snapshot = plan.snapshot.text()
            _renew_differences(work, pair, plan.found)
            plans.append(plan)
        if not plans:
            continue
        work.session.flush()
        storing.write(work, kind, [(one.now, one.then) for one in plans], MATCHED)
        changed = [one for one in plans if one.now.head != one.then.head or one.now.lines != one.then.lines]
        _tell(work, kind, changed, "正式单更新")
        _post(work, kind, plans)


def _renew_differences(work: Work, pair: MatchPair, found: Sequence[Difference]) -> None:
    mine = (_X.company_id == work.company_id) & (_X.pair_id == pair.id)
    accepted = {}
    for old in work.session.scalars(select(_X).where(mine)):
        if old.handled:
            named = (old.line_no, old.field_key, old.draft_value, old.formal_value, old.kind)
            accepted[named] = old.remark
    work.session.execute(delete(_X).where(mine).execution_options(synchronize_session=False))
    if found:
        rows = [_difference_row(work, pair.id, one, accepted.get(one.named)) for one in found]
        work.session.execute(insert(_X), rows)


def accept(work: Work, kind: MatchKind, difference_ids: Sequence[int], reason: str) -> int:
    """接受差异 with a reason; return how many were open."""
    if not reason.strip():
        raise Refused("接受差异须填写原因", "MAT-06")
    rows = work.session.scalars(select(_X).where(_X.company_id == work.company_id, _X.id.in_(difference_ids))).all()
    for row in rows:
        row.handled, row.remark = True, reason.strip()[:255]
    pairs = {one.id: one for one in open_pairs(work, kind, sorted({row.pair_id for row in rows}))}
    if any(row.pair_id not in pairs for row in rows):
        raise Refused("这一对已取消对应，请重新查询", "MAT-07")
    drafts = storing.read(work, kind, [one.draft_id for one in pairs.values()], formal=False)
    told = []
    for pair_id, some in storing.by_pair(rows).items():
        draft = drafts[pairs[pair_id].draft_id]
        names = "、".join(_place(row) for row in some)
        told.append(Told(draft.id, draft.head[kind.number.key], f"{names}：{reason.strip()}"))
    work.session.flush()
    work.tell(kind.draft, "接受差异", told)
    return len(rows)


def _place(row: MatchDifference) -> str:
    where = "" if row.line_no is None else f"第{row.line_no}行"
    return f"{where}{row.label} {row.draft_value or '空'}→{row.formal_value or '空'}"
