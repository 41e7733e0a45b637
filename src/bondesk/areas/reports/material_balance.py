"""Report 7 料件结余表: the balance of every material as of a day, and when it last moved (handbook 16)."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bondesk.areas.accounts.book_model import AccountLine
from bondesk.areas.accounts.book_reading import filed_of, materials_of
from bondesk.areas.reports.book_rows import item_row
from bondesk.areas.reports.chosen_books import (
    ITEM_COLUMNS,
    OpenedBook,
    explained_title,
    item_values,
    located,
    over_books,
    unit_name,
    vouchers,
)
from bondesk.areas.reports.picked_vouchers import formula_option
from bondesk.base.columns import Kind
from bondesk.base.explanation import Explanation
from bondesk.base.findings import Finding
from bondesk.base.numbers import plain
from bondesk.base.options import option
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable, known_day
from bondesk.base.steps import Progress
from bondesk.ledger.balance import ItemFold
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.consumption import Filed
from bondesk.ledger.posting import Posting

ZERO = Decimal(0)
_Q = Kind.QUANTITY


@dataclass(frozen=True, slots=True)
class MaterialBalanceOptions:
    """The day, and where the movements begin."""

    record_no: str = option("备案号", "", reference="account handbook", help="空 = 全部账册")
    day: date | None = option("截止日期", None, help="空 = 今天")
    date_from: date | None = option("期初日期", None, help="空 = 账册开始，期初为0")
    item_no: int | None = option("备案序号", None, help="空 = 全部料件")
    hide_zero: bool = option("隐藏结余为0且无变动的料件", False)
    known_on: date | None = known_day()
    formula: str = formula_option()


COLUMNS = (
    *ITEM_COLUMNS,
    ReportColumn("opening", "期初", _Q, 14),
    ReportColumn("moved_in", "进", _Q, 14, explained=True),
    ReportColumn("moved_out", "出", _Q, 14, explained=True),
    ReportColumn("consumed", "成品耗用", _Q, 14, explained=True),
    ReportColumn("balance", "结余", _Q, 14, explained=True),
    ReportColumn("last_moved", "最后变动日期", Kind.DATE, 12),
    ReportColumn("days", "距今天数", Kind.INTEGER, 10),
)


def run(work: LedgerWork, options: MaterialBalanceOptions) -> Generator[Progress, None, ReportTable]:
    """Return a row per material of every chosen book."""
    day = options.day or work.facts.today

    def rows_of(opened: OpenedBook) -> Iterator[ReportRow | Finding]:
        period = opened.period(options.date_from, day)
        yield from period.findings
        filed, last = filed_of(opened.book), _last_moves(opened.posted(None, day))
        for line in materials_of(opened.book):
            if options.item_no not in (None, line.item_no):
                continue
            opening, item = period.opening.item(line.item_no).net, period.within.item(line.item_no)
            moved_in, moved_out = _ways(item)
            balance = opening + item.net
            if options.hide_zero and not any((balance, moved_in, moved_out, item.consumed)):
                continue
            moved = _last_of(line.item_no, last, filed)
            since = (day - moved).days if moved else None
            figures = (opening, moved_in, moved_out, item.consumed, balance, moved, since)
            yield item_row(opened.key(line.item_no), (*item_values(opened, line), *figures), opened.book, line)

    return (yield from over_books(work, options, rows_of))


def _ways(item: ItemFold) -> tuple[Decimal, Decimal]:
    """Return what came in and what went out, by mode: a reversal takes back within its mode."""
    sums = item.by_mode.values()
    return sum((one for one in sums if one > 0), ZERO), -sum((one for one in sums if one < 0), ZERO)


_Moved = dict[tuple[str, int, str], date]


def _last_moves(postings: Iterable[Posting]) -> _Moved:
    found: _Moved = {}
    for one in postings:
        version = one.uc_version if one.goods_flag == "E" else ""
        found[one.goods_flag, one.item_no, version] = one.business_date
    return found


def _last_of(item_no: int, last: _Moved, filed: Filed) -> date | None:
    """Return the last day an import, export or consuming product moved the material."""
    own = last.get(("I", item_no, ""))
    days = [own] + [last.get(("E", product, version)) for product, version in filed.of_material(item_no)]
    return max((day for day in days if day), default=None)


def explain(work: LedgerWork, options: MaterialBalanceOptions, row: str, column: str) -> Explanation:
    """Explain a figure by its vouchers."""
    title = explained_title(COLUMNS, column)
    opened, line = located(work, options.record_no, row)
    opened = opened.picking(options)
    day = options.day or work.facts.today
    period = opened.period(options.date_from, day)
    item, opening = period.within.item(line.item_no), period.opening.item(line.item_no).net
    moved = _moved_parts(opened, line, item, opened.posted(options.date_from, day))
    whole = f"料件 {line.item_no} {line.name} {day} {title}"
    unit = unit_name(work.facts, line)
    if column == "balance":
        parts = (Explanation("＋ 期初", plain(opening)), *moved.values())
        return Explanation(whole, f"{opening + item.net:f} {unit}", "期初 + 进 − 出 − 成品耗用", parts)
    one = moved[column]
    return Explanation(whole, f"{one.value} {unit}", one.reason, one.parts)


def _moved_parts(
    opened: OpenedBook, line: AccountLine, item: ItemFold, postings: Iterable[Posting]
) -> dict[str, Explanation]:
    every = list(postings)
    mine = [one for one in every if one.goods_flag == "I" and one.item_no == line.item_no]
    moved_in, moved_out = _ways(item)
    incoming = {key for key, quantity in item.by_mode.items() if quantity > 0}
    used = [one for one in every if one.goods_flag == "E" and (one.item_no, one.uc_version) in item.by_version]

    def part(title: str, value: Decimal, reason: str, postings: list[Posting]) -> Explanation:
        return Explanation(title, plain(value), reason, vouchers(opened.work, postings, opened.paper))

    arrived = [one for one in mine if (one.mode, one.ie_flag) in incoming]
    left = [one for one in mine if (one.mode, one.ie_flag) not in incoming]
    whole = "Σ 成品数量 × 单耗 × 保税料件比例，合计后舍入一次"
    return {
        "moved_in": part("＋ 进", moved_in, "增加结余的监管方式合计", arrived),
        "moved_out": part("－ 出", moved_out, "减少结余的监管方式合计", left),
        "consumed": part("－ 成品耗用", item.consumed, whole, used),
    }


MATERIAL_BALANCE = Report(
    key="material_balance",
    title="料件结余表",
    columns=COLUMNS,
    run=run,
    explain=explain,
    options=MaterialBalanceOptions,
    help="某日每个料件的期初、进、出、耗用与结余，最后一次变动在哪天。",
)
