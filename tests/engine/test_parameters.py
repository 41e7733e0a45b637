"""Every enterprise parameter does what it says, on and off; those without code yet are named with what will use them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bondesk.areas.accounts.account import Account, draft_defaults
from bondesk.areas.accounts.comparing import _source_consumptions
from bondesk.areas.goods.unit_consumption import UnitConsumption
from bondesk.areas.notes.source_document import SourceDocument
from bondesk.areas.setup.company import COMPANY, Company
from bondesk.base.errors import Refused
from bondesk.base.options import read_options
from bondesk.engine import records, reporting
from bondesk.engine.engine import SYSTEM
from builders.office import Office

#: Makes an office whose company has a parameter at a value, and says what comes out of it.
Effect = Callable[[Office], object]


def set_parameter(office: Office, **values: object) -> None:
    """Give the company's row other values."""
    with office.act(SYSTEM) as act:
        company = act.facts.one(Company)
        assert company is not None
        for key, value in values.items():
            setattr(company, key, value)


def refusal(work: Callable[[], object]) -> str:
    """Return the code work is refused with, "" when it is done."""
    try:
        work()
    except Refused as refused:
        return refused.findings[0].code
    return ""


def other_edits(office: Office) -> str:
    """Save a note somebody else made."""
    (number,) = office.notes("IM2401001")
    document, note = office.document("bonded_note"), office.note(number)

    def save() -> None:
        with office.act(office.auditor) as act:
            records.save(act, document, records.open_draft(act, document, note.id))

    return refusal(save)


def creator_audits(office: Office) -> str:
    """Audit a note one made oneself."""
    (number,) = office.notes("IM2401001")

    def audit() -> None:
        with office.act() as act:
            records.move(act, office.document("bonded_note"), office.note(number).id, "audit")

    return refusal(audit)


def tiny_quantity(office: Office) -> object:
    """Generate a note from a source line whose quantity rounds to nothing in the declared unit."""
    with office.act(SYSTEM) as act:
        document = act.session.scalars(select(SourceDocument).filter_by(document_no="IM2401001")).one()
        for line in document.lines[1:]:
            act.session.delete(line)
        document.lines[0].quantity = Decimal("0.00010")
    try:
        (number,) = office.notes("IM2401001")
    except Refused as refused:
        return refused.findings[0].code
    return office.note(number).lines[0].dcl_qty > 0


def valued(office: Office) -> object:
    """Run reports 1 and 8 over what was imported: their money columns."""
    numbers = office.notes("IM2401001")
    office.audit(numbers)
    office.order(numbers)
    office.hand_over()
    office.receive()
    found = []
    for key, options in (("material_status", {}), ("item_ledger", {"item_no": "1"})):
        report = office.engine.catalogue.report(key)
        with office.act() as act:
            table = reporting.run_at_once(act, report, read_options(report.options, options))
        found.append([row.values for row in table.rows])
    return found


def book_item(office: Office) -> object:
    """Generate a note whose parts stand in the book under another number than their merged item's."""
    with office.act(SYSTEM) as act:
        book = act.facts.one(Account, copy="approved")
        assert book is not None
        for line in book.materials:
            line.item_no += 500
    return refusal(lambda: office.notes("IM2401001"))


def new_book(office: Office) -> object:
    """Begin a new book: the days it proposes."""
    with office.act() as act:
        return draft_defaults(act.facts)["cycle_days"]


def extracted(office: Office) -> object:
    """Offer the consumption of a product that has two versions to its book."""
    with office.act(SYSTEM) as act:
        old = act.facts.find(UnitConsumption)[0]
        more = UnitConsumption(
            record_no=old.record_no, product_no=old.product_no, uc_version=str(int(old.uc_version) + 1)
        )
        line = old.lines[0]
        values = {key: getattr(line, key) for key in ("line_no", "material_no", "net")}
        more.lines = [type(line)(**values)]
        act.session.add(more)
    with office.act(SYSTEM) as act:
        rows = list(_source_consumptions(act, old.record_no))
        return sorted(int(row[2]) for row in rows if row[1] == old.product_no)


