"""Two versions of a product rolled up side by side, with the exports of the old one and the present balances.

What the report 版本比较 is made of, apart from how it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.accounts.book_reading import approved_books, filed_of, materials_of, read_period
from bondesk.areas.declarations.declared_books import books_of
from bondesk.areas.goods import bom as erp
from bondesk.areas.goods.bom_explosion import chosen_bom
from bondesk.areas.goods.explosion import Bom, natural_key
from bondesk.areas.goods.factory import Factory, factory_of
from bondesk.areas.goods.rollup import ItemBom, ItemConsumption
from bondesk.base.errors import Refused
from bondesk.base.findings import Finding, note
from bondesk.base.numbers import QUANTITY_PLACES, half_up
from bondesk.base.options import option
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.consumption import Consumption, usage
from bondesk.ledger.posting import Only, Posting, Stage

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class BomDifferenceOptions:
    """Which two versions of which product, against which book."""

    product_part_no: str = option("成品料号", "", reference="part")
    old_version: str = option("原BOM版本", "", help="空 = 最新版本之前的一个")
    new_version: str = option("新BOM版本", "", help="空 = 最新版本")
    record_no: str = option("备案号", "", reference="account handbook", help="空 = 唯一的已审批账册")
    hide_same: bool = option("隐藏相同的行", True)


@dataclass(frozen=True, slots=True)
class Compared:
    """Everything the rows are made of."""

    factory: Factory
    old: Bom
    new: Bom
    old_items: ItemBom | None
    new_items: ItemBom | None
    filed_version: str
    exports: tuple[Posting, ...]
    filed: Mapping[int, Consumption]
    balances: Mapping[int, Decimal]
    names: Mapping[int, str]
    findings: tuple[Finding, ...]

    @property
    def exported(self) -> Decimal:
        """Return the exported quantity of the product under the old version."""
        return sum((posting.signed for posting in self.exports), ZERO)


def _versions(factory: Factory, options: BomDifferenceOptions) -> tuple[Bom, Bom]:
    new = chosen_bom(factory, options.product_part_no, options.new_version)
    if options.old_version:
        return chosen_bom(factory, options.product_part_no, options.old_version), new
    before = [one for one in factory.boms[new.product] if natural_key(one.version) < natural_key(new.version)]
    if not before:
        raise Refused(f"{new.product} 没有版本 {new.version} 之前的BOM可以比较", "RPT-10")
    return max(before, key=lambda one: natural_key(one.version)), new


def compare(work: LedgerWork, options: BomDifferenceOptions) -> Compared:
    """Roll both versions up and read the book; what is missing becomes a finding, ``Refused`` without two versions."""
    book = _book(work, options.record_no)
    factory = factory_of(work.facts, book.record_no if book else options.record_no)
    old, new = _versions(factory, options)
    rolled = factory.roll_up([old, new] if old != new else [old])
    by_version = {one.bom_version: one for one in rolled.results}
    stored = work.facts.one(erp.Bom, product_part_no=old.product, bom_version=old.version)
    version = stored.filed_version if stored is not None else ""
    old_items = by_version.get(old.version)
    findings = list(rolled.findings)
    exports: tuple[Posting, ...] = ()
    filed: dict[int, Consumption] = {}
    balances: dict[int, Decimal] = {}
    names: dict[int, str] = {}
    if book is None:
        findings.append(note("RPT-10", "没有已审批的账册，只比较单耗，不计算对结余的影响"))
    else:
        period = read_period(work, book, None, None)
        balances = {line.item_no: period.within.item(line.item_no).net for line in materials_of(book)}
        names = {line.item_no: line.name for line in materials_of(book)}
        product = factory.products.get(old.product)
        if version and product is not None:
            exports = _exports(work, book, product.item_no, version)
            filed = {row.material_no: row for row in filed_of(book).of((product.item_no, version))}
        else:
            findings.append(note("RPT-05", f"BOM版本 {old.version} 还没有备案版本号，没有按它出口的数量"))
    return Compared(
        factory, old, new, old_items, by_version.get(new.version), version, exports, filed, balances, names,
        tuple(findings),
    )  # fmt: skip


def _book(work: LedgerWork, record_no: str) -> Account | None:
    books = approved_books(work.facts, record_no)
    if len(books) > 1:
        raise Refused("有多本已审批账册，请指定备案号", "RPT-10")
    return books[0] if books else None


def _exports(work: LedgerWork, book: Account, item_no: int, version: str) -> tuple[Posting, ...]:
    only = Only("E", frozenset({item_no}))
    postings = books_of(work, book).postings(book.record_no, None, None, Stage.POSTED.value, only)
    return tuple(one for one in postings if one.uc_version == version)


@dataclass(frozen=True, slots=True)
class Effect:
    """What the new version would do to one material item."""

    item_no: int
    old: ItemConsumption | None
    new: ItemConsumption | None
    old_usage: Decimal
    new_usage: Decimal
    balance: Decimal | None

    @property
    def gap(self) -> Decimal:
        """Return how much more the exports would have consumed."""
        return self.new_usage - self.old_usage

    @property
    def after(self) -> Decimal | None:
        """Return the balance with the gap taken off."""
        return None if self.balance is None else self.balance - self.gap

    @property
    def short(self) -> bool:
        """Tell whether the balance would not do."""
        return self.after is not None and self.after < 0


def effects_of(compared: Compared) -> Iterable[Effect]:
    """Return every material item of either version in order."""
    sides = [
        {line.item_no: line for line in one.lines} if one else {} for one in (compared.old_items, compared.new_items)
    ]
    for item in sorted(sides[0].keys() | sides[1].keys()):
        old, new = sides[0].get(item), sides[1].get(item)
        yield Effect(
            item, old, new,
            _usage(compared.exported, compared.filed.get(item) or as_filed(old)),
            _usage(compared.exported, as_filed(new)),
            compared.balances.get(item),
        )  # fmt: skip


def as_filed(line: ItemConsumption | None) -> Consumption | None:
    """Return a rolled-up line as the ledger multiplies with it."""
    return Consumption(0, "", line.item_no, line.unit_consumption, line.bonded) if line is not None else None


def _usage(quantity: Decimal, row: Consumption | None) -> Decimal:
    return half_up(usage(quantity, row), QUANTITY_PLACES) if row is not None else ZERO
