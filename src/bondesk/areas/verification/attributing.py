"""差异归因 of one account at one day: corrections in their fixed order, each on top of those before (decision 0032)."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import and_, func, select

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.accounts.book_reading import filed_of
from bondesk.areas.goods.bom import Bom
from bondesk.areas.goods.bom import rolled as rolled_bom
from bondesk.areas.goods.factory import factory_of
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine, NoteLineSource
from bondesk.areas.verification.assuming import overlaid
from bondesk.areas.verification.reckoning import Basis, Reckoned, reckon
from bondesk.base.columns import ExactDecimal
from bondesk.base.steps import Progress
from bondesk.ledger.attribution import STEPS, Split, telescoped
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.consumption import Consumption, Filed
from bondesk.ledger.overlay import Overlay

STARTS = (("GROSS", "账实差异（盘点 − 账册结存）"), ("D", "短溢表差异数 D"))
#: More than this is no rounding: somebody changed the line.
_MOST_ROUNDED = 1


@dataclass(frozen=True, slots=True)
class Attributed:
    """The splits of every material, and the computation after each step (``runs[0]`` before any)."""

    splits: Mapping[int, Split]
    runs: tuple[Reckoned, ...]
    overlays: tuple[Overlay, ...]
    table: Reckoned


def attribute(work: LedgerWork, book: Account, basis: Basis, start: str) -> Generator[Progress, None, Attributed]:
    """Split the difference of every material of ``book``; yields progress, returns the splits.

    ``start`` GROSS begins with the plain count against the book; D with the 短溢表 as ``basis`` has it, whose own
    columns are then corrected already.
    """
    yield Progress(0, len(STEPS) + 1, "短溢表")
    table = reckon(work, book, basis)
    filed = table.filed
    now = basis
    if start == "GROSS":
        now = replace(basis, outsourced=False, transit=False, defective=False, domestic=False)
        now = replace(now, timing=False, direct=False)
    overlay = Overlay()
    runs, overlays = [reckon(work, book, now)], [overlay]
    for place, (step, title) in enumerate(STEPS.items(), 1):
        yield Progress(place, len(STEPS) + 1, title)
        now, overlay, filed = _corrected(work, book, step, now, basis, overlay, filed)
        books = overlaid(work, book, overlay)
        runs.append(reckon(work, book, now, books=books, filed=filed))
        overlays.append(overlay)
    splits = telescoped([one.differences for one in runs])
    return Attributed({one.item_no: one for one in splits}, tuple(runs), tuple(overlays), table)


def _corrected(
    work: LedgerWork, book: Account, step: str, now: Basis, wanted: Basis, overlay: Overlay, filed: Filed
) -> tuple[Basis, Overlay, Filed]:
    """Apply one more correction."""
    match step:
        case "unmatched":
            return now, Overlay(drafts=True).over(overlay), filed
        case "timing":
            return replace(now, timing=True, direct=True), overlay, filed
        case "rounding":
            return now, Overlay(exact=exact_quantities(work, book.record_no)).over(overlay), filed
        case "version":
            return now, overlay, made_of(work, book)
        case "outsourced":
            return replace(now, outsourced=True), overlay, filed
        case "scrap":
            return replace(now, scrap=True), overlay, filed
        case _:
            return replace(now, defective=True, transit=True, domestic=wanted.domestic), overlay, filed


def exact_quantities(work: LedgerWork, record_no: str) -> dict[int, Decimal]:
    """Return the unrounded quantity of note lines made of source lines, where it differs by less than 1."""
    head, line, source = BondedNote, NoteLine, NoteLineSource
    share = func.sum(source.dcl_share, type_=ExactDecimal(9))
    statement = (
        select(line.id, line.dcl_qty, share)
        .join(head, and_(head.company_id == line.company_id, head.id == line.header_id))
        .join(source, and_(source.company_id == line.company_id, source.note_line_id == line.id))
        .where(line.company_id == work.company_id, head.record_no == record_no)
        .group_by(line.id, line.dcl_qty)
    )
    return {
        line_id: exact
        for line_id, rounded, exact in work.session.execute(statement)
        if exact != rounded and abs(Fraction(exact) - Fraction(rounded)) < _MOST_ROUNDED
    }


def made_of(work: LedgerWork, book: Account) -> Filed:
    """Return the filed consumption with what the enterprise's BOMs of the same versions give now in its place."""
    factory = factory_of(work.facts, book.record_no)
    boms = [one for one in work.facts.find(Bom) if one.filed_record_no == book.record_no and one.filed_version]
    versions = {(one.product_part_no, one.bom_version): one.filed_version for one in boms}
    rows: dict[tuple[int, str], list[Consumption]] = {}
    for one in factory.roll_up([rolled_bom(bom) for bom in boms]).results:
        key = (one.product_item, versions[one.product, one.bom_version])
        rows.setdefault(
            key, [Consumption(*key, line.item_no, line.unit_consumption, line.bonded, line.net) for line in one.lines]
        )
    filed = filed_of(book)
    kept = [
        row
        for line in {(one.product_no, one.uc_version) for one in book.consumptions if one.row_mark != "2"} - rows.keys()
        for row in filed.of(line)
    ]
    return Filed([*kept, *(row for found in rows.values() for row in found)])
