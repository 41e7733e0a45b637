"""报核 of the sample factory: both cycles to the figures of its README, and every rule that holds one back."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import select

from bondesk import demo
from bondesk.app import open_engine
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.stock.stock_model import Stocktake
from bondesk.areas.verification.cycles import locked_until
from bondesk.areas.verification.verification_model import AccountVerification
from bondesk.areas.verification.verification_receipts import receive
from bondesk.base.errors import Refused
from bondesk.base.findings import errors_in
from bondesk.base.messages import Receipt
from bondesk.engine import receiving, records, sending
from bondesk.engine.engine import Engine
from bondesk.engine.posting import post_document
from bondesk.engine.tables import Outbox
from bondesk.settings import carried
from builders.homes import copied_home, declared, identity_of, run_script

D = Decimal
KEY = "account_verification"


@pytest.fixture
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The factory with every note of both cycles declared and posted."""
    opened = open_engine(copied_home(tmp_path_factory.mktemp("verification")))
    links = json.loads((carried("resources") / "demo" / "transfer_links.json").read_text(encoding="utf-8"))
    clerk = identity_of(opened, demo.ACCOUNT)
    outcome = run_script(opened, clerk, "generate_notes", {"date_by_document": "1"}, links)
    declared(opened, list(outcome.changed["bonded_note"]))
    yield opened
    opened.store.dispose()


def stored(act: Any, times: int) -> AccountVerification:
    found = act.facts.one(AccountVerification, times=times)
    assert found is not None
    return found  # type: ignore[no-any-return]


def item(verification: AccountVerification, item_no: int) -> Any:
    return next(line for line in verification.materials if line.item_no == item_no)


def figures(line: Any) -> list[Decimal]:
    counted = line.counted_material, line.counted_product, line.counted_semi
    return [line.opening, line.in_out, line.consumed, line.expected, *counted]


def figure_6_both_cycles(engine: Engine) -> None:
    clerk = identity_of(engine, demo.ACCOUNT)
    first = run_script(engine, clerk, "new_account_verification", {})
    assert "第 1 次报核（2023-12-20 至 2024-02-22），料件 32 项，清单 66 份" in first.text
    with engine.acting(clerk) as act:
        one = stored(act, 1)
        assert (one.computed_end, one.import_notes + one.export_notes) == (date(2024, 2, 22), 66)
        assert figures(item(one, 13)) == [
            D(value) for value in ("0", "11600", "4268.72795", "7331.27205", "4533", "1010.58613", "607.64588")
        ]
        assert figures(item(one, 24)) == [
            D(value) for value in ("0", "2750", "1371.42727", "1378.57273", "1066.5", "184.08926", "0")
        ]
        assert item(one, 1).consumed == D("1043.31858")  # figure 7
        assert locked_until(act.facts) is None  # a draft locks nothing
        one.state = "APPROVED"
    second = run_script(engine, clerk, "new_account_verification", {})
    assert "第 2 次报核（2024-02-23 至 2024-04-07）" in second.text
    with engine.acting(clerk) as act:
        two = stored(act, 2)
        assert figures(item(two, 24)) == [
            D(value) for value in ("1378.57273", "2350", "2353.12457", "1375.44816", "863.25", "123.13418", "0")
        ]
        assert {line.item_no: line.opening for line in two.materials} == {
            line.item_no: line.balance for line in stored(act, 1).materials
        }
        assert locked_until(act.facts) == date(2024, 2, 22)


def another_cannot_be_opened_while_one_is_open(engine: Engine) -> None:
    with pytest.raises(Refused) as refused:
        run_script(engine, identity_of(engine, demo.ACCOUNT), "new_account_verification", {})
    assert refused.value.findings[0].code == "RPT-04"


def a_variance_beyond_the_tolerance_wants_a_word(engine: Engine) -> None:
    clerk = identity_of(engine, demo.ACCOUNT)
    with engine.acting(clerk) as act:
        document = engine.catalogue.document(KEY)
        two = stored(act, 2)
        found = errors_in(records.findings_of(act, document, two))
        beyond = [line.item_no for line in two.materials if abs(line.variance_rate or 0) > D("0.5")]
        assert [one.code for one in found] == ["RPT-07"] * len(beyond)
        assert found[0].table == "materials"
        for line in two.materials:
            line.remark = "盘点差异待查"
        assert errors_in(records.findings_of(act, document, two)) == []


def recomputing_changes_nothing_and_keeps_remarks(engine: Engine) -> None:
    clerk = identity_of(engine, demo.ACCOUNT)
    with engine.acting(clerk) as act:
        before = {line.item_no: (figures(line), line.variance, line.price) for line in stored(act, 2).materials}
        two = stored(act, 2).id
    run_script(engine, clerk, "recompute_account_verification", {}, selected=[two])
    with engine.acting(clerk) as act:
        after = stored(act, 2)
        assert {line.item_no: (figures(line), line.variance, line.price) for line in after.materials} == before
        assert {line.remark for line in after.materials} == {"盘点差异待查"}


