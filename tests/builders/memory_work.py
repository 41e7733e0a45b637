"""A work on an empty database in memory, for scripts tried hundreds of times: no engine, no rights, no log."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from bondesk.areas.index import CATALOGUE
from bondesk.base.records import Base, Row
from bondesk.engine.facts import StoredFacts

COMPANY = 1
NOW = datetime(2024, 6, 1, 9, 30)


class MemoryWork:
    """One act over the tables of ``models``, holding ``rows`` from the start."""

    def __init__(self, models: tuple[type[Any], ...], *rows: Any) -> None:
        """Make the tables and store the rows."""
        assert CATALOGUE.documents  # every model is declared once the catalogue is
        engine = create_engine("sqlite://", poolclass=StaticPool)
        Base.metadata.create_all(engine, tables=[model.__table__ for model in models])
        self.session = Session(engine, autoflush=False)
        event.listen(self.session, "before_flush", _own)
        self.facts: Any = StoredFacts(self.session, COMPANY, lambda: NOW.date())
        self.user_id, self.company_id = 7, COMPANY
        self._drawn: Counter[str] = Counter()
        self.session.add_all(rows)
        self.session.flush()

    def now(self) -> datetime:
        """Return a fixed moment."""
        return NOW

    def cell(self, row: Any, key: str) -> None:
        """Return nothing: no row came from a workbook."""

    def may(self, document_key: str, action: str) -> bool:
        """Grant everything."""
        return True

    def draw(self, series: str, count: int = 1) -> int:
        """Count up per series."""
        self._drawn[series] += count
        return self._drawn[series] - count + 1

    def close(self) -> None:
        """Forget everything."""
        self.session.close()


def _own(session: Session, _context: Any, _instances: Any) -> None:
    for row in session.new:
        if isinstance(row, Row) and row.company_id is None:
            row.company_id = COMPANY
