"""What notes that are not posted yet would post: drafts, audited and sent ones, and approved ones without a mark."""

from __future__ import annotations

from sqlalchemy import and_, or_, select

from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine
from bondesk.areas.notes.note_posting import DRAFT_KEY, postings_in
from bondesk.base.errors import Refused
from bondesk.base.facts import Work
from bondesk.base.flow import UNDER_WAY
from bondesk.base.formal_copy import DRAFT
from bondesk.ledger.posting import Posting, Stage

_UNFINISHED = ("DRAFT", "AUDITED", *UNDER_WAY)


def unfinished_postings(work: Work, record_no: str) -> list[Posting]:
    """Return, as if posted, what unfinished notes of a book would post, dated as they are (today without a date).

    A note whose mode is unknown to the sign table is left out: it cannot be posted as it stands (NOTE-08).
    """
    head, line = BondedNote, NoteLine
    waiting = or_(head.state.in_(_UNFINISHED), and_(head.state == "APPROVED", head.writeoff_mark.in_(("", "0"))))
    statement = (
        select(head, line)
        .join(line, and_(line.company_id == head.company_id, line.header_id == head.id))
        .where(head.company_id == work.company_id, head.record_no == record_no, head.copy == DRAFT, waiting)
        .order_by(head.declared_on, head.internal_no, line.line_no)
    )
    found: list[Posting] = []
    for note, one in work.session.execute(statement):
        try:
            made = postings_in(note, [one], work.facts, DRAFT_KEY, Stage.POSTED)
        except Refused:
            continue
        found += [posting for posting in made if posting.effect]
    return found
