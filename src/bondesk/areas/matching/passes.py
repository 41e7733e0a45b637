"""自动对应: which draft and which formal copy belong together (handbook 7.1, 7.2). Pure.

Whole passes, R1 before R2 before R3, and a pass takes a pair only where the candidate is unique on both sides;
where it is not, both stay for 手动对应 and no later pass looks at them. So both directions give the same pairs,
the order of the papers does not matter, and running again pairs nothing more. Two papers that name different
numbers of the same kind are no candidates of each other: equal goods of every week would else meet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

R1, R2, R3, MANUAL = "R1", "R2", "R3", "MANUAL"
Figures = Mapping[int, Hashable]


class Paper(NamedTuple):
    """A draft or a formal copy as the passes see it; ``first`` and ``second`` are its R1 and R2 numbers ("" = none)."""

    id: int
    record_no: str
    ie_flag: str
    first: str
    second: str


class Pair(NamedTuple):
    """A draft and a formal copy that belong together, and by which rule."""

    draft: int
    formal: int
    rule: str


@dataclass(frozen=True, slots=True)
class Rules:
    """Which passes run. What R3 compares is decided where the figures are read."""

    first: bool = True
    second: bool = True
    third: bool = True


@dataclass
class Matched:
    """The pairs in the order of the passes, and per rest paper the reason why it stays."""

    pairs: list[Pair] = field(default_factory=list)
    drafts: dict[int, str] = field(default_factory=dict)
    formals: dict[int, str] = field(default_factory=dict)


#: (drafts left, formals left) → the R3 key of each; a paper without lines has none.
ReadFigures = Callable[[Sequence[Paper], Sequence[Paper]], tuple[Figures, Figures]]


def match(drafts: Sequence[Paper], formals: Sequence[Paper], rules: Rules, figures: ReadFigures) -> Matched:
    """Run the passes; ``figures`` is asked only when R3 runs over something left."""
    found = Matched()
    left, right = list(drafts), list(formals)
    several: dict[tuple[str, int], str] = {}
    if rules.first:
        left, right = _pass(R1, left, right, itemgetter(3), found, several)
    if rules.second:
        left, right = _pass(R2, left, right, itemgetter(4), found, several)
    if rules.third and left and right:
        of_drafts, of_formals = figures(left, right)
        mine, theirs = of_drafts.get, of_formals.get
        left, right = _pass(R3, left, right, lambda one: mine(one.id), found, several, other=lambda one: theirs(one.id))
    paired = {pair.draft for pair in found.pairs} | {pair.formal for pair in found.pairs}
    left, right = ([one for one in side if one.id not in paired] for side in (drafts, formals))
    found.drafts = _reasons("draft", left, right, several)
    found.formals = _reasons("formal", right, left, several)
    return found


Key = Callable[[Paper], Hashable]


def _pass(
    rule: str,
    drafts: list[Paper],
    formals: list[Paper],
    key: Key,
    found: Matched,
    several: dict[tuple[str, int], str],
    other: Key | None = None,
) -> tuple[list[Paper], list[Paper]]:
    """Take the pairs of one rule; return what is left on both sides for the next one."""
    mine, theirs = _single(drafts, key), _single(formals, other or key)
    taken_drafts: set[int] = set()
    taken_formals: set[int] = set()
    pairs = _pairs(rule, mine, theirs) if mine is not None and theirs is not None else None
    if pairs is None:
        pairs = _pairs_of_many(rule, _buckets(drafts, key), _buckets(formals, other or key), several)
    for draft, formal in pairs:
        found.pairs.append(Pair(draft, formal, rule))
        taken_drafts.add(draft)
        taken_formals.add(formal)
    taken_drafts |= {number for side, number in several if side == "draft"}
    taken_formals |= {number for side, number in several if side == "formal"}
    if not taken_drafts and not taken_formals:
        return drafts, formals
    return (
        [one for one in drafts if one.id not in taken_drafts],
        [one for one in formals if one.id not in taken_formals],
    )


def _single(papers: Sequence[Paper], key: Key) -> dict[Hashable, Paper] | None:
    """Papers by what must be equal when no two of them agree in it, which is the usual case; else None."""
    named = [(value, one) for one in papers if (value := key(one))]
    found: dict[Hashable, Paper] = {(value, one[1], one[2]): one for value, one in named}
    return found if len(found) == len(named) else None


def _pairs(rule: str, mine: Mapping[Hashable, Paper], theirs: Mapping[Hashable, Paper]) -> list[tuple[int, int]]:
    """Return the pairs where each side has one paper at most for a key."""
    both = ((draft, theirs.get(key)) for key, draft in mine.items())
    return [(draft[0], formal[0]) for draft, formal in both if formal is not None and agree(rule, draft, formal)]


def _pairs_of_many(
    rule: str,
    mine: Mapping[Hashable, list[Paper]],
    theirs: Mapping[Hashable, list[Paper]],
    several: dict[tuple[str, int], str],
) -> list[tuple[int, int]]:
    """Return the pairs that are unique on both sides where keys occur several times."""
    pairs: list[tuple[int, int]] = []
    for bucket, left in mine.items():
        right = theirs.get(bucket)
        if right is not None:
            pairs += _unique(rule, left, right, several)
    return pairs


def _buckets(papers: Iterable[Paper], key: Key) -> dict[Hashable, list[Paper]]:
    """Papers by what must be equal: the rule's key, book and direction."""
    buckets: dict[Hashable, list[Paper]] = {}
    for one in papers:
        if value := key(one):
            place = (value, one.record_no, one.ie_flag)
            if place in buckets:
                buckets[place].append(one)
            else:
                buckets[place] = [one]
    return buckets


