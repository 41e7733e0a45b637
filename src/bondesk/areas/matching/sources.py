"""What the lines of a draft were made from: source documents, or the notes a declaration came from (7.3).

Quantities and amounts are those of the part that was taken; what several sources say differently stands side by side.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from bondesk.areas.declarations.declaration_lines import DeclarationLineSource, DeclarationNoteLine
from bondesk.areas.matching.comparing import blank, said
from bondesk.areas.matching.kinds import NOTES, MatchKind
from bondesk.areas.notes.bonded_note_model import NoteLine, NoteLineSource
from bondesk.areas.notes.source_document import SourceDocument, SourceLine
from bondesk.base.facts import Work
from bondesk.base.numbers import AMOUNT_PLACES, QUANTITY_PLACES, WEIGHT_PLACES, half_up

#: (line id, attribute key) → what the sources say; line id 0 = the head.
Sources = Mapping[tuple[int, str], str]
_LINE_SUMS = ("dcl_qty", "legal_qty1", "legal_qty2", "total", "net_weight", "gross_weight")
_GOODS = ("item_no", "part_no", "hs_code", "name", "spec", "dcl_unit", "legal_unit1", "legal_unit2")
_LINE_TEXTS = (*_GOODS, "currency", "origin_country", "destination_country", "duty_mode", "uc_version")
_HEAD_TEXTS = ("transport_mode", "entry_exit_customs", "trade_partner_country", "transaction_mode")
#: The key under which a line names the source lines themselves.
DOCUMENT = "source"


def sources(work: Work, kind: MatchKind, lines: Sequence[int], ie_flag: str) -> Sources:
    """Return what the sources of a draft's lines say, by line and attribute."""
    if kind is NOTES:
        return _from_documents(work, _note_shares(work, lines), ie_flag)
    found = dict(_from_documents(work, _declaration_shares(work, lines), ie_flag))
    return found | dict(_from_notes(work, lines))


Share = tuple[int, int, Decimal, Decimal | None]


def _note_shares(work: Work, lines: Sequence[int]) -> list[Share]:
    one = NoteLineSource
    mine = select(one.note_line_id, one.source_line_id, one.quantity, one.dcl_share)
    mine = mine.where(one.company_id == work.company_id, one.note_line_id.in_(lines))
    return [(row[0], row[1], row[2], row[3]) for row in work.session.execute(mine)]


def _declaration_shares(work: Work, lines: Sequence[int]) -> list[Share]:
    one = DeclarationLineSource
    mine = select(one.declaration_line_id, one.source_line_id, one.quantity)
    mine = mine.where(one.company_id == work.company_id, one.declaration_line_id.in_(lines))
    return [(row[0], row[1], row[2], None) for row in work.session.execute(mine)]


def _from_documents(work: Work, shares: Sequence[Share], ie_flag: str) -> Sources:
    """What source lines say: their part of quantity, amount and weights, their words as they stand."""
    mine = select(SourceLine, SourceDocument).join(SourceDocument, SourceDocument.id == SourceLine.header_id)
    mine = mine.where(SourceLine.company_id == work.company_id, SourceLine.id.in_({share[1] for share in shares}))
    rows = {line.id: (line, document) for line, document in work.session.execute(mine)}
    sums: dict[tuple[int, str], Fraction] = defaultdict(Fraction)
    texts: dict[tuple[int, str], list[str]] = defaultdict(list)
    country = "origin_country" if ie_flag == "I" else "destination_country"
    for line_id, source_id, taken, declared in shares:
        if source_id not in rows:
            continue
        line, document = rows[source_id]
        part = Fraction(taken) / Fraction(line.quantity) if line.quantity else Fraction(0)
        if declared is not None:
            sums[line_id, "dcl_qty"] += Fraction(declared)
        for key in ("total", "net_weight", "gross_weight"):
            if getattr(line, key) is not None:
                sums[line_id, key] += Fraction(getattr(line, key)) * part
        _add(texts, line_id, {DOCUMENT: f"{document.document_no}/{line.line_no} {said(taken)}{line.erp_unit}"})
        _add(texts, line_id, {"part_no": line.part_no, "currency": line.currency, country: line.country})
        _add(texts, 0, {key: getattr(line, key) for key in _HEAD_TEXTS})
        _add(texts, 0, {"ie_flag": document.ie_flag, "supervision_mode": document.supervision_mode})
    return _told(sums, texts)


def _from_notes(work: Work, lines: Sequence[int]) -> Sources:
    """What the note lines of a declaration say, summed."""
    link = DeclarationNoteLine
    mine = select(link.declaration_line_id, NoteLine).join(NoteLine, NoteLine.id == link.note_line_id)
    mine = mine.where(link.company_id == work.company_id, NoteLine.company_id == work.company_id)
    sums: dict[tuple[int, str], Fraction] = defaultdict(Fraction)
    texts: dict[tuple[int, str], list[str]] = defaultdict(list)
    for line_id, line in work.session.execute(mine.where(link.declaration_line_id.in_(lines))):
        for key in _LINE_SUMS:
            if getattr(line, key) is not None:
                sums[line_id, key] += Fraction(getattr(line, key))
        _add(texts, line_id, {key: getattr(line, key) for key in _LINE_TEXTS})
    return _told(sums, texts)


def _add(texts: dict[tuple[int, str], list[str]], line_id: int, values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if not blank(value) and said(value) not in texts[line_id, key]:
            texts[line_id, key].append(said(value))


def _told(sums: Mapping[tuple[int, str], Fraction], texts: Mapping[tuple[int, str], Iterable[str]]) -> Sources:
    found = {place: "、".join(words) for place, words in texts.items()}
    for (line_id, key), value in sums.items():
        places = AMOUNT_PLACES if key == "total" else WEIGHT_PLACES if key.endswith("weight") else QUANTITY_PLACES
        found[line_id, key] = said(half_up(value, places))
    return found
