"""A document while somebody works on it: plain values, apart from the database, with the revision it was read at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import inspect

from bondesk.base.documents import DocumentType, LineTable
from bondesk.base.errors import Refused
from bondesk.base.records import Line


@dataclass(slots=True)
class LineDraft:
    """One line being edited: ``id`` is None until it has been stored."""

    values: dict[str, Any]
    id: int | None = None


@dataclass(slots=True)
class Draft:
    """One document being edited: ``id`` is None while it is new; values by attribute key."""

    head: dict[str, Any]
    lines: dict[str, list[LineDraft]] = field(default_factory=dict)
    id: int | None = None
    revision: int = 0
    state: str = ""


def column_values(row: Any) -> dict[str, Any]:
    """Return every column value of a stored row by attribute key."""
    return {attribute.key: getattr(row, attribute.key) for attribute in inspect(type(row)).column_attrs}


_KEYS = {"company_id", "id", "header_id"}


def draft_of(document: DocumentType, header: Any) -> Draft:
    """Copy a stored document into a draft; windowed lines stay where they are."""
    draft = Draft(head=column_values(header), id=header.id, revision=getattr(header, "revision", 0))
    draft.state = getattr(header, "state", "")
    for table in document.typed_lines:
        rows = getattr(header, table.attribute_key)
        draft.lines[table.key] = [LineDraft(column_values(row), row.id) for row in rows]
    return draft


def assemble(document: DocumentType, draft: Draft) -> Any:
    """Build an unstored head with its lines from a draft, for rules that run without the database."""
    header = document.header(**settable_values(document.header, draft.head))
    for table in document.lines:
        lines = [new_line(table, number, line) for number, line in enumerate(draft.lines.get(table.key, ()), 1)]
        setattr(header, table.attribute_key, lines)
    return header


def new_line(table: LineTable, number: int, line: LineDraft) -> Any:
    """Build one unstored line; its line number is its place unless it has one of its own."""
    values = {**settable_values(table.model, line.values), **table.fixed}
    row = table.model(**values)
    if isinstance(row, Line) and (not row.line_no or not shows_line_no(table)):
        row.line_no = number
    return row


def shows_line_no(table: LineTable) -> bool:
    """Tell whether the user numbers the lines; otherwise a line's number is its place, 1 to n without gaps."""
    return any(entry.key == "line_no" for entry in table.fields)


def apply_draft(document: DocumentType, header: Any, draft: Draft) -> None:
    """Bring a stored head and its lines to what the draft says; lines are matched by id.

    Windowed tables the draft does not carry stay as they are; FLOW-04 where computed rows were added or taken away.
    """
    _require_same_rows(document, header, draft)
    assign(header, draft.head, document.header)
    for table in document.lines:
        if table.windowed and table.key not in draft.lines:
            continue
        present = {row.id: row for row in getattr(header, table.attribute_key)}
        counted = not shows_line_no(table)
        wanted = []
        for number, line in enumerate(draft.lines.get(table.key, ()), 1):
            row = present.get(line.id) if line.id is not None else None
            if row is None:
                row = new_line(table, number, line)
            else:
                assign(row, line.values, table.model)
                if counted and isinstance(row, Line) and row.line_no != number:
                    row.line_no = number
            wanted.append(row)
        setattr(header, table.attribute_key, wanted)


def _require_same_rows(document: DocumentType, header: Any, draft: Draft) -> None:
    for table in document.typed_lines:
        if table.computed and table.key in draft.lines:
            stored, kept = getattr(header, table.attribute_key), draft.lines[table.key]
            if len(stored) != len(kept) or {row.id for row in stored} != {line.id for line in kept}:
                raise Refused(f"「{table.title}」的行由程序计算，不能增加或删除；请刷新单据后重新填写", "FLOW-04")


def assign(row: Any, values: dict[str, Any], model: type[Any]) -> None:
    """Set the attributes that differ, so that the log shows only real changes."""
    for key, value in settable_values(model, values).items():
        if getattr(row, key) != value:
            setattr(row, key, value)


_KEPT_BY_ENGINE = {"revision", "created_by", "created_at", "changed_by", "changed_at"}
_KEPT_BY_ENGINE |= {"state", "audited_by", "audited_at"}
#: A copied value no longer stands in the workbook its original was read from.
_ORIGIN = {"origin_run", "origin_sheet", "origin_row"}


@cache
def settable_keys(model: Any) -> frozenset[str]:
    """Return the attributes of a head or line a draft may set."""
    return frozenset({attribute.key for attribute in inspect(model).column_attrs} - _KEYS - _KEPT_BY_ENGINE)


def settable_values(model: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Return those of ``values`` a draft may set in a head or line."""
    keys: frozenset[str] = settable_keys(model)
    return {key: value for key, value in values.items() if key in keys}


def copied(draft: Draft, document: DocumentType) -> Draft:
    """Return a new draft with the user's values of ``draft``; what the program filled stays behind.

    So does the number that names one document: the copy needs its own.
    """
    kept_back = {entry.key for entry in document.head_fields if entry.readonly} | _KEYS | _KEPT_BY_ENGINE | _ORIGIN
    head = {key: value for key, value in draft.head.items() if key not in kept_back}
    if len(document.number) == 1 and isinstance(head.get(document.number[0].key), str):
        head[document.number[0].key] = ""
    fresh = Draft(head=head, state=document.flow.first)
    for table in document.lines:
        filled = set() if table.offers else {entry.key for entry in table.fields if entry.readonly}
        fixed = filled | _KEYS | _ORIGIN  # what was chosen from offers is the user's, though it cannot be typed
        fresh.lines[table.key] = [
            LineDraft({key: value for key, value in line.values.items() if key not in fixed})
            for line in draft.lines.get(table.key, ())
        ]
    return fresh


def all_lines(draft: Draft) -> Iterator[tuple[str, int, LineDraft]]:
    """Iterate over every line as (table key, 0-based position, line)."""
    for key, lines in draft.lines.items():
        for position, line in enumerate(lines):
            yield key, position, line
