"""Facts from plain lists, for rules and pure scripts: nothing is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

TODAY = date(2024, 6, 1)


class PlainFacts:
    """Answers what a rule asks from the rows it was given."""

    def __init__(self, *rows: Any, today: date = TODAY) -> None:
        """Hold ``rows`` of any models."""
        self.rows, self.today = list(rows), today

    def find(self, model: type[Any], **where: object) -> Sequence[Any]:
        """Return the rows of ``model`` whose attributes equal ``where``."""
        return [
            row
            for row in self.rows
            if isinstance(row, model) and all(getattr(row, key) == value for key, value in where.items())
        ]

    def one(self, model: type[Any], **where: object) -> Any:
        """Return the first of them."""
        return next(iter(self.find(model, **where)), None)

    def index(self, model: type[Any], *attributes: Any) -> Mapping[Any, Any]:
        """Return the rows by attribute value."""
        return {key: found[-1] for key, found in self.groups(model, *attributes).items()}

    def groups(self, model: type[Any], *attributes: Any) -> Mapping[Any, Sequence[Any]]:
        """Return the rows grouped by attribute value."""
        found: dict[Any, list[Any]] = {}
        for row in self.find(model):
            values = tuple(getattr(row, attribute.key) for attribute in attributes)
            found.setdefault(values[0] if len(values) == 1 else values, []).append(row)
        return found

    def made_of(self, _model: type[Any], make: Callable[[Any], Any]) -> Any:
        """Return what is made of the rows."""
        return make(self)


def with_rows(facts: PlainFacts, rows: Iterable[Any]) -> PlainFacts:
    """Return facts that know ``rows`` too."""
    return PlainFacts(*facts.rows, *rows, today=facts.today)
