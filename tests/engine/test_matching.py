"""What a pair does: overwritten with a snapshot, differences found, ledger right at every moment, undone exactly."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import inspect, select

from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.base.errors import Refused
from bondesk.base.formal_copy import MatchDifference, MatchPair
from bondesk.base.matching import Matching
from bondesk.base.options import read_options
from bondesk.base.steps import Preview, play, proposed_answer
from bondesk.engine import history, matching, records, scripts
from bondesk.engine.act import Act
from bondesk.engine.checking import run_checks
from bondesk.engine.engine import SYSTEM
from bondesk.engine.formal_copies import take_formal
from bondesk.engine.posting import rebuild_balances
from bondesk.engine.tables import PostingRow
from builders.formal_copies import (
    BOOK,
    LINES,
    draft_declaration,
    draft_note,
    formal_declaration,
    formal_note,
)
from builders.office import Office

_OWN = {"revision", "changed_by", "changed_at", "created_at"}


def notes(act: Act) -> Matching:
    return act.catalogue.matchings[0]


def stored(act: Act, document_id: int, key: str = "bonded_note") -> dict[str, Any]:
    """Everything a document holds, lines too, without what every change touches."""
    document = act.catalogue.document(key)
    act.session.expire_all()
    header = records.load(act, document, document_id)

    def values(row: Any) -> dict[str, Any]:
        return {one.key: getattr(row, one.key) for one in inspect(row).mapper.column_attrs if one.key not in _OWN}

    return {"head": values(header), "lines": [values(line) for line in header.lines]}


def run(office: Office, script: str = "match_notes", **options: str) -> Any:
    """自动对应 as the clerk, previews taken; returns outcome and what was shown."""
    shown = []

    def answer(step: Any) -> Any:
        if isinstance(step, Preview):
            shown.append(step)
        return proposed_answer(step)

    declared = office.engine.catalogue.script(script)
    with office.act() as act:
        outcome = play(scripts.start(act, declared, read_options(declared.options, options)), answer)
    return outcome, shown


def ledger(act: Act, item: int = 1) -> dict[str, Decimal]:
    """What stands of an item by document key."""
    sums: dict[str, Decimal] = {}
    rows = select(PostingRow).where(PostingRow.company_id == act.company_id, PostingRow.item_no == item)
    for row in act.session.scalars(rows.where(PostingRow.record_no == BOOK)):
        sign = -row.effect if row.reversal else row.effect
        sums[row.document_key] = sums.get(row.document_key, Decimal(0)) + row.quantity * sign
    return {key: value for key, value in sums.items() if value}


def sound(office: Office) -> None:
    """Postings are what documents declare, balances what postings sum up to."""
    with office.act(SYSTEM) as act:
        assert [str(one) for one in run_checks(act) if one.code in {"CHK-01", "CHK-02"}] == []
        assert rebuild_balances(act) == []


def test_a_formal_copy_that_differs_in_three_fields(masters_office: Office) -> None:
    """Quantity, total and origin of line 2 differ: three rows, the draft follows, its own words stay."""
    office = masters_office
    with office.act() as act:
        draft = draft_note(act, "I2403050001", seq_no="S1")
        before = stored(act, draft)
        changes = {"dcl_qty": "240", "total": "2558.64", "origin_country": "CHN"}
        formal = formal_note(act, "QD520424I000000001", LINES, {}, changes, seq_no="S1")
    outcome, (preview,) = run(office)
    assert preview.tables[0].rows == (("I2403050001", "2024-03-05", "QD520424I000000001", "R2 预录入统一编号"),)
    assert outcome.text == "已对应 1 对（R2 预录入统一编号 1 对）：一致 0 对，有差异 1 对"
    with office.act() as act:
        after = stored(act, draft)
        head, line = after["head"], after["lines"][1]
        assert (head["bond_no"], head["state"], head["writeoff_mark"]) == ("QD520424I000000001", "APPROVED", "1")
        assert (line["dcl_qty"], line["total"], line["origin_country"]) == (Decimal(240), Decimal("2558.64"), "CHN")
        kept = ("internal_no", "partner", "remark", "id", "entered_on")
        assert [head[key] for key in kept] == [before["head"][key] for key in kept]
        assert line["part_no"] == "RM-2"
        (pair,) = matching.pairs(act, notes(act), read_options(type_of(act), {}), 0, 10)
        assert (pair.summary, pair.rule, pair.matched_by) == ("3 项不同", "R2 预录入统一编号", "制单员")
        found = matching.compare(act, notes(act), pair.id)
        assert [(one.place, one.label, one.draft, one.formal, one.word) for one in found] == [
            ("第2行", "申报数量", "234.5", "240", "值不同"),
            ("第2行", "申报总价", "2500", "2558.64", "值不同"),
            ("第2行", "原产国", "JPN 日本", "CHN 中国", "值不同"),
        ]
        assert ledger(act, 2) == {"bonded_note": Decimal(240)}
        assert records.load(act, act.catalogue.document("bonded_note_formal"), formal).match_state == "matched"
        told = history.entries(act, "bonded_note", draft)[0]
        assert (told.action, told.summary) == ("对应", "正式单 QD520424I000000001（R2 预录入统一编号），3 项不同")
        changed = {(one.where, one.label): (one.before, one.after) for one in history.changes_of(act, told.id)}
        assert changed["", "状态"] == ("已审核", "已审批")
        assert changed["明细 第2行", "申报数量"] == ("234.5", "240")
    sound(office)
    with office.act() as act:
        assert matching.accept(act, notes(act), [found[0].id, found[1].id], "海关审价调整") == 2
        (pair,) = matching.pairs(act, notes(act), read_options(type_of(act), {}), 0, 10)
        assert (pair.open, pair.differences) == (1, 3)
    with office.act() as act:
        outcome = play(matching.cancel_steps(act, notes(act), [pair.id]))
        assert outcome.text == "已取消对应 1 对，草单恢复对应前的内容"
        assert stored(act, draft) == before
        assert act.session.scalars(select(MatchPair)).one().cancelled_at is not None
        assert len(act.session.scalars(select(MatchDifference)).all()) == 3, "nothing that was found is lost"
    sound(office)


def type_of(act: Act, script: str = "match_notes") -> Any:
    return act.catalogue.script(script).options


def test_who_posts(masters_office: Office) -> None:
    """A formal copy alone posts; the draft's own posting takes its place; pairing and undoing never count twice."""
    office = masters_office
    with office.act() as act:
        formal_note(act, "QD520424I000000001", writeoff_mark="2")
        assert ledger(act) == {"bonded_note_formal": Decimal(1000)}
        draft = draft_note(act, "I2403050001", state="SENT")
        assert ledger(act) == {"bonded_note_formal": Decimal(1000)}
    run(office)
    with office.act() as act:
        assert ledger(act) == {"bonded_note": Decimal(1000)}, "R3 pairs them; only the draft posts"
        (pair,) = act.session.scalars(select(MatchPair)).all()
        assert pair.rule == "R3"
        play(matching.cancel_steps(act, notes(act), [pair.id]))
        assert ledger(act) == {"bonded_note_formal": Decimal(1000)}
        assert stored(act, draft)["head"]["state"] == "SENT"
    sound(office)
    with office.act() as act:  # the receipt tells the draft the same number: it stands for the formal copy now
        note = records.load(act, office.document("bonded_note"), draft)
        note.state, note.bond_no, note.writeoff_mark = "APPROVED", "QD520424I000000001", "1"
        act.session.flush()
        act.post("bonded_note", [draft])
        assert ledger(act) == {"bonded_note": Decimal(1000)}
    sound(office)
    with office.act() as act:  # and a formal copy that arrives after the draft posted posts nothing
        draft_note(act, "I2403050002", state="APPROVED", bond_no="QD520424I000000002", writeoff_mark="2")
        formal_note(act, "QD520424I000000002", writeoff_mark="2")
        assert ledger(act) == {"bonded_note": Decimal(2000)}
    sound(office)


