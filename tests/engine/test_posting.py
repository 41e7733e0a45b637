"""Postings: append-only, corrected by reversals, and always what the balances are made of (handbook 8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine
from bondesk.base.errors import Refused
from bondesk.engine import checking, posting
from bondesk.engine.act import Act
from bondesk.engine.engine import SYSTEM
from bondesk.engine.tables import BalanceRow, HeadingRow, PostingRow
from builders.office import Office, copy_of, open_office

BOOK = "E52042300A01"
#: Balances with their headings.
KEPT = select(BalanceRow, HeadingRow).join(HeadingRow, HeadingRow.id == BalanceRow.heading_id)


def note(office: Office, number: str = "N1", quantities: Sequence[str] = ("10", "2.5")) -> int:
    """Store an approved import of materials by hand."""
    with office.act(SYSTEM) as act:
        made = BondedNote(
            internal_no=number,
            record_no=BOOK,
            ie_flag="I",
            goods_flag="I",
            supervision_mode="0615",
            declared_on=date(2024, 1, 8),
            state="APPROVED",
            writeoff_mark="0",
        )
        made.lines = [
            NoteLine(line_no=i, item_no=i, dcl_qty=Decimal(q), total=Decimal(100), currency="USD", uc_version="")
            for i, q in enumerate(quantities, 1)
        ]
        act.session.add(made)
        act.session.flush()
        return int(made.id)


def repost(office: Office, note_id: int, **values: object) -> int:
    """Change a note and bring its postings up to date; return how many were added."""
    document = office.document("bonded_note")
    with office.act(SYSTEM) as act:
        header = act.session.get_one(BondedNote, (1, note_id))
        for key, value in values.items():
            setattr(header, key, value)
        return posting.post_document(act, document, header)


def standing(office: Office) -> list[str]:
    """Every posting as "item quantity stage", reversals in brackets, in order."""
    with office.act(SYSTEM) as act:
        rows = act.session.scalars(select(PostingRow).order_by(PostingRow.id))
        words = [(f"{row.item_no} {row.quantity.normalize():f} {row.stage}", row.reversal) for row in rows]
    return [f"({word})" if reversal else word for word, reversal in words]


def balances(office: Office) -> dict[str, str]:
    """The stored balances that are not zero, by item and stage."""
    with office.act(SYSTEM) as act:
        return {
            f"{heading.item_no} {heading.stage}": f"{row.quantity.normalize():f}"
            for row, heading in act.session.execute(KEPT)
            if row.quantity
        }


def test_reserved_then_posted_reverses(codes_office: Office) -> None:
    """预核扣 turns into 已核扣 by reversing it; posting twice adds nothing."""
    note_id = note(codes_office)
    assert repost(codes_office, note_id) == 0
    assert repost(codes_office, note_id, writeoff_mark="1") == 2
    assert balances(codes_office) == {"1 reserved": "10", "2 reserved": "2.5"}
    assert repost(codes_office, note_id) == 0
    assert repost(codes_office, note_id, writeoff_mark="2") == 4
    assert sorted(standing(codes_office)) == sorted(
        ["1 10 reserved", "2 2.5 reserved", "(1 10 reserved)", "(2 2.5 reserved)", "1 10 posted", "2 2.5 posted"]
    )
    assert balances(codes_office) == {"1 posted": "10", "2 posted": "2.5"}
    assert repost(codes_office, note_id, writeoff_mark="3") == 0


@pytest.mark.parametrize("state", ["DRAFT", "AUDITED", "SENT", "ACCEPTED", "REJECTED", "VOID"])
def test_only_approved_notes_post(codes_office: Office, state: str) -> None:
    """Nothing stands before approval or after a rejection, and what stood is reversed."""
    note_id = note(codes_office)
    repost(codes_office, note_id, writeoff_mark="2")
    assert repost(codes_office, note_id, state=state) == 2
    assert balances(codes_office) == {}
    other = note(codes_office, "N2")
    assert repost(codes_office, other, state=state, writeoff_mark="2") == 0


def test_unknown_mode_is_refused(codes_office: Office) -> None:
    """NOTE-08: a mode whose effect nobody knows does not post silently."""
    note_id = note(codes_office)
    with pytest.raises(Refused) as refusal:
        repost(codes_office, note_id, supervision_mode="9999", writeoff_mark="2")
    assert refusal.value.findings[0].code == "NOTE-08"
    assert standing(codes_office) == []


def test_damaged_balances_are_found_and_rebuilt(codes_office: Office) -> None:
    """CHK-01 names book, item and difference; rebuilding mends exactly that."""
    note_id = note(codes_office)
    repost(codes_office, note_id, writeoff_mark="2")
    with codes_office.act(SYSTEM) as act:
        for row in act.session.scalars(KEPT.where(HeadingRow.item_no == 1)):
            row.quantity += 1
    with codes_office.act(SYSTEM) as act:
        (found,) = checking.run_checks(act, "CHK-01")
        assert found.code == "CHK-01"
        assert BOOK in found.text
    assert codes_office.run("rebuild_balances", {}).text == "已按记账改正 1 处余额"
    with codes_office.act(SYSTEM) as act:
        assert checking.run_checks(act, "CHK-01") == []
        assert posting.rebuild_balances(act) == []
    assert balances(codes_office) == {"1 posted": "10", "2 posted": "2.5"}


def test_a_note_changed_behind_its_postings_is_found(codes_office: Office) -> None:
    """CHK-02 names the note whose postings are not what it declares."""
    note_id = note(codes_office)
    repost(codes_office, note_id, writeoff_mark="2")
    with codes_office.act(SYSTEM) as act:
        act.session.get_one(BondedNote, (1, note_id)).lines[0].dcl_qty = Decimal(11)
    with codes_office.act(SYSTEM) as act:
        assert [finding.code for finding in checking.run_checks(act, "CHK-02")] == ["CHK-02"]


@pytest.fixture(scope="module")
def office(codes_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """One office for many examples; each works on notes of its own."""
    return open_office(copy_of(codes_template, tmp_path_factory.mktemp("posting") / "home"))


QUANTITY = st.decimals("0.00001", "99999.99999", places=5)
CHANGE = st.one_of(
    st.tuples(st.just("writeoff_mark"), st.sampled_from("0123")),
    st.tuples(st.just("state"), st.sampled_from(("APPROVED", "REJECTED", "APPROVED", "VOID"))),
    st.tuples(st.just("supervision_mode"), st.sampled_from(("0615", "0654", "0700", "0644", "0200"))),
    st.tuples(st.just("declared_on"), st.dates(date(2024, 1, 1), date(2024, 4, 30))),
    st.tuples(st.just("dcl_qty"), QUANTITY),
    st.tuples(st.just("row_mark"), st.sampled_from("23")),
)


def apply(header: BondedNote, key: str, value: object) -> None:
    """Change the head, or the first line where the attribute is a line's."""
    setattr(header.lines[0] if key in {"dcl_qty", "row_mark"} else header, key, value)


