"""A book whose parts convert in every way there is, random source documents for it, and what they come to exactly.

What is drawn is plain values, and the sums are made of them with fractions: no conversion of the program is used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

from bondesk.areas.accounts.book_model import Account, AccountLine
from bondesk.areas.goods.consolidation_map import ConsolidationMap
from bondesk.areas.goods.part import Part
from bondesk.areas.notes.source_document import SourceDocument, SourceLine
from bondesk.engine.act import Act

BOOK = "E52042309999"
FIRST_DAY = date(2024, 3, 1)
#: Goods flag and 备案序号 → declared unit.
ITEMS = {("I", 1): "007", ("I", 2): "054", ("I", 3): "035", ("I", 4): "036", ("E", 1): "007"}
#: Places a document writes of a unit (handbook 0.2, document scale).
PLACES = {"007": 0, "054": 5, "035": 5, "036": 5}
#: What one unit is in 个 or 千克.
WORTH = {
    "007": Fraction(1),
    "054": Fraction(1000),
    "035": Fraction(1),
    "036": Fraction(1, 1000),
    "076": Fraction(45359237, 10**8),
}
MASS = ("035", "036", "076")
#: Goods flag, direction, supervision mode → sign in the ledger (handbook 8.4).
SIGNS = {("I", "I", "0615"): 1, ("I", "E", "0664"): -1, ("E", "E", "0615"): 1}


@dataclass(frozen=True)
class DrawnPart:
    """A part of an item: its ERP unit, and declared units (``factor``) or kilograms (``weight``) per ERP unit."""

    part_no: str
    goods: str
    item_no: int
    unit: str
    factor: Decimal | None
    weight: Decimal | None

    def exact(self, quantity: Decimal, unit: str) -> Fraction:
        """Return what a quantity in ``unit`` is in declared units, unrounded."""
        own = Fraction(quantity) * WORTH[unit] / WORTH[self.unit]
        if self.factor is not None:
            return own * Fraction(self.factor)
        assert self.weight is not None
        return own * Fraction(self.weight) / WORTH[ITEMS[self.goods, self.item_no]]


@dataclass(frozen=True)
class DrawnLine:
    """One source line: part, quantity in ``unit``, total."""

    part: DrawnPart
    quantity: Decimal
    unit: str
    total: Decimal


@dataclass(frozen=True)
class DrawnDocument:
    """One source document of a day: goods flag, direction and mode are one of :data:`SIGNS`."""

    kind: tuple[str, str, str]
    day: date
    lines: tuple[DrawnLine, ...]


def _decimals(most: int, places: int) -> st.SearchStrategy[Decimal]:
    """Draw numbers above 0 of few or many decimals, as large as ``most``."""
    return st.integers(0, places).flatmap(
        lambda scale: st.integers(1, most * 10**scale).map(lambda number: Decimal(number).scaleb(-scale))
    )


@st.composite
def drawn_parts(draw: st.DrawFn) -> tuple[DrawnPart, ...]:
    """Draw two parts for every item: one has a factor, the other a weight where its item is declared by weight."""
    found = []
    for (goods, item_no), declared in ITEMS.items():
        for way in ("A", "B"):
            by_weight = way == "B" and declared in MASS
            unit = draw(st.sampled_from(list(WORTH)))
            measure = draw(_decimals(300, 9))
            figures = (None, measure) if by_weight else (measure, None)
            found.append(DrawnPart(f"{goods}{item_no}{way}", goods, item_no, unit, *figures))
    return tuple(found)


@st.composite
def _line(draw: st.DrawFn, parts: Sequence[DrawnPart]) -> DrawnLine:
    part = draw(st.sampled_from(parts))
    alike = [unit for unit in WORTH if (unit in MASS) == (part.unit in MASS)]
    total = Decimal(draw(st.integers(100, 10**7))).scaleb(-2)
    return DrawnLine(part, draw(_decimals(2000, 5)), draw(st.sampled_from([part.unit, *alike])), total)


@st.composite
def drawn_documents(draw: st.DrawFn, parts: Sequence[DrawnPart]) -> tuple[DrawnDocument, ...]:
    """Draw source documents of one to four days."""
    found = []
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(list(SIGNS)))
        fits = [part for part in parts if part.goods == kind[0]]
        lines = tuple(draw(st.lists(_line(fits), min_size=1, max_size=6)))
        found.append(DrawnDocument(kind, FIRST_DAY + timedelta(days=draw(st.integers(0, 3))), lines))
    return tuple(found)


def store_book(act: Act) -> None:
    """Store the approved book; 单耗 is filed before verification, so products need no version."""
    head = Account(copy="approved", book_kind="EMS", internal_no="R", record_no=BOOK, account_type="1", uc_stage="2")
    head.customs_code, head.enterprise_name, head.master_customs = "4403160A01", "舍入工厂", "5204"
    head.approved_on, head.valid_to, head.cycle_days, head.state = date(2023, 1, 1), date(2099, 1, 1), 60, "APPROVED"
    act.session.add(head)
    act.session.flush()
    for place, ((goods, item_no), unit) in enumerate(ITEMS.items(), 1):
        line = AccountLine(header_id=head.id, line_no=place, goods_flag=goods, item_no=item_no, hs_code="8532241000")
        line.name, line.part_no, line.currency = f"{goods}{item_no}", f"{goods}{item_no}A", "USD"
        line.dcl_unit = line.legal_unit1 = unit
        act.session.add(line)


def store(act: Act, parts: Sequence[DrawnPart], documents: Sequence[DrawnDocument]) -> Mapping[int, DrawnLine]:
    """Store parts and documents; return the drawn lines by the id they got."""
    for one in parts:
        part = Part(part_no=one.part_no, goods_kind=one.goods, name=one.part_no, hs_code="8532241000", active=True)
        part.erp_unit, part.erp_unit_code, part.dcl_unit = one.unit, one.unit, ITEMS[one.goods, one.item_no]
        part.conv_factor, part.unit_weight = one.factor, one.weight
        act.session.add(part)
        row = ConsolidationMap(part_no=one.part_no, merge_no=one.item_no, goods_flag=one.goods, record_no=BOOK)
        row.active = True
        act.session.add(row)
    stored = {}
    for number, document in enumerate(documents):
        _goods, way, mode = document.kind
        head = SourceDocument(document_no=f"R{number}", document_date=document.day, ie_flag=way, supervision_mode=mode)
        for place, line in enumerate(document.lines, 1):
            values = SourceLine(line_no=place, part_no=line.part.part_no, quantity=line.quantity, erp_unit=line.unit)
            values.total, values.currency, values.used_qty = line.total, "USD", Decimal(0)
            head.lines.append(values)
        act.session.add(head)
        act.session.flush()
        stored.update({row.id: line for row, line in zip(head.lines, document.lines, strict=True)})
    return stored
