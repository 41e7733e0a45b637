"""A factory drawn from a seed: two books, versions, parts one to one with items; numbers are plain, nothing is imported.

What is stored is returned as plain values too, so that tests can reckon without the program.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from bondesk.areas.accounts.book_model import Account, AccountConsumption, AccountLine
from bondesk.areas.goods.consolidation_map import ConsolidationMap
from bondesk.areas.goods.part import Part
from bondesk.base.numbers import half_up
from bondesk.engine.act import Act

FOUNDED = date(2023, 12, 20)
Version = tuple[int, str]


@dataclass(frozen=True)
class PlainBook:
    """One book: ``consumption`` maps a product version to its materials, each with U and the bonded share in %."""

    record_no: str
    materials: Sequence[int]
    versions: Sequence[Version]
    consumption: Mapping[Version, Mapping[int, tuple[Decimal, Decimal]]] = field(default_factory=dict)


def drawn_books(chance: random.Random, count: int = 2, materials: int = 4, products: int = 3) -> list[PlainBook]:
    """Draw books whose products take one to all materials, in one or two versions."""
    books = []
    for number in range(1, count + 1):
        items = list(range(1, materials + 1))
        versions = [(item, name) for item in range(1, products + 1) for name in ("1", "2")[: chance.randint(1, 2)]]
        consumption = {
            version: {
                item: (Decimal(chance.randint(1, 3 * 10**9)).scaleb(-9), Decimal(chance.choice((100, 100, 60))))
                for item in sorted(chance.sample(items, chance.randint(1, materials)))
            }
            for version in versions
        }
        books.append(PlainBook(f"E5204230{number:04d}", items, versions, consumption))
    return books


def store(act: Act, books: Sequence[PlainBook]) -> None:
    """Store the books as approved, and a mapped part ``M1``, ``P1`` … for every item."""
    for book in books:
        _book(act, book)
    most = max(len(book.materials) for book in books)
    for flag, letter, count in (("I", "M", most), ("E", "P", max(v[0] for book in books for v in book.versions))):
        for item in range(1, count + 1):
            part_no = f"{letter}{item}"
            part = Part(part_no=part_no, goods_kind=flag, name=f"货物{part_no}", hs_code="8532241000")
            part.erp_unit, part.dcl_unit, part.conv_factor, part.active = "035", "035", Decimal(1), True
            act.session.add(part)
            for book in books:
                row = ConsolidationMap(part_no=part_no, merge_no=item, goods_flag=flag, record_no=book.record_no)
                row.active = True
                act.session.add(row)
    act.session.flush()


def _book(act: Act, book: PlainBook) -> None:
    head = Account(
        copy="approved",
        book_kind="EMS",
        internal_no=f"X-{book.record_no}",
        record_no=book.record_no,
        account_type="1",
        customs_code="4403160A01",
        enterprise_name="随机工厂",
        master_customs="5204",
        approved_on=FOUNDED,
        valid_to=date(2099, 12, 31),
        cycle_days=60,
        state="APPROVED",
    )
    act.session.add(head)
    act.session.flush()
    lines = [*(("I", item) for item in book.materials), *(("E", item) for item in {v[0]: 1 for v in book.versions})]
    for place, (flag, item) in enumerate(lines, 1):
        line = AccountLine(header_id=head.id, line_no=place, goods_flag=flag, item_no=item)
        line.name, line.hs_code, line.dcl_unit, line.legal_unit1 = f"{flag}{item}", "8532241000", "035", "035"
        line.part_no = f"{'M' if flag == 'I' else 'P'}{item}"
        line.price, line.currency = Decimal("1.25"), "USD"
        act.session.add(line)
    place = 0
    for (product, version), rows in book.consumption.items():
        for item, (per_unit, bonded) in rows.items():
            place += 1
            row = AccountConsumption(header_id=head.id, line_no=place, product_no=product, uc_version=version)
            row.material_no, row.unit_consumption, row.bonded = item, per_unit, bonded
            row.net, row.tangible, row.intangible = half_up(per_unit, 9), Decimal(0), Decimal(0)
            act.session.add(row)
    act.session.flush()
