"""Composing: every element in the notation of the reference, everything customs would refuse said at once."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine
from bondesk.areas.notes.inv101 import INV101
from bondesk.base.findings import Finding, Severity, error
from bondesk.base.messages import Element, Message, MessageFacts, MessageGroup, Sender
from bondesk.engine.composing import compose, formatted, problems
from bondesk.engine.ports import Composed

FACTS = MessageFacts(
    Sender("441994Z001"), datetime(2024, 1, 8, 9, 30), lambda table, code: {"USD": "502"}.get(code, "")
)

#: form | value | text
TEXTS: list[tuple[str, Any, str]] = [
    ("DT8", date(2024, 1, 8), "20240108"),
    ("DT8", datetime(2024, 1, 8, 9, 30), "20240108"),
    ("Date", date(2024, 1, 8), "2024-01-08"),
    ("DateTime", datetime(2024, 1, 8, 9, 30), "2024-01-08 09:30:00"),
    ("D19,5", Decimal("0.00001"), "0.00001"),
    ("D19,5", Decimal("794.00000"), "794"),
    ("D19,5", Decimal("1E+3"), "1000"),
    ("D25,2", Decimal("0.00"), "0"),
    ("N19", 12, "12"),
    ("C..512", None, ""),
    ("C..512", "文字", "文字"),
]


@pytest.mark.parametrize(("form", "value", "text"), TEXTS)
def test_notation(form: str, value: Any, text: str) -> None:
    """Numbers without exponent and trailing zeros, dates as the form says, None as an empty element."""
    assert formatted(form, value) == text


#: form | need | text | codes
PROBLEMS = """
C18    | M |                     | MSG-01
C18    | O |                     |
C18    | C | 123456789012345678  |
C18    | M | 12345678901234567   | MSG-02
C18    | M | 1234567890123456789 | MSG-02
C..4   | M | 1234                |
C..4   | M | 12345               | MSG-02
C3..5  | M | 12                  | MSG-02
C3..5  | M | 123                 |
C..4   | M | 中文四字            |
N19    | M | 12                  |
N19    | M | 1.5                 | MSG-03
N3     | M | 1000                | MSG-03
D19,5  | M | 0.00001             |
D19,5  | M | 0.000001            | MSG-03
D19,5  | M | 12345678901234      |
D19,5  | M | 123456789012345     | MSG-03
D19,5  | M | -1.5                |
D25,2  | M | 1.005               | MSG-03
DT8    | M | 20240108            |
C..9   | M | ?XYZ                |
C..9   | M | \uffffXYZ           | MSG-05
C..9   | M | a\x07b              | MSG-04
C..9   | M | a\ud800b            | MSG-04
"""


@pytest.mark.parametrize(
    ("form", "need", "text", "codes"),
    [[cell.strip(" ") for cell in line.split("|")] for line in PROBLEMS.strip("\n").splitlines()],
)
def test_problems(form: str, need: str, text: str, codes: str) -> None:
    """Missing, too long, too short, too many decimals or digits, no numeric code, control characters."""
    found = [code for code, _ in problems(Element("X", "甲", form, need), text)]
    assert " ".join(found) == codes


def message(**parts: Any) -> Message:
    """A message of a head and lines, with attributes of a namespace as values."""
    head = (
        Element("No", "编号", "C..8", "M", lambda row, _: row.no, "no"),
        Element("Fixed", "固定", "C2", "M", "95"),
        Element("Empty", "返填", "C18", "R"),
    )
    line = (Element("Qty", "数量", "D19,5", "M", lambda row, _: row.qty, "qty"),)
    tail = (Element("Oper", "操作卡", "C10", "M", lambda _row, facts: facts.sender.oper_customs_code),)
    groups = (
        MessageGroup("Head", head, lambda document: (document,)),
        MessageGroup("Line", line, lambda document: document.lines, "lines"),
    )
    given = {
        "code": "T101",
        "title": "试",
        "root": "Test",
        "groups": groups,
        "tail": tail,
        "folder": lambda _: "Nems",
        "direction": lambda _: "I",
        "number": None,
        "seq_no": None,
        "business_no": None,
        "receipt_codes": frozenset(),
        "receive": lambda *_: "",
    }
    return Message(**{**given, **parts})


def composed(*quantities: Decimal | None, no: str = "N1", **parts: Any) -> Composed:
    """Compose a document with lines."""
    document = SimpleNamespace(no=no, lines=[SimpleNamespace(qty=quantity) for quantity in quantities])
    return compose(message(**parts), document, FACTS)


def test_order_of_groups_and_elements() -> None:
    """Groups repeat over their rows in order; empty elements are written; the tail follows."""
    one = composed(Decimal("1.50"), Decimal(2))
    assert one.groups == (
        ("Head", (("No", "N1"), ("Fixed", "95"), ("Empty", ""))),
        ("Line", (("Qty", "1.5"),)),
        ("Line", (("Qty", "2"),)),
    )
    assert one.tail == (("Oper", "441994Z001"),)
    assert one.findings == ()


def test_findings_name_element_field_and_line() -> None:
    """All of them in one go: the cross-field rules first, then head, lines by position, each with its value."""
    rule = error("MSG-06", "交叉", "no")
    found = composed(Decimal(1), None, Decimal("0.000001"), no="123456789", checks=lambda *_: (rule,)).findings
    assert found[0] == rule
    assert [(f.code, f.field, f.table, f.line, f.value) for f in found[1:]] == [
        ("MSG-02", "no", "", None, "123456789"),
        ("MSG-01", "qty", "lines", 1, ""),
        ("MSG-03", "qty", "lines", 2, "0.000001"),
    ]
    assert all(finding.severity is Severity.ERROR for finding in found)
    assert "「数量」(Qty)" in found[2].text


def note_findings(**values: Any) -> list[Finding]:
    """Compose a real note that lacks nearly everything."""
    note = BondedNote(internal_no="N1", record_no="E52042300A01", **values)
    note.lines = [NoteLine(line_no=1, currency="USD", origin_country="XXX")]
    return list(compose(INV101, note, FACTS).findings)


#: head values | code and field that must be said
CROSS: list[tuple[dict[str, str], tuple[str, str]]] = [
    ({"declaration_flag": "2", "declaration_link_type": "2"}, ("MSG-06", "declaration_link_type")),
    ({"declaration_flag": "2", "declaration_type": "1"}, ("MSG-06", "declaration_type")),
    ({"declaration_flag": "2", "generate_declaration": "1"}, ("MSG-06", "generate_declaration")),
    ({"declaration_flag": "1", "declaration_link_type": ""}, ("MSG-06", "declaration_link_type")),
    ({"declaration_flag": "1", "generate_declaration": "1", "declaration_type": ""}, ("MSG-06", "declaration_type")),
    ({"note_type": "8", "declaration_flag": "1"}, ("MSG-06", "note_type")),
    ({}, ("MSG-01", "hs_code")),
    ({}, ("MSG-05", "origin_country")),
]


@pytest.mark.parametrize(("values", "wanted"), CROSS)
def test_faults_of_a_note(values: dict[str, str], wanted: tuple[str, str]) -> None:
    """The Single Window's own cross-field rules and the elements a note lacks."""
    assert wanted in {(finding.code, finding.field) for finding in note_findings(**values)}
