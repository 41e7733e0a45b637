"""Loading the carried code tables: new and changed rows in, codes no longer carried closed, none ever deleted.

The carried tables have a version like every release: once a later release was applied, they stay away from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from bondesk.areas.codes.customs_code import CustomsCode
from bondesk.areas.codes.hs_code import HsCode
from bondesk.base.facts import Work
from bondesk.base.records import new_id

_KNOWN = {"code", "name", "valid_from", "valid_to", "confidence"}


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many codes were new, how many changed and how many ended."""

    added: int
    changed: int
    closed: int = 0


def load_table(session: Session, table: str, rows: Iterable[Mapping[str, str]], ended: date | None = None) -> Loaded:
    """Bring one table to what ``rows`` (CSV columns by name) say; idempotent.

    A code that ``rows`` do not have ends on the day ``ended``; None leaves it open.
    """
    if table == "hs_code":
        return _load(session, HsCode, ("hs_code", "valid_from"), [_hs_values(row) for row in rows], {}, ended)
    values = [_code_values(table, row) for row in rows]
    return _load(session, CustomsCode, ("code", "valid_from"), values, {"table_name": table}, ended)


def code_versions(work: Work) -> dict[str, str]:
    """Return how new every code table is: the latest day (ISO) from which one of its codes is valid, "" unknown."""
    grouped = select(CustomsCode.table_name, func.max(CustomsCode.valid_from)).group_by(CustomsCode.table_name)
    found: dict[str, date | None] = {row[0]: row[1] for row in work.session.execute(grouped)}
    found["hs_code"] = work.session.scalar(select(func.max(HsCode.valid_from)))
    return {table: day.isoformat() if day else "" for table, day in found.items()}


def row_changes(present: Any, row: Mapping[str, str]) -> dict[str, Any]:
    """Return what a CSV row sets in a stored row; columns the CSV does not have keep what they hold."""
    if isinstance(present, HsCode):
        return _given(_hs_values({**_HS_EMPTY, **row}), row)
    values = _given(_code_values(present.table_name, row), row)
    return values | {"details": {**present.details, **values["details"]}}


def new_row(table: str, row: Mapping[str, str], before: Any | None) -> Any:
    """Return the row of a new period; columns the CSV does not have are those of the period ``before``."""
    if table == "hs_code":
        values = _hs_values({**_HS_EMPTY, **row})
        inherited = {name: getattr(before, name) for name in values if before is not None}
        own = _given(values, row) | {"valid_to": values["valid_to"]}
        return HsCode(id=new_id(), **(values | inherited | own))
    values = _code_values(table, row)
    if before is not None:
        values["details"] = {**before.details, **values["details"]}
        values["confidence"] = row.get("confidence", before.confidence)
    return CustomsCode(id=new_id(), **values)


_HS_EMPTY = dict.fromkeys(("legal_unit1", "legal_unit2", "supervision_condition", "declaration_elements"), "")
_HS_COLUMNS = {"hs_code": "code", "elements": "declaration_elements"}


def _given(values: Mapping[str, Any], row: Mapping[str, str]) -> dict[str, Any]:
    """Return those of ``values`` whose column the CSV row has."""
    return {name: value for name, value in values.items() if name == "details" or _HS_COLUMNS.get(name, name) in row}


def _load(
    session: Session,
    model: type[Any],
    key: tuple[str, ...],
    rows: list[dict[str, Any]],
    where: dict[str, Any],
    ended: date | None,
) -> Loaded:
    stored = {
        tuple(getattr(row, name) for name in key): row for row in session.scalars(select(model).filter_by(**where))
    }
    fresh, changed = [], 0
    for values in rows:
        present = stored.get(tuple(values[name] for name in key))
        if present is None:
            fresh.append({**values, "id": new_id()})
            continue
        gaps = {name: value for name, value in values.items() if getattr(present, name) != value}
        for name, value in gaps.items():
            setattr(present, name, value)
        changed += bool(gaps)
    if fresh:
        session.execute(insert(model), fresh)
    closed = _close(stored, {values[key[0]] for values in rows}, ended) if ended else 0
    return Loaded(len(fresh), changed, closed)


def _close(stored: Mapping[tuple[Any, ...], Any], kept: set[str], ended: date) -> int:
    gone = [row for key, row in stored.items() if key[0] not in kept and (row.valid_to is None or row.valid_to > ended)]
    for row in gone:
        row.valid_to = max(ended, row.valid_from)
    return len(gone)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _code_values(table: str, row: Mapping[str, str]) -> dict[str, Any]:
    return {
        "table_name": table,
        "code": row["code"],
        "name": row["name"],
        "valid_from": _day(row["valid_from"]),
        "valid_to": _day(row.get("valid_to", "")),
        "confidence": row.get("confidence", ""),
        "details": {name: value for name, value in row.items() if name not in _KNOWN},
    }


def _hs_values(row: Mapping[str, str]) -> dict[str, Any]:
    return {
        "hs_code": row["code"],
        "name": row["name"],
        "legal_unit1": row["legal_unit1"],
        "legal_unit2": row["legal_unit2"],
        "supervision_condition": row["supervision_condition"],
        "elements": row["declaration_elements"],
        "valid_from": _day(row["valid_from"]),
        "valid_to": _day(row.get("valid_to", "")),
        "confidence": row.get("confidence", ""),
    }
