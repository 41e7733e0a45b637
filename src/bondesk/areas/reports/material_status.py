"""Report 1 账册料件进出口状况表: what came in, went out and was consumed of every material (handbook 16)."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bondesk.areas.accounts.book_model import AccountLine
from bondesk.areas.accounts.book_reading import Period, filed_of, materials_of
from bondesk.areas.accounts.valuation import Valuation, valuation_of
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
from bondesk.areas.reports.picked_vouchers import NO_BALANCE, no_balance
from bondesk.base.columns import Kind
from bondesk.base.explanation import Explanation
from bondesk.base.findings import Finding
from bondesk.base.numbers import AMOUNT_PLACES, QUANTITY_PLACES, half_up, plain
from bondesk.base.options import option
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable
from bondesk.base.steps import Progress
from bondesk.ledger.balance import ItemFold
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.consumption import usage
from bondesk.ledger.posting import Posting

_Q = Kind.QUANTITY
#: Columns by the modes they count, with the direction and the sign shown (handbook 16, report 1).
_BY_MODE = (
    ModeColumn("direct_import", "料件进口", ("0615", "0214", "0715"), "I", 1),
    ModeColumn("transfer_in", "结转进口", ("0654", "0255"), "I", 1),
    ModeColumn("exchange_in", "退换进口", ("0700", "0300"), "I", 1),
    ModeColumn("surplus_in", "余料转入", ("0657", "0258"), "I", 1),
    ModeColumn("other_in", "其他进口", ("9900",), "I", 1),
    ModeColumn("domestic_sale", "内销", ("0644", "0245"), "", -1),
    ModeColumn("re_export", "复出", ("0664", "0265"), "E", -1),
    ModeColumn("exchange_out", "退换出口", ("0700", "0300"), "E", -1),
    ModeColumn("surplus_out", "余料转出", ("0657", "0258"), "E", -1),
    ModeColumn("destroyed", "销毁", ("0200",), "", -1),
    ModeColumn("other_out", "其他转出", ("9900", "0654", "0255"), "E", -1),
)


@dataclass(frozen=True, slots=True)
class MaterialStatusOptions(BookOptions):
    """The usual conditions."""

    hide_idle: bool = option("隐藏无变动料件", False)


COLUMNS = (
    *ITEM_COLUMNS,
    ReportColumn("opening", "期初", _Q, 14, explained=True),
    *(ReportColumn(one.key, one.title, _Q, 14, explained=True) for one in _BY_MODE),
    ReportColumn("in_out", "进出口总数", _Q, 14, explained=True),
    ReportColumn("consumed", "成品耗用", _Q, 14, explained=True),
    ReportColumn("balance", "账面结余", _Q, 14, explained=True),
    ReportColumn("reserved", "预核扣未核扣", _Q, 14),
    ReportColumn("available", "可用余量", _Q, 14),
    ReportColumn("average_price", "平均单价", Kind.PRICE, 12),
    ReportColumn("balance_amount", "结余金额", Kind.AMOUNT, 16, totalled=True),
)


#: What the vouchers of one partner or customs office have no figure of.
_BALANCES = ("opening", "balance", "available", "balance_amount")


def run(work: LedgerWork, options: MaterialStatusOptions) -> Generator[Progress, None, ReportTable]:
    """Return a row per material of every chosen book."""

    def rows_of(opened: OpenedBook) -> Iterator[ReportRow | Finding]:
        period, values = _read(opened, options)
        yield from (*period.findings, *values.findings, *((NO_BALANCE,) if opened.picked.some else ()))
        for line in materials_of(opened.book):
            if options.item_no in (None, line.item_no):
                figures = _figures(line, period, values)
                if opened.picked.some:
                    figures |= dict.fromkeys(_BALANCES)
                if not (options.hide_idle and _idle(figures)):
                    shown = (*item_values(opened, line), *figures.values())
                    yield item_row(opened.key(line.item_no), shown, opened.book, line)

    return (yield from over_books(work, options, rows_of))


def _read(opened: OpenedBook, options: MaterialStatusOptions) -> tuple[Period, Valuation]:
    begin, end = options.date_from, options.date_to
    return opened.period(begin, end), valuation_of(opened.work, opened.book, begin, end, opened.books)


def _idle(row: dict[str, Any]) -> bool:
    return not any(row[key] for key in ("opening", "in_out", "consumed", "reserved"))


def _column_of(mode: str, ie_flag: str) -> tuple[str, int]:
    """Return the column of a mode; one of no column stands in 其他进口 as the ledger moved."""
    return mode_column(_BY_MODE, mode, ie_flag) or ("other_in", 1)


def _figures(line: AccountLine, period: Period, values: Valuation) -> dict[str, Any]:
    """Return the columns after those of the item, in order."""
    within, opening = period.within.item(line.item_no), period.opening.item(line.item_no).net
    row: dict[str, Any] = {"opening": opening, **{one.key: Decimal(0) for one in _BY_MODE}}
    for (mode, ie_flag), quantity in within.by_mode.items():
        key, sign = _column_of(mode, ie_flag)
        row[key] += quantity * sign
    balance = opening + within.in_out - within.consumed
    reserved = period.reserved.item(line.item_no).net
    price = values.price(line.item_no)
    row |= {
        "in_out": within.in_out,
        "consumed": within.consumed,
        "balance": balance,
        "reserved": reserved,
        "available": balance + reserved,
        "average_price": price,
        "balance_amount": half_up(balance * price, AMOUNT_PLACES) if price is not None else None,
    }
    return row


def explain(work: LedgerWork, options: MaterialStatusOptions, row: str, column: str) -> Explanation:
    """Explain one quantity down to postings, note lines, source lines and workbook cells."""
    title = explained_title(COLUMNS, column)
    opened, line = located(work, options.record_no, row)
    opened = opened.picking(options)
    if opened.picked.some and column in _BALANCES:
        raise no_balance()
    period, values = _read(opened, options)
    figures = _figures(line, period, values)
    reasons = _Reasons(opened, line, options)
    builders = {
        "opening": lambda: reasons.opening(period.opening.item(line.item_no)),
        "in_out": lambda: reasons.in_out(period.within.item(line.item_no)),
        "consumed": lambda: reasons.consumed(period.within.item(line.item_no)),
        "balance": lambda: reasons.balance(figures, period),
    }
    build = builders.get(column)
    return build() if build else reasons.by_mode(column, title, figures[column])


class _Reasons:
    """Builds the explanation tree of one material item."""

    def __init__(self, opened: OpenedBook, line: AccountLine, options: MaterialStatusOptions) -> None:
        self._opened, self._item = opened, line.item_no
        self._unit = unit_name(opened.work.facts, line)
        self._filed = filed_of(opened.book)
        self._begin = options.date_from
        self._postings = opened.posted(options.date_from, options.date_to)

    def _value(self, quantity: Decimal) -> str:
        return f"{quantity:f} {self._unit}"

    def balance(self, figures: dict[str, Any], period: Period) -> Explanation:
        """账面结余 = 期初 + 进出口总数 - 成品耗用."""
        within = period.within.item(self._item)
        parts = (
            self.opening(period.opening.item(self._item)),
            self.in_out(within),
            self.consumed(within),
        )
        title = f"账册 {self._opened.record_no} 料件 {self._item} 账面结余"
        return Explanation(title, self._value(figures["balance"]), "期初 + 进出口总数 − 成品耗用", parts)

    def opening(self, before: ItemFold) -> Explanation:
        """期初: the balance of everything before the period."""
        reason = "期间从账册开始，期初为0" if self._begin is None else f"{self._begin} 之前：进出口总数 − 成品耗用"
        return Explanation("＋ 期初", self._value(before.net), reason)

    def in_out(self, within: ItemFold) -> Explanation:
        """进出口总数: signed sums by mode, each with its postings."""
        parts = tuple(
            self._mode_part(mode, ie_flag, quantity) for (mode, ie_flag), quantity in sorted(within.by_mode.items())
        )
        return Explanation("＋ 进出口总数", self._value(within.in_out), "按监管方式的符号合计", parts)

    def by_mode(self, column: str, title: str, shown: Decimal) -> Explanation:
        """One column of the report: its modes only."""
        mine = [
            posting
            for posting in self._postings
            if posting.goods_flag == "I"
            and posting.item_no == self._item
            and _column_of(posting.mode, posting.ie_flag)[0] == column
        ]
        return Explanation(title, self._value(shown), "所列监管方式的清单数量合计", self._running(mine))

    def _mode_part(self, mode: str, ie_flag: str, quantity: Decimal) -> Explanation:
        mine = [
            posting
            for posting in self._postings
            if (posting.goods_flag, posting.item_no, posting.mode, posting.ie_flag) == ("I", self._item, mode, ie_flag)
        ]
        way = "进口" if ie_flag == "I" else "出口"
        sign = "＋" if quantity >= 0 else "－"
        return Explanation(f"{sign} {mode} {way}", self._value(quantity), f"{len(mine)} 笔", self._running(mine))

    def _running(self, postings: Sequence[Posting]) -> tuple[Explanation, ...]:
        return vouchers(self._opened.work, postings, self._opened.paper)

    def consumed(self, within: ItemFold) -> Explanation:
        """成品耗用: product quantity x filed U x bonded share, summed unrounded, rounded once."""
        parts = []
        rows = self._filed.of_material(self._item)
        for version, quantity in sorted(within.by_version.items()):
            row = rows[version]
            product, name = version
            reason = f"出口 {plain(quantity)} × 单耗 {plain(row.unit_consumption)} × 保税比例 {plain(row.bonded)}%"
            mine = [
                posting
                for posting in self._postings
                if (posting.goods_flag, posting.item_no, posting.uc_version) == ("E", product, name)
            ]
            amount = half_up(usage(quantity, row), 14)
            parts.append(Explanation(f"成品 {product} 版本 {name}", plain(amount), reason, self._running(mine)))
        exact = within.consumed_exact
        rounding = within.consumed - half_up(exact, 14)
        if Fraction(within.consumed) != exact:
            reason = f"合计后只舍入一次到{QUANTITY_PLACES}位"
            parts.append(Explanation("舍入", f"{plain(rounding)}", reason))
        title, reason = "－ 成品耗用", "Σ 有效出口数量 × 单耗 × 保税料件比例"
        return Explanation(title, self._value(within.consumed), reason, tuple(parts))


MATERIAL_STATUS = Report(
    key="material_status",
    title="账册料件进出口状况表",
    columns=COLUMNS,
    run=run,
    explain=explain,
    options=MaterialStatusOptions,
    help="每个料件的期初、进出口、耗用与结余；双击数字可看到来历。",
)
