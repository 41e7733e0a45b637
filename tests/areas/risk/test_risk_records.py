"""查验记录 and 退单记录: made by receipts, completed by the clerk, never typed as new."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from bondesk.areas.risk.inspection_record import INSPECTION_RECORD, InspectionRecord, seizure_explained
from bondesk.areas.risk.return_record import RETURN_RECORD, ReturnRecord
from bondesk.engine import records
from builders.office import Office
from builders.plain_facts import PlainFacts

NOTICED = datetime(2025, 1, 15, 10, 20)

#: what the clerk says | whether it holds together
SAID: list[tuple[dict[str, Any], bool]] = [
    ({"found": ""}, True),
    ({"found": "0"}, True),
    ({"found": "0", "loss": Decimal(0)}, True),
    ({"found": "0", "reason": "短装"}, False),
    ({"found": "0", "loss": Decimal(5)}, False),
    ({"found": "1"}, False),
    ({"found": "1", "reason": "短装"}, True),
    ({"found": "1", "reason": "短装", "loss": Decimal(5)}, True),
]


@pytest.mark.parametrize(("said", "holds"), SAID)
def test_what_was_found_is_explained(said: dict[str, Any], holds: bool) -> None:
    found = list(seizure_explained(InspectionRecord(**said), PlainFacts()))
    assert [finding.code for finding in found] == ([] if holds else ["RSK-02"])


@pytest.mark.parametrize(
    ("document", "row", "typed"),
    [
        (INSPECTION_RECORD, InspectionRecord, {"found": "1", "reason": "短装", "loss": Decimal("120.50")}),
        (RETURN_RECORD, ReturnRecord, {"cause": "goods", "responsible": "张三", "handling": "补充要素"}),
    ],
    ids=lambda one: getattr(one, "key", ""),
)
def test_the_clerk_completes_and_makes_none(
    codes_office: Office, document: Any, row: Any, typed: dict[str, Any]
) -> None:
    with codes_office.act() as act:
        one = row(declaration="D1", noticed_at=NOTICED, notice="通知")
        act.session.add(one)
        act.session.flush()
        made = one.id
    with codes_office.act() as act:
        draft = records.open_draft(act, document, made)
        draft.head |= typed
        records.save(act, document, draft)
    with codes_office.act() as act:
        stored = records.load(act, document, made)
        assert {key: getattr(stored, key) for key in typed} == typed
        assert document.number_of(stored) == "D1/2025-01-15 10:20:00"
    assert not document.creatable
