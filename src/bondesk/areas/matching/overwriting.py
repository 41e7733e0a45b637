"""What a formal copy does to its draft, and back: the draft as it was is kept exactly (handbook 7.3). Pure.

Overwritten are the key columns alone. A snapshot holds what they were and what was written over them, so that
cancelling gives back what pairing took and leaves alone what receipts have told since.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from bondesk.areas.matching.comparing import Aligned, Doc, Values, blank

_STRUCK, _ADDED = "2", "3"
_REFUSED = frozenset({"REJECTED", "RETURNED", "DELETED", "VOID"})
#: Where a line that only customs has is copied from.
COPIED = "copied_from"


@dataclass
class Snapshot:
    """The overwritten values of a draft as they were, what was written over them, and the lines that were added."""

    head: Values = field(default_factory=dict)
    lines: dict[int, Values] = field(default_factory=dict)
    new_head: Values = field(default_factory=dict)
    new_lines: dict[int, Values] = field(default_factory=dict)
    added: list[int] = field(default_factory=list)

    def text(self) -> str:
        """Write the snapshot as JSON; decimals and dates keep every digit."""
        parts = {
            "head": _plain(self.head),
            "lines": {str(key): _plain(line) for key, line in self.lines.items()},
            "new_head": _plain(self.new_head),
            "new_lines": {str(key): _plain(line) for key, line in self.new_lines.items()},
            "added": self.added,
        }
        return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def read_snapshot(text: str) -> Snapshot:
    """Read what :meth:`Snapshot.text` wrote."""
    parts = json.loads(text)
    return Snapshot(
        _typed(parts["head"]),
        {int(key): _typed(line) for key, line in parts["lines"].items()},
        _typed(parts["new_head"]),
        {int(key): _typed(line) for key, line in parts["new_lines"].items()},
        parts["added"],
    )


def _plain(values: Mapping[str, Any]) -> Values:
    return {key: _tagged(value) for key, value in values.items()}


def _tagged(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {"n": format(value, "f")}
    return {"d": value.isoformat()} if isinstance(value, date) else value


def _typed(values: Mapping[str, Any]) -> Values:
    return {key: _untagged(value) for key, value in values.items()}


def _untagged(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return Decimal(value["n"]) if "n" in value else date.fromisoformat(value["d"])


@dataclass(frozen=True, slots=True)
class Overwriting:
    """Which attributes of head and lines are overwritten; ``marked`` lines may be struck out and added.

    ``ranks`` orders states by how far customs has gone: a state, and the ``words`` customs has for it, never falls.
    """

    heads: Sequence[str]
    lines: Sequence[str]
    marked: bool
    ranks: Mapping[str, int] = field(default_factory=dict)
    words: frozenset[str] = frozenset()

    def behind(self, draft: Mapping[str, Any], formal: Mapping[str, Any]) -> bool:
        """Tell whether the formal copy is of an earlier moment than what the draft knows; a refusal never is."""
        if formal["state"] in _REFUSED:
            return False
        return self.ranks.get(formal["state"], 0) < self.ranks.get(draft["state"], 0)


def overwrite(
    draft: Doc, formal: Doc, pairs: Aligned, what: Overwriting, fresh: Callable[[], int]
) -> tuple[Doc, Snapshot]:
    """Return the draft as the formal copy makes it, and what it was; ``fresh`` gives ids for added lines."""
    after = draft.copy()
    snapshot = Snapshot(head={key: draft.head[key] for key in what.heads})
    snapshot.lines = {key: {name: line[name] for name in what.lines} for key, line in draft.lines.items()}
    kept = {"state", *what.words} if what.behind(draft.head, formal.head) else set()
    for key in what.heads:
        if key not in kept and _overwrites(key, draft.head, formal.head):
            after.head[key] = snapshot.new_head[key] = formal.head[key]
    following = max((line["line_no"] for line in draft.lines.values()), default=0)
    for mine, theirs in pairs:
        if mine is not None and theirs is not None:
            _line(after.lines[mine], formal.lines[theirs], mine, what, snapshot)
        elif mine is not None and what.marked:
            after.lines[mine]["row_mark"] = _STRUCK
            snapshot.new_lines[mine] = {"row_mark": _STRUCK}
        elif theirs is not None and what.marked:
            following += 1
            number = fresh()
            copied = {**formal.lines[theirs], "line_no": following, "row_mark": _ADDED}
            after.lines[number] = {**copied, COPIED: theirs}
            snapshot.added.append(number)
    return after, snapshot


def _line(mine: Values, theirs: Values, number: int, what: Overwriting, snapshot: Snapshot) -> None:
    for key in what.lines:
        if key != "row_mark" and not blank(theirs[key]) and mine[key] != theirs[key]:
            mine[key] = theirs[key]
            snapshot.new_lines.setdefault(number, {})[key] = theirs[key]


def _overwrites(key: str, draft: Mapping[str, Any], formal: Mapping[str, Any]) -> bool:
    """Tell whether a head value is overwritten: what customs does not say is not, and 核扣 never falls by silence."""
    value = formal[key]
    if blank(value) or value == draft[key]:
        return False
    lower = key == "writeoff_mark" and (value or "0") < (draft[key] or "0")
    return not (lower and formal["state"] == draft["state"] == "APPROVED")


def restore(draft: Doc, snapshot: Snapshot) -> Doc:
    """Return the draft as it was before pairing; what somebody else changed since then stays."""
    before = draft.copy()
    _give_back(before.head, snapshot.head, snapshot.new_head)
    for number in snapshot.added:
        before.lines.pop(number, None)
    for number, written in snapshot.new_lines.items():
        if number in before.lines:
            _give_back(before.lines[number], snapshot.lines[number], written)
    return before


def _give_back(values: Values, kept: Mapping[str, Any], written: Mapping[str, Any]) -> None:
    for key, value in written.items():
        if values[key] == value:
            values[key] = kept[key]


def as_it_was(draft: Doc, snapshot: Snapshot) -> Doc:
    """Return the draft as the snapshot has it, for looking: also what receipts have changed since."""
    before = draft.copy()
    before.head |= snapshot.head
    before.lines = {key: line for key, line in before.lines.items() if key not in snapshot.added}
    for number, line in snapshot.lines.items():
        if number in before.lines:
            before.lines[number] |= line
    return before
