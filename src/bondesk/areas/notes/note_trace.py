"""From a note line down to source lines and workbook cells."""

from __future__ import annotations

from sqlalchemy import select

from bondesk.areas.codes.customs_code import units_of
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine, NoteLineSource
from bondesk.areas.notes.source_document import SourceDocument, SourceLine
from bondesk.base.explanation import Explanation
from bondesk.base.facts import Work
from bondesk.base.numbers import plain


def trace_line(line_id: int, work: Work) -> Explanation:
    """Explain the declared quantity of one note line; ``LookupError`` when there is no such line."""
    session, company = work.session, work.company_id
    line = session.scalars(select(NoteLine).where(NoteLine.company_id == company, NoteLine.id == line_id)).one_or_none()
    if line is None:
        raise LookupError(line_id)
    note = session.scalars(
        select(BondedNote).where(BondedNote.company_id == company, BondedNote.id == line.header_id)
    ).one()
    unit = units_of(work.facts).get(line.dcl_unit)
    name = unit.name if unit else line.dcl_unit
    parts = [_source(link, name, work) for link in line.sources]
    if not parts:
        cell = work.cell(line, "dcl_qty")
        parts = [cell] if cell else []
    reason = line.reason or ""
    if line.adjusted_min:
        reason += "；折算后舍入为0，按企业参数进到最小数"
    number = f"{note.internal_no}（{note.bond_no}）" if note.bond_no else note.internal_no
    title = f"核注清单 {number} 第{line.line_no}项 申报数量"
    return Explanation(title, f"{plain(line.dcl_qty)} {name}", reason, tuple(parts))


def _source(link: NoteLineSource, unit: str, work: Work) -> Explanation:
    row = work.session.execute(
        select(SourceLine, SourceDocument)
        .join(
            SourceDocument,
            (SourceDocument.company_id == SourceLine.company_id) & (SourceDocument.id == SourceLine.header_id),
        )
        .where(SourceLine.company_id == work.company_id, SourceLine.id == link.source_line_id)
    ).one_or_none()
    if row is None:
        return Explanation("原始单证行已删除", plain(link.dcl_share), link.derivation)
    line, document = row
    title = f"原始单证 {document.document_no} 第{line.line_no}行 {line.part_no} {plain(link.quantity)} {line.erp_unit}"
    cell = work.cell(line, "quantity")
    return Explanation(title, f"{plain(link.dcl_share)} {unit}", link.derivation, (cell,) if cell else ())
