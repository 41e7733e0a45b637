"""Report 25 内购抵扣平衡表: what purchase invoices explain of the shortfall of a book, and whether it balances (13.4).

It needs no 核销 and changes nothing: what 核销 of the same book hold of an invoice still counts as its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from bondesk.areas.domestic.deducting import Offered, offered
from bondesk.areas.reports.book_rows import item_row
from bondesk.areas.reports.chosen_books import (
    ITEM_COLUMNS,
    OpenedBook,
    explained_title,
    located,
    over_books,
    unit_name,
)
from bondesk.areas.reports.handbook_status import HANDBOOK_MATERIALS, HandbookStatusOptions
from bondesk.areas.verification.handbook_deducting import held_by
from bondesk.areas.verification.handbook_figures import handbook_figures
from bondesk.base.columns import Kind
from bondesk.base.explanation import Explanation
from bondesk.base.findings import Finding
from bondesk.base.numbers import plain
from bondesk.base.options import option
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable
from bondesk.base.steps import Progress
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.deduction import Settlement, deducted, settled, shortfall_of

_Q = Kind.QUANTITY


@dataclass(frozen=True, slots=True)
class PurchaseDeductionOptions:
    """Which book, up to which day, and whether materials without shortfall and invoice are listed too."""

    record_no: str = option("备案号", "", reference="handbook account", help="空 = 全部手册和账册")
    day: date | None = option("截止日期", None, help="空 = 不限")
    item_no: int | None = option("备案序号", None, help="空 = 全部")
    every: bool = option("列出没有欠数和内购的料件", False)


_FIGURES = (
    ReportColumn("remaining", "余料", _Q, 12, explained=True),
    ReportColumn("shortfall", "欠数", _Q, 12, explained=True),
    ReportColumn("bought", "内购", _Q, 12, explained=True),
    ReportColumn("deducted", "抵扣", _Q, 12, explained=True),
    ReportColumn("shortfall_left", "剩余欠数", _Q, 12, explained=True),
    ReportColumn("unused", "内购未用", _Q, 12, explained=True),
)
#: Of the item what a clerk tells it by; the balance has to be seen without moving sideways.
_ITEM = ("record_no", "item_no", "name", "unit")
COLUMNS = (
    *(column for column in ITEM_COLUMNS if column.key in _ITEM),
    ReportColumn("balanced", "平衡", Kind.TEXT, 7),
    *_FIGURES,
)
_FORMULAS = {
    "shortfall": "max(0, −余料)",
    "bought": "Σ 发票数量 × 转换率，各行舍入到5位",
    "deducted": "欠数与内购中的小者，按开票日期的先后",
    "shortfall_left": "欠数 − 抵扣，0 为平衡",
    "unused": "内购 − 抵扣",
}


@dataclass(frozen=True, slots=True)
class Balanced:
    """One material: its balance, its settlement, the invoice lines of it and what each gives."""

    remaining: Decimal
    settlement: Settlement
    offers: Sequence[Offered]
    used: Mapping[int, Decimal]

    def figure(self, column: str) -> Decimal:
        """Return one of the figures."""
        one = self.settlement
        figures = {
            "remaining": self.remaining,
            "shortfall": one.shortfall,
            "bought": one.bought,
            "deducted": one.deducted,
            "shortfall_left": one.left,
            "unused": one.bought - one.deducted,
        }
        return figures[column]


def balanced(opened: OpenedBook, day: date | None) -> dict[int, Balanced]:
    """Return every material of a book set against the invoices it may use, up to ``day``."""
    work, book = opened.work, opened.book
    remaining = {one.item_no: one.remaining for one in handbook_figures(work, book, day).balance.materials}
    mine: dict[int, list[Offered]] = defaultdict(list)
    offers = offered(work, book, day, held_by(work, book.record_no))
    for one in offers:
        mine[one.bought.item_no].append(one)
    shortfalls = {item: shortfall_of(left) for item, left in remaining.items()}
    used = deducted(shortfalls, [one.bought for one in offers])
    return {
        item: Balanced(left, settled(shortfalls[item], [one.bought for one in mine[item]]), mine[item], used)
        for item, left in remaining.items()
    }


def run(work: LedgerWork, options: PurchaseDeductionOptions) -> Generator[Progress, None, ReportTable]:
    """Return a row per material that is short or was bought."""

    def rows_of(opened: OpenedBook) -> Iterator[ReportRow | Finding]:
        lines = {line.item_no: line for line in opened.book.materials}
        for item_no, one in sorted(balanced(opened, options.day).items()):
            idle = not (one.settlement.shortfall or one.settlement.bought)
            if options.item_no not in (None, item_no) or (idle and not options.every):
                continue
            line = lines[item_no]
            item = (opened.record_no, item_no, line.name, unit_name(work.facts, line))
            word = "有欠数" if one.settlement.left else "平衡"
            values = (*item, word, *(one.figure(column.key) for column in _FIGURES))
            yield item_row(opened.key(item_no), values, opened.book, line)

    return (yield from over_books(work, options, rows_of))


def explain(work: LedgerWork, options: PurchaseDeductionOptions, row: str, column: str) -> Explanation:
    """Explain a figure by the vouchers of the balance and the lines of the invoices, down to their cells."""
    title = explained_title(COLUMNS, column)
    opened, line = located(work, options.record_no, row)
    one = balanced(opened, options.day)[line.item_no]

    def of_ledger() -> Explanation:
        asked = HandbookStatusOptions(record_no=opened.record_no, day=options.day)
        return HANDBOOK_MATERIALS.explain(work, asked, str(line.item_no), "remaining")

    def given() -> tuple[Explanation, ...]:
        return tuple(_invoice(work, offer, one.used[offer.bought.line_id]) for offer in one.offers)

    def told(key: str, parts: tuple[Explanation, ...]) -> Explanation:
        return Explanation(_TITLES[key], plain(one.figure(key)), _FORMULAS[key], parts)

    def parts(key: str) -> tuple[Explanation, ...]:
        match key:
            case "shortfall":
                return (of_ledger(),)
            case "bought":
                return tuple(_invoice(work, offer, offer.bought.available) for offer in one.offers)
            case "deducted":
                return (told("shortfall", parts("shortfall")), *given())
            case "shortfall_left":
                return told("shortfall", parts("shortfall")), told("deducted", given())
            case _:
                return told("bought", parts("bought")), told("deducted", given())

    if column == "remaining":
        return of_ledger()
    return replace(told(column, parts(column)), title=f"{line.item_no} {line.name} {title}")


_TITLES = {column.key: column.title for column in COLUMNS}


def _invoice(work: LedgerWork, offer: Offered, quantity: Decimal) -> Explanation:
    """Tell of one line of an invoice what counts of it, the quantity as invoiced and the cell it was read from."""
    line = offer.line
    cell: Any = work.cell(line, "quantity")
    own = Explanation("发票数量", f"{plain(line.quantity)} {line.erp_unit}".rstrip(), "", (cell,) if cell else ())
    title = f"{offer.bought.day} 内购发票 {offer.bought.invoice_no} 第{line.line_no}行 {line.part_no}"
    reason = f"折申报数量 {plain(offer.item_qty)}"
    other = offer.item_qty - offer.bought.available
    return Explanation(title, plain(quantity), f"{reason}，其他核销已抵扣 {plain(other)}" if other else reason, (own,))


PURCHASE_DEDUCTION = Report(
    key="purchase_deduction",
    title="内购抵扣平衡表",
    columns=COLUMNS,
    run=run,
    explain=explain,
    options=PurchaseDeductionOptions,
    help="内购发票按日期抵扣各料件的欠数：欠数、内购、抵扣与剩余欠数，看合同是否平衡；不改变海关台账。",
)
