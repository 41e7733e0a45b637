"""A report as a declaration: options, columns, rows on demand, and the reason of every cell."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bondesk.base.columns import Kind
from bondesk.base.explanation import Explanation
from bondesk.base.findings import Finding
from bondesk.base.options import NoOptions, option
from bondesk.base.steps import Progress

#: The option by which a report shows the ledger as it was known at the end of a day.
KNOWN_ON = "known_on"


def known_day() -> Any:
    """Declare the option :data:`KNOWN_ON`: figures are those that could be seen on the screen that evening."""
    return option("截至知晓日", None, help="空 = 现在所知；否则只算到那天晚上已入账的清单")


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """A column: ``totalled`` sums the stored (rounded) values so that the total row foots (handbook 0.2)."""

    key: str
    title: str
    kind: Kind
    width: int = 12
    totalled: bool = False
    explained: bool = False


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A row: ``key`` names it on the command line (for example ``13``), values follow the columns.

    ``opens`` names the document the row tells of, by kind and id; ``("", 0)`` when it tells of none. ``line`` names
    the line of it, by line table and id, ``("", 0)`` when it tells of the whole document.
    """

    key: str
    values: tuple[Any, ...]
    opens: tuple[str, int] = ("", 0)
    line: tuple[str, int] = ("", 0)


@dataclass(frozen=True, slots=True)
class ReportTable:
    """What a report run gives; an empty table with a finding says which data is missing."""

    rows: tuple[ReportRow, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Bars:
    """Columns a screen also draws for the chosen row: ``parts`` one after the other, adding up to ``total``."""

    total: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """Columns a screen also draws over time: ``value`` as it stands after a row of ``day`` (the last of a day counts).

    Rows alike in the columns ``of`` are one line, called by the columns ``named``; ``without`` is said where a row has
    no value.
    """

    day: str
    value: str
    of: tuple[str, ...]
    named: tuple[str, ...]
    without: str


@dataclass(frozen=True, slots=True)
class Report:
    """A declared report.

    ``run(work, options)`` (the work also reads the ledger) yields progress and returns the table;
    ``explain(work, options, row, column)`` gives the derivation of one cell and refuses a row or column
    that does not exist. ``bars`` or ``course`` names what is drawn beside the rows. ``looks_at``: kinds of documents
    whose lists open the report, with what makes its options of a stored head.
    """

    key: str
    title: str
    columns: tuple[ReportColumn, ...]
    run: Callable[[Any, Any], Generator[Progress, None, ReportTable]]
    explain: Callable[[Any, Any, str, str], Explanation]
    options: type[Any] = NoOptions
    area: str = "reports"
    help: str = ""
    bars: Bars | None = None
    course: Course | None = None
    looks_at: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)

    def column_place(self, key: str) -> int:
        """Return where column ``key`` stands; ``ValueError`` when there is none."""
        return [column.key for column in self.columns].index(key)
