"""Checks of 手册核销: what invoices say is used is what 核销 hold, and every deduction foots (handbook 13.4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from bondesk.areas.domestic.deducting import state_of
from bondesk.areas.domestic.purchase_invoice import PurchaseInvoice
from bondesk.areas.verification.handbook_deducting import held
from bondesk.areas.verification.handbook_model import HandbookVerification
from bondesk.base.checks import Breach, Check
from bondesk.base.facts import Work
from bondesk.base.numbers import plain
from bondesk.ledger.deduction import shortfall_of

_ZERO = Decimal(0)


def _used(work: Work) -> Iterator[Breach]:
    """已抵扣数量 of an invoice line is what audited 核销 hold of it, never more than it has; its state says so."""
    standing = held(work)
    mine = select(PurchaseInvoice).where(PurchaseInvoice.company_id == work.company_id)
    whole = mine.options(selectinload(PurchaseInvoice.lines)).order_by(PurchaseInvoice.id)
    for invoice in work.session.scalars(whole.execution_options(yield_per=1000)):
        for line in invoice.lines:
            wanted = standing.pop(line.id, _ZERO)
            told = f"第 {line.line_no} 行已抵扣 {plain(line.used_qty)}"
            if line.used_qty != wanted:
                yield _of_invoice(invoice, f"{told}，各核销合计 {plain(wanted)}")
            elif line.used_qty > (line.item_qty or _ZERO):
                yield _of_invoice(invoice, f"{told}，超过发票数量")
        if invoice.state != state_of(invoice):
            yield _of_invoice(invoice, "的状态与已抵扣数量不符")
    if standing:
        yield Breach(f"有 {len(standing)} 行已抵扣的内购发票不在系统中")


def _of_invoice(invoice: PurchaseInvoice, text: str) -> Breach:
    return Breach(f"内购发票 {invoice.invoice_no} {text}", "purchase_invoice", invoice.id, invoice.invoice_no)


def _foots(work: Work) -> Iterator[Breach]:
    """欠数 = max(0, −申报余料), 抵扣 = Σ of the invoices = min(欠数, 内购), 剩余欠数 = 欠数 − 抵扣."""
    mine = select(HandbookVerification).where(HandbookVerification.company_id == work.company_id)
    for one in work.session.scalars(mine.where(HandbookVerification.state != "VOID")):
        given: dict[int, Decimal] = defaultdict(lambda: _ZERO)
        for row in one.deductions:
            given[row.item_no] += row.used
        for line in one.materials:
            owing = shortfall_of(line.declared_remaining)
            wanted = (owing, given[line.item_no], min(owing, line.bought), owing - line.deducted)
            if (line.shortfall, line.deducted, line.deducted, line.shortfall_left) != wanted:
                text = f"手册 {one.record_no} 核销料件 {line.item_no} 的欠数、内购抵扣与剩余欠数不相符"
                yield Breach(text, "handbook_verification", one.id, one.internal_no)


HANDBOOK_CHECKS = (
    Check("CHK-91", "内购发票已抵扣数量等于各核销的抵扣", "请取消审核该核销，重新计算后再审核", _used),
    Check("CHK-92", "手册核销的欠数、抵扣与剩余欠数相符", "请重新计算该次核销", _foots),
)
