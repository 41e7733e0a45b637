"""Checks of 报核: rows that foot, cycles without gap, figures that the ledger still gives (handbook 8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import groupby, pairwise

from sqlalchemy import select

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.accounts.book_reading import filed_of
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.stock.stock_model import Stocktake
from bondesk.areas.verification.computing import movement_of
from bondesk.areas.verification.cycles import carried_from
from bondesk.areas.verification.scope import read_scope
from bondesk.areas.verification.verification_model import AccountVerification, VerificationMaterial
from bondesk.base.checks import Breach, Check
from bondesk.base.facts import Work
from bondesk.base.numbers import plain
from bondesk.ledger.balance import fold
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.verification import SIDE_COLUMNS

_DRAFTS = {"DRAFT", "REJECTED"}
_ZERO = Decimal(0)
#: Side columns that leave: they are shown as positive quantities.
_LEAVING = {"exchange_out", "domestic_sale", "reexport", "surplus_out", "destroyed"}


def _standing(work: Work) -> list[AccountVerification]:
    mine = select(AccountVerification).where(AccountVerification.company_id == work.company_id)
    order = (AccountVerification.record_no, AccountVerification.end_date, AccountVerification.times)
    return list(work.session.scalars(mine.where(AccountVerification.state != "VOID").order_by(*order)))


def _breach(one: AccountVerification, text: str) -> Breach:
    number = one.internal_no
    return Breach(f"账册 {one.record_no} 第 {one.times} 次报核{text}", "account_verification", one.id, number)


def _rows(work: Work) -> Iterator[tuple[AccountVerification, VerificationMaterial]]:
    for one in _standing(work):
        for line in one.materials:
            yield one, line


def _foots(work: Work) -> Iterator[Breach]:
    """应剩余 = 期初 + 进出口总数 − 消耗 (8.1), and 本期结余 is the same figure."""
    for one, line in _rows(work):
        wanted = line.opening + line.in_out - line.consumed
        if line.expected != wanted or line.balance != wanted:
            text = (
                f"料件 {line.item_no} 应剩余 {plain(line.expected)}、结余 {plain(line.balance)}，应为 {plain(wanted)}"
            )
            yield _breach(one, text)


def _variances(work: Work) -> Iterator[Breach]:
    """差异 = 实际剩余 − 应剩余."""
    for one, line in _rows(work):
        if line.variance != line.actual - line.expected:
            yield _breach(one, f"料件 {line.item_no} 差异 {plain(line.variance)} 不等于实际剩余减应剩余")


def _counted(work: Work) -> Iterator[Breach]:
    """A counted 实际剩余 is what its columns add up to."""
    for one, line in _rows(work):
        transit = (line.counted_transit,) if one.with_transit else ()
        columns = (line.counted_material, line.counted_product, line.counted_semi, *transit)
        known = [figure for figure in columns if figure is not None]
        if known and sum(known, _ZERO) != line.actual:
            yield _breach(one, f"料件 {line.item_no} 实际剩余 {plain(line.actual)} 不等于盘点各栏之和")


def _sides(work: Work) -> Iterator[Breach]:
    """Never more shown beside 进出口总数 than it has: the material columns add up to it or other modes fill the rest.

    Only modes no side column counts (9900) may make a difference; then the note lines of the book show them.
    """
    columns = [column for column in SIDE_COLUMNS if column.goods_flag == "I"]
    for one, line in _rows(work):
        total = sum((getattr(line, c.key) * (-1 if c.key in _LEAVING else 1) for c in columns), _ZERO)
        if total != line.in_out and not _other_modes(work, one):
            yield _breach(one, f"料件 {line.item_no} 进出口总数 {plain(line.in_out)}，各栏合计 {plain(total)}")


def _other_modes(work: Work, one: AccountVerification) -> bool:
    known = {mode for column in SIDE_COLUMNS for mode in column.modes}
    return any(note.supervision_mode not in known for note in one.notes)


def _carried(work: Work) -> Iterator[Breach]:
    """A cycle opens with what the one before it hands on (8.6)."""
    for _book, cycles in groupby(_standing(work), key=lambda one: one.record_no):
        for before, one in pairwise(cycles):
            opening = carried_from(before).opening
            for line in one.materials:
                wanted = opening.get(line.item_no, _ZERO)
                if line.opening != wanted:
                    text = f"料件 {line.item_no} 期初 {plain(line.opening)}，上期结转 {plain(wanted)}"
                    yield _breach(one, text)


def _no_gap(work: Work) -> Iterator[Breach]:
    """Cycles of a book follow each other without gap or overlap (RPT-09)."""
    for _book, cycles in groupby(_standing(work), key=lambda one: one.record_no):
        for before, one in pairwise(cycles):
            if one.begin_date != before.end_date + timedelta(days=1):
                yield _breach(one, f"从 {one.begin_date} 开始，与上期截止 {before.end_date} 不相接")


def _one_open(work: Work) -> Iterator[Breach]:
    """At most one 报核 of a book is unfinished (RPT-04)."""
    for book, cycles in groupby(_standing(work), key=lambda one: one.record_no):
        waiting = [one for one in cycles if one.state != "APPROVED"]
        if len(waiting) > 1:
            yield _breach(waiting[-1], f"未办结，账册 {book} 却另有 {len(waiting) - 1} 次未办结的报核")


def _closed_marks(work: Work) -> Iterator[Breach]:
    """Notes of a cycle customs has closed are at mark 3."""
    for one in _standing(work):
        if one.state != "APPROVED":
            continue
        ids = [note.document_id for note in one.notes if note.included]
        marks = select(BondedNote.id).where(BondedNote.company_id == work.company_id, BondedNote.id.in_(ids))
        left = len(work.session.scalars(marks.where(BondedNote.writeoff_mark != "3")).all())
        if left:
            yield _breach(one, f"已核销，却有 {left} 份清单的核扣标志不是已核销")


def _locked_counts(work: Work) -> Iterator[Breach]:
    """The stocktakes a filed 报核 counts with are locked, so that they still say what was filed."""
    for one in _standing(work):
        if one.actual_source != "STOCKTAKE" or one.state in _DRAFTS:
            continue
        day = one.stocktake_date or one.end_date
        loose = select(Stocktake.id).where(Stocktake.company_id == work.company_id, Stocktake.count_date == day)
        if work.session.scalars(loose.where(Stocktake.state != "LOCKED")).first() is not None:
            yield _breach(one, f"已审核，{day} 的盘点却没有锁定")


def _recomputed(work: LedgerWork) -> Iterator[Breach]:
    """What a filed 报核 says came in, went out and was consumed is what the ledger still gives for its cycle."""
    for _book, cycles in groupby(_standing(work), key=lambda one: one.record_no):
        before = None
        for one in cycles:
            if one.state not in _DRAFTS:
                yield from _against_ledger(work, one, before)
            before = one


def _against_ledger(work: LedgerWork, one: AccountVerification, before: AccountVerification | None) -> Iterator[Breach]:
    book = work.facts.one(Account, record_no=one.record_no, copy="approved")
    if book is None:
        yield _breach(one, "的账册正式本已不在")
        return
    folded = fold([movement_of(posting) for posting in read_scope(work, one, before).counted], filed_of(book))
    for line in one.materials:
        now = folded.item(line.item_no)
        for word, stored, found in (("进出口总数", line.in_out, now.in_out), ("消耗", line.consumed, now.consumed)):
            if stored != found:
                yield _breach(one, f"料件 {line.item_no} {word} {plain(stored)}，按现在的台账为 {plain(found)}")


VERIFICATION_CHECKS = (
    Check("CHK-81", "报核应剩余等于期初加进出口减消耗", "请重新计算该次报核", _foots),
    Check("CHK-82", "报核差异等于实际剩余减应剩余", "请重新计算该次报核", _variances),
    Check("CHK-83", "实际剩余等于盘点各栏之和", "请重新计算该次报核", _counted),
    Check("CHK-84", "进出口总数等于各栏之和", "请重新计算该次报核", _sides),
    Check("CHK-85", "期初等于上期结转", "请重新计算该次报核", _carried),
    Check("CHK-86", "报核周期首尾相接", "请核对报核的起止日期", _no_gap),
    Check("CHK-87", "一本账册只有一次未办结的报核", "请作废多余的报核", _one_open),
    Check("CHK-88", "已核销周期的清单都已核销", "请重新接收核销回执", _closed_marks),
    Check("CHK-90", "已审核报核的数字仍与台账相符", "请查明台账何以改变；未核销的可取消审核后重新计算", _recomputed),
    Check("CHK-89", "报核所用的盘点都已锁定", "请锁定盘点，或取消审核后重新计算", _locked_counts),
)
