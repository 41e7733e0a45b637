"""Report 17 短溢表—折料明细: every counted or moved part, the material it holds, U and the exploded quantity."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bondesk.areas.accounts.book_model import Account, AccountLine
from bondesk.areas.accounts.book_reading import approved_books, filed_of, materials_of
from bondesk.areas.declarations.declared_books import books_of
from bondesk.areas.goods.part import Part
from bondesk.areas.reports.book_rows import item_row, part_row
from bondesk.areas.reports.shortage_table import day_of
from bondesk.areas.stock.held import HELD_COLUMNS, HeldLine, held_lines
from bondesk.areas.stock.item_level import ItemLevel, Share
from bondesk.areas.stock.timing import GAP_TITLES, timing_of
from bondesk.areas.verification.reckoning import SOURCES, basis_of, held_at
from bondesk.areas.verification.shortage_reasons import stored_line
from bondesk.base.columns import Kind
from bondesk.base.errors import Refused
from bondesk.base.explanation import Explanation
from bondesk.base.findings import Finding, note
from bondesk.base.numbers import QUANTITY_PLACES, half_up, plain
from bondesk.base.options import option
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable, known_day
from bondesk.base.steps import Progress
from bondesk.ledger.books import LedgerWork


@dataclass(frozen=True, slots=True)
class ShortageDetailOptions:
    """The same choices as the 短溢表, and which material."""

    record_no: str = option("备案号", "", reference="account handbook", help="空 = 唯一的已审批账册")
    day: date | None = option("截止日期", None, help="空 = 最近一次盘点的日期")
    source: str = option("实际库存", "STOCKTAKE", choices=SOURCES)
    opening_day: date | None = option("期初盘点日期", None, help="仓单滚动库存从这次盘点起算；空 = 从 0 起")
    outsourced: bool = option("计入外发库存", True)
    transit: bool = option("计入在途", False)
    direct: bool = option("计入进出口时间差", False)
    domestic: bool = option("内购库存参与分析", False)
    item_no: int | None = option("备案序号", None, help="空 = 全部料件")
    known_on: date | None = known_day()


COLUMNS = (
    ReportColumn("item_no", "备案序号", Kind.INTEGER, 8),
    ReportColumn("name", "商品名称", Kind.TEXT, 18),
    ReportColumn("column", "所属列", Kind.TEXT, 14),
    ReportColumn("origin", "来源", Kind.TEXT, 26),
    ReportColumn("part_no", "料号", Kind.CODE, 16),
    ReportColumn("bom_version", "BOM版本", Kind.CODE, 8),
    ReportColumn("quantity", "数量", Kind.QUANTITY, 14),
    ReportColumn("version", "备案版本", Kind.CODE, 8),
    ReportColumn("unit_consumption", "单耗", Kind.CONSUMPTION, 14),
    ReportColumn("exploded", "折料数量", Kind.QUANTITY, 14, totalled=True, explained=True),
)

#: Stock that is a sum of several lines.
_ROLLED = HeldLine("仓单滚动库存", ("", 0))


@dataclass(frozen=True, slots=True)
class _Piece:
    """One row before it is numbered."""

    item_no: int
    column: str
    origin: str
    part_no: str
    bom_version: str
    quantity: Fraction
    version: str
    unit_consumption: Decimal | None
    exploded: Fraction
    line_id: int = 0
    document: tuple[str, int] = ("", 0)


def run(work: LedgerWork, options: ShortageDetailOptions) -> Generator[Progress, None, ReportTable]:
    """Return a row per counted line and material, then the timing gaps; the sums per material are the 短溢表's."""
    yield Progress(0, 2, "展开库存")
    book = _book(work, options.record_no)
    pieces, findings = _pieces(work, options, book)
    yield Progress(1, 2, "列出明细")
    numbered = _numbered(pieces, options.item_no)
    lines = {line.item_no: line for line in materials_of(book)}
    rows = tuple(_row(work, book, f"{one.item_no}#{n}", one, lines.get(one.item_no)) for n, one in numbered)
    found = findings if rows else (*findings, note("RPT-13", "没有符合条件的折料明细"))
    return ReportTable(rows, found)


def _row(work: LedgerWork, book: Account, key: str, one: _Piece, line: AccountLine | None) -> ReportRow:
    """Return the row: it opens the line counted or moved, the part of a sum, the material a gap of time is about."""
    values = _values(one, line.name if line is not None else "")
    if one.document[0]:
        return ReportRow(key, values, one.document, ("lines", one.line_id))
    if one.part_no:
        return part_row(key, values, work.facts.index(Part, Part.part_no).get(one.part_no))
    return item_row(key, values, book, line)