def test_lines_only_one_side_has(masters_office: Office) -> None:
    """What customs does not have counts no more, what only customs has counts: the ledger is customs'."""
    office = masters_office
    third = {"line_no": 3, "item_no": 3, "dcl_qty": "7", "legal_qty1": "1", "price": "1", "total": "7"}
    with office.act() as act:
        draft = draft_note(act, "I2403050001", LINES, seq_no="S1")
        before = stored(act, draft)
        formal_note(act, "QD520424I000000001", (LINES[1], third, {**third, "line_no": 4}), seq_no="S1")
    run(office)
    with office.act() as act:
        assert (ledger(act, 1), ledger(act, 2)) == ({}, {"bonded_note": Decimal("234.5")})
        assert ledger(act, 3) == {"bonded_note": Decimal(14)}
        (pair,) = matching.pairs(act, notes(act), read_options(type_of(act), {}), 0, 10)
        found = matching.compare(act, notes(act), pair.id)
        assert [(one.place, one.word) for one in found] == [
            ("第1行", "草单多出"),
            ("正式单第3行", "正式单多出"),
            ("正式单第4行", "正式单多出"),
        ]
        assert found[0].draft == "1 8532241000 片式电容 数量 1000 总价 2500"
        sound_lines = stored(act, draft)["lines"]
        assert [line["row_mark"] for line in sound_lines] == ["2", "3", "3", "3"]
    sound(office)
    with office.act() as act:
        play(matching.cancel_steps(act, notes(act), [pair.id]))
        assert stored(act, draft) == before
    sound(office)


