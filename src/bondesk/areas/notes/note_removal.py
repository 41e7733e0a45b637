"""Releasing what a deleted or voided note or declaration had used of its source lines (row 132)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine, NoteLineSource
from bondesk.areas.notes.source_document import SourceDocument, SourceLine
from bondesk.base.facts import Work


def release_sources(_note: BondedNote, lines_gone: Sequence[NoteLine], work: Work) -> None:
    """Give the quantities of the lines that go back to their source lines, and forget the links."""
    line_ids = [line.id for line in lines_gone]
    links = work.session.scalars(
        select(NoteLineSource).where(
            NoteLineSource.company_id == work.company_id, NoteLineSource.note_line_id.in_(line_ids)
        )
    ).all()
    give_back(links, work)


def give_back(links: Sequence[Any], work: Work) -> None:
    """Return what ``links`` (rows with ``PortionColumns``) took to their source lines, and forget the links."""
    lines = {
        line.id: line
        for line in work.session.scalars(
            select(SourceLine).where(
                SourceLine.company_id == work.company_id,
                SourceLine.id.in_([link.source_line_id for link in links]),
            )
        )
    }
    owners = work.session.scalars(
        select(SourceDocument).where(
            SourceDocument.company_id == work.company_id,
            SourceDocument.id.in_({line.header_id for line in lines.values()}),
        )
    )
    for owner in owners:
        flag_modified(owner, "changed_at")  # raises the revision, as taking the quantity did
    for link in links:
        if link.source_line_id in lines:
            lines[link.source_line_id].used_qty -= link.quantity
        work.session.delete(link)
