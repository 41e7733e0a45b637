"""数据自检: every named check over all that is stored, each breach with what stands against what and what to do."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from bondesk.base.checks import Broken
from bondesk.base.columns import Kind
from bondesk.base.errors import Refused
from bondesk.base.explanation import Explanation
from bondesk.base.findings import Severity, note
from bondesk.base.options import option
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable
from bondesk.base.steps import Progress, run_through
from bondesk.ledger.books import LedgerWork

#: Breaches of one check that are listed; the rest is counted in a finding.
MOST_LISTED = 500
_WORDS = {Severity.ERROR: "错误", Severity.CONFIRM: "待核实", Severity.NOTE: "提示"}
_SEVERITIES = (("", "全部"), *((severity.value, word) for severity, word in _WORDS.items()))


@dataclass(frozen=True, slots=True)
class DataCheckOptions:
    """Which checks."""

    code: str = option("检查代码", "", help="如 CHK-01；空 = 全部检查")
    severity: str = option("级别", "", choices=_SEVERITIES)


COLUMNS = (
    ReportColumn("code", "代码", Kind.CODE, 8),
    ReportColumn("severity", "级别", Kind.TEXT, 7),
    ReportColumn("title", "应成立", Kind.TEXT, 26),
    ReportColumn("text", "实际情况", Kind.TEXT, 52, explained=True),
    ReportColumn("repair", "怎么办", Kind.TEXT, 34),
    ReportColumn("number", "单据编号", Kind.CODE, 18),
)


def run(work: LedgerWork, options: DataCheckOptions) -> Generator[Progress, None, ReportTable]:
    """Return a row per breach; an empty table says that everything holds."""
    broken = [one for one in (yield from work.broken(options.code.strip().upper())) if _chosen(one, options)]
    counts: dict[str, int] = {}
    rows = []
    for one in broken:
        counts[one.check.code] = place = counts.get(one.check.code, 0) + 1
        if place <= MOST_LISTED:
            rows.append(_row(one, place))
    findings = [
        note("RPT-15", f"{code} 共 {count} 处，只列出前 {MOST_LISTED} 处")
        for code, count in counts.items()
        if count > MOST_LISTED
    ]
    if not broken:
        findings.append(note("RPT-14", "检查完毕，没有发现问题"))
    return ReportTable(tuple(rows), tuple(findings))


def _chosen(one: Broken, options: DataCheckOptions) -> bool:
    return options.severity in ("", one.check.severity.value)


def _row(one: Broken, place: int) -> ReportRow:
    check, breach = one.check, one.breach
    values = (check.code, _WORDS[check.severity], check.title, breach.text, check.repair, breach.number)
    opens = (breach.document_key, breach.document_id or 0) if breach.document_id else ("", 0)
    return ReportRow(f"{check.code}/{place}", values, opens)


def explain(work: LedgerWork, options: DataCheckOptions, row: str, column: str) -> Explanation:
    """Explain one breach: the check, what was found, and what to do."""
    code, _, place = row.partition("/")
    if column != "text":
        raise Refused(f"报表没有可解释的列 {column}；可用：实际情况", "RPT-11")
    found = [one for one in run_through(work.broken(code)) if _chosen(one, options)]
    if not place.isdecimal() or not 0 < int(place) <= len(found):
        raise Refused(f"报表没有这一行 {row}，可能已经改正；请重新查询", "RPT-11")
    one = found[int(place) - 1]
    parts = (Explanation("应成立", one.check.title), Explanation("怎么办", one.check.repair))
    return Explanation(f"{code} 第 {place} 处", one.breach.text, "检查的是保存的数据，改正后重新查询", parts)


DATA_CHECK = Report(
    key="data_check",
    title="数据自检",
    columns=COLUMNS,
    run=run,
    explain=explain,
    options=DataCheckOptions,
    help="逐项检查保存的数据是否前后一致；报核、备份之前运行一次。",
)
