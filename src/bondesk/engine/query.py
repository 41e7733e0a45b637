"""Lists: one SQL statement per page, one for the count; filters and sorting happen in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType
from bondesk.base.errors import WrongCall
from bondesk.base.fields import Field, field_of
from bondesk.base.readings import Unreadable, read_date, read_integer, read_number, read_yes_no
from bondesk.base.records import Row
from bondesk.engine.act import Act


@dataclass(frozen=True, slots=True)
class Condition:
    """One filter: attribute key, operator and value.

    ``op``: eq, ne, contains, begins, ge, le, gt, lt, in (value a sequence), blank, filled.
    """

    key: str
    op: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Query:
    """What a list shows: filters (all must hold), a text searched in all text columns, sort keys.

    ``order`` holds (attribute key, descending); without one the newest documents come first.
    """

    conditions: tuple[Condition, ...] = ()
    text: str = ""
    order: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class PageRow:
    """One row of a list: the document's id, its state ("" without states), the list columns' values."""

    id: int
    state: str
    values: tuple[Any, ...]


def page(act: Act, document: DocumentType, query: Query, offset: int, limit: int) -> list[PageRow]:
    """Return up to ``limit`` rows from ``offset``, with one SQL statement."""
    act.require(document, "view")
    header = document.header
    columns = [getattr(header, attribute.key) for attribute in document.list_columns]
    state = [header.state] if document.flow.states else []
    statement = _filtered(act, document, query, select(header.id, *state, *columns))
    statement = statement.order_by(*_order(document, query)).offset(offset).limit(limit)
    skip = 1 + len(state)
    return [PageRow(row[0], row[1] if state else "", tuple(row[skip:])) for row in act.session.execute(statement)]


def count(act: Act, document: DocumentType, query: Query) -> int:
    """Return how many documents the list holds."""
    act.require(document, "view")
    statement = _filtered(act, document, query, select(func.count()).select_from(document.header))
    total: int = act.session.execute(statement).scalar_one()
    return total


def _filtered(act: Act, document: DocumentType, query: Query, statement: Select[Any]) -> Select[Any]:
    header = document.header
    if issubclass(header, Row):
        statement = statement.where(header.company_id == act.company_id)
    for key, value in document.variant.items():
        statement = statement.where(getattr(header, key) == value)
    for condition in query.conditions:
        statement = statement.where(_clause(document, condition))
    if query.text:
        matches = [
            getattr(header, entry.key).contains(query.text, autoescape=True)
            for entry in document.list_fields
            if entry.kind in {Kind.TEXT, Kind.CODE, Kind.MEMO} and not entry.choices
        ]
        if matches:
            statement = statement.where(_any(matches))
    return statement


def _any(clauses: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    combined = clauses[0]
    for clause in clauses[1:]:
        combined = combined | clause
    return combined


def _order(document: DocumentType, query: Query) -> list[Any]:
    header = document.header
    order = [
        getattr(header, key).desc() if descending else getattr(header, key).asc() for key, descending in query.order
    ]
    tie = header.id.asc() if query.order else header.id.desc()
    return [*order, tie]


def _clause(document: DocumentType, condition: Condition) -> ColumnElement[bool]:
    attribute = _attribute(document, condition.key)
    text = attribute.type.python_type is str
    match condition.op:
        case "contains":
            found: ColumnElement[bool] = attribute.contains(str(condition.value), autoescape=True)
        case "begins":
            found = attribute.startswith(str(condition.value), autoescape=True)
        case "in":
            found = attribute.in_(list(condition.value))
        case "blank":
            found = (attribute == "") if text else attribute.is_(None)
        case "filled":
            found = (attribute != "") if text else attribute.is_not(None)
        case "eq" | "ne" | "ge" | "le" | "gt" | "lt":
            value = typed_value(document, condition.key, condition.value)
            found = getattr(attribute, f"__{condition.op}__")(value)
        case other:
            raise WrongCall(f"不认识的筛选方式 {other}")
    return found


def _attribute(document: DocumentType, key: str) -> Any:
    attribute = getattr(document.header, key, None)
    if attribute is None or not hasattr(attribute, "property") or not hasattr(attribute.property, "columns"):
        known = "、".join(entry.key for entry in document.list_fields)
        raise WrongCall(f"「{document.title}」没有字段 {key}；可用：{known}")
    return attribute


def typed_value(document: DocumentType, key: str, value: Any) -> Any:
    """Turn a text into the type of attribute ``key``; ``WrongCall`` when it cannot be read."""
    if not isinstance(value, str):
        return value
    attribute = _attribute(document, key)
    try:
        entry: Field = field_of(attribute)
    except LookupError:
        return value
    try:
        if entry.kind is Kind.DATE:
            return read_date(value)
        if entry.kind is Kind.YESNO:
            return read_yes_no(value)
        if entry.kind is Kind.INTEGER:
            return read_integer(value)
        if entry.numeric:
            return read_number(value)
    except Unreadable as problem:
        raise WrongCall(f"「{entry.label}」的值“{value}”：{problem}") from problem
    by_name = {name: code for code, name in entry.choices}
    return by_name.get(value, value)
