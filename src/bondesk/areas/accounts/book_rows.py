"""Rows of a book as its rules read them: of a document in memory, or of a stored one, streamed column by column.

A book of 400,000 consumption rows is audited without becoming objects; the rules are written once for both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from sqlalchemy import Select, func, select, tuple_

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.accounts.book_tables import TABLES
from bondesk.base.change import ChangedTable, Mark
from bondesk.base.documents import Rule, StoredRule
from bondesk.base.facts import Facts, Work
from bondesk.base.findings import Finding

_BATCH = 5000
_BY_KEY = {table.key: table for table in TABLES}


class BookRows(Protocol):
    """What rules ask of the rows of one book."""

    def read(self, table: str, *columns: str) -> Iterator[tuple[Any, ...]]:
        """Yield (0-based place, column values …) of every row, in the order the form shows."""

    def staying(self, table: str, *columns: str) -> set[tuple[Any, ...]]:
        """Return the different values of ``columns`` among rows that are not struck."""

    def repeated(self, table: str, *columns: str, staying: bool = False) -> set[tuple[Any, ...]]:
        """Return the values of ``columns`` that more than one row has; ``staying`` leaves struck rows out."""

    def lost(self, approved: Account, table: str) -> Iterator[tuple[Any, ...]]:
        """Yield what names each row of the approved copy that this one does not have at all."""

    def marked(self) -> bool:
        """Tell whether any row is not 未修改."""


#: A rule over head and rows.
RowRule = Callable[[Account, BookRows, Facts], Iterable[Finding]]


class LoadedRows:
    """Rows of a document that lies in memory: typed, imported, or small."""

    def __init__(self, account: Any) -> None:
        """Read the lines of ``account``."""
        self._account = account

    def read(self, table: str, *columns: str) -> Iterator[tuple[Any, ...]]:
        """Yield (place, values …)."""
        for place, line in enumerate(getattr(self._account, table)):
            yield (place, *(getattr(line, column) for column in columns))

    def staying(self, table: str, *columns: str) -> set[tuple[Any, ...]]:
        """Collect the values."""
        rows = self.read(table, "row_mark", *columns)
        return {tuple(values) for _, mark, *values in rows if mark != Mark.STRUCK}

    def repeated(self, table: str, *columns: str, staying: bool = False) -> set[tuple[Any, ...]]:
        """Count the values."""
        rows = self.read(table, "row_mark", *columns)
        counts = Counter(tuple(values) for _, mark, *values in rows if not (staying and mark == Mark.STRUCK))
        return {values for values, count in counts.items() if count > 1}

    def lost(self, approved: Account, table: str) -> Iterator[tuple[Any, ...]]:
        """Compare by key."""
        match = _BY_KEY[table].match
        here = {tuple(values) for _, *values in self.read(table, *match)}
        for _, *values in LoadedRows(approved).read(table, *match):
            if tuple(values) not in here:
                yield tuple(values)

    def marked(self) -> bool:
        """Look at every mark."""
        return any(mark != Mark.SAME for table in _BY_KEY for _, mark in self.read(table, "row_mark"))


class StoredRows:
    """Rows of a stored document, never loaded as objects."""

    def __init__(self, header_id: int, work: Work) -> None:
        """Read the rows under ``header_id``."""
        self._header_id, self._work = header_id, work

    def read(self, table: str, *columns: str) -> Iterator[tuple[Any, ...]]:
        """Yield (place, values …) in batches."""
        model = _BY_KEY[table].model
        statement = self._mine(_BY_KEY[table], select(*(getattr(model, column) for column in columns)))
        statement = statement.order_by(model.line_no, model.id).execution_options(yield_per=_BATCH)
        for place, row in enumerate(self._work.session.execute(statement)):
            yield (place, *row)

    def staying(self, table: str, *columns: str) -> set[tuple[Any, ...]]:
        """Let the database tell them apart."""
        model = _BY_KEY[table].model
        statement = self._mine(_BY_KEY[table], select(*(getattr(model, column) for column in columns)))
        statement = statement.where(model.row_mark != Mark.STRUCK.value).distinct()
        return {tuple(row) for row in self._work.session.execute(statement.execution_options(yield_per=_BATCH))}

    def repeated(self, table: str, *columns: str, staying: bool = False) -> set[tuple[Any, ...]]:
        """Group in the database."""
        model = _BY_KEY[table].model
        named = [getattr(model, column) for column in columns]
        statement = self._mine(_BY_KEY[table], select(*named)).group_by(*named).having(func.count() > 1)
        if staying:
            statement = statement.where(model.row_mark != Mark.STRUCK.value)
        return {tuple(row) for row in self._work.session.execute(statement)}

    def lost(self, approved: Account, table: str) -> Iterator[tuple[Any, ...]]:
        """Subtract in the database."""
        changed = _BY_KEY[table]
        named = [getattr(changed.model, column) for column in changed.match]
        here = self._mine(changed, select(*named))
        filed = StoredRows(approved.id, self._work)._mine(changed, select(*named))
        for row in self._work.session.execute(filed.where(tuple_(*named).not_in(here)).order_by(*named)):
            yield tuple(row)

    def marked(self) -> bool:
        """Ask each table for one such row."""
        for table in TABLES:
            statement = self._mine(table, select(table.model.id)).where(table.model.row_mark != Mark.SAME.value)
            if self._work.session.execute(statement.limit(1)).first() is not None:
                return True
        return False

    def _mine(self, table: ChangedTable, statement: Select[Any]) -> Select[Any]:
        model = table.model
        statement = statement.where(model.company_id == self._work.company_id, model.header_id == self._header_id)
        for key, value in table.fixed.items():
            statement = statement.where(getattr(model, key) == value)
        return statement


def loaded(rule: RowRule) -> Rule:
    """Return a rule of a document in memory."""
    return lambda account, facts: rule(account, LoadedRows(account), facts)


def stored(rule: RowRule) -> StoredRule:
    """Return a rule of a stored document."""
    return lambda account, work: rule(account, StoredRows(account.id, work), work.facts)
