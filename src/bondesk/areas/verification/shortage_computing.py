"""Filling a 短溢表 from the data as it stands, and telling whether the data moved since (handbook 12.3)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.accounts.book_reading import materials_of
from bondesk.areas.stock.stock_model import Stocktake
from bondesk.areas.stock.timing import GAP_TITLES
from bondesk.areas.verification.pricing import prices_of
from bondesk.areas.verification.reckoning import Reckoned, basis_of, reckon
from bondesk.areas.verification.shortage_model import ShortageMaterial, ShortageOverage, ShortageStocktake
from bondesk.base.errors import Refused
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, Severity, error, note
from bondesk.base.numbers import AMOUNT_PLACES, half_up, plain
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.shortage import Verdict

STOCK_COLUMNS = ("material", "product", "semi_product", "outsourced", "in_transit", "defective", "domestic")
_KEPT = ("duty_rate", "remark")


def book_of(facts: Facts, record_no: str) -> Account:
    """Return the approved account ``record_no``, or the only one; RPT-10 otherwise."""
    books = [
        one
        for one in facts.find(Account, copy="approved", book_kind="EMS")
        if one.state == "APPROVED" and record_no in ("", one.record_no)
    ]
    if len(books) != 1:
        what = f"没有已审批的账册 {record_no}".rstrip() if not books else "有多本已审批账册，请指定账册编号"
        raise Refused(what, "RPT-10")
    return books[0]


def result_of(work: LedgerWork, table: ShortageOverage) -> tuple[Reckoned, tuple[Finding, ...]]:
    """Compute what ``table`` would hold now, with its own choices and duty rates."""
    book = book_of(work.facts, table.record_no)
    pricing = prices_of(work, book, table.day, table.price)
    duties = {line.item_no: line.duty_rate or Decimal(0) for line in table.materials}
    values = pricing.valued((line.item_no for line in materials_of(book)), duties, table.vat_rate)
    basis = basis_of(table, table.record_no, table.day)
    return reckon(work, book, basis, values=values, tolerance=table.tolerance), pricing.findings


def choices_of(table: ShortageOverage) -> dict[str, Any]:
    """Return what a 短溢表 is read from, by the names options have."""
    names = ("source", "opening_day", "outsourced", "transit", "direct", "domestic")
    return {name: getattr(table, name) for name in names}


def compute(work: LedgerWork, table: ShortageOverage) -> list[Finding]:
    """Fill ``table`` anew; duty rates and remarks stay with their material."""
    result, found = result_of(work, table)
    kept = {line.item_no: {key: getattr(line, key) for key in _KEPT} for line in table.materials}
    table.materials = list(_lines(result, kept))
    table.stocktakes = list(_stocktakes(work.facts, result))
    short = [line for line in table.materials if line.verdict == Verdict.SHORT.value]
    table.short_items = len(short)
    table.over_items = sum(line.verdict == Verdict.OVER.value for line in table.materials)
    table.short_value = sum((line.value or Decimal(0) for line in short), half_up(0, AMOUNT_PLACES))
    table.tax_total = sum(
        ((line.duty or Decimal(0)) + (line.vat or Decimal(0)) for line in short), half_up(0, AMOUNT_PLACES)
    )
    table.computed_at = work.now()
    table.fingerprint = result.fingerprint
    findings = [*result.findings, *found]
    if any(not line.duty_rate for line in short):
        findings.append(note("SHO-07", "商品编码库没有关税税率，未填关税率的短缺料件关税按 0 计算"))
    return [_allowed(one, table) for one in findings]


def _lines(result: Reckoned, kept: dict[int, dict[str, object]]) -> Iterator[ShortageMaterial]:
    for place, line in enumerate(materials_of(result.book), 1):
        row, mine = result.rows[line.item_no], result.booked.folded.item(line.item_no)
        yield ShortageMaterial(
            line_no=place,
            item_no=line.item_no,
            name=line.name,
            spec=line.spec or "",
            unit=line.dcl_unit,
            verdict=row.verdict.value,
            difference=row.difference,
            rate=row.rate,
            incoming=row.booked + mine.consumed,
            consumed=mine.consumed,
            booked=row.booked,
            counted=row.counted.total,
            gap_total=row.gaps.total,
            price=row.valued.price,
            value=row.value,
            duty=row.duty,
            vat=row.vat,
            **{key: getattr(row.counted, key) for key in STOCK_COLUMNS},
            **{key: getattr(row.gaps, key) for key in GAP_TITLES},
            **kept.get(line.item_no, {"duty_rate": Decimal(0), "remark": ""}),
        )


def _stocktakes(facts: Facts, result: Reckoned) -> Iterator[ShortageStocktake]:
    used = set(result.held.stocktakes)
    taken = sorted(
        (one for one in facts.find(Stocktake) if one.id in used), key=lambda one: (one.count_date, one.kind, one.id)
    )
    for place, one in enumerate(taken, 1):
        yield ShortageStocktake(
            line_no=place, stocktake_id=one.id, count_date=one.count_date, kind=one.kind, warehouse=one.warehouse
        )


def _allowed(found: Finding, table: ShortageOverage) -> Finding:
    """Turn SHO-02 about made parts into a note when the clerk leaves these parts out."""
    if table.without_unmade and found.code == "SHO-02" and found.severity is Severity.ERROR:
        return note("SHO-02", f"{found.text}，已按「不计没有BOM的料号」不计入", found.field)
    return found


def as_the_data_stand(table: ShortageOverage, work: LedgerWork) -> Iterator[Finding]:
    """SHO-02 to SHO-05 as they are now, and SHO-06: the result is not what the data give any more."""
    if table.computed_at is None or not table.materials:
        yield error("SHO-06", "尚未计算，请先点「重新计算」", "internal_no")
        return
    result, _findings = result_of(work, table)
    yield from (_allowed(one, table) for one in result.findings if one.code != "SHO-05")
    if result.fingerprint != table.fingerprint:
        yield error("SHO-06", "计算后清单、仓单、盘点、单损耗或条件有变动，请先点「重新计算」", "fingerprint")
    yield from negative_explained(table, work.facts)


def negative_explained(table: ShortageOverage, _facts: Facts) -> Iterator[Finding]:
    """SHO-05: a book balance below 0 must be explained."""
    for position, line in enumerate(table.materials):
        if line.booked is not None and line.booked < 0 and not (line.remark or "").strip():
            text = f"料件 {line.item_no} {line.name} 账册结存 {plain(line.booked)}，小于0，须核对并填写差异说明"
            yield error("SHO-05", text, "remark", position, table="materials")
