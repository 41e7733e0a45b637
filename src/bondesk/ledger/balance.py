"""Balances as folds over movements: aggregate first, explode second, round once (handbook 8.5). Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Context, Decimal, Inexact
from fractions import Fraction

from bondesk.base.findings import Finding, error
from bondesk.base.numbers import QUANTITY_PLACES, half_up
from bondesk.ledger.posting import Posting

ZERO = Decimal(0)
#: Products of quantity and consumption are finite decimals: added exactly, and an inexact step would raise.
_EXACT = Context(prec=400, traps=[Inexact])
Mode = tuple[str, str]
Version = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Consumption:
    """One filed consumption row; ``unit_consumption`` U is the multiplier everywhere, ``bonded`` r in %.

    ``net`` N, ``tangible`` T and ``intangible`` W (in %) are needed where losses are shown.
    """

    product_no: int
    uc_version: str
    material_no: int
    unit_consumption: Decimal
    bonded: Decimal
    net: Decimal = ZERO
    tangible: Decimal = ZERO
    intangible: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Movement:
    """The sum of postings that agree on item, version, mode, direction and stage; signed."""

    goods_flag: str
    item_no: int
    uc_version: str
    mode: str
    ie_flag: str
    stage: str
    quantity: Decimal
    amount: Decimal = ZERO


class Filed:
    """The filed consumption of a book, by product version and by material."""

    def __init__(self, rows: Iterable[Consumption]) -> None:
        """Index the rows once."""
        self._by_version: dict[Version, list[Consumption]] = defaultdict(list)
        self._by_material: dict[int, dict[Version, Consumption]] = defaultdict(dict)
        for row in rows:
            key = (row.product_no, row.uc_version)
            self._by_version[key].append(row)
            self._by_material[row.material_no][key] = row

    def of(self, version: Version) -> Sequence[Consumption]:
        """Return the rows of a product version; empty when it is not filed (RPT-05)."""
        return self._by_version.get(version, ())

    def of_material(self, material_no: int) -> Mapping[Version, Consumption]:
        """Return the rows that consume a material, by product version."""
        return self._by_material.get(material_no, {})


def usage(quantity: Decimal, row: Consumption) -> Fraction:
    """Return the bonded usage Q x U x r / 100 of one material, unrounded (handbook 3.1)."""
    return Fraction(quantity) * Fraction(row.unit_consumption) * Fraction(row.bonded) / 100


@dataclass(slots=True)
class ItemFold:
    """The movements of one material item: signed sums by (mode, direction), consumption by product version."""

    by_mode: dict[Mode, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    consumed_exact: Fraction = Fraction(0)
    by_version: dict[Version, Decimal] = field(default_factory=dict)

    @property
    def in_out(self) -> Decimal:
        """Return 进出口总数."""
        return sum(self.by_mode.values(), ZERO)

    @property
    def consumed(self) -> Decimal:
        """Return 成品耗用: summed unrounded over products, rounded once to 5 decimals."""
        return half_up(self.consumed_exact, QUANTITY_PLACES)

    @property
    def net(self) -> Decimal:
        """Return 进出口总数 - 成品耗用."""
        return self.in_out - self.consumed


@dataclass(frozen=True, slots=True)
class Folded:
    """All material items of a book over one set of movements, and what could not be exploded."""

    items: Mapping[int, ItemFold]
    findings: tuple[Finding, ...]

    def item(self, item_no: int) -> ItemFold:
        """Return the fold of an item; an empty one when nothing moved it."""
        return self.items.get(item_no) or ItemFold()


def fold(movements: Iterable[Movement], filed: Filed) -> Folded:
    """Fold movements of materials and products into material items.

    A product version without filed consumption is finding RPT-05; its usage is left out.
    """
    items: dict[int, ItemFold] = defaultdict(ItemFold)
    products: dict[Version, Decimal] = defaultdict(lambda: ZERO)
    for movement in movements:
        if movement.goods_flag == "I":
            items[movement.item_no].by_mode[movement.mode, movement.ie_flag] += movement.quantity
        else:
            products[movement.item_no, movement.uc_version] += movement.quantity
    findings = []
    used: dict[int, Decimal] = defaultdict(lambda: ZERO)
    multiply, add = _EXACT.multiply, _EXACT.add
    for version in sorted(products, key=lambda key: (key[0], key[1])):
        rows, quantity = filed.of(version), products[version]
        if not rows and quantity != 0:
            product, name = version
            findings.append(error("RPT-05", f"成品 {product} 版本 {name or '空'} 没有备案单损耗，未计入耗用"))
        for row in rows:
            items[row.material_no].by_version[version] = quantity
            factor = multiply(row.unit_consumption, row.bonded)
            used[row.material_no] = add(used[row.material_no], multiply(quantity, factor))
    for item_no, percent in used.items():
        items[item_no].consumed_exact = Fraction(percent) / 100
    return Folded(dict(items), tuple(findings))


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One voucher line of 料件明细账; ``consumption`` is its share of the rounded cumulative consumption."""

    business_date: date
    document_no: str
    document_id: int
    line_id: int
    line_no: int
    mode: str
    ie_flag: str
    goods_flag: str
    item_no: int
    uc_version: str
    quantity: Decimal
    moved_in: Decimal
    moved_out: Decimal
    consumption: Decimal
    balance: Decimal


def item_ledger(material_no: int, opening: Decimal, postings: Iterable[Posting], filed: Filed) -> list[LedgerRow]:
    """Return the vouchers of one material in order of date, voucher and line, with the running balance.

    Consumption of a row is round(cumulative after) - round(cumulative before), so the column foots to the
    once-rounded total and the last balance is the balance of the item.
    """
    consuming = filed.of_material(material_no)
    rows: list[LedgerRow] = []
    balance, exact, shown = opening, Fraction(0), ZERO
    for posting in sorted(postings, key=_voucher_order):
        moved_in = moved_out = consumption = ZERO
        if posting.goods_flag == "I":
            if posting.item_no != material_no:
                continue
            moved_in, moved_out = max(posting.signed, ZERO), max(-posting.signed, ZERO)
        else:
            row = consuming.get((posting.item_no, posting.uc_version))
            if row is None:
                continue
            exact += usage(posting.signed, row)
            consumption = half_up(exact, QUANTITY_PLACES) - shown
            shown += consumption
        balance += moved_in - moved_out - consumption
        rows.append(
            LedgerRow(
                business_date=posting.business_date,
                document_no=posting.document_no,
                document_id=posting.document_id,
                line_id=posting.line_id,
                line_no=posting.line_no,
                mode=posting.mode,
                ie_flag=posting.ie_flag,
                goods_flag=posting.goods_flag,
                item_no=posting.item_no,
                uc_version=posting.uc_version,
                quantity=posting.signed,
                moved_in=moved_in,
                moved_out=moved_out,
                consumption=consumption,
                balance=balance,
            )
        )
    return rows


def _voucher_order(posting: Posting) -> tuple[date, str, int, bool]:
    return (posting.business_date, posting.document_no, posting.line_no, posting.reversal)
