"""What a declaration that goes gives back, and what one with a number tells its notes (rows 112, 132)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from bondesk.areas.declarations.declaration_lines import DeclarationLine, DeclarationLineSource, DeclarationNoteLine
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine
from bondesk.areas.notes.note_removal import give_back
from bondesk.base.batches import batches
from bondesk.base.facts import Work


def release(_declaration: Declaration, lines_gone: Sequence[Any], work: Work) -> None:
    """Let go of the note lines and source quantities the lines that go were made of."""
    gone = [line.id for line in lines_gone if isinstance(line, DeclarationLine)]
    for part in batches(gone):
        notes = select(DeclarationNoteLine).where(
            DeclarationNoteLine.company_id == work.company_id, DeclarationNoteLine.declaration_line_id.in_(part)
        )
        links = work.session.scalars(notes).all()
        for document in _notes_of(work, [link.note_line_id for link in links]):
            flag_modified(document, "changed_at")
        for link in links:
            work.session.delete(link)
        sources = select(DeclarationLineSource).where(
            DeclarationLineSource.company_id == work.company_id, DeclarationLineSource.declaration_line_id.in_(part)
        )
        give_back(work.session.scalars(sources).all(), work)


def _notes_of(work: Work, note_line_ids: Sequence[int]) -> Sequence[BondedNote]:
    lines = select(NoteLine.header_id).where(
        NoteLine.company_id == work.company_id, NoteLine.id.in_(list(note_line_ids))
    )
    return work.session.scalars(
        select(BondedNote).where(BondedNote.company_id == work.company_id, BondedNote.id.in_(lines))
    ).all()


def tell_notes(declaration: Declaration, work: Work) -> Sequence[BondedNote]:
    """Write the numbers customs gave a declaration to the notes it was made from; return the notes that changed."""
    links = select(DeclarationNoteLine.note_line_id).join(
        DeclarationLine,
        (DeclarationLine.company_id == DeclarationNoteLine.company_id)
        & (DeclarationLine.id == DeclarationNoteLine.declaration_line_id),
    )
    mine = links.where(DeclarationLine.company_id == work.company_id, DeclarationLine.header_id == declaration.id)
    changed = []
    for document in _notes_of(work, list(work.session.scalars(mine))):
        before = (document.declaration_no, document.declaration_seq_no)
        document.declaration_no = declaration.declaration_no or document.declaration_no
        document.declaration_seq_no = declaration.seq_no or document.declaration_seq_no
        if (document.declaration_no, document.declaration_seq_no) != before:
            changed.append(document)
    return changed
