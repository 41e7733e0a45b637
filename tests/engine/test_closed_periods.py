"""A closed cycle: the database refuses to change what is posted in it, and corrections go into the open one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, text, update

from bondesk.app import first_administrator, open_engine
from bondesk.areas.codes.customs_code import CustomsCode
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine
from bondesk.areas.verification.verification_model import AccountVerification, VerificationNote
from bondesk.base.errors import Refused
from bondesk.base.records import new_id
from bondesk.engine import closed_periods, schema
from bondesk.engine.checking import run_checks
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.posting import post_document, rebuild_balances
from bondesk.engine.tables import PostingRow
from bondesk.settings import Connection, Home, Settings, carried
from builders.office import PASSWORD

BOOK, OTHER = "E52042300A01", "E52042300B02"
IN_CYCLE, AFTER, TODAY = date(2024, 2, 1), date(2024, 3, 1), date(2024, 5, 2)
BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A company with two notes of 10 posted in January to March, a third reserved only, and its first cycle closed."""
    postgres = request.param == "postgres"
    url = str(request.getfixturevalue("postgres_url")) if postgres else f"sqlite:///{(tmp_path / 'a').as_posix()}"
    home = Home(tmp_path / "home")
    home.write(Settings(connections=[Connection(name="团队", url=url)]))
    opened = replace(open_engine(home), clock=lambda: datetime.combine(TODAY, datetime.min.time()))
    first_administrator(opened, PASSWORD)
    with opened.acting(SYSTEM) as act:
        import_adds = {"mode": "0615", "goods_flag": "I", "ie_flag": "I", "effect_in_out": "1", "effect_consume": "0"}
        effect = CustomsCode(table_name="supervision_mode_effect", code="0615-I-I", name="进口", details=import_adds)
        effect.valid_from, effect.confidence = date(2000, 1, 1), "high"
        act.session.add(effect)
    for number, mark in (("N1", "2"), ("N2", "2"), ("N3", "1"), ("N7", "1")):
        noted(opened, number, mark)
    close(opened, 1, included=("N1", "N2"), left=("N3", "N7"))
    yield opened
    opened.store.dispose()


def noted(engine: Engine, number: str, mark: str, copy: str = "draft", book: str = BOOK) -> None:
    """Store an approved import of 10 on a day of the first cycle and post it."""
    with engine.acting(SYSTEM) as act:
        made = BondedNote(internal_no=number, record_no=book, ie_flag="I", goods_flag="I", supervision_mode="0615")
        made.declared_on, made.state, made.writeoff_mark, made.copy = IN_CYCLE, "APPROVED", mark, copy
        line = NoteLine(line_no=1, item_no=1, dcl_qty=Decimal(10), total=Decimal(100), currency="USD", uc_version="")
        made.lines = [line]
        act.session.add(made)
        act.session.flush()
        kind = "bonded_note" if copy == "draft" else "bonded_note_formal"
        post_document(act, engine.catalogue.document(kind), made)


def close(engine: Engine, times: int, included: Sequence[str], left: Sequence[str] = ()) -> None:
    """Store a closed 报核 of the days before 2024-02-22, or after, with these notes."""
    begin, end = ((date(2023, 12, 20), date(2024, 2, 22)), (date(2024, 2, 23), date(2024, 4, 7)))[times - 1]
    with engine.acting(SYSTEM) as act:
        ids = {note.internal_no: note.id for note in act.facts.find(BondedNote)}
        made = AccountVerification(internal_no=f"V{times}", record_no=BOOK, times=times, begin_date=begin, end_date=end)
        made.state, made.closed_on, made.tolerance = "APPROVED", date(2024, 5, 1), Decimal(0)
        rows = [(number, True) for number in included] + [(number, False) for number in left]
        made.notes = [
            VerificationNote(
                line_no=place,
                document_key="bonded_note",
                document_id=ids[number],
                document_no=number,
                declared_on=IN_CYCLE,
                posted=counted,
                included=counted,
            )
            for place, (number, counted) in enumerate(rows, 1)
        ]
        act.session.add(made)


