"""Lines of one document as a list of any length: one SQL statement per page, filters and order in the database.

A book of 400,000 consumption rows is looked at through this window; its form never loads them all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from bondesk.base.change import Mark
from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType, LineTable
from bondesk.engine.act import Act


@dataclass(frozen=True, slots=True)
class LineQuery:
    """What a window of lines shows: a text searched in all columns, marks (empty = all), sort keys.

    A text that is a whole number also finds equal numbers (备案序号 …). ``order`` holds (attribute key, descending).
    """

    text: str = ""
    marks: frozenset[str] = frozenset()
    order: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line: id, values by attribute key, and what customs has approved where it differs."""

    id: int
    values: Mapping[str, Any]
    before: Mapping[str, Any] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """Return the 修改标志 ("" where the line has none)."""
        return str(self.values.get("row_mark") or "")


def line_count(act: Act, document: DocumentType, header_id: int, table: str, query: LineQuery) -> int:
    """Return how many lines the window holds."""
    act.require(document, "view")
    lines = document.line_table(table)
    statement = _filtered(act, lines, header_id, query, select(func.count()).select_from(lines.model))
    return int(act.session.execute(statement).scalar_one())


def mark_counts(act: Act, document: DocumentType, header_id: int, table: str) -> dict[str, int]:
    """Return how many lines carry each mark."""
    act.require(document, "view")
    lines = document.line_table(table)
    mark = lines.model.row_mark
    statement = _filtered(act, lines, header_id, LineQuery(), select(mark, func.count())).group_by(mark)
    return {key: int(count) for key, count in act.session.execute(statement)}


def line_page(
    act: Act,
    document: DocumentType,
    header_id: int,
    table: str,
    query: LineQuery,
    offset: int,
    limit: int,
    total: int | None = None,
) -> list[LineRow]:
    """Return up to ``limit`` lines from ``offset``; changed ones with their approved values.

    With the ``total`` known, lines behind the middle are counted from the end, which skips fewer of them.
    """
    act.require(document, "view")
    lines = document.line_table(table)
    model = lines.model
    keys = [entry.key for entry in lines.fields]
    statement = select(model.id, *(getattr(model, key) for key in keys))
    statement = _filtered(act, lines, header_id, query, statement)
    if total is not None and offset > total // 2:
        wanted = max(0, min(limit, total - offset))
        statement = statement.order_by(*_order(model, query, backwards=True))
        rows = act.session.execute(statement.offset(total - offset - wanted).limit(wanted)).all()[::-1]
    else:
        statement = statement.order_by(*_order(model, query))
        rows = act.session.execute(statement.offset(offset).limit(limit)).all()
    found = [LineRow(row[0], dict(zip(keys, row[1:], strict=True))) for row in rows]
    return _with_approved(act, document, header_id, table, found)


def line_ids(
    act: Act, document: DocumentType, header_id: int, table: str, query: LineQuery, spans: Sequence[range]
) -> list[int]:
    """Return the ids of whole ranges of rows, in their order."""
    act.require(document, "view")
    lines = document.line_table(table)
    statement = _filtered(act, lines, header_id, query, select(lines.model.id)).order_by(*_order(lines.model, query))
    found: list[int] = []
    for span in spans:
        found += act.session.scalars(statement.offset(span.start).limit(len(span)))
    return found


def line_place(
    act: Act, document: DocumentType, header_id: int, table: str, query: LineQuery, line_id: int
) -> int | None:
    """Return the row (from 0) a line has in the window; None when the window does not show it."""
    numbered = _numbered(act, document, header_id, table, query)
    return _place(act, select(numbered.c.place).where(numbered.c.id == line_id))


def changed_place(
    act: Act, document: DocumentType, header_id: int, table: str, query: LineQuery, row: int, by: int
) -> int | None:
    """Return the next (``by`` 1) or previous (-1) row after ``row`` that is not 未修改, or None."""
    numbered = _numbered(act, document, header_id, table, query)
    place = numbered.c.place
    beyond, order = (place > row + 1, place.asc()) if by > 0 else (place < row + 1, place.desc())
    statement = select(place).where(beyond, numbered.c.row_mark != Mark.SAME.value)
    return _place(act, statement.order_by(order).limit(1))


def _place(act: Act, statement: Select[Any]) -> int | None:
    found = act.session.execute(statement).scalar()
    return None if found is None else int(found) - 1


def _numbered(act: Act, document: DocumentType, header_id: int, table: str, query: LineQuery) -> Any:
    """Return the window's lines with their 1-based place, as a subquery."""
    act.require(document, "view")
    lines = document.line_table(table)
    model = lines.model
    place = func.row_number().over(order_by=_order(model, query)).label("place")
    return _filtered(act, lines, header_id, query, select(model.id, model.row_mark, place)).subquery()


def _filtered(act: Act, lines: LineTable, header_id: int, query: LineQuery, statement: Select[Any]) -> Select[Any]:
    model = lines.model
    statement = statement.where(model.company_id == act.company_id, model.header_id == header_id)
    for key, value in lines.fixed.items():
        statement = statement.where(getattr(model, key) == value)
    if query.marks:
        statement = statement.where(model.row_mark.in_(sorted(query.marks)))
    if query.text:
        statement = statement.where(_matching(lines, query.text))
    return statement


def _matching(lines: LineTable, text: str) -> Any:
    texts = {Kind.TEXT, Kind.CODE, Kind.MEMO}
    clauses = [
        getattr(lines.model, entry.key).contains(text, autoescape=True)
        for entry in lines.fields
        if entry.kind in texts and not entry.choices
    ]
    if text.isascii() and text.isdigit() and len(text) < 10:
        clauses += [getattr(lines.model, e.key) == int(text) for e in lines.fields if e.kind is Kind.INTEGER]
    return or_(*clauses)


def _order(model: type[Any], query: LineQuery, *, backwards: bool = False) -> list[Any]:
    keys = [*query.order, ("line_no", False), ("id", False)]
    return [getattr(model, key).desc() if down is not backwards else getattr(model, key).asc() for key, down in keys]


def _with_approved(
    act: Act, document: DocumentType, header_id: int, table: str, rows: Sequence[LineRow]
) -> list[LineRow]:
    """Add the approved values of the columns in which a modified line differs."""
    path = document.change
    changed = [row for row in rows if row.mark == Mark.MODIFIED]
    if path is None or not changed:
        return list(rows)
    tabled = path.table(table)
    header, model = document.header, tabled.model
    approved_id = act.session.execute(
        select(header.approved_id).where(header.company_id == act.company_id, header.id == header_id)
    ).scalar()
    named = [and_(*(getattr(model, key) == row.values[key] for key in tabled.match)) for row in changed]
    columns = list(dict.fromkeys((*tabled.match, *tabled.kept)))
    statement = select(*(getattr(model, key) for key in columns)).where(
        model.company_id == act.company_id, model.header_id == approved_id, or_(*named)
    )
    for key, value in tabled.fixed.items():
        statement = statement.where(getattr(model, key) == value)
    filed = {}
    for found in act.session.execute(statement):
        values = dict(zip(columns, found, strict=True))
        filed[tuple(values[key] for key in tabled.match)] = values
    return [_beside(row, filed.get(tuple(row.values[key] for key in tabled.match))) for row in rows]


def _beside(row: LineRow, approved: Mapping[str, Any] | None) -> LineRow:
    if row.mark != Mark.MODIFIED or approved is None:
        return row
    before = {key: value for key, value in approved.items() if key in row.values and row.values[key] != value}
    return LineRow(row.id, row.values, before)
