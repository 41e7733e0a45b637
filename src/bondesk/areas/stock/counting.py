"""What the stocktakes of one date say, per kind, for one book (handbook 8.5, 12.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.stock.item_level import ItemLevel, Lot, Share, by_material
from bondesk.areas.stock.stock_model import STOCKTAKE_KINDS, Stocktake, StocktakeLine
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, confirm

_KINDS = dict(STOCKTAKE_KINDS)
_TRANSIT = "T"


@dataclass(frozen=True, slots=True)
class Counts:
    """The bonded stock of one date as material items: shares by kind of stocktake (I, E, S, T)."""

    day: date
    shares: Mapping[str, Sequence[Share]]
    findings: tuple[Finding, ...]

    def figures(self, kind: str) -> dict[int, Decimal]:
        """Return one kind per material, rounded once."""
        return by_material(self.shares.get(kind, ()))


def counts_on(facts: Facts, book: Account, day: date) -> Counts:
    """Read the stocktakes of ``day``; several warehouses add up, only bonded stock counts.

    SHO-03 asks about kinds that were not counted; CNT-01 and STK-04 name parts without a way to the book.
    """
    level = ItemLevel(facts, book)
    shares: dict[str, Sequence[Share]] = {}
    findings: list[Finding] = []
    taken = facts.find(Stocktake, count_date=day)
    for kind in _KINDS:
        lots = [_lot(line, kind) for one in taken if one.kind == kind for line in one.lines if line.scope == "bonded"]
        shares[kind], found = level.explode(lots)
        findings += found
    missing = [name for kind, name in _KINDS.items() if kind != _TRANSIT and not any(one.kind == kind for one in taken)]
    if taken and missing:
        findings.append(confirm("SHO-03", f"{day} 没有{'、'.join(missing)}盘点，按没有库存计算"))
    return Counts(day, shares, tuple(findings))


def _lot(line: StocktakeLine, kind: str) -> Lot:
    goods = line.goods_kind if kind == _TRANSIT else kind
    return Lot(goods, line.part_no, line.bom_version or "", line.counted_qty or Decimal(0))
