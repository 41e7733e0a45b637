"""新增手册核销 and 重新计算: choose a handbook, everything is computed, confirmed and stored (row 99)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from bondesk.areas.accounts.book_model import BASES, BY_NOTE, Account
from bondesk.areas.declarations.declared_books import counted_paper
from bondesk.areas.verification.handbook_computing import compute
from bondesk.areas.verification.handbook_model import HandbookVerification
from bondesk.base.errors import Refused
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, note
from bondesk.base.numbers import plain
from bondesk.base.options import option
from bondesk.base.records import new_id
from bondesk.base.steps import Outcome, Preview, Progress, Script, Steps, Table
from bondesk.ledger.books import LedgerWork

_V = HandbookVerification
KEY = "handbook_verification"
_FINISHED = {"APPROVED", "VOID"}
_BASES = dict(BASES)


@dataclass(frozen=True, slots=True)
class NewHandbookVerification:
    """Which handbook, up to which day."""

    record_no: str = option("手册编号", "", reference="handbook", help="空 = 唯一的已审批手册")
    day: date | None = option("截止日期", None, help="空 = 今天")


def new_handbook_verification(work: LedgerWork, options: NewHandbookVerification, _selected: Sequence[int]) -> Steps:
    """Make the 核销 of a handbook: compute it, show it, store it. HBK-07 while another one is open or closed it."""
    book = _book(work.facts, options.record_no)
    earlier = [one for one in work.facts.find(_V, record_no=book.record_no) if one.state != "VOID"]
    if earlier:
        ended = earlier[0].state in _FINISHED
        what = "已核销结案" if ended else "已有未办结的核销，请在列表中打开或作废它"
        raise Refused(f"手册 {book.record_no} {what}", "HBK-07")
    yield Progress(0, 2, f"手册 {book.record_no}")
    verification = _blank(work.facts, book, options.day or work.facts.today)
    findings = compute(work, verification, book)
    findings += _missing(work, book, verification)
    yield Progress(1, 2, "计算完成")
    if not (yield _preview(verification, findings)):
        return Outcome("已取消，没有新增核销")
    work.session.add(verification)
    work.session.flush()
    counted = f"料件 {len(verification.materials)} 项，成品 {len(verification.products)} 项"
    text = f"已新增手册 {book.record_no} 的核销，{counted}，单证 {len(verification.vouchers)} 份"
    return Outcome(text, {KEY: [verification.id]}, tuple(findings))


def recompute(work: LedgerWork, _options: object, selected: Sequence[int]) -> Steps:
    """Compute chosen drafts again from the vouchers as they stand now; adjustments stay."""
    mine = select(_V).where(_V.company_id == work.company_id, _V.id.in_(list(selected))).order_by(_V.id)
    chosen = work.session.scalars(mine).all()
    if not chosen:
        raise Refused("请先在列表中选中要重新计算的核销", "RPT-00")
    findings: list[Finding] = []
    for place, verification in enumerate(chosen):
        yield Progress(place, len(chosen), f"手册 {verification.record_no}")
        book = _book(work.facts, verification.record_no)
        verification.basis = book.basis or BY_NOTE
        findings += compute(work, verification, book)
    work.session.flush()
    return Outcome(f"已重新计算 {len(chosen)} 份核销", {KEY: [one.id for one in chosen]}, tuple(findings))


def _book(facts: Facts, record_no: str) -> Account:
    books = [one for one in facts.find(Account, copy="approved", book_kind="EML") if record_no in ("", one.record_no)]
    if len(books) != 1:
        what = "有多本已审批手册，请指定手册编号" if books else f"没有已审批的手册 {record_no}".rstrip()
        raise Refused(what, "RPT-10")
    return books[0]


def _blank(facts: Facts, book: Account, day: date) -> HandbookVerification:
    before = len(facts.find(_V, record_no=book.record_no))
    return HandbookVerification(
        id=new_id(),
        internal_no=book.record_no if not before else f"{book.record_no}-{before + 1}",
        record_no=book.record_no,
        basis=book.basis or BY_NOTE,
        day=day,
        declared_on=facts.today,
        state="DRAFT",
    )


def _missing(work: LedgerWork, book: Account, verification: HandbookVerification) -> list[Finding]:
    paper, there = counted_paper(work, book)
    found = []
    if not there:
        found.append(note("RPT-40", f"{book.record_no} 按{paper}统计，系统中还没有它的{paper}，请先下载或导入"))
    owing = [line for line in verification.materials if line.shortfall_left]
    if owing:
        told = f"{len(owing)} 项料件有欠数：请更正单耗、补报进口或补录内购发票，然后重新计算"
        found.append(note("HBK-01", told))
    return found


def _preview(verification: HandbookVerification, findings: Sequence[Finding]) -> Preview:
    figures = (
        "进口总数量",
        "产品总耗用",
        "内销",
        "复出",
        "余料转出",
        "销毁",
        "余料",
        "欠数",
        "内购抵扣",
        "剩余欠数",
        "边角料余量",
    )
    headings = ("备案序号", "商品名称", "备案数量", *figures)
    moved = ("imported", "consumed", "domestic_sale", "reexport", "surplus_out", "destroyed", "remaining")
    keys = (*moved, "shortfall", "deducted", "shortfall_left", "scrap_left")
    materials = tuple(
        (
            line.item_no,
            line.name,
            plain(line.filed) if line.filed is not None else "",
            *(plain(getattr(line, key)) for key in keys),
        )
        for line in verification.materials
    )
    products = tuple(
        (line.item_no, line.name, plain(line.filed) if line.filed is not None else "", plain(line.exported))
        for line in verification.products
    )
    tables = (
        Table("料件", headings, materials),
        Table("成品", ("备案序号", "商品名称", "备案数量", "出口总数量"), products),
    )
    title = f"手册 {verification.record_no}：截至 {verification.day}，按{_BASES[verification.basis]}统计"
    return Preview("preview", title, tables, tuple(findings))


NEW_HANDBOOK_VERIFICATION = Script(
    key="new_handbook_verification",
    title="新增手册核销",
    document=KEY,
    run=new_handbook_verification,
    options=NewHandbookVerification,
    help="选择手册，自动算出进口总数量、产品总耗用、内销、复出、余料、边角料与可进口量。",
)
RECOMPUTE_HANDBOOK = Script(
    key="recompute_handbook_verification",
    title="重新计算",
    document=KEY,
    run=recompute,
    when=frozenset({"DRAFT", "REJECTED"}),
    help="单证、单耗或统计依据变动后重新计算；企业调整数与说明保留。",
)
