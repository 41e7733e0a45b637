"""手册核销 from the first voucher to 结案: computed, adjusted, sent, closed; and counted by declarations instead."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import select

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.declarations.declaration_lines import DeclarationLine
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine
from bondesk.areas.verification.handbook_model import HandbookVerification
from bondesk.base.errors import Refused
from bondesk.base.findings import errors_in
from bondesk.base.options import read_options
from bondesk.base.steps import play, proposed_answer
from bondesk.engine import records, reporting, scripts, sending
from bondesk.engine.act import Act
from bondesk.engine.engine import SYSTEM
from bondesk.engine.posting import post_document
from bondesk.engine.receiving import receive
from bondesk.engine.tables import Outbox
from builders.handbooks import filed, number_of, prepare
from builders.office import Office

D = Decimal
KEY = "handbook_verification"


@pytest.fixture
def office(office_at: Callable[..., Office], factory_template: Path) -> Office:
    """The factory's office; the client takes handbooks."""
    return prepare(office_at(factory_template, rehearsal=True))


def noted(act: Act, book: Account, serial: int, mode: str, way: str, flag: str, item: int, qty: str) -> None:
    """A posted note of one line."""
    used = book.consumptions[0]
    note = BondedNote(
        copy="draft", internal_no=f"H{serial}", bond_no=f"QD520424{way}{serial:09d}", record_no=book.record_no,
        ie_flag=way, goods_flag=flag, supervision_mode=mode, transport_mode="2", entry_exit_customs="5204",
        declare_customs="5204", trade_partner_country="JPN", declared_on=date(2024, 3, 1), state="APPROVED",
        writeoff_mark="2",
    )  # fmt: skip
    note.lines = [
        NoteLine(
            line_no=1, item_no=item, hs_code="8532241000", name="货", dcl_unit="007", dcl_qty=D(qty), legal_unit1="007",
            legal_qty1=D(qty), currency="USD", total=D("10"), duty_mode="3", row_mark="3",
            uc_version=used.uc_version if flag == "E" else "",
        )
    ]  # fmt: skip
    act.session.add(note)
    act.session.flush()
    post_document(act, act.catalogue.document("bonded_note"), note)


def book_of(act: Act, number: str) -> Account:
    found = act.session.scalars(select(Account).filter_by(record_no=number, copy="approved")).one()
    assert isinstance(found, Account)
    return found


def vouchers(office: Office, number: str) -> tuple[int, int, Decimal]:
    """Imports and exports of the first consumption row; return product, material and its usage for 10 pieces."""
    with office.act(SYSTEM) as act:
        book = book_of(act, number)
        row = book.consumptions[0]
        noted(act, book, 1, "0615", "I", "I", row.material_no, "900")
        noted(act, book, 2, "0644", "I", "I", row.material_no, "100")
        noted(act, book, 3, "0615", "E", "E", row.product_no, "12")
        noted(act, book, 4, "4600", "I", "E", row.product_no, "2")
        noted(act, book, 5, "0844", "I", "I", row.material_no, "0.5")
        assert row.unit_consumption is not None
        used = (10 * row.unit_consumption * row.bonded / 100).quantize(D("0.00001"), "ROUND_HALF_UP")
        return row.product_no, row.material_no, used


def run(office: Office, key: str, options: dict[str, str], selected: list[int] | None = None) -> Any:
    script = office.engine.catalogue.script(key)
    with office.act() as act:
        steps = scripts.start(act, script, read_options(script.options, options), selected or [])
        return play(steps, proposed_answer)


def stored(act: Act) -> HandbookVerification:
    found = act.session.scalars(select(HandbookVerification)).one()
    assert isinstance(found, HandbookVerification)
    return found


def rows(office: Office, key: str, **options: str) -> tuple[dict[str, dict[str, Any]], list[str]]:
    declared = office.engine.catalogue.report(key)
    with office.act() as act:
        table = reporting.run_at_once(act, declared, read_options(declared.options, options))
    keys = [column.key for column in declared.columns]
    found = {row.key: dict(zip(keys, row.values, strict=True)) for row in table.rows}
    return found, [one.code for one in table.findings]


