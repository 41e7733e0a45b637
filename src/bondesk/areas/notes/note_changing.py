"""变更 and 删除 of an approved note: the copy that is declared, its row marks, and what approval does (reference 2.5).

The approved note stays what the ledger knows until customs agrees. Then it takes the new values, and the copy keeps the
former ones as a version; a deleted note leaves the ledger and gives its source lines back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import inspect, select

from bondesk.areas.notes.bonded_note_model import CHANGE, VERSION, BondedNote, NoteLine
from bondesk.areas.notes.note_removal import release_sources
from bondesk.base.change import Mark
from bondesk.base.errors import Refused
from bondesk.base.facts import Facts, Work
from bondesk.base.findings import Finding, error
from bondesk.base.formal_copy import DRAFT

MODIFY, DELETE = "2", "3"
#: What customs lets a change touch (reference 2.5, 可允许修改); legal quantity and weights follow the quantity.
HEAD_CHANGEABLE = ("entry_exit_customs", "supervision_mode", "transport_mode", "trade_partner_country")
LINE_CHANGEABLE = (
    "hs_code", "name", "spec", "dcl_qty", "legal_qty1", "legal_qty2", "currency", "price", "total",
    "origin_country", "destination_country", "duty_mode", "uc_version", "net_weight", "gross_weight",
)  # fmt: skip
_LINE_FIXED = {
    "item_no": "备案序号", "part_no": "料号", "dcl_unit": "申报单位", "legal_unit1": "法定单位",
    "legal_unit2": "第二法定单位", "declaration_line_no": "报关单商品序号", "application_line_no": "申请表序号",
}  # fmt: skip
_HEAD_FIXED = {
    "internal_no": "企业内部清单编号", "record_no": "备案号", "ie_flag": "进出口标志", "goods_flag": "料件成品标志",
    "note_type": "清单类型", "declare_customs": "申报地海关", "declared_on": "清单申报日期",
    "declaration_flag": "报关标志", "declaration_link_type": "报关类型", "note_flow_type": "流转类型",
    "application_no": "申请表编号", "linked_record_no": "关联备案编号", "linked_note_no": "关联清单编号",
}  # fmt: skip
_OWN = {"company_id", "id", "revision", "created_by", "created_at", "changed_by", "changed_at", "state", "audited_by"}
_OWN |= {"audited_at", "origin_run", "origin_sheet", "origin_row", "customs_at", "customs_reason", "match_state"}
_LINE_OWN = {"company_id", "id", "header_id", "origin_run", "origin_sheet", "origin_row"}


def start(note: BondedNote, kind: str, work: Work) -> BondedNote:
    """Open the one change (``kind`` 2) or deletion (3) of an approved note.

    NOTE-13 when its verification period is closed, NOTE-16 when another is open or customs' numbers are missing.
    """
    number = note.internal_no
    if note.writeoff_mark == "3":
        raise Refused(f"清单 {number} 已核销，所属报核周期已结，不能变更或删除", "NOTE-13")
    if not note.bond_no or not note.seq_no:
        raise Refused(f"清单 {number} 没有清单编号或预录入统一编号，请先接收回执", "NOTE-16")
    if open_change_of(note, work) is not None:
        raise Refused(f"清单 {number} 已有未办结的变更或删除，请先在「核注清单变更」中完成或删除", "NOTE-16")
    change = _copied(note, CHANGE)
    change.declare_kind, change.change_count, change.approved_id = kind, note.change_count + 1, note.id
    change.list_state, change.state = "", "DRAFT"
    mark = Mark.STRUCK if kind == DELETE else Mark.SAME
    change.lines = [_copied_line(line, mark) for line in note.lines]
    work.session.add(change)
    work.session.flush()
    return change


def open_change_of(note: BondedNote, work: Work) -> BondedNote | None:
    """Return the change or deletion of a note that is not done with, if there is one."""
    mine = select(BondedNote).where(BondedNote.company_id == work.company_id, BondedNote.copy == CHANGE)
    return work.session.scalars(mine.where(BondedNote.approved_id == note.id).limit(1)).one_or_none()


def original_of(change: BondedNote, facts: Facts) -> BondedNote | None:
    """Return the approved note a change is of; a draft being checked is looked up by its own id."""
    approved_id = change.approved_id
    if approved_id is None and change.id is not None:
        stored = facts.one(BondedNote, id=change.id)
        approved_id = stored.approved_id if stored is not None else None
    return facts.one(BondedNote, id=approved_id, copy=DRAFT) if approved_id is not None else None


def _copied(note: BondedNote, copy: str) -> BondedNote:
    keys = {attribute.key for attribute in inspect(BondedNote).column_attrs} - _OWN
    return BondedNote(**{**{key: getattr(note, key) for key in keys}, "copy": copy})


def _copied_line(line: NoteLine, mark: Mark) -> NoteLine:
    keys = {attribute.key for attribute in inspect(NoteLine).column_attrs} - _LINE_OWN
    return NoteLine(**{**{key: getattr(line, key) for key in keys}, "row_mark": mark.value})


def mark_rows(change: BondedNote, facts: Facts) -> None:
    """Give every row the mark the comparison with the approved note says; rows taken out come back 删除.

    A row marked 删除 keeps the approved values. In a deletion all rows are 删除.
    """
    original = original_of(change, facts)
    if original is None:
        return
    before = {line.line_no: line for line in original.lines}
    kept: dict[int, NoteLine] = {}
    added: list[NoteLine] = []
    for line in change.lines:
        if line.row_mark == Mark.ADDED.value or line.line_no not in before or line.line_no in kept:
            added.append(line)
        else:
            kept[line.line_no] = line
    for number, line in kept.items():
        if line.row_mark == Mark.STRUCK.value or change.declare_kind == DELETE:
            line.row_mark = Mark.STRUCK.value
            _take(line, before[number])
        else:
            line.row_mark = (Mark.MODIFIED if differences(line, before[number]) else Mark.SAME).value
    _number_added(added, set(before))
    change.lines.extend(_copied_line(before[number], Mark.STRUCK) for number in sorted(before.keys() - kept.keys()))


def _number_added(added: Sequence[NoteLine], used: set[int]) -> None:
    """Mark rows 增加 and give them numbers no other row has: customs knows a row by its number."""
    for line in added:
        line.row_mark = Mark.ADDED.value
        if not line.line_no or line.line_no in used:
            line.line_no = max(used, default=0) + 1
        used.add(line.line_no)


def _take(line: NoteLine, former: NoteLine) -> None:
    for key in (*LINE_CHANGEABLE, *_LINE_FIXED):
        if getattr(line, key) != getattr(former, key):
            setattr(line, key, getattr(former, key))


def differences(line: NoteLine, former: NoteLine) -> list[str]:
    """Return the attributes in which a row differs from the approved one."""
    return [key for key in (*LINE_CHANGEABLE, *_LINE_FIXED) if getattr(line, key) != getattr(former, key)]


def changes_allowed(change: BondedNote, facts: Facts) -> Iterator[Finding]:
    """NOTE-16: only what customs lets a change touch differs, something does, and not every row goes."""
    original = original_of(change, facts)
    if original is None:
        yield error("NOTE-16", "找不到被变更的核注清单", "internal_no")
        return
    if original.state != "APPROVED" or original.writeoff_mark == "3":
        yield error("NOTE-13", "被变更的清单未审批或已核销，不能变更或删除", "internal_no")
    changed = [key for key in HEAD_CHANGEABLE if getattr(change, key) != getattr(original, key)]
    for key, label in _HEAD_FIXED.items():
        if getattr(change, key) != getattr(original, key):
            yield error("NOTE-16", f"海关不允许变更表头的{label}（原为 {getattr(original, key) or '空'}）", key)
    before = {line.line_no: line for line in original.lines}
    for position, line in enumerate(change.lines):
        fixed = (
            [key for key in differences(line, before[line.line_no]) if key in _LINE_FIXED]
            if line.line_no in before
            else []
        )
        for key in fixed:
            text = f"海关不允许变更{_LINE_FIXED[key]}；请将此行删除，另增一行"
            yield error("NOTE-16", text, key, position, table="lines")
    if change.declare_kind == DELETE:
        if changed:
            yield error("NOTE-16", "申请删除的清单不能同时修改内容", changed[0])
    elif not changed and all(line.row_mark == Mark.SAME.value for line in change.lines):
        yield error("NOTE-16", "与已审批的清单完全相同，没有需要变更的内容", "internal_no")
    elif all(line.row_mark == Mark.STRUCK.value for line in change.lines):
        yield error("NOTE-16", "全部表体都删除时请改用「申请删除」", "internal_no")


def approve(change: BondedNote, on: date, work: Work) -> BondedNote:
    """Carry out what customs agreed to; return the note it was done to.

    The change becomes the version that holds the former values, numbered ``<编号>/<变更次数>``.
    """
    mine = select(BondedNote).where(BondedNote.company_id == work.company_id, BondedNote.id == change.approved_id)
    note = work.session.scalars(mine).one()
    if change.declare_kind == DELETE:
        release_sources(note, note.lines, work)
        note.state, note.list_state, note.writeoff_mark = "VOID", "3", "0"
    else:
        _exchange(note, change, HEAD_CHANGEABLE)
        _exchange_lines(note, change, work)
    note.change_count, note.declare_kind, note.customs_reason = change.change_count, change.declare_kind, ""
    change.copy, change.replaced_on, change.state = VERSION, on, "APPROVED"
    change.change_count -= 1
    change.internal_no = f"{change.internal_no}/{change.change_count}"
    work.session.flush()
    return note


def _exchange(one: Any, other: Any, keys: tuple[str, ...]) -> None:
    for key in keys:
        mine, its = getattr(one, key), getattr(other, key)
        if mine != its:
            setattr(one, key, its)
            setattr(other, key, mine)


def _exchange_lines(note: BondedNote, change: BondedNote, work: Work) -> None:
    before = {line.line_no: line for line in note.lines}
    gone = [before[line.line_no] for line in change.lines if line.row_mark == Mark.STRUCK.value]
    release_sources(note, gone, work)
    for line in list(change.lines):
        match line.row_mark:
            case Mark.MODIFIED.value:
                _exchange(before[line.line_no], line, LINE_CHANGEABLE)
            case Mark.ADDED.value:
                note.lines.append(_copied_line(line, Mark.ADDED))
                change.lines.remove(line)
    for line in gone:
        note.lines.remove(line)
