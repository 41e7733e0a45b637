"""Two versions of one document, what was typed and what somebody else stored, compared field by field. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bondesk.base.documents import DocumentType, LineTable
from bondesk.base.fields import Field
from bondesk.engine.drafts import Draft, LineDraft


class Side(StrEnum):
    """Whose version."""

    MINE = "我的"
    THEIRS = "对方的"


class Change(StrEnum):
    """What kind of difference it is, in the clerk's words."""

    MINE = "我修改"
    THEIRS = "对方修改"
    BOTH = "双方都修改"
    ADDED = "我新增的行"
    TAKEN = "我删除的行"
    GONE = "对方删除的行"


@dataclass(frozen=True, slots=True)
class Difference:
    """One value, or one whole line, on which the two versions differ.

    ``table`` "" is the head; ``line_id`` names a stored line, ``place`` its 1-based place on the screen. For whole
    lines ``entry`` is None and ``line`` holds the values. ``proposed`` is the side that loses nothing.
    """

    change: Change
    proposed: Side
    table: str = ""
    line_id: int | None = None
    place: int = 0
    entry: Field | None = None
    mine: Any = None
    theirs: Any = None
    line: Mapping[str, Any] | None = None


def differences(document: DocumentType, before: Draft, typed: Draft, stored: Draft) -> list[Difference]:
    """Compare what was typed (beginning from ``before``) with what is stored now, in the order of the form."""
    found = list(_of_values(document.head_fields, before.head, typed.head, stored.head))
    for table in document.lines:
        found += _of_lines(
            table,
            before.lines.get(table.key, ()),
            typed.lines.get(table.key, ()),
            stored.lines.get(table.key, ()),
        )
    return found


def _of_values(
    fields: Sequence[Field],
    before: Mapping[str, Any],
    typed: Mapping[str, Any],
    stored: Mapping[str, Any],
    **where: Any,
) -> Iterator[Difference]:
    for entry in fields:
        was, mine, theirs = (values.get(entry.key) for values in (before, typed, stored))
        if entry.readonly or mine == theirs:
            continue
        if mine == was:
            change, proposed = Change.THEIRS, Side.THEIRS
        elif theirs == was:
            change, proposed = Change.MINE, Side.MINE
        else:
            change, proposed = Change.BOTH, Side.THEIRS
        yield Difference(change, proposed, entry=entry, mine=mine, theirs=theirs, **where)


def _of_lines(
    table: LineTable, before: Sequence[LineDraft], typed: Sequence[LineDraft], stored: Sequence[LineDraft]
) -> Iterator[Difference]:
    was = {line.id: line.values for line in before if line.id is not None}
    now = {line.id: line.values for line in stored if line.id is not None}
    here = {line.id for line in typed}
    for place, line in enumerate(typed, 1):
        if line.id is None or (line.id not in now and line.id not in was):
            yield Difference(Change.ADDED, Side.MINE, table.key, None, place, line=line.values)
        elif line.id in now:
            old = was.get(line.id, line.values)
            yield from _of_values(
                table.fields, old, line.values, now[line.id], table=table.key, line_id=line.id, place=place
            )
        else:
            kept = Side.MINE if _changed(table, was[line.id], line.values) else Side.THEIRS
            yield Difference(Change.GONE, kept, table.key, line.id, place, line=line.values)
    for place, line in enumerate(stored, 1):
        if line.id in was and line.id not in here:
            kept = Side.THEIRS if _changed(table, was[line.id], line.values) else Side.MINE
            yield Difference(Change.TAKEN, kept, table.key, line.id, place, line=line.values)


def _changed(table: LineTable, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    return any(before.get(entry.key) != after.get(entry.key) for entry in table.fields if not entry.readonly)


def mine_of(found: Sequence[Difference]) -> bool:
    """Tell whether any difference is of the clerk's own making; else there is nothing to lose."""
    return any(one.change is not Change.THEIRS for one in found)
