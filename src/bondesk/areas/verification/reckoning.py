"""The 短溢表 computed from the ledger, the counts and the 仓单, over the real books or over assumed ones (12.3).

Every figure keeps what it was made of, so that it can be explained and told apart from another run: the fingerprint
covers everything the figures depend on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.accounts.book_reading import filed_of, materials_of
from bondesk.areas.declarations.declared_books import books_of, counts_declarations
from bondesk.areas.stock.held import (
    Held,
    contractor_stock,
    counted_stock,
    merged,
    other_stock,
    rolled_stock,
)
from bondesk.areas.stock.item_level import ItemLevel
from bondesk.areas.stock.timing import Timing, timing_of
from bondesk.areas.verification.cycles import carried_from, verifications_of
from bondesk.areas.verification.verification_model import AccountVerification
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, confirm, note
from bondesk.base.numbers import plain
from bondesk.ledger.balance import Folded, Movement, fold
from bondesk.ledger.books import Books, LedgerWork
from bondesk.ledger.consumption import ZERO, Filed
from bondesk.ledger.overlay import Overlay, summed
from bondesk.ledger.posting import Only, Stage
from bondesk.ledger.shortage import Counted, Gaps, ShortageRow, Valued

SOURCES = (("STOCKTAKE", "盘点"), ("STOCK", "仓单滚动库存"))
PRICES = (("CYCLE", "本期平均单价"), ("PREVIOUS", "上期平均单价"), ("LATEST", "最近申报单价"))
_OPEN = {"DRAFT", "REJECTED", "VOID"}
#: Columns of the count that stand in the table whatever is chosen.
ALWAYS = ("material", "product", "semi_product", "defective")


@dataclass(frozen=True, slots=True)
class Basis:
    """What a 短溢表 is computed from; ``count_day`` None = the day itself, ``opening_day`` is the rolling stock's."""

    record_no: str
    day: date
    source: str = "STOCKTAKE"
    count_day: date | None = None
    opening_day: date | None = None
    outsourced: bool = True
    transit: bool = False
    direct: bool = False
    domestic: bool = False
    timing: bool = True
    defective: bool = True
    scrap: bool = False

    def under(self, overlay: Overlay) -> Basis:
        """Return the basis with the dates an overlay assumes."""
        return replace(
            self,
            day=overlay.cut_off or self.day,
            count_day=overlay.stocktake or self.count_day or (self.day if overlay.cut_off else None),
        )


