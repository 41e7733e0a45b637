"""内购发票 set against the 欠数 of a handbook: imported, deducted by date, held by 审核, let go of again (row 166)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from bondesk.areas.domestic.purchase_invoice import PurchaseInvoice
from bondesk.areas.goods.consolidation_map import ConsolidationMap
from bondesk.areas.goods.part import Part
from bondesk.areas.verification import handbook_receipts
from bondesk.areas.verification.handbook_model import HandbookMaterialLine, HandbookVerification
from bondesk.base.errors import Refused
from bondesk.base.findings import errors_in
from bondesk.base.messages import Receipt
from bondesk.base.options import read_options
from bondesk.base.steps import run_through
from bondesk.engine import records, related, reporting
from bondesk.engine.act import Act
from bondesk.engine.checking import check_steps
from bondesk.engine.drafts import Draft, LineDraft
from bondesk.engine.engine import SYSTEM
from builders.handbooks import filed, number_of, prepare
from builders.office import Office
from stories.test_handbook_verification import book_of, noted, rows

D = Decimal
INVOICE, KEY = "purchase_invoice", "handbook_verification"
SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture
def office(office_at: Callable[..., Office], factory_template: Path) -> Office:
    """The factory's office; the client takes handbooks."""
    return prepare(office_at(factory_template, rehearsal=True))


def short_by_230(office: Office) -> tuple[str, int, str]:
    """File a handbook whose only shortfall is 230 of one material; return its number, the item and a part of it."""
    number = number_of(office, filed(office))
    with office.act(SYSTEM) as act:
        book = book_of(act, number)
        item = book.consumptions[0].material_no
        noted(act, book, 1, "0615", "I", "I", item, "70")
        noted(act, book, 2, "0664", "E", "I", item, "300")
        row = act.session.scalars(select(ConsolidationMap).filter_by(goods_flag="I", merge_no=item)).first()
        assert row is not None
        part = act.session.scalars(select(Part).filter_by(part_no=row.part_no)).one()
        part.conv_factor = D(1)
        return number, item, row.part_no


def invoiced(office: Office, number: str, day: date, part: str, quantity: str, record_no: str = "") -> int:
    document = office.document(INVOICE)
    with office.act() as act:
        line = LineDraft({"part_no": part, "quantity": D(quantity), "record_no": record_no})
        return records.save(act, document, Draft({"invoice_no": number, "invoice_date": day}, {"lines": [line]}))


def of_item(act: Act, item: int) -> tuple[HandbookVerification, HandbookMaterialLine]:
    one = act.session.scalars(select(HandbookVerification).where(HandbookVerification.state != "VOID")).one()
    return one, next(line for line in one.materials if line.item_no == item)


def states(office: Office) -> dict[str, tuple[str, Decimal]]:
    with office.act() as act:
        ours = func.length(PurchaseInvoice.invoice_no) == 1  # not the factory's own
        found = act.session.scalars(select(PurchaseInvoice).where(ours).order_by(PurchaseInvoice.invoice_no))
        return {one.invoice_no: (one.state, sum((line.used_qty for line in one.lines), D(0))) for one in found}


def balance(office: Office, number: str, item: int) -> dict[str, Any]:
    """The row of 内购抵扣平衡表, without its words."""
    found, _ = rows(office, "purchase_deduction", record_no=number, day="2024-03-31")
    assert list(found) == [str(item)]
    words = ("record_no", "item_no", "hs_code", "name", "spec", "unit")
    return {key: value for key, value in found[str(item)].items() if key not in words}


def fired(office: Office, code: str) -> list[Any]:
    with office.act() as act:
        return run_through(check_steps(act, code))


