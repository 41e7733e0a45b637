"""Reports 3 手册料件进口状况表 and 4 手册成品出口状况表: how far a handbook is used (handbook 9.1, 16).

关封余量 is what transfer envelopes still allow; the program has none, so it is 0 and 可直接进口量 is 可进口量.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.reports.book_rows import item_row
from bondesk.areas.reports.chosen_books import (
    ITEM_COLUMNS,
    OpenedBook,
    explained_title,
    item_values,
    located,
    over_books,
    vouchers,
)
from bondesk.areas.verification.handbook_figures import handbook_figures
from bondesk.base.columns import Kind
from bondesk.base.explanation import Explanation
from bondesk.base.findings import Finding, note
from bondesk.base.numbers import plain
from bondesk.base.options import option
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable, known_day
from bondesk.base.steps import Progress
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.handbook import material_figure, product_figure
from bondesk.ledger.posting import Posting

_Q = Kind.QUANTITY
_ENVELOPES = note("RPT-43", "系统中没有关封资料，可直接进出口量等于可进出口量")

_NO_HANDBOOK = note("RPT-10", "没有已审批的手册，请先导入或下载手册")


@dataclass(frozen=True, slots=True)
class HandbookStatusOptions:
    """Which handbook, and up to which day."""

    record_no: str = option("手册编号", "", reference="handbook", help="空 = 全部手册")
    day: date | None = option("截止日期", None, help="空 = 不限")
    item_no: int | None = option("备案序号", None, help="空 = 全部")
    hide_idle: bool = option("隐藏没有进出和余料的项", False)
    known_on: date | None = known_day()


def _shown(key: str, title: str, *, explained: bool = True) -> ReportColumn:
    return ReportColumn(key, title, _Q, 14, explained=explained)


MATERIAL_COLUMNS = (
    *ITEM_COLUMNS,
    _shown("filed", "备案数量", explained=False),
    _shown("direct_import", "直接进口"),
    _shown("transfer_in", "结转进口"),
    _shown("surplus_in", "余料转入"),
    _shown("exchange_out", "退换出口"),
    _shown("imported", "进口总数量"),
    _shown("consumed", "产品总耗用"),
    _shown("domestic_sale", "内销"),
    _shown("reexport", "复出"),
    _shown("surplus_out", "余料转出"),
    _shown("destroyed", "销毁"),
    _shown("remaining", "余料"),
    _shown("importable", "可进口量"),
    ReportColumn("share", "比例%", Kind.PERCENT, 10),
    _shown("scrap", "边角料", explained=False),
    _shown("scrap_left", "边角料余量", explained=False),
    _shown("envelope", "关封余量", explained=False),
    _shown("direct_left", "可直接进口量", explained=False),
)
PRODUCT_COLUMNS = (
    *ITEM_COLUMNS,
    _shown("filed", "备案数量", explained=False),
    _shown("direct", "直接出口"),
    _shown("transferred", "结转出口"),
    _shown("returned_in", "退厂返工"),
    _shown("returned_out", "返工复出"),
    _shown("exported", "出口总数量"),
    _shown("exportable", "可出口量"),
    ReportColumn("share", "比例%", Kind.PERCENT, 10),
    _shown("envelope", "关封余量", explained=False),
    _shown("direct_left", "可直接出口量", explained=False),
)


def _is_handbook(book: Account) -> bool:
    return book.book_kind == "EML"


def _run(columns: tuple[ReportColumn, ...], *, products: bool) -> Callable[[Any, Any], Any]:
    keys = [column.key for column in columns[len(ITEM_COLUMNS) :] if column.key not in ("envelope", "direct_left")]

    moved = [key for key in keys if key not in ("filed", "importable", "exportable", "share")]

    def run(work: LedgerWork, options: HandbookStatusOptions) -> Generator[Progress, None, ReportTable]:
        """Return a row per item of every chosen handbook."""

        def rows_of(opened: OpenedBook) -> Iterator[ReportRow | Finding]:
            balance = handbook_figures(work, opened.book, options.day).balance
            yield from balance.findings
            yield _ENVELOPES
            lines = {line.item_no: line for line in (opened.book.products if products else opened.book.materials)}
            for one in balance.products if products else balance.materials:
                if options.item_no in (None, one.item_no):
                    left = one.exportable if products else one.importable  # type: ignore[union-attr]
                    figures = tuple(getattr(one, key) for key in keys)
                    if options.hide_idle and not any(getattr(one, key) for key in moved):
                        continue
                    line = lines[one.item_no]
                    values = (*item_values(opened, line), *_in_order(columns, keys, figures, left))
                    yield item_row(opened.key(one.item_no), values, opened.book, line)

        return (yield from over_books(work, options, rows_of, wanted=_is_handbook, none=_NO_HANDBOOK))

    return run


def _in_order(
    columns: tuple[ReportColumn, ...], keys: list[str], figures: tuple[Any, ...], left: Decimal | None
) -> tuple[Any, ...]:
    named = dict(zip(keys, figures, strict=True)) | {"envelope": Decimal(0), "direct_left": left}
    return tuple(named[column.key] for column in columns[len(ITEM_COLUMNS) :])


_FORMULAS = {
    "imported": "直接进口 + 结转进口 + 余料转入 − 退换出口",
    "remaining": "进口总数量 − 产品总耗用 − 复出 − 内销 − 余料转出 − 销毁",
    "importable": "备案数量 − 进口总数量",
    "consumed": "Σ 出口总数量 × 单耗 × 保税料件比例，合计后舍入一次",
    "exported": "直接出口 + 结转出口 − 退厂返工 + 返工复出",
    "exportable": "备案数量 − 出口总数量",
}


def _explain(columns: tuple[ReportColumn, ...], *, products: bool) -> Callable[[Any, Any, str, str], Explanation]:
    def explain(work: LedgerWork, options: HandbookStatusOptions, row: str, column: str) -> Explanation:
        """Explain a figure by its formula and the vouchers behind it."""
        title = explained_title(columns, column)
        opened, line = located(work, options.record_no, row, products=products)
        figures = handbook_figures(work, opened.book, options.day)
        every = figures.balance.products if products else figures.balance.materials
        one: Any = next(figure for figure in every if figure.item_no == line.item_no)
        mine = [posting for posting in figures.postings if _counts(posting, line.item_no, column, opened, products)]
        reason = _FORMULAS.get(column, "所列监管方式的数量合计")
        value = getattr(one, column)
        parts = vouchers(work, mine, opened.paper)
        return Explanation(
            f"{line.item_no} {line.name} {title}", plain(value) if value is not None else "", reason, parts
        )

    return explain


def _counts(posting: Posting, item_no: int, column: str, opened: OpenedBook, products: bool) -> bool:
    if products:
        if posting.goods_flag != "E" or posting.item_no != item_no:
            return False
        return column in ("exported", "exportable") or product_figure(posting.mode, posting.ie_flag)[0] == column
    if posting.goods_flag == "E":
        return column in ("consumed", "remaining") and _uses(opened, posting, item_no)
    if posting.item_no != item_no:
        return False
    figure = material_figure(posting.mode, posting.ie_flag)[0]
    arriving = ("direct_import", "transfer_in", "surplus_in", "exchange_out")
    return column in ("remaining", figure) or (column in ("imported", "importable") and figure in arriving)


def _uses(opened: OpenedBook, posting: Posting, item_no: int) -> bool:
    return any(
        (row.product_no, row.uc_version, row.material_no) == (posting.item_no, posting.uc_version, item_no)
        for row in opened.book.consumptions
        if row.row_mark != "2"
    )


HANDBOOK_MATERIALS = Report(
    key="handbook_materials",
    title="手册料件进口状况表",
    columns=MATERIAL_COLUMNS,
    run=_run(MATERIAL_COLUMNS, products=False),
    explain=_explain(MATERIAL_COLUMNS, products=False),
    options=HandbookStatusOptions,
    help="手册每个料件的备案数量、进口、耗用、内销、复出、余料、可进口量与边角料。",
)
HANDBOOK_PRODUCTS = Report(
    key="handbook_products",
    title="手册成品出口状况表",
    columns=PRODUCT_COLUMNS,
    run=_run(PRODUCT_COLUMNS, products=True),
    explain=_explain(PRODUCT_COLUMNS, products=True),
    options=HandbookStatusOptions,
    help="手册每个成品的备案数量、直接出口、结转、返工、出口总数量与可出口量。",
)
