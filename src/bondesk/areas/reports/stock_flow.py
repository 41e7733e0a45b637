"""Report 18 仓单收发存报表: opening, in and out by kind of 仓单, closing, per part or per item (handbook 12.1, 16).

Closing = opening + Σ effective sign × quantity; with the opening count of a day it is the rolling stock the 短溢表
takes. Items are a part's quantities taken to the book; products and semi-products stay what they are there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bondesk.areas.goods.part import Part
from bondesk.areas.reports.book_rows import NO_PLACE, RowPlace, item_place, part_place
from bondesk.areas.reports.chosen_books import Footing, explained_title, no_row, opened_books
from bondesk.areas.stock.held import Moved, moved_until
from bondesk.areas.stock.item_level import ItemLevel, Lot
from bondesk.areas.stock.stock_model import Stocktake
from bondesk.areas.stock.stock_types import GOODS_KINDS, SCOPES, TABLE
from bondesk.base.columns import Kind
from bondesk.base.errors import Refused
from bondesk.base.explanation import Explanation
from bondesk.base.findings import Finding, note
from bondesk.base.numbers import plain
from bondesk.base.options import option
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable
from bondesk.base.steps import Progress
from bondesk.ledger.books import LedgerWork

_MOVES_ONLY = "按仓单类型或合作伙伴查询时只有入库和出库，没有期初与期末"
_LEVELS = (("PART", "料号级"), ("ITEM", "项号级"))
_Q = Kind.QUANTITY
#: 仓单 types by what they are about; in and out of each are columns.
_GROUPS = (
    ("trade", "进出口"),
    ("transfer", "转厂"),
    ("domestic", "国内"),
    ("outsourcing", "外发"),
    ("consigned", "受托"),
    ("internal", "领料/完工"),
    ("adjust", "盘盈盘亏"),
    ("scrap", "边角料"),
)
_GOODS, _SCOPE_WORDS = dict(GOODS_KINDS), dict(SCOPES)


@dataclass(frozen=True, slots=True)
class StockFlowOptions:
    """Which stock, and from which count it is rolled."""

    level: str = option("层级", "PART", choices=_LEVELS)
    date_from: date | None = option("期间起", None, help="空 = 最早的仓单")
    date_to: date | None = option("期间止", None, help="空 = 今天")
    opening_day: date | None = option("期初盘点日期", None, help="库存从这次盘点起算；空 = 从 0 起")
    scope: str = option("保税标志", "bonded", choices=SCOPES)
    goods_kind: str = option("物料类型", "", choices=(("", "全部"), *GOODS_KINDS))
    part_no: str = option("料号", "", help="包含此文字；空 = 全部")
    record_no: str = option("备案号", "", reference="account handbook", help="项号级用")
    item_no: int | None = option("备案序号", None, help="项号级；空 = 全部")
    stock_type: str = option("仓单类型", "", table=TABLE, help="只看这一种的入库、出库；空 = 全部")
    partner: str = option("合作伙伴", "", reference="partner", help="只看它的入库、出库；空 = 全部")
    by_type: bool = option("按仓单类型分行", False, help="每种仓单类型一行，不列期初与期末")

    @property
    def moves_only(self) -> bool:
        """Tell whether only some movements are shown, which no stock opens or closes."""
        return bool(self.stock_type or self.partner or self.by_type)


COLUMNS = (
    ReportColumn("number", "料号/备案序号", Kind.TEXT, 18),
    ReportColumn("name", "品名", Kind.TEXT, 18),
    ReportColumn("goods_kind", "物料类型", Kind.TEXT, 8),
    ReportColumn("unit", "单位", Kind.TEXT, 8),
    ReportColumn("stock_type", "仓单类型", Kind.TEXT, 14),
    ReportColumn("opening", "期初", _Q, 14, explained=True),
    *(
        ReportColumn(f"{key}_{way}", f"{title}{word}", _Q, 14, explained=True)
        for key, title in _GROUPS
        for way, word in (("in", "入"), ("out", "出"))
    ),
    ReportColumn("total_in", "入库合计", _Q, 14, explained=True),
    ReportColumn("total_out", "出库合计", _Q, 14, explained=True),
    ReportColumn("closing", "期末", _Q, 14, explained=True),
    ReportColumn("documents", "仓单行数", Kind.INTEGER, 10),
)
_FLOWS = tuple(f"{key}_{way}" for key, _ in _GROUPS for way in ("in", "out"))


@dataclass
class Stock:
    """One part or item: opening, and every movement of the period as (column, movement, quantity)."""

    number: str
    name: str
    goods_kind: str
    unit: str
    place: RowPlace = NO_PLACE
    opening: Decimal = Decimal(0)
    moves: list[tuple[str, Moved, Decimal]] = field(default_factory=list)

    def column(self, key: str) -> Decimal:
        """Return a flow column, shown positive."""
        return abs(sum((quantity for column, _, quantity in self.moves if column == key), Decimal(0)))

    def total(self, way: str) -> Decimal:
        """Return everything in or out, shown positive."""
        return abs(sum((quantity for column, _, quantity in self.moves if column.endswith(way)), Decimal(0)))

    @property
    def closing(self) -> Decimal:
        """Return opening + movements."""
        return self.opening + sum((quantity for *_, quantity in self.moves), Decimal(0))

    def only(self, code: str) -> Stock:
        """Return the movements of one type of 仓单."""
        return replace(self, moves=[one for one in self.moves if one[1].kind.code == code])

    def values(self, options: StockFlowOptions, word: str = "") -> tuple[Any, ...]:
        """Return the row; without opening and closing where only some movements are shown."""
        kind = _GOODS.get(self.goods_kind, "")
        opening, closing = (None, None) if options.moves_only else (self.opening, self.closing)
        flows = (self.column(key) for key in _FLOWS)
        head = (self.number, self.name, kind, self.unit, word, opening)
        return (*head, *flows, self.total("_in"), self.total("_out"), closing, len(self.moves))


def run(work: LedgerWork, options: StockFlowOptions) -> Generator[Progress, None, ReportTable]:
    """Return a row per part or item that has stock or moved."""
    yield Progress(0, 2, "读取仓单")
    stocks, findings = read_stock(work, options)
    yield Progress(1, 2, "汇总")
    rows = tuple(row for key, one in sorted(stocks.items()) for row in _rows(key, one, options))
    if not rows:
        findings = [*findings, note("RPT-40", "没有符合条件的仓单，请先导入仓单")]
    return ReportTable(rows, tuple(findings))


def _rows(key: str, stock: Stock, options: StockFlowOptions) -> Iterator[ReportRow]:
    """Yield the row of a part, or one of every type it moved by."""
    if not options.by_type:
        if stock.moves or not options.moves_only:
            yield ReportRow(key, stock.values(options), *stock.place)
        return
    for code, name in sorted({(one.kind.code, one.kind.name) for _, one, _ in stock.moves}):
        yield ReportRow(f"{key}#{code}", stock.only(code).values(options, f"{code} {name}"), *stock.place)


def read_stock(work: LedgerWork, options: StockFlowOptions) -> tuple[dict[str, Stock], list[Finding]]:
    """Roll the stock of every part or item; refused where an item's book is not said (RPT-10)."""
    place = _by_part(work) if options.level == "PART" else _by_item(work, options)
    findings: dict[str, Finding] = {}
    found: dict[str, Stock] = {}
    last = options.date_to or work.facts.today
    before = options.date_from - timedelta(days=1) if options.date_from else None

    def stock_of(lot: Lot) -> tuple[Stock, Decimal] | None:
        wanted = options.goods_kind in ("", lot.goods_kind) and options.part_no in lot.part_no
        placed = place(lot) if wanted else None
        if isinstance(placed, Finding):
            findings.setdefault(placed.text, placed)
            return None
        if placed is None:
            return None
        key, blank, quantity = placed
        return found.setdefault(key, blank), quantity

    for lot in _opening_lots(work, options):
        if (counted := stock_of(lot)) is not None:
            counted[0].opening += counted[1]
    for one in moved_until(work, last, options.opening_day):
        if one.scope != options.scope or not _wanted(one, options):
            continue
        moved = stock_of(Lot(one.kind.goods_kind, one.part_no, one.bom_version, one.change, one.line_id))
        if moved is not None and before is not None and one.day <= before:
            moved[0].opening += moved[1]
        elif moved is not None:
            way = "in" if one.change >= 0 else "out"
            moved[0].moves.append((f"{one.kind.group}_{way}", one, moved[1]))
    if options.moves_only:
        findings.setdefault("", note("RPT-47", _MOVES_ONLY))
    elif options.opening_day is None:
        findings.setdefault("", note("SHO-01", "没有指定期初盘点，库存从 0 起算"))
    return found, list(findings.values())


