"""What a clerk types into number and date boxes, read exactly."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bondesk.areas.notes.source_document import SourceDocument, SourceLine
from bondesk.base.fields import field_of
from bondesk.base.readings import Unreadable
from bondesk.desktop.typed_values import edit_text, read_typed

TODAY = date(2024, 2, 28)
QUANTITY, PACKAGES, DAY = (
    field_of(one) for one in (SourceLine.quantity, SourceLine.packages, SourceDocument.document_date)
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.5", "12.5"),
        ("１２。５", "12.5"),
        ("１２．５", "12.5"),
        ("1，234，567", "1234567"),
        ("=12*3.5", "42"),
        ("＝（１＋２）×３", "9"),
        ("=ROUND(100/3,2)", "33.33"),
        (" 7 ", "7"),
    ],
)
def test_numbers(text: str, value: str) -> None:
    assert read_typed(QUANTITY, text, TODAY) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1/31", date(2024, 1, 31)),
        ("１／３１", date(2024, 1, 31)),
        ("20240131", date(2024, 1, 31)),
        ("2024-1-31", date(2024, 1, 31)),
        ("2024年1月31日", date(2024, 1, 31)),
        ("2024。1。31", date(2024, 1, 31)),
        ("今天", TODAY),
        ("昨天", date(2024, 2, 27)),
        ("+3", date(2024, 3, 2)),
        ("＋１", date(2024, 2, 29)),
        ("-28", date(2024, 1, 31)),
        ("", None),
    ],
)
def test_dates(text: str, value: date | None) -> None:
    assert read_typed(DAY, text, TODAY) == value
    if value is not None:
        assert read_typed(DAY, edit_text(DAY, value), TODAY) == value


@pytest.mark.parametrize(
    ("entry", "text", "code"),
    [
        (QUANTITY, "1.234567", "IMP-07"),
        (QUANTITY, "十二", "IMP-07"),
        (QUANTITY, "=1/3", "IMP-07"),
        (QUANTITY, "=1/0", "FORM-01"),
        (QUANTITY, "9" * 20, "IMP-07"),
        (PACKAGES, "1.5", "IMP-07"),
        (DAY, "2/30", "IMP-02"),
        (DAY, "31/12", "IMP-02"),
        (DAY, "2024-02-30", "IMP-02"),
        (DAY, "+9999", "IMP-02"),
    ],
)
def test_what_cannot_be_read_is_said(entry: Any, text: str, code: str) -> None:
    with pytest.raises(Unreadable) as problem:
        read_typed(entry, text, TODAY)
    assert problem.value.code == code
    assert problem.value.text