def cross_check(act: Act) -> None:
    """Incremental balances are the rebuilt ones, and both are the sums of the postings."""
    sums: dict[tuple[object, ...], Decimal] = {}
    for row in act.session.scalars(select(PostingRow)):
        sign = -row.effect if row.reversal else row.effect
        key = (row.item_no, row.mode, row.stage, row.business_date.replace(day=1))
        sums[key] = sums.get(key, Decimal(0)) + row.quantity * sign
    stored = {(h.item_no, h.mode, h.stage, b.month): b.quantity for b, h in act.session.execute(KEPT)}
    assert {k: v for k, v in stored.items() if v} == {k: v for k, v in sums.items() if v}
    assert posting.check_balances(act) == []
    assert posting.rebuild_balances(act) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.integers(0, 1), CHANGE), min_size=1, max_size=12))
def test_rebuilding_is_the_sum_of_what_happened(office: Office, changes: list[tuple[int, tuple[str, object]]]) -> None:
    """After any history of two notes: balances foot, rebuilding changes nothing, postings are only added."""
    document = office.document("bonded_note")
    try:
        with office.act(SYSTEM) as act:
            notes = [
                BondedNote(internal_no=f"H{i}", record_no=BOOK, ie_flag="I", goods_flag="I", supervision_mode="0615")
                for i in range(2)
            ]
            for one in notes:
                one.state, one.writeoff_mark, one.declared_on = "APPROVED", "1", date(2024, 1, 8)
                one.lines = [NoteLine(line_no=1, item_no=1, dcl_qty=Decimal(5), total=Decimal(1), uc_version="")]
            act.session.add_all(notes)
            act.session.flush()
            seen = 0
            for which, (key, value) in changes:
                apply(notes[which], key, value)
                act.session.flush()
                added = posting.post_document(act, document, notes[which])
                seen += added
                assert posting.posting_count(act) == seen
            cross_check(act)
            raise InterruptedError  # leave nothing for the next example
    except InterruptedError:
        pass


def test_posting_looks_up_what_the_note_has_posted_and_nothing_else(masters_office: Office) -> None:
    """The time of one note does not grow with the ledger: SQLite finds its postings by their document."""
    note_id = note(masters_office)
    asked: list[tuple[str, Any]] = []
    sql = masters_office.engine.store.sql
    if sql.dialect.name != "sqlite":
        pytest.skip("the plan is SQLite's")

    def seen(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT posting."):
            asked.append((statement, values))

    event.listen(sql, "before_cursor_execute", seen)
    repost(masters_office, note_id, writeoff_mark="2")
    event.remove(sql, "before_cursor_execute", seen)
    assert asked
    with sql.connect() as connection:
        for statement, values in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            assert "ix_posting_document (company_id=? AND document_key=? AND document_id=?)" in plan[0][3], plan
