"""What lies where on a day, as material items of a book, by column of the 短溢表 (handbook 12.3, columns 4 to 10).

Two sources: the stocktakes of a date, or the rolling stock of the 仓单 (opening count and every bonded movement after
it). The contractor's stock and the domestic stock always come from the 仓单 (handbook 10.2, ledger 3).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import and_, select

from bondesk.areas.stock.item_level import ItemLevel, Lot, Share, by_material
from bondesk.areas.stock.stock_model import STOCKTAKE_KINDS, StockDocument, StockLine, Stocktake, StocktakeLine
from bondesk.areas.stock.stock_types import StockType, stock_types
from bondesk.base.errors import Refused
from bondesk.base.facts import Work
from bondesk.base.findings import Finding, confirm, error, note

KINDS = dict(STOCKTAKE_KINDS)
_COLUMNS = {"I": "material", "E": "product", "S": "semi_product", "T": "in_transit"}
#: Columns a stocktake or the rolling stock fills, with their words.
HELD_COLUMNS = {
    "material": "料件库存",
    "product": "成品库存折料",
    "semi_product": "半成品库存折料",
    "outsourced": "外发库存折料",
    "in_transit": "在途折料",
    "defective": "残次品",
    "domestic": "内购库存",
    "scrap": "边角料库存",
}


@dataclass(frozen=True, slots=True)
class Held:
    """The shares of every column, what could not be taken to the book, and the stocktakes read."""

    shares: Mapping[str, Sequence[Share]]
    findings: tuple[Finding, ...] = ()
    stocktakes: tuple[int, ...] = ()

    def figures(self, column: str) -> dict[int, Decimal]:
        """Return one column per material, rounded once."""
        return by_material(self.shares.get(column, ()))


@dataclass(frozen=True, slots=True)
class Moved:
    """One 仓单 line: its signed quantity in the part's own unit, and what it belongs to."""

    line_id: int
    document_no: str
    day: date
    partner: str
    kind: StockType
    part_no: str
    bom_version: str
    scope: str
    change: Decimal
    document_id: int = 0


def moved_until(work: Work, day: date, since: date | None = None) -> list[Moved]:
    """Return the lines of 仓单 up to ``day``, after ``since``, in order of date and number; 作废 ones do not count."""
    head, line = StockDocument, StockLine
    owned = and_(head.company_id == line.company_id, head.id == line.header_id)
    columns = (line.id, head.document_no, head.document_date, head.partner, line.doc_type, line.part_no)
    statement = (
        select(*columns, line.bom_version, line.scope, line.stock_change, head.id)
        .join(head, owned)
        .where(line.company_id == work.company_id, head.document_date <= day, head.state != "VOID")
        .order_by(head.document_date, head.document_no, line.line_no)
    )
    if since is not None:
        statement = statement.where(head.document_date > since)
    types = stock_types(work.facts)
    return [
        Moved(row[0], row[1], row[2], row[3] or "", types[row[4]], row[5], row[6] or "", row[7], row[8], row[9])
        for row in work.session.execute(statement)
        if row[4] in types and row[8] is not None
    ]


def counted_stock(work: Work, level: ItemLevel, day: date) -> Held:
    """Read the stocktakes of ``day`` column by column; SHO-01 without any.

    不良 rows of materials are 残次品, rows of scope 边角料 are kept apart; other goods that are not bonded never count.
    """
    taken = sorted(work.facts.find(Stocktake, count_date=day), key=lambda one: (one.kind, one.warehouse))
    if not taken:
        raise Refused(f"{day} 没有盘点，请先导入盘点，或改用仓单滚动库存", "SHO-01")
    lots: dict[str, list[Lot]] = defaultdict(list)
    for one in taken:
        for line in one.lines:
            column = _column(one.kind, line)
            if column:
                lots[column].append(_counted(one.kind, line))
    shares, findings = _exploded(level, lots)
    there = {one.kind for one in taken}
    missing = [name for kind, name in KINDS.items() if kind != "T" and kind not in there]
    if missing:
        findings.append(confirm("SHO-03", f"{day} 没有{'、'.join(missing)}盘点，按没有库存计算"))
    return Held(shares, tuple(findings), tuple(one.id for one in taken))


def _column(kind: str, line: StocktakeLine) -> str:
    if line.scope == "scrap":
        return "scrap"
    if line.scope != "bonded":
        return ""
    return "defective" if kind == "I" and line.quality == "defective" else _COLUMNS[kind]


def _counted(kind: str, line: StocktakeLine) -> Lot:
    goods = line.goods_kind if kind == "T" else kind
    return Lot(goods, line.part_no, line.bom_version or "", line.counted_qty or Decimal(0), line.id)