def _wanted(one: Moved, options: StockFlowOptions) -> bool:
    return options.stock_type in ("", one.kind.code) and options.partner in ("", one.partner)


def _opening_lots(work: LedgerWork, options: StockFlowOptions) -> Iterator[Lot]:
    for taken in work.facts.find(Stocktake, count_date=options.opening_day) if options.opening_day else ():
        for line in taken.lines if taken.kind != "T" else ():
            if line.scope == options.scope:
                yield Lot(taken.kind, line.part_no, line.bom_version or "", line.counted_qty or Decimal(0), line.id)


def _by_part(work: LedgerWork) -> Any:
    parts = work.facts.index(Part, Part.part_no)

    def place(lot: Lot) -> tuple[str, Stock, Decimal]:
        part = parts.get(lot.part_no)
        name, unit = (part.name, part.erp_unit) if part else ("", "")
        blank = Stock(lot.part_no, name, lot.goods_kind, unit, part_place(part))
        return lot.part_no, blank, lot.quantity

    return place


def _by_item(work: LedgerWork, options: StockFlowOptions) -> Any:
    books = opened_books(work, options.record_no)
    if len(books) != 1:
        raise Refused("项号级须指定备案号" if books else "没有已审批的账册", "RPT-10")
    level = ItemLevel(work.facts, books[0].book)
    lines = {("I", one.item_no): one for one in books[0].book.materials}
    lines |= {("E", one.item_no): one for one in books[0].book.products}
    footing = Footing()  # the parts of an item add up to what is there exactly

    def place(lot: Lot) -> tuple[str, Stock, Decimal] | Finding | None:
        if lot.goods_kind == "S":
            return note("STK-04", "半成品没有备案序号，项号级不列；用料号级查看")
        placed = level.place(lot)
        if isinstance(placed, Finding):
            return placed
        if options.item_no not in (None, placed.item_no):
            return None
        line = lines.get((placed.goods_flag, placed.item_no))
        number = f"{placed.goods_flag}{placed.item_no:05d}"
        name, unit = (line.name, line.dcl_unit) if line else ("", "")
        blank = Stock(str(placed.item_no), name, placed.goods_flag, unit, item_place(books[0].book, line))
        return number, blank, footing.part(number, placed.quantity)

    return place


