"""Computing one 报核: movements of the cycle, counts, prices, and every figure stored on its lines (handbook 8.5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from fractions import Fraction

from bondesk.areas.accounts.book_model import Account, AccountLine
from bondesk.areas.accounts.book_reading import filed_of, materials_of
from bondesk.areas.accounts.valuation import Rates, valuation_of
from bondesk.areas.setup.company import company_of
from bondesk.areas.stock.counting import Counts, counts_on
from bondesk.areas.verification.cycles import Carried, carried_from
from bondesk.areas.verification.scope import Scope, read_scope
from bondesk.areas.verification.verification_model import (
    AccountVerification,
    VerificationMaterial,
    VerificationProduct,
)
from bondesk.base.findings import Finding
from bondesk.base.numbers import AMOUNT_PLACES, half_up
from bondesk.ledger.balance import Movement
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.consumption import ZERO
from bondesk.ledger.posting import Posting
from bondesk.ledger.verification import SIDE_COLUMNS, VerifiedItem, counted_total, verified

HOME = "CNY"
#: Product columns by (modes, direction); what fits none is 其他.
_PRODUCT_COLUMNS = {
    "direct": (("0615", "0214", "0715"), "E"),
    "transferred": (("0654", "0255"), "E"),
    "returned_in": (("4600", "4400"), "I"),
    "returned_out": (("4600", "4400"), "E"),
}


def compute(work: LedgerWork, verification: AccountVerification, book: Account) -> list[Finding]:
    """Fill ``verification`` anew from the ledger; remarks and figures customs fixed stay with their item.

    Returns what could not be exploded, counted or valued.
    """
    previous = _previous(work, verification)
    carried = carried_from(previous)
    scope = read_scope(work, verification, previous)
    lines = {line.item_no: line for line in materials_of(book)}
    rows, findings = verified(
        lines,
        carried.opening,
        [movement_of(one) for one in scope.counted],
        filed_of(book),
    )
    found = list(findings)
    counts = _counts(work, verification, book)
    found += counts.findings if counts else ()
    values = valuation_of(work, book, verification.begin_date, verification.end_date)
    found += values.findings
    kept = {line.item_no: (line.remark, line.approved_qty) for line in verification.materials}
    verification.materials = [
        _material(place, row, lines[row.item_no], carried, counts, verification, values.price(row.item_no), kept)
        for place, row in enumerate(rows, 1)
    ]
    verification.products = list(_products(scope.counted, book))
    verification.notes = list(scope.notes)
    _fill_head(work, verification, scope)
    return found


def _previous(work: LedgerWork, verification: AccountVerification) -> AccountVerification | None:
    earlier = work.facts.find(AccountVerification, record_no=verification.record_no)
    before = [one for one in earlier if one.state != "VOID" and one.times < verification.times]
    return max(before, key=lambda one: one.times, default=None)


def movement_of(one: Posting) -> Movement:
    """Return one posting as a movement: signed, alone."""
    return Movement(
        one.goods_flag, one.item_no, one.uc_version, one.mode, one.ie_flag, one.stage.value, one.signed, one.amount
    )


@dataclass(frozen=True, slots=True)
class _Counted:
    """The counts of a cycle per kind as figures, and their total per material."""

    material: Mapping[int, Decimal]
    product: Mapping[int, Decimal]
    semi: Mapping[int, Decimal]
    transit: Mapping[int, Decimal]
    total: Mapping[int, Decimal]
    findings: tuple[Finding, ...]


def _counts(work: LedgerWork, verification: AccountVerification, book: Account) -> _Counted | None:
    if verification.actual_source != "STOCKTAKE":
        return None
    counts: Counts = counts_on(work.facts, book, verification.stocktake_date or verification.end_date)
    figures = {kind: counts.figures(kind) for kind in "IEST"}
    parts = [figures[kind] for kind in ("IEST" if verification.with_transit else "IES")]
    return _Counted(
        figures["I"], figures["E"], figures["S"], figures["T"], counted_total(parts), tuple(counts.findings)
    )


def _material(
    place: int,
    row: VerifiedItem,
    filed: AccountLine,
    carried: Carried,
    counts: _Counted | None,
    verification: AccountVerification,
    price: Decimal | None,
    kept: Mapping[int, tuple[str, Decimal | None]],
) -> VerificationMaterial:
    item = VerifiedItem(
        **{one.name: getattr(row, one.name) for one in fields(row) if one.name != "actual"},
        actual=counts.total.get(row.item_no, ZERO) if counts else None,
    )
    remark, approved = kept.get(row.item_no, ("", None))
    line = VerificationMaterial(
        line_no=place,
        item_no=row.item_no,
        part_no=filed.part_no or "",
        hs_code=filed.hs_code,
        name=filed.name,
        spec=filed.spec or "",
        unit=filed.dcl_unit,
        opening=item.opening,
        in_out=item.in_out,
        consumed=item.consumed,
        expected=item.expected,
        balance=item.expected,
        actual=item.remaining,
        variance=item.variance,
        variance_rate=item.variance_rate,
        remark=remark,
        approved_qty=approved,
        carried_break=carried.breaks.get(row.item_no, ZERO),
        price=price,
        net=item.net,
        tangible=item.tangible,
        intangible=item.intangible,
        **{column.key: item.side[column.key] for column in SIDE_COLUMNS},
    )
    if counts is not None:
        line.counted_material = counts.material.get(row.item_no, ZERO)
        line.counted_product = counts.product.get(row.item_no, ZERO)
        line.counted_semi = counts.semi.get(row.item_no, ZERO)
        line.counted_transit = counts.transit.get(row.item_no, ZERO)
    if price is not None:
        line.expected_amount = half_up(item.expected * price, AMOUNT_PLACES)
        line.actual_amount = half_up(item.remaining * price, AMOUNT_PLACES)
        line.variance_amount = half_up(item.variance * price, AMOUNT_PLACES)
    return line


def _products(counted: Sequence[Posting], book: Account) -> Iterator[VerificationProduct]:
    names = {line.item_no: line for line in book.products}
    columns = {(mode, way): key for key, (modes, way) in _PRODUCT_COLUMNS.items() for mode in modes}
    sums: dict[tuple[int, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for one in counted:
        if one.goods_flag == "E":
            found = sums[one.item_no, one.uc_version]
            key = columns.get((one.mode, one.ie_flag), "other")
            found[key] += one.signed * (-1 if key == "returned_in" else 1)
            found["effective"] += one.signed
    for place, ((item_no, version), found) in enumerate(sorted(sums.items()), 1):
        filed = names.get(item_no)
        yield VerificationProduct(
            line_no=place,
            item_no=item_no,
            uc_version=version,
            name=filed.name if filed else "",
            unit=filed.dcl_unit if filed else "",
            **{key: found[key] for key in (*_PRODUCT_COLUMNS, "other", "effective")},
        )


def _fill_head(work: LedgerWork, verification: AccountVerification, scope: Scope) -> None:
    included = [note for note in scope.notes if note.included]
    verification.import_notes = sum(note.ie_flag == "I" for note in included)
    verification.export_notes = sum(note.ie_flag == "E" for note in included)
    verification.currency = company_of(work.facts).verification_currency or HOME
    rates = Rates(work.facts)
    verification.import_amount = _amount(scope.counted, "I", verification.currency, rates)
    verification.export_amount = _amount(scope.counted, "E", verification.currency, rates)
    verification.computed_at = work.now()


def _amount(counted: Sequence[Posting], goods_flag: str, currency: str, rates: Rates) -> Decimal:
    """Add what came in of materials, or went out of products, in 核销币制 at the rate of each date."""
    total = Fraction(0)
    for one in counted:
        if one.goods_flag == goods_flag == one.ie_flag and one.effect == 1:
            rate = rates.between(one.currency, currency, one.business_date)
            total += Fraction(one.amount) * (rate or 0) * (-1 if one.reversal else 1)
    return half_up(total, AMOUNT_PLACES)


def nearest_stocktake(days: Sequence[date], wanted: date) -> date | None:
    """Return the stocktake date nearest to ``wanted``, the earlier of two equally near; never taken silently."""
    return min(days, key=lambda day: (abs((day - wanted).days), day), default=None)
