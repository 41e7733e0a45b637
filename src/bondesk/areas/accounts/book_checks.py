"""Checks of filed books: one approved copy, its numbers, and consumption that refers to what is filed (handbook 4)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from bondesk.areas.accounts.book_model import Account, AccountConsumption, AccountLine
from bondesk.areas.accounts.book_reading import approved_books, materials_of, read_period
from bondesk.areas.goods.rollup import unit_consumption
from bondesk.base.checks import Breach, Check
from bondesk.base.facts import Work
from bondesk.base.findings import Severity
from bondesk.base.numbers import plain
from bondesk.ledger.books import LedgerWork

_KINDS = {"EMS": "account", "EML": "handbook"}
_NAMES = (Account.id, Account.book_kind, Account.record_no, Account.internal_no)


def _one_approved(work: Work) -> Iterator[Breach]:
    statement = (
        select(Account.record_no, func.count())
        .where(Account.company_id == work.company_id, Account.copy == "approved", Account.record_no != "")
        .group_by(Account.record_no)
        .having(func.count() > 1)
    )
    for record_no, times in work.session.execute(statement):
        yield Breach(f"备案号 {record_no} 有 {times} 份已审批的正式本", number=record_no)


def _item_numbers(work: Work) -> Iterator[Breach]:
    """Within a book's copy no 备案序号 stands twice."""
    statement = (
        select(*_NAMES, AccountLine.goods_flag, AccountLine.item_no)
        .join(AccountLine, and_(AccountLine.company_id == Account.company_id, AccountLine.header_id == Account.id))
        .where(Account.company_id == work.company_id)
        .group_by(*_NAMES, AccountLine.goods_flag, AccountLine.item_no)
        .having(func.count() > 1)
    )
    for book_id, kind, record_no, internal_no, flag, item_no in work.session.execute(statement):
        goods = "料件" if flag == "I" else "成品"
        text = f"账册 {record_no or internal_no} {goods}备案序号 {item_no} 重复"
        yield Breach(text, _KINDS[kind], book_id, record_no)


def _consumed_items(work: Work) -> Iterator[Breach]:
    """Consumption names materials and products of its own book."""
    row = AccountConsumption
    for flag, column, goods in (("I", row.material_no, "料件"), ("E", row.product_no, "成品")):
        line = aliased(AccountLine)
        there = and_(
            line.company_id == row.company_id,
            line.header_id == row.header_id,
            line.goods_flag == flag,
            line.item_no == column,
        )
        statement = (
            select(*_NAMES, column)
            .join(row, and_(row.company_id == Account.company_id, row.header_id == Account.id))
            .where(Account.company_id == work.company_id, ~select(line.id).where(there).exists())
            .distinct()
        )
        for book_id, kind, record_no, internal_no, item_no in work.session.execute(statement):
            text = f"账册 {record_no or internal_no} 的单损耗引用了不存在的{goods} {item_no}"
            yield Breach(text, _KINDS[kind], book_id, record_no)


def _formula(work: Work) -> Iterator[Breach]:
    """Filed 单耗 is N / (1 - (T + W) / 100), the bonded share between 0 and 100 (handbook 3.1)."""
    row = AccountConsumption
    columns = (row.product_no, row.uc_version, row.material_no, row.net, row.tangible, row.intangible, row.bonded)
    statement = (
        select(Account.id, Account.book_kind, Account.record_no, *columns, row.unit_consumption)
        .join(row, and_(row.company_id == Account.company_id, row.header_id == Account.id))
        .where(Account.company_id == work.company_id, Account.copy == "approved")
    )
    for (
        book_id,
        kind,
        record_no,
        product,
        version,
        material,
        net,
        tangible,
        intangible,
        bonded,
        stored,
    ) in work.session.execute(statement):
        possible = tangible + intangible < 100 and 0 <= bonded <= 100
        wanted = unit_consumption(net, tangible, intangible) if possible else None
        if wanted is None or wanted != stored:
            shown = "空" if stored is None else plain(stored)
            name = f"账册 {record_no} 成品 {product} 版本 {version} 料件 {material}"
            text = f"{name} 备案单耗 {shown} 与净耗、损耗率不符"
            yield Breach(text, _KINDS[kind], book_id, record_no)


def _open_drafts(work: Work) -> Iterator[Breach]:
    """A change has its approved copy: what it would change is there."""
    base = aliased(Account)
    there = and_(base.company_id == Account.company_id, base.id == Account.approved_id)
    statement = select(Account).where(Account.company_id == work.company_id, Account.copy == "draft")
    gone = statement.where(Account.declare_kind == "2", ~select(base.id).where(there).exists())
    for book in work.session.scalars(gone):
        text = f"变更草稿 {book.internal_no} 所变更的正式本已不在"
        yield Breach(text, f"{_KINDS[book.book_kind]}_draft", book.id, book.internal_no)


def _not_negative(work: LedgerWork) -> Iterator[Breach]:
    """No material of a book has less than nothing left (5.7)."""
    for book in approved_books(work.facts, ""):
        within = read_period(work, book, None, None).within
        for line in materials_of(book):
            left = within.item(line.item_no).net
            if left < 0:
                text = f"账册 {book.record_no} 料件 {line.item_no} {line.name} 账面结余 {plain(left)}"
                yield Breach(text, _KINDS[book.book_kind], book.id, book.record_no)


_INVERTED = "请查明原因：漏报进口、单耗过大或重复出口"
BOOK_CHECKS = (
    Check("CHK-44", "一个备案号只有一份正式本", "请联系实施人员核对数据", _one_approved),
    Check("CHK-45", "备案序号不重复", "请重新下载账册", _item_numbers),
    Check("CHK-46", "单损耗引用的料件和成品都已备案", "请重新下载账册", _consumed_items),
    Check("CHK-47", "备案单耗与净耗、损耗率相符", "请与海关底账核对后更正", _formula),
    Check(
        "CHK-49",
        "账面结余不为负",
        _INVERTED,
        _not_negative,
        Severity.CONFIRM,
    ),
    Check("CHK-48", "变更草稿都有正式本", "请删除该草稿后重新变更", _open_drafts),
)