def explain(work: LedgerWork, options: StockFlowOptions, row: str, column: str) -> Explanation:
    """Explain a figure by the types it is made of, and each type by its 仓单."""
    title = explained_title(COLUMNS, column)
    stocks, _ = read_stock(work, options)
    key, _, code = row.rpartition("#") if options.by_type else (row, "", "")
    stock = stocks.get(key)
    if stock is None:
        raise no_row(row, "料号，或 I/E 加五位备案序号；分行时再加 #仓单类型代码")
    if options.moves_only and column in ("opening", "closing"):
        raise Refused(_MOVES_ONLY, "RPT-47")
    stock = stock.only(code) if code else stock
    name = f"{stock.number} {stock.name} {title}"
    opening = Explanation("＋ 期初", plain(stock.opening), _opening_word(options))
    if column == "opening":
        return Explanation(name, opening.value, opening.reason)
    ways = {"total_in": "_in", "total_out": "_out", "closing": ""}
    mine = [one for one in stock.moves if (one[0].endswith(ways[column]) if column in ways else one[0] == column)]
    parts = tuple(_types(mine))
    if column == "closing":
        return Explanation(name, plain(stock.closing), "期初 + Σ 实际方向 × 数量", (opening, *parts))
    value = stock.total(ways[column]) if column in ways else stock.column(column)
    return Explanation(name, plain(value), f"{len(mine)} 行仓单", parts)


def _opening_word(options: StockFlowOptions) -> str:
    start = f"{options.opening_day} 盘点" if options.opening_day else "0"
    return f"{start} + {options.date_from} 之前的仓单" if options.date_from else start


def _types(moves: Iterable[tuple[str, Moved, Decimal]]) -> Iterator[Explanation]:
    by_type: dict[str, list[tuple[Moved, Decimal]]] = defaultdict(list)
    for _, one, quantity in moves:
        by_type[f"{one.kind.code} {one.kind.name}"].append((one, quantity))
    for word, mine in sorted(by_type.items()):
        total = sum((quantity for _, quantity in mine), Decimal(0))
        parts = tuple(
            Explanation(f"{one.day} 仓单 {one.document_no}", plain(quantity), f"{one.part_no} {one.partner}".strip())
            for one, quantity in mine
        )
        yield Explanation(word, plain(total), f"{len(mine)} 行", parts)


STOCK_FLOW = Report(
    key="stock_flow",
    title="仓单收发存报表",
    columns=COLUMNS,
    run=run,
    explain=explain,
    options=StockFlowOptions,
    help="每个料号（或账册项）的期初、按仓单类型的入库和出库、期末库存；双击看到每张仓单。",
)
