"""内购发票: materials bought at home; a 手册核销 deducts its 欠数 from them (row 166, handbook 13.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, relationship

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.goods.factory import mapped_to
from bondesk.areas.goods.part import Part
from bondesk.areas.stock.measured import exact_own_unit, part_findings
from bondesk.base.columns import Amount, Code10, Code18, Code32, Code64, Qty, Text255
from bondesk.base.documents import DocumentType, LineTable, group
from bondesk.base.facts import Facts
from bondesk.base.fields import shown
from bondesk.base.findings import Finding, error, note
from bondesk.base.flow import DEDUCTED
from bondesk.base.numbers import QUANTITY_PLACES, half_up
from bondesk.base.records import Flowing, Line, Record, belongs_to
from bondesk.base.workbooks import SheetPlan, WorkbookPlan, may, must


class PurchaseInvoiceLine(Line):
    """One material bought: ``quantity`` as invoiced, ``item_qty`` in the declared unit of its item.

    ``used_qty`` is what audited 核销 deduct of ``item_qty``; a blank ``record_no`` serves every book the part is in.
    """

    __tablename__ = "purchase_invoice_line"
    __table_args__ = (
        *belongs_to("purchase_invoice", "purchase_invoice_line"),
        Index("ix_purchase_invoice_line_book", "company_id", "record_no"),
        Index("ix_purchase_invoice_line_part", "company_id", "part_no"),
    )

    part_no: Mapped[Code32] = shown("料号", reference="part", required=True, width=16)
    quantity: Mapped[Qty] = shown("数量", required=True)
    erp_unit: Mapped[Code10] = shown("企业单位", help="空 = 料号档案的企业单位")
    amount: Mapped[Amount | None] = shown("金额", help="人民币，不含税")
    tax: Mapped[Amount | None] = shown("税额", help="人民币")
    record_no: Mapped[Code18] = shown("备案号", reference="account handbook", width=16, help="空 = 料号所在的任一账册")
    item_no: Mapped[int | None] = shown("备案序号", readonly=True, help="料件的归并序号")
    item_qty: Mapped[Qty | None] = shown("折申报数量", readonly=True, help="数量 × 转换率，申报单位")
    used_qty: Mapped[Qty] = shown(
        "已抵扣数量", readonly=True, default=Decimal(0), server_default="0", help="已审核的核销所抵扣，申报单位"
    )


class PurchaseInvoice(Record, Flowing):
    """One invoice of a supplier at home."""

    __tablename__ = "purchase_invoice"
    __table_args__ = (
        Index("ix_purchase_invoice_key", "company_id", "invoice_no", unique=True),
        Index("ix_purchase_invoice_date", "company_id", "invoice_date"),
        Index("ix_purchase_invoice_supplier", "company_id", "supplier"),
    )

    invoice_no: Mapped[Code64] = shown("发票号", required=True, width=22)
    invoice_date: Mapped[date] = shown("发票日期", required=True)
    supplier: Mapped[Code32] = shown("供应商", reference="partner")
    amount: Mapped[Amount] = shown("金额合计", readonly=True, default=Decimal(0), server_default="0")
    tax: Mapped[Amount] = shown("税额合计", readonly=True, default=Decimal(0), server_default="0")
    remark: Mapped[Text255] = shown("备注")
    lines: Mapped[list[PurchaseInvoiceLine]] = relationship(
        cascade="all, delete-orphan", order_by="PurchaseInvoiceLine.line_no", passive_deletes=True
    )


_H, _L = PurchaseInvoice, PurchaseInvoiceLine


def derive_purchase_invoice(invoice: PurchaseInvoice, facts: Facts) -> None:
    """Number lines, take the part's unit, its item and the declared quantity, and add the amounts up."""
    parts = facts.index(Part, Part.part_no)
    for number, line in enumerate(invoice.lines, 1):
        line.line_no = line.line_no or number
        part = parts.get(line.part_no)
        line.erp_unit = line.erp_unit or (part.erp_unit if part else "")
        line.item_no, line.item_qty = declared_quantity(line, line.record_no or "", facts)
        line.used_qty = line.used_qty or Decimal(0)
    invoice.amount = sum((line.amount or Decimal(0) for line in invoice.lines), Decimal(0))
    invoice.tax = sum((line.tax or Decimal(0) for line in invoice.lines), Decimal(0))


