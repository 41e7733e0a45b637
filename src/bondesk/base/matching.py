"""对碰 as a declaration: a draft kind, its formal copies, and what can be done with both (handbook 7).

The areas declare and do it, the engine guards it with rights, the special page draws it and names no area.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bondesk.base.facts import Work
from bondesk.base.findings import Finding
from bondesk.base.steps import Progress

#: Rights on the draft kind beside its automatic matching, which is a script.
MATCH, UNMATCH, ACCEPT = "match", "unmatch", "accept_difference"
SUM_TITLES = ("项数", "总数量", "总金额")
MATCH_RIGHTS = ((MATCH, "手动对应"), (UNMATCH, "取消对应"), (ACCEPT, "接受差异"))


@dataclass(frozen=True, slots=True)
class PairRow:
    """A pair as the matched list shows it; ``open`` and ``differences`` count what differs."""

    id: int
    draft_id: int
    formal_id: int
    draft_no: str
    formal_no: str
    rule: str
    matched_at: datetime
    matched_by: str
    differences: int
    open: int

    @property
    def summary(self) -> str:
        """Return 一致 or how many values differ."""
        if not self.differences:
            return "一致"
        accepted = "" if self.open == self.differences else f"，待处理 {self.open}" if self.open else "，已接受"
        return f"{self.differences} 项不同{accepted}"


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One value three ways: what the draft was made from, the draft as it was, the formal copy.

    ``place`` is 表头 or the line; ``kind`` is "" where both agree, ``word`` its Chinese name; ``id`` names a
    difference that can be accepted, None for what agrees or is not stored yet.
    """

    place: str
    label: str
    source: str
    draft: str
    formal: str
    kind: str = ""
    word: str = ""
    handled: bool = False
    remark: str = ""
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Matching:
    """How one kind of draft is matched with its formal copies.

    ``script`` is the key of 自动对应, ``report`` of the differences. ``query`` is the options dataclass both are asked
    with, the script's has more; ``columns`` are what a list of unpaired documents shows beside the number.
    ``sums(work, ids)`` are, by paper, the texts under ``SUM_TITLES``: what tells two papers of equal goods apart.
    ``conditions(options, formal)`` are the (key, op, value) such a list has. ``check(work, draft, formal)`` says what
    speaks against pairing by hand, ``pair`` does it and returns the pair's id; ``cancel`` and ``accept`` act on pairs
    and differences; ``count`` and ``pairs`` list what is paired for options; ``compare`` shows a pair three ways,
    ``beside`` two papers that are not paired yet; ``renew`` follows formal copies that came again.
    """

    draft: str
    formal: str
    title: str
    script: str
    report: str
    query: type[Any]
    columns: tuple[str, ...]
    sums: Callable[[Work, Sequence[int]], Mapping[int, tuple[str, ...]]]
    conditions: Callable[[Any, bool], Sequence[tuple[str, str, Any]]]
    check: Callable[[Work, int, int], Sequence[Finding]]
    pair: Callable[[Work, int, int], int]
    cancel: Callable[[Work, Sequence[int]], Generator[Progress, None, int]]
    accept: Callable[[Work, Sequence[int], str], int]
    count: Callable[[Work, Any], int]
    pairs: Callable[[Work, Any, int, int], Sequence[PairRow]]
    compare: Callable[[Work, int, bool], Sequence[ComparedRow]]
    beside: Callable[[Work, int, int], Sequence[ComparedRow]]
    renew: Callable[[Work, Sequence[int]], None]
