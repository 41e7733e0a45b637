"""Checks of notes against their sources, their amounts, their book and the ledger (handbook 5)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, func, select, union_all

from bondesk.areas.accounts.book_model import Account, AccountConsumption, AccountLine
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine
from bondesk.areas.notes.source_document import SourceDocument, SourceLine
from bondesk.base.checks import Breach, Check
from bondesk.base.facts import Work
from bondesk.base.findings import Severity
from bondesk.base.formal_copy import DRAFT
from bondesk.base.numbers import plain, prices_agree
from bondesk.base.portions import PortionColumns

#: States in which a note no longer stands.
_GONE = ("VOID",)
_KEYS = {"draft": "bonded_note", "formal": "bonded_note_formal"}


def _takings(work: Work, links: tuple[type[Any], ...]) -> Any:
    """Select by source line what the rows of all ``links`` took of it together."""
    parts = [
        select(link.source_line_id.label("line_id"), link.quantity.label("quantity")).where(
            link.company_id == work.company_id
        )
        for link in links
    ]
    every = union_all(*parts).subquery()
    return select(every.c.line_id, func.sum(every.c.quantity)).group_by(every.c.line_id)


def source_checks(links: tuple[type[Any], ...]) -> tuple[Check, ...]:
    """Return the checks of source documents; ``links`` are the tables of all who take of their lines."""
    assert all(issubclass(link, PortionColumns) for link in links)

    def used(work: Work) -> Iterator[Breach]:
        """已生成数量 of a source line is what notes and declarations took of it."""
        line = SourceLine
        sums: dict[int, Decimal] = dict(work.session.execute(_takings(work, links)).all())
        statement = (
            select(SourceDocument.id, SourceDocument.document_no, line.line_no, line.id, line.used_qty)
            .join(
                SourceLine,
                and_(SourceLine.company_id == SourceDocument.company_id, SourceLine.header_id == SourceDocument.id),
            )
            .where(SourceLine.company_id == work.company_id)
        )
        for document_id, number, line_no, line_id, stored in work.session.execute(statement):
            total = sums.get(line_id, Decimal(0))
            if total != stored:
                told = f"已生成数量 {plain(stored)}，各单证取用合计 {plain(total)}"
                text = f"原始单证 {number} 第{line_no}行{told}"
                yield Breach(text, "source_document", document_id, number)

    def within(work: Work) -> Iterator[Breach]:
        """No more is taken of a source line than it has."""
        statement = (
            select(SourceDocument.id, SourceDocument.document_no, SourceLine)
            .join(
                SourceLine,
                and_(SourceLine.company_id == SourceDocument.company_id, SourceLine.header_id == SourceDocument.id),
            )
            .where(SourceLine.company_id == work.company_id, SourceLine.used_qty > SourceLine.quantity)
        )
        for document_id, number, line in work.session.execute(statement):
            text = f"原始单证 {number} 第{line.line_no}行已生成 {plain(line.used_qty)}，多于数量 {plain(line.quantity)}"
            yield Breach(text, "source_document", document_id, number)

    return (
        Check("CHK-51", "原始单证的已生成数量等于各单证取用之和", "请联系实施人员核对数据", used),
        Check("CHK-52", "取用不超过原始单证的数量", "请删除多生成的草稿", within),
    )


def _lines(work: Work, *columns: Any) -> Any:
    """Select notes that stand with their lines; rows marked 删除 are not counted."""
    return (
        select(BondedNote, *columns)
        .join(NoteLine, and_(NoteLine.company_id == BondedNote.company_id, NoteLine.header_id == BondedNote.id))
        .where(BondedNote.company_id == work.company_id, BondedNote.copy.in_(_KEYS), NoteLine.row_mark != "2")
        .where(BondedNote.state.not_in(_GONE))
    )


def _breach(note: BondedNote, text: str) -> Breach:
    return Breach(f"核注清单 {note.internal_no} {text}", _KEYS[note.copy], note.id, note.internal_no)


def _prices(work: Work) -> Iterator[Breach]:
    """The price test AMT-01 (handbook 0.2) of what was approved."""
    line = NoteLine
    statement = _lines(work, line.line_no, line.dcl_qty, line.price, line.total)
    for note, line_no, quantity, price, total in work.session.execute(
        statement.where(BondedNote.state == "APPROVED", BondedNote.copy == DRAFT, line.price.is_not(None))
    ):
        if not prices_agree(quantity, price, total):
            yield _breach(note, f"第{line_no}项 {plain(quantity)} × {plain(price)} 与总价 {plain(total)} 不符")


def _filed(work: Work) -> Iterator[Breach]:
    """Items of approved notes are filed in their book."""
    there = and_(
        Account.company_id == BondedNote.company_id,
        Account.record_no == BondedNote.record_no,
        Account.copy == "approved",
        AccountLine.company_id == Account.company_id,
        AccountLine.header_id == Account.id,
        AccountLine.goods_flag == BondedNote.goods_flag,
        AccountLine.item_no == NoteLine.item_no,
    )
    statement = _lines(work, NoteLine.line_no, NoteLine.item_no).where(BondedNote.state == "APPROVED")
    for note, line_no, item_no in work.session.execute(statement.where(~select(AccountLine.id).where(there).exists())):
        yield _breach(note, f"第{line_no}项 备案序号 {item_no} 不在账册 {note.record_no} 中")


def _versions(work: Work) -> Iterator[Breach]:
    """Products of approved notes have filed consumption of their version (RPT-05)."""
    there = and_(
        Account.company_id == BondedNote.company_id,
        Account.record_no == BondedNote.record_no,
        Account.copy == "approved",
        AccountConsumption.company_id == Account.company_id,
        AccountConsumption.header_id == Account.id,
        AccountConsumption.product_no == NoteLine.item_no,
        AccountConsumption.uc_version == NoteLine.uc_version,
    )
    statement = _lines(work, NoteLine.line_no, NoteLine.item_no, NoteLine.uc_version)
    products = statement.where(BondedNote.state == "APPROVED", BondedNote.goods_flag == "E")
    for note, line_no, item_no, version in work.session.execute(
        products.where(~select(AccountConsumption.id).where(there).exists())
    ):
        yield _breach(note, f"第{line_no}项 成品 {item_no} 版本 {version or '空'} 没有备案单耗，耗用未计")


def _marks(work: Work) -> Iterator[Breach]:
    """What customs has posted is approved and dated: without a date it belongs to no cycle."""
    own = (BondedNote.company_id == work.company_id, BondedNote.copy.in_(_KEYS))
    marked = select(BondedNote).where(*own, BondedNote.writeoff_mark.in_(("2", "3")))
    for note in work.session.scalars(marked.where(BondedNote.state == "APPROVED", BondedNote.declared_on.is_(None))):
        yield _breach(note, "已核扣，却没有清单申报日期，不属于任何报核周期")


def _numbers(work: Work) -> Iterator[Breach]:
    """A number customs gave stands on one draft alone."""
    statement = (
        select(BondedNote.bond_no, func.count(), func.min(BondedNote.id))
        .where(BondedNote.company_id == work.company_id, BondedNote.copy == DRAFT, BondedNote.bond_no != "")
        .group_by(BondedNote.bond_no)
        .having(func.count() > 1)
    )
    for bond_no, times, first in work.session.execute(statement):
        yield Breach(f"清单编号 {bond_no} 在 {times} 份核注清单上", "bonded_note", first, bond_no)


def _weights(work: Work) -> Iterator[Breach]:
    line = NoteLine
    statement = _lines(work, line.line_no, line.net_weight, line.gross_weight)
    for note, line_no, net, gross in work.session.execute(statement.where(line.net_weight > line.gross_weight)):
        yield _breach(note, f"第{line_no}项 净重 {plain(net)} 大于毛重 {plain(gross)}")


def _quantities(work: Work) -> Iterator[Breach]:
    """Approved lines declare something: quantity and first legal quantity are above 0."""
    line = NoteLine
    statement = _lines(work, line.line_no).where(BondedNote.state == "APPROVED")
    for note, line_no in work.session.execute(statement.where((line.dcl_qty <= 0) | (line.legal_qty1 <= 0))):
        yield _breach(note, f"第{line_no}项 申报数量或法定数量不大于0")


NOTE_CHECKS = (
    Check("CHK-53", "清单总价与单价×数量相符", "请与海关核对后变更清单", _prices),
    Check("CHK-54", "清单的备案序号都在账册中", "请更新账册后核对", _filed),
    Check("CHK-55", "清单的成品版本都有备案单耗", "请更新账册后核对", _versions),
    Check("CHK-56", "已核扣清单都有申报日期", "请下载正式清单补齐", _marks),
    Check("CHK-57", "清单编号只在一份清单上", "请核对回执，改正其中一份", _numbers),
    Check("CHK-58", "清单净重不大于毛重", "请改正重量", _weights, Severity.CONFIRM),
    Check("CHK-59", "清单数量都大于0", "请与海关核对后变更清单", _quantities),
)
