"""NOTE-13 for notes dated within a cycle that is already reported: what was reported would no longer hold (5.9)."""

from __future__ import annotations

from collections.abc import Iterator

from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.verification.verification_model import AccountVerification
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, error

_STILL_OPEN = {"DRAFT", "REJECTED", "VOID"}


def outside_closed_cycles(note: BondedNote, facts: Facts) -> Iterator[Finding]:
    """NOTE-13: the 清单申报日期 lies after every cycle of its book that was audited or reported."""
    day = note.declared_on or facts.today
    for cycle in facts.find(AccountVerification, record_no=note.record_no):
        if cycle.state not in _STILL_OPEN and cycle.begin_date <= day <= cycle.end_date:
            text = f"清单申报日期 {day} 在已报核的周期 {cycle.begin_date} 至 {cycle.end_date} 之内，不能再申报或变更"
            yield error("NOTE-13", text, "declared_on")
