"""Acts of 对碰, guarded: the rights on the draft kind. What they do is the area's (:class:`bondesk.base.matching`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.findings import Finding
from bondesk.base.matching import ACCEPT, MATCH, UNMATCH, ComparedRow, Matching, PairRow
from bondesk.base.steps import Outcome, Steps
from bondesk.engine.act import Act
from bondesk.engine.clauses import Condition
from bondesk.engine.query import Query


def query_of(matching: Matching, options: Any, *, formal: bool) -> Query:
    """Return the list of unpaired papers of one side, the newest first."""
    found = matching.conditions(options, formal)
    return Query(conditions=tuple(Condition(key, op, value) for key, op, value in found))


def sums(act: Act, matching: Matching, ids: Sequence[int]) -> Mapping[int, tuple[str, ...]]:
    """Return number of lines, quantity and amounts of papers, as shown."""
    _may_look(act, matching)
    return matching.sums(act, ids)


def _may_look(act: Act, matching: Matching) -> None:
    for key in (matching.draft, matching.formal):
        act.require(act.catalogue.document(key), "view")


def check(
    act: Act, matching: Matching, draft_id: int, formal_id: int
) -> tuple[Sequence[Finding], Sequence[ComparedRow]]:
    """Say what speaks against pairing two papers, and where they differ."""
    _may_look(act, matching)
    return matching.check(act, draft_id, formal_id), matching.beside(act, draft_id, formal_id)


def pair(act: Act, matching: Matching, draft_id: int, formal_id: int) -> int:
    """手动对应: pair two papers; returns the pair's id."""
    act.require(act.catalogue.document(matching.draft), MATCH)
    return matching.pair(act, draft_id, formal_id)


def cancel_steps(act: Act, matching: Matching, pair_ids: Sequence[int]) -> Steps:
    """取消对应 of several pairs, with progress."""
    act.require(act.catalogue.document(matching.draft), UNMATCH)
    if not pair_ids:
        raise Refused("请先选择要取消的对应", "MAT-07")
    done = yield from matching.cancel(act, pair_ids)
    return Outcome(f"已取消对应 {done} 对，草单恢复对应前的内容", {matching.draft: (), matching.formal: ()})


def accept(act: Act, matching: Matching, difference_ids: Sequence[int], reason: str) -> int:
    """接受差异 with a reason; returns how many."""
    act.require(act.catalogue.document(matching.draft), ACCEPT)
    return matching.accept(act, difference_ids, reason)


def count(act: Act, matching: Matching, options: Any) -> int:
    """Return how many pairs a query finds."""
    _may_look(act, matching)
    return matching.count(act, options)


def pairs(act: Act, matching: Matching, options: Any, offset: int, limit: int) -> Sequence[PairRow]:
    """Return pairs of a query, the newest first."""
    _may_look(act, matching)
    return matching.pairs(act, options, offset, limit)


def compare(act: Act, matching: Matching, pair_id: int, only_differing: bool = True) -> Sequence[ComparedRow]:
    """Return a pair's values three ways."""
    _may_look(act, matching)
    return matching.compare(act, pair_id, only_differing)


def renew(act: Act, document: DocumentType, ids: Sequence[int]) -> None:
    """Let the pairs of formal copies that were stored again follow them; nothing for other documents."""
    for matching in act.catalogue.matchings:
        if matching.formal == document.key:
            matching.renew(act, ids)