def repost(engine: Engine, number: str, **values: object) -> None:
    """Change a note and bring its postings up to date."""
    with engine.acting(SYSTEM) as act:
        note = act.session.scalars(select(BondedNote).where(BondedNote.internal_no == number)).one()
        for key, value in values.items():
            setattr(note, key, value)
        post_document(act, engine.catalogue.document("bonded_note"), note)


def standing(engine: Engine, number: str) -> list[str]:
    """The postings of a note: stage, + or −, day; and the day a correction stands for."""
    with engine.acting(SYSTEM) as act:
        rows = act.session.scalars(select(PostingRow).where(PostingRow.document_no == number).order_by(PostingRow.id))
        return sorted(
            f"{row.stage} {'-' if row.reversal else '+'} {row.corrects or row.business_date}"
            f"{f' on {row.business_date}' if row.corrects else ''}"
            for row in rows
        )


def balance(engine: Engine, end: date) -> Decimal:
    """What the book holds of item 1 at the end of a day, posted ones only."""
    with engine.acting(SYSTEM) as act:
        found = act.books.movements(BOOK, None, end)
        return sum((one.quantity for one in found if one.stage == "posted"), Decimal(0))


def wrong(engine: Engine) -> list[str]:
    """The codes of the checks of ledger and cycles that do not hold."""
    with engine.acting(SYSTEM) as act:
        return [one.code for code in ("CHK-01", "CHK-02", "CHK-07", "CHK-16") for one in run_checks(act, code)]


def the_database_itself_refuses(engine: Engine) -> None:
    """Insert, update and delete behind the program's back, with the sentence that says which book and cycle."""
    with engine.acting(SYSTEM) as act:
        row = act.session.execute(select(PostingRow.__table__).where(PostingRow.document_no == "N1")).mappings().one()
    mine = PostingRow.id == row["id"]
    fresh = {**row, "id": new_id()}
    attempts = (
        insert(PostingRow).values(**fresh),
        insert(PostingRow).values(**{**fresh, "business_date": date(2024, 2, 22)}),  # the last day is closed too
        update(PostingRow).where(mine).values(amount=Decimal(1)),
        update(PostingRow).where(mine).values(business_date=AFTER),  # out of the period
        delete(PostingRow).where(mine),
    )
    for attempt in attempts:
        with pytest.raises(Refused) as refused, engine.acting(SYSTEM) as act:
            act.session.execute(attempt, execution_options={"synchronize_session": False})
        (finding,) = refused.value.findings
        assert finding.code == "LED-01"
        assert f"账册 {BOOK} 第 1 次报核（2023-12-20 至 2024-02-22）已核销" in finding.text
        assert "2024-02-23 起现行周期的单证更正或冲销" in finding.text
    with engine.acting(SYSTEM) as act:  # other days, other books and other companies are open
        for values in ({"business_date": AFTER}, {"record_no": OTHER}, {"company_id": 2}):
            act.session.execute(insert(PostingRow).values(**{**fresh, "id": new_id(), **values}))
        act.session.execute(delete(PostingRow).where(PostingRow.record_no == OTHER))
    moved = update(PostingRow).where(PostingRow.business_date == AFTER).values(business_date=IN_CYCLE)
    with pytest.raises(Refused), engine.acting(SYSTEM) as act:  # into the period
        act.session.execute(moved, execution_options={"synchronize_session": False})
    with engine.acting(SYSTEM) as act:
        act.session.execute(delete(PostingRow).where(PostingRow.business_date == AFTER))
        act.session.execute(delete(PostingRow).where(PostingRow.company_id == 2))
    assert standing(engine, "N1") == [f"posted + {IN_CYCLE}"]


def corrections_go_into_the_open_cycle(engine: Engine) -> None:
    """What customs withdraws later is taken back today; the closed period stays what was reported."""
    assert balance(engine, date(2024, 2, 22)) == 20
    repost(engine, "N1", state="REJECTED")
    assert standing(engine, "N1") == [f"posted + {IN_CYCLE}", f"posted - {IN_CYCLE} on {TODAY}"]
    repost(engine, "N1", state="APPROVED")
    repost(engine, "N1", state="REJECTED")  # taken back once more, not twice
    assert len(standing(engine, "N1")) == 4
    assert (balance(engine, date(2024, 2, 22)), balance(engine, TODAY)) == (20, 10)
    with engine.acting(SYSTEM) as act:
        assert rebuild_balances(act) == []
    assert wrong(engine) == []


