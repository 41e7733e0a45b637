"""Checks of 手册核销: what invoices say is used is what 核销 hold, and every deduction foots (handbook 13.4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy import and_, select
from sqlalchemy.orm import selectinload

from bondesk.areas.domestic.deducting import state_of
from bondesk.areas.domestic.purchase_invoice import PurchaseInvoice
from bondesk.areas.verification.handbook_deducting import OPEN
from bondesk.areas.verification.handbook_model import HandbookDeduction, HandbookVerification
from bondesk.base.checks import Breach, Check
from bondesk.base.facts import Work
from bondesk.base.numbers import plain
from bondesk.ledger.deduction import shortfall_of

_ZERO = Decimal(0)


def _held(work: Work) -> dict[int, Decimal]:
    row, head = HandbookDeduction, HandbookVerification
    owned = and_(head.company_id == row.company_id, head.id == row.header_id)
    mine = select(row.invoice_line_id, row.used).join(head, owned).where(row.company_id == work.company_id)
    held: dict[int, Decimal] = defaultdict(lambda: _ZERO)
    for line_id, used in work.session.execute(mine.where(head.state.not_in(OPEN), row.used > 0)):
        held[line_id] += used
    return held


def _used(work: Work) -> Iterator[Breach]:
    """已抵扣数量 of an invoice line is what audited 核销 hold of it, never more than it has; its state says so."""
    held = _held(work)
    mine = select(PurchaseInvoice).where(PurchaseInvoice.company_id == work.company_id)
    whole = mine.options(selectinload(PurchaseInvoice.lines)).order_by(PurchaseInvoice.id)
    for invoice in work.session.scalars(whole.execution_options(yield_per=1000)):
        number = invoice.invoice_no
        for line in invoice.lines:
            wanted = held.pop(line.id, _ZERO)
            if line.used_qty != wanted:
                text = (
                    f"内购发票 {number} 第 {line.line_no} 行已抵扣 {plain(line.used_qty)}，各核销合计 {plain(wanted)}"
                )
                yield Breach(text, "purchase_invoice", invoice.id, number)
            elif line.used_qty > (line.item_qty or _ZERO):
                text = f"内购发票 {number} 第 {line.line_no} 行已抵扣 {plain(line.used_qty)}，超过发票数量"
                yield Breach(text, "purchase_invoice", invoice.id, number)
        if invoice.state != state_of(invoice):
            yield Breach(f"内购发票 {number} 的状态与已抵扣数量不符", "purchase_invoice", invoice.id, number)
    if held:
        yield Breach(f"有 {len(held)} 行已抵扣的内购发票不在系统中")


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
