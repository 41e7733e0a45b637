"""A book downloaded before its receipt is taken: whichever comes first, there is one approved copy and each version."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bondesk.adapters.rehearsal_archive import Archive
from bondesk.areas.accounts.book_model import Account, AccountConsumption, AccountLine
from bondesk.areas.accounts.copying import copied_head, copy_rows
from bondesk.engine import changing, records, sending
from bondesk.engine.copy_reading import EngineReader
from bondesk.engine.engine import SYSTEM
from bondesk.engine.formal_copies import take_copy
from bondesk.engine.receiving import receive
from builders.office import Office

BOOK = "E52042300A01"


@pytest.fixture
def office(office_at: Any, factory_template: Path) -> Office:
    opened: Office = office_at(factory_template, rehearsal=True)
    return opened


def made_ready(office: Office, draft_id: int, **head: Any) -> None:
    """Fill what the message needs and the factory's workbook leaves open."""
    document = office.document("account_draft")
    with office.act() as act:
        draft = records.open_draft(act, document, draft_id)
        draft.head |= {"max_turnover": 900, "qualification_no": "T52042300001", "account_type": "1", **head}
        records.save(act, document, draft)
        for line in act.session.scalars(select(AccountLine).filter_by(header_id=draft_id)):
            line.part_no = line.part_no or f"{line.goods_flag}-{line.item_no}"


def change(office: Office, **head: Any) -> int:
    """Open a change of the factory's book with something changed."""
    approved = office.document("account")
    with office.act() as act:
        draft = changing.start(act, approved, records.load_numbered(act, approved, BOOK).id)
    made_ready(office, draft, **head)
    return draft


def sent(office: Office, draft: int) -> None:
    """Audit and hand over; customs has answered, nobody has read it yet."""
    document = office.document("account_draft")
    with office.act(office.auditor) as act:
        records.move(act, document, draft, "audit")
    with office.act() as act:
        sending.order(act, document, [draft])
    assert sending.hand_over(office.engine, office.clerk).problems == ()
    assert office.engine.counterpart is not None
    office.engine.counterpart()


def message_of(office: Office, draft: int) -> dict[str, Any]:
    """Return what customs' copy of the draft says, as a download brings it."""
    document = office.document("account_draft")
    with office.act(SYSTEM) as act:
        header = records.load(act, document, draft)
        rows = {
            key: [
                {k: getattr(line, k) for k in ("item_no", "part_no", "name", "hs_code", "dcl_unit", "legal_unit1")}
                for line in getattr(header, key)
            ]
            for key in ("materials", "products")
        }
        head = ("internal_no", "declare_kind", "change_count", "declared_on", "enterprise_name", "customs_code")
        return {"record_no": BOOK, **{key: getattr(header, key) for key in head}, **rows}


def download(office: Office, values: dict[str, Any]) -> str:
    with office.act() as act:
        return take_copy(act, office.document("account"), values).outcome


def copies(office: Office) -> list[tuple[str, int, bool]]:
    with office.act(SYSTEM) as act:
        found = act.session.scalars(select(Account).where(Account.record_no == BOOK, Account.copy != "draft"))
        return sorted((one.copy, one.change_count, bool(one.materials)) for one in found)


def test_a_change_downloaded_before_its_receipt_is_not_there_twice(office: Office) -> None:
    draft = change(office, remark="本企业的备注")
    sent(office, draft)
    told = message_of(office, draft) | {"enterprise_name": "海关登记的名称", "changed_on": date(2026, 3, 1)}
    assert download(office, told) == "updated"
    assert copies(office) == [("approved", 1, True), ("archived", 0, True)]
    assert any("审核通过" in one for one in receive(office.engine, office.clerk).sentences)
    assert copies(office) == [("approved", 1, True), ("archived", 0, True)]
    with office.act(SYSTEM) as act:
        book = records.load_numbered(act, office.document("account"), BOOK)
        assert (book.id, book.state, book.remark) == (draft, "APPROVED", "本企业的备注")
        assert (book.enterprise_name, book.changed_on) == ("海关登记的名称", date(2026, 3, 1))
        assert (
            act.session.scalars(select(AccountLine).where(AccountLine.header_id.not_in(select(Account.id)))).first()
            is None
        )
    assert download(office, told) == "unchanged"
    assert change(office) != draft


