"""RPT-01 to RPT-09: what a 报核 must answer before it is audited (handbook 8.2, 8.3, 8.7)."""

from __future__ import annotations

from collections.abc import Iterator

from bondesk.areas.verification.cycles import verifications_of
from bondesk.areas.verification.verification_model import AccountVerification
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, error, note
from bondesk.base.numbers import plain


def dates_hold(verification: AccountVerification, facts: Facts) -> Iterator[Finding]:
    """RPT-08 cut-off before begin, or changed without a reason; RPT-09 the cycle overlaps another."""
    dated = verification.end_date is not None and verification.begin_date is not None
    if dated and verification.end_date < verification.begin_date:
        text = f"报核截止日期 {verification.end_date} 早于开始日期 {verification.begin_date}"
        yield error("RPT-08", text, "end_date")
    computed = verification.computed_end
    if computed and verification.end_date != computed and not (verification.override_reason or "").strip():
        text = f"按规定应截止于 {computed}，改为 {verification.end_date} 须填写原因"
        yield error("RPT-08", text, "override_reason")
    for other in verifications_of(facts, verification.record_no) if dated else ():
        apart = other.end_date < verification.begin_date or other.begin_date > verification.end_date
        if other.id != verification.id and not apart:
            text = f"与第 {other.times} 次报核的周期 {other.begin_date} 至 {other.end_date} 重叠"
            yield error("RPT-09", text, "end_date")


def computed_first(verification: AccountVerification, _facts: Facts) -> Iterator[Finding]:
    """RPT-01: a 报核 without lines was never computed, or must be again."""
    if not verification.materials or verification.computed_at is None:
        yield error("RPT-01", "尚未计算，请先点「重新计算」", "internal_no")


def notes_settled(verification: AccountVerification, _facts: Facts) -> Iterator[Finding]:
    """RPT-02: what was reserved on the cut-off date is included or left to the next cycle, one or the other."""
    waiting = [one for one in verification.notes if not one.posted]
    if waiting and not verification.reserved_notes:
        listed = "、".join(one.document_no for one in waiting[:5])
        more = f" 等 {len(waiting)} 份" if len(waiting) > 5 else ""
        text = f"截止日期有未核扣清单 {listed}{more}，请确认计入本期或留待下期，再重新计算"
        yield error("RPT-02", text, "reserved_notes")


def figures_explained(verification: AccountVerification, _facts: Facts) -> Iterator[Finding]:
    """RPT-03 negative expectation not confirmed; RPT-07 a variance beyond the tolerance without a remark."""
    for position, line in enumerate(verification.materials):
        name = f"料件 {line.item_no} {line.name}"
        if line.expected is not None and line.expected < 0:
            text = f"{name} 应剩余 {plain(line.expected)}，小于0"
            if verification.negative_confirmed:
                yield note("RPT-03", text, "expected", position, table="materials")
            else:
                asked = f"{text}，请核对后勾选「确认应剩余为负」"
                yield error("RPT-03", asked, "expected", position, table="materials")
        beyond = line.expected == 0 and bool(line.variance)
        if line.variance_rate is not None:
            beyond = abs(line.variance_rate) > (verification.tolerance or 0)
        if beyond and not (line.remark or "").strip():
            rate = f"，差异率 {plain(line.variance_rate)}%" if line.variance_rate is not None else ""
            text = f"{name} 差异 {plain(line.variance)}{rate}，超过容差，须填写差异说明"
            yield error("RPT-07", text, "remark", position, table="materials")


VERIFICATION_RULES = (dates_hold, computed_first, notes_settled, figures_explained)