def reserved_notes_are_asked_about_and_none_is_lost(engine: Engine) -> None:
    """A note only 预核扣 at the cut-off: left to the next cycle it is missing here; included it counts."""
    clerk = identity_of(engine, demo.ACCOUNT)
    document = engine.catalogue.document(KEY)
    with engine.acting(clerk) as act:
        two = stored(act, 2)
        moved = next(
            note
            for note in act.facts.find(BondedNote, ie_flag="I", goods_flag="I", supervision_mode="0615")
            if note.declared_on and note.declared_on > two.begin_date
        )
        line = moved.lines[0]
        amount = two.import_amount
        whole, number, item_no, quantity = item(two, line.item_no).in_out, moved.internal_no, line.item_no, line.dcl_qty
        same = sum(one.dcl_qty for one in moved.lines if one.item_no == item_no)
        assert same >= quantity
        moved.writeoff_mark = "1"
        act.session.flush()
        post_document(act, engine.catalogue.document("bonded_note"), moved)
    run_script(engine, clerk, "recompute_account_verification", {}, selected=[two.id])
    with engine.acting(clerk) as act:
        two = stored(act, 2)
        assert [one.document_no for one in two.notes if not one.posted] == [number]
        assert item(two, item_no).in_out == whole - same
        codes = {one.code for one in errors_in(records.findings_of(act, document, two))}
        assert "RPT-02" in codes
        two.reserved_notes = "include"
    run_script(engine, clerk, "recompute_account_verification", {}, selected=[two.id])
    with engine.acting(clerk) as act:
        two = stored(act, 2)
        assert item(two, item_no).in_out == whole
        assert two.import_amount == amount  # taken back and booked again, it counts once
        assert "RPT-02" not in {one.code for one in records.findings_of(act, document, two)}


def the_cut_off_is_changed_with_a_reason_only(engine: Engine) -> None:
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        two = stored(act, 2)
        two.end_date = date(2024, 4, 6)
        codes = [one.code for one in errors_in(records.findings_of(act, engine.catalogue.document(KEY), two))]
        assert "RPT-08" in codes
        two.override_reason = "海关要求提前"
        codes = [one.code for one in errors_in(records.findings_of(act, engine.catalogue.document(KEY), two))]
        assert "RPT-08" not in codes
        two.begin_date = date(2024, 2, 1)
        codes = [one.code for one in errors_in(records.findings_of(act, engine.catalogue.document(KEY), two))]
        assert "RPT-09" in codes
        act.session.rollback()


def it_is_sent_and_what_customs_verified_is_closed(engine: Engine) -> None:
    document = engine.catalogue.document(KEY)
    with engine.acting(identity_of(engine, demo.AUDITOR)) as act:
        two = stored(act, 2).id
        records.move(act, document, two, "audit")
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        assert sending.order(act, document, [two]) == ["E52042300A01-02"]
        row = act.session.scalars(select(Outbox).where(Outbox.document_key == KEY)).one()
        with zipfile.ZipFile(io.BytesIO(row.content)) as archive:
            xml = etree.fromstring(archive.read(archive.namelist()[0]))
        bills, goods = xml.findall(".//NemsDcrBillTypes"), xml.findall(".//NmesDcrImgTypes")
        assert (len(bills), len(goods)) == (79, 32)
        numbers = [bill.findtext("BondInvtNo") or "" for bill in bills]
        assert all(number.startswith("QD5204") for number in numbers)
        thirteen = next(one for one in goods if one.findtext("GdsSeqno") == "13")
        assert (thirteen.findtext("FirstQty"), thirteen.findtext("ShdRemainQty")) == ("7331.27205", "12256.792")
    clerk = identity_of(engine, demo.ACCOUNT)
    sending.hand_over(engine, clerk)
    said = " ".join(receiving.receive(engine, clerk).sentences)
    assert "报核通过" in said
    assert "正式核算通过" in said
    with engine.acting(clerk) as act:
        verification = stored(act, 2)
        assert (verification.state, verification.closed_on) == ("APPROVED", act.facts.today)
        again = [Receipt("EMS221", internal_no=verification.internal_no, result=result) for result in "25326"]
        assert [receive(verification, one, act) for one in again] == [""] * 5
        act.session.flush()
        included = {note.document_id for note in verification.notes if note.included}
        marks = {note.writeoff_mark for note in act.facts.find(BondedNote) if note.id in included}
        assert marks == {"3"}
        states = {one.state for one in act.facts.find(Stocktake, count_date=date(2024, 4, 7))}
        assert states == {"LOCKED"}
        assert locked_until(act.facts) == date(2024, 4, 7)


def test_both_cycles_from_new_to_closed(engine: Engine) -> None:
    """One story: each step goes on from where the one before left the books."""
    figure_6_both_cycles(engine)
    another_cannot_be_opened_while_one_is_open(engine)
    a_variance_beyond_the_tolerance_wants_a_word(engine)
    recomputing_changes_nothing_and_keeps_remarks(engine)
    reserved_notes_are_asked_about_and_none_is_lost(engine)
    the_cut_off_is_changed_with_a_reason_only(engine)
    it_is_sent_and_what_customs_verified_is_closed(engine)


def test_no_import_no_date(tmp_path_factory: pytest.TempPathFactory) -> None:
    opened = open_engine(copied_home(tmp_path_factory.mktemp("no_import")))
    with pytest.raises(Refused) as refused:
        run_script(opened, identity_of(opened, demo.ACCOUNT), "new_account_verification", {})
    assert refused.value.findings[0].code == "RPT-01"
    opened.store.dispose()
