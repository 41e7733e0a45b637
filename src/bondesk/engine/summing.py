"""Totals and groups of a list: one aggregate statement over everything the list holds, exact to the last digit.

Money adds up only within a currency and quantities only within a unit, so a total is a set of parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from itertools import takewhile
from typing import Any

from sqlalchemy import BigInteger, func, literal_column, select, type_coerce

from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType
from bondesk.base.fields import Field
from bondesk.engine.act import Act
from bondesk.engine.clauses import STATE, Condition, attribute_of, available_fields
from bondesk.engine.periods import month_of
from bondesk.engine.query import Query, filtered

#: Groups a list shows; beyond it only the largest.
MOST_GROUPS = 5000
#: A date column grouped by its month: ``declared_on@month``.
MONTH = "@month"
_LIMB = 10**9
_WIDE = Context(prec=60)


@dataclass(frozen=True, slots=True)
class Measure:
    """A column that adds up, with the head column naming the currency or unit of its values ("" for none)."""

    field: Field
    within: str


@dataclass(frozen=True, slots=True)
class Totals:
    """How many documents there are, and per measure key the sums by currency or unit ("" where there is none)."""

    count: int
    sums: dict[str, dict[str, Decimal]]


@dataclass(frozen=True, slots=True)
class Group:
    """The documents with the same values in the grouping columns."""

    values: tuple[Any, ...]
    totals: Totals


def measures(document: DocumentType) -> tuple[Measure, ...]:
    """Return the columns of a list that add up: quantities, weights, amounts and declared counts."""
    fields = available_fields(document)
    currencies = [entry.key for entry in fields if entry.table == "currency"]
    units = [entry.key for entry in fields if entry.table == "unit"]
    found = []
    for entry in fields:
        if entry.kind is Kind.AMOUNT:
            found.append(Measure(entry, _nearest(entry.key, currencies)))
        elif entry.kind is Kind.QUANTITY:
            found.append(Measure(entry, _nearest(entry.key, units)))
        elif entry.kind is Kind.WEIGHT or entry.counted:
            found.append(Measure(entry, ""))
    return tuple(found)


def _nearest(key: str, candidates: Sequence[str]) -> str:
    """Return the candidate whose name begins most like ``key`` (freight_amount, freight_currency), "" for none."""

    def alike(one: str) -> int:
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, key, strict=False)))

    return max(candidates, key=alike, default="")


def totals(act: Act, document: DocumentType, query: Query, ids: Sequence[int] = ()) -> Totals:
    """Add up everything ``query`` finds, or only ``ids``."""
    found = _aggregate(act, document, query, (), ids)
    return found[0].totals if found else Totals(0, {measure.field.key: {} for measure in measures(document)})


def groups(act: Act, document: DocumentType, query: Query, keys: Sequence[str]) -> list[Group]:
    """Return the groups by one or two columns, the largest first; at most :data:`MOST_GROUPS`."""
    return sorted(_aggregate(act, document, query, keys, ()), key=lambda group: -group.totals.count)[:MOST_GROUPS]


def group_conditions(keys: Sequence[str], values: Sequence[Any]) -> tuple[Condition, ...]:
    """Return the conditions that hold for the rows of one group and no others."""
    return tuple(_group_condition(key, value) for key, value in zip(keys, values, strict=True))


def _group_condition(key: str, value: Any) -> Condition:
    if value is None or value == "":
        return Condition(key.removesuffix(MONTH), "blank")
    if key.endswith(MONTH):
        return Condition(key.removesuffix(MONTH), "between", month_of(date.fromisoformat(f"{value}-01")))
    return Condition(key, "eq", value)


def _aggregate(act: Act, document: DocumentType, query: Query, keys: Sequence[str], ids: Sequence[int]) -> list[Group]:
    act.require(document, "view")
    exact = act.session.get_bind().dialect.name == "postgresql"
    wanted = measures(document)
    within = list(dict.fromkeys(measure.within for measure in wanted if measure.within))
    by = [_grouped(document, key, exact) for key in keys] + [attribute_of(document, key) for key in within]
    sums = [part for measure in wanted for part in _sums(attribute_of(document, measure.field.key), exact)]
    statement = filtered(act, document, query, select(*by, func.count(), *sums).select_from(document.header))
    if ids:
        statement = statement.where(document.header.id.in_(ids))
    if by:
        statement = statement.group_by(*by).order_by(func.count().desc())
    return _merged(act.session.execute(statement), len(keys), within, wanted, exact)


def _grouped(document: DocumentType, key: str, postgres: bool) -> Any:
    attribute = attribute_of(document, key.removesuffix(MONTH))
    if not key.endswith(MONTH):
        return attribute
    if postgres:
        return func.to_char(attribute, literal_column("'YYYY-MM'"))
    return func.strftime(literal_column("'%Y-%m'"), attribute)


def _sums(attribute: Any, postgres: bool) -> list[Any]:
    """Return the SQL sums of a column: on SQLite in two limbs, which no number of rows overflows."""
    if postgres:
        return [func.sum(attribute, type_=attribute.type)]
    raw = type_coerce(attribute, BigInteger)
    return [
        func.sum(raw // literal_column(str(_LIMB), BigInteger)),
        func.sum(raw % literal_column(str(_LIMB), BigInteger)),
    ]


def _merged(
    rows: Iterable[Any], keys: int, within: Sequence[str], wanted: Sequence[Measure], postgres: bool
) -> list[Group]:
    """Bring the parts by currency and unit of one group together."""
    counts: dict[tuple[Any, ...], int] = {}
    sums: dict[tuple[Any, ...], dict[str, dict[str, Decimal]]] = {}
    for row in rows:
        group, place = tuple(row[:keys]), keys + len(within)
        names = dict(zip(within, row[keys:place], strict=True))
        counts[group] = counts.get(group, 0) + row[place]
        parts = sums.setdefault(group, {measure.field.key: {} for measure in wanted})
        place += 1
        for measure in wanted:
            value = _value(measure.field, row[place:], postgres)
            place += 1 if postgres else 2
            if value is not None:
                name, part = names.get(measure.within) or "", parts[measure.field.key]
                part[name] = _WIDE.add(part.get(name, Decimal(0)), value)
    return [Group(group, Totals(number, sums[group])) for group, number in counts.items()]


def _value(entry: Field, cells: Sequence[Any], postgres: bool) -> Decimal | None:
    if cells[0] is None:
        return None
    if postgres:
        return Decimal(cells[0])
    return Decimal(int(cells[0]) * _LIMB + int(cells[1])).scaleb(-entry.places, _WIDE)


def grouping_keys(document: DocumentType) -> tuple[str, ...]:
    """Return what a list can be grouped by: state, codes, texts, yes/no, dates by day and month."""
    state = (STATE,) if document.flow.states else ()
    keys = []
    for entry in available_fields(document):
        if entry.kind is Kind.MEMO or (entry.numeric and entry.kind is not Kind.INTEGER):
            continue
        if entry.kind in {Kind.DATE, Kind.TIME}:
            keys.append(entry.key + MONTH)
        if entry.kind is not Kind.TIME:
            keys.append(entry.key)
    return (*state, *keys)
