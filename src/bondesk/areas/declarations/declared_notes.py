"""Notes and source documents seen from their declarations: which have one, and why a note cannot (handbook 5.8)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, select

from bondesk.areas.declarations.declaration_lines import DeclarationLine, DeclarationLineSource, DeclarationNoteLine
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine
from bondesk.areas.notes.note_relatives import note_relatives
from bondesk.areas.notes.source_document import SourceDocument, SourceLine, notes_made
from bondesk.base.batches import batches
from bondesk.base.documents import MOST_RELATED, Related
from bondesk.base.facts import Work

_GONE = ("VOID", "DELETED")


def why_not(work: Work, notes: Sequence[BondedNote]) -> dict[int, str]:
    """Say of notes that cannot be declared why (by id)."""
    declared = declarations_of(work, [one.id for one in notes])
    reasons: dict[int, str] = {}
    for one in notes:
        name = f"核注清单 {one.bond_no or one.internal_no}"
        if one.declaration_flag == "2":
            reasons[one.id] = f"{name} 的报关标志为非报关，不生成报关单"
        elif one.state != "APPROVED":
            reasons[one.id] = f"{name} 尚未审批，审批后才能生成报关单"
        elif one.id in declared:
            reasons[one.id] = f"{name} 已有报关单 {declared[one.id]}，不能重复生成；删除草单后可重新生成"
        elif not one.bond_no:
            reasons[one.id] = f"{name} 没有清单编号，请先接收回执"
    return reasons


def undeclared(work: Work) -> ColumnElement[bool]:
    """Return the condition that no declaration was made from a note; void and deleted ones do not count."""
    link, line = DeclarationNoteLine, DeclarationLine
    made = (
        select(link.id)
        .join(NoteLine, and_(NoteLine.company_id == link.company_id, NoteLine.id == link.note_line_id))
        .join(line, and_(line.company_id == link.company_id, line.id == link.declaration_line_id))
        .join(Declaration, and_(Declaration.company_id == link.company_id, Declaration.id == line.header_id))
        .where(link.company_id == work.company_id, NoteLine.header_id == BondedNote.id)
        .where(Declaration.state.not_in(_GONE))
    )
    return ~made.exists()


def declarations_of(work: Work, note_ids: Sequence[int]) -> dict[int, str]:
    """Return by note id the number of the declaration made from it; void and deleted ones do not count."""
    statement = (
        select(NoteLine.header_id, Declaration.internal_no)
        .join(
            DeclarationNoteLine,
            (DeclarationNoteLine.company_id == NoteLine.company_id) & (DeclarationNoteLine.note_line_id == NoteLine.id),
        )
        .join(
            DeclarationLine,
            (DeclarationLine.company_id == NoteLine.company_id)
            & (DeclarationLine.id == DeclarationNoteLine.declaration_line_id),
        )
        .join(
            Declaration,
            (Declaration.company_id == NoteLine.company_id) & (Declaration.id == DeclarationLine.header_id),
        )
        .where(NoteLine.company_id == work.company_id, Declaration.state.not_in(_GONE))
        .distinct()
    )
    found: dict[int, str] = {}
    for batch in batches(note_ids):
        part = list(batch)
        found |= {row[0]: row[1] for row in work.session.execute(statement.where(NoteLine.header_id.in_(part)))}
    return found


def note_relations(note: BondedNote, work: Work) -> Sequence[Related]:
    """Return the source documents of a note, and the declarations made from it with how many items."""
    link, line = DeclarationNoteLine, DeclarationLine
    statement = (
        select(Declaration.id, Declaration.internal_no, func.count(line.id.distinct()))
        .select_from(NoteLine)
        .join(link, and_(link.company_id == NoteLine.company_id, link.note_line_id == NoteLine.id))
        .join(line, and_(line.company_id == NoteLine.company_id, line.id == link.declaration_line_id))
        .join(Declaration, and_(Declaration.company_id == NoteLine.company_id, Declaration.id == line.header_id))
        .where(NoteLine.company_id == work.company_id, NoteLine.header_id == note.id)
        .group_by(Declaration.id, Declaration.internal_no)
        .order_by(Declaration.internal_no)
    )
    rows = work.session.execute(statement.limit(MOST_RELATED + 1))
    made = [Related("declaration", key, number, f"由本清单生成，商品{count}项") for key, number, count in rows]
    return [*note_relatives(note, work), *made]


def document_relations(document: SourceDocument, work: Work) -> Sequence[Related]:
    """Return the notes made from a source document, and its declarations with how many items."""
    link, line = DeclarationLineSource, DeclarationLine
    statement = (
        select(Declaration.id, Declaration.internal_no, func.count(line.id.distinct()))
        .select_from(SourceLine)
        .join(link, and_(link.company_id == SourceLine.company_id, link.source_line_id == SourceLine.id))
        .join(line, and_(line.company_id == SourceLine.company_id, line.id == link.declaration_line_id))
        .join(Declaration, and_(Declaration.company_id == SourceLine.company_id, Declaration.id == line.header_id))
        .where(SourceLine.company_id == work.company_id, SourceLine.header_id == document.id)
        .group_by(Declaration.id, Declaration.internal_no)
        .order_by(Declaration.id.desc())
    )
    rows = work.session.execute(statement.limit(MOST_RELATED + 1))
    made = [Related("declaration", key, number, f"由本单生成，商品{count}项") for key, number, count in rows]
    return [*notes_made(document, work), *made]
