"""Balances as folds over movements: aggregate first, explode second, round once (handbook 8.5). Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from bondesk.base.findings import Finding, error
from bondesk.base.numbers import QUANTITY_PLACES, half_up
from bondesk.ledger.consumption import ZERO, Exploded, Filed, Version, exploded, usage
from bondesk.ledger.posting import Posting

Mode = tuple[str, str]


class Movement(NamedTuple):
    """The sum of postings that agree on item, version, mode, direction and stage; signed."""

    goods_flag: str
    item_no: int
    uc_version: str
    mode: str
    ie_flag: str
    stage: str
    quantity: Decimal
    amount: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class ItemFold:
    """The movements of one material item: signed sums by (mode, direction), consumption by product version."""

    item_no: int
    by_mode: Mapping[Mode, Decimal]
    consumption: Exploded

    @property
    def in_out(self) -> Decimal:
        """Return 进出口总数."""
        return sum(self.by_mode.values(), ZERO)

    @property
    def consumed_exact(self) -> Fraction:
        """Return 成品耗用 unrounded."""
        return self.consumption.exact(self.item_no)

    @property
    def consumed(self) -> Decimal:
        """Return 成品耗用: summed unrounded over products, rounded once to 5 decimals."""
        return self.consumption.figure(self.item_no)

    @property
    def by_version(self) -> dict[Version, Decimal]:
        """Return the quantities of the product versions that consume the item."""
        return self.consumption.by_version(self.item_no)

    @property
    def net(self) -> Decimal:
        """Return 进出口总数 - 成品耗用."""
        return self.in_out - self.consumed


@dataclass(frozen=True, slots=True)
class Folded:
    """All material items of a book over one set of movements, and what could not be exploded."""

    items: Mapping[int, ItemFold]
    consumption: Exploded
    findings: tuple[Finding, ...]

    def item(self, item_no: int) -> ItemFold:
        """Return the fold of an item; an empty one when nothing moved it."""
        return self.items.get(item_no) or ItemFold(item_no, {}, self.consumption)


def fold(movements: Iterable[Movement], filed: Filed) -> Folded:
    """Fold movements of materials and products into material items.

    A product version without filed consumption is finding RPT-05; its usage is left out.
    """
    moved: dict[int, dict[Mode, Decimal]] = defaultdict(dict)
    products: dict[Version, Decimal] = {}
    for goods_flag, item_no, version, mode, way, _stage, quantity, _amount in movements:
        if goods_flag == "I":
            sums = moved[item_no]
            sums[mode, way] = sums.get((mode, way), ZERO) + quantity
        else:
            products[item_no, version] = products.get((item_no, version), ZERO) + quantity
    consumption = exploded(products, filed)
    items = {
        item_no: ItemFold(item_no, moved.get(item_no, {}), consumption) for item_no in {**moved, **consumption.held}
    }
    unfiled = sorted(version for version, quantity in products.items() if quantity and not filed.of(version))
    findings = [error("RPT-05", f"成品 {no} 版本 {name or '空'} 没有备案单损耗，未计入耗用") for no, name in unfiled]
    return Folded(items, consumption, tuple(findings))


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
