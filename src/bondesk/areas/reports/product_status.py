"""Report 2 账册成品进出口状况表: what went out and came back of every product (handbook 16)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bondesk.areas.accounts.valuation import Rates
from bondesk.areas.reports.book_rows import item_row
from bondesk.areas.reports.chosen_books import (
    ITEM_COLUMNS,
    BookOptions,
    ModeColumn,
    OpenedBook,
    explained_title,
    item_values,
    located,
    mode_column,
    over_books,
    unit_name,
    vouchers,
)
from bondesk.areas.setup.company import company_of
from bondesk.base.columns import Kind
from bondesk.base.explanation import Explanation
from bondesk.base.findings import Finding, note
from bondesk.base.numbers import AMOUNT_PLACES, PRICE_PLACES, half_up, plain
from bondesk.base.options import option
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable
from bondesk.base.steps import Progress
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.posting import Posting

_Q = Kind.QUANTITY
_BY_MODE = (
    ModeColumn("direct", "直接出口", ("0615", "0214", "0715", "1371"), "E", 1),
    ModeColumn("transferred", "结转出口", ("0654", "0255"), "", 1),
    ModeColumn("returned_in", "退换进口", ("4600", "4400"), "I", -1),
    ModeColumn("returned_out", "退换复出", ("4600", "4400"), "E", 1),
    ModeColumn("reduced", "减免/以产顶进", ("0744", "0345", "0642"), "", 1),
)
#: A mode of no column is shown where it moves the total the same way.
_OTHER = ("direct", 1)
_SIGNS = {column.key: column.sign for column in _BY_MODE}


@dataclass(frozen=True, slots=True)
class ProductStatusOptions(BookOptions):
    """The usual conditions."""

    hide_idle: bool = option("隐藏无变动成品", False)


COLUMNS = (
    *ITEM_COLUMNS,
    *(ReportColumn(one.key, one.title, _Q, 14, explained=True) for one in _BY_MODE),
    ReportColumn("exported", "出口总数", _Q, 14, explained=True),
    ReportColumn("amount", "出口金额", Kind.AMOUNT, 16, totalled=True, explained=True),
    ReportColumn("average_price", "平均单价", Kind.PRICE, 12),
    ReportColumn("versions", "版本数", Kind.INTEGER, 8),
)


def _column_of(posting: Posting) -> tuple[str, int]:
    return mode_column(_BY_MODE, posting.mode, posting.ie_flag) or _OTHER


def run(work: LedgerWork, options: ProductStatusOptions) -> Generator[Progress, None, ReportTable]:
    """Return a row per product of every chosen book."""
    rates, target = Rates(work.facts), company_of(work.facts).verification_currency or "CNY"

    def rows_of(opened: OpenedBook) -> Iterator[ReportRow | Finding]:
        exports = _exports(opened, options.date_from, options.date_to, rates, target)
        versions: dict[int, set[str]] = defaultdict(set)
        for row in opened.book.consumptions:
            if row.row_mark != "2":
                versions[row.product_no].add(row.uc_version)
        for line in sorted(opened.book.products, key=lambda one: one.item_no):
            mine = exports.items.get(line.item_no, _Exported())
            if options.item_no in (None, line.item_no) and not (options.hide_idle and not any(mine.by_mode.values())):
                values = (*item_values(opened, line), *mine.values, len(versions[line.item_no]))
                yield item_row(opened.key(line.item_no), values, opened.book, line)
        for currency, day in exports.missing:
            yield note("RATE-01", f"{currency} 在 {day} 没有汇率，未计入出口金额")

    return (yield from over_books(work, options, rows_of))


@dataclass
class _Exported:
    """What one product did."""

    by_mode: dict[str, Decimal] = field(default_factory=lambda: {one.key: Decimal(0) for one in _BY_MODE})
    exact_amount: Fraction = Fraction(0)
    priced: Decimal = Decimal(0)

    @property
    def exported(self) -> Decimal:
        """Return 出口总数."""
        return sum((quantity * _SIGNS[key] for key, quantity in self.by_mode.items()), Decimal(0))

    @property
    def amount(self) -> Decimal:
        """Return 出口金额, what came back taken off."""
        return half_up(self.exact_amount, AMOUNT_PLACES)

    @property
    def values(self) -> tuple[Any, ...]:
        """Return the columns between item and versions."""
        price = half_up(self.exact_amount / Fraction(self.priced), PRICE_PLACES) if self.priced > 0 else None
        return (*self.by_mode.values(), self.exported, self.amount, price)


@dataclass
class _Exports:
    """All products of a book, and the rates that are missing."""

    items: dict[int, _Exported] = field(default_factory=lambda: defaultdict(_Exported))
    missing: dict[tuple[str, date], None] = field(default_factory=dict)


def _exports(opened: OpenedBook, begin: date | None, end: date | None, rates: Rates, target: str) -> _Exports:
    found = _Exports()
    for one in opened.posted(begin, end):
        if one.goods_flag != "E":
            continue
        item, (key, sign) = found.items[one.item_no], _column_of(one)
        item.by_mode[key] += one.signed * sign
        rate = rates.between(one.currency, target, one.business_date)
        if rate is None:
            found.missing[one.currency, one.business_date] = None
            continue
        way = 1 if one.signed >= 0 else -1
        item.exact_amount += way * Fraction(one.amount) * rate
        item.priced += one.signed
    return found


def explain(work: LedgerWork, options: ProductStatusOptions, row: str, column: str) -> Explanation:
    """Explain a quantity by its vouchers, the total by its columns."""
    title = explained_title(COLUMNS, column)
    opened, line = located(work, options.record_no, row, products=True)
    opened = opened.picking(options)
    postings = [
        one
        for one in opened.posted(options.date_from, options.date_to)
        if one.goods_flag == "E" and one.item_no == line.item_no
    ]
    unit = unit_name(work.facts, line)
    whole = f"成品 {line.item_no} {line.name} {title}"
    if column == "amount":
        rates, target = Rates(work.facts), company_of(work.facts).verification_currency or "CNY"
        mine = _exports(opened, options.date_from, options.date_to, rates, target).items.get(line.item_no, _Exported())
        parts = tuple(_money(one, rates, target) for one in postings)
        return Explanation(whole, f"{mine.amount:f} {target}", "Σ 总价 × 单据日期的汇率，退换进口减去", parts)
    columns = [one for one in _BY_MODE if column in ("exported", one.key)]
    parts = tuple(_column_part(opened, one, postings) for one in columns)
    if column != "exported":
        (part,) = parts
        return Explanation(whole, f"{part.value} {unit}", "所列监管方式的数量合计", part.parts)
    total = sum((one.signed for one in postings), Decimal(0))
    return Explanation(whole, f"{total:f} {unit}", "直接出口 + 结转出口 − 退换进口 + 退换复出 + 减免/以产顶进", parts)


def _column_part(opened: OpenedBook, column: ModeColumn, postings: Sequence[Posting]) -> Explanation:
    mine = [one for one in postings if _column_of(one)[0] == column.key]
    total = sum((one.signed for one in mine), Decimal(0)) * column.sign
    mark = "＋" if column.sign > 0 else "－"
    return Explanation(
        f"{mark} {column.title}", f"{total:f}", f"{len(mine)} 笔", vouchers(opened.work, mine, opened.paper)
    )


def _money(one: Posting, rates: Rates, target: str) -> Explanation:
    rate = rates.between(one.currency, target, one.business_date)
    told = f"× 汇率 {plain(half_up(rate, 9))}" if rate is not None else "没有汇率，未计入"
    sign = "－" if one.signed < 0 else ""
    title = f"{one.business_date} {one.document_no} 第{one.line_no}项"
    return Explanation(title, f"{sign}{plain(one.amount)} {one.currency}", told)


PRODUCT_STATUS = Report(
    key="product_status",
    title="账册成品进出口状况表",
    columns=COLUMNS,
    run=run,
    explain=explain,
    options=ProductStatusOptions,
    help="每个成品的直接出口、结转、退换、减免与出口总数、金额；双击数字可看到来历。",
)
