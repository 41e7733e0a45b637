"""差异归因: the difference of every material split in one fixed order, in bars that add up to it (decision 0032)."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.accounts.book_reading import approved_books, materials_of
from bondesk.areas.reports.book_rows import item_row
from bondesk.areas.reports.shortage_table import day_of, located, row_key, unit_name
from bondesk.areas.verification.assuming import overlaid
from bondesk.areas.verification.attributing import STARTS, Attributed, attribute
from bondesk.areas.verification.reckoning import SOURCES, basis_of
from bondesk.areas.verification.shortage_computing import choices_of
from bondesk.areas.verification.shortage_model import ShortageOverage
from bondesk.areas.verification.shortage_reasons import Reasons
from bondesk.base.columns import Kind
from bondesk.base.errors import Refused
from bondesk.base.explanation import Explanation
from bondesk.base.findings import Finding, note
from bondesk.base.numbers import plain
from bondesk.base.options import option
from bondesk.base.reports import Bars, Report, ReportColumn, ReportRow, ReportTable, known_day
from bondesk.base.steps import Progress
from bondesk.ledger.attribution import STEPS, UNEXPLAINED, Split
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.consumption import ZERO

_Q = Kind.QUANTITY
_WHY = {
    "unmatched": "预核扣清单和草稿视同已核扣",
    "timing": "转厂与进出口的仓单和清单不在同一时间",
    "rounding": "清单数量换回舍入前的折算数量（不足 1 个申报单位的差）",
    "version": "备案单耗换成同版本企业 BOM 现在的单耗",
    "outsourced": "加上外发在承揽企业的库存折料",
    "scrap": "加上边角料仓中已归并的料号",
    "count_class": "加上残次品与在途，减去参与分析的内购库存",
}


@dataclass(frozen=True, slots=True)
class AttributionOptions:
    """Which book at which day, and which difference is split."""

    record_no: str = option("备案号", "", reference="account handbook", help="空 = 全部账册")
    day: date | None = option("截止日期", None, help="空 = 最近一次盘点的日期")
    start: str = option("分解对象", "GROSS", choices=STARTS)
    source: str = option("实际库存", "STOCKTAKE", choices=SOURCES)
    opening_day: date | None = option("期初盘点日期", None, help="仓单滚动库存从这次盘点起算")
    outsourced: bool = option("短溢表计入外发库存", True)
    transit: bool = option("短溢表计入在途", False)
    direct: bool = option("短溢表计入进出口时间差", False)
    domestic: bool = option("内购库存参与分析", False)
    hide_zero: bool = option("隐藏没有差异的料件", False)
    known_on: date | None = known_day()


COLUMNS = (
    ReportColumn("record_no", "备案号", Kind.CODE, 14),
    ReportColumn("item_no", "备案序号", Kind.INTEGER, 8),
    ReportColumn("name", "商品名称", Kind.TEXT, 18),
    ReportColumn("unit", "单位", Kind.TEXT, 6),
    ReportColumn("total", "差异合计", _Q, 14, explained=True),
    *(ReportColumn(key, title, _Q, 14, explained=True) for key, title in STEPS.items()),
    ReportColumn("unexplained", UNEXPLAINED, _Q, 14, explained=True),
    ReportColumn("main", "主要原因", Kind.TEXT, 14),
    ReportColumn("difference", "短溢表差异数 D", _Q, 14, explained=True),
)
_STEP_KEYS = tuple(STEPS)


def run(work: LedgerWork, options: AttributionOptions) -> Generator[Progress, None, ReportTable]:
    """Return a row per material; its bars add up to 差异合计 exactly."""
    books = approved_books(work.facts, options.record_no)
    if not books:
        return ReportTable((), (note("RPT-10", "没有已审批的账册，请先导入或下载账册"),))
    rows: list[ReportRow] = []
    findings: list[Finding] = []
    for book in books:
        found = yield from _attributed(work, options, book)
        findings += found.table.findings
        for line in materials_of(book):
            split = found.splits.get(line.item_no) or Split(line.item_no, ZERO, (ZERO,) * len(STEPS), ZERO)
            if options.hide_zero and not any((split.total, *split.bars)):
                continue
            values = (
                book.record_no, line.item_no, line.name, unit_name(work.facts, line), split.total, *split.bars,
                _main(split), found.table.rows[line.item_no].difference,
            )  # fmt: skip
            rows.append(item_row(row_key(books, book, line), values, book, line))
    return ReportTable(tuple(rows), tuple(dict.fromkeys(findings)))


def _attributed(work: LedgerWork, options: AttributionOptions, book: Account) -> Generator[Progress, None, Attributed]:
    basis = basis_of(options, book.record_no, day_of(work.facts, options.day))
    found = yield from attribute(work, book, basis, options.start)
    return found


def _at_once(steps: Generator[Progress, None, Attributed]) -> Attributed:
    """Run to the end without anybody watching."""
    try:
        while True:
            next(steps)
    except StopIteration as end:
        found: Attributed = end.value
        return found


def _main(split: Split) -> str:
    """Name the biggest bar, "" where there is none."""
    titles = (*STEPS.values(), UNEXPLAINED)
    biggest = max(range(len(titles)), key=lambda place: abs(split.bars[place]))
    return titles[biggest] if split.bars[biggest] else ""


def explain(work: LedgerWork, options: AttributionOptions, row: str, column: str) -> Explanation:
    """Explain a bar by the difference before and after its correction, down to vouchers and cells."""
    titles = {entry.key: entry.title for entry in COLUMNS if entry.explained}
    if column not in titles:
        raise Refused(f"报表没有可解释的列 {column}；可用：{'、'.join(titles)}", "RPT-11")
    book, line = located(work, options.record_no, row)
    found = _at_once(_attributed(work, options, book))
    item, unit = line.item_no, unit_name(work.facts, line)
    reasons = [
        Reasons(work, one, item, unit, books=overlaid(work, book, overlay))
        for one, overlay in zip(found.runs, found.overlays, strict=True)
    ]
    split = found.splits[item]
    if column == "difference":
        return Reasons(work, found.table, item, unit).difference()
    if column == "unexplained":
        last = reasons[-1].difference()
        return Explanation(f"料件 {item} {UNEXPLAINED}", plain(split.unexplained), "全部调整之后仍有的差异", (last,))
    if column == "total":
        return _total(item, split, reasons[0])
    place = _STEP_KEYS.index(column)
    return _step(item, titles[column], column, split.parts[place], reasons[place : place + 2])


def _total(item: int, split: Split, first: Reasons) -> Explanation:
    titles = (*STEPS.values(), UNEXPLAINED)
    parts = [
        Explanation(title, plain(value), _WHY.get(key, ""))
        for key, title, value in zip((*_STEP_KEYS, ""), titles, split.bars, strict=True)
    ]
    made = Explanation("调整前", plain(split.total), "盘点与账册结存之差", (first.difference(),))
    text = "各项按固定顺序逐项调整，相加等于合计"
    return Explanation(f"料件 {item} 差异合计", plain(split.total), text, (*parts, made))


def _step(item: int, title: str, key: str, value: Decimal, around: Sequence[Reasons]) -> Explanation:
    before, after = around
    parts = (
        Explanation("调整前的差异", plain(before.row.difference), "", (before.difference(),)),
        Explanation("调整后的差异", plain(after.row.difference), "", (after.difference(),)),
    )
    reason = f"{_WHY[key]}：{plain(before.row.difference)} − {plain(after.row.difference)}"
    return Explanation(f"料件 {item} {title}", plain(value), reason, parts)


def _of_shortage(table: ShortageOverage) -> AttributionOptions:
    """Split a 短溢表 with its own choices."""
    return AttributionOptions(record_no=table.record_no, day=table.day, **choices_of(table))


ATTRIBUTION = Report(
    key="shortage_attribution",
    title="差异归因",
    columns=COLUMNS,
    run=run,
    explain=explain,
    options=AttributionOptions,
    looks_at={"shortage_overage": _of_shortage},
    bars=Bars("total", (*_STEP_KEYS, "unexplained")),
    help="把每个料件的账实差异按固定顺序分成八项，相加恰好等于差异；图形与表格同时给出。",
)
