"""DEC-01 to DEC-14 (handbook 6.4), one row of the table per thing that may be wrong; and the head's totals (6.2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bondesk.areas.declarations.arithmetic import head_totals, totals_wanted
from bondesk.areas.declarations.declaration import derive_declaration
from bondesk.areas.declarations.declaration_lines import DeclarationLineSource
from bondesk.areas.declarations.declaration_model import AttachedDocument, DeclarationLine
from bondesk.areas.declarations.declaration_rules import DECLARATION_RULES
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.notes.source_document import SourceDocument, SourceLine
from bondesk.areas.setup.company import Company
from bondesk.base.findings import Severity
from bondesk.base.rule_sources import source_of
from builders.declarations import LINE, declaration, facts

D = Decimal
ERROR, NOTE = Severity.ERROR, Severity.NOTE
FOB = {"transaction_mode": "3"}
PAID = {"freight_mark": "3", "freight": D(100), "freight_currency": "USD"}
INSURED = {"insurance_mark": "1", "insurance": D("0.3")}
BOOK = {"record_no": "E52042300A01", "supervision_mode": "0615", "duty_nature": "503"}


def found(line: dict[str, Any] | None = None, *rows: Any, **head: Any) -> set[tuple[Severity, str, str]]:
    """What is wrong with a declaration, without what 监管条件 7 asks of every one of them."""
    told = [one for rule in DECLARATION_RULES for one in rule(declaration(line, **head), facts(*rows))]
    return {(one.severity, one.code, one.field) for one in told if one.code != "DEC-11"}


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ({}, {}),
        ({**FOB, **PAID, **INSURED}, {}),
        (BOOK, {"item_no": 3, "duty_mode": "3"}),
        ({"misc_mark": "3", "misc_fee": D(-5), "misc_currency": "USD"}, {}),
        ({"package_type": "00", "packages": 1}, {}),
        ({"licence_no": "24-AB-123456", "departure_port": "JPN001"}, {}),
        ({}, {"legal_unit2": "007", "legal_qty2": D(300)}),
        ({}, {"price": D("3.3333"), "total": D("1000.00")}),
    ],
)
def test_nothing_is_said_about_what_is_right(head: dict[str, Any], line: dict[str, Any]) -> None:
    assert found(line, **head) == set()


@pytest.mark.parametrize(
    ("head", "line", "severity", "code", "field"),
    [
        ({"record_no": "E52042300A01"}, {"item_no": 1}, ERROR, "DEC-02", "record_no"),
        ({**BOOK, "record_no": "B52042300A01"}, {"item_no": 1, "duty_mode": "3"}, ERROR, "DEC-02", "record_no"),
        ({**BOOK, "record_no": ""}, {"duty_mode": "3"}, ERROR, "DEC-02", "record_no"),
        ({"duty_nature": "503"}, {}, NOTE, "DEC-02", "duty_nature"),
        ({}, {"duty_mode": "3"}, NOTE, "DEC-02", "duty_mode"),
        ({**FOB, **INSURED}, {}, ERROR, "DEC-03", "freight"),
        ({**FOB, **PAID}, {}, ERROR, "DEC-03", "insurance"),
        (PAID, {}, ERROR, "DEC-03", "freight"),
        (INSURED, {}, ERROR, "DEC-03", "insurance"),
        ({"ie_flag": "E", "transaction_mode": "3", **PAID}, {}, ERROR, "DEC-03", "freight"),
        ({**FOB, **PAID, **INSURED, "freight_mark": ""}, {}, ERROR, "DEC-04", "freight_mark"),
        ({**FOB, **PAID, **INSURED, "insurance": D(100)}, {}, ERROR, "DEC-04", "insurance"),
        ({**FOB, **PAID, **INSURED, "insurance": D(0)}, {}, ERROR, "DEC-04", "insurance"),
        ({**FOB, **PAID, **INSURED, "insurance_currency": "USD"}, {}, ERROR, "DEC-04", "insurance_currency"),
        ({**FOB, **PAID, **INSURED, "freight_currency": ""}, {}, ERROR, "DEC-04", "freight_currency"),
        ({**FOB, **PAID, **INSURED, "freight": D(-1)}, {}, ERROR, "DEC-04", "freight"),
        ({**FOB, **PAID, **INSURED, "freight": D(10) ** 12}, {}, ERROR, "DEC-04", "freight"),
        ({"misc_mark": "1"}, {}, ERROR, "DEC-04", "misc_mark"),
        ({"misc_mark": "3", "misc_fee": D(0), "misc_currency": "USD"}, {}, ERROR, "DEC-04", "misc_fee"),
        ({}, {"dcl_qty": D(0)}, ERROR, "DEC-05", "dcl_qty"),
        ({}, {"legal_qty1": D(0)}, ERROR, "DEC-05", "legal_qty1"),
        ({}, {"legal_unit2": "007"}, ERROR, "DEC-05", "legal_qty2"),
        ({}, {"legal_qty2": D(3)}, ERROR, "DEC-05", "legal_qty2"),
        ({}, {"price": D("3.4")}, ERROR, "DEC-06", "price"),
        ({}, {"price": None}, ERROR, "DEC-06", "price"),
        ({}, {"total": D(0)}, ERROR, "DEC-06", "total"),
        ({"packages": 0}, {}, ERROR, "DEC-07", "packages"),
        ({"packages": 10**9}, {}, ERROR, "DEC-07", "packages"),
        ({"packages": 2, "package_type": "01"}, {}, ERROR, "DEC-07", "packages"),
        ({"net_weight": D(13)}, {}, ERROR, "DEC-09", "net_weight"),
        ({"net_weight": D("0.5")}, {}, ERROR, "DEC-09", "net_weight"),
        ({"net_weight": D("0.5"), "gross_weight": D("0.9")}, {}, ERROR, "DEC-09", "gross_weight"),
        ({}, {"net_weight": D(13)}, ERROR, "DEC-09", "net_weight"),
        ({"domestic_code": "520191"}, {}, ERROR, "DEC-10", "domestic_code"),
        ({"declarant_credit": "9152"}, {}, ERROR, "DEC-10", "declarant_credit"),
        ({"end_user_credit": "9152"}, {}, ERROR, "DEC-10", "end_user_credit"),
        ({"transit_port": "HKG"}, {}, ERROR, "DEC-10", "transit_port"),
        ({"departure_port": "000HKG"}, {}, ERROR, "DEC-10", "departure_port"),
        ({"border_port": "52"}, {}, ERROR, "DEC-10", "border_port"),
        ({"trade_country": "116"}, {}, ERROR, "DEC-10", "trade_country"),
        ({**FOB, **PAID, **INSURED, "freight_currency": "502"}, {}, ERROR, "DEC-10", "freight_currency"),
        ({}, {"currency": "502"}, ERROR, "DEC-10", "currency"),
        ({}, {"origin_country": "116"}, ERROR, "DEC-10", "origin_country"),
        ({}, {"hs_code": "85322410"}, ERROR, "DEC-10", "hs_code"),
        ({}, {"domestic_district": "52"}, ERROR, "DEC-10", "domestic_district"),
        ({"licence_no": "24AB123456"}, {}, ERROR, "DEC-12", "licence_no"),
        ({**BOOK, "record_no": "E5204"}, {"item_no": 1, "duty_mode": "3"}, ERROR, "DEC-13", "record_no"),
        (BOOK, {"duty_mode": "3"}, ERROR, "DEC-13", "item_no"),
        ({}, {"spec": "型" * 128}, ERROR, "ELM-02", "spec"),
    ],
)
def test_what_is_wrong(head: dict[str, Any], line: dict[str, Any], severity: Severity, code: str, field: str) -> None:
    told = found(line, **head)
    assert (severity, code, field) in told
    assert source_of(code)


def test_one_to_fifty_lines() -> None:
    for count, wrong in ((0, True), (1, False), (50, False), (51, True)):
        made = declaration()
        made.lines = [DeclarationLine(**{**LINE, "line_no": number}) for number in range(1, count + 1)]
        told = [one.code for rule in DECLARATION_RULES for one in rule(made, facts())]
        assert ("DEC-01" in told) is wrong


def test_a_line_number_twice() -> None:
    made = declaration()
    made.lines = [DeclarationLine(**LINE), DeclarationLine(**LINE)]
    assert "IMP-08" in {one.code for rule in DECLARATION_RULES for one in rule(made, facts())}


def test_more_taken_than_the_source_has() -> None:
    source = SourceLine(id=5, header_id=3, line_no=2, quantity=D(10), used_qty=D(11))
    made = declaration()
    made.lines[0].sources = [DeclarationLineSource(source_line_id=5, quantity=D(11))]
    told = [
        one for rule in DECLARATION_RULES for one in rule(made, facts(source, SourceDocument(id=3, document_no="A")))
    ]
    assert [one.text for one in told if one.code == "DEC-08"] == [
        "原始单证 A 第2行 的数量不够，超出 1；请改小数量或删除重新生成"
    ]


def test_a_supervision_condition_wants_its_paper() -> None:
    """Condition 7 asks for 自动进口许可证, on imports only, and is content when it is attached."""
    made = declaration()
    told = [one for rule in DECLARATION_RULES for one in rule(made, facts())]
    assert [(one.code, one.severity, "自动进口许可证" in one.text) for one in told] == [("DEC-11", NOTE, True)]
    made.documents = [AttachedDocument(document_code="7", document_no="24-AB-123456")]
    assert [one for rule in DECLARATION_RULES for one in rule(made, facts())] == []
    abroad = declaration(ie_flag="E", transaction_mode="3")
    assert "DEC-11" not in {one.code for rule in DECLARATION_RULES for one in rule(abroad, facts())}


def test_the_note_has_another_record_number() -> None:
    note = BondedNote(copy="draft", bond_no="QD530124I000012345", record_no="E52042300A02")
    told = found({"item_no": 1, "duty_mode": "3"}, note, note_no="QD530124I000012345", **BOOK)
    assert told == {(ERROR, "DEC-13", "record_no")}


def test_several_currencies_are_only_remarked() -> None:
    made = declaration()
    made.lines.append(DeclarationLine(**{**LINE, "line_no": 2, "currency": "JPY"}))
    told = [one for rule in DECLARATION_RULES for one in rule(made, facts())]
    assert [(one.code, one.severity) for one in told if one.code == "DEC-14"] == [("DEC-14", NOTE)]


def test_an_empty_price_is_derived_from_the_total() -> None:
    made = declaration({"price": None})
    derive_declaration(made, facts(Company()))
    assert made.lines[0].price == D("3.3333")


# --- the head from the lines


def line(net: str | None, gross: str | None = None, packages: int | None = None) -> dict[str, Any]:
    """The measures of one line."""
    weights = {"net_weight": net and D(net), "gross_weight": gross and D(gross)}
    return {**weights, "packages": packages}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([line("1.5", "2", 3), line("2.5", "3", 4)], {"net_weight": 4, "gross_weight": 5, "packages": 7}),
        ([line("0.2", "0.3", 1), line("0.3", "0.4", 1)], {"net_weight": 1, "gross_weight": 1, "packages": 2}),
        ([line("2", "5", 9), line("3")], {"net_weight": 5, "gross_weight": 5, "packages": 9}),
        ([line("2"), line("3")], {"net_weight": 5, "not_recomputed": True}),
        ([line("2", "5", 9), line(None)], {"gross_weight": 5, "packages": 9, "not_recomputed": True}),
        ([line(None), line(None)], {"not_recomputed": True}),
    ],
)
def test_the_head_follows_from_the_lines(lines: list[dict[str, Any]], expected: dict[str, Any]) -> None:
    assert dict(head_totals({}, {"lines": lines})) == {"not_recomputed": False, **expected}


def test_without_lines_the_head_stays() -> None:
    assert head_totals({"net_weight": D(5)}, {"lines": []}) == {}


def test_the_enterprise_decides() -> None:
    assert totals_wanted(facts(Company(head_from_lines=True))) is head_totals
    assert totals_wanted(facts(Company(head_from_lines=False))) is None
