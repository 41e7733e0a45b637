"""Report 12 成品未备案单耗清单: products exported or in stock whose version is not filed (handbook 16).

Such an export consumes nothing in the ledger (RPT-05), such a stock cannot be taken to materials (CNT-01): both make
the balance look larger than it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from bondesk.areas.accounts.book_model import AccountLine
from bondesk.areas.accounts.book_reading import filed_of
from bondesk.areas.goods.bom import Bom
from bondesk.areas.goods.part import Part
from bondesk.areas.reports.book_rows import item_row, part_row
from bondesk.areas.reports.chosen_books import (
    BookOptions,
    OpenedBook,
    explained_title,
    names_of,
    no_row,
    opened_books,
    over_books,
    vouchers,
)
from bondesk.areas.stock.held import moved_until
from bondesk.areas.stock.item_level import ItemLevel, Lot
from bondesk.base.columns import Kind
from bondesk.base.explanation import Explanation
from bondesk.base.findings import Finding, note
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable
from bondesk.base.steps import Progress
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.consumption import Filed
from bondesk.ledger.posting import Posting

COLUMNS = (
    ReportColumn("record_no", "备案号", Kind.CODE, 14),
    ReportColumn("where", "出现在", Kind.TEXT, 8),
    ReportColumn("item_no", "成品序号", Kind.INTEGER, 8),
    ReportColumn("name", "成品名称", Kind.TEXT, 18),
    ReportColumn("version", "版本", Kind.CODE, 10),
    ReportColumn("part_no", "料号", Kind.CODE, 16),
    ReportColumn("quantity", "数量", Kind.QUANTITY, 14, explained=True),
    ReportColumn("last_moved", "最近日期", Kind.DATE, 12),
    ReportColumn("reason", "原因", Kind.TEXT, 36),
)


@dataclass
class _Found:
    """One product version without filed consumption."""

    where: str
    item_no: int | None
    name: str
    version: str
    part_no: str
    reason: str
    quantity: Decimal = Decimal(0)
    last_moved: date | None = None
    postings: list[Posting] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Name the row."""
        return f"{self.where}#{self.item_no or self.part_no}#{self.version}"


def _found(opened: OpenedBook, options: BookOptions) -> Iterator[_Found]:
    filed = filed_of(opened.book)
    yield from _exported(opened, options, filed)
    if not opened.picked.some:  # what lies there is nobody's
        yield from _stocked(opened, options, filed)


def _exported(opened: OpenedBook, options: BookOptions, filed: Filed) -> Iterator[_Found]:
    names, found = names_of(opened.book.products), dict[tuple[int, str], _Found]()
    for one in opened.posted(options.date_from, options.date_to):
        key = (one.item_no, one.uc_version)
        if one.goods_flag != "E" or filed.of(key):
            continue
        why = "账册没有这个版本的单损耗" if one.uc_version else "清单没有填单耗版本号"
        row = found.setdefault(key, _Found("出口", *(key[0], names.get(key[0], ""), key[1], "", why)))
        row.quantity += one.signed
        row.last_moved = one.business_date
        row.postings.append(one)
    yield from (found[key] for key in sorted(found))


def _stocked(opened: OpenedBook, options: BookOptions, filed: Filed) -> Iterator[_Found]:
    facts = opened.work.facts
    day = options.date_to or facts.today
    level, sums, last = ItemLevel(facts, opened.book, filed), defaultdict[Any, Decimal](Decimal), dict[Any, date]()
    for one in moved_until(opened.work, day):
        if one.kind.goods_kind == "E" and one.scope == "bonded":
            sums[one.part_no, one.bom_version] += one.change
            last[one.part_no, one.bom_version] = one.day
    parts, boms = facts.index(Part, Part.part_no), facts.index(Bom, Bom.product_part_no, Bom.bom_version)
    for (part_no, version), quantity in sorted(sums.items()):
        placed = level.place(Lot("E", part_no, version, quantity)) if quantity > 0 else None
        if isinstance(placed, Finding):
            name = parts[part_no].name if part_no in parts else ""
            bom = boms.get((part_no, version))
            filed_version = bom.filed_version if bom is not None else ""
            yield _Found("库存", None, name, filed_version or version, part_no, placed.text, quantity,
                         last[part_no, version])  # fmt: skip


def run(work: LedgerWork, options: BookOptions) -> Generator[Progress, None, ReportTable]:
    """Return exported versions, then stocked ones."""

    def rows_of(opened: OpenedBook) -> Iterator[ReportRow | Finding]:
        shown, parts = 0, work.facts.index(Part, Part.part_no)
        products: Mapping[int | None, AccountLine] = {line.item_no: line for line in opened.book.products}
        for one in _found(opened, options):
            if options.item_no not in (None, one.item_no):
                continue
            shown += 1
            head = (opened.record_no, one.where, one.item_no, one.name, one.version, one.part_no)
            values = (*head, one.quantity, one.last_moved, one.reason)
            if one.part_no:
                yield part_row(opened.key(one.key), values, parts.get(one.part_no))
            else:
                yield item_row(opened.key(one.key), values, opened.book, products.get(one.item_no))
        if not shown:
            yield note("RPT-13", f"账册 {opened.record_no} 出口和库存的成品都有备案单耗")

    return (yield from over_books(work, options, rows_of))


def explain(work: LedgerWork, options: BookOptions, row: str, column: str) -> Explanation:
    """Explain an exported quantity by its vouchers; a stocked one is the sum of its 仓单."""
    explained_title(COLUMNS, column)
    opened, key = _book_of(work, options, row)
    opened = opened.picking(options)
    for one in _found(opened, options):
        if one.key == key:
            reason = "出口清单合计" if one.where == "出口" else "仓单滚动库存，用「仓单收发存报表」看每笔"
            parts = vouchers(work, one.postings, opened.paper)
            return Explanation(f"{one.where} {one.name}", f"{one.quantity:f}", reason, parts)
    raise no_row(row, "出口#成品序号#版本")


def _book_of(work: LedgerWork, options: BookOptions, row: str) -> tuple[OpenedBook, str]:
    head, slash, rest = row.partition("/")
    named = slash and "#" not in head
    opened = opened_books(work, head if named else options.record_no)
    if not opened:
        raise no_row(row, "出口#成品序号#版本")
    return opened[0], rest if named else row


UNFILED_PRODUCTS = Report(
    key="unfiled_products",
    title="成品未备案单耗清单",
    columns=COLUMNS,
    run=run,
    explain=explain,
    options=BookOptions,
    help="已出口或有库存、但没有备案单损耗的成品和版本：它们没有计入耗用，账面结余因此偏大。",
)
