"""What a note posts to the ledger, from its state and 核扣 mark (handbook 5.6), and which of its copies does.

A note stands in the ledger once. A draft that moves the ledger does it itself; the formal copy of its 清单编号, and
one that is paired, post nothing. A formal copy nobody's draft stands for posts as a draft would (decision 0021).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select

from bondesk.areas.codes.effects import effect_table
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine
from bondesk.base.facts import Facts, Work
from bondesk.base.formal_copy import DRAFT, FORMAL, MATCHED
from bondesk.ledger.posting import Posting, Stage

DRAFT_KEY, FORMAL_KEY = "bonded_note", "bonded_note_formal"
STAGES = {"1": Stage.RESERVED, "2": Stage.POSTED, "3": Stage.POSTED}


def posts(note: BondedNote) -> bool:
    """Tell whether a note's state and mark move the ledger."""
    return note.state == "APPROVED" and (note.writeoff_mark or "") in STAGES


def formal_postings(note: BondedNote, facts: Facts) -> Sequence[Posting]:
    """Return the postings of a formal copy that stands alone; none when a draft stands for it."""
    if note.match_state == MATCHED:
        return ()
    if note.bond_no and any(
        posts(draft) or draft.list_state == "3" for draft in facts.find(BondedNote, copy=DRAFT, bond_no=note.bond_no)
    ):
        return ()
    return _postings(note, facts, FORMAL_KEY)


def yielding_copies(note: BondedNote, work: Work) -> Sequence[tuple[str, BondedNote]]:
    """Return the formal copies of a draft's number: they post when the draft does not."""
    if not note.bond_no:
        return ()
    mine = select(BondedNote).where(BondedNote.company_id == work.company_id, BondedNote.copy == FORMAL)
    return [(FORMAL_KEY, one) for one in work.session.scalars(mine.where(BondedNote.bond_no == note.bond_no))]


def note_postings(note: BondedNote, facts: Facts) -> Sequence[Posting]:
    """Return the postings of a draft, from its own state and mark."""
    return _postings(note, facts, DRAFT_KEY)


def _postings(note: BondedNote, facts: Facts, document_key: str) -> Sequence[Posting]:
    """Return the postings an approved note should have; none before approval or without a mark.

    An unknown (mode, goods flag, direction) raises ``Refused`` NOTE-08; a mode without effect posts nothing.
    """
    stage = STAGES.get(note.writeoff_mark or "")
    if note.state != "APPROVED" or stage is None:
        return ()
    return postings_in(note, note.lines, facts, document_key, stage)


def postings_in(
    note: BondedNote, lines: Sequence[NoteLine], facts: Facts, document_key: str, stage: Stage
) -> Sequence[Posting]:
    """Return what lines of a note post in ``stage``, whatever its state; rows marked 删除 do not count.

    The effect is that of the business day. One of 0 posts nothing, but what was posted before stays
    (:func:`bondesk.ledger.posting.changes`).
    """
    day = note.declared_on or facts.today
    in_out, consume = effect_table(facts).effect(note.supervision_mode, note.goods_flag, note.ie_flag, day)
    term, effect = ("in_out", in_out) if note.goods_flag == "I" else ("consume", consume)
    return [
        Posting(
            record_no=note.record_no,
            goods_flag=note.goods_flag,
            item_no=line.item_no,
            uc_version=line.uc_version or "",
            mode=note.supervision_mode,
            ie_flag=note.ie_flag,
            term=term,
            business_date=day,
            stage=stage,
            quantity=line.dcl_qty,
            effect=effect,
            amount=line.total or Decimal(0),
            currency=line.currency,
            document_key=document_key,
            document_no=note.internal_no,
            document_id=note.id,
            line_id=line.id,
            line_no=line.line_no,
        )
        for line in lines
        if line.row_mark != "2"
    ]
