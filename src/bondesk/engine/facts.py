"""Facts read from the database, cached for the length of one act."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import inspect, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bondesk.base.facts import Facts
from bondesk.base.records import Line, Row

M = TypeVar("M")
T = TypeVar("T")


class StoredFacts:
    """Facts of one company; ``forget`` drops what an act has changed."""

    def __init__(self, session: Session, company_id: int, today: Callable[[], date]) -> None:
        """Read through ``session``; ``today`` gives the business date."""
        self._session = session
        self._company_id = company_id
        self._today = today
        self._found: dict[Any, Sequence[Any]] = {}
        self._indexes: dict[Any, Mapping[Any, Any]] = {}
        self._groups: dict[Any, dict[Any, list[Any]]] = {}
        self._made: dict[Any, Any] = {}
        self._arriving: dict[type[Any], Sequence[Any]] = {}

    @property
    def today(self) -> date:
        """Return the business date."""
        return self._today()

    def find(self, model: type[M], **where: object) -> Sequence[M]:
        """Return the rows whose attributes equal ``where``, in key order."""
        key = (model, tuple(sorted(where.items())))
        if key not in self._found:
            statement = select(model).filter_by(**where)
            if issubclass(model, Row):
                statement = statement.filter_by(company_id=self._company_id)
            order = (model.header_id, model.line_no) if issubclass(model, Line) else inspect(model).primary_key
            with self._session.no_autoflush:
                self._found[key] = self._session.scalars(statement.order_by(*order)).all()
        return self._found[key]

    def one(self, model: type[M], **where: object) -> M | None:
        """Return the first row ``find`` gives, or None."""
        rows = self.find(model, **where)
        return rows[0] if rows else None

    def index(self, model: type[M], *attributes: InstrumentedAttribute[Any]) -> Mapping[Any, M]:
        """Return all rows of ``model`` by attribute value, or by the tuple of several."""
        keys = tuple(attribute.key for attribute in attributes)
        if (model, keys) not in self._indexes:
            rows = self.find(model)
            if len(keys) == 1:
                built: dict[Any, M] = {getattr(row, keys[0]): row for row in rows}
            else:
                built = {tuple(getattr(row, key) for key in keys): row for row in rows}
            self._indexes[model, keys] = built
        return self._indexes[model, keys]

    def groups(self, model: type[M], *attributes: InstrumentedAttribute[Any]) -> Mapping[Any, Sequence[M]]:
        """Return all rows of ``model`` grouped by attribute value; arriving rows come after stored ones."""
        keys = tuple(attribute.key for attribute in attributes)
        if (model, keys) not in self._groups:
            built: dict[Any, list[Any]] = defaultdict(list)
            for row in (*self.find(model), *self._arriving.get(model, ())):
                values = tuple(getattr(row, key) for key in keys)
                built[values[0] if len(keys) == 1 else values].append(row)
            self._groups[model, keys] = dict(built)
        return self._groups[model, keys]

    def made_of(self, model: type[Any], make: Callable[[Facts], T]) -> T:
        """Return what ``make`` makes of the rows of ``model``, made once."""
        if (model, make) not in self._made:
            self._made[model, make] = make(self)
        made: T = self._made[model, make]
        return made

    def arriving(self, model: type[Any], rows: Sequence[Any]) -> None:
        """Let ``groups`` show the rows of a file being imported beside the stored ones."""
        self._arriving[model] = rows
        self._groups.clear()

    def forget_rows(self, model: type[Any]) -> None:
        """Drop what is cached of one model, after the act gave its rows other values."""
        for cache in (self._found, self._indexes, self._groups, self._made):
            for key in [key for key in cache if key[0] is model]:
                del cache[key]

    def forget(self) -> None:
        """Drop everything cached, after the act wrote to the database."""
        self._found.clear()
        self._indexes.clear()
        self._groups.clear()
        self._made.clear()
        self._arriving.clear()
