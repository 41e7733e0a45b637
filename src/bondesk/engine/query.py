"""Lists: one SQL statement per page, one for the count; filters and sorting happen in the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType
from bondesk.base.fields import Field, field_of
from bondesk.base.records import Row
from bondesk.engine.act import Act
from bondesk.engine.clauses import STATE, Clauses, Condition, attribute_of, one_of

__all__ = ["STATE", "Condition", "PageRow", "Query", "count", "page", "shown_keys", "stream"]

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Query:
    """What a list shows: conditions that must all hold, a text searched in all text columns, sort keys, columns.

    Of every group in ``any_of`` at least one condition must hold. ``order`` holds (attribute key,
    descending); without one the newest documents come first. ``columns`` are attribute keys of the
    head and ``state``; without any the declared columns are shown, the state first.
    """

    conditions: tuple[Condition, ...] = ()
    text: str = ""
    order: tuple[tuple[str, bool], ...] = ()
    any_of: tuple[tuple[Condition, ...], ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def filtered(self) -> bool:
        """Tell whether anything is left out."""
        return bool(self.conditions or self.any_of or self.text)


@dataclass(frozen=True, slots=True)
class PageRow:
    """One row of a list: the document's id, its state ("" without states), the values of the columns but the state."""

    id: int
    state: str
    values: tuple[Any, ...]


def shown_keys(document: DocumentType, query: Query) -> tuple[str, ...]:
    """Return the attribute keys a query's rows hold values of, in order, the state left out."""
    if query.columns:
        return tuple(key for key in query.columns if key != STATE)
    return tuple(attribute.key for attribute in document.list_columns)


def page(
    act: Act, document: DocumentType, query: Query, offset: int, limit: int, total: int | None = None
) -> list[PageRow]:
    """Return up to ``limit`` rows from ``offset``, with one SQL statement.

    With the ``total`` of the list known, rows behind the middle are counted from the end, which a
    database reaches by skipping fewer rows.
    """
    act.require(document, "view")
    statement = _statement(act, document, query)
    if total is not None and offset > total // 2:
        wanted = min(limit, total - offset)
        if wanted <= 0:
            return []
        statement = statement.order_by(*ordered(act, document, query, backwards=True))
        statement = statement.offset(total - offset - wanted).limit(wanted)
        return _rows(document, act.session.execute(statement))[::-1]
    statement = statement.order_by(*ordered(act, document, query)).offset(offset).limit(limit)
    return _rows(document, act.session.execute(statement))


def stream(act: Act, document: DocumentType, query: Query, ids: Sequence[int] = ()) -> Iterator[PageRow]:
    """Yield every row in order, or those of ``ids``, from one statement read in batches."""
    act.require(document, "view")
    statement = _statement(act, document, query).order_by(*ordered(act, document, query))
    if ids:
        statement = statement.where(document.header.id.in_(ids))
    for batch in act.session.execute(statement.execution_options(yield_per=_BATCH)).partitions():
        yield from _rows(document, batch)


def count(act: Act, document: DocumentType, query: Query) -> int:
    """Return how many documents the list holds."""
    act.require(document, "view")
    statement = filtered(act, document, query, select(func.count()).select_from(document.header))
    total: int = act.session.execute(statement).scalar_one()
    return total


def _statement(act: Act, document: DocumentType, query: Query) -> Select[Any]:
    header = document.header
    columns = [attribute_of(document, key) for key in shown_keys(document, query)]
    state = [header.state] if document.flow.states else []
    return filtered(act, document, query, select(header.id, *state, *columns))


def _rows(document: DocumentType, found: Any) -> list[PageRow]:
    if document.flow.states:
        return [PageRow(row[0], row[1], tuple(row[2:])) for row in found]
    return [PageRow(row[0], "", tuple(row[1:])) for row in found]


def filtered(act: Act, document: DocumentType, query: Query, statement: Select[Any]) -> Select[Any]:
    """Add to a statement over the head what ``query`` leaves out."""
    header, clauses = document.header, Clauses(act, document)
    if issubclass(header, Row):
        statement = statement.where(header.company_id == act.company_id)
    for key, value in document.variant.items():
        statement = statement.where(getattr(header, key) == value)
    for condition in query.conditions:
        statement = statement.where(clauses.clause(condition))
    for choice in query.any_of:
        statement = statement.where(one_of([clauses.clause(condition) for condition in choice]))
    if query.text:
        searched = [
            clauses.like(getattr(header, key), query.text, within=True) for key in searched_keys(document, query)
        ]
        if searched:
            statement = statement.where(one_of(searched))
    return statement


def searched_keys(document: DocumentType, query: Query) -> list[str]:
    """Return the text columns a searched text is looked for in: those declared and those shown."""
    keys = dict.fromkeys([*(attribute.key for attribute in document.list_columns), *shown_keys(document, query)])
    entries: list[Field] = [field_of(attribute_of(document, key)) for key in keys]
    return [e.key for e in entries if e.kind in {Kind.TEXT, Kind.CODE, Kind.MEMO} and not e.choices]


def ordered(act: Act, document: DocumentType, query: Query, *, backwards: bool = False) -> list[Any]:
    """Return the ORDER BY of a query; the id makes it total, so that no row stands on two pages."""
    clauses = Clauses(act, document)
    order = [clauses.order(key, descending is not backwards) for key, descending in query.order]
    tie = document.header.id
    newest_first = not query.order
    return [*order, tie.desc() if newest_first is not backwards else tie.asc()]
