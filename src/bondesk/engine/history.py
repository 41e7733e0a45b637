"""The operation log, gathered from the flush itself so that no code path can forget it.

Every insert, change and deletion of a document head or its lines becomes part of one log row per document and
act: who, when, what it was, what it is. Rows are kept in the session until the act commits and written last
(:mod:`bondesk.engine.log_writing`), so that the chain's end is locked only for a moment. What is no change of
a row (sign-in, export, hand-over) is told with :func:`log_deed`, bulk writes with :func:`log_bulk`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import get_history

from bondesk.base.documents import DocumentType, LineTable
from bondesk.base.facts import Told
from bondesk.base.identity import Identity
from bondesk.base.log_chain import Verdict, verify
from bondesk.base.operation_log import OperationLog
from bondesk.base.records import Line, Record, Row, new_id
from bondesk.engine.act import Act
from bondesk.engine.document_codes import declared_name
from bondesk.engine.log_reading import Change, changes
from bondesk.engine.log_writing import Deed, Pending, append, plain_value, plain_values, row_of

_SKIPPED = {"revision", "created_by", "created_at", "changed_by", "changed_at", "company_id", "id", "header_id"}
_SKIPPED |= {"password_hash", "audited_by", "audited_at"}
_PENDING = "log"


def install() -> None:
    """Listen to every session's flush; safe to call twice."""
    if not event.contains(Session, "before_flush", _before_flush):
        event.listen(Session, "before_flush", _before_flush)
        event.listen(Session, "after_rollback", _after_rollback)


def _pending(session: Session) -> Pending:
    kept: Pending = session.info.setdefault(_PENDING, Pending())
    return kept


def _before_flush(session: Session, _context: Any, _instances: Any) -> None:
    act: Act | None = session.info.get("act")
    if act is None:
        return
    for row in session.new:
        if isinstance(row, Row):
            row.company_id = row.company_id or act.company_id
            row.id = row.id or new_id()
    _stamp(session, act)
    _gather(session, act, _pending(session))


def seal(session: Session) -> None:
    """Write what the act did, as the last thing it does before it commits."""
    session.flush()
    pending = _pending(session)
    if rows := pending.rows():
        append(session, session.info["company_id"], rows)
    pending.clear()


def _after_rollback(session: Session) -> None:
    _pending(session).clear()


def _stamp(session: Session, act: Act) -> None:
    for row in session.new:
        if isinstance(row, Record):
            row.created_by, row.created_at = act.user_id, act.now()
            row.changed_by, row.changed_at = act.user_id, act.now()
    for row in session.dirty:
        if isinstance(row, Record) and session.is_modified(row):
            row.changed_by, row.changed_at = act.user_id, act.now()


def _gather(session: Session, act: Act, pending: Pending) -> None:
    for row in session.new:
        if isinstance(row, Record):
            deed = _deed(act, pending, row)
            deed.made(_present(row))
            for table, line in _loaded_lines(deed.document, row):
                deed.line_made(table.key, line.id, _present(line))
    for row in session.deleted:
        if isinstance(row, Record):
            _gone(act, pending, row)
    for row in session.dirty:
        if isinstance(row, Record) and session.is_modified(row):
            _changed(act, pending, row)
    _gather_lines(session, act, pending)


def _gone(act: Act, pending: Pending, head: Record) -> None:
    """Tell what goes with a document: its lines too, read now, because the database drops them unseen."""
    deed = _deed(act, pending, head)
    for table in deed.document.lines if deed.document else ():
        for line in getattr(head, table.attribute_key):
            deed.line_gone(table.key, line.id, _present(line))
    deed.gone(_present(head))


def _changed(act: Act, pending: Pending, head: Record) -> None:
    before, after = _difference(head)
    deed = _deed(act, pending, head)
    deed.changed(before, after)
    for table in deed.document.lines if deed.document else ():
        lines = inspect(head).attrs[table.attribute_key].history
        for line in lines.added or ():
            if inspect(line).pending:
                deed.line_made(table.key, line.id, _present(line))
        for line in lines.deleted or ():
            deed.line_gone(table.key, line.id, _stored(line))


def _gather_lines(session: Session, act: Act, pending: Pending) -> None:
    """Tell changes of single lines; those that came or went with their head's list are told already."""
    for row in session.new:
        if isinstance(row, Line) and row.header_id and (found := _owner(session, act, row)):
            _deed(act, pending, found[0]).line_made(found[1].key, row.id, _present(row))
    for row in session.deleted:
        if isinstance(row, Line) and (found := _owner(session, act, row)):
            _deed(act, pending, found[0]).line_gone(found[1].key, row.id, _stored(row))
    for row in session.dirty:
        if isinstance(row, Line) and (differing := _difference(row))[1] and (found := _owner(session, act, row)):
            _deed(act, pending, found[0]).line_changed(found[1].key, row.id, row.line_no, *differing)


def _owner(session: Session, act: Act, line: Line) -> tuple[Record, LineTable] | None:
    """Return the head of a line and the table the line stands in; None for lines of no declared document."""
    document = act.catalogue.of_line(type(line))
    if document is None or line.header_id is None:
        return None
    head = session.get(document.header, {"company_id": line.company_id, "id": line.header_id})
    table = _table_of(document, line)
    return (head, table) if head is not None and table is not None else None


