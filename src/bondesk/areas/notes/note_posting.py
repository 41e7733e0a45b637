"""What a note posts to the ledger, from its state and 核扣 mark (handbook 5.6)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bondesk.areas.codes.effects import effect_table
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.base.facts import Facts
from bondesk.ledger.posting import Posting, Stage

_STAGES = {"1": Stage.RESERVED, "2": Stage.POSTED, "3": Stage.POSTED}


def note_postings(note: BondedNote, facts: Facts) -> Sequence[Posting]:
    """Return the postings an approved note should have; none before approval or without a mark.

    An unknown (mode, goods flag, direction) raises ``Refused`` NOTE-08; a mode without effect posts nothing.
    """
    stage = _STAGES.get(note.writeoff_mark or "")
    if note.state != "APPROVED" or stage is None:
        return ()
    in_out, consume = effect_table(facts).effect(note.supervision_mode, note.goods_flag, note.ie_flag)
    term, effect = ("in_out", in_out) if note.goods_flag == "I" else ("consume", consume)
    if effect == 0:
        return ()
    return [
        Posting(
            record_no=note.record_no,
            goods_flag=note.goods_flag,
            item_no=line.item_no,
            uc_version=line.uc_version or "",
            mode=note.supervision_mode,
            ie_flag=note.ie_flag,
            term=term,
            business_date=note.declared_on or facts.today,
            stage=stage,
            quantity=line.dcl_qty,
            effect=effect,
            amount=line.total or Decimal(0),
            currency=line.currency,
            document_key="bonded_note",
            document_no=note.internal_no,
            document_id=note.id,
            line_id=line.id,
            line_no=line.line_no,
        )
        for line in note.lines
        if line.row_mark != "2"
    ]