def test_invoices_explain_a_shortfall_in_the_order_of_their_dates(office: Office) -> None:
    """The example of handbook 13.4: 欠数 230, invoices of 150 and 100, 20 of the second left, and it balances."""
    number, item, part = short_by_230(office)
    later = invoiced(office, "A", date(2024, 3, 2), part, "100", number)
    earlier = invoiced(office, "B", date(2024, 3, 1), part, "150")
    invoiced(office, "C", date(2099, 1, 1), part, "999")  # after the day of the 核销
    invoiced(office, "D", date(2024, 1, 1), part, "999", "E52042300A01")  # of another book
    outcome = office.run("new_handbook_verification", {"day": "2024-03-31"})
    assert "HBK-01" not in [one.code for one in outcome.findings]
    document = office.document(KEY)
    with office.act() as act:
        one, line = of_item(act, item)
        assert (line.remaining, line.declared_remaining) == (D(-230), D(-230))  # the ledger does not change
        assert (line.shortfall, line.bought, line.deducted, line.shortfall_left) == (D(230), D(250), D(230), D(0))
        assert one.balanced == "1"
        given = [(row.invoice_no, row.used, row.unused) for row in one.deductions]
        assert given == [("B", D(150), D(0)), ("A", D(80), D(20))]
        assert errors_in(records.findings_of(act, document, one)) == []
        verification_id = one.id
        named = [row.number for group in related.related(act, document, one.id) for row in group.rows]
        assert {"A", "B", number} <= set(named)
    assert states(office)["A"] == states(office)["B"] == ("DRAFT", D(0))  # only proposed as yet
    by_report = balance(office, number, item)
    assert by_report == {
        "remaining": D(-230), "shortfall": D(230), "bought": D(250), "deducted": D(230), "shortfall_left": D(0),
        "unused": D(20), "balanced": "平衡",
    }  # fmt: skip
    with office.act(office.auditor) as act:
        records.move(act, document, verification_id, "audit")
    assert states(office) == {
        "A": ("PART", D(80)), "B": ("USED", D(150)), "C": ("DRAFT", D(0)), "D": ("DRAFT", D(0))
    }  # fmt: skip
    with office.act() as act:
        with pytest.raises(Refused):
            records.delete(act, office.document(INVOICE), earlier)
        groups = related.related(act, office.document(INVOICE), later)
        assert number in [row.number for group in groups for row in group.rows]
    assert balance(office, number, item) == by_report  # what the 核销 holds still counts for its own handbook
    assert fired(office, "CHK-91") == fired(office, "CHK-92") == fired(office, "CHK-27") == []
    with office.act(office.auditor) as act:
        records.move(act, document, verification_id, "unaudit")
    assert set(states(office).values()) == {("DRAFT", D(0))}


def test_an_adjustment_needs_fewer_invoices_and_what_is_missing_is_named(office: Office) -> None:
    number, item, part = short_by_230(office)
    invoiced(office, "A", date(2024, 3, 1), part, "130", number)
    outcome = office.run("new_handbook_verification", {"day": "2024-03-31"})
    assert "HBK-01" in [one.code for one in outcome.findings]
    document = office.document(KEY)
    with office.act() as act:
        one, line = of_item(act, item)
        assert (line.deducted, line.shortfall_left, one.balanced) == (D(130), D(100), "0")
        told = errors_in(records.findings_of(act, document, one))
        assert [found.code for found in told] == ["HBK-01"]
        assert "余料 -230，内购发票抵扣 130 后还欠 100" in told[0].text
        line.adjust_import, line.remark = D(150), "补报进口"
        assert errors_in(records.findings_of(act, document, one)) == []
        assert (line.shortfall, line.deducted, line.shortfall_left) == (D(80), D(80), D(0))
        assert [(row.used, row.unused) for row in one.deductions] == [(D(80), D(50))]
        draft = records.open_draft(act, document, one.id)
        typed = records.check(act, document, draft)  # the form knows the rows by what it shows only
        assert errors_in(typed) == []


def test_an_invoice_that_changed_meanwhile_is_deducted_anew(office: Office) -> None:
    number, item, part = short_by_230(office)
    invoice = invoiced(office, "A", date(2024, 3, 1), part, "300", number)
    office.run("new_handbook_verification", {"day": "2024-03-31"})
    document = office.document(KEY)
    with office.act() as act:
        one, _line = of_item(act, item)
        verification_id = one.id
        draft = records.open_draft(act, office.document(INVOICE), invoice)
        draft.lines["lines"][0].values["quantity"] = D(200)
        records.save(act, office.document(INVOICE), draft)
    with pytest.raises(Refused) as refused, office.act(office.auditor) as act:
        records.move(act, document, verification_id, "audit")
    assert refused.value.findings[0].code == "HBK-08"
    with office.act() as act:
        draft = records.open_draft(act, office.document(INVOICE), invoice)
        draft.lines["lines"][0].values["quantity"] = D(500)  # more than enough again: nothing that was proposed changes
        records.save(act, office.document(INVOICE), draft)
    with office.act(office.auditor) as act:
        records.move(act, document, verification_id, "audit")
    assert states(office) == {"A": ("PART", D(230))}
    with office.act(SYSTEM) as act:
        one, _line = of_item(act, item)
        one.state = "SENT"
        assert "退单" in handbook_receipts.receive(one, Receipt("EML221", result="3", reasons=("重报",)), act)
        assert one.state == "REJECTED"
    assert states(office) == {"A": ("DRAFT", D(0))}
    with office.act() as act:
        records.move(act, document, verification_id, "void")
    office.run("new_handbook_verification", {"day": "2024-03-31"})
    with office.act() as act:
        one, line = of_item(act, item)
        assert (one.internal_no, line.deducted) == (f"{number}-2", D(230))


