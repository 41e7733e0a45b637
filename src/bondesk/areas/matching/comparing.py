"""Where a draft and its formal copy differ: lines laid side by side, value against value (handbook 7.3). Pure.

A blank head field of the formal copy, and a column that is blank in all its lines, say nothing and differ from
nothing: workbooks leave out what customs need not repeat. A number customs gave and the draft did not have yet
is no difference either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from bondesk.base.numbers import plain

DIFFERS, DRAFT_ONLY, FORMAL_ONLY = "differs", "draft_only", "formal_only"
KIND_WORDS: Mapping[str, str] = {DIFFERS: "值不同", DRAFT_ONLY: "草单多出", FORMAL_ONLY: "正式单多出"}
WHOLE_LINE = "line"
_STRUCK = "2"
Values = dict[str, Any]


@dataclass
class Doc:
    """A document as plain values: its head, and its lines by id (each with its ``line_no``)."""

    id: int
    head: Values
    lines: dict[int, Values] = field(default_factory=dict)

    @property
    def counted(self) -> list[tuple[int, Values]]:
        """Return (id, values) of the lines that are not struck out, by number."""
        kept = [(key, line) for key, line in self.lines.items() if line.get("row_mark") != _STRUCK]
        return sorted(kept, key=lambda pair: (pair[1]["line_no"], pair[0]))

    def copy(self) -> Doc:
        """Return the same document, to be changed apart."""
        return Doc(self.id, dict(self.head), {key: dict(line) for key, line in self.lines.items()})


@dataclass(frozen=True, slots=True)
class Compared:
    """A field that is compared: its key and label; ``given`` ones are customs' to give."""

    key: str
    label: str
    given: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """One value in which draft and formal copy differ; ``line_no`` is None for the head."""

    line_no: int | None
    field_key: str
    label: str
    draft: str
    formal: str
    kind: str

    @property
    def named(self) -> tuple[Any, ...]:
        """Return what tells whether a later comparison found the very same thing."""
        return self.line_no, self.field_key, self.draft, self.formal, self.kind


#: (id of a draft's line or None, id of a formal line or None); one of both is there.
Aligned = list[tuple[int | None, int | None]]


def aligned(draft: Doc, formal: Doc) -> Aligned:
    """Lay lines side by side: by number when both have as many, else by 序号, 编码, 品名 and the nearest quantity."""
    mine, theirs = draft.counted, formal.counted
    if len(mine) == len(theirs):
        return [(one[0], other[0]) for one, other in zip(mine, theirs, strict=True)]
    groups: dict[tuple[Any, ...], list[tuple[int, Values]]] = defaultdict(list)
    for key, line in theirs:
        groups[_named(line)].append((key, line))
    partner = _nearest(mine, groups)
    pairs: Aligned = [(key, partner.get(key)) for key, _line in mine]
    taken = set(partner.values())
    return pairs + [(None, key) for key, _line in theirs if key not in taken]


def _named(line: Mapping[str, Any]) -> tuple[Any, ...]:
    return line["item_no"], line["hs_code"], (line["name"] or "").strip()


def _nearest(
    mine: Sequence[tuple[int, Values]], groups: Mapping[tuple[Any, ...], Sequence[tuple[int, Values]]]
) -> dict[int, int]:
    """Pair the lines of each group, the least distance of quantities first."""
    near = []
    for place, (key, line) in enumerate(mine):
        for number, (other, formal) in enumerate(groups.get(_named(line), ())):
            near.append((abs((line["dcl_qty"] or 0) - (formal["dcl_qty"] or 0)), place, number, key, other))
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for _distance, _place, _number, key, other in sorted(near):
        if key not in partner and other not in taken:
            partner[key] = other
            taken.add(other)
    return partner


def differences(
    draft: Doc, formal: Doc, heads: Sequence[Compared], lines: Sequence[Compared], pairs: Aligned
) -> list[Difference]:
    """Return what differs, head first, then line by line in the draft's order, formal lines nobody has at the end."""
    found = []
    for one in heads:
        before, after = draft.head[one.key], formal.head[one.key]
        if not blank(after) and not (one.given and blank(before)) and not same(before, after):
            found.append(Difference(None, one.key, one.label, said(before), said(after), DIFFERS))
    silent = {one.key for one in lines if all(blank(line[one.key]) for _key, line in formal.counted)}
    told = [one for one in lines if one.key not in silent]
    for mine, theirs in pairs:
        found += _line(draft.lines.get(mine or 0), formal.lines.get(theirs or 0), told)
    return found


def _line(mine: Values | None, theirs: Values | None, lines: Sequence[Compared]) -> Iterator[Difference]:
    if mine is None or theirs is None:
        only = mine or theirs
        assert only is not None, "a row of an alignment has at least one line"
        text, kind = _whole(only), DRAFT_ONLY if theirs is None else FORMAL_ONLY
        sides = (text, "") if theirs is None else ("", text)
        yield Difference(only["line_no"], WHOLE_LINE, "整行", *sides, kind)
        return
    for one in lines:
        before, after = mine[one.key], theirs[one.key]
        if not same(before, after):
            yield Difference(mine["line_no"], one.key, one.label, said(before), said(after), DIFFERS)


def _whole(line: Mapping[str, Any]) -> str:
    parts = (
        line["item_no"],
        line["hs_code"],
        line["name"],
        f"数量 {said(line['dcl_qty'])}",
        f"总价 {said(line['total'])}",
    )
    return " ".join(str(part) for part in parts if part not in (None, ""))


def blank(value: Any) -> bool:
    """Tell whether nothing is said."""
    return value is None or value == ""


def same(one: Any, other: Any) -> bool:
    """Tell whether two values say the same: numbers by worth, texts without outer blanks, nothing is nothing."""
    if blank(one) or blank(other):
        return blank(one) and blank(other)
    if isinstance(one, str) and isinstance(other, str):
        return one.strip() == other.strip()
    return bool(one == other)


def said(value: Any) -> str:
    """Write a value as the report shows it, without the names of codes."""
    if blank(value):
        return ""
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, date) else str(value)
