"""Report 8 料件明细账: every voucher of a material in order, with the balance after it (handbook 16)."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import date

from bondesk.areas.accounts.book_model import Account, AccountLine
from bondesk.areas.accounts.book_reading import Period, approved_books, filed_of, materials_of, read_period
from bondesk.base.columns import Kind
from bondesk.base.errors import Refused
from bondesk.base.explanation import Explanation
from bondesk.base.findings import Finding, note
from bondesk.base.numbers import plain
from bondesk.base.options import option
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable
from bondesk.base.steps import Progress
from bondesk.ledger.balance import LedgerRow, item_ledger
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.posting import Stage


@dataclass(frozen=True, slots=True)
class ItemLedgerOptions:
    """Which material of which book, and the period."""

    record_no: str = option("备案号", "", reference="account", help="空 = 全部账册")
    item_no: int | None = option("备案序号", None, help="空 = 全部料件")
    date_from: date | None = option("期间起", None, help="空 = 账册开始")
    date_to: date | None = option("期间止", None, help="空 = 不限")


_Q = Kind.QUANTITY
COLUMNS = (
    ReportColumn("record_no", "备案号", Kind.CODE, 14),
    ReportColumn("item_no", "备案序号", Kind.INTEGER, 8),
    ReportColumn("name", "商品名称", Kind.TEXT, 18),
    ReportColumn("business_date", "日期", Kind.DATE, 12),
    ReportColumn("voucher", "清单编号", Kind.CODE, 16),
    ReportColumn("line_no", "项", Kind.INTEGER, 6),
    ReportColumn("mode", "监管方式", Kind.CODE, 8),
    ReportColumn("product", "成品/版本", Kind.TEXT, 12),
    ReportColumn("moved_in", "进", _Q, 14, explained=True),
    ReportColumn("moved_out", "出", _Q, 14, explained=True),
    ReportColumn("consumption", "耗用", _Q, 14, explained=True),
    ReportColumn("balance", "结余", _Q, 14, explained=True),
)


def run(work: LedgerWork, options: ItemLedgerOptions) -> Generator[Progress, None, ReportTable]:
    """Return the vouchers of every chosen material, an opening row first when the period has a begin."""
    books = approved_books(work.facts, options.record_no)
    if not books:
        return ReportTable((), (note("RPT-10", "没有已审批的账册，请先导入或下载账册"),))
    rows: list[ReportRow] = []
    findings: list[Finding] = []
    for book in books:
        period = read_period(work, book, options.date_from, options.date_to)
        findings.extend(period.findings)
        lines = [line for line in materials_of(book) if options.item_no in (None, line.item_no)]
        for number, (line, vouchers, opening) in enumerate(_ledgers(work, book, lines, options, period), 1):
            if number % 20 == 1:
                yield Progress(number - 1, len(lines), f"账册 {book.record_no}")
            key = str(line.item_no) if len(books) == 1 else f"{book.record_no}/{line.item_no}"
            if options.date_from is not None:
                head = (book.record_no, line.item_no, line.name, options.date_from, "期初", None, "", "")
                rows.append(ReportRow(f"{key}#0", (*head, None, None, None, opening)))
            rows.extend(_rows(book, line, key, vouchers))
    return ReportTable(tuple(rows), tuple(findings))


def _ledgers(
    work: LedgerWork, book: Account, lines: Sequence[AccountLine], options: ItemLedgerOptions, period: Period
) -> Generator[tuple[AccountLine, list[LedgerRow], object], None, None]:
    filed = filed_of(book)
    postings = work.books.postings(book.record_no, options.date_from, options.date_to, Stage.POSTED.value)
    for line in lines:
        opening = period.opening.item(line.item_no).net
        yield line, item_ledger(line.item_no, opening, postings, filed), opening


def _rows(book: Account, line: AccountLine, key: str, vouchers: Sequence[LedgerRow]) -> list[ReportRow]:
    rows = []
    for number, voucher in enumerate(vouchers, 1):
        product = f"{voucher.item_no} / {voucher.uc_version}" if voucher.goods_flag == "E" else ""
        values = (
            book.record_no,
            line.item_no,
            line.name,
            voucher.business_date,
            voucher.document_no,
            voucher.line_no,
            voucher.mode,
            product,
            voucher.moved_in,
            voucher.moved_out,
            voucher.consumption,
            voucher.balance,
        )
        rows.append(ReportRow(f"{key}#{number}", values))
    return rows


def explain(work: LedgerWork, options: ItemLedgerOptions, row: str, column: str) -> Explanation:
    """Explain a voucher's figure by its note line; row key ``item#number`` (or ``book/item#number``)."""
    titles = {entry.key: entry.title for entry in COLUMNS if entry.explained}
    if column not in titles:
        raise Refused(f"报表没有可解释的列 {column}；可用：{'、'.join(titles)}", "RPT-11")
    head, _, number = row.partition("#")
    record_no, _, item = head.rpartition("/")
    for book in approved_books(work.facts, record_no or options.record_no):
        lines = [line for line in book.materials if str(line.item_no) == item]
        period = read_period(work, book, options.date_from, options.date_to)
        for line, vouchers, opening in _ledgers(work, book, lines, options, period):
            if number.isdigit() and 0 < int(number) <= len(vouchers):
                return _explained(work, line, vouchers, int(number) - 1, column, titles[column])
            if number == "0":
                return Explanation("期初", f"{opening}", f"{options.date_from} 之前的结余")
    raise Refused(f"报表没有行 {row}（写法：备案序号#第几笔）", "RPT-11")


def _explained(
    work: LedgerWork, line: AccountLine, vouchers: Sequence[LedgerRow], index: int, column: str, title: str
) -> Explanation:
    voucher = vouchers[index]
    trace = work.trace("bonded_note", voucher.line_id)
    parts = (trace,) if trace is not None else ()
    value = plain(getattr(voucher, column))
    if column == "balance":
        before = voucher.balance - voucher.moved_in + voucher.moved_out + voucher.consumption
        reason = (
            f"上笔结余 {plain(before)} + 进 {plain(voucher.moved_in)}"
            f" − 出 {plain(voucher.moved_out)} − 耗用 {plain(voucher.consumption)}"
        )
    elif column == "consumption":
        reason = f"成品 {voucher.item_no} 版本 {voucher.uc_version}：{plain(voucher.quantity)} × 备案单耗，累计舍入之差"
    else:
        reason = f"监管方式 {voucher.mode}"
    return Explanation(
        f"料件 {line.item_no} {voucher.business_date} {voucher.document_no} {title}", value, reason, parts
    )


ITEM_LEDGER = Report(
    key="item_ledger",
    title="料件明细账",
    columns=COLUMNS,
    run=run,
    explain=explain,
    options=ItemLedgerOptions,
    help="一个料件的每笔进、出、耗用与逐笔结余。",
)