def test_every_figure_of_the_balance_is_told_down_to_its_cell(office: Office, tmp_path: Path) -> None:
    number, item, part = short_by_230(office)
    invoiced(office, "A", date(2024, 3, 1), part, "150", number)
    book = openpyxl.Workbook()
    book.active.append(["发票号", "发票日期", "料号", "数量", "备案号"])
    book.active.append(["B", "2024-03-02", part, 60, number])
    book.save(tmp_path / "b.xlsx")
    office.bring(INVOICE, tmp_path / "b.xlsx")
    told = {}
    for column in ("remaining", "shortfall", "bought", "deducted", "shortfall_left", "unused"):
        with office.act() as act:
            report = act.catalogue.report("purchase_deduction")
            options = read_options(report.options, {"record_no": number})
            told[column] = reporting.explain(act, report, options, str(item), column)
    values = {key: one.value for key, one in told.items()}
    assert values == {
        "remaining": "-230", "shortfall": "230", "bought": "210", "deducted": "210", "shortfall_left": "20", "unused": "0"
    }  # fmt: skip
    assert "清单 H2" in told["shortfall"].as_text()
    deducted = told["deducted"].as_text()
    assert "2024-03-02 内购发票 B 第1行" in deducted and "D2" in deducted  # the cell of the workbook
    assert "欠数 − 抵扣" in told["shortfall_left"].as_text()
    shown = sum(D(line.value) for line in told["bought"].parts)
    assert shown == D(210)


def test_the_invoices_of_the_factory(office: Office) -> None:
    """The sample workbook: numbers of 20 digits as text, dates of three kinds, a tax that is a formula."""
    with office.act() as act:
        found = {one.invoice_no: one for one in act.session.scalars(select(PurchaseInvoice))}
        first = found["24442000000011873521"]
        assert (first.invoice_date, first.amount, first.tax, first.supplier) == (
            date(2024, 1, 18), D("4176.00"), D("542.88"), "D01"
        )  # fmt: skip
        assert len(found) == 5 and first.state == "DRAFT"
    with pytest.raises(Refused) as refused:
        office.bring(INVOICE, SAMPLES / "factory" / "purchase_invoice.xlsx")
    assert {one.code for one in refused.value.findings} == {"IMP-08"}
    with pytest.raises(Refused) as refused:
        office.bring(INVOICE, SAMPLES / "factory-bad" / "purchase_invoice_scientific.xlsx")
    told = [(one.code, one.place.row if one.place else 0) for one in refused.value.findings]
    assert told == [("IMP-04", 3), ("IMP-04", 4)]


def test_only_materials_that_cost_something_are_invoiced(office: Office) -> None:
    document = office.document(INVOICE)
    with office.act() as act:
        product = act.session.scalars(select(Part).filter_by(goods_kind="E")).first()
        assert product is not None
        lines = [
            LineDraft({"part_no": product.part_no, "quantity": D(1)}),
            LineDraft({"part_no": "NOPE", "quantity": D(0), "amount": D(-1), "record_no": "E99999999999"}),
        ]
        head = {"invoice_no": "X", "invoice_date": date(2024, 1, 1)}
        codes = [one.code for one in records.check(act, document, Draft(head, {"lines": lines}))]
        assert {"PUR-01", "PUR-02", "PUR-03", "STK-03", "IMP-05"} <= set(codes)
        assert [one.code for one in records.check(act, document, Draft(head, {"lines": []}))] == ["IMP-09"]
