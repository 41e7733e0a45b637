"""What a report may ask of the stored ledger; the engine answers with grouped SQL. Pure."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import date
from typing import Protocol

from bondesk.base.checks import Broken
from bondesk.base.explanation import Explanation
from bondesk.base.facts import Work
from bondesk.base.steps import Progress
from bondesk.ledger.balance import Movement
from bondesk.ledger.posting import EVERY, Only, Posting


class Books(Protocol):
    """The stored postings of the present company. Dates are closed bounds; None means open."""

    def movements(self, record_no: str, begin: date | None, end: date | None) -> Sequence[Movement]:
        """Return the postings of a book summed per item, version, mode, direction and stage."""

    def postings(
        self, record_no: str, begin: date | None, end: date | None, stage: str, only: Only = EVERY
    ) -> Sequence[Posting]:
        """Return the single postings of a book in one stage; ``only`` those a reader needs."""


class LedgerWork(Work, Protocol):
    """Work that can also read the ledger."""

    @property
    def books(self) -> Books:
        """Return the ledger of the present company."""

    @property
    def known_on(self) -> date | None:
        """Return the day whose knowledge the ledger shows (截至知晓日), None for everything known now."""

    def trace(self, document_key: str, line_id: int) -> Explanation | None:
        """Explain one line of a posted document down to source lines and workbook cells."""

    def broken(self, code: str) -> Generator[Progress, None, Sequence[Broken]]:
        """Run the named check, or all (""), and return where it does not hold; ``Refused`` for an unknown code."""

    def rebuild_balances(self) -> int:
        """Recompute the kept balances from the postings and log it; returns how many differed."""
