"""What one act did, merged per document, and its rows appended to the company's chain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bondesk.base.documents import DocumentType
from bondesk.base.identity import Identity
from bondesk.base.log_chain import START, link
from bondesk.base.operation_log import LogHead, OperationLog
from bondesk.base.records import new_id
from bondesk.engine.act import Act
from bondesk.engine.log_reading import NameOf, changes, sentence, unnamed

MADE, CHANGED, GONE = "新增", "修改", "删除"
Values = dict[str, Any]


@dataclass
class Deed:
    """What one act did to one document: values before and after, its lines by table and id."""

    document: DocumentType | None
    model: type[Any]
    document_id: int
    row: Values
    number: str = ""
    action: str = CHANGED
    before: Values = field(default_factory=dict)
    after: Values = field(default_factory=dict)
    lines: dict[tuple[str, int], tuple[Values | None, Values | None]] = field(default_factory=dict)
    names: NameOf = unnamed

    def made(self, values: Values) -> None:
        """Note that the document is new."""
        self.action, self.after = MADE, values

    def changed(self, before: Values, after: Values) -> None:
        """Note changed values of the head; what it was first and what it is last count."""
        if self.action == CHANGED:
            self.before = before | self.before
        self.after |= after

    def gone(self, values: Values) -> None:
        """Note that the document is deleted; one made in the same act never was."""
        fresh = self.action == MADE
        self.action = "" if fresh else GONE
        self.before, self.after = ({}, {}) if fresh else (values | self.before, {})

    def line_made(self, table: str, line_id: int, values: Values) -> None:
        """Note a new line."""
        self.lines[table, line_id] = (None, values)

    def line_gone(self, table: str, line_id: int, values: Values) -> None:
        """Note a line that goes; one made in the same act never was."""
        before, after = self.lines.get((table, line_id), ({}, {}))
        if before is None:
            self.lines[table, line_id] = (None, None)
        elif after is not None:
            self.lines[table, line_id] = (values | before, None)

    def line_changed(self, table: str, line_id: int, line_no: int, before: Values, after: Values) -> None:
        """Note changed values of a line."""
        old, new = self.lines.get((table, line_id), ({}, {}))
        if new is None:
            return
        named = {"line_no": line_no} | new | after
        self.lines[table, line_id] = (None if old is None else {"line_no": line_no} | before | old, named)

    def entry(self) -> Values | None:
        """Return the log row, None when nothing is different in the end."""
        before, after = _different(self.before, self.after) if self.action == CHANGED else (self.before, self.after)
        before, after = dict(before), dict(after)
        self._lines_into(before, after)
        if not self.action or (self.action == CHANGED and not before and not after):
            return None
        told = changes(self.document, self.model, before, after, self.names) if self.action == CHANGED else ()
        return self.row | {
            "module": self.document.title if self.document else self.model.__tablename__,
            "document_key": self.document.key if self.document else self.model.__tablename__,
            "document_id": self.document_id,
            "document_no": self.number[:128],
            "action": self._verb(before, after),
            "summary": sentence(told),
            "before": before,
            "after": after,
        }

    def _lines_into(self, before: Values, after: Values) -> None:
        """Put the changed lines under their table; what only moved because others came or went is left out."""
        shifted = {table for (table, _), (old, new) in self.lines.items() if (old is None) != (new is None)}
        for (table, line_id), (old, new) in self.lines.items():
            if old is not None and new is not None:
                number = {"line_no": new.get("line_no")}
                old, new = _different(old, new)
                if table in shifted:
                    old.pop("line_no", None)
                    new.pop("line_no", None)
                if not new:
                    continue
                old, new = number | old, number | new
            if old is not None and self.action != MADE:
                before.setdefault(f"#{table}", {})[str(line_id)] = old
            if new is not None:
                after.setdefault(f"#{table}", {})[str(line_id)] = new

    def _verb(self, before: Values, after: Values) -> str:
        """Call a change of state what the flow calls it."""
        if self.action != CHANGED or "state" not in after or self.document is None:
            return self.action
        flow = self.document.flow
        old, new = before.get("state"), after["state"]
        title = next((move.title for move in flow.moves if old in move.sources and move.target == new), "")
        return title or next((state.title for state in flow.states if state.key == new), self.action)


def _different(before: Values, after: Values) -> tuple[Values, Values]:
    keys = [key for key in dict.fromkeys((*before, *after)) if before.get(key) != after.get(key)]
    return {key: before.get(key) for key in keys}, {key: after.get(key) for key in keys}


class Pending:
    """What an act did so far, in order; written when it commits."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._kept: list[Deed | Values] = []
        self._deeds: dict[tuple[type[Any], int], Deed] = {}

    def clear(self) -> None:
        """Forget everything: it is written, or it did not happen."""
        self._kept.clear()
        self._deeds.clear()

    def add(self, row: Values) -> None:
        """Take a finished row."""
        self._kept.append(row)

    def deed(
        self,
        document: DocumentType | None,
        model: type[Any],
        document_id: int,
        begin: Callable[[], Values],
        names: NameOf = unnamed,
    ) -> Deed:
        """Return the deed on one document, begun with the row ``begin`` gives when there is none."""
        if (model, document_id) not in self._deeds:
            deed = Deed(document, model, document_id, begin(), names=names)
            self._deeds[model, document_id] = deed
            self._kept.append(deed)
        return self._deeds[model, document_id]

    def rows(self) -> list[Values]:
        """Return the rows to write."""
        rows = [one.entry() if isinstance(one, Deed) else one for one in self._kept]
        return [row for row in rows if row is not None]


def row_of(
    act: Act,
    *,
    at: datetime,
    document: DocumentType | None = None,
    document_id: int | None = None,
    number: str = "",
    action: str = "",
    summary: str = "",
    after: Values | None = None,
    module: str = "",
    who: Identity | None = None,
) -> Values:
    """Return a row without its place in the chain."""
    who = who or act.identity
    return {
        "company_id": act.company_id,
        "at": at,
        "user_id": who.user_id,
        "user_name": who.name[:64],
        "module": document.title if document else module,
        "document_key": document.key if document else "",
        "document_id": document_id,
        "document_no": number[:128],
        "action": action[:64],
        "summary": summary,
        "before": {},
        "after": after or {},
    }


def append(session: Session, company_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append rows to the company's chain: lock its end, hash, write all with one statement, move the end.

    The first statement takes the lock (and on the embedded database the right to write), so nobody else reads
    the same end; whoever holds it waits for nothing else before the commit.
    """
    table = LogHead.__table__
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(company_id=company_id, count=len(rows), hash=START)
    statement = statement.on_conflict_do_update(
        index_elements=["company_id"], set_={"count": table.c.count + len(rows)}
    ).returning(table.c.count, table.c.hash)
    count, last = session.execute(statement).one()
    chained = []
    for seq, row in enumerate(rows, count - len(rows) + 1):
        values = {**row, "seq": seq, "id": new_id()}
        last = link(last, values)
        chained.append({**values, "hash": last})
    session.execute(insert(OperationLog), chained)
    mine = update(LogHead).where(LogHead.company_id == company_id).values(hash=last)
    session.execute(mine.execution_options(synchronize_session=False))


def plain_value(value: Any) -> Any:
    """Return ``value`` as JSON keeps it: decimals and dates as text, passwords hidden by their owner."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def plain_values(values: Mapping[str, Any]) -> Values:
    """Return ``values`` as JSON keeps them, those of lines below them too."""
    return {
        key: plain_values(value) if isinstance(value, Mapping) else plain_value(value) for key, value in values.items()
    }
