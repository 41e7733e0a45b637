"""The change path of accounts and handbooks: which rows carry marks, and who does what (handbook 4.2 to 4.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bondesk.areas.accounts import approval, changing, comparing, extraction
from bondesk.areas.accounts.account_rules import derive_consumption
from bondesk.areas.accounts.book_model import Account, AccountConsumption
from bondesk.areas.accounts.book_tables import CONSUMPTIONS, TABLES
from bondesk.areas.accounts.changing import InUse, follow_consumption
from bondesk.base.change import ChangedTable, ChangePath, Counted
from bondesk.base.facts import Work

_FOLLOW = follow_consumption(AccountConsumption)


def _derive(table: ChangedTable, line: Any) -> None:
    if table is CONSUMPTIONS:
        derive_consumption(line)


def book_path(prefix: str, in_use: InUse) -> ChangePath:
    """Return the path of ``account`` or ``handbook``; ``in_use`` knows which rows documents use."""

    def revert(draft: Account, table: ChangedTable, ids: Sequence[int], work: Work) -> Counted:
        return changing.revert(draft, table, ids, work, _FOLLOW)

    def strike(draft: Account, table: ChangedTable, ids: Sequence[int], work: Work) -> Counted:
        return changing.strike(draft, table, ids, work, in_use, _FOLLOW)

    def store(draft: Account, table: ChangedTable, line_id: int | None, values: Mapping[str, Any], work: Work) -> int:
        return changing.store(draft, table, line_id, values, work, in_use, _derive)

    return ChangePath(
        approved=prefix,
        draft=f"{prefix}_draft",
        version=f"{prefix}_version",
        tables=TABLES,
        start=lambda approved, work: approval.start_change(approved, TABLES, work),
        compare=comparing.compare,
        extract=lambda draft, table, keys, work: extraction.extract(draft, table, keys, work, _FOLLOW),
        revert=revert,
        strike=strike,
        store=store,
        keep=lambda approved, work: approval.keep_version(approved, TABLES, work),
    )