#: parameter → (two values, what shows their difference)
GOVERNED: Mapping[str, tuple[object, object, Effect]] = {
    "creator_only_edit": (True, False, other_edits),
    "reviewer_not_creator": (True, False, creator_audits),
    "raise_to_min": (True, False, tiny_quantity),
    "verification_currency": ("CNY", "USD", valued),
    "item_no_is_merge_no": (True, False, book_item),
    "cycle_days": (180, 720, new_book),
    "consumption_extract": ("NEWEST", "ALL", extracted),
}
#: parameter → the test of its own that shows every value of it
ELSEWHERE: Mapping[str, str] = {
    "inversion_policy": "engine/test_inversion_check.py",
    "extract_merged_items": "stories/test_goods.py",
    "quantity_changes_price": "desktop/test_declaration_typing.py",
    "head_from_lines": "areas/declarations/test_declaration_rules.py",
}
#: parameter → the document or report that will read it
WAITING: Mapping[str, str] = {
    "aeo_kind": "AEO 规则集",
    "industry": "AEO 财务状况",
    "rate_date_way": "汇率联网更新",
}


def parameters() -> list[Any]:
    """Return the fields of the group 企业参数."""
    (part,) = [one for one in COMPANY.form if one.title == "企业参数"]
    return list(part.fields)


def test_every_parameter_is_tested_or_named_as_waiting() -> None:
    assert sorted(entry.key for entry in parameters()) == sorted([*GOVERNED, *ELSEWHERE, *WAITING])
    for key, name in ELSEWHERE.items():
        assert key in (Path(__file__).parents[1] / name).read_text(encoding="utf-8")


def test_every_parameter_says_what_it_does() -> None:
    assert [entry.key for entry in parameters() if len(entry.help) < 8] == []


def test_waiting_parameters_are_read_nowhere() -> None:
    """Whoever writes the code of a parameter moves it from one table to the other."""
    source = Path(__file__).resolve().parents[2] / "src" / "bondesk"
    skipped = {source / "areas" / "setup" / "company.py", source / "demo.py"}
    texts = [path.read_text(encoding="utf-8") for path in source.rglob("*.py") if path not in skipped]
    read = re.compile(r"(?:company|company_of\([^)]*\))\.(\w+)")
    readers = {key for text in texts for key in read.findall(text)} & set(WAITING)
    assert readers == set()


@pytest.mark.parametrize("key", GOVERNED)
def test_on_is_not_off(key: str, office_at: Callable[..., Office], factory_template: Path) -> None:
    one, other, effect = GOVERNED[key]
    seen = []
    for number, value in enumerate((one, other)):
        office = office_at(factory_template, f"home{number}", rehearsal=True)
        set_parameter(office, **{"reviewer_not_creator": False, key: value})
        seen.append(effect(office))
    assert seen[0] != seen[1], seen
    if key == "raise_to_min":
        assert seen == [True, "NOTE-05"]
    if effect in (other_edits, creator_audits):
        assert seen == [{"creator_only_edit": "AUTH-02", "reviewer_not_creator": "AUD-01"}[key], ""]


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("customs_code", "441994Z00", "COMP-01"),
        ("customs_code", "441994z001", "COMP-01"),
        ("declarant_customs_code", "44199-4001", "COMP-01"),
        ("credit_code", "91441900MA5CL0001X", "COMP-02"),
        ("credit_code", "9144190", "COMP-02"),
        ("declarant_credit_code", "91441900MA5CL00010", "COMP-02"),
        ("cycle_days", 0, "COMP-03"),
        ("cycle_days", 3651, "COMP-03"),
        ("cycle_days", 1, ""),
        ("cycle_days", 3650, ""),
        ("cycle_days", None, ""),
        ("declarant_credit_code", "91441900MA5CL0001Q", ""),
    ],
)
def test_what_customs_would_refuse_is_refused_here(masters_office: Office, key: str, value: object, code: str) -> None:
    with masters_office.act() as act:
        draft = records.open_single(act, COMPANY)
        draft.head[key] = value
        assert refusal(lambda: records.save(act, COMPANY, draft)) == code
