"""Where the merged items stand in approved books: the lines that become 待变更 when an item changes (2.5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from bondesk.areas.accounts.book_model import Account, AccountLine
from bondesk.areas.setup.company import company_of
from bondesk.base.batches import batches
from bondesk.base.facts import Work

_WORDS = {"I": "料件", "E": "成品"}


def filed_items(work: Work, goods_flag: str, merge_nos: Collection[int]) -> Mapping[int, Sequence[str]]:
    """Return merge number → ``备案号 料件 序号`` of every line of an approved book extracted from it."""
    same_number = bool(company_of(work.facts).item_no_is_merge_no)
    column: Any = AccountLine.item_no if same_number else AccountLine.merge_no
    found: dict[int, list[str]] = defaultdict(list)
    wanted = sorted(merge_nos)
    for batch in batches(wanted):
        statement = (
            select(column, Account.record_no, AccountLine.item_no)
            .join(Account, (Account.company_id == AccountLine.company_id) & (Account.id == AccountLine.header_id))
            .where(
                AccountLine.company_id == work.company_id,
                AccountLine.goods_flag == goods_flag,
                Account.copy == "approved",
                column.in_(batch),
            )
            .order_by(Account.record_no, AccountLine.item_no)
        )
        for merge_no, record_no, item_no in work.session.execute(statement):
            found[merge_no].append(f"{record_no} {_WORDS[goods_flag]} {item_no}")
    return found
