"""Report 15 报核差异分析表: what a 报核 expected, what was there, and the difference with its value (handbook 16)."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bondesk.areas.accounts.book_reading import approved_books
from bondesk.areas.codes.customs_code import units_of
from bondesk.areas.verification.reckoning import Basis, Reckoned, reckon
from bondesk.areas.verification.shortage_reasons import Reasons
from bondesk.areas.verification.verification_model import AccountVerification, VerificationMaterial
from bondesk.base.columns import Kind
from bondesk.base.errors import Refused
from bondesk.base.explanation import Explanation
from bondesk.base.findings import note
from bondesk.base.numbers import plain
from bondesk.base.options import option
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable
from bondesk.base.steps import Progress
from bondesk.ledger.books import LedgerWork

_Q, _A = Kind.QUANTITY, Kind.AMOUNT


@dataclass(frozen=True, slots=True)
class VarianceOptions:
    """Which 报核, and which materials of it."""

    record_no: str = option("账册编号", "", reference="account", help="空 = 全部账册")
    times: int | None = option("报核次数", None, help="空 = 每本账册最近一次")
    only_beyond: bool = option("只看超过容差的料件", False)


COLUMNS = (
    ReportColumn("internal_no", "报核编号", Kind.CODE, 18),
    ReportColumn("item_no", "备案序号", Kind.INTEGER, 8),
    ReportColumn("name", "商品名称", Kind.TEXT, 18),
    ReportColumn("unit", "单位", Kind.TEXT, 6),
    ReportColumn("expected", "应剩余", _Q, 14, explained=True),
    ReportColumn("counted_material", "料件盘点", _Q, 14, explained=True),
    ReportColumn("counted_product", "成品折料", _Q, 14, explained=True),
    ReportColumn("counted_semi", "半成品折料", _Q, 14, explained=True),
    ReportColumn("counted_transit", "在途折料", _Q, 14, explained=True),
    ReportColumn("actual", "实际剩余", _Q, 14, explained=True),
    ReportColumn("variance", "差异数量", _Q, 14, explained=True),
    ReportColumn("variance_rate", "差异率%", Kind.PRICE, 10),
    ReportColumn("price", "平均单价", Kind.PRICE, 12),
    ReportColumn("variance_amount", "差异价值", _A, 14, totalled=True),
    ReportColumn("word", "判定", Kind.TEXT, 8),
    ReportColumn("remark", "差异说明", Kind.TEXT, 24),
)
_STORED = (
    "expected", "counted_material", "counted_product", "counted_semi", "counted_transit", "actual", "variance",
    "variance_rate", "price", "variance_amount",
)  # fmt: skip
_HELD = {"counted_product": "product", "counted_semi": "semi_product", "counted_transit": "in_transit"}


def _chosen(work: LedgerWork, options: VarianceOptions) -> Sequence[AccountVerification]:
    every = [one for one in work.facts.find(AccountVerification) if one.state != "VOID"]
    mine = [one for one in every if options.record_no in ("", one.record_no)]
    if options.times is not None:
        return [one for one in mine if one.times == options.times]
    newest: dict[str, AccountVerification] = {}
    for one in sorted(mine, key=lambda each: each.times):
        newest[one.record_no] = one
    return list(newest.values())


def run(work: LedgerWork, options: VarianceOptions) -> Generator[Progress, None, ReportTable]:
    """Return the stored figures of the chosen 报核, a row per material."""
    chosen = sorted(_chosen(work, options), key=lambda one: one.internal_no)
    rows: list[ReportRow] = []
    for place, one in enumerate(chosen):
        yield Progress(place, len(chosen), f"报核 {one.internal_no}")
        for line in one.materials:
            word = _word(line, one.tolerance or Decimal(0))
            if not options.only_beyond or word in ("盈余", "短少"):
                unit = units_of(work.facts).get(line.unit)
                stored = tuple(getattr(line, key) for key in _STORED)
                head = (one.internal_no, line.item_no, line.name, unit.name if unit else line.unit)
                values: tuple[Any, ...] = (*head, *stored, word, line.remark)
                rows.append(ReportRow(f"{one.internal_no}/{line.item_no}", values, ("account_verification", one.id)))
    return ReportTable(tuple(rows), () if rows else (note("RPT-13", "没有符合条件的报核"),))


def _word(line: VerificationMaterial, tolerance: Decimal) -> str:
    if not line.variance:
        return "相符"
    if line.variance_rate is not None and abs(line.variance_rate) <= tolerance:
        return "容差内"
    return "盈余" if line.variance > 0 else "短少"


def explain(work: LedgerWork, options: VarianceOptions, row: str, column: str) -> Explanation:
    """Explain a stored figure (row ``报核编号/备案序号``) by what the data give now, down to vouchers and counts."""
    titles = {entry.key: entry.title for entry in COLUMNS if entry.explained}
    if column not in titles:
        raise Refused(f"报表没有可解释的列 {column}；可用：{'、'.join(titles)}", "RPT-11")
    number, _, item = row.rpartition("/")
    verification = work.facts.one(AccountVerification, internal_no=number)
    line = next((one for one in verification.materials if str(one.item_no) == item), None) if verification else None
    if verification is None or line is None:
        raise Refused(f"报表没有行 {row}（写法：报核编号/备案序号）", "RPT-11")
    value = getattr(line, column)
    title = f"料件 {line.item_no} {titles[column]}"
    if column == "variance":
        reason = f"实际剩余 {plain(line.actual)} − 应剩余 {plain(line.expected)}"
        return Explanation(title, plain(value), reason)
    if value is None:
        return Explanation(title, "", "这次报核没有取盘点，实际剩余等于应剩余")
    parts = _parts(work, verification, line, column)
    return Explanation(title, plain(value), "报核保存的数；下面是按现在的数据算出的来历", parts)


def _parts(
    work: LedgerWork, verification: AccountVerification, line: VerificationMaterial, column: str
) -> tuple[Explanation, ...]:
    reasons = Reasons(work, _now(work, verification), line.item_no)
    if column == "expected":
        return (reasons.booked(),)
    if verification.actual_source != "STOCKTAKE":
        return ()
    if column == "counted_material":
        return (reasons.held("material"), reasons.held("defective"))
    if column == "actual":
        return (reasons.counted(),)
    return (reasons.held(_HELD[column]),)


def _now(work: LedgerWork, verification: AccountVerification) -> Reckoned:
    """Compute the book at the cut-off with the count the 报核 used, or without any."""
    (book,) = approved_books(work.facts, verification.record_no)
    counted = verification.actual_source == "STOCKTAKE"
    basis = Basis(
        verification.record_no, verification.end_date, source="STOCKTAKE" if counted else "STOCK",
        count_day=verification.stocktake_date, outsourced=False, transit=bool(verification.with_transit), timing=False,
    )  # fmt: skip
    return reckon(work, book, basis)


VARIANCE_ANALYSIS = Report(
    key="variance_analysis",
    title="报核差异分析表",
    columns=COLUMNS,
    run=run,
    explain=explain,
    options=VarianceOptions,
    help="每次报核各料件的应剩余、实际剩余（料件、成品、半成品、在途）、差异、差异率与价值。",
)
