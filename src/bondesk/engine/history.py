"""The operation log, written from the flush itself so that no code path can forget it.

Every insert, change and deletion of a document head or line becomes part of one log row per document
and flush: who, when, what it was, what it is. Bulk writes log through :func:`log_bulk`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import event, insert, inspect, select
from sqlalchemy.orm import Session

from bondesk.base.documents import DocumentType
from bondesk.base.fields import field_of
from bondesk.base.operation_log import OperationLog
from bondesk.base.records import Line, Record, Row, new_id
from bondesk.engine.act import Act

_SKIPPED = {"revision", "created_by", "created_at", "changed_by", "changed_at", "company_id", "id", "header_id"}
_SKIPPED |= {"password_hash"}


def install() -> None:
    """Listen to every session's flush; safe to call twice."""
    if not event.contains(Session, "before_flush", _before_flush):
        event.listen(Session, "before_flush", _before_flush)


def _before_flush(session: Session, _context: Any, _instances: Any) -> None:
    act: Act | None = session.info.get("act")
    if act is None:
        return
    for row in session.new:
        if isinstance(row, Row):
            row.company_id = row.company_id or act.company_id
            row.id = row.id or new_id()
    _stamp(session, act)
    session.add_all(_entries(session, act))


def _stamp(session: Session, act: Act) -> None:
    for row in session.new:
        if isinstance(row, Record):
            row.created_by, row.created_at = act.user_id, act.now()
            row.changed_by, row.changed_at = act.user_id, act.now()
    for row in session.dirty:
        if isinstance(row, Record) and session.is_modified(row):
            row.changed_by, row.changed_at = act.user_id, act.now()


def _entries(session: Session, act: Act) -> list[OperationLog]:
    entries = []
    for row in session.new:
        if isinstance(row, Record):
            entries.append(_entry(act, row, "新增", {}, _present(row)))
    for row in session.deleted:
        if isinstance(row, Record):
            entries.append(_entry(act, row, "删除", _present(row), {}))
    for row in session.dirty:
        if isinstance(row, Record | Line) and session.is_modified(row):
            before, after = _difference(row)
            if after or before:
                entries.append(_entry(act, row, "修改", before, after))
    return entries


def _entry(act: Act, row: Record | Line, action: str, before: Any, after: Any) -> OperationLog:
    if isinstance(row, Line):
        document = act.catalogue.of_line(type(row))
        number, document_id = f"第{row.line_no}行", row.header_id
    else:
        document = act.catalogue.of_header(type(row))
        number, document_id = (document.number_of(row) if document else ""), row.id
    key, title = (document.key, document.title) if document else (row.__tablename__, row.__tablename__)
    return OperationLog(
        company_id=act.company_id,
        at=act.now(),
        user_id=act.user_id,
        user_name=act.identity.name,
        module=title,
        document_key=key,
        document_id=document_id,
        document_no=number[:128],
        action=action,
        summary=_summary(type(row), action, before, after),
        before=before,
        after=after,
    )


def _summary(model: type[Any], action: str, before: dict[str, Any], after: dict[str, Any]) -> str:
    """Write a change as a clerk reads it: label: before → after."""
    if action != "修改":
        return ""
    keys = dict.fromkeys((*before, *after))
    return "；".join(f"{label_of(model, key)}：{_word(before.get(key))} → {_word(after.get(key))}" for key in keys)


def _word(value: Any) -> str:
    return "空" if value in (None, "") else str(value)


def _present(row: Row) -> dict[str, Any]:
    state = inspect(row)
    values = {}
    for attribute in state.mapper.column_attrs:
        value = state.dict.get(attribute.key)
        if attribute.key not in _SKIPPED and value not in (None, ""):
            values[attribute.key] = plain_value(value)
    return values


def _difference(row: Row) -> tuple[dict[str, Any], dict[str, Any]]:
    state = inspect(row)
    before, after = {}, {}
    for attribute in state.mapper.column_attrs:
        change = state.attrs[attribute.key].history
        if attribute.key in _SKIPPED or not change.has_changes():
            continue
        old = change.deleted[0] if change.deleted else None
        new = change.added[0] if change.added else None
        if old != new:
            before[attribute.key], after[attribute.key] = plain_value(old), plain_value(new)
    return before, after


def plain_value(value: Any) -> Any:
    """Return ``value`` as JSON keeps it: decimals and dates as text, passwords hidden by their owner."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def label_of(model: type[Any], key: str) -> str:
    """Return the Chinese label of an attribute for showing a log entry, or the key itself."""
    try:
        return field_of(getattr(model, key)).label
    except (AttributeError, LookupError):
        return key


def log_bulk(act: Act, document: DocumentType, action: str, rows: Sequence[tuple[int, str, Mapping[str, Any]]]) -> None:
    """Log ``action`` on many documents (id, number, what is new) with one statement."""
    at = act.now()
    common = {"company_id": act.company_id, "at": at, "user_id": act.user_id, "user_name": act.identity.name}
    values = [
        {
            **common,
            "id": new_id(),
            "module": document.title,
            "document_key": document.key,
            "document_id": document_id,
            "document_no": number[:128],
            "action": action,
            "summary": "，".join(f"{key} {value}" for key, value in after.items()),
            "before": {},
            "after": dict(after),
        }
        for document_id, number, after in rows
    ]
    if values:
        act.session.execute(insert(OperationLog), values)


def entries(act: Act, document_key: str, document_id: int) -> list[OperationLog]:
    """Return the log of one document, newest first (lines of the document included)."""
    statement = select(OperationLog).where(
        OperationLog.company_id == act.company_id,
        OperationLog.document_id == document_id,
    )
    return list(act.session.scalars(statement.order_by(OperationLog.at.desc(), OperationLog.id.desc())))
