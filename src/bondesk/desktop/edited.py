"""A document while a form edits it: head values and lines, with what was typed but cannot be read kept beside.

Qt-free; :func:`snapshot` turns it into the engine's :class:`Draft`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType, LineTable
from bondesk.base.fields import Field
from bondesk.base.findings import Finding, error
from bondesk.engine.drafts import Draft, LineDraft

_LINE_NO = "line_no"
_OWN = {"company_id", "id", "header_id", "line_no", "origin_run", "origin_sheet", "origin_row"}


@dataclass(frozen=True, slots=True)
class Unread:
    """A text that stands in a cell but is no value of it, with the finding's code and sentence."""

    raw: str
    code: str
    text: str


@dataclass(slots=True, eq=False)
class EditedLine:
    """One line: values by attribute key, unreadable texts by attribute key, id when stored."""

    values: dict[str, Any]
    id: int | None = None
    unread: dict[str, Unread] = field(default_factory=dict)
    #: The line as the rules saw it last, until it is written again; a long document is handed over in no time.
    seen: LineDraft | None = None

    def copied(self, kept_back: frozenset[str]) -> EditedLine:
        """Return a new line with the values but those of ``kept_back``."""
        return EditedLine({key: value for key, value in self.values.items() if key not in kept_back})


def empty_value(entry: Field) -> Any:
    """Return what an empty box of a field means."""
    if entry.numeric or entry.kind in {Kind.DATE, Kind.TIME, Kind.YESNO}:
        return None
    return ""


def _default(attribute: Any) -> Any:
    default = attribute.property.columns[0].default
    return default.arg if default is not None and default.is_scalar else None


def blank_line(table: LineTable) -> EditedLine:
    """Return a new line with the declared defaults and fixed values."""
    values: dict[str, Any] = {}
    for attribute, entry in zip(table.columns, table.fields, strict=True):
        default = _default(attribute)
        values[entry.key] = empty_value(entry) if default is None or entry.key == "line_no" else default
    return EditedLine({**values, **table.fixed})


def kept_back(table: LineTable) -> frozenset[str]:
    """Return the keys a duplicated line does not take over: what the program fills, and its number."""
    return frozenset({entry.key for entry in table.fields if entry.readonly} | _OWN)


def duplicate(table: LineTable, line: EditedLine) -> EditedLine:
    """Return a copy of ``line`` as a new line."""
    fresh = blank_line(table)
    fresh.values.update(line.copied(kept_back(table)).values)
    fresh.unread = dict(line.unread)
    return fresh


def untouched(table: LineTable, line: EditedLine) -> bool:
    """Tell whether nothing was ever typed into a new line."""
    return line.id is None and not line.unread and line.values == blank_line(table).values


def filled(table: LineTable, lines: Sequence[EditedLine]) -> list[EditedLine]:
    """Return the lines without the untouched ones at the end: Enter opened them, nobody filled them."""
    count = len(lines)
    while count and untouched(table, lines[count - 1]):
        count -= 1
    return list(lines[:count])


def snapshot(
    document: DocumentType, base: Draft, head: Mapping[str, Any], lines: Mapping[str, Sequence[EditedLine]]
) -> Draft:
    """Return a draft of its own, safe to hand to another thread; lines are numbered by their place."""
    draft = Draft(_filled_head(document, head), {}, base.id, base.revision, base.state)
    for table in document.typed_lines:
        counted = not any(entry.key == _LINE_NO for entry in table.fields) and hasattr(table.model, _LINE_NO)
        defaults = fillings(table.columns)
        draft.lines[table.key] = [
            _line_draft(line, number if counted else None, defaults)
            for number, line in enumerate(filled(table, lines[table.key]), 1)
        ]
    return draft


def _filled_head(document: DocumentType, head: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(head)
    for part in document.form:
        _fill(values, fillings(part.attributes))
    return values


def _line_draft(line: EditedLine, number: int | None, fillings: Sequence[tuple[str, Any]]) -> LineDraft:
    seen = line.seen
    if seen is not None and seen.id == line.id and (number is None or seen.values[_LINE_NO] == number):
        return seen
    values = dict(line.values)
    _fill(values, fillings)
    if number is not None:
        values[_LINE_NO] = number
    line.seen = LineDraft(values, line.id)
    return line.seen


def _fill(values: dict[str, Any], fillings: Sequence[tuple[str, Any]]) -> None:
    """Give an emptied column that cannot be empty its default."""
    for key, default in fillings:
        if values.get(key) is None:
            values[key] = default


def fillings(attributes: Sequence[Any]) -> list[tuple[str, Any]]:
    """Return (key, default) of the columns that cannot be empty and have a default."""
    found = ((attribute.key, _filling(attribute)) for attribute in attributes)
    return [(key, default) for key, default in found if default is not None]


@cache
def _filling(attribute: Any) -> Any:
    return None if attribute.property.columns[0].nullable else _default(attribute)


def unstorable(document: DocumentType, draft: Draft) -> list[Finding]:
    """Say which empty numbers and dates even a draft cannot be stored without."""
    found = [
        error(document.required_code, f"「{entry.label}」必填", entry.key)
        for attribute, entry in _head_pairs(document)
        if _must_hold(attribute, entry) and draft.head.get(entry.key) is None
    ]
    for table in document.lines:
        needed = [e for a, e in zip(table.columns, table.fields, strict=True) if _must_hold(a, e)]
        for position, line in enumerate(draft.lines.get(table.key, ())):
            found += [
                error(document.required_code, f"「{entry.label}」必填", entry.key, position, table=table.key)
                for entry in needed
                if line.values.get(entry.key) is None
            ]
    return found


def _head_pairs(document: DocumentType) -> Iterator[tuple[Any, Field]]:
    for part in document.form:
        yield from zip(part.attributes, part.fields, strict=True)


def _must_hold(attribute: Any, entry: Field) -> bool:
    if entry.readonly or entry.key == "line_no":
        return False
    return not attribute.property.columns[0].nullable and _default(attribute) is None


def lines_of(document: DocumentType, draft: Draft) -> dict[str, list[EditedLine]]:
    """Return the lines of a draft ready to be edited, by table key."""
    return {
        table.key: [EditedLine(copy(line.values), line.id) for line in draft.lines.get(table.key, ())]
        for table in document.typed_lines
    }