@pytest.mark.parametrize("seed", range(12))
def test_pairing_and_undoing_changes_nothing(seed: int, masters_office: Office) -> None:
    """Any draft, any formal copy, any number of lines: what was there is there again, ledger included."""
    office, dice = masters_office, random.Random(seed)

    def some() -> list[dict[str, Any]]:
        return [
            {
                "line_no": number,
                "item_no": dice.choice((1, 2, 3)),
                "dcl_qty": dice.choice(("1", "2.50000", "0.00001")),
                "legal_qty1": dice.choice(("1", "3.3")),
                "legal_qty2": dice.choice((None, "4")),
                "price": dice.choice((None, "1.2345")),
                "total": dice.choice(("10", "12.34")),
                "origin_country": dice.choice(("", "CHN")),
            }
            for number in range(1, dice.randint(1, 4) + 1)
        ]

    mark = dice.choice(("0", "1", "2"))
    with office.act() as act:
        draft = draft_note(act, "I1", some(), state=dice.choice(("DRAFT", "AUDITED", "APPROVED")), writeoff_mark=mark)
        formal = formal_note(
            act, "QD1", some(), writeoff_mark=dice.choice(("0", "1", "2")), list_state=dice.choice("012")
        )
        before, customs, books = stored(act, draft), stored(act, formal, "bonded_note_formal"), ledger_all(act)
    with office.act() as act:
        pair = matching.pair(act, notes(act), draft, formal)
    sound(office)
    with office.act() as act:
        play(matching.cancel_steps(act, notes(act), [pair]))
        assert stored(act, draft) == before
        assert stored(act, formal, "bonded_note_formal") == customs
        assert ledger_all(act) == books
    sound(office)


def ledger_all(act: Act) -> list[dict[str, Decimal]]:
    return [ledger(act, item) for item in (1, 2, 3)]


def test_pairing_by_hand_is_refused_where_it_is_wrong(masters_office: Office) -> None:
    office = masters_office
    with office.act() as act:
        mine = draft_note(act, "I1", bond_no="QD1", state="APPROVED", writeoff_mark="1")
        other = draft_note(act, "I2", state="DRAFT")
        export = draft_note(act, "E1", ie_flag="E")
        void = draft_note(act, "I3", state="VOID")
        formal = formal_note(act, "QD1")
        free = formal_note(act, "QD2")

    def codes(draft: int, customs: int) -> list[str]:
        with office.act() as act:
            found, _rows = matching.check(act, notes(act), draft, customs)
            return [one.code for one in found]

    assert codes(mine, formal) == []
    assert codes(mine, free) == ["MAT-09"]
    assert codes(other, free) == ["MAT-03"]
    assert codes(other, formal) == ["MAT-04", "MAT-03"]
    assert codes(export, free) == ["MAT-02"]
    assert codes(void, free) == ["MAT-08"]
    with office.act() as act:
        matching.pair(act, notes(act), mine, formal)
    assert codes(other, formal)[0] == "MAT-01"
    with pytest.raises(Refused, match="MAT-01"), office.act() as act:
        matching.pair(act, notes(act), other, formal)
    with office.act() as act:
        pair = act.session.scalars(select(MatchPair.id)).one()
        play(matching.cancel_steps(act, notes(act), [pair]))
    with pytest.raises(Refused, match="MAT-07"), office.act() as act:
        play(matching.cancel_steps(act, notes(act), [pair]))
    with office.act() as act:  # undone, it can be paired again
        matching.pair(act, notes(act), mine, formal)


