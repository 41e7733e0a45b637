"""原始单证: what the ERP says came in or goes out, at part level (handbook 1.3, 5.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import Index, and_, func, select
from sqlalchemy.orm import Mapped, relationship

from bondesk.areas.codes.customs_code import FactsCodeBook, units_of
from bondesk.areas.codes.partner import Partner
from bondesk.areas.goods.part import Part
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine, NoteLineSource
from bondesk.areas.notes.conversion import in_part_unit
from bondesk.areas.notes.paper_kinds import TRADE_PAPERS
from bondesk.base.columns import (
    Amount,
    Code4,
    Code10,
    Code18,
    Code32,
    Code64,
    Qty,
    SourcePrice,
    Weight,
)
from bondesk.base.documents import MOST_RELATED, DocumentType, LineTable, Related, group
from bondesk.base.errors import Refused
from bondesk.base.facts import Facts, Work
from bondesk.base.fields import shown
from bondesk.base.findings import Finding, error, note
from bondesk.base.records import Line, Record, belongs_to
from bondesk.base.workbooks import Heading, SheetPlan, WorkbookPlan, may, must

IE_FLAGS = (("I", "进口"), ("E", "出口"))


class SourceDocument(Record):
    """One ERP document; imports and exports share the class."""

    __tablename__ = "source_document"
    __table_args__ = (
        Index("ix_source_document_key", "company_id", "document_no", unique=True),
        Index("ix_source_document_date", "company_id", "ie_flag", "document_date"),
        Index("ix_source_document_partner", "company_id", "partner"),
    )

    document_no: Mapped[Code64] = shown("单据号", required=True, width=16)
    document_date: Mapped[date] = shown("单据日期", required=True)
    ie_flag: Mapped[Code4] = shown("进出口标志", choices=IE_FLAGS, required=True)
    supervision_mode: Mapped[Code4] = shown("监管方式", table="supervision_mode", required=True)
    partner: Mapped[Code32] = shown("客户供应商", reference="partner")
    lines: Mapped[list[SourceLine]] = relationship(
        cascade="all, delete-orphan", order_by="SourceLine.line_no", passive_deletes=True
    )


class SourceLine(Line):
    """One part of a source document; ``used_qty`` is what notes and declarations have taken of it."""

    __tablename__ = "source_line"
    __table_args__ = (
        *belongs_to("source_document", "source_line"),
        Index("ix_source_line_part", "company_id", "part_no"),
    )

    part_no: Mapped[Code32] = shown("料号", reference="part", required=True, width=16)
    quantity: Mapped[Qty] = shown("数量", required=True)
    erp_unit: Mapped[Code10] = shown("企业单位")
    unit_price: Mapped[SourcePrice | None] = shown("单价")
    total: Mapped[Amount | None] = shown("总价")
    currency: Mapped[Code4] = shown("币制", table="currency", required=True)
    country: Mapped[Code4] = shown("国别", table="country", help="进口为原产国，出口为最终目的国")
    net_weight: Mapped[Weight | None] = shown("净重", help="千克")
    gross_weight: Mapped[Weight | None] = shown("毛重", help="千克；只填一行时为整单毛重")
    packages: Mapped[int | None] = shown("件数", counted=True)
    bom_version: Mapped[Code32] = shown("BOM版本")
    invoice_no: Mapped[Code64] = shown("发票号")
    contract_no: Mapped[Code64] = shown("合同号")
    bill_no: Mapped[Code64] = shown("提单号")
    transport_mode: Mapped[Code4] = shown("运输方式", table="transport_mode")
    entry_exit_customs: Mapped[Code4] = shown("进出境关别", table="customs_office")
    trade_partner_country: Mapped[Code4] = shown("启运/运抵国", table="country", help="进口启运国，出口运抵国")
    transaction_mode: Mapped[Code4] = shown("成交方式", table="transaction_mode")
    application_no: Mapped[Code64] = shown("申请表编号")
    application_line_no: Mapped[int | None] = shown("申请表序号")
    linked_record_no: Mapped[Code18] = shown("关联备案编号")
    linked_note_no: Mapped[Code18] = shown("关联清单编号")
    licence_no: Mapped[Code32] = shown("许可证号")
    trade_country: Mapped[Code4] = shown("贸易国", table="country")
    used_qty: Mapped[Qty] = shown("已生成数量", readonly=True, default=Decimal(0))


def derive_source_document(document: SourceDocument, facts: Facts) -> None:
    """Fill line numbers left empty and the ERP unit of the part where the line names none."""
    parts = facts.index(Part, Part.part_no)
    taken = {line.line_no for line in document.lines if line.line_no}
    following = max(taken, default=0)
    for line in document.lines:
        if not line.line_no:
            following += 1
            line.line_no = following
        if not line.erp_unit and line.part_no in parts:
            line.erp_unit = parts[line.part_no].erp_unit
        line.used_qty = line.used_qty or Decimal(0)


def lines_known(document: SourceDocument, facts: Facts) -> Iterator[Finding]:
    """IMP-05 unknown part or partner; IMP-06 unit not convertible; STK-03 quantity; IMP-08 line number twice."""
    if document.partner and document.partner not in facts.index(Partner, Partner.code):
        yield error("IMP-05", f"客户供应商 {document.partner} 不在商业合作伙伴中", "partner")
    if not document.lines:
        yield error("IMP-09", "单证没有明细行", "document_no")
    numbers: set[int] = set()
    for position, line in enumerate(document.lines):
        if line.line_no in numbers:
            yield error("IMP-08", f"行号 {line.line_no} 重复", "line_no", position, table="lines")
        numbers.add(line.line_no)
        yield from _line_findings(line, position, facts)


def _line_findings(line: SourceLine, position: int, facts: Facts) -> Iterator[Finding]:
    part = facts.index(Part, Part.part_no).get(line.part_no)
    if line.quantity is not None and line.quantity <= 0:
        yield error("STK-03", "数量须大于0", "quantity", position, table="lines")
    elif line.quantity is not None and line.quantity < line.used_qty:
        text = f"数量 {line.quantity.normalize():f} 少于已生成数量 {line.used_qty.normalize():f}"
        yield error("DEC-08", text, "quantity", position, table="lines")
    if part is None:
        yield error("IMP-05", f"料号 {line.part_no} 不在料号档案中", "part_no", position, table="lines")
    elif line.erp_unit != part.erp_unit and quantity_ratio(line.erp_unit, part, facts) is None:
        if FactsCodeBook(facts).read("unit", line.erp_unit) is None:
            text = f"计量单位 {line.erp_unit} 未在企业参数中对照"
            yield error("MAP-12", text, "erp_unit", position, table="lines")
            return
        text = f"企业单位 {line.erp_unit} 与料号档案的企业单位 {part.erp_unit} 不一致且不能换算"
        yield error("IMP-06", text, "erp_unit", position, table="lines")
    if line.unit_price is None and line.total is None:
        yield note("AMT-02", "单价与总价都为空，生成清单前须补", "total", position, table="lines")


def refuse_used(document: SourceDocument, lines: Sequence[SourceLine], _work: Work) -> None:
    """Keep what notes were made from: a used line stays until its draft note is deleted."""
    used = [str(line.line_no) for line in lines if line.used_qty]
    if used:
        text = f"单证 {document.document_no} 第{'、'.join(used)}行已生成清单，不能删除；请先删除清单草稿"
        raise Refused(text, "FLOW-03")


def notes_made(document: SourceDocument, work: Work) -> Sequence[Related]:
    """Return the notes made from a source document, the newest first, with how many of their items."""
    statement = (
        select(BondedNote.id, BondedNote.internal_no, func.count(NoteLine.id.distinct()))
        .select_from(SourceLine)
        .join(
            NoteLineSource,
            and_(NoteLineSource.company_id == SourceLine.company_id, NoteLineSource.source_line_id == SourceLine.id),
        )
        .join(
            NoteLine,
            and_(NoteLine.company_id == NoteLineSource.company_id, NoteLine.id == NoteLineSource.note_line_id),
        )
        .join(BondedNote, and_(BondedNote.company_id == NoteLine.company_id, BondedNote.id == NoteLine.header_id))
        .where(SourceLine.company_id == work.company_id, SourceLine.header_id == document.id)
        .group_by(BondedNote.id, BondedNote.internal_no)
        .order_by(BondedNote.id.desc())
    )
    rows = work.session.execute(statement.limit(MOST_RELATED + 1))
    return [Related("bonded_note", key, number, f"由本单生成，表体{count}项") for key, number, count in rows]


def quantity_ratio(erp_unit: str, part: Part, facts: Facts) -> Fraction | None:
    """Return how many ERP units of ``part`` one ``erp_unit`` is, or None when not convertible (IMP-06)."""
    units = units_of(facts)
    code = FactsCodeBook(facts).read("unit", erp_unit)
    if code is None or code not in units or part.erp_unit_code not in units:
        return None
    return in_part_unit(1, units[code], units[part.erp_unit_code])


_LINE_COLUMNS = (
    SourceLine.line_no,
    SourceLine.part_no,
    SourceLine.quantity,
    SourceLine.erp_unit,
    SourceLine.unit_price,
    SourceLine.total,
    SourceLine.currency,
    SourceLine.country,
    SourceLine.net_weight,
    SourceLine.gross_weight,
    SourceLine.packages,
    SourceLine.bom_version,
    SourceLine.invoice_no,
    SourceLine.contract_no,
    SourceLine.bill_no,
    SourceLine.transport_mode,
    SourceLine.entry_exit_customs,
    SourceLine.trade_partner_country,
    SourceLine.transaction_mode,
    SourceLine.application_no,
    SourceLine.application_line_no,
    SourceLine.linked_record_no,
    SourceLine.linked_note_no,
    SourceLine.licence_no,
    SourceLine.trade_country,
)
_REQUIRED = {"part_no", "quantity", "currency"}


def _heading(attribute: Any) -> Heading:
    if attribute.key == "trade_partner_country":
        return may(attribute, "启运国")
    return must(attribute) if attribute.key in _REQUIRED else may(attribute)


SOURCE_DOCUMENT = DocumentType(
    key="source_document",
    title="原始单证",
    area="notes",
    header=SourceDocument,
    number=(SourceDocument.document_no,),
    dated=(SourceDocument.document_date,),
    list_columns=(
        SourceDocument.document_no,
        SourceDocument.document_date,
        SourceDocument.ie_flag,
        SourceDocument.supervision_mode,
        SourceDocument.partner,
    ),
    form=(
        group(
            "单据",
            SourceDocument.document_no,
            SourceDocument.document_date,
            SourceDocument.ie_flag,
            SourceDocument.supervision_mode,
            SourceDocument.partner,
        ),
    ),
    lines=(LineTable("lines", "明细", SourceDocument.lines, (*_LINE_COLUMNS, SourceLine.used_qty)),),
    derive=derive_source_document,
    rules=(lines_known,),
    removed=refuse_used,
    related=notes_made,
    attachment_kinds=TRADE_PAPERS,
    template_by=(SourceDocument.ie_flag, SourceDocument.supervision_mode),
    workbook=WorkbookPlan(
        "原始单证",
        (
            SheetPlan(
                "原始单证",
                (
                    may(SourceLine.line_no, "行号"),
                    *(_heading(a) for a in _LINE_COLUMNS[1:]),
                ),
                part="lines",
                head=(
                    must(SourceDocument.document_no),
                    must(SourceDocument.document_date),
                    must(SourceDocument.ie_flag),
                    must(SourceDocument.supervision_mode),
                    may(SourceDocument.partner),
                ),
            ),
        ),
        on_existing="refuse",
    ),
    help="ERP 的进出口单证（料号级）。核注清单由它生成，可部分使用。",
)
