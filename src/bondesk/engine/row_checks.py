"""Required cells, and the rules of a stored document whose rows stay in the database: a big book's 审核 and 发送.

Findings are those of the rules in memory, in the same words, but each rule says at most so many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from bondesk.base.documents import DocumentType, LineTable
from bondesk.base.findings import Finding, error
from bondesk.base.line_memory import remembered
from bondesk.engine.act import Act
from bondesk.engine.code_dates import stored_code_findings

#: Findings of one rule that are listed; a clerk mends the first and asks again.
MOST_FINDINGS = 500


def missing_in_head(document: DocumentType, header: Any) -> list[Finding]:
    """Say which required boxes of the head are empty."""
    return [
        error(document.required_code, f"「{entry.label}」必填", entry.key)
        for entry in document.head_fields
        if entry.required and not entry.readonly and getattr(header, entry.key) in (None, "")
    ]


def missing(document: DocumentType, header: Any) -> list[Finding]:
    """Say which required boxes and cells of a document in memory are empty."""
    found = missing_in_head(document, header)
    for table in document.lines:
        labels = {entry.key: entry.label for entry in table.fields if entry.required and not entry.readonly}
        needed = tuple(labels)
        for position, line in enumerate(getattr(header, table.attribute_key)):
            found.extend(
                error(document.required_code, f"「{labels[key]}」必填", key, position, table=table.key)
                for key in remembered(_empty_keys, line, needed)
            )
    return found


def _empty_keys(line: Any, keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(key for key in keys if getattr(line, key) in (None, ""))


def row_findings(act: Act, document: DocumentType, header: Any) -> list[Finding]:
    """Run the stored rules of a document on its stored head and rows."""
    found = missing_in_head(document, header)
    for table in document.lines:
        found += _some(_missing_in_rows(act, document, header.id, table))
    for rule in document.stored_rules:
        found += _some(rule(header, act))
    found += _some(stored_code_findings(act, document, header))
    return found


def _some(findings: Iterable[Finding]) -> list[Finding]:
    found = list(islice(findings, MOST_FINDINGS + 1))
    if len(found) > MOST_FINDINGS:
        last = found[MOST_FINDINGS]
        found[MOST_FINDINGS] = error(last.code, f"同类问题超过 {MOST_FINDINGS} 处，请先改正以上各处再审核")
    return found


def _missing_in_rows(act: Act, document: DocumentType, header_id: int, table: LineTable) -> Iterator[Finding]:
    """Find empty required cells, with the place of their row in the order the form shows."""
    needed = [entry for entry in table.fields if entry.required and not entry.readonly]
    if not needed:
        return
    model = table.model
    cells = [getattr(model, entry.key).label(entry.key) for entry in needed]
    place = func.row_number().over(order_by=(model.line_no, model.id)).label("place")
    mine = select(place, *cells).where(model.company_id == act.company_id, model.header_id == header_id)
    for key, value in table.fixed.items():
        mine = mine.where(getattr(model, key) == value)
    rows = mine.subquery()
    empty: list[ColumnElement[bool]] = [rows.c[entry.key].is_(None) for entry in needed]
    empty += [rows.c[entry.key] == "" for entry in needed if getattr(model, entry.key).type.python_type is str]
    for row in act.session.execute(select(rows).where(or_(*empty)).order_by(rows.c.place)):
        for entry, value in zip(needed, row[1:], strict=True):
            if value in (None, ""):
                text = f"「{entry.label}」必填"
                yield error(document.required_code, text, entry.key, row[0] - 1, table=table.key)
