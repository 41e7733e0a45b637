"""Timing gaps: what moved and is not declared yet, and the reverse (handbook 12.3, columns 11 to 14 and the like).

Gaps accumulate since the book began, grouped by partner, item and version; each movement explodes with its own
version (appendix D). A return declared as 0700 or 4600 counts with a transfer partner when it stayed in the country
(运输方式 9).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

from sqlalchemy import select

from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.stock.held import Moved, moved_until
from bondesk.areas.stock.item_level import ItemLevel, Lot
from bondesk.base.batches import batches
from bondesk.base.facts import Work
from bondesk.base.findings import Finding, note
from bondesk.base.numbers import QUANTITY_PLACES, half_up
from bondesk.ledger.books import Books
from bondesk.ledger.consumption import ZERO, Filed, usage
from bondesk.ledger.posting import Only, Posting, Stage

TRANSFER = frozenset({"0654", "0255"})
RETURNED = frozenset({"0700", "0300", "4600", "4400"})
DIRECT = frozenset({"0615", "0214", "0715", "9900", "0664", "0265"})
#: (goods, way of moving, physical is ahead) → column of the 短溢表.
_COLUMNS = {
    ("E", "transfer", True): "delivered_not_transferred",
    ("E", "transfer", False): "transferred_not_delivered",
    ("I", "transfer", True): "received_not_transferred",
    ("I", "transfer", False): "transferred_not_received",
    ("E", "trade", True): "shipped_not_declared",
    ("E", "trade", False): "declared_not_shipped",
    ("I", "trade", True): "arrived_not_declared",
    ("I", "trade", False): "declared_not_arrived",
}
GAP_TITLES = {
    "delivered_not_transferred": "已送货未转厂",
    "transferred_not_delivered": "已转厂未送货",
    "received_not_transferred": "已收货未转厂",
    "transferred_not_received": "已转厂未收货",
    "shipped_not_declared": "已出货未报关",
    "declared_not_shipped": "已报关未出货",
    "arrived_not_declared": "已到货未报关",
    "declared_not_arrived": "已报关未到货",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """One group: what moved and what was declared of an item with one partner, in the book's unit.

    ``moved`` and ``postings`` are what it is made of; products are exploded by ``version``.
    """

    way: str
    partner: str
    goods_flag: str
    item_no: int
    version: str
    physical: Fraction
    declared: Decimal
    moved: tuple[Moved, ...]
    postings: tuple[Posting, ...]

    @property
    def quantity(self) -> Fraction:
        """Return by how much goods and papers differ; never negative."""
        return abs(self.physical - Fraction(self.declared))

    @property
    def column(self) -> str:
        """Return the column of the 短溢表 the group belongs to."""
        return _COLUMNS[self.goods_flag, self.way, self.physical > Fraction(self.declared)]

    def materials(self, filed: Filed) -> Mapping[int, Fraction]:
        """Return the gap as materials."""
        if self.goods_flag == "I":
            return {self.item_no: self.quantity}
        rows = filed.of((self.item_no, self.version))
        return {row.material_no: usage(Decimal(1), row) * self.quantity for row in rows}


@dataclass(frozen=True, slots=True)
class Timing:
    """All gaps that are not 0, and what could not be taken to the book."""

    gaps: tuple[Gap, ...]
    findings: tuple[Finding, ...] = ()

    def figures(self, filed: Filed) -> dict[str, dict[int, Decimal]]:
        """Return the gaps per column and material, each summed unrounded and rounded once."""
        sums: dict[str, dict[int, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
        for gap in self.gaps:
            for material, quantity in gap.materials(filed).items():
                sums[gap.column][material] += quantity
        return {
            column: {item: half_up(quantity, QUANTITY_PLACES) for item, quantity in found.items()}
            for column, found in sums.items()
        }


def timing_of(work: Work, books: Books, level: ItemLevel, record_no: str, day: date, *, direct: bool) -> Timing:
    """Set what moved by 仓单 up to ``day`` against what a book posted until then; ``direct``: 进出口 too."""
    ways = {"transfer", "trade"} if direct else {"transfer"}
    moved = [one for one in moved_until(work, day) if one.kind.group in ways and one.scope == "bonded"]
    partners = {one.partner for one in moved if one.kind.group == "transfer"}
    physical, findings = _physical(level, moved)
    modes = TRANSFER | RETURNED | (DIRECT if direct else frozenset())
    declared = _declared(
        work, books.postings(record_no, None, day, Stage.POSTED.value, Only(modes=modes)), partners, direct=direct
    )
    gaps = []
    for key in sorted(physical.keys() | declared.keys()):
        lines, mine = physical.get(key, []), declared.get(key, [])
        total = sum((quantity for quantity, _ in lines), Fraction(0))
        gap = Gap(*key, total, sum((one.signed for one in mine), ZERO), tuple(one for _, one in lines), tuple(mine))
        if gap.quantity:
            gaps.append(gap)
    return Timing(tuple(gaps), findings)


_Key = tuple[str, str, str, int, str]


def _physical(
    level: ItemLevel, moved: Iterable[Moved]
) -> tuple[dict[_Key, list[tuple[Fraction, Moved]]], tuple[Finding, ...]]:
    """Group what moved, signed as the book would count it: materials in, products out."""
    found: dict[_Key, list[tuple[Fraction, Moved]]] = defaultdict(list)
    findings: dict[str, Finding] = {}
    for one in moved:
        goods, way = one.kind.goods_kind, one.kind.group
        signed = one.change if goods == "I" else -one.change
        placed = level.place(Lot(goods, one.part_no, one.bom_version, signed, one.line_id))
        if isinstance(placed, Finding):
            findings.setdefault(placed.text, note("SHO-02", placed.text, "part_no"))
            continue
        partner = one.partner if way == "transfer" else ""
        key = (way, partner, placed.goods_flag, placed.item_no, placed.version)
        found[key].append((placed.quantity, one))
    return found, tuple(findings.values())


def _declared(
    work: Work, postings: Sequence[Posting], partners: set[str], *, direct: bool
) -> dict[_Key, list[Posting]]:
    heads = _heads(work, {one.document_id for one in postings})
    found: dict[_Key, list[Posting]] = defaultdict(list)
    for one in postings:
        partner, transport = heads.get(one.document_id, ("", ""))
        at_home = one.mode in TRANSFER or (one.mode in RETURNED and transport == "9" and partner in partners)
        if at_home:
            found["transfer", partner, one.goods_flag, one.item_no, one.uc_version].append(one)
        elif direct:
            found["trade", "", one.goods_flag, one.item_no, one.uc_version].append(one)
    return found


def _heads(work: Work, ids: set[int]) -> dict[int, tuple[str, str]]:
    """Return partner and 运输方式 of notes and, where the book counts them, of declarations."""
    found: dict[int, tuple[str, str]] = {}
    heads: tuple[Any, ...] = (BondedNote, Declaration)
    for head, batch in product(heads, batches(sorted(ids))):
        statement = select(head.id, head.partner, head.transport_mode)
        rows = work.session.execute(statement.where(head.company_id == work.company_id, head.id.in_(batch)))
        found |= {number: (partner or "", transport or "") for number, partner, transport in rows}
    return found