def test_a_formal_copy_that_comes_again(masters_office: Office) -> None:
    """The pair stays, the draft follows, what was accepted stays accepted as long as both sides say the same."""
    office = masters_office
    with office.act() as act:
        draft = draft_note(act, "I1", seq_no="S1")
        before = stored(act, draft)
        formal = formal_note(act, "QD1", LINES, {"dcl_qty": "900"}, {"total": "2501"}, seq_no="S1")
    run(office)
    with office.act() as act:
        (pair,) = matching.pairs(act, notes(act), read_options(type_of(act), {}), 0, 10)
        ids = [one.id for one in matching.compare(act, notes(act), pair.id)]
        matching.accept(act, notes(act), ids, "已核对")
        again = formal_note(
            act,
            "QD1",
            LINES,
            {"dcl_qty": "900"},
            {"total": "2502"},
            seq_no="S1",
            writeoff_mark="2",
            declaration_no="D1",
        )
        assert again == formal
        found = matching.compare(act, notes(act), pair.id)
        assert [(one.label, one.formal, one.handled) for one in found] == [
            ("申报数量", "900", True),
            ("申报总价", "2502", False),
        ]
        after = stored(act, draft)
        assert (after["head"]["declaration_no"], after["lines"][1]["total"]) == ("D1", Decimal(2502))
        assert ledger(act) == {"bonded_note": Decimal(900)}
        assert act.session.scalars(select(BondedNote).where(BondedNote.copy == "formal")).one().id == formal
    sound(office)
    with office.act() as act:
        formal_note(act, "QD1", seq_no="S1", list_state="3", writeoff_mark="0")
        assert ledger(act) == {}, "customs deleted it"
        play(matching.cancel_steps(act, notes(act), [pair.id]))
        assert stored(act, draft) == before
    sound(office)


def test_what_receipts_tell_a_paired_draft_survives(masters_office: Office) -> None:
    office = masters_office
    with office.act() as act:
        draft = draft_note(act, "I1", seq_no="S1")
        formal_note(act, "QD1", seq_no="S1")
    run(office)
    with office.act() as act:
        records.load(act, office.document("bonded_note"), draft).writeoff_mark = "2"
    with office.act() as act:
        pair = act.session.scalars(select(MatchPair)).one()
        play(matching.cancel_steps(act, notes(act), [pair.id]))
        head = stored(act, draft)["head"]
        assert (head["writeoff_mark"], head["bond_no"], head["state"]) == ("2", "", "AUDITED")


def test_a_paired_draft_is_customs_to_change(masters_office: Office) -> None:
    """A refused formal copy makes its draft editable again, but not before the pair is undone."""
    office = masters_office
    with office.act() as act:
        draft = draft_note(act, "I1", seq_no="S1")
        formal_note(act, "QD1", seq_no="S1", list_state="2", writeoff_mark="0")
    run(office)
    document = office.document("bonded_note")
    with office.act() as act:
        assert stored(act, draft)["head"]["state"] == "REJECTED"
        opened = records.open_draft(act, document, draft)
        for attempt in (
            lambda: records.delete(act, document, draft),
            lambda: records.move(act, document, draft, "audit"),
            lambda: records.save(act, document, opened),
        ):
            with pytest.raises(Refused, match="MAT-05"):
                attempt()


