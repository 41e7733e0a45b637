"""Report 8 料件明细账: every voucher of a material in order, with the balance after it (handbook 16)."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bondesk.areas.accounts.book_model import AccountLine
from bondesk.areas.accounts.book_reading import Period, filed_of, materials_of
from bondesk.areas.declarations.declared_books import counts_declarations
from bondesk.areas.reports.book_rows import item_row
from bondesk.areas.reports.chosen_books import (
    BookOptions,
    OpenedBook,
    explained_title,
    located,
    no_row,
    over_books,
)
from bondesk.areas.reports.picked_vouchers import NO_BALANCE, no_balance
from bondesk.base.columns import Kind
from bondesk.base.explanation import Explanation
from bondesk.base.findings import Finding
from bondesk.base.numbers import plain
from bondesk.base.options import option
from bondesk.base.reports import Course, Report, ReportColumn, ReportRow, ReportTable
from bondesk.base.steps import Progress
from bondesk.ledger.balance import LedgerRow, item_ledger
from bondesk.ledger.books import LedgerWork

_Q = Kind.QUANTITY


@dataclass(frozen=True, slots=True)
class ItemLedgerOptions(BookOptions):
    """The usual conditions."""

    hide_idle: bool = option("隐藏无变动且期初为0的料件", False)


COLUMNS = (
    ReportColumn("record_no", "备案号", Kind.CODE, 14),
    ReportColumn("item_no", "备案序号", Kind.INTEGER, 8),
    ReportColumn("name", "商品名称", Kind.TEXT, 18),
    ReportColumn("business_date", "日期", Kind.DATE, 12),
    ReportColumn("voucher", "单证编号", Kind.CODE, 16),
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

    def rows_of(opened: OpenedBook) -> Iterator[ReportRow | Finding]:
        period = opened.period(options.date_from, options.date_to)
        yield from (*period.findings, *((NO_BALANCE,) if opened.picked.some else ()))
        for line, vouchers, opening in _ledgers(opened, options, period):
            idle = not vouchers and opening == 0
            if options.date_from is not None and not (opened.picked.some or (idle and options.hide_idle)):
                head = (opened.record_no, line.item_no, line.name, options.date_from, "期初", None, "", "")
                values = (*head, None, None, None, opening)
                yield item_row(opened.key(f"{line.item_no}#0"), values, opened.book, line)
            yield from _rows(opened, line, vouchers)

    return (yield from over_books(work, options, rows_of))


def _ledgers(
    opened: OpenedBook, options: ItemLedgerOptions, period: Period
) -> Iterator[tuple[AccountLine, list[LedgerRow], Decimal]]:
    filed, postings = filed_of(opened.book), opened.posted(options.date_from, options.date_to)
    for line in materials_of(opened.book):
        if options.item_no in (None, line.item_no):
            opening = period.opening.item(line.item_no).net
            yield line, item_ledger(line.item_no, opening, postings, filed), opening


def _rows(opened: OpenedBook, line: AccountLine, vouchers: Sequence[LedgerRow]) -> Iterator[ReportRow]:
    paper = "declaration" if counts_declarations(opened.book) else "bonded_note"
    for number, voucher in enumerate(vouchers, 1):
        product = f"{voucher.item_no} / {voucher.uc_version}" if voucher.goods_flag == "E" else ""
        values = (
            opened.record_no,
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
            None if opened.picked.some else voucher.balance,
        )
        yield ReportRow(opened.key(f"{line.item_no}#{number}"), values, (paper, voucher.document_id))


def explain(work: LedgerWork, options: ItemLedgerOptions, row: str, column: str) -> Explanation:
    """Explain a voucher's figure by its note line; row key ``item#number`` (or ``book/item#number``)."""
    title = explained_title(COLUMNS, column)
    head, _, number = row.partition("#")
    opened, wanted = located(work, options.record_no, head)
    opened = opened.picking(options)
    if opened.picked.some and column == "balance":
        raise no_balance()
    period = opened.period(options.date_from, options.date_to)
    chosen = replace(options, item_no=wanted.item_no)
    for line, vouchers, opening in _ledgers(opened, chosen, period):
        if number.isdigit() and 0 < int(number) <= len(vouchers):
            return _explained(opened, line, vouchers[int(number) - 1], column, title)
        if number == "0":
            return Explanation("期初", plain(opening), f"{options.date_from} 之前的结余")
    raise no_row(row, "备案序号#第几笔")


def _explained(opened: OpenedBook, line: AccountLine, voucher: LedgerRow, column: str, title: str) -> Explanation:
    key = "declaration" if counts_declarations(opened.book) else "bonded_note"
    trace = opened.work.trace(key, voucher.line_id)
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
    help="一个料件的每笔进、出、耗用与逐笔结余，下方是结余随日期的变化。",
    course=Course(
        day="business_date",
        value="balance",
        of=("record_no", "item_no"),
        named=("record_no", "item_no", "name"),
        without="选中有结余的一行，看这个料件的结余随日期的变化",
    ),
)
