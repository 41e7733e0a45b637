"""From a note back to the source documents it was made from, over the links of its lines."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, func, select

from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine, NoteLineSource
from bondesk.areas.notes.source_document import SourceDocument, SourceLine
from bondesk.base.documents import MOST_RELATED, Related
from bondesk.base.facts import Work


def note_relatives(note: BondedNote, work: Work) -> Sequence[Related]:
    """Return the source documents whose lines a note took, with how many of them."""
    statement = (
        select(SourceDocument.id, SourceDocument.document_no, func.count(SourceLine.id.distinct()))
        .select_from(NoteLine)
        .join(
            NoteLineSource,
            and_(NoteLineSource.company_id == NoteLine.company_id, NoteLineSource.note_line_id == NoteLine.id),
        )
        .join(
            SourceLine,
            and_(SourceLine.company_id == NoteLineSource.company_id, SourceLine.id == NoteLineSource.source_line_id),
        )
        .join(
            SourceDocument,
            and_(SourceDocument.company_id == SourceLine.company_id, SourceDocument.id == SourceLine.header_id),
        )
        .where(NoteLine.company_id == work.company_id, NoteLine.header_id == note.id)
        .group_by(SourceDocument.id, SourceDocument.document_no)
        .order_by(SourceDocument.document_no)
    )
    rows = work.session.execute(statement.limit(MOST_RELATED + 1))
    return [Related("source_document", key, number, f"本清单取用其{count}行明细") for key, number, count in rows]
