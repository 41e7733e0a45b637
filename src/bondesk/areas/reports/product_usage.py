"""Report 9 成品耗料明细表: what every exported product version consumed of every material (handbook 16)."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bondesk.areas.accounts.book_reading import filed_of
from bondesk.areas.reports.book_rows import consumption_row, filed_rows
from bondesk.areas.reports.chosen_books import (
    VERSION_KEY,
    BookOptions,
    Footing,
    OpenedBook,
    explained_title,
    names_of,
    no_row,
    over_books,
    version_book,
    vouchers,
)
from bondesk.base.columns import Kind
from bondesk.base.explanation import Explanation
from bondesk.base.findings import Finding
from bondesk.base.numbers import half_up, plain
from bondesk.base.options import option
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable
from bondesk.base.steps import Progress
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.consumption import usage

_Q, _C, _P = Kind.QUANTITY, Kind.CONSUMPTION, Kind.PERCENT


@dataclass(frozen=True, slots=True)
class ProductUsageOptions(BookOptions):
    """The usual conditions; 备案序号 is the product's."""

    material_no: int | None = option("料件序号", None, help="空 = 全部料件")


COLUMNS = (
    ReportColumn("record_no", "备案号", Kind.CODE, 14),
    ReportColumn("product_no", "成品序号", Kind.INTEGER, 8),
    ReportColumn("product_name", "成品名称", Kind.TEXT, 18),
    ReportColumn("uc_version", "单耗版本号", Kind.CODE, 10),
    ReportColumn("exported", "有效出口数量", _Q, 14, explained=True),
    ReportColumn("material_no", "料件序号", Kind.INTEGER, 8),
    ReportColumn("material_name", "料件名称", Kind.TEXT, 18),
    ReportColumn("net", "净耗", _C, 14),
    ReportColumn("tangible", "有形损耗率%", _P, 12),
    ReportColumn("intangible", "无形损耗率%", _P, 12),
    ReportColumn("bonded", "保税料件比例%", _P, 12),
    ReportColumn("unit_consumption", "单耗", _C, 14),
    ReportColumn("usage", "耗用数量", _Q, 14, totalled=True, explained=True),
    ReportColumn("net_part", "净耗量", _Q, 14, totalled=True),
    ReportColumn("tangible_part", "有形损耗量", _Q, 14, totalled=True),
    ReportColumn("intangible_part", "无形损耗量", _Q, 14, totalled=True),
)


def run(work: LedgerWork, options: ProductUsageOptions) -> Generator[Progress, None, ReportTable]:
    """Return a row per product version and material; the usage of a material adds up to 成品耗用 of report 1.

    Parts are handed out from the once-rounded sum, before conditions on items pick among them.
    """

    def rows_of(opened: OpenedBook) -> Iterator[ReportRow | Finding]:
        period, filed, footing = opened.period(options.date_from, options.date_to), filed_of(opened.book), Footing()
        yield from period.within.findings
        stored = filed_rows(opened.book)
        versions = {key: q for item in period.within.items.values() for key, q in item.by_version.items()}
        products, materials = names_of(opened.book.products), names_of(opened.book.materials)
        for product, version in sorted(versions):
            quantity = versions[product, version]
            for row in sorted(filed.of((product, version)), key=lambda one: one.material_no):
                gross = usage(quantity, row)
                exact = (
                    gross,
                    Fraction(quantity) * Fraction(row.net) * Fraction(row.bonded) / 100,
                    gross * Fraction(row.tangible) / 100,
                    gross * Fraction(row.intangible) / 100,
                )
                parts = [footing.part((place, row.material_no), one) for place, one in enumerate(exact)]
                if options.item_no not in (None, product) or options.material_no not in (None, row.material_no):
                    continue
                head = (opened.record_no, product, products.get(product, ""), version, quantity, row.material_no)
                rates = (row.net, row.tangible, row.intangible, row.bonded, row.unit_consumption)
                values = (*head, materials.get(row.material_no, ""), *rates, *parts)
                key, one = opened.key(f"{product}#{version}#{row.material_no}"), (product, version, row.material_no)
                yield consumption_row(key, values, opened.book, stored.get(one))

    return (yield from over_books(work, options, rows_of))


def explain(work: LedgerWork, options: ProductUsageOptions, row: str, column: str) -> Explanation:
    """Explain an exported quantity by its vouchers, a usage by quantity x U x bonded share."""
    title = explained_title(COLUMNS, column)
    opened, key = version_book(work, options.record_no, row)
    opened = opened.picking(options)
    product, version, material = (*key.split("#"), "", "")[:3]
    filed = [one for one in filed_of(opened.book).of((int(product), version)) if str(one.material_no) == material]
    if not filed:
        raise no_row(row, VERSION_KEY)
    postings = [
        one
        for one in opened.posted(options.date_from, options.date_to)
        if (one.goods_flag, one.item_no, one.uc_version) == ("E", int(product), version)
    ]
    quantity = sum((one.signed for one in postings), Decimal(0))
    parts = vouchers(work, postings, opened.paper)
    told = f"{len(postings)} 笔合计，退换进口减去"
    exported = Explanation(f"成品 {product} 版本 {version} 有效出口数量", plain(quantity), told, parts)
    if column == "exported":
        return exported
    exact = half_up(usage(quantity, filed[0]), 14)
    reason = f"{plain(quantity)} × 单耗 {plain(filed[0].unit_consumption)} × 保税比例 {plain(filed[0].bonded)}%"
    whole = f"{reason}；各行之和等于合计后一次舍入的耗用"
    return Explanation(f"料件 {material} {title}", plain(exact), whole, (exported,))


PRODUCT_USAGE = Report(
    key="product_usage",
    title="成品耗料明细表",
    columns=COLUMNS,
    run=run,
    explain=explain,
    options=ProductUsageOptions,
    help="每个成品版本按备案单损耗耗用了多少料件，其中净耗、有形与无形损耗各多少。",
)