def test_a_first_filing_downloaded_first(office: Office) -> None:
    """The download brings the record number no draft knows yet; the receipt makes the two one."""
    with office.act() as act:
        book = records.load_numbered(act, office.document("account"), BOOK)
        rows = len(book.materials)
        values: dict[str, Any] = {"internal_no": "ZC-9", "record_no": "", "copy": "draft", "state": "DRAFT"}
        head = copied_head(book, **values, approved_id=None)
        head.state = "DRAFT"
        act.session.add(head)
        act.session.flush()
        for model in (AccountLine, AccountConsumption):
            copy_rows(act, model, book.id, head.id)
            act.session.execute(update(model).where(model.header_id == head.id).values(row_mark="3"))
        draft = head.id
    made_ready(office, draft, declared_on=date(2026, 1, 5), entered_on=date(2026, 1, 5))
    sent(office, draft)
    archive = Archive(office.client.parent)
    (filed,) = archive.listed("EMS111", date(2000, 1, 1), date(2100, 1, 1))
    content = archive.content("EMS111", filed.number)
    assert content is not None
    (copy,) = EngineReader(office.engine).read("账册.xml", content)
    assert copy.findings == ()

    def take() -> str:
        with office.act() as act:
            return take_copy(act, office.document("account"), copy.values).outcome

    assert take() == "new"
    receive(office.engine, office.clerk)
    assert take() == "unchanged"
    with office.act(SYSTEM) as act:
        found = list(act.session.scalars(select(Account).where(Account.record_no == filed.number)))
        assert [(one.id, one.copy, one.change_count, len(one.materials)) for one in found] == [
            (draft, "approved", 0, rows)
        ]


def test_a_receipt_older_than_the_copy_becomes_a_version(office: Office) -> None:
    draft = change(office, remark="第一次")
    sent(office, draft)
    later = message_of(office, draft) | {"change_count": 2, "changed_on": date(2026, 5, 1)}
    download(office, later)
    receive(office.engine, office.clerk)
    assert copies(office) == [("approved", 2, True), ("archived", 0, True), ("archived", 1, True)]
    with office.act(SYSTEM) as act:
        version = act.facts.one(Account, id=draft)
        assert (version.copy, version.replaced_on) == ("archived", date(2026, 5, 1))


PAUSE = """<Package><EnvelopInfo><message_type>{kind}241</message_type></EnvelopInfo><DataInfo><BussinessData><{kind}241>
<HdeApprResult><etpsPreentNo></etpsPreentNo><businessId>{number}</businessId><manageDate>{at}</manageDate></HdeApprResult>
<EmsPutrecBsc><emsNo>{number}</emsNo><pauseImpexpMarkcd>{mark}</pauseImpexpMarkcd></EmsPutrecBsc></{kind}241>
</BussinessData></DataInfo></Package>"""


def told(office: Office, mark: str, at: str) -> str:
    """Let customs tell the 执行标志 of the book; return what the program said."""
    text = PAUSE.format(kind="EMS", number=BOOK, mark=mark, at=at)
    (office.client / "InBox" / f"Receipt_{mark}_{at[:10]}.xml").write_text(text, encoding="utf-8")
    return "".join(receive(office.engine, office.clerk).sentences)


def test_a_pause_is_taken_over_by_the_approved_copy_and_kept_by_a_change(office: Office) -> None:
    """EMS241 3 is 暂停进出口 of the book, which goods lines write 4; an older notice comes too late."""
    draft = change(office)
    sent(office, draft)
    assert "海关执行标志改为「暂停进出口」" in told(office, "3", "2098-03-02T09:00:00")
    told(office, "1", "2098-03-01T09:00:00")
    with office.act(SYSTEM) as act:
        book = records.load_numbered(act, office.document("account"), BOOK)
        assert (book.pause_mark, book.id == draft) == ("4", True)
    assert "海关执行标志改为「恢复执行」" in told(office, "2", "2099-03-02T09:00:00")


def test_a_resent_book_has_no_old_reason(office: Office) -> None:
    draft = change(office)
    document = office.document("account_draft")
    with office.act(office.auditor) as act:
        records.load(act, document, draft).customs_reason = "料件 3 的商品编码不对"
        records.move(act, document, draft, "audit")
    with office.act() as act:
        sending.order(act, document, [draft])
    with office.act(SYSTEM) as act:
        assert records.load(act, document, draft).customs_reason == ""
