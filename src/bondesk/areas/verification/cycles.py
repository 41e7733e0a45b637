"""Which cycle a book has to verify next, and what the one before it carries over (handbook 8.2, 8.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.setup.company import company_of
from bondesk.areas.verification.verification_model import AccountVerification
from bondesk.base.errors import Refused
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, confirm
from bondesk.ledger.verification import LONGEST_CYCLE, USUAL_CYCLE, Cycle, cut_off

#: 账册类型 以企业为单元: its cycle is the enterprise's, and starts with the approval.
BY_ENTERPRISE = "5"
#: States in which a 报核 is finished.
_FINISHED = {"APPROVED", "VOID"}


@dataclass(frozen=True, slots=True)
class NextCycle:
    """The cycle to verify: which one it is, its computed bounds, and the 报核 before it."""

    times: int
    cycle: Cycle
    previous: AccountVerification | None
    findings: tuple[Finding, ...] = ()


def verifications_of(facts: Facts, record_no: str) -> list[AccountVerification]:
    """Return the 报核 of a book that count, the oldest first."""
    every = facts.find(AccountVerification, record_no=record_no)
    return sorted((one for one in every if one.state != "VOID"), key=lambda one: (one.end_date, one.times))


def first_import_date(facts: Facts, record_no: str) -> date | None:
    """Return the earliest declaration date of an approved material-import note of the book."""
    imports = facts.find(BondedNote, record_no=record_no, ie_flag="I", goods_flag="I", state="APPROVED")
    return min((note.declared_on for note in imports if note.declared_on), default=None)


def next_cycle(facts: Facts, book: Account, chosen_end: date | None = None) -> NextCycle:
    """Return the cycle after the last one of ``book``; ``chosen_end`` overrides the computed cut-off.

    RPT-01 when there is no basis for the date, RPT-04 while another 报核 is unfinished, RPT-08 when the cut-off
    lies before the begin. A cycle over a year is asked about under the enterprise-unit regime.
    """
    earlier = verifications_of(facts, book.record_no)
    open_one = next((one for one in earlier if one.state not in _FINISHED), None)
    if open_one is not None:
        text = f"账册 {book.record_no} 第 {open_one.times} 次报核（截止 {open_one.end_date}）尚未办结，不能再新增"
        raise Refused(text, "RPT-04")
    previous = earlier[-1] if earlier else None
    end = chosen_end or computed_end(facts, book, previous)
    if end is None:
        raise Refused(f"账册 {book.record_no} 还没有已审批的料件进口清单，无法算出报核截止日期", "RPT-01")
    begin = previous.end_date + timedelta(days=1) if previous else book.approved_on
    if begin is None:
        raise Refused(f"账册 {book.record_no} 没有备案批准日期，无法确定报核开始日期", "RPT-01")
    if end < begin:
        raise Refused(f"报核截止日期 {end} 早于开始日期 {begin}", "RPT-08")
    cycle = Cycle(begin, end)
    findings = []
    if book.account_type == BY_ENTERPRISE and cycle.days > LONGEST_CYCLE:
        findings.append(confirm("RPT-08", f"本周期共 {cycle.days} 天，以企业为单元的周期不应超过一年", "end_date"))
    return NextCycle((previous.times if previous else 0) + 1, cycle, previous, tuple(findings))


def computed_end(facts: Facts, book: Account, previous: AccountVerification | None) -> date | None:
    """Return 报核截止日期 as the book's kind has it (handbook 8.2)."""
    before = previous.end_date if previous else None
    if book.account_type == BY_ENTERPRISE:
        return cut_off(book.approved_on, before, company_of(facts).cycle_days or USUAL_CYCLE)
    return cut_off(first_import_date(facts, book.record_no), before, book.cycle_days)


@dataclass(frozen=True, slots=True)
class Carried:
    """What a cycle opens with per material, and by how much that differs from the balance before."""

    opening: Mapping[int, Decimal]
    breaks: Mapping[int, Decimal]


def carried_from(previous: AccountVerification | None) -> Carried:
    """Return the opening a finished 报核 hands on, by its 下期期初取 (handbook 8.6); nothing before the first."""
    if previous is None:
        return Carried({}, {})
    opening, breaks = {}, {}
    for line in previous.materials:
        carried = line.balance
        if previous.carry_basis == "ACTUAL":
            carried = line.actual
        elif previous.carry_basis == "APPROVED" and line.approved_qty is not None:
            carried = line.approved_qty
        opening[line.item_no] = carried
        breaks[line.item_no] = carried - line.balance
    return Carried(opening, breaks)


def locked_until(facts: Facts) -> date | None:
    """Return the last day closed to stock documents by an audited 报核 (STK-05), None when there is none."""
    locking: Sequence[date] = [
        one.end_date for one in facts.find(AccountVerification) if one.state not in {"DRAFT", "REJECTED", "VOID"}
    ]
    return max(locking, default=None)
