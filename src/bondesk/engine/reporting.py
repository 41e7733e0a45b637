"""Running a declared report and explaining one of its cells, with the right asked first."""

from __future__ import annotations

from collections.abc import Generator
from decimal import Decimal
from typing import Any

from bondesk.base.explanation import Explanation
from bondesk.base.reports import Report, ReportTable
from bondesk.base.steps import Progress, run_through
from bondesk.engine.act import Act


def run(act: Act, report: Report, options: Any) -> Generator[Progress, None, ReportTable]:
    """Run ``report``; yields progress, returns the table."""
    act.require_report(report.key, report.title)
    table = yield from report.run(act, options)
    return table


def run_at_once(act: Act, report: Report, options: Any) -> ReportTable:
    """Run ``report`` without anybody watching the progress."""
    return run_through(run(act, report, options))


def explain(act: Act, report: Report, options: Any, row: str, column: str) -> Explanation:
    """Return the derivation of one cell."""
    act.require_report(report.key, report.title)
    return report.explain(act, options, row, column)


def totals(report: Report, table: ReportTable) -> tuple[Decimal | None, ...]:
    """Return the total row: sums of the stored (rounded) values, so that it foots (handbook 0.2)."""
    sums: list[Decimal | None] = []
    for position, column in enumerate(report.columns):
        values = [row.values[position] for row in table.rows]
        numbers = [value for value in values if isinstance(value, Decimal)]
        sums.append(sum(numbers, Decimal(0)) if column.totalled else None)
    return tuple(sums)
