"""核注清单检查数量倒挂: before 发送, by policy BLOCK, WARN or OFF; material, shortage and day are named (5.7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from bondesk.areas.accounts.account import approved_account
from bondesk.areas.accounts.book_model import Account, AccountConsumption, AccountLine
from bondesk.areas.codes.customs_code import FactsCodeBook
from bondesk.areas.codes.effects import effect_table
from bondesk.areas.notes.bonded_note_model import CHANGE, BondedNote, NoteLine
from bondesk.areas.setup.company import company_of
from bondesk.base.batches import batches
from bondesk.base.columns import ExactDecimal
from bondesk.base.findings import Finding, confirm, error
from bondesk.base.flow import UNDER_WAY
from bondesk.base.formal_copy import DRAFT
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.consumption import Consumption, Filed
from bondesk.ledger.inversion import Inversion, Moved, first_days, inversions
from bondesk.ledger.posting import EffectTable, Only, Stage

_U = AccountConsumption
CODE = "INV-01"


def no_inversion(note: BondedNote, work: LedgerWork) -> Iterator[Finding]:
    """INV-01 for every material the note would take below zero; nothing where the policy is OFF."""
    policy = company_of(work.facts).inversion_policy or "BLOCK"
    book = approved_account(work.facts, note.record_no)
    if policy == "OFF" or book is None:
        return
    table = effect_table(work.facts)
    mine = [*_moved(note, note.lines, table, work.facts.today), *_taken_back(note, work, table)]
    if not any(one.goods_flag == "E" or one.signed < 0 for one in mine):
        return  # 0615 imports of materials cannot invert anything
    filed = _filed(work, book, mine)
    pending = list(_pending(note, work, table))
    found = inversions(work.books.movements(book.record_no, None, None), pending, mine, filed)
    if not found:
        return
    short = [one.material_no for one in found]
    days = first_days([*_booked(work, book, short, filed), *pending, *mine], short, _day(note, work), filed)
    names = _materials(work, book, short)
    units = FactsCodeBook(work.facts)
    severity = error if policy == "BLOCK" else confirm
    for one in found:
        line = names.get(one.material_no)
        unit = units.name("unit", line.dcl_unit) if line is not None else ""
        yield severity(CODE, _sentence(one, line.name if line else "", unit, days.get(one.material_no)))


def _materials(work: LedgerWork, book: Account, numbers: Sequence[int]) -> dict[int, AccountLine]:
    statement = select(AccountLine).where(
        AccountLine.company_id == work.company_id,
        AccountLine.header_id == book.id,
        AccountLine.goods_flag == "I",
        AccountLine.item_no.in_(numbers),
    )
    return {line.item_no: line for line in work.session.scalars(statement)}


def _sentence(one: Inversion, name: str, unit: str, day: date | None) -> str:
    since = f"，自 {day} 起不足" if day is not None else ""
    text = f"料件 {one.material_no} {name} 倒挂 {one.shortage:f} {unit}：发送前结存 {one.before:f} {unit}{since}"
    return f"{text}。请先申报进口，或核对数量与单耗版本"


def _day(note: BondedNote, work: LedgerWork) -> date:
    return note.declared_on or work.facts.today


def _moved(note: BondedNote, lines: Sequence[NoteLine], table: EffectTable, today: date) -> list[Moved]:
    day = note.declared_on or today
    in_out, consume = table.effect(note.supervision_mode, note.goods_flag, note.ie_flag, day)
    effect = in_out if note.goods_flag == "I" else consume
    return [
        Moved(day, note.goods_flag, line.item_no, line.uc_version or "", line.dcl_qty * effect)
        for line in lines
        if line.row_mark != "2" and effect != 0
    ]


def _taken_back(note: BondedNote, work: LedgerWork, table: EffectTable) -> Iterator[Moved]:
    """A change or deletion takes back what the approved note moves or will move."""
    if note.copy != CHANGE:
        return
    former = work.facts.one(BondedNote, id=note.approved_id)
    if former is not None:
        for one in _moved(former, former.lines, table, work.facts.today):
            yield replace(one, signed=-one.signed)


def _pending(note: BondedNote, work: LedgerWork, table: EffectTable) -> Iterator[Moved]:
    """What other notes of the book under way will move: sent, or approved without a 核扣 mark. One grouped query."""
    head, line = BondedNote, NoteLine
    key = (head.goods_flag, head.supervision_mode, head.ie_flag, head.declared_on, line.item_no, line.uc_version)
    waiting = head.state.in_(UNDER_WAY) | ((head.state == "APPROVED") & head.writeoff_mark.in_(("", "0")))
    statement = (
        select(*key, func.sum(line.dcl_qty, type_=ExactDecimal(5)))
        .join(line, (line.company_id == head.company_id) & (line.header_id == head.id))
        .where(head.company_id == work.company_id, head.record_no == note.record_no, head.id != note.id)
        .where(waiting, line.row_mark != "2", _stands_for_itself())
        .group_by(*key)
    )
    for goods_flag, mode, ie_flag, day, item_no, version, quantity in work.session.execute(statement):
        in_out, consume = table.effect(mode, goods_flag, ie_flag, day or work.facts.today)
        effect = in_out if goods_flag == "I" else consume
        if effect:
            yield Moved(day or work.facts.today, goods_flag, item_no, version or "", quantity * effect)


def _stands_for_itself() -> ColumnElement[bool]:
    """A formal copy that is paired, or whose number a draft bears, is the same note once more."""
    draft = aliased(BondedNote)
    same = (draft.company_id == BondedNote.company_id) & (draft.copy == DRAFT) & (draft.bond_no == BondedNote.bond_no)
    alone = (BondedNote.match_state == "") & ~select(draft.id).where(same).exists()
    return (BondedNote.copy == DRAFT) | alone


def _booked(work: LedgerWork, book: Account, materials: Iterable[int], filed: Filed) -> Iterator[Moved]:
    """What is posted of materials and of the products that consume them."""
    products = frozenset(number for one in materials for number, _ in filed.of_material(one))
    wanted = Only("I", frozenset(materials)), Only("E", products)
    for stage, only in product(Stage, wanted):
        for posting in work.books.postings(book.record_no, None, None, stage.value, only):
            yield Moved(posting.business_date, posting.goods_flag, posting.item_no, posting.uc_version, posting.signed)


def _filed(work: LedgerWork, book: Account, mine: Sequence[Moved]) -> Filed:
    """Read the filed consumption of the materials the note touches, and nothing else of a large book."""
    products = sorted({one.item_no for one in mine if one.goods_flag == "E"})
    materials = {one.item_no for one in mine if one.goods_flag == "I"}
    for part in batches(products):
        found = select(_U.material_no).where(*_of(work, book), _U.product_no.in_(part)).distinct()
        materials |= set(work.session.scalars(found))
    rows: list[Consumption] = []
    columns = (_U.product_no, _U.uc_version, _U.material_no, _U.unit_consumption, _U.bonded)
    for part in batches(sorted(materials)):
        statement = select(*columns).where(*_of(work, book), _U.material_no.in_(part))
        rows += [Consumption(*row) for row in work.session.execute(statement.where(_U.unit_consumption.is_not(None)))]  # type: ignore[arg-type]
    return Filed(rows)


def _of(work: LedgerWork, book: Account) -> tuple[Any, ...]:
    return _U.company_id == work.company_id, _U.header_id == book.id, _U.row_mark != "2"