def declared_quantity(line: PurchaseInvoiceLine, record_no: str, facts: Facts) -> tuple[int | None, Decimal | None]:
    """Return item and quantity of a line in book ``record_no``, at 5 decimals; None without a way there."""
    part = facts.index(Part, Part.part_no).get(line.part_no)
    mapped = mapped_to(facts, part, record_no) if part is not None and part.goods_kind == "I" else None
    quantity = exact_own_unit(line, facts)
    if mapped is None or quantity is None:
        return None, None
    return mapped.item_no, half_up(quantity * mapped.factor, QUANTITY_PLACES)


def lines_hold(invoice: PurchaseInvoice, facts: Facts) -> Iterator[Finding]:
    """IMP-09 no line, PUR-01 not a material, PUR-02 a negative amount, PUR-03 an unknown book; parts as for 仓单."""
    parts = facts.index(Part, Part.part_no)
    books = {"", *(book.record_no for book in facts.find(Account, copy="approved"))}
    if not invoice.lines:
        yield error("IMP-09", "内购发票没有明细行", "invoice_no")
    for position, line in enumerate(invoice.lines):
        part = parts.get(line.part_no)
        if part is not None and part.goods_kind != "I":
            yield error(
                "PUR-01", f"料号 {line.part_no} 不是料件，内购发票只登记料件", "part_no", position, table="lines"
            )
        for key, word in (("amount", "金额"), ("tax", "税额")):
            if (getattr(line, key) or 0) < 0:
                yield error("PUR-02", f"{word}不能小于0；红字发票请修改或删除原发票", key, position, table="lines")
        if (line.record_no or "") not in books:
            text = f"备案号 {line.record_no} 不是已审批的账册或手册，取得它以前不参与抵扣"
            yield note("PUR-03", text, "record_no", position, table="lines")
        yield from part_findings(line, position, facts)


def purchase_defaults(facts: Facts) -> Mapping[str, Any]:
    """Propose today."""
    return {"invoice_date": facts.today}


PURCHASE_INVOICE = DocumentType(
    key="purchase_invoice",
    title="内购发票",
    area="domestic",
    header=PurchaseInvoice,
    number=(_H.invoice_no,),
    dated=(_H.invoice_date,),
    list_columns=(_H.invoice_no, _H.invoice_date, _H.supplier, _H.amount, _H.tax, _H.remark),
    form=(group("内购发票", _H.invoice_no, _H.invoice_date, _H.supplier, _H.amount, _H.tax, _H.remark),),
    lines=(
        LineTable(
            "lines",
            "明细",
            _H.lines,
            (
                _L.line_no,
                _L.part_no,
                _L.quantity,
                _L.erp_unit,
                _L.amount,
                _L.tax,
                _L.record_no,
                _L.item_no,
                _L.item_qty,
                _L.used_qty,
            ),
        ),
    ),
    flow=DEDUCTED,
    derive=derive_purchase_invoice,
    rules=(lines_hold,),
    defaults=purchase_defaults,
    workbook=WorkbookPlan(
        "内购发票",
        (
            SheetPlan(
                "内购发票",
                (
                    must(_L.part_no),
                    must(_L.quantity),
                    may(_L.erp_unit),
                    may(_L.amount),
                    may(_L.tax),
                    may(_L.record_no),
                ),
                part="lines",
                head=(must(_H.invoice_no), must(_H.invoice_date), may(_H.supplier)),
            ),
        ),
        on_existing="refuse",
    ),
    help="国内购买料件的发票：手册核销按开票日期的先后抵扣欠数，看合同是否平衡；不改变海关台账。",
)
