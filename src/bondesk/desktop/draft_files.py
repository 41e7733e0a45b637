"""Unsaved typing as a file: what a clerk changed, value by value, exact and readable after a crash. No Qt."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from bondesk.desktop.edited import EditedLine, Unread
from bondesk.engine.drafts import Draft, LineDraft

_VERSION = 1
_EXACT: Mapping[str, Callable[[str], Any]] = {
    "decimal": Decimal,
    "date": date.fromisoformat,
    "moment": datetime.fromisoformat,
}


@dataclass(frozen=True, slots=True)
class TypedLine:
    """One line as it stood: an untouched stored one is only its ``id``; ``was`` holds what was there before."""

    id: int | None
    values: dict[str, Any] = field(default_factory=dict)
    was: dict[str, Any] = field(default_factory=dict)
    unread: dict[str, Unread] = field(default_factory=dict)

    @property
    def touched(self) -> bool:
        """Tell whether anything of the line would be lost."""
        return self.id is None or bool(self.was or self.unread)


@dataclass(frozen=True, slots=True)
class TypedRow:
    """A row of a window that was typed and not confirmed: the values that differ, texts that cannot be read."""

    id: int | None
    values: dict[str, Any] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UnsavedInput:
    """What was typed into one form and not saved.

    ``head`` holds all head values, ``was`` the earlier values of the changed ones, ``unread`` texts in boxes that
    cannot be read; ``removed`` the ids of lines taken out; ``rows`` the unconfirmed row of each window.
    """

    document: str
    id: int | None
    revision: int
    number: str
    saved_at: str
    head: dict[str, Any]
    was: dict[str, Any]
    unread: dict[str, str]
    lines: dict[str, list[TypedLine]]
    removed: dict[str, list[int]]
    rows: dict[str, TypedRow] = field(default_factory=dict)

    def typed_over(self, stored: Draft) -> tuple[Draft, Draft]:
        """Return what the clerk began with and what stood on the screen; lines never touched are as ``stored``."""
        before = Draft({**stored.head, **self.head, **self.was}, {}, stored.id, self.revision, stored.state)
        typed = Draft({**stored.head, **self.head}, {}, stored.id, self.revision, stored.state)
        for key, lines in self.lines.items():
            now = {line.id: line for line in stored.lines.get(key, ())}
            before.lines[key] = [
                LineDraft({**line.values, **line.was} if line.touched else now[line.id].values, line.id)
                for line in lines
                if line.id is not None and (line.touched or line.id in now)
            ]
            before.lines[key] += [now[gone] for gone in self.removed.get(key, ()) if gone in now]
            typed.lines[key] = [
                LineDraft(line.values if line.touched else now[line.id].values, line.id)
                for line in lines
                if line.touched or line.id in now
            ]
        return before, typed


def typed_line(line: EditedLine, stored: Mapping[int, Mapping[str, Any]]) -> TypedLine:
    """Return what of an edited line is worth keeping; ``stored`` holds the values the form began with, by id."""
    began = stored.get(line.id) if line.id is not None else None
    if began is None:
        return TypedLine(None, dict(line.values), {}, dict(line.unread))
    if began == line.values and not line.unread:
        return TypedLine(line.id)
    was = {key: began.get(key) for key, value in line.values.items() if began.get(key) != value}
    return TypedLine(line.id, dict(line.values), was, dict(line.unread))


def written(kept: UnsavedInput) -> str:
    """Write unsaved input as JSON, line by line, so that a long document never holds the interpreter for long."""
    head = {
        "version": _VERSION,
        "document": kept.document,
        "id": kept.id,
        "revision": kept.revision,
        "number": kept.number,
        "saved_at": kept.saved_at,
        "head": _coded(kept.head),
        "was": _coded(kept.was),
        "unread": kept.unread,
        "removed": kept.removed,
        "rows": {key: {"id": r.id, "values": _coded(r.values), "unread": r.unread} for key, r in kept.rows.items()},
    }
    tables = [
        json.dumps(key) + ":[\n" + ",\n".join(json.dumps(_line(line)) for line in lines) + "]"
        for key, lines in kept.lines.items()
    ]
    return json.dumps(head)[:-1] + ',\n"lines":{' + ",\n".join(tables) + "}}"


def _line(line: TypedLine) -> dict[str, Any]:
    if not line.touched:
        return {"id": line.id}
    unread = {key: [one.raw, one.code, one.text] for key, one in line.unread.items()}
    return {"id": line.id, "values": _coded(line.values), "was": _coded(line.was), "unread": unread}


def read_back(text: str) -> UnsavedInput:
    """Read :func:`written`; ``ValueError`` for anything else."""
    try:
        found = json.loads(text)
        if found["version"] != _VERSION:
            raise ValueError(f"version {found['version']}")
        return UnsavedInput(
            document=found["document"],
            id=found["id"],
            revision=found["revision"],
            number=found["number"],
            saved_at=found["saved_at"],
            head=_decoded(found["head"]),
            was=_decoded(found["was"]),
            unread=found["unread"],
            lines={key: [_typed_line(line) for line in lines] for key, lines in found["lines"].items()},
            removed=found["removed"],
            rows={
                key: TypedRow(row["id"], _decoded(row["values"]), row["unread"])
                for key, row in found.get("rows", {}).items()
            },
        )
    except (KeyError, TypeError, AttributeError, ArithmeticError) as problem:
        raise ValueError(f"no unsaved input: {problem!r}") from problem


def _typed_line(found: Mapping[str, Any]) -> TypedLine:
    unread = {key: Unread(*one) for key, one in found.get("unread", {}).items()}
    return TypedLine(found["id"], _decoded(found.get("values", {})), _decoded(found.get("was", {})), unread)


def _coded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _code(value) for key, value in values.items()}


def _code(value: Any) -> Any:
    match value:
        case Decimal():
            return {"decimal": str(value)}
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case _:
            return value


def _decoded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _decode(value) for key, value in values.items()}


def _decode(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, text),) = value.items()
    return _EXACT[kind](text)


def replace_file(path: Path, text: str) -> None:
    """Write a file in one rename, on the disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)


def removed_ids(began: Sequence[LineDraft], lines: Sequence[EditedLine]) -> list[int]:
    """Return the ids of lines the form began with and no longer holds."""
    here = {line.id for line in lines}
    return [line.id for line in began if line.id is not None and line.id not in here]
