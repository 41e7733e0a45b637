"""Report 16 短溢表: what lies there against what the book says, less what is only a matter of time (handbook 12.3)."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from bondesk.areas.accounts.book_model import Account, AccountLine
from bondesk.areas.accounts.book_reading import approved_books, materials_of
from bondesk.areas.codes.customs_code import units_of
from bondesk.areas.reports.book_rows import item_row
from bondesk.areas.stock.held import HELD_COLUMNS
from bondesk.areas.stock.stock_model import Stocktake
from bondesk.areas.stock.timing import GAP_TITLES
from bondesk.areas.verification.pricing import Pricing, prices_of
from bondesk.areas.verification.reckoning import PRICES, SOURCES, Reckoned, basis_of, reckon
from bondesk.areas.verification.shortage_reasons import Reasons
from bondesk.base.columns import Kind
from bondesk.base.errors import Refused
from bondesk.base.explanation import Explanation
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, note
from bondesk.base.numbers import plain
from bondesk.base.options import option
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable, known_day
from bondesk.base.steps import Progress
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.shortage import ShortageRow, Verdict

_Q, _A = Kind.QUANTITY, Kind.AMOUNT
_STOCK = ("material", "product", "semi_product", "outsourced", "in_transit", "defective", "domestic")


@dataclass(frozen=True, slots=True)
class ShortageOptions:
    """Which book at which day, and what its stock is read from."""

    record_no: str = option("备案号", "", reference="account handbook", help="空 = 全部账册")
    day: date | None = option("截止日期", None, help="空 = 最近一次盘点的日期")
    source: str = option("实际库存", "STOCKTAKE", choices=SOURCES)
    opening_day: date | None = option("期初盘点日期", None, help="仓单滚动库存从这次盘点起算；空 = 从 0 起")
    outsourced: bool = option("计入外发库存", True)
    transit: bool = option("计入在途", False)
    direct: bool = option("计入进出口时间差", False, help="已出货未报关、已报关未出货、已到货未报关、已报关未到货")
    domestic: bool = option("内购库存参与分析", False, help="盘点不能区分内购料件时，扣除仓单中的非保税库存")
    tolerance: Decimal = option("容差", Decimal("0.5"), help="%")
    price: str = option("单价", "CYCLE", choices=PRICES)
    vat_rate: Decimal = option("增值税率", Decimal(13), help="%")
    only_beyond: bool = option("只看短溢", False, help="只列超过容差的料件")
    known_on: date | None = known_day()


COLUMNS = (
    ReportColumn("record_no", "备案号", Kind.CODE, 14),
    ReportColumn("item_no", "备案序号", Kind.INTEGER, 8),
    ReportColumn("name", "商品名称", Kind.TEXT, 18),
    ReportColumn("spec", "规格型号", Kind.TEXT, 12),
    ReportColumn("unit", "单位", Kind.TEXT, 6),
    ReportColumn("verdict", "判定", Kind.TEXT, 6),
    ReportColumn("difference", "差异数 D", _Q, 14, explained=True),
    ReportColumn("rate", "差异率%", Kind.PRICE, 10),
    ReportColumn("in_out", "期初/进口数量", _Q, 14, explained=True),
    ReportColumn("consumed", "出口耗用量", _Q, 14, explained=True),
    ReportColumn("booked", "账册结存 A", _Q, 14, explained=True),
    *(ReportColumn(key, HELD_COLUMNS[key], _Q, 14, explained=True) for key in _STOCK),
    ReportColumn("counted", "实际库存 B", _Q, 14, explained=True),
    *(ReportColumn(key, title, _Q, 14, explained=True) for key, title in GAP_TITLES.items()),
    ReportColumn("gaps", "结转差额 C", _Q, 14, explained=True),
    ReportColumn("price", "单价(CNY)", Kind.PRICE, 12, explained=True),
    ReportColumn("value", "差异金额", _A, 14, totalled=True, explained=True),
    ReportColumn("duty", "关税", _A, 12, totalled=True),
    ReportColumn("vat", "增值税", _A, 12, totalled=True),
)
NO_DUTY = "商品编码库没有关税税率，关税按 0 计算；可在短溢表单据的明细中填写关税率后重新计算"


def day_of(facts: Facts, day: date | None) -> date:
    """Return the chosen day, or that of the latest stocktake; SHO-01 without any."""
    found = day or max((one.count_date for one in facts.find(Stocktake)), default=None)
    if found is None:
        raise Refused("还没有盘点，请先导入盘点，或填写截止日期并改用仓单滚动库存", "SHO-01")
    return found


def reckoned(work: LedgerWork, options: Any, book: Account) -> tuple[Reckoned, Pricing]:
    """Compute one book with its prices."""
    day = day_of(work.facts, options.day)
    pricing = prices_of(work, book, day, options.price)
    items = [line.item_no for line in materials_of(book)]
    values = pricing.valued(items, {}, options.vat_rate)
    basis = basis_of(options, book.record_no, day)
    return reckon(work, book, basis, values=values, tolerance=options.tolerance), pricing


def run(work: LedgerWork, options: ShortageOptions) -> Generator[Progress, None, ReportTable]:
    """Return a row per material of every chosen book."""
    books = approved_books(work.facts, options.record_no)
    if not books:
        return ReportTable((), (note("RPT-10", "没有已审批的账册，请先导入或下载账册"),))
    rows: list[ReportRow] = []
    findings: list[Finding] = []
    for number, book in enumerate(books):
        yield Progress(number, len(books), f"账册 {book.record_no}")
        result, pricing = reckoned(work, options, book)
        findings += (*result.findings, *pricing.findings)
        for line in materials_of(book):
            row = result.rows[line.item_no]
            if not options.only_beyond or row.verdict in (Verdict.SHORT, Verdict.OVER):
                values = _values(work, book, line, row, result)
                rows.append(item_row(row_key(books, book, line), values, book, line))
    if any(row.values[COLUMN["verdict"]] == Verdict.SHORT.value for row in rows):
        findings.append(note("SHO-07", NO_DUTY))
    return ReportTable(tuple(rows), tuple(dict.fromkeys(findings)))


COLUMN = {column.key: place for place, column in enumerate(COLUMNS)}


def row_key(books: list[Account], book: Account, line: AccountLine) -> str:
    """Name a row as the command line does: 备案序号, with the book where there are several."""
    return str(line.item_no) if len(books) == 1 else f"{book.record_no}/{line.item_no}"


def unit_name(facts: Facts, line: AccountLine) -> str:
    """Return the name of a material's unit."""
    unit = units_of(facts).get(line.dcl_unit)
    return unit.name if unit else line.dcl_unit


