"""The first pages of 生成核注清单: the book, the source documents with something left, how much of each line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.goods.part import Part
from bondesk.areas.notes.note_options import GenerateNotes
from bondesk.areas.notes.note_templates import HeadDefaults
from bondesk.areas.notes.source_document import SourceDocument, SourceLine
from bondesk.base.errors import Refused
from bondesk.base.facts import Work
from bondesk.base.steps import Amounts, Choose, Table


def book_of(work: Work, options: GenerateNotes) -> Account:
    """Return the approved book of the run; NOTE-01 when there is none or the choice is open."""
    books = [
        book
        for book in work.facts.find(Account, copy="approved")
        if options.record_no in ("", book.record_no) and book.state == "APPROVED"
    ]
    if len(books) != 1:
        what = f"没有已审批的账册 {options.record_no}".rstrip() if not books else "有多本已审批账册，请指定备案号"
        raise Refused(what, "NOTE-01")
    return books[0]


class Wanted(Protocol):
    """What a wizard asks of source documents; ``document_no`` is contained in their number."""

    @property
    def ie_flag(self) -> str:
        """Return the direction, "" for both."""

    @property
    def date_from(self) -> date | None:
        """Return the first day."""

    @property
    def date_to(self) -> date | None:
        """Return the last day."""

    @property
    def document_no(self) -> str:
        """Return a part of the number."""


def candidates_of(
    work: Work, wanted: Wanted, selected: Sequence[int], *, by_invoice: bool = False
) -> list[SourceDocument]:
    """Return the source documents within the filters that have anything left, with their lines.

    ``by_invoice`` looks for the number among the invoice numbers of the lines too.
    """
    document = SourceDocument
    mine = select(SourceLine.id).where(
        SourceLine.company_id == document.company_id, SourceLine.header_id == document.id
    )
    whole = select(document).options(selectinload(document.lines))
    statement = whole.where(document.company_id == work.company_id)
    statement = statement.where(mine.where(SourceLine.quantity > SourceLine.used_qty).exists())
    if selected:
        statement = statement.where(document.id.in_(list(selected)))
    if wanted.ie_flag:
        statement = statement.where(document.ie_flag == wanted.ie_flag)
    if wanted.date_from:
        statement = statement.where(document.document_date >= wanted.date_from)
    if wanted.date_to:
        statement = statement.where(document.document_date <= wanted.date_to)
    if wanted.document_no:
        named = document.document_no.contains(wanted.document_no, autoescape=True)
        if by_invoice:
            named |= mine.where(SourceLine.invoice_no.contains(wanted.document_no, autoescape=True)).exists()
        statement = statement.where(named)
    order = (document.ie_flag.desc(), document.document_date, document.document_no)
    return list(work.session.scalars(statement.order_by(*order)))


def documents_step(candidates: Sequence[SourceDocument]) -> Choose:
    """Ask which documents to take; all are proposed."""
    rows = tuple(
        (
            document.document_no,
            document.document_date,
            "进口" if document.ie_flag == "I" else "出口",
            document.supervision_mode,
            document.partner,
            len(document.lines),
            sum(1 for line in document.lines if line.used_qty < line.quantity),
        )
        for document in candidates
    )
    ids = tuple(document.id for document in candidates)
    headings = ("单据号", "单据日期", "进出口", "监管方式", "客户供应商", "行数", "未用完行数")
    return Choose("documents", Table("选择原始单证", headings, rows), ids, ids)


def amounts_step(work: Work, documents: Sequence[SourceDocument]) -> Amounts:
    """Ask how much of each open line to take; what is left is proposed."""
    parts = work.facts.index(Part, Part.part_no)
    open_lines = [
        (document, line) for document in documents for line in document.lines if line.quantity > line.used_qty
    ]
    rows = tuple(
        (
            f"{document.document_no}/{line.line_no}",
            line.part_no,
            parts[line.part_no].name if line.part_no in parts else "",
            line.erp_unit,
            line.quantity,
            line.used_qty,
            line.quantity - line.used_qty,
        )
        for document, line in open_lines
    )
    left = tuple(line.quantity - line.used_qty for _, line in open_lines)
    headings = ("单据行", "料号", "品名", "企业单位", "数量", "已生成数量", "未生成数量")
    ids = tuple(line.id for _, line in open_lines)
    return Amounts("amounts", Table("本次生成数量", headings, rows), ids, left, left, "生成数量", "DEC-08")


def head_defaults(options: GenerateNotes) -> HeadDefaults:
    """Return what the run fills in where a source line says nothing."""
    return HeadDefaults(
        declare_customs=options.declare_customs,
        transport_mode=options.transport_mode,
        entry_exit_customs=options.entry_exit_customs,
        trade_partner_country=options.trade_partner_country,
        transaction_mode=options.transaction_mode,
        trade_country=options.trade_country,
    )
