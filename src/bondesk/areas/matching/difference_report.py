"""对碰差异: every value in which paired drafts and formal copies differ, as a table to print and hand on (row 126)."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bondesk.areas.matching import viewing
from bondesk.areas.matching.candidates import WAYS, MatchQuery
from bondesk.areas.matching.kinds import KINDS, MatchKind, kind_of
from bondesk.areas.matching.matchings import DIFFERENCE_REPORT
from bondesk.base.columns import Kind
from bondesk.base.errors import Refused
from bondesk.base.explanation import Explanation
from bondesk.base.findings import note
from bondesk.base.matching import ComparedRow, PairRow
from bondesk.base.options import option
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable
from bondesk.base.steps import Progress
from bondesk.ledger.books import LedgerWork

_AT_ONCE = 500
_KINDS = tuple((kind.draft, kind.title.removesuffix("对碰")) for kind in KINDS)
_SHOWN = (("open", "未接受的差异"), ("differing", "全部差异"), ("all", "全部，含一致"))


@dataclass(frozen=True)
class DifferenceOptions:
    """Which pairs, and which of their differences."""

    kind: str = option("单证", _KINDS[0][0], choices=_KINDS)
    begin: date | None = option("申报日期起", None)
    end: date | None = option("申报日期止", None)
    record_no: str = option("备案号", "", reference="account handbook")
    ie_flag: str = option("进出口标志", "", choices=WAYS)
    shown: str = option("列出", "differing", choices=_SHOWN)


COLUMNS = (
    ReportColumn("draft_no", "草单", Kind.CODE, 16),
    ReportColumn("formal_no", "正式单", Kind.CODE, 20),
    ReportColumn("rule", "依据", Kind.TEXT, 12),
    ReportColumn("summary", "结果", Kind.TEXT, 12),
    ReportColumn("place", "位置", Kind.TEXT, 10),
    ReportColumn("field", "栏目", Kind.TEXT, 12),
    ReportColumn("kind", "差异", Kind.TEXT, 8),
    ReportColumn("source", "来源单证", Kind.TEXT, 20),
    ReportColumn("draft", "草单（对应前）", Kind.TEXT, 20, explained=True),
    ReportColumn("formal", "正式单", Kind.TEXT, 20, explained=True),
    ReportColumn("handled", "处理", Kind.TEXT, 8),
    ReportColumn("remark", "接受原因", Kind.TEXT, 24),
)


def _query(options: DifferenceOptions) -> tuple[MatchKind, MatchQuery]:
    wanted = MatchQuery(options.begin, options.end, options.record_no, options.ie_flag)
    return kind_of(options.kind), wanted


def run(work: LedgerWork, options: DifferenceOptions) -> Generator[Progress, None, ReportTable]:
    """Return one row per difference, and one per pair that agrees where those are wanted too."""
    kind, wanted = _query(options)
    total = viewing.count_pairs(work, kind, wanted)
    rows: list[ReportRow] = []
    differing = 0
    for start in range(0, total, _AT_ONCE):
        yield Progress(start, total, "比较单据")
        for pair in viewing.list_pairs(work, kind, wanted, start, _AT_ONCE):
            differing += bool(pair.differences)
            rows += _rows(work, kind, pair, options.shown)
    told = f"已对应 {total} 对，其中一致 {total - differing} 对，有差异 {differing} 对"
    return ReportTable(tuple(rows), (note("RPT-16", told),))


def _rows(work: LedgerWork, kind: MatchKind, pair: PairRow, shown: str) -> Sequence[ReportRow]:
    head = (pair.draft_no, pair.formal_no, pair.rule, pair.summary)
    if not pair.differences:
        return [ReportRow(pair.draft_no, (*head, *("",) * 8))] if shown == "all" else ()
    if shown == "open" and not pair.open:
        return ()
    found = viewing.compare(work, kind, pair.id, True)
    return [ReportRow(_key(pair, one), (*head, *_values(one))) for one in found if shown != "open" or not one.handled]


def _values(one: ComparedRow) -> tuple[Any, ...]:
    done = "已接受" if one.handled else "待处理"
    return one.place, one.label, one.word, one.source, one.draft, one.formal, done, one.remark


def _key(pair: PairRow, one: ComparedRow) -> str:
    return f"{pair.draft_no}:{one.place}:{one.label}"


def explain(work: LedgerWork, options: DifferenceOptions, row: str, column: str) -> Explanation:
    """Say when and by which rule the pair of a row (``草单号:位置:栏目``) was made, and what each side holds."""
    places = {"draft": "草单（对应前）", "formal": "正式单"}
    if column not in places:
        raise Refused("报表没有可解释的列；可用：draft、formal", "RPT-11")
    kind, wanted = _query(options)
    total = viewing.count_pairs(work, kind, wanted)
    for start in range(0, total, _AT_ONCE):
        for pair in viewing.list_pairs(work, kind, wanted, start, _AT_ONCE):
            if not row.startswith(f"{pair.draft_no}:"):
                continue
            for one in viewing.compare(work, kind, pair.id, True):
                if _key(pair, one) == row:
                    return _explained(pair, one, column, places)
    raise Refused(f"报表没有行 {row}（写法：草单号:位置:栏目）", "RPT-11")


def _explained(pair: PairRow, one: ComparedRow, column: str, places: dict[str, str]) -> Explanation:
    made = f"{pair.matched_at:%Y-%m-%d %H:%M} 由 {pair.matched_by} 按{pair.rule}对应"
    sides = (("来源单证", one.source), ("草单（对应前）", one.draft), ("正式单", one.formal))
    parts = tuple(Explanation(title, value) for title, value in sides if value)
    return Explanation(f"{pair.draft_no} {one.place} {one.label}", getattr(one, column) or "空", made, parts)


MATCH_DIFFERENCES = Report(
    key=DIFFERENCE_REPORT,
    title="对碰差异表",
    columns=COLUMNS,
    run=run,
    explain=explain,
    options=DifferenceOptions,
    area="declarations",
    help="列出草单与海关正式单不同的每一项：来源单证、对应前的草单、正式单三方对照，以及处理情况。",
)