def _table_of(document: DocumentType, line: Line) -> LineTable | None:
    for table in document.lines:
        if table.model is type(line) and all(getattr(line, key) == value for key, value in table.fixed.items()):
            return table
    return None


def _loaded_lines(document: DocumentType | None, head: Record) -> list[tuple[LineTable, Line]]:
    tables = document.lines if document else ()
    loaded = [table for table in tables if table.attribute_key in inspect(head).dict]
    return [(table, line) for table in loaded for line in getattr(head, table.attribute_key)]


def _deed(act: Act, pending: Pending, head: Record) -> Deed:
    """Return the deed on a document in this act, begun when there is none; its number is kept up to date."""
    document = next(
        (
            one
            for one in act.catalogue.documents
            if one.header is type(head) and all(getattr(head, key) == value for key, value in one.variant.items())
        ),
        act.catalogue.of_header(type(head)),
    )
    names = partial(declared_name, act.catalogue)
    deed = pending.deed(document, type(head), head.id, lambda: row_of(act, at=act.now()), names)
    deed.number = document.number_of(head) if document else ""
    return deed


@cache
def _told(model: type[Row]) -> tuple[str, ...]:
    """Return the columns of a table the log tells of."""
    return tuple(one.key for one in inspect(model).column_attrs if one.key not in _SKIPPED)


def _present(row: Row) -> dict[str, Any]:
    held = row.__dict__
    return {key: plain_value(held[key]) for key in _told(type(row)) if held.get(key) not in (None, "")}


def _stored(row: Row) -> dict[str, Any]:
    """Return what a row that goes held in the database, not what was still done to it."""
    before, _ = _difference(row)
    return {key: value for key, value in (_present(row) | before).items() if value not in (None, "")}


def _difference(row: Row) -> tuple[dict[str, Any], dict[str, Any]]:
    before, after = {}, {}
    touched = inspect(row).committed_state  # of all others there is nothing to ask
    for key in _told(type(row)) if touched else ():
        if key not in touched:
            continue
        change = get_history(row, key)
        old = change.deleted[0] if change.deleted else None
        new = change.added[0] if change.added else None
        if old != new:
            before[key], after[key] = plain_value(old), plain_value(new)
    return before, after


def log_bulk(act: Act, document: DocumentType, action: str, rows: Sequence[tuple[int, str, Mapping[str, Any]]]) -> None:
    """Log ``action`` on many documents (id, number, what is new); written together when the act commits."""
    at, pending = act.now(), _pending(act.session)
    for document_id, number, after in rows:
        pending.add(
            row_of(
                act,
                at=at,
                document=document,
                document_id=document_id,
                number=number,
                action=action,
                summary="，".join(f"{key} {value}" for key, value in after.items()),
                after=dict(after),
            )
        )


def log_told(act: Act, document: DocumentType, action: str, rows: Sequence[Told]) -> None:
    """Log what bulk statements did to documents, with the values before and after."""
    at, pending = act.now(), _pending(act.session)
    for one in rows:
        row = row_of(
            act,
            at=at,
            document=document,
            document_id=one.document_id,
            number=one.number,
            action=action,
            summary=one.summary,
        )
        pending.add(row | {"before": plain_values(one.before), "after": plain_values(one.after)})


def log_deed(
    act: Act,
    action: str,
    summary: str = "",
    *,
    document: DocumentType | None = None,
    document_id: int | None = None,
    number: str = "",
    module: str = "",
    who: Identity | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Log what is no change of a row: sign-in, export, a script's run, hand-over, a receipt.

    ``who`` is the user it is told of when the program itself acts; ``module`` the Chinese word when there is
    no ``document``.
    """
    _pending(act.session).add(
        row_of(
            act,
            at=act.now(),
            document=document,
            document_id=document_id,
            number=number,
            action=action,
            summary=summary,
            after={key: plain_value(value) for key, value in (after or {}).items()},
            module=module,
            who=who,
        )
    )


def verify_log(act: Act) -> Verdict:
    """Walk along the company's whole chain; ``broken`` is the first sequence number that does not hold."""
    return verify(act.session, act.company_id)


def changes_of(act: Act, log_id: int) -> list[Change]:
    """Return what one row of the log changed, with labels and code names."""
    mine = OperationLog.company_id == act.company_id
    entry = act.session.scalars(select(OperationLog).where(mine, OperationLog.id == log_id)).one()
    document = next((one for one in act.catalogue.documents if one.key == entry.document_key), None)
    model = document.header if document is not None else None
    return changes(document, model, entry.before, entry.after, act.codebook.name)


def entries(act: Act, document_key: str, document_id: int) -> list[OperationLog]:
    """Return the log of one document, newest first (its lines are part of its rows)."""
    statement = select(OperationLog).where(
        OperationLog.company_id == act.company_id,
        OperationLog.document_key == document_key,
        OperationLog.document_id == document_id,
    )
    return list(act.session.scalars(statement.order_by(OperationLog.seq.desc())))