def _unique(
    rule: str, left: list[Paper], right: list[Paper], several: dict[tuple[str, int], str]
) -> Iterable[tuple[int, int]]:
    """Yield the pairs that are each other's only candidate; note whose candidates are several."""
    if len(left) == 1 and len(right) == 1:
        if agree(rule, left[0], right[0]):
            yield left[0].id, right[0].id
        return
    formals, drafts = _Counts(rule, right), _Counts(rule, left)
    for one in left:
        count, place = formals.of(one)
        if count == 1 and drafts.of(right[place])[0] == 1:
            yield one.id, right[place].id
        elif count:
            several["draft", one.id] = _told(rule, count, "正式单", "草单")
    for one in right:
        count, place = drafts.of(one)
        if count and not (count == 1 and formals.of(left[place])[0] == 1):
            several["formal", one.id] = _told(rule, count, "草单", "正式单")


_BY = {R1: "编号相同", R2: "统一编号相同", R3: "关键项相同"}


def _told(rule: str, count: int, what: str, mine: str) -> str:
    if count > 1:
        return f"多个候选：{rule} {_BY[rule]}的{what}有 {count} 张，请手动对应"
    return f"多个候选：{rule} {_BY[rule]}的{what}另有{mine}可对应，请手动对应"


def agree(rule: str, one: Paper, other: Paper) -> bool:
    """Tell whether two papers may be the same one by the numbers that come before ``rule``."""
    if rule == R1:
        return True
    if one.first and other.first and one.first != other.first:
        return False
    return rule == R2 or not (one.second and other.second and one.second != other.second)


class _Counts:
    """How many papers of a bucket agree with another one, without looking at each of them again and again."""

    def __init__(self, rule: str, papers: Sequence[Paper]) -> None:
        """Count by the numbers that could speak against a pair: how many, and the sum of their places."""
        self._rule = rule
        self._sums: dict[tuple[str | None, str | None], list[int]] = defaultdict(lambda: [0, 0])
        for place, one in enumerate(papers):
            first, second = self._said(one)
            for kept in {(first, second), (None, second), (first, None), (None, None)}:
                sums = self._sums[kept]
                sums[0] += 1
                sums[1] += place

    def _said(self, one: Paper) -> tuple[str, str]:
        return ("" if self._rule == R1 else one.first, one.second if self._rule == R3 else "")

    def of(self, one: Paper) -> tuple[int, int]:
        """Return how many papers agree with ``one`` and, when it is one, its place."""
        first, second = self._said(one)
        count = places = 0
        for kept in self._agreeing(first, second):
            if kept in self._sums:
                count += self._sums[kept][0]
                places += self._sums[kept][1]
        return count, places if count == 1 else -1

    @staticmethod
    def _agreeing(first: str, second: str) -> Iterable[tuple[str | None, str | None]]:
        firsts: tuple[str | None, ...] = ("", first) if first else (None,)
        seconds: tuple[str | None, ...] = ("", second) if second else (None,)
        return ((one, other) for one in firsts for other in seconds)


def _reasons(
    side: str, rest: Sequence[Paper], others: Sequence[Paper], several: Mapping[tuple[str, int], str]
) -> dict[int, str]:
    """Say of every rest paper why it stays."""
    what = "正式单" if side == "draft" else "草单"
    numbers = {one.first for one in others if one.first} | {one.second for one in others if one.second}
    reasons = {}
    for one in rest:
        said = several.get((side, one.id), "")
        if not said and not numbers.isdisjoint((one.first, one.second)):
            said = f"{what}中有相同编号，但备案号、进出口标志或另一编号不同，请核对"
        reasons[one.id] = said or f"没有可对应的{what}"
    return reasons
