"""What rules and scripts may ask of the world: Facts to read, Work to act.

Rules receive a document and ``Facts``, so they run without a database; scripts receive ``Work``, one
transaction of one user. The engine implements both; tests implement ``Facts`` from plain lists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy.orm import InstrumentedAttribute, Session

from bondesk.base.explanation import Explanation

M = TypeVar("M")
T = TypeVar("T")


class Facts(Protocol):
    """A reader of stored rows of the present company and of the shared code tables, cached per work."""

    @property
    def today(self) -> date:
        """Return the business date of the work, in China time."""

    def find(self, model: type[M], **where: object) -> Sequence[M]:
        """Return the rows of ``model`` whose attributes equal ``where``, in key order."""

    def one(self, model: type[M], **where: object) -> M | None:
        """Return the row ``find`` would give first, or None."""

    def index(self, model: type[M], *attributes: InstrumentedAttribute[Any]) -> Mapping[Any, M]:
        """Return all rows of ``model`` by the value of one attribute, or by the tuple of several."""

    def groups(self, model: type[M], *attributes: InstrumentedAttribute[Any]) -> Mapping[Any, Sequence[M]]:
        """Return all rows of ``model`` grouped as ``index`` keys them; rows of a file being imported included."""

    def made_of(self, model: type[Any], make: Callable[[Facts], T]) -> T:
        """Return what ``make`` makes of the rows of ``model``: made once, and again after they were forgotten."""


@dataclass(frozen=True, slots=True)
class Told:
    """What bulk statements did to one document, for the log: ``#lines`` holds its changed lines by id."""

    document_id: int
    number: str
    summary: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


class Work(Protocol):
    """One business act of one user: one transaction, one clock, one set of facts."""

    @property
    def session(self) -> Session:
        """Return the session of this act; the caller of the script commits, never the script."""

    @property
    def facts(self) -> Facts:
        """Return the facts as this act sees them."""

    @property
    def user_id(self) -> int:
        """Return the acting user."""

    @property
    def company_id(self) -> int:
        """Return the company the act belongs to."""

    def now(self) -> datetime:
        """Return the present moment in China time, without zone."""

    def may(self, document_key: str, action: str) -> bool:
        """Tell whether the acting user has a right: a wizard offers nothing that is not granted."""

    def cell(self, row: Any, key: str) -> Explanation | None:
        """Return the workbook cell attribute ``key`` of a stored row was read from, with its raw text."""

    def draw(self, series: str, count: int = 1) -> int:
        """Draw ``count`` numbers of ``series`` and return the first; numbers start at 1."""

    def tell(self, document_key: str, action: str, rows: Sequence[Told]) -> None:
        """Log what bulk statements did, which no flush sees."""

    def post(self, document_key: str, ids: Sequence[int]) -> None:
        """Bring the postings of documents of one type to what they declare now."""