def test_a_handbook_is_verified_to_its_end(office: Office) -> None:
    number = number_of(office, filed(office))
    outcome = run(office, "new_handbook_verification", {})
    assert "RPT-40" in [one.code for one in outcome.findings]  # nothing counted yet, and it says so
    with office.act() as act:
        document, one = office.document(KEY), stored(act)
        assert "HBK-04" in [found.code for found in errors_in(records.findings_of(act, document, one))]
        verification_id = one.id
    product, material, used = vouchers(office, number)
    run(office, "recompute_handbook_verification", {}, [verification_id])
    with office.act() as act:
        one = stored(act)
        line = next(row for row in one.materials if row.item_no == material)
        assert (line.imported, line.consumed, line.domestic_sale) == (D(900), used, D(100))
        assert line.remaining == line.declared_remaining == D(800) - used
        assert (line.importable, line.share) == (D(100), D("90.0000"))
        assert (line.scrap_sold, line.scrap_left) == (D("0.5"), line.scrap - D("0.5"))
        made = next(row for row in one.products if row.item_no == product)
        assert (made.direct, made.returned_in, made.exported, made.exportable) == (D(12), D(2), D(10), D(990))
        assert [row.document_no for row in one.vouchers] == ["H1", "H2", "H3", "H4"]
        short = [row for row in one.materials if row.remaining < 0]
        codes = [found.code for found in errors_in(records.findings_of(act, document, one))]
        assert codes == ["HBK-01"] * len(short)
        for row in short:
            row.adjust_import = -row.remaining
        document.derive(one, act.facts)  # as saving does
        codes = [found.code for found in errors_in(records.findings_of(act, document, one))]
        assert codes == ["HBK-05"] * len(short)
        for row in short:
            row.remark = "内购发票 12345"
        assert errors_in(records.findings_of(act, document, one)) == []
        assert "HBK-02" in {found.code for found in records.findings_of(act, document, one)}
    run(office, "recompute_handbook_verification", {}, [verification_id])
    with office.act() as act:
        kept = [row for row in stored(act).materials if row.adjust_import]
        assert len(kept) == len(short)
        assert all(row.declared_remaining == 0 and row.remark for row in kept)
    with pytest.raises(Refused) as refused:
        run(office, "new_handbook_verification", {})
    assert refused.value.findings[0].code == "HBK-07"
    sent_and_closed(office, verification_id, number)


def sent_and_closed(office: Office, verification_id: int, number: str) -> None:
    """Audit, send, answer; the message foots row by row and closing marks the notes."""
    document = office.document(KEY)
    with office.act(office.auditor) as act:
        records.move(act, document, verification_id, "audit")
    with office.act() as act:
        sending.order(act, document, [verification_id])
        row = act.session.scalars(select(Outbox).where(Outbox.document_key == KEY)).one()
        with zipfile.ZipFile(io.BytesIO(row.content)) as archive:
            xml = etree.fromstring(archive.read(archive.namelist()[0]))
        assert xml.findtext(".//NptsDcrHead/EmlNo") == number
        bills = [bill.findtext("BondInvtNo") for bill in xml.findall(".//NptsDcrBill")]
        assert bills == [f"QD520424{way}{n:09d}" for n, way in enumerate("IIEI", 1)]
        for good in xml.findall(".//NptsDcrImg"):
            figures = {name: D(good.findtext(name) or "0") for name in (
                "ImpTotalQty", "DprcsCrdImpQty", "SdinQty", "ReexpQty", "MtpckDstryQty", "RemainCrdwQty", "CsmTotalQty"
            )}  # fmt: skip
            left = figures.pop("ImpTotalQty") + figures.pop("DprcsCrdImpQty") - sum(figures.values())
            assert left == D(good.findtext("RemainMtpckQty") or "x")
    assert sending.hand_over(office.engine, office.clerk).problems == ()
    said = " ".join(receive(office.engine, office.clerk).sentences)
    assert "报核通过" in said and "核销结案" in said
    with office.act() as act:
        one = stored(act)
        assert (one.state, one.closed_on) == ("APPROVED", act.facts.today)
        assert book_of(act, number).verified_on == one.day
        counted = act.session.scalars(select(BondedNote).where(BondedNote.internal_no.in_(["H1", "H2", "H3", "H4"])))
        assert {note.writeoff_mark for note in counted} == {"3"}


