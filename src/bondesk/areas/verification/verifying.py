"""新增报核 and 重新计算: the wizard that fixes a cycle and computes it, and the one that does so again (rows 86–96)."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.declarations.declared_books import counts_declarations
from bondesk.areas.stock.stock_model import Stocktake
from bondesk.areas.verification.computing import compute, nearest_stocktake
from bondesk.areas.verification.cycles import NextCycle, next_cycle
from bondesk.areas.verification.verification_model import ACTUAL_SOURCES, AccountVerification
from bondesk.base.errors import Refused
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding
from bondesk.base.numbers import plain
from bondesk.base.options import option
from bondesk.base.records import new_id
from bondesk.base.steps import Confirm, Outcome, Preview, Progress, Script, Step, Steps, Table
from bondesk.ledger.books import LedgerWork

_V = AccountVerification
#: 差异容差 in % a new 报核 starts with (handbook 8.7, RPT-07).
USUAL_TOLERANCE = Decimal("0.5")
_OLD_MODE = (
    "账册 {} 按报关单统计（旧模式），金二报核按核注清单计算并逐份列出清单，不能报核。"
    "账册已转金二的，请先在账册列表用「统计依据」改为核注清单"
)


@dataclass(frozen=True, slots=True)
class NewVerification:
    """Which book is verified, and from what."""

    record_no: str = option("账册编号", "", reference="account", help="空 = 唯一的已审批账册")
    end_date: date | None = option("报核截止日期", None, help="空 = 按账册类型算出；改动须填原因")
    override_reason: str = option("改截止日期的原因", "")
    actual_source: str = option("实际剩余数量", "STOCKTAKE", choices=ACTUAL_SOURCES)
    with_transit: bool = option("在途计入实际剩余", False)


def new_verification(work: LedgerWork, options: NewVerification, _selected: Sequence[int]) -> Steps:
    """Make the next 报核 of a book: fix its cycle, compute it, show it, store it."""
    book = _book(work.facts, options.record_no)
    found = next_cycle(work.facts, book, options.end_date)
    yield Progress(0, 2, f"账册 {book.record_no} 第 {found.times} 次报核")
    verification = _blank(work.facts, book, found, options)
    if options.actual_source == "STOCKTAKE":
        day = yield from _stocktake_day(work, verification)
        verification.stocktake_date = day
        verification.actual_source = "STOCKTAKE" if day else "EXPECTED"
    findings = (*found.findings, *compute(work, verification, book))
    yield Progress(1, 2, "计算完成")
    if not (yield _preview(verification, findings)):
        return Outcome("已取消，没有新增报核")
    work.session.add(verification)
    work.session.flush()
    text = (
        f"已新增账册 {book.record_no} 第 {verification.times} 次报核（{verification.begin_date} 至 "
        f"{verification.end_date}），料件 {len(verification.materials)} 项，清单 {len(verification.notes)} 份"
    )
    return Outcome(text, {"account_verification": [verification.id]}, tuple(findings))


def recompute(work: LedgerWork, _options: object, selected: Sequence[int]) -> Steps:
    """Compute chosen drafts again from the ledger as it stands now."""
    chosen = work.session.scalars(
        select(_V).where(_V.company_id == work.company_id, _V.id.in_(list(selected))).order_by(_V.id)
    ).all()
    if not chosen:
        raise Refused("请先在列表中选中要重新计算的报核", "RPT-00")
    findings: list[Finding] = []
    for place, verification in enumerate(chosen):
        yield Progress(place, len(chosen), f"账册 {verification.record_no} 第 {verification.times} 次报核")
        findings += compute(work, verification, _book(work.facts, verification.record_no))
    work.session.flush()
    return Outcome(
        f"已重新计算 {len(chosen)} 次报核", {"account_verification": [one.id for one in chosen]}, tuple(findings)
    )


def _book(facts: Facts, record_no: str) -> Account:
    books = [
        one
        for one in facts.find(Account, copy="approved", book_kind="EMS")
        if one.state == "APPROVED" and record_no in ("", one.record_no)
    ]
    if len(books) != 1:
        what = f"没有已审批的账册 {record_no}".rstrip() if not books else "有多本已审批账册，请指定账册编号"
        raise Refused(what, "RPT-10")
    if counts_declarations(books[0]):
        raise Refused(_OLD_MODE.format(books[0].record_no), "RPT-50")
    return books[0]


def _blank(facts: Facts, book: Account, found: NextCycle, options: NewVerification) -> AccountVerification:
    computed = next_cycle(facts, book).cycle.end if options.end_date else found.cycle.end
    return AccountVerification(
        id=new_id(),
        internal_no=f"{book.record_no}-{found.times:02d}",
        record_no=book.record_no,
        times=found.times,
        kind="1",
        begin_date=found.cycle.begin,
        end_date=found.cycle.end,
        computed_end=computed,
        override_reason=options.override_reason,
        actual_source=options.actual_source,
        with_transit=options.with_transit,
        carry_basis="EXPECTED",
        reserved_notes="",
        tolerance=USUAL_TOLERANCE,
        declared_on=facts.today,
        state="DRAFT",
    )


def _stocktake_day(work: LedgerWork, verification: AccountVerification) -> Generator[Step, Any, date | None]:
    """Return the date of the stocktake to use: the cut-off, another the user agrees to, or None for 应剩余."""
    days = sorted({one.count_date for one in work.facts.find(Stocktake)})
    wanted = verification.end_date
    if wanted in days:
        return wanted
    near = nearest_stocktake(days, wanted)
    if near is None:
        agreed = yield Confirm("no_stocktake", f"{wanted} 没有盘点。实际剩余数量取应剩余数量？")
        if not agreed:
            raise Refused(f"{wanted} 没有盘点，请先导入盘点", "SHO-01")
        return None
    use_near = yield Confirm("nearest", f"{wanted} 没有盘点，最近的是 {near}。用它？否 = 取应剩余数量", proposed=False)
    return near if use_near else None


def _preview(verification: AccountVerification, findings: Sequence[Finding]) -> Preview:
    headings = ("备案序号", "商品名称", "期初", "进出口总数", "消耗", "应剩余", "实际剩余", "差异", "差异率%")
    rows = tuple(
        (
            line.item_no,
            line.name,
            *(plain(one) for one in (line.opening, line.in_out, line.consumed, line.expected, line.actual)),
            plain(line.variance),
            plain(line.variance_rate) if line.variance_rate is not None else "",
        )
        for line in verification.materials
    )
    waiting = tuple(
        (one.document_no, one.declared_on, one.supervision_mode) for one in verification.notes if not one.posted
    )
    tables = [Table("料件", headings, rows)]
    if waiting:
        tables.append(Table("未核扣清单", ("企业内部清单编号", "清单申报日期", "监管方式"), waiting))
    days = f"{verification.begin_date} 至 {verification.end_date}"
    title = f"账册 {verification.record_no} 第 {verification.times} 次报核：{days}"
    return Preview("preview", title, tuple(tables), tuple(findings))


NEW_VERIFICATION = Script(
    key="new_account_verification",
    title="新增报核",
    document="account_verification",
    run=new_verification,
    options=NewVerification,
    help="选择账册，系统算出报核截止日期，自动纳入本期清单并计算各料件的应剩余与实际剩余。",
)
RECOMPUTE = Script(
    key="recompute_account_verification",
    title="重新计算",
    document="account_verification",
    run=recompute,
    when=frozenset({"DRAFT", "REJECTED"}),
    help="清单、单耗或盘点变动后，按现在的底账重新计算；差异说明与海关核定数量保留。",
)
