"""Which rows of a book documents use: such rows are not deleted, their unit stays, their version stays (4.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.notes.bonded_note_model import VERSION, BondedNote, NoteLine
from bondesk.base.batches import batches
from bondesk.base.change import ChangedTable
from bondesk.base.facts import Work


def rows_in_use(draft: Account, table: ChangedTable, rows: Sequence[Any], work: Work) -> Mapping[int, str]:
    """Return the rows notes use, with the reason: ACC-04 for goods, ACC-06 for a version of an exported product.

    With 单耗申报环节 报核前 a used version may still be changed (4.4).
    """
    if not draft.record_no or not rows:
        return {}
    if "item_no" in table.match:
        return _goods(draft, str(table.fixed["goods_flag"]), rows, work)
    return {} if draft.uc_stage == "2" else _versions(draft, rows, work)


def _goods(draft: Account, flag: str, rows: Sequence[Any], work: Work) -> dict[int, str]:
    notes: dict[int, tuple[str, str]] = {}
    wanted = sorted({row.item_no for row in rows})
    for batch in batches(wanted):
        statement = _used(draft, flag, work, NoteLine.item_no, BondedNote.internal_no, BondedNote.state)
        chosen = NoteLine.item_no.in_(batch)
        for item_no, number, state in work.session.execute(statement.where(chosen)):
            notes.setdefault(item_no, (number, state))
    return {row.id: _reason(row, *notes[row.item_no]) for row in rows if row.item_no in notes}


def _reason(row: Any, number: str, state: str) -> str:
    why = "已有进出口记录" if state == "APPROVED" else "有未办结的核注清单"
    return f"备案序号 {row.item_no} {row.name}：{why}（{number}），不能删除（ACC-04）"


def _versions(draft: Account, rows: Sequence[Any], work: Work) -> dict[int, str]:
    statement = _used(draft, "E", work, NoteLine.item_no, NoteLine.uc_version, BondedNote.internal_no)
    used: dict[tuple[int, str], str] = {}
    for item_no, version, number in work.session.execute(statement.where(NoteLine.uc_version != "")):
        used.setdefault((item_no, version), number)
    found = {}
    for row in rows:
        number = used.get((row.product_no, row.uc_version))
        if number is not None:
            text = f"成品 {row.product_no} 版本 {row.uc_version} 已用于核注清单 {number}，不能修改或删除（ACC-06）"
            found[row.id] = text
    return found


def _used(draft: Account, flag: str, work: Work, *columns: Any) -> Any:
    return (
        select(*columns)
        .join(BondedNote, (BondedNote.company_id == NoteLine.company_id) & (BondedNote.id == NoteLine.header_id))
        .where(
            NoteLine.company_id == work.company_id,
            BondedNote.record_no == draft.record_no,
            BondedNote.goods_flag == flag,
            BondedNote.state != "VOID",
            BondedNote.copy != VERSION,
        )
        .distinct()
    )
