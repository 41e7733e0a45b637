"""Copies of an approved document: opening a change, archiving what was approved, promoting what is (handbook 4.2, 4.5).

Rows are copied by one INSERT … SELECT per table, so that a book of 400,000 rows opens a change in seconds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, inspect, literal, select, update

from bondesk.base.batches import batches
from bondesk.base.change import ChangedTable, Mark
from bondesk.base.facts import Work
from bondesk.base.records import new_ids

#: Head columns a copy does not take over.
_OWN = {"id", "revision", "created_by", "created_at", "changed_by", "changed_at", "state", "audited_by", "audited_at"}
_OWN |= {"seq_no", "customs_at", "customs_reason", "origin_run", "origin_sheet", "origin_row"}


def models_of(tables: Sequence[ChangedTable]) -> list[type[Any]]:
    """Return the line models, each once."""
    return list(dict.fromkeys(table.model for table in tables))


def copied_head(header: Any, **changed: Any) -> Any:
    """Return an unstored copy of a head with ``changed`` values."""
    model = type(header)
    keys = {attribute.key for attribute in inspect(model).column_attrs} - _OWN
    return model(**{**{key: getattr(header, key) for key in keys}, **changed})


def copy_rows(work: Work, model: type[Any], source: int, target: int) -> int:
    """Copy every row of ``model`` under head ``source`` to ``target``, unmarked; return how many."""
    table = model.__table__
    mine = (table.c.company_id == work.company_id) & (table.c.header_id == source)
    count: int = work.session.execute(select(func.count()).select_from(table).where(mine)).scalar_one()
    if not count:
        return 0
    first = new_ids(count)
    position = func.row_number().over(order_by=(table.c.line_no, table.c.id))
    replaced = {"id": position + literal(first - 1), "header_id": literal(target), "row_mark": literal(Mark.SAME.value)}
    if "mark_before" in table.c:
        replaced["mark_before"] = literal("")
    columns = [replaced.get(column.name, column) for column in table.c]
    names = [column.name for column in table.c]
    work.session.execute(insert(table).from_select(names, select(*columns).where(mine)))
    return count


def move_rows(work: Work, model: type[Any], source: int, target: int) -> None:
    """Put the rows of head ``source`` in the place of those of ``target``."""
    table = model.__table__
    company, head = table.c.company_id == work.company_id, table.c.header_id
    work.session.execute(table.delete().where(company & (head == target)))
    work.session.execute(update(table).where(company & (head == source)).values(header_id=target))


def settle_rows(work: Work, model: type[Any], header_id: int) -> None:
    """Make the rows of a draft those of an approved copy: struck ones go, marks are cleared."""
    table = model.__table__
    mine = (table.c.company_id == work.company_id) & (table.c.header_id == header_id)
    work.session.execute(table.delete().where(mine & (table.c.row_mark == Mark.STRUCK.value)))
    cleared: dict[str, Any] = {"row_mark": Mark.SAME.value}
    if "mark_before" in table.c:
        cleared["mark_before"] = ""
    work.session.execute(update(table).where(mine & (table.c.row_mark != Mark.SAME.value)).values(cleared))


def rows_of(
    work: Work,
    table: ChangedTable,
    header_id: int | None,
    columns: Sequence[str],
    only: Collection[tuple[Any, ...]] | None = None,
) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    """Return the rows of one copy by their match key, each with ``columns``; empty without a copy.

    ``only`` names the keys that are wanted; a large book is then not read as a whole.
    """
    found: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    if header_id is None:
        return found
    model = table.model
    wanted = list(dict.fromkeys((*table.match, *columns)))
    statement = select(*(getattr(model, column) for column in wanted))
    statement = statement.where(model.company_id == work.company_id, model.header_id == header_id)
    for key, value in table.fixed.items():
        statement = statement.where(getattr(model, key) == value)
    statement = statement.order_by(model.line_no, model.id)
    for part in _parts(statement, getattr(model, table.match[0]), only):
        for row in work.session.execute(part):
            values = dict(zip(wanted, row, strict=True))
            named = tuple(values[name] for name in table.match)
            if only is None or named in only:
                found[named] = values
    return found


def _parts(statement: Any, first: Any, only: Collection[tuple[Any, ...]] | None) -> Iterator[Any]:
    """Yield the statement whole, or cut to the first parts of the wanted keys."""
    if only is None:
        yield statement
        return
    firsts = sorted({key[0] for key in only})
    for batch in batches(firsts):
        yield statement.where(first.in_(batch))