def rolled_stock(work: Work, level: ItemLevel, day: date, opening: date | None) -> Held:
    """Return the rolling stock: the count of ``opening`` and every bonded movement after it (handbook 12.1)."""
    sums: dict[tuple[str, str, str, str], Decimal] = defaultdict(Decimal)
    taken: list[int] = []
    for one in work.facts.find(Stocktake, count_date=opening) if opening else ():
        taken.append(one.id)
        for line in one.lines:
            if one.kind != "T" and line.scope == "bonded":
                sums[_COLUMNS[one.kind], one.kind, line.part_no, line.bom_version or ""] += line.counted_qty or 0
    for moved in moved_until(work, day, opening):
        if moved.scope == "bonded":
            goods = moved.kind.goods_kind
            sums[_COLUMNS[goods], goods, moved.part_no, moved.bom_version] += moved.change
    lots: dict[str, list[Lot]] = defaultdict(list)
    for (column, goods, part_no, version), quantity in sums.items():
        lots[column].append(Lot(goods, part_no, version, quantity))
    shares, findings = _exploded(level, lots)
    if opening is None:
        findings.append(note("SHO-01", "没有期初盘点，仓单滚动库存从 0 起算"))
    return Held(shares, tuple(findings), tuple(taken))


def contractor_stock(work: Work, level: ItemLevel, day: date) -> Held:
    """Return what still lies at contractors: sent less came back, everything exploded (handbook 10.2, ledger 3)."""
    lots = [
        Lot(one.kind.goods_kind, one.part_no, one.bom_version, -one.change, one.line_id)
        for one in moved_until(work, day)
        if one.kind.group == "outsourcing"
    ]
    shares, findings = _exploded(level, {"outsourced": lots})
    return Held(shares, tuple(findings))


def other_stock(work: Work, level: ItemLevel, day: date, column: str, scope: str) -> Held:
    """Return the rolling stock of one scope that is not bonded: 内购 (non_bonded) or 边角料 (scrap)."""
    sums: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for one in moved_until(work, day):
        if one.scope == scope:
            sums[one.kind.goods_kind, one.part_no, one.bom_version] += one.change
    shares, _findings = _exploded(level, {column: [Lot(*key, quantity) for key, quantity in sums.items()]})
    return Held(shares)


def _exploded(level: ItemLevel, lots: Mapping[str, Sequence[Lot]]) -> tuple[dict[str, Sequence[Share]], list[Finding]]:
    shares: dict[str, Sequence[Share]] = {}
    findings: dict[str, Finding] = {}
    for column, mine in lots.items():
        shares[column], found = level.explode(mine)
        for one in found if column != "scrap" else ():
            findings.setdefault(one.text, _as_shortage(one))
    return shares, list(findings.values())


def _as_shortage(found: Finding) -> Finding:
    """SHO-02: a part that cannot be taken to the book; a made part without BOM holds the report back."""
    make = error if found.code == "CNT-01" else note
    return make("SHO-02", found.text, "part_no")


def merged(parts: Sequence[Held]) -> Held:
    """Put several readings together; each column comes from one of them."""
    return Held(dict(_columns(parts)), tuple(dict.fromkeys(f for part in parts for f in part.findings)),
                tuple(number for part in parts for number in part.stocktakes))  # fmt: skip


def _columns(parts: Sequence[Held]) -> Iterator[tuple[str, Sequence[Share]]]:
    for part in parts:
        yield from part.shares.items()


class HeldLine(NamedTuple):
    """A stored line of a stocktake or 仓单: its name, and the document it belongs to by kind and id."""

    name: str
    document: tuple[str, int]


def held_lines(work: Work, held: Held) -> dict[int, HeldLine]:
    """Name the stored lines the shares were read from: which stocktake and warehouse, or which 仓单."""
    names: dict[int, HeldLine] = {}
    taken = set(held.stocktakes)
    for one in work.facts.find(Stocktake) if taken else ():
        if one.id in taken:
            title = f"{one.count_date} {KINDS[one.kind]}盘点 {one.warehouse}".rstrip()
            document = ("stocktake", one.id)
            names |= {line.id: HeldLine(f"{title} 第{line.line_no}行", document) for line in one.lines}
    wanted = {share.lot.line_id for shares in held.shares.values() for share in shares} - names.keys() - {0}
    if wanted:
        for moved in moved_until(work, date.max):
            if moved.line_id in wanted:
                name = f"{moved.day} 仓单 {moved.document_no} {moved.kind.name}"
                names[moved.line_id] = HeldLine(name, ("stock_doc", moved.document_id))
    return names