def _numbered(pieces: list[_Piece], item_no: int | None) -> Iterator[tuple[int, _Piece]]:
    counts: dict[int, int] = {}
    for one in sorted(pieces, key=lambda piece: piece.item_no):
        counts[one.item_no] = counts.get(one.item_no, 0) + 1
        if item_no in (None, one.item_no):
            yield counts[one.item_no], one


def _book(work: LedgerWork, record_no: str) -> Account:
    books = approved_books(work.facts, record_no)
    if len(books) != 1:
        raise Refused("有多本已审批账册，请指定备案号" if books else "没有已审批的账册", "RPT-10")
    return books[0]


def _pieces(
    work: LedgerWork, options: ShortageDetailOptions, book: Account
) -> tuple[list[_Piece], tuple[Finding, ...]]:
    basis = basis_of(options, book.record_no, day_of(work.facts, options.day))
    filed = filed_of(book)
    level = ItemLevel(work.facts, book, filed)
    held = held_at(work, level, basis)
    origins = held_lines(work, held)
    pieces = [_piece(column, one, origins) for column, shares in held.shares.items() for one in shares]
    timing = timing_of(work, books_of(work, book), level, basis.record_no, basis.day, direct=basis.direct)
    for gap in timing.gaps:
        for material, quantity in gap.materials(filed).items():
            u = next((row.unit_consumption for row in filed.of((gap.item_no, gap.version))
                      if row.material_no == material), None)  # fmt: skip
            goods = "料件" if gap.goods_flag == "I" else "成品"
            origin = f"{gap.partner} {goods} {gap.item_no}".strip()
            pieces.append(
                _Piece(material, GAP_TITLES[gap.column], origin, "", "", gap.quantity, gap.version, u, quantity)
            )
    return pieces, (*held.findings, *timing.findings)


def _piece(column: str, one: Share, origins: Mapping[int, HeldLine]) -> _Piece:
    lot = one.lot
    origin = origins.get(lot.line_id, _ROLLED)
    return _Piece(
        one.material_no, HELD_COLUMNS[column], origin.name, lot.part_no, lot.bom_version, Fraction(lot.quantity),
        one.version if lot.goods_kind == "E" else "", one.unit_consumption, one.quantity, lot.line_id,
        origin.document,
    )  # fmt: skip


def _values(one: _Piece, name: str) -> tuple[Any, ...]:
    return (
        one.item_no,
        name,
        one.column,
        one.origin,
        one.part_no,
        one.bom_version,
        half_up(one.quantity, QUANTITY_PLACES),
        one.version,
        one.unit_consumption,
        half_up(one.exploded, QUANTITY_PLACES),
    )


def explain(work: LedgerWork, options: ShortageDetailOptions, row: str, column: str) -> Explanation:
    """Explain an exploded quantity (row ``13#2``) by part, version, U and the line it was counted on."""
    if column != "exploded":
        raise Refused(f"报表没有可解释的列 {column}；可用：折料数量", "RPT-11")
    item, _, number = row.partition("#")
    pieces, _findings = _pieces(work, options, _book(work, options.record_no))
    for place, one in _numbered(pieces, None):
        if (str(one.item_no), str(place)) == (item, number):
            return _explained(work, one)
    raise Refused(f"报表没有行 {row}（写法：备案序号#第几行）", "RPT-11")


def _explained(work: LedgerWork, one: _Piece) -> Explanation:
    exact = plain(half_up(one.exploded, 14))
    quantity = plain(half_up(one.quantity, 14))
    if one.unit_consumption is not None:
        reason = f"{quantity} × 单耗 {plain(one.unit_consumption)}（含保税比例与单位换算），未舍入 {exact}"
    else:
        reason = f"{quantity} 折成账册单位，未舍入 {exact}"
    origin = Explanation(
        one.origin, quantity, f"料号 {one.part_no}" if one.part_no else "", stored_line(work, one.line_id)
    )
    return Explanation(
        f"料件 {one.item_no} {one.column}", plain(half_up(one.exploded, QUANTITY_PLACES)), reason, (origin,)
    )


SHORTAGE_DETAIL = Report(
    key="shortage_detail",
    title="短溢表折料明细",
    columns=COLUMNS,
    run=run,
    explain=explain,
    options=ShortageDetailOptions,
    help="短溢表每个折料数字的组成：盘点或仓单的料号、版本、单耗与折料数量。",
)
