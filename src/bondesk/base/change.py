"""The change path of what customs approves: an approved copy, one open draft with marked rows, former versions.

Accounts, handbooks and qualifications share it (handbook 4.2 to 4.4). The areas declare and do it, the
engine guards it with rights and revisions, the desktop draws it. Pure but for the ``Work`` it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bondesk.base.facts import Work


class Mark(StrEnum):
    """修改标志 of a row in a draft, as customs codes it."""

    SAME = "0"
    MODIFIED = "1"
    STRUCK = "2"
    ADDED = "3"


ROW_MARKS = (
    (Mark.SAME.value, "未修改"),
    (Mark.MODIFIED.value, "修改"),
    (Mark.STRUCK.value, "删除"),
    (Mark.ADDED.value, "增加"),
)

COPIES = (("approved", "已审批正式"), ("draft", "暂存草稿"), ("archived", "历史版本"))


class Outcome(StrEnum):
    """What extracting one source row would do (handbook 4.3)."""

    ADD = "增加"
    MODIFY = "修改"
    OVERWRITE = "覆盖"
    RESTORE = "恢复"
    REFUSED = "不能提取"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One source row beside the draft: what it is, what extracting it would do, and why.

    ``key`` names the source row; ``values`` is what the draft's row would get; ``before`` holds the old
    values of the columns that differ; ``line_id`` is the draft's row (None for a new one).
    """

    key: Any
    label: str
    outcome: Outcome
    values: Mapping[str, Any]
    before: Mapping[str, Any] = field(default_factory=dict)
    line_id: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A source beside a draft: how many source rows there are, and those that are not 不处理, in source order."""

    compared: int
    candidates: tuple[Candidate, ...]

    @property
    def same(self) -> int:
        """Return how many rows are equal and left alone."""
        return self.compared - len(self.candidates)


@dataclass(frozen=True, slots=True)
class ChangedTable:
    """A line table whose rows carry marks.

    ``key`` is the line table's; ``match`` the columns that name a row within a copy; ``compared`` the key
    columns that make a difference; ``kept`` every column 撤销行 gives back; ``source`` the title of what
    rows are extracted from ("" = typed or imported only) and ``source_document`` its document key. ``after`` names
    the tables its rows refer to: nothing is extracted while a row of theirs is typed and not stored.
    """

    key: str
    model: type[Any]
    match: tuple[str, ...]
    compared: tuple[str, ...]
    kept: tuple[str, ...]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    source_document: str = ""
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows an order touched, by what happened to them, and what was refused."""

    done: Mapping[str, int]
    refused: tuple[str, ...] = ()

    def __str__(self) -> str:
        told = "，".join(f"{word} {count} 行" for word, count in self.done.items() if count) or "没有变化"
        return told + (f"；{len(self.refused)} 行不能处理" if self.refused else "")


@dataclass(frozen=True, slots=True)
class ChangePath:
    """How one kind of approved document is changed.

    ``approved``, ``draft`` and ``version`` are document keys. ``start(approved, work)`` opens a change
    and returns the draft's id; ``compare(draft, table, work)`` compares the source with the draft;
    ``extract(draft, table, keys, work)`` takes chosen source rows over; ``revert``, ``strike`` and
    ``store`` act on rows of the draft: 撤销行, 删除行, one typed row (line id None = a new one; returns its id).
    ``keep(approved, work)`` makes a version of an approved copy before customs' newer one takes its place.
    """

    approved: str
    draft: str
    version: str
    tables: tuple[ChangedTable, ...]
    start: Callable[[Any, Work], int]
    compare: Callable[[Any, ChangedTable, Work], Comparison]
    extract: Callable[[Any, ChangedTable, Sequence[Any], Work], Counted]
    revert: Callable[[Any, ChangedTable, Sequence[int], Work], Counted]
    strike: Callable[[Any, ChangedTable, Sequence[int], Work], Counted]
    store: Callable[[Any, ChangedTable, int | None, Mapping[str, Any], Work], int]
    keep: Callable[[Any, Work], None]

    def table(self, key: str) -> ChangedTable:
        """Return the changed table named ``key``; ``KeyError`` when there is none."""
        for table in self.tables:
            if table.key == key:
                return table
        raise KeyError(key)
