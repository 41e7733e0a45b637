"""Drafts and formal copies for 对碰, stored straight: a note is a few figures, its formal copy the same but for changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from bondesk.areas.declarations.declaration_lines import DeclarationLine
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine
from bondesk.engine.act import Act
from bondesk.engine.formal_copies import take_formal
from bondesk.engine.posting import post_document

BOOK = "E52042300A01"
#: A note of two lines as both sides have it.
HEAD: Mapping[str, Any] = {
    "record_no": BOOK,
    "ie_flag": "I",
    "goods_flag": "I",
    "supervision_mode": "0615",
    "transport_mode": "4",
    "entry_exit_customs": "5204",
    "declare_customs": "5204",
    "trade_partner_country": "HKG",
    "declared_on": date(2024, 3, 5),
}
LINES: Sequence[Mapping[str, Any]] = (
    {"line_no": 1, "item_no": 1, "dcl_qty": "1000", "legal_qty1": "0.5", "price": "2.5", "total": "2500"},
    {"line_no": 2, "item_no": 2, "dcl_qty": "234.5", "legal_qty1": "1.25", "price": "10.6610", "total": "2500"},
)
_LINE: Mapping[str, Any] = {
    "hs_code": "8532241000",
    "name": "片式电容",
    "dcl_unit": "007",
    "legal_unit1": "035",
    "currency": "USD",
    "origin_country": "JPN",
    "duty_mode": "3",
}
_EXACT = ("dcl_qty", "legal_qty1", "legal_qty2", "price", "total", "net_weight", "gross_weight")


def lines_of(lines: Sequence[Mapping[str, Any]] = LINES, *changes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return whole lines; ``changes`` lie over them one by one."""
    found = []
    for place, line in enumerate(lines):
        values = {**_LINE, **line, **(changes[place] if place < len(changes) else {})}
        found.append({k: Decimal(v) if k in _EXACT and v is not None else v for k, v in values.items()})
    return found


def draft_note(
    act: Act, number: str, lines: Sequence[Mapping[str, Any]] = LINES, /, *changes: Mapping[str, Any], **head: Any
) -> int:
    """Store a draft, audited unless said otherwise, with its postings; return its id."""
    values = {"partner": "P001", "remark": "急", **HEAD, "state": "AUDITED", "writeoff_mark": "0", **head}
    note = BondedNote(copy="draft", internal_no=number, **values)
    note.lines = [NoteLine(part_no=f"RM-{one['item_no']}", **one) for one in lines_of(lines, *changes)]
    act.session.add(note)
    act.session.flush()
    post_document(act, act.catalogue.document("bonded_note"), note)
    return note.id


def formal_note(
    act: Act, number: str, lines: Sequence[Mapping[str, Any]] = LINES, /, *changes: Mapping[str, Any], **head: Any
) -> int:
    """Take a formal copy as customs sends it; approved and 预核扣 unless said otherwise."""
    values = {**HEAD, "bond_no": number, "list_state": "0", "writeoff_mark": "1", **head}
    values["lines"] = lines_of(lines, *changes)
    return take_formal(act, act.catalogue.document("bonded_note_formal"), values)


def draft_declaration(act: Act, number: str, **head: Any) -> int:
    """Store a draft declaration of the same two lines; return its id."""
    values = {key: value for key, value in HEAD.items() if key != "goods_flag"}
    declaration = Declaration(copy="draft", internal_no=number, **{**values, "state": "AUDITED", **head})
    declaration.lines = [DeclarationLine(destination_country="CHN", **one) for one in lines_of()]
    act.session.add(declaration)
    act.session.flush()
    return declaration.id


def formal_declaration(act: Act, number: str, *changes: Mapping[str, Any], **head: Any) -> int:
    """Take a formal declaration as customs sends it."""
    values = {key: value for key, value in HEAD.items() if key != "goods_flag"}
    values |= {"declaration_no": number, "customs_state": "CLEARED", "state": "CLEARED", **head}
    values["lines"] = [{"destination_country": "CHN", **one} for one in lines_of(LINES, *changes)]
    return take_formal(act, act.catalogue.document("declaration_formal"), values)
