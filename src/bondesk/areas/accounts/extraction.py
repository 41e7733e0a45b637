"""批量提取: chosen rows of the source taken over into a draft, with bulk statements (handbook 4.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, inspect, update

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.accounts.changing import Follow, lines_of, next_line_no
from bondesk.areas.accounts.comparing import compare, numbers_used
from bondesk.areas.accounts.copying import rows_of
from bondesk.areas.accounts.row_marks import mark_of
from bondesk.areas.goods.rollup import unit_consumption
from bondesk.base.batches import batches
from bondesk.base.change import Candidate, ChangedTable, Counted, Mark, Outcome
from bondesk.base.facts import Work
from bondesk.base.records import new_id

_BATCH = 2000


def extract(draft: Account, table: ChangedTable, keys: Sequence[Any], work: Work, follow: Follow) -> Counted:
    """Take the chosen source rows over; numbers are given in the order of selection where the parameter is off."""
    by_key = {candidate.key: candidate for candidate in compare(draft, table, work).candidates}
    chosen = [by_key[key] for key in dict.fromkeys(keys) if key in by_key]
    refused = tuple(f"{one.label}：{one.reason}" for one in chosen if one.outcome is Outcome.REFUSED)
    todo = [one for one in chosen if one.outcome is not Outcome.REFUSED]
    filed = {tuple(one.values[key] for key in table.match) for one in todo if one.line_id is not None}
    approved = rows_of(work, table, draft.approved_id, table.kept, filed)
    added = [one for one in todo if one.outcome is Outcome.ADD]
    _add(draft, table, added, work)
    present = rows_of(work, table, draft.id, table.kept, filed)
    _change(table, [one for one in todo if one.line_id is not None], approved, present, work)
    restored = [one.line_id for one in todo if one.outcome is Outcome.RESTORE and one.line_id is not None]
    if restored:
        follow(draft, table, lines_of(work, draft, table, restored), "revert", work)
    done = Counter(one.outcome.value for one in todo)
    return Counted(dict(done), refused)


def _add(draft: Account, table: ChangedTable, added: Sequence[Candidate], work: Work) -> None:
    model = table.model
    first = next_line_no(work, draft, table)
    blank = _defaults(model)
    number = max(numbers_used(work, draft, table.fixed["goods_flag"]), default=0) if "item_no" in table.match else 0
    rows = []
    for position, one in enumerate(added):
        values = {**blank, **one.values, **table.fixed, "row_mark": Mark.ADDED.value}
        if "item_no" in table.match and values["item_no"] is None:
            number += 1
            values["item_no"] = number
        rows.append({**values, **_computed(values), "id": new_id(), "line_no": first + position})
    common = {"company_id": work.company_id, "header_id": draft.id}
    for batch in batches(rows, _BATCH):
        work.session.execute(insert(model.__table__), [{**row, **common} for row in batch])
    work.session.expire_all()


def _change(
    table: ChangedTable,
    changed: Sequence[Candidate],
    approved: Mapping[tuple[Any, ...], Mapping[str, Any]],
    present: Mapping[tuple[Any, ...], Mapping[str, Any]],
    work: Work,
) -> None:
    target = table.model.__table__
    for one in changed:
        named = tuple(one.values[key] for key in table.match)
        values = {key: value for key, value in one.values.items() if key in target.c and key not in table.match}
        computed = _computed(one.values)
        row = {**present[named], **one.values, **computed}
        values["row_mark"] = mark_of(table.kept, approved.get(named), row).value
        if "mark_before" in target.c:
            values["mark_before"] = ""
        mine = (target.c.company_id == work.company_id) & (target.c.id == one.line_id)
        work.session.execute(update(target).where(mine).values(**values, **computed))
    work.session.expire_all()


def _computed(values: Mapping[str, Any]) -> dict[str, Any]:
    """U of a consumption row (handbook 3.1)."""
    if "net" not in values:
        return {}
    return {"unit_consumption": unit_consumption(values["net"], values["tangible"], values["intangible"])}


def _defaults(model: type[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for attribute in inspect(model).column_attrs:
        column = attribute.columns[0]
        if column.default is not None and column.default.is_scalar:
            found[attribute.key] = column.default.arg
        elif column.nullable:
            found[attribute.key] = None
    return {key: value for key, value in found.items() if key not in {"id", "company_id", "header_id", "line_no"}}
