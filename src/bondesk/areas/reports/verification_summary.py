"""Report 14 账册报核汇总表: every 报核 of a book by material, beside the cycle before it (handbook 8.1, 16)."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bondesk.areas.reports.chosen_books import OpenedBook, explained_title, no_row, opened_books, over_books, unit_name
from bondesk.areas.verification.account_verification import ACCOUNT_VERIFICATION
from bondesk.areas.verification.cycles import verifications_of
from bondesk.areas.verification.verification_model import AccountVerification, VerificationMaterial
from bondesk.base.columns import Kind
from bondesk.base.explanation import Explanation
from bondesk.base.findings import Finding, note
from bondesk.base.numbers import plain
from bondesk.base.options import option
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable
from bondesk.base.steps import Progress
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.verification import SIDE_COLUMNS

_Q = Kind.QUANTITY
#: The columns of 8.1, in the words of the 报核.
_FIGURES = (
    ("opening", "期初数量"),
    ("in_out", "进出口总数量"),
    ("consumed", "消耗总数量"),
    ("expected", "应剩余数量"),
    ("balance", "本期结余"),
    ("actual", "实际剩余数量"),
    ("variance", "差异数量"),
)
#: What is set beside the cycle before: the figure, and how it is called.
_COMPARED = (("expected", "应剩余"), ("consumed", "消耗"), ("variance", "差异"))


@dataclass(frozen=True, slots=True)
class VerificationSummaryOptions:
    """Which book, cycle and material."""

    record_no: str = option("备案号", "", reference="account", help="空 = 全部账册")
    times: int | None = option("报核次数", None, help="空 = 全部周期")
    item_no: int | None = option("备案序号", None, help="空 = 全部料件")


COLUMNS = (
    ReportColumn("record_no", "备案号", Kind.CODE, 14),
    ReportColumn("times", "报核次数", Kind.INTEGER, 8),
    ReportColumn("begin", "开始日期", Kind.DATE, 12),
    ReportColumn("end", "截止日期", Kind.DATE, 12),
    ReportColumn("state", "状态", Kind.TEXT, 10),
    ReportColumn("item_no", "备案序号", Kind.INTEGER, 8),
    ReportColumn("name", "商品名称", Kind.TEXT, 18),
    ReportColumn("unit", "单位", Kind.TEXT, 6),
    *(ReportColumn(key, title, _Q, 14, explained=key in ("expected", "variance")) for key, title in _FIGURES),
    ReportColumn("variance_rate", "差异率%", Kind.PERCENT, 10),
    ReportColumn("variance_amount", "差异价值", Kind.AMOUNT, 14, totalled=True),
    *(ReportColumn(f"before_{key}", f"上期{title}", _Q, 14) for key, title in _COMPARED),
    *(ReportColumn(f"change_{key}", f"{title}较上期", _Q, 14) for key, title in _COMPARED),
    *(ReportColumn(one.key, one.title, _Q, 14) for one in SIDE_COLUMNS),
    ReportColumn("remark", "说明", Kind.TEXT, 20),
)


def run(work: LedgerWork, options: VerificationSummaryOptions) -> Generator[Progress, None, ReportTable]:
    """Return a row per cycle and material, the oldest cycle first; a book without 报核 says so."""

    def rows_of(opened: OpenedBook) -> Iterator[ReportRow | Finding]:
        every = verifications_of(work.facts, opened.record_no)
        if not every:
            yield note("RPT-40", f"账册 {opened.record_no} 还没有报核，请先在「账册报核」新增", "record_no")
        units = {line.item_no: unit_name(work.facts, line) for line in opened.book.materials}
        before: dict[int, VerificationMaterial] = {}
        for one in every:
            for line in one.materials:
                if options.times in (None, one.times) and options.item_no in (None, line.item_no):
                    values = _values(one, line, units.get(line.item_no, line.unit), before.get(line.item_no))
                    key = opened.key(f"{one.times}#{line.item_no}")
                    yield ReportRow(key, values, (ACCOUNT_VERIFICATION.key, one.id))
            before = {line.item_no: line for line in one.materials}

    return (yield from over_books(work, options, rows_of, wanted=lambda book: book.book_kind == "EMS", counted=False))


def _values(
    one: AccountVerification, line: VerificationMaterial, unit: str, before: VerificationMaterial | None
) -> tuple[Any, ...]:
    keys = [key for key, _ in _COMPARED]
    past: list[Decimal | None] = [getattr(before, key) if before is not None else None for key in keys]
    change = [None if then is None else getattr(line, key) - then for key, then in zip(keys, past, strict=True)]
    return (
        one.record_no,
        one.times,
        one.begin_date,
        one.end_date,
        ACCOUNT_VERIFICATION.flow.state(one.state).title,
        line.item_no,
        line.name,
        unit,
        *(getattr(line, key) for key, _ in _FIGURES),
        line.variance_rate,
        line.variance_amount,
        *past,
        *change,
        *(getattr(line, column.key) for column in SIDE_COLUMNS),
        line.remark,
    )


def explain(work: LedgerWork, options: VerificationSummaryOptions, row: str, column: str) -> Explanation:
    """Explain 应剩余 and 差异 of a cycle (``次数#备案序号``) by their terms."""
    title = explained_title(COLUMNS, column)
    book_no, _, key = row.rpartition("/")
    times, _, item = key.partition("#")
    for opened in opened_books(work, book_no or options.record_no):
        for one in verifications_of(work.facts, opened.record_no):
            for line in one.materials:
                if (str(one.times), str(line.item_no)) == (times, item):
                    return _explained(one, line, title, column)
    raise no_row(row, "报核次数#备案序号")


def _explained(one: AccountVerification, line: VerificationMaterial, title: str, column: str) -> Explanation:
    name = f"第 {one.times} 次报核 料件 {line.item_no} {title}"
    expected = Explanation(
        "应剩余数量",
        plain(line.expected),
        "期初 + 进出口总数 − 消耗",
        (
            Explanation("＋ 期初数量", plain(line.opening), "上期结余"),
            Explanation("＋ 进出口总数量", plain(line.in_out), "本期料件清单；逐笔见「料件明细账」"),
            Explanation("－ 消耗总数量", plain(line.consumed), "本期成品清单 × 单耗；逐笔见「成品耗料明细表」"),
        ),
    )
    if column == "expected":
        return Explanation(name, expected.value, expected.reason, expected.parts)
    counted = ("料件盘点", line.counted_material), ("成品折料", line.counted_product), ("半成品折料", line.counted_semi)
    parts = tuple(Explanation(word, plain(value)) for word, value in counted if value is not None)
    actual = Explanation("＋ 实际剩余数量", plain(line.actual), "盘点" if parts else "取应剩余数量", parts)
    return Explanation(name, plain(line.variance), "实际剩余 − 应剩余", (actual, expected))


VERIFICATION_SUMMARY = Report(
    key="verification_summary",
    title="账册报核汇总表",
    columns=COLUMNS,
    run=run,
    explain=explain,
    options=VerificationSummaryOptions,
    help="账册每个核销周期各料件的期初、进出口、消耗、应剩余与实际剩余，并与上一周期比较。",
)
