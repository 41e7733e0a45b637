"""What-if on the books of one account: the overlay over its real books, and the figures under it (decision 0032).

Nothing here writes: books, counts and documents are read, and what is assumed stays in values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.accounts.book_reading import filed_of, materials_of
from bondesk.areas.codes.effects import formula_table
from bondesk.areas.declarations.declared_books import books_of, counts_declarations
from bondesk.areas.notes.unfinished_notes import unfinished_postings
from bondesk.areas.stock.held import Held
from bondesk.areas.stock.timing import Timing
from bondesk.areas.verification.reckoning import Basis, Reckoned, booked_at, reckon
from bondesk.base.errors import Refused
from bondesk.ledger.books import Books, LedgerWork
from bondesk.ledger.consumption import Filed
from bondesk.ledger.formula import FORMULAS, said
from bondesk.ledger.overlay import OverlaidBooks, Overlay
from bondesk.ledger.shortage import ShortageRow

KINDS = (
    ("", "不用"),
    ("DRAFTS", "草稿视同已申报"),
    ("VERSION", "换单耗版本"),
    ("CUTOFF", "另一截止日期"),
    ("STOCKTAKE", "另一盘点日期"),
    ("WITHOUT", "剔除单证"),
    *((key, word) for key, word in FORMULAS if key),
)
FIGURES = (
    ("D", "差异数 D"),
    ("A", "账册结存 A（应剩余）"),
    ("B", "实际库存 B"),
    ("C", "结转差额 C"),
)
_VERSION = re.compile(r"(\d+)\s*[:：]\s*(\S+?)\s*(?:=|→|->|改)\s*(\S+)")
_SPLIT = re.compile(r"[,，;；、\s]+")


def overlay_of(kind: str, text: str, title: str) -> Overlay:
    """Read one assumption as a clerk writes it; OPT-02 names the scenario and says how it is written.

    >>> overlay_of("VERSION", "7:9=10", "方案一").versions
    {(7, '9'): '10'}
    """
    text = text.strip()
    match kind:
        case "DRAFTS":
            return Overlay(drafts=True)
        case "PRINTED" | "STRICT" | "MANUAL":
            return Overlay(printed=kind != "STRICT", strict=kind != "PRINTED")
        case "VERSION":
            return Overlay(versions=_versions(text, title))
        case "CUTOFF" | "STOCKTAKE":
            day = _day(text, title)
            return Overlay(cut_off=day) if kind == "CUTOFF" else Overlay(stocktake=day)
        case "WITHOUT":
            numbers = frozenset(one for one in _SPLIT.split(text) if one)
            if not numbers:
                raise Refused(f"{title}：请填写要剔除的清单的企业内部编号，多份用逗号分开", "OPT-02")
            return Overlay(left_out=numbers)
        case _:
            return Overlay()


def _versions(text: str, title: str) -> dict[tuple[int, str], str]:
    found: dict[tuple[int, str], str] = {}
    for part in re.split(r"[,，;；、]+", text):
        match = _VERSION.fullmatch(part.strip())
        if match is None:
            raise Refused(f"{title}：单耗版本写成“成品序号:原版本=新版本”，如 7:9=10，多个用逗号分开", "OPT-02")
        found[int(match[1]), match[2]] = match[3]
    return found


def _day(text: str, title: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise Refused(f"{title}：日期写成 2024-03-31", "OPT-02") from problem


def checked(overlay: Overlay, filed: Filed, books: Books, record_no: str, title: str) -> None:
    """OPT-02 for a version that is not filed, or a document that has nothing to leave out."""
    for (product, _old), new in overlay.versions.items():
        if not filed.of((product, new)):
            raise Refused(f"{title}：成品 {product} 没有备案版本 {new}", "OPT-02")
    if overlay.left_out:
        known = {
            one.document_no for stage in ("posted", "reserved") for one in books.postings(record_no, None, None, stage)
        }
        missing = sorted(overlay.left_out - known)
        if missing:
            raise Refused(f"{title}：底账中没有清单 {'、'.join(missing[:5])}", "OPT-02")


def overlaid(work: LedgerWork, book: Account, overlay: Overlay) -> OverlaidBooks:
    """Return the real books of one account seen through ``overlay``; only notes have drafts that can count."""
    counted = overlay.drafts and work.known_on is None and not counts_declarations(book)
    drafts = unfinished_postings(work, book.record_no) if counted else ()
    signs = formula_table(work.facts, overlay.formula) if overlay.formula else None
    return OverlaidBooks(books_of(work, book), overlay, drafts, signs)


@dataclass(frozen=True, slots=True)
class Assumed:
    """One scenario: what is assumed, the books as they then are, and the figure per material."""

    overlay: Overlay
    books: OverlaidBooks
    values: Mapping[int, Decimal]
    reckoned: Reckoned


def assume(work: LedgerWork, book: Account, basis: Basis, overlay: Overlay, figure: str) -> Assumed:
    """Compute ``figure`` (A, B, C or D) of every material under ``overlay``; A needs no count."""
    books = overlaid(work, book, overlay)
    basis = basis.under(overlay)
    result = reckon(work, book, basis, books=books) if figure != "A" else _book_alone(work, book, basis, books)
    return Assumed(overlay, books, figures(result, figure), result)


def _book_alone(work: LedgerWork, book: Account, basis: Basis, books: Books) -> Reckoned:
    """Read the book without any count or 仓单."""
    filed = filed_of(book)
    booked = booked_at(work.facts, books, basis, filed)
    rows = {line.item_no: ShortageRow(line.item_no, booked.balance(line.item_no)) for line in materials_of(book)}
    return Reckoned(basis, book, filed, booked, Held({}), Timing(()), rows, booked.folded.findings)


def figures(result: Reckoned, figure: str) -> dict[int, Decimal]:
    """Return one figure per material."""
    match figure:
        case "A":
            return {item: row.booked for item, row in result.rows.items()}
        case "B":
            return {item: row.counted.total for item, row in result.rows.items()}
        case "C":
            return {item: row.gaps.total for item, row in result.rows.items()}
        case _:
            return result.differences


def words_of(overlay: Overlay) -> str:
    """Say in Chinese what an overlay assumes."""
    told = ["草稿与预核扣视同已核扣"] if overlay.drafts else []
    told += [f"成品 {item} 版本 {old} 改按 {new}" for (item, old), new in sorted(overlay.versions.items())]
    told += [f"截止日期 {overlay.cut_off}"] if overlay.cut_off else []
    told += [f"盘点取 {overlay.stocktake}"] if overlay.stocktake else []
    told += [f"剔除 {'、'.join(sorted(overlay.left_out))}"] if overlay.left_out else []
    told += [said(overlay.formula)] if overlay.formula else []
    return "；".join(told) or "与现状相同"