def _values(work: LedgerWork, book: Account, line: AccountLine, row: ShortageRow, result: Reckoned) -> tuple[Any, ...]:
    mine = result.booked.folded.item(line.item_no)
    return (
        book.record_no,
        line.item_no,
        line.name,
        line.spec or "",
        unit_name(work.facts, line),
        row.verdict.value,
        row.difference,
        row.rate,
        row.booked + mine.consumed,
        mine.consumed,
        row.booked,
        *(getattr(row.counted, key) for key in _STOCK),
        row.counted.total,
        *(getattr(row.gaps, key) for key in GAP_TITLES),
        row.gaps.total,
        row.valued.price,
        row.value,
        row.duty,
        row.vat,
    )


def located(work: LedgerWork, record_no: str, row: str) -> tuple[Account, AccountLine]:
    """Find the book and material a row key names; RPT-11 when there is none."""
    book_no, _, item = row.rpartition("/")
    for book in approved_books(work.facts, book_no or record_no):
        for line in materials_of(book):
            if str(line.item_no) == item:
                return book, line
    raise Refused(f"报表没有行 {row}（写法：备案序号，或 备案号/备案序号）", "RPT-11")


def explain(work: LedgerWork, options: ShortageOptions, row: str, column: str) -> Explanation:
    """Explain one figure down to counted lines, 仓单, postings and workbook cells."""
    titles = {entry.key: entry.title for entry in COLUMNS if entry.explained}
    if column not in titles:
        raise Refused(f"报表没有可解释的列 {column}；可用：{'、'.join(titles)}", "RPT-11")
    book, line = located(work, options.record_no, row)
    result, pricing = reckoned(work, replace(options, record_no=book.record_no), book)
    reasons = Reasons(work, result, line.item_no, unit_name(work.facts, line))
    match column:
        case "difference":
            return reasons.difference()
        case "booked":
            return reasons.booked()
        case "in_out":
            return _opening_and_in(result, reasons, line.item_no)
        case "consumed":
            return reasons.consumed()
        case "counted":
            return reasons.counted()
        case "gaps":
            return reasons.gaps()
        case "price" | "value":
            return _priced(result.rows[line.item_no], pricing, titles[column], column)
        case _ if column in GAP_TITLES:
            return reasons.gap(column)
        case _:
            return reasons.held(column)


def _opening_and_in(result: Reckoned, reasons: Reasons, item_no: int) -> Explanation:
    opening = result.booked.opening.get(item_no, Decimal(0))
    moved = result.booked.folded.item(item_no).in_out
    parts = (Explanation("＋ 期初", plain(opening)), reasons.in_out())
    return Explanation("期初/进口数量", plain(opening + moved), "期初 + 进出口总数", parts)


def _priced(row: ShortageRow, pricing: Pricing, title: str, column: str) -> Explanation:
    price = row.valued.price
    imports = pricing.imports_of(row.item_no)
    parts = tuple(
        Explanation(
            f"{one.business_date} 清单 {one.document_no} 第{one.line_no}项",
            plain(one.amount * (-1 if one.reversal else 1)),
            f"{one.currency}，数量 {plain(one.signed)}",
        )
        for one in imports[:100]
    )
    told = Explanation("单价(CNY)", plain(price) if price is not None else "", "Σ 总价 × 汇率 ÷ Σ 数量", parts)
    if column == "price":
        return told
    value = plain(row.value) if row.value is not None else ""
    return Explanation(title, value, f"|D| {plain(abs(row.difference))} × 单价", (told,))


SHORTAGE_TABLE = Report(
    key="shortage_table",
    title="短溢表即时查询",
    columns=COLUMNS,
    run=run,
    explain=explain,
    options=ShortageOptions,
    help="某日每个料件的账册结存、实际库存、结转差额与差异；每个数字都能追到盘点行、仓单和清单。",
)
