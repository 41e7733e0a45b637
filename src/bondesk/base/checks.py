"""Named checks: what must hold of everything stored, said once with a stable code, and what to do when it does not.

A rule judges one document while it is worked on; a check looks at the whole database afterwards, so that a number
somebody signs was looked at from two sides. Checks only read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from bondesk.base.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class Breach:
    """One place where a check does not hold: the sentence says what stands against what.

    ``document_key`` and ``document_id`` name the document to open, where there is one; ``number`` its number.
    """

    text: str
    document_key: str = ""
    document_id: int | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One invariant. ``title`` says what holds, ``repair`` what to do when it does not.

    ``run(work)`` yields a breach per place; the work is a :class:`bondesk.ledger.books.LedgerWork`.
    """

    code: str
    title: str
    repair: str
    run: Callable[[Any], Iterator[Breach]]
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class Broken:
    """A breach with the check it breaks."""

    check: Check
    breach: Breach

    @property
    def finding(self) -> Finding:
        """Say it as the command line does."""
        return Finding(self.check.severity, self.check.code, f"{self.breach.text}；{self.check.repair}")