def test_an_old_formal_copy_takes_nothing_back(masters_office: Office) -> None:
    """States only rise, a mark customs does not repeat stays."""
    office = masters_office
    with office.act() as act:
        draft = draft_note(act, "I1", bond_no="QD1", state="APPROVED", list_state="0", writeoff_mark="2")
        formal_note(act, "QD1", list_state="1", writeoff_mark="0")
    run(office)
    with office.act() as act:
        head = stored(act, draft)["head"]
        assert (head["state"], head["list_state"], head["match_state"]) == ("APPROVED", "0", "matched")


def test_rights_and_numbers_of_a_download(masters_office: Office) -> None:
    office = masters_office
    with office.act() as act:
        first = formal_note(act, "QD1", internal_no="I1")
        second = formal_note(act, "QD2", internal_no="I1")
        numbers = [stored(act, one, "bonded_note_formal")["head"]["internal_no"] for one in (first, second)]
        assert numbers == ["I1", "QD2"], "a number of ours that is taken does not stop the download"
    with pytest.raises(Refused, match="IMP-05"), office.act() as act:
        take_formal(act, office.document("bonded_note_formal"), {"seq_no": "S1"})
    with pytest.raises(Refused, match="FLOW-02"), office.act() as act:
        take_formal(act, office.document("bonded_note"), {"internal_no": "I9"})


def test_another_drafts_number_is_left_alone(masters_office: Office) -> None:
    """The draft that bears the number lies outside the query; equal goods must not take its formal copy."""
    office = masters_office
    with office.act() as act:
        draft_note(act, "I1", bond_no="QD1", record_no="E52042300A99")
        draft_note(act, "I2")
        formal_note(act, "QD1")
    outcome, shown = run(office, record_no=BOOK)
    assert shown == []
    assert outcome.text == "没有找到可以对应的单据"
    assert outcome.tables[0].rows == (("I2", "2024-03-05", "正式单的编号在另一张草单上，请核对后手动对应"),)


def test_key_fields_and_direction(masters_office: Office) -> None:
    """Without amounts R3 pairs what customs valued anew; the direction changes the rest that is listed, no pair."""
    office = masters_office
    with office.act() as act:
        draft_note(act, "I1")
        draft_note(act, "I2", LINES[:1])
        formal_note(act, "QD1", LINES, {"total": "2600"})
        formal_note(act, "QD2", LINES, {"dcl_qty": "1"})
    outcome, shown = run(office)
    assert shown == []
    outcome, shown = run(office, direction="formal", by_figures="否")
    assert [row[0] for row in outcome.tables[0].rows] == ["QD1", "QD2"]
    outcome, (preview,) = run(office, amount="否", direction="正式单对碰草单")
    assert [row[::2] for row in preview.tables[0].rows] == [("I1", "QD1")]
    assert preview.tables[1].title == "正式单未对上 1 张"
    with pytest.raises(Refused, match="OPT-02"):
        run(office, begin="2024-02-01", end="2024-01-01")


def test_declarations_are_matched_likewise(masters_office: Office) -> None:
    """Row 127: the same for declarations, by 海关编号, 统一编号 and figures."""
    office = masters_office
    with office.act() as act:
        draft = draft_declaration(act, "E24-1", seq_no="I20240000000000001")
        before = stored(act, draft, "declaration")
        changes = {"dcl_qty": "999", "destination_country": "HKG"}
        formal_declaration(act, "520420241000000001", changes, seq_no="I20240000000000001", packages=12)
    outcome, (preview,) = run(office, "match_declarations")
    assert preview.tables[0].rows[0][3] == "R2 统一编号"
    with office.act() as act:
        kind = act.catalogue.matchings[1]
        after = stored(act, draft, "declaration")
        head = after["head"]
        assert (head["declaration_no"], head["state"], head["packages"]) == ("520420241000000001", "CLEARED", 12)
        (pair,) = matching.pairs(act, kind, read_options(type_of(act, "match_declarations"), {}), 0, 10)
        rows = [(one.place, one.label, one.draft, one.formal) for one in matching.compare(act, kind, pair.id)]
        assert rows == [
            ("表头", "件数", "", "12"),
            ("第1行", "成交数量", "1000", "999"),
            ("第1行", "最终目的国", "CHN 中国", "HKG 中国香港"),
        ]
        play(matching.cancel_steps(act, kind, [pair.id]))
        assert stored(act, draft, "declaration") == before
