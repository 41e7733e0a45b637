"""Codes by the date of the document they stand on: closed or not yet valid then is refused, in every document alike.

What a document's own date is says ``DocumentType.dated``; masters have none and are looked at as of today.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select, true

from bondesk.base.change import Mark
from bondesk.base.codebook import OutOfDate
from bondesk.base.documents import DocumentType, LineTable
from bondesk.base.fields import Field
from bondesk.base.findings import Finding, error
from bondesk.base.line_memory import remembered
from bondesk.engine.act import Act
from bondesk.engine.document_codes import TABLE as DOCUMENTS

#: Rows of a draft that are sent to customs anew.
_LOOKED_AT = (Mark.MODIFIED.value, Mark.ADDED.value)
CLOSED, EARLY = "CODE-01", "CODE-02"
#: The commodity code is a code of its own table wherever a dated document has one.
_HS = "hs_code"


def day_of(document: DocumentType, header: Any) -> date | None:
    """Return the date a document bears, None when it bears none (then its codes are those of today)."""
    days = (getattr(header, attribute.key) for attribute in document.dated)
    return next((day for day in days if day), None)


def code_findings(act: Act, document: DocumentType, header: Any) -> Iterator[Finding]:
    """Say which codes of a document in memory are outside their validity on its date."""
    day = day_of(document, header) or act.facts.today
    for entry, table in _coded(document, document.head_fields):
        yield from _said(act, entry, table, getattr(header, entry.key), day)
    for lines in document.lines:
        fields = _coded(document, lines.fields)
        keys, clean = tuple(entry.key for entry, _table in fields), set[tuple[Any, ...]]()
        for position, line in enumerate(getattr(header, lines.attribute_key) if fields else ()):
            if not _looked_at(line):
                continue
            codes = remembered(_codes_in, line, keys)
            if codes in clean:
                continue  # most lines of a document have the codes of the line before
            found = [
                finding
                for (entry, table), code in zip(fields, codes, strict=True)
                for finding in _said(act, entry, table, code, day, position, lines.key)
            ]
            if not found:
                clean.add(codes)
            yield from found


def _codes_in(line: Any, keys: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(getattr(line, key) for key in keys)


def stored_code_findings(act: Act, document: DocumentType, header: Any) -> Iterator[Finding]:
    """Say the same of a stored document whose rows stay in the database; only rows with such a code are read."""
    day = day_of(document, header) or act.facts.today
    for entry, table in _coded(document, document.head_fields):
        yield from _said(act, entry, table, getattr(header, entry.key), day)
    for lines in document.lines:
        for entry, table in _coded(document, lines.fields):
            yield from _said_of_rows(act, lines, header.id, entry, table, day)


def _looked_at(line: Any) -> bool:
    """Rows customs approved with their codes are left alone until somebody changes them."""
    return not hasattr(line, "row_mark") or line.row_mark in _LOOKED_AT


def _said_of_rows(act: Act, lines: LineTable, header_id: int, entry: Field, table: str, day: date) -> Iterator[Finding]:
    model = lines.model
    column = getattr(model, entry.key)
    mine = [model.company_id == act.company_id, model.header_id == header_id]
    mine += [getattr(model, key) == value for key, value in lines.fixed.items()]
    rows = [*mine, model.row_mark.in_(_LOOKED_AT)] if hasattr(model, "row_mark") else mine
    used = act.session.scalars(select(column).where(*rows).distinct())
    bad = [code for code in used if code and act.codebook.out_of_date(table, code, day) is not None]
    if not bad:
        return
    place = func.row_number().over(order_by=(model.line_no, model.id)).label("place")
    looked_at = (model.row_mark.in_(_LOOKED_AT) if hasattr(model, "row_mark") else true()).label("looked_at")
    placed = select(place, column.label("code"), looked_at).where(*mine).subquery()
    wanted = select(placed.c.place, placed.c.code).where(placed.c.code.in_(bad), placed.c.looked_at)
    for number, code in act.session.execute(wanted.order_by(placed.c.place)):
        yield from _said(act, entry, table, code, day, number - 1, lines.key)


def _coded(document: DocumentType, fields: Sequence[Field]) -> list[tuple[Field, str]]:
    """Return the fields a clerk fills with a code of customs, with the table of each."""
    tables = ((entry, entry.table or (_HS if entry.key == _HS and document.dated else "")) for entry in fields)
    return [(entry, table) for entry, table in tables if table not in ("", DOCUMENTS) and not entry.readonly]


def _said(
    act: Act, entry: Field, table: str, code: Any, day: date, position: int | None = None, lines: str = ""
) -> Iterator[Finding]:
    found = act.codebook.out_of_date(table, code, day) if code else None
    if found is not None:
        text = _sentence(entry, code, found, day)
        yield error(CLOSED if found.closed_on else EARLY, text, entry.key, position, table=lines)


def _sentence(entry: Field, code: str, found: OutOfDate, day: date) -> str:
    named = f"「{entry.label}」{code}{f' {found.name}' if found.name else ''}"
    if found.closed_on is None:
        return f"{named} 自 {found.valid_from} 起才有效，{day} 还不能使用"
    then = f"，请改用 {'、'.join(found.successors)}" if found.successors else "，请改用其他代码"
    return f"{named} 已于 {found.closed_on} 停用，{day} 不能使用{then}"
