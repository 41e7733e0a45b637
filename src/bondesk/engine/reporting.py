"""Running a declared report and explaining one of its cells, with the right asked first."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from bondesk.base.explanation import Explanation
from bondesk.base.findings import Finding, note
from bondesk.base.numbers import plain
from bondesk.base.options import Option, options_of
from bondesk.base.reports import KNOWN_ON, Report, ReportTable
from bondesk.base.steps import Progress, run_through
from bondesk.engine.act import Act


def run(act: Act, report: Report, options: Any) -> Generator[Progress, None, ReportTable]:
    """Run ``report``, with the knowledge of the day the options name; yields progress, returns the table."""
    act.require_report(report.key, report.title)
    day = known_on(options)
    table = yield from report.run(act.as_known(day), options)
    return table if day is None else replace(table, findings=(_said(day), *table.findings))


def _said(day: date) -> Finding:
    """Say what 截至知晓日 covers, so that nobody takes the whole table for a picture of that day."""
    text = f"清单按 {day} 当天晚上已入账的计算；单耗、汇率、盘点和仓单按现在的资料，草稿不计"
    return note("RPT-46", text, "known_on")


def run_at_once(act: Act, report: Report, options: Any) -> ReportTable:
    """Run ``report`` without anybody watching the progress."""
    return run_through(run(act, report, options))


def explain(act: Act, report: Report, options: Any, row: str, column: str) -> Explanation:
    """Return the derivation of one cell."""
    act.require_report(report.key, report.title)
    return report.explain(act.as_known(known_on(options)), options, row, column)


def conditions_of(options: Any) -> tuple[tuple[str, str], ...]:
    """Say in words what a report was asked for: every option that has a value, as its form shows it."""
    return tuple(
        (entry.label, _value_word(entry, getattr(options, entry.key)))
        for entry in options_of(type(options))
        if getattr(options, entry.key) not in ("", None, False)
    )


def _value_word(entry: Option, value: Any) -> str:
    if isinstance(value, bool):
        return "是"
    if isinstance(value, Decimal):
        return plain(value)
    return dict(entry.choices).get(value, str(value))


def known_on(options: Any) -> date | None:
    """Return the 截至知晓日 options name, None where they have none."""
    day: date | None = getattr(options, KNOWN_ON, None)
    return day


def totals(report: Report, table: ReportTable) -> tuple[Decimal | None, ...]:
    """Return the total row: sums of the stored (rounded) values, so that it foots (handbook 0.2)."""
    sums: list[Decimal | None] = []
    for position, column in enumerate(report.columns):
        values = [row.values[position] for row in table.rows]
        numbers = [value for value in values if isinstance(value, Decimal)]
        sums.append(sum(numbers, Decimal(0)) if column.totalled else None)
    return tuple(sums)
