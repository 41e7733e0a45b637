"""新增短溢表, 重新计算 of one, and 解锁盘点 with a reason (handbook 12.2, 12.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from bondesk.areas.stock.stock_model import Stocktake
from bondesk.areas.verification.reckoning import PRICES, SOURCES
from bondesk.areas.verification.shortage_computing import book_of, compute
from bondesk.areas.verification.shortage_model import ShortageOverage
from bondesk.areas.verification.shortage_overage import holders_of
from bondesk.base.errors import Refused
from bondesk.base.facts import Facts, Work
from bondesk.base.findings import Finding, errors_in
from bondesk.base.numbers import plain
from bondesk.base.options import option
from bondesk.base.records import new_id
from bondesk.base.steps import Outcome, Preview, Progress, Script, Steps, Table
from bondesk.ledger.books import LedgerWork

_T = ShortageOverage


@dataclass(frozen=True, slots=True)
class NewShortage:
    """Which book at which day, and what is compared."""

    record_no: str = option("账册编号", "", reference="account", help="空 = 唯一的已审批账册")
    day: date | None = option("截止日期", None, help="空 = 最近一次盘点的日期")
    source: str = option("实际库存", "STOCKTAKE", choices=SOURCES)
    opening_day: date | None = option("期初盘点日期", None, help="仓单滚动库存从这次盘点起算；空 = 从 0 起")
    outsourced: bool = option("计入外发库存", True)
    transit: bool = option("计入在途", False)
    direct: bool = option("计入进出口时间差", False)
    domestic: bool = option("内购库存参与分析", False)
    without_unmade: bool = option("不计没有BOM的料号", False)
    tolerance: Decimal = option("容差", Decimal("0.5"), help="%")
    price: str = option("单价取", "CYCLE", choices=PRICES)
    vat_rate: Decimal = option("增值税率", Decimal(13), help="%")


def new_shortage(work: LedgerWork, options: NewShortage, _selected: Sequence[int]) -> Steps:
    """Compute a 短溢表, show it, store it with its choices and the fingerprint of its data."""
    book = book_of(work.facts, options.record_no)
    day = options.day or max((one.count_date for one in work.facts.find(Stocktake)), default=None)
    if day is None:
        raise Refused("还没有盘点，请先导入盘点，或填写截止日期并改用仓单滚动库存", "SHO-01")
    yield Progress(0, 2, f"账册 {book.record_no} {day} 短溢表")
    names = ("source", "opening_day", "outsourced", "transit", "direct", "domestic", "without_unmade")
    chosen = {name: getattr(options, name) for name in (*names, "tolerance", "price", "vat_rate")}
    number = _number(work.facts, book.record_no, day)
    table = ShortageOverage(id=new_id(), internal_no=number, record_no=book.record_no, day=day, state="DRAFT", **chosen)
    findings = compute(work, table)
    yield Progress(1, 2, "计算完成")
    if errors_in(findings):
        hint = "；补齐后再计算，或勾选「不计没有BOM的料号」"
        raise Refused([*errors_in(findings)[:-1], _told(errors_in(findings)[-1], hint)])
    if not (yield _preview(table, findings)):
        return Outcome("已取消，没有新增短溢表")
    work.session.add(table)
    work.session.flush()
    text = f"已新增短溢表 {number}：短 {table.short_items} 项，溢 {table.over_items} 项"
    return Outcome(text, {"shortage_overage": [table.id]}, tuple(findings))


def _told(found: Finding, hint: str) -> Finding:
    return Finding(found.severity, found.code, found.text + hint, found.field)


def _number(facts: Facts, record_no: str, day: date) -> str:
    """Name the table by book and day, with a count where there are several."""
    taken = {one.internal_no for one in facts.find(ShortageOverage, record_no=record_no)}
    stem = f"DY-{record_no}-{day:%y%m%d}"
    numbers = (stem if n == 1 else f"{stem}-{n}" for n in range(1, len(taken) + 2))
    return next(number for number in numbers if number not in taken)


def _preview(table: ShortageOverage, findings: Sequence[Finding]) -> Preview:
    headings = ("备案序号", "商品名称", "账册结存 A", "实际库存 B", "结转差额 C", "差异数 D", "差异率%", "判定")
    rows = tuple(
        (
            line.item_no,
            line.name,
            *(plain(one) for one in (line.booked, line.counted, line.gap_total, line.difference)),
            plain(line.rate) if line.rate is not None else "",
            line.verdict,
        )
        for line in table.materials
    )
    title = f"账册 {table.record_no} 截止 {table.day}：短 {table.short_items} 项，溢 {table.over_items} 项"
    return Preview("preview", title, (Table("料件", headings, rows),), tuple(findings))


def recompute(work: LedgerWork, _options: object, selected: Sequence[int]) -> Steps:
    """Compute chosen drafts again with their own choices."""
    mine = select(_T).where(_T.company_id == work.company_id, _T.id.in_(list(selected))).order_by(_T.id)
    chosen = work.session.scalars(mine).all()
    if not chosen:
        raise Refused("请先在列表中选中要重新计算的短溢表", "SHO-08")
    findings: list[Finding] = []
    for place, table in enumerate(chosen):
        yield Progress(place, len(chosen), f"短溢表 {table.internal_no}")
        findings += compute(work, table)
    work.session.flush()
    changed = {"shortage_overage": [one.id for one in chosen]}
    return Outcome(f"已重新计算 {len(chosen)} 份短溢表", changed, tuple(dict.fromkeys(findings)))


@dataclass(frozen=True, slots=True)
class Unlocking:
    """Why a locked stocktake is opened again."""

    reason: str = option("解锁原因", "", help="必填，记入盘点和操作日志")


def unlock(work: Work, options: Unlocking, selected: Sequence[int]) -> Steps:
    """Open locked stocktakes for a recount; the reason stays with them, and what used them is named."""
    reason = options.reason.strip()
    if not reason:
        raise Refused("请填写解锁原因", "CNT-04")
    mine = select(Stocktake).where(Stocktake.company_id == work.company_id, Stocktake.id.in_(list(selected)))
    chosen = work.session.scalars(mine.order_by(Stocktake.count_date, Stocktake.id)).all()
    if not chosen:
        raise Refused("请先在列表中选中要解锁的盘点", "CNT-04")
    yield Progress(0, len(chosen), "解锁盘点")
    holders = sorted({name for one in chosen for name in holders_of(work.facts, one)})
    for one in chosen:
        one.state, one.unlock_reason = "CONFIRMED", reason
    work.session.flush()
    used = f"；{'、'.join(holders)} 用过它们，复盘后请重新核对" if holders else ""
    text = f"已解锁 {len(chosen)} 份盘点，原因：{reason}{used}"
    return Outcome(text, {"stocktake": [one.id for one in chosen]})


NEW_SHORTAGE = Script(
    key="new_shortage_overage",
    title="新增短溢表",
    document="shortage_overage",
    run=new_shortage,
    options=NewShortage,
    help="选择账册与日期，按盘点或仓单滚动库存算出每个料件的短溢、金额与税款，确认后保存。",
)
RECOMPUTE_SHORTAGE = Script(
    key="recompute_shortage_overage",
    title="重新计算",
    document="shortage_overage",
    run=recompute,
    when=frozenset({"DRAFT"}),
    help="清单、仓单、盘点、单损耗或条件变动后，按现在的数据重新计算；关税率与差异说明保留。",
)
UNLOCK_STOCKTAKE = Script(
    key="unlock_stocktake",
    title="解锁",
    document="stocktake",
    run=unlock,
    options=Unlocking,
    when=frozenset({"LOCKED"}),
    help="已被报核或短溢表锁定的盘点需要复盘时，填写原因后解锁。",
)
