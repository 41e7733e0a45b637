"""What is wrong, doubtful or worth knowing about a document, said as a value.

A finding never raises by itself; :class:`bondesk.base.errors.Refused` carries findings to the user. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs: an error blocks, a confirm asks, a note informs."""

    ERROR = "error"
    CONFIRM = "confirm"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a workbook a value stands: sheet, Excel row (1 = first) and heading text."""

    sheet: str
    row: int
    column: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one value.

    ``code`` is the handbook's (``MAP-03``); ``field`` the attribute key; ``table`` the line table's
    key ("" = head) and ``line`` the 0-based position in it; ``place`` the workbook cell when the value
    came from one; ``value`` the raw text as the user typed it.
    """

    severity: Severity
    code: str
    text: str
    field: str = ""
    line: int | None = None
    table: str = ""
    place: Place | None = None
    value: str = ""

    def __str__(self) -> str:
        where = ""
        if self.place is not None:
            where = f"工作表「{self.place.sheet}」第{self.place.row}行"
            where += f"「{self.place.column}」" if self.place.column else ""
            where += f"，值“{self.value}”：" if self.value else "："
        elif self.line is not None:
            where = f"第{self.line + 1}项："
        return f"[{self.code}] {where}{self.text}"


def error(code: str, text: str, field: str = "", line: int | None = None, **more: str) -> Finding:
    """Make a finding that blocks."""
    return Finding(Severity.ERROR, code, text, field, line, **more)  # type: ignore[arg-type]


def confirm(code: str, text: str, field: str = "", line: int | None = None, **more: str) -> Finding:
    """Make a finding the user must confirm."""
    return Finding(Severity.CONFIRM, code, text, field, line, **more)  # type: ignore[arg-type]


def note(code: str, text: str, field: str = "", line: int | None = None, **more: str) -> Finding:
    """Make a finding that only informs."""
    return Finding(Severity.NOTE, code, text, field, line, **more)  # type: ignore[arg-type]


def errors_in(findings: Iterable[Finding]) -> list[Finding]:
    """Keep the findings that block."""
    return [finding for finding in findings if finding.severity is Severity.ERROR]