@dataclass(frozen=True, slots=True)
class Booked:
    """The book at the day: what it opened with, its movements since, and what could not be exploded."""

    begin: date | None
    opening: Mapping[int, Decimal]
    movements: Sequence[Movement]
    folded: Folded

    def balance(self, item_no: int) -> Decimal:
        """Return A: 期初 + 进出口总数 − 耗用, as shown."""
        return self.opening.get(item_no, ZERO) + self.folded.item(item_no).net


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A 短溢表 with everything it was made of."""

    basis: Basis
    book: Account
    filed: Filed
    booked: Booked
    held: Held
    timing: Timing
    rows: Mapping[int, ShortageRow]
    findings: tuple[Finding, ...]

    @property
    def differences(self) -> dict[int, Decimal]:
        """Return D per material."""
        return {item: row.difference for item, row in self.rows.items()}

    @property
    def fingerprint(self) -> str:
        """Return a hash over everything the figures depend on."""
        digest = hashlib.sha256()
        for part in self._inputs():
            digest.update(repr(part).encode())
        return digest.hexdigest()[:32]

    def _inputs(self) -> Iterator[object]:
        yield self.basis
        yield sorted((item, plain(value)) for item, value in self.booked.opening.items() if value)
        yield sorted((*_texts(one), plain(one.quantity)) for one in self.booked.movements if one.quantity)
        shares = self.held.shares
        yield sorted((c, one.lot[:3], one.material_no, one.quantity) for c, mine in shares.items() for one in mine)
        yield [
            (one.column, one.partner, one.item_no, one.version, one.physical, one.declared) for one in self.timing.gaps
        ]
        for item in sorted(self.rows):
            used = self.booked.folded.item(item)
            yield item, used.consumed_exact
            row = self.rows[item]
            price = row.valued.price
            rates = (row.tolerance, row.valued.duty_rate, row.valued.vat_rate)
            yield plain(price) if price is not None else "", *map(plain, rates)


def _texts(one: Movement) -> tuple[str, int, str, str, str]:
    return one.goods_flag, one.item_no, one.uc_version, one.mode, one.ie_flag


def reckon(
    work: LedgerWork,
    book: Account,
    basis: Basis,
    *,
    books: Books | None = None,
    filed: Filed | None = None,
    values: Mapping[int, Valued] | None = None,
    tolerance: Decimal = Decimal("0.5"),
) -> Reckoned:
    """Compute every material of ``book``; ``books`` and ``filed`` stand in for the real ones.

    The real ones are the ledger the book is counted in: its notes, or its declarations (row 188).

    SHO-01 (refused) no count for the date; SHO-02 parts without a way to the book; SHO-03 kinds not counted;
    SHO-04 notes not posted before the day; SHO-05 negative A; RPT-05 versions that are not filed.
    """
    books, filed = books or books_of(work, book), filed or filed_of(book)
    booked = booked_at(work.facts, books, basis, filed)
    level = ItemLevel(work.facts, book, filed)
    held = held_at(work, level, basis)
    timing = Timing(())
    if basis.timing:
        timing = timing_of(work, books, level, basis.record_no, basis.day, direct=basis.direct)
    gaps, figures = timing.figures(filed), {column: held.figures(column) for column in held.shares}
    rows = {}
    for line in materials_of(book):
        item = line.item_no
        rows[item] = ShortageRow(
            item,
            booked.balance(item),
            _counted(figures, item),
            Gaps(**{column: found.get(item, ZERO) for column, found in gaps.items()}),
            (values or {}).get(item, Valued()),
            tolerance,
        )
    findings = (*booked.folded.findings, *held.findings, *timing.findings, *_warnings(book, books, basis, rows))
    return Reckoned(basis, book, filed, booked, held, timing, rows, tuple(dict.fromkeys(findings)))


def _counted(figures: Mapping[str, Mapping[int, Decimal]], item: int) -> Counted:
    """Make the count of one material; 边角料 stands with the materials where an attribution asks for it."""
    found = {column: values.get(item, ZERO) for column, values in figures.items()}
    scrap = found.pop("scrap", ZERO)
    return Counted(**{**found, "material": found.get("material", ZERO) + scrap})


def previous_of(facts: Facts, record_no: str, day: date) -> AccountVerification | None:
    """Return the last audited 报核 that ended before ``day``."""
    before = [one for one in verifications_of(facts, record_no) if one.state not in _OPEN and one.end_date < day]
    return before[-1] if before else None


def booked_at(facts: Facts, books: Books, basis: Basis, filed: Filed) -> Booked:
    """Read the book: from the last audited 报核 before the day on, or from its beginning.

    Notes that 报核 left waiting are taken in as they stand now.
    """
    previous = previous_of(facts, basis.record_no, basis.day)
    begin = previous.end_date + timedelta(days=1) if previous else None
    posted = Stage.POSTED.value
    movements = [one for one in books.movements(basis.record_no, begin, basis.day) if one.stage == posted]
    waiting = frozenset(one.document_id for one in previous.notes if not one.included) if previous else None
    if waiting and previous is not None:
        movements += summed(books.postings(basis.record_no, None, previous.end_date, posted, Only(documents=waiting)))
    return Booked(begin, carried_from(previous).opening, movements, fold(movements, filed))


def held_at(work: LedgerWork, level: ItemLevel, basis: Basis) -> Held:
    """Read what lies there by the chosen source and columns."""
    count_day = basis.count_day or basis.day
    if basis.source == "STOCK":
        parts = [rolled_stock(work, level, basis.day, basis.opening_day)]
    else:
        parts = [counted_stock(work, level, count_day)]
    if basis.outsourced:
        parts.append(contractor_stock(work, level, basis.day))
    if basis.domestic:
        parts.append(other_stock(work, level, basis.day, "domestic", "non_bonded"))
    if basis.scrap and not parts[0].shares.get("scrap"):
        parts.append(other_stock(work, level, basis.day, "scrap", "scrap"))
    wanted = {"material", "product", "semi_product"}
    wanted |= {name for name, on in _switches(basis) if on}
    found = merged(parts)
    return replace(found, shares={column: shares for column, shares in found.shares.items() if column in wanted})


def _switches(basis: Basis) -> Iterable[tuple[str, bool]]:
    return (
        ("outsourced", basis.outsourced), ("in_transit", basis.transit), ("defective", basis.defective),
        ("domestic", basis.domestic), ("scrap", basis.scrap),
    )  # fmt: skip


def _warnings(book: Account, books: Books, basis: Basis, rows: Mapping[int, ShortageRow]) -> Iterator[Finding]:
    waiting = books.postings(basis.record_no, None, basis.day, Stage.RESERVED.value)
    standing: dict[str, int] = {}
    for one in waiting:
        standing[one.document_no] = standing.get(one.document_no, 0) + (-1 if one.reversal else 1)
    numbers = [number for number, count in standing.items() if count > 0]
    if numbers:
        more = f" 等 {len(numbers)} 份" if len(numbers) > 5 else ""
        paper = "未放行报关单" if counts_declarations(book) else "未核扣清单"
        text = f"{basis.day} 以前有{paper} {'、'.join(numbers[:5])}{more}，未计入账册结存"
        yield confirm("SHO-04", text)
    for item, row in rows.items():
        if row.booked < 0:
            yield note("SHO-05", f"料件 {item} 账册结存 {plain(row.booked)}，小于0，请先核对清单与单耗版本")


def basis_of(options: Any, record_no: str, day: date) -> Basis:
    """Make the basis out of anything that has its choices (a report's options, a stored 短溢表)."""
    return Basis(
        record_no,
        day,
        options.source,
        None,
        options.opening_day if options.source == "STOCK" else None,
        options.outsourced,
        options.transit,
        options.direct,
        options.domestic,
    )
