"""Loading customs code tables: new and changed rows in, codes no longer carried closed, none ever deleted."""

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
    """How many codes were new and how many changed."""

    added: int
    changed: int


def load_table(session: Session, table: str, rows: Iterable[Mapping[str, str]]) -> Loaded:
    """Bring one table to what ``rows`` (CSV columns by name) say; idempotent."""
    if table == "hs_code":
        return _load(session, HsCode, ("hs_code", "valid_from"), [_hs_values(row) for row in rows], {})
    values = [_code_values(table, row) for row in rows]
    return _load(session, CustomsCode, ("code", "valid_from"), values, {"table_name": table})


def code_versions(work: Work) -> dict[str, str]:
    """Return how new every code table is: the latest day (ISO) from which one of its codes is valid, "" unknown."""
    grouped = select(CustomsCode.table_name, func.max(CustomsCode.valid_from)).group_by(CustomsCode.table_name)
    found: dict[str, date | None] = {row[0]: row[1] for row in work.session.execute(grouped)}
    found["hs_code"] = work.session.scalar(select(func.max(HsCode.valid_from)))
    return {table: day.isoformat() if day else "" for table, day in found.items()}


def row_values(table: str, row: Mapping[str, str]) -> dict[str, Any]:
    """Return the attributes of the stored row that a CSV row (columns by name) of ``table`` stands for."""
    return _hs_values(row) if table == "hs_code" else _code_values(table, row)


def _load(
    session: Session, model: type[Any], key: tuple[str, ...], rows: list[dict[str, Any]], where: dict[str, Any]
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
    return Loaded(len(fresh), changed)


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
