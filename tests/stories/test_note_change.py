"""An approved note changed, refused, changed again and deleted: marks, message, receipts, ledger, what it was before."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import func, select

from bondesk.adapters.rehearsal import RehearsalCustoms
from bondesk.areas.notes.bonded_note_model import VERSION, BondedNote
from bondesk.areas.notes.note_change import ChangeOf
from bondesk.areas.notes.source_document import SourceLine
from bondesk.base.columns import ExactDecimal
from bondesk.base.errors import Refused
from bondesk.base.findings import errors_in
from bondesk.base.steps import play
from bondesk.engine import records, scripts, sending
from bondesk.engine.checking import run_checks
from bondesk.engine.drafts import LineDraft
from bondesk.engine.engine import SYSTEM
from bondesk.engine.tables import BalanceRow, HeadingRow, Outbox
from builders.office import Office

KEY = "bonded_note_change"


@pytest.fixture
def office(office_at: Callable[..., Office], factory_template: Path) -> Office:
    """An office whose notes the rehearsal customs answers only when asked."""
    return office_at(factory_template)


def customs(office: Office, **how: Any) -> None:
    """Let customs answer what lies in the OutBox and take the answers in."""
    RehearsalCustoms(office.client.parent, **how).answer()
    office.receive()


def approved(office: Office) -> str:
    """Generate one import note and have it approved and posted."""
    (number,) = office.notes("IM2401001", merge="NONE")
    office.audit([number])
    office.order([number])
    office.hand_over()
    customs(office)
    assert office.note(number).state == "APPROVED"
    return number


def started(office: Office, script: str, number: str) -> int:
    """Start a change or deletion; return its id."""
    with office.act() as act:
        steps = scripts.start(act, office.engine.catalogue.script(script), ChangeOf(internal_no=number))
        (change,) = play(steps).changed[KEY]
        return change


def edited(office: Office, change: int, edit: Callable[[records.Draft], None]) -> BondedNote:
    """Save an edit of the change and return it with its lines."""
    document = office.document(KEY)
    with office.act() as act:
        draft = records.open_draft(act, document, change)
        edit(draft)
        records.save(act, document, draft)
    return read(office, change)


def read(office: Office, note_id: int) -> BondedNote:
    """Read one copy with its lines."""
    with office.act(SYSTEM) as act:
        note = act.session.scalars(select(BondedNote).where(BondedNote.id == note_id)).one()
        _ = [line.row_mark for line in note.lines]
        return note


def sent(office: Office, change: int) -> etree._Element:
    """Audit, order and hand over the change; return the message."""
    document = office.document(KEY)
    with office.act(office.auditor) as act:
        records.move(act, document, change, "audit")
    with office.act() as act:
        sending.order(act, document, [change])
        row = act.session.scalars(select(Outbox).where(Outbox.document_key == KEY).order_by(Outbox.id.desc())).first()
        assert row is not None
        with zipfile.ZipFile(io.BytesIO(row.content)) as archive:
            root = etree.fromstring(archive.read(archive.namelist()[0]))
    office.hand_over()
    return root


def told(root: etree._Element, group: str, *names: str) -> list[tuple[str, ...]]:
    """The named elements of every group."""
    return [tuple(one.findtext(name) or "" for name in names) for one in root.iter(group)]


def balance(office: Office, item_no: int) -> Decimal:
    """What all months and stages of a material add up to."""
    with office.act(SYSTEM) as act:
        statement = select(func.sum(BalanceRow.quantity, type_=ExactDecimal(5)))
        statement = statement.join(HeadingRow, HeadingRow.id == BalanceRow.heading_id)
        statement = statement.where(HeadingRow.goods_flag == "I", HeadingRow.item_no == item_no)
        return act.session.execute(statement).scalar() or Decimal(0)


def declared(note: BondedNote, item_no: int) -> Decimal:
    """What a note declares of one item."""
    return sum((line.dcl_qty for line in note.lines if line.item_no == item_no), Decimal(0))


def test_a_change_is_refused_put_right_and_approved(office: Office) -> None:
    number = approved(office)
    before = office.note(number)
    first, second, last = before.lines[0], before.lines[1], before.lines[-1]
    change = started(office, "change_bonded_note", number)
    with pytest.raises(Refused, match="已有未办结的变更"):
        started(office, "withdraw_bonded_note", number)
    assert {line.row_mark for line in read(office, change).lines} == {"0"}

    def edit(draft: records.Draft) -> None:
        lines = draft.lines["lines"]
        half = lines[0].values
        for key in ("dcl_qty", "legal_qty1", "legal_qty2", "net_weight"):
            half[key] = half[key] / 2 if half.get(key) is not None else None
        half["total"], half["price"] = half["total"] / 2, half["price"]
        added = {key: value for key, value in lines[1].values.items() if key not in {"line_no", "reason", "row_mark"}}
        del lines[-1]
        lines.append(LineDraft({**added, "name": lines[1].values["name"]}))
        draft.head["trade_partner_country"] = "KOR"

    changed = edited(office, change, edit)
    assert [line.row_mark for line in changed.lines] == ["1", *["0"] * (len(before.lines) - 2), "2", "3"]
    root = sent(office, change)
    (head,) = told(root, "InvtHeadType", "DclTypecd", "ChgTmsCnt", "SeqNo", "BondInvtNo", "EtpsInnerInvtNo")
    assert head == ("2", "1", before.seq_no, before.bond_no, number)
    marks = told(root, "InvtListType", "SeqNo", "ModfMarkcd")
    assert {seq_no for seq_no, _ in marks} == {before.seq_no}
    assert sorted(mark for _, mark in marks) == sorted(line.row_mark for line in changed.lines)

    was = balance(office, first.item_no)
    customs(office, rejected={number: "数量与舱单不符"})
    assert (read(office, change).state, read(office, change).customs_reason) == ("REJECTED", "数量与舱单不符")
    assert office.note(number).lines[0].dcl_qty == first.dcl_qty, "the note itself is untouched"
    assert balance(office, first.item_no) == was

    sent(office, change)
    customs(office)
    note = office.note(number)
    assert (note.state, note.change_count, note.declare_kind, note.writeoff_mark) == ("APPROVED", 1, "2", "2")
    assert note.trade_partner_country == "KOR"
    assert note.lines[0].dcl_qty == first.dcl_qty / 2
    numbers = [line.line_no for line in before.lines]
    assert [line.line_no for line in note.lines] == [*numbers[:-1], numbers[-1] + 1], "a number is never used twice"
    assert note.lines[-1].dcl_qty == second.dcl_qty
    assert {balance(office, line.item_no) - declared(note, line.item_no) for line in before.lines} == {Decimal(0)}
    with office.act(SYSTEM) as act:
        (version,) = act.facts.find(BondedNote, copy=VERSION)
        assert version.internal_no == f"{number}/0"
        assert [line.dcl_qty for line in version.lines] == [line.dcl_qty for line in before.lines]
        assert version.trade_partner_country == before.trade_partner_country
        source = act.session.scalars(select(SourceLine).where(SourceLine.line_no == last.line_no)).first()
        assert source is not None
        assert source.used_qty == 0, "what a deleted row had used is free again"
        assert run_checks(act) == []


def test_a_deletion_leaves_ledger_and_sources_as_if_the_note_had_never_been(office: Office) -> None:
    number = approved(office)
    before = office.note(number)
    assert balance(office, before.lines[0].item_no) == declared(before, before.lines[0].item_no) > 0
    change = started(office, "withdraw_bonded_note", number)
    with pytest.raises(Refused) as refusal, office.act(office.auditor) as act:
        document = office.document(KEY)
        draft = records.open_draft(act, document, change)
        draft.head["transport_mode"] = "5" if before.transport_mode != "5" else "2"
        records.save(act, document, draft)
        records.move(act, document, change, "audit")
    assert "申请删除的清单不能同时修改内容" in str(refusal.value)
    root = sent(office, change)
    assert told(root, "InvtHeadType", "DclTypecd", "ChgTmsCnt") == [("3", "1")]
    assert {mark for (mark,) in told(root, "InvtListType", "ModfMarkcd")} == {"2"}
    customs(office)
    note = office.note(number)
    assert (note.state, note.list_state, note.writeoff_mark) == ("VOID", "3", "0")
    for line in before.lines:
        assert balance(office, line.item_no) == 0
    with office.act(SYSTEM) as act:
        assert all(not line.used_qty for line in act.session.scalars(select(SourceLine)))
        assert [one.internal_no for one in act.facts.find(BondedNote, copy=VERSION)] == [f"{number}/0"]
        assert run_checks(act) == []
    assert office.notes("IM2401001"), "the source document can be declared again"


def test_only_what_customs_allows_may_change(office: Office) -> None:
    number = approved(office)
    change = started(office, "change_bonded_note", number)

    def found() -> list[str]:
        with office.act() as act:
            document = office.document(KEY)
            return [
                one.text for one in errors_in(records.check(act, document, records.open_draft(act, document, change)))
            ]

    assert found() == ["与已审批的清单完全相同，没有需要变更的内容"]

    def edit(draft: records.Draft) -> None:
        draft.head["declaration_flag"] = "2"
        draft.lines["lines"][0].values["part_no"] = draft.lines["lines"][1].values["part_no"]

    edited(office, change, edit)
    said = found()
    assert any(text.startswith("海关不允许变更表头的报关标志") for text in said)
    assert "海关不允许变更料号；请将此行删除，另增一行" in said

    with office.act() as act:
        records.delete(act, office.document(KEY), change)
    assert office.note(number).state == "APPROVED"


def test_a_closed_note_can_be_neither_changed_nor_deleted(office: Office) -> None:
    number = approved(office)
    with office.act(SYSTEM) as act:
        act.session.scalars(select(BondedNote).where(BondedNote.internal_no == number)).one().writeoff_mark = "3"
    for script in ("change_bonded_note", "withdraw_bonded_note"):
        with pytest.raises(Refused) as refusal:
            started(office, script, number)
        assert [one.code for one in refusal.value.findings] == ["NOTE-13"]