def declared(act: Act, number: str, serial: int, mode: str, way: str, item: int, qty: str, state: str) -> None:
    """A declaration of one line."""
    head = Declaration(
        copy="draft", internal_no=f"D{serial}", declaration_no=f"52042024{serial:010d}", record_no=number, ie_flag=way,
        supervision_mode=mode, declare_customs="5204", entry_exit_customs="5204", declared_on=date(2024, 3, 1),
        state=state,
    )  # fmt: skip
    head.lines = [
        DeclarationLine(
            line_no=1, item_no=item, hs_code="8532241000", name="货", dcl_unit="007", dcl_qty=D(qty), currency="USD",
            total=D("10"), uc_version="",
        )
    ]  # fmt: skip
    act.session.add(head)


def test_a_book_counts_declarations_or_notes_and_never_both(office: Office) -> None:
    number = number_of(office, filed(office))
    _, material, _ = vouchers(office, number)
    by_notes, _ = rows(office, "handbook_materials", record_no=number)
    assert by_notes[str(material)]["imported"] == D(900)
    with office.act(SYSTEM) as act:
        book_id = book_of(act, number).id
    run(office, "basis_of_handbook", {"basis": "DECLARATION"}, [book_id])
    empty, codes = rows(office, "handbook_materials", record_no=number)
    assert "RPT-40" in codes and not any(row["imported"] for row in empty.values())
    with office.act(SYSTEM) as act:
        declared(act, number, 1, "0615", "I", material, "70", "RELEASED")
        declared(act, number, 2, "0615", "I", material, "11", "DECLARED")
        declared(act, number, 3, "0664", "E", material, "5", "CLEARED")
        declared(act, number, 4, "0615", "I", material, "99", "RETURNED")
    found, codes = rows(office, "handbook_materials", record_no=number)
    one = found[str(material)]
    assert (one["imported"], one["reexport"], one["remaining"]) == (D(70), D(5), D(65))
    assert "RPT-41" in codes  # one declaration waits for its release
    status, _ = rows(office, "material_status", record_no=number)
    own = status[str(material)]
    assert (own["in_out"], own["reserved"], own["available"]) == (D(65), D(11), D(76))
    journal, codes = rows(office, "note_journal", record_no=number)
    assert (journal, codes) == ({}, ["RPT-42"])
    listed, _ = rows(office, "declaration_journal", record_no=number)
    assert len(listed) == 4
    run(office, "basis_of_handbook", {"basis": "NOTE"}, [book_id])
    assert rows(office, "handbook_materials", record_no=number)[0] == by_notes


def test_every_figure_of_an_old_account_is_of_its_declarations(office: Office) -> None:
    """短溢表, 假设, 倒挂 and prices read what the book counts; 金二报核 lists notes and is refused (row 188)."""
    with office.act(SYSTEM) as act:
        account = act.session.scalars(select(Account).filter_by(book_kind="EMS", copy="approved")).one()
        number, account_id, material = account.record_no, account.id, account.consumptions[0].material_no
        short = account.consumptions[1].material_no
    run(office, "basis_of_account", {"basis": "DECLARATION"}, [account_id])
    with office.act(SYSTEM) as act:
        declared(act, number, 1, "0615", "I", material, "70", "RELEASED")
        declared(act, number, 2, "0615", "I", material, "11", "DECLARED")
        declared(act, number, 3, "0664", "E", material, "5", "CLEARED")
        declared(act, number, 4, "0664", "E", short, "3", "CLEARED")
    basis = {"record_no": number, "day": "2024-03-31", "source": "STOCK"}
    table, codes = rows(office, "shortage_table", **basis)
    one = table[str(material)]
    assert (one["in_out"], one["booked"]) == (D(65), D(65))
    assert "SHO-04" in codes  # one waits for its release
    assert one["price"] is not None
    assert table[str(short)]["booked"] == D(-3)
    assumed, _ = rows(office, "what_if", **basis, figure="A")
    assert (assumed[str(material)]["base"], assumed[str(material)]["value1"]) == (D(65), D(76))
    negative, _ = rows(office, "first_negative", record_no=number)
    assert {key: row["document_no"] for key, row in negative.items()} == {str(short): f"52042024{4:010d}"}
    with office.act() as act:
        report = act.catalogue.report("shortage_table")
        told = reporting.explain(act, report, read_options(report.options, basis), str(material), "booked")
        assert f"52042024{1:010d}" in told.as_text()
    with pytest.raises(Refused, match="按报关单统计（旧模式）"):
        run(
            office, "new_account_verification", {"record_no": number, "end_date": "2024-03-31", "override_reason": "试"}
        )