def a_note_left_to_the_next_cycle_is_posted_until_a_cycle_takes_it_in(engine: Engine) -> None:
    repost(engine, "N3", writeoff_mark="2")
    own = [f"posted + {IN_CYCLE}", f"reserved + {IN_CYCLE}", f"reserved - {IN_CYCLE}"]
    assert standing(engine, "N3") == own
    close(engine, 2, included=("N3",))
    repost(engine, "N3", writeoff_mark="3")
    assert standing(engine, "N3") == own
    repost(engine, "N3", state="REJECTED")
    assert standing(engine, "N3") == [own[0], f"posted - {IN_CYCLE} on {TODAY}", *own[1:]]
    assert wrong(engine) == []


def what_was_never_there_is_not_slipped_in(engine: Engine) -> None:
    """A copy customs has of a closed cycle is refused; a note of ours that was approved late counts in the open one."""
    with pytest.raises(Refused) as refused:
        noted(engine, "QD520424I000000001", "2", copy="formal")
    assert refused.value.findings[0].code == "LED-01"
    assert "QD520424I000000001（2024-02-01）不能再记入该周期" in refused.value.findings[0].text
    noted(engine, "N4", "2")
    assert standing(engine, "N4") == [f"posted + {IN_CYCLE} on {TODAY}"]
    noted(engine, "N5", "2", book=OTHER)
    assert standing(engine, "N5") == [f"posted + {IN_CYCLE}"]
    assert wrong(engine) == []


def a_note_waits_for_the_next_cycle_only(engine: Engine) -> None:
    """Left by the first cycle and not seen by the second, it has no cycle to wait for: the open one counts it."""
    repost(engine, "N7", writeoff_mark="2")
    moved = [f"posted + {IN_CYCLE} on {TODAY}", f"reserved + {IN_CYCLE}", f"reserved - {IN_CYCLE} on {TODAY}"]
    assert standing(engine, "N7") == moved


def a_correction_stays_on_the_open_day_it_was_dated(engine: Engine) -> None:
    """Reserved on one day of the open cycle and posted on a later one, it is counted by one cycle, once."""
    before = TODAY - timedelta(days=10)
    noted(replace(engine, clock=lambda: datetime.combine(before, time(9))), "N6", "1")
    repost(engine, "N6", writeoff_mark="2")
    day = f"{IN_CYCLE} on {before}"
    assert standing(engine, "N6") == [f"posted + {day}", f"reserved + {day}", f"reserved - {day}"]
    assert wrong(engine) == []


def a_cycle_taken_back_opens_its_days_again(engine: Engine) -> None:
    with engine.acting(SYSTEM) as act:
        act.session.execute(update(AccountVerification).values(state="REJECTED"))
    repost(engine, "N2", state="REJECTED")
    assert standing(engine, "N2") == [f"posted + {IN_CYCLE}", f"posted - {IN_CYCLE}"]


def triggers_taken_away_are_told_and_set_again(engine: Engine) -> None:
    with engine.store.sql.begin() as connection:
        for statement in closed_periods.lifting(connection.dialect.name):
            connection.execute(text(statement))
    assert wrong(engine) == ["CHK-16"]
    assert not schema.upgrade(engine.store, carried("migrations"))
    assert wrong(engine) == []


def test_a_closed_cycle_and_what_comes_after_it(engine: Engine) -> None:
    """One story on either database: each step goes on from where the one before left the books."""
    the_database_itself_refuses(engine)
    triggers_taken_away_are_told_and_set_again(engine)
    corrections_go_into_the_open_cycle(engine)
    what_was_never_there_is_not_slipped_in(engine)
    a_note_left_to_the_next_cycle_is_posted_until_a_cycle_takes_it_in(engine)
    a_note_waits_for_the_next_cycle_only(engine)
    a_correction_stays_on_the_open_day_it_was_dated(engine)
    a_cycle_taken_back_opens_its_days_again(engine)
