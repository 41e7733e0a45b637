"""From a declaration back to the note or the source documents it was made from, over the links of its lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import and_, func, select

from bondesk.areas.codes.customs_code import units_of
from bondesk.areas.declarations.declaration_lines import DeclarationLine, DeclarationLineSource, DeclarationNoteLine
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine
from bondesk.areas.notes.note_trace import trace_line
from bondesk.areas.notes.source_document import SourceDocument, SourceLine
from bondesk.base.documents import MOST_RELATED, Related
from bondesk.base.explanation import Explanation
from bondesk.base.facts import Work
from bondesk.base.numbers import plain


def declaration_relatives(declaration: Declaration, work: Work) -> Sequence[Related]:
    """Return the notes and source documents whose lines a declaration was made from, with how many of them."""
    link, line = DeclarationNoteLine, DeclarationLine
    notes = (
        select(BondedNote.id, BondedNote.internal_no, func.count(NoteLine.id.distinct()))
        .select_from(line)
        .join(link, and_(link.company_id == line.company_id, link.declaration_line_id == line.id))
        .join(NoteLine, and_(NoteLine.company_id == line.company_id, NoteLine.id == link.note_line_id))
        .join(BondedNote, and_(BondedNote.company_id == line.company_id, BondedNote.id == NoteLine.header_id))
        .where(line.company_id == work.company_id, line.header_id == declaration.id)
        .group_by(BondedNote.id, BondedNote.internal_no)
        .order_by(BondedNote.internal_no)
    )
    taking = DeclarationLineSource
    sources = (
        select(SourceDocument.id, SourceDocument.document_no, func.count(SourceLine.id.distinct()))
        .select_from(line)
        .join(taking, and_(taking.company_id == line.company_id, taking.declaration_line_id == line.id))
        .join(SourceLine, and_(SourceLine.company_id == line.company_id, SourceLine.id == taking.source_line_id))
        .join(
            SourceDocument,
            and_(SourceDocument.company_id == line.company_id, SourceDocument.id == SourceLine.header_id),
        )
        .where(line.company_id == work.company_id, line.header_id == declaration.id)
        .group_by(SourceDocument.id, SourceDocument.document_no)
        .order_by(SourceDocument.document_no)
    )
    found = []
    for key, statement in (("bonded_note", notes), ("source_document", sources)):
        rows = work.session.execute(statement.limit(MOST_RELATED + 1))
        found += [Related(key, one, number, f"本报关单由其{count}行生成") for one, number, count in rows]
    return found


def trace_declaration_line(line_id: int, work: Work) -> Explanation:
    """Explain the declared quantity of one declaration line; ``LookupError`` when there is no such line."""
    mine = select(DeclarationLine).where(DeclarationLine.company_id == work.company_id, DeclarationLine.id == line_id)
    line = work.session.scalars(mine).one_or_none()
    if line is None:
        raise LookupError(line_id)
    owner = work.session.scalars(
        select(Declaration).where(Declaration.company_id == work.company_id, Declaration.id == line.header_id)
    ).one()
    parts = [trace_line(link.note_line_id, work) for link in line.note_lines]
    parts += [part for link in line.sources for part in _source(link, work)]
    if not parts and (cell := work.cell(line, "dcl_qty")) is not None:
        parts = [cell]
    unit = units_of(work.facts).get(line.dcl_unit)
    title = f"报关单 {owner.declaration_no or owner.internal_no} 第{line.line_no}项 成交数量"
    value = f"{plain(line.dcl_qty)} {unit.name if unit else line.dcl_unit}"
    return Explanation(title, value, line.reason or "", tuple(parts))


def _source(link: DeclarationLineSource, work: Work) -> Iterator[Explanation]:
    row = work.session.execute(
        select(SourceLine, SourceDocument)
        .join(
            SourceDocument,
            and_(SourceDocument.company_id == SourceLine.company_id, SourceDocument.id == SourceLine.header_id),
        )
        .where(SourceLine.company_id == work.company_id, SourceLine.id == link.source_line_id)
    ).one_or_none()
    if row is None:
        yield Explanation("原始单证行已删除", plain(link.quantity), link.derivation)
        return
    line, document = row
    title = f"原始单证 {document.document_no} 第{line.line_no}行 {line.part_no}"
    cell = work.cell(line, "quantity")
    yield Explanation(title, f"{plain(link.quantity)} {line.erp_unit}", link.derivation, (cell,) if cell else ())
