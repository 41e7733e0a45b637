"""Which posted note lines without source lines had some: a generated line says why its shares stand together.

合并说明 is written when a note is generated and by 对碰 where customs has a line more; nobody can type it. A line
deleted with customs' consent stands in the version kept of its note (decision 0035).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, select

from bondesk.areas.matching.storing import ADDED
from bondesk.areas.notes.bonded_note_model import VERSION, BondedNote, NoteLine
from bondesk.base.batches import batches
from bondesk.base.change import Mark
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.posting import Posting

_NEVER_HAD = ("", ADDED)


def lost_sources(work: LedgerWork, posted: Sequence[Posting]) -> frozenset[int]:
    """Return the ids of those lines that gave their source lines back; ``posted`` are postings of lines without any."""
    reasons: dict[int, str] = {}
    for some in batches(sorted({one.line_id for one in posted})):
        mine = select(NoteLine.id, NoteLine.reason).where(NoteLine.company_id == work.company_id, NoteLine.id.in_(some))
        reasons.update((line_id, reason) for line_id, reason in work.session.execute(mine))
    gone = [one for one in posted if one.line_id not in reasons]
    former = _former(work, sorted({one.document_id for one in gone}))
    reasons.update((one.line_id, former.get((one.document_id, one.line_no), "")) for one in gone)
    return frozenset(line_id for line_id, reason in reasons.items() if reason not in _NEVER_HAD)


def _former(work: LedgerWork, note_ids: Sequence[int]) -> dict[tuple[int | None, int], str]:
    """Return the 合并说明 of lines struck out of notes, by note and number: a number is never used twice."""
    found: dict[tuple[int | None, int], str] = {}
    version, line = BondedNote, NoteLine
    for some in batches(note_ids):
        statement = (
            select(version.approved_id, line.line_no, line.reason)
            .join(line, and_(line.company_id == version.company_id, line.header_id == version.id))
            .where(version.company_id == work.company_id, version.copy == VERSION, version.approved_id.in_(some))
            .where(line.row_mark == Mark.STRUCK.value)
        )
        found.update(((note_id, line_no), reason) for note_id, line_no, reason in work.session.execute(statement))
    return found
