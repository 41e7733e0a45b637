"""重建余额: balances are a cache; where they differ from the postings is shown first, then mended (CHK-01)."""

from __future__ import annotations

from collections.abc import Sequence

from bondesk.base.options import NoOptions
from bondesk.base.steps import Confirm, Outcome, Script, Steps
from bondesk.ledger.books import LedgerWork

#: Differences that are listed before the rest is counted.
_LISTED = 20


def rebuild(work: LedgerWork, _options: NoOptions, _selected: Sequence[int]) -> Steps:
    """Say where stored balances are not the sum of their postings, ask, and store the sums."""
    wrong = [one.breach.text for one in (yield from work.broken("CHK-01"))]
    if not wrong:
        return Outcome("余额与记账一致，无须重建")
    more = f"\n……共 {len(wrong)} 处" if len(wrong) > _LISTED else ""
    told = "\n".join(wrong[:_LISTED])
    if not (yield Confirm("rebuild", f"{told}{more}\n\n按记账改正这些余额吗？")):
        return Outcome("没有改动")
    return Outcome(f"已按记账改正 {work.rebuild_balances()} 处余额")


REBUILD_BALANCES = Script(
    key="rebuild_balances",
    title="重建余额",
    document="account",
    run=rebuild,
    help="余额由记账重新算出。数据自检报告 CHK-01 时使用；先列出差异，确认后才改正。",
)
