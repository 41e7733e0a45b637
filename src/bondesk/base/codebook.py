"""What every room may ask of the customs code tables; the codes area answers. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True)
class OutOfDate:
    """Why a known code may not stand on a date: closed before it (``closed_on`` is its last day), or not begun yet.

    ``successors`` are codes with their names that take its place, as far as they are known.
    """

    name: str
    valid_from: date
    closed_on: date | None
    successors: tuple[str, ...] = ()


class CodeBook(Protocol):
    """Codes and names of customs, effective-dated, with the enterprise's own synonyms."""

    def read(self, table: str, text: str) -> str | None:
        """Return the code ``text`` stands for: own synonym, customs code, customs name, alias, old code.

        A code that is closed today is still read: whether it may be used says :meth:`out_of_date`.
        """

    def name(self, table: str, code: str) -> str:
        """Return the Chinese name of ``code``, or "" when the table does not hold it."""

    def entries(self, table: str, on: date | None = None) -> Sequence[tuple[str, str]]:
        """Return (code, name) of every row valid ``on`` the date (today when None)."""

    def out_of_date(self, table: str, code: str, on: date) -> OutOfDate | None:
        """Return why ``code`` may not be used on the date; None when it may, or when the table does not hold it."""

    def former(self, table: str) -> Mapping[str, str]:
        """Return the names of the codes of ``table`` that are not valid today, by code."""

    def nearest(self, table: str, text: str) -> tuple[str, ...]:
        """Return up to three names that look like ``text``, for a finding."""

    def synonyms(self, table: str) -> Mapping[str, str]:
        """Return the enterprise's own words for codes of ``table``: word → customs code."""

    def old_code(self, table: str, code: str) -> str:
        """Return the 3-digit customs code of an alpha-3 country or currency, or ""."""
