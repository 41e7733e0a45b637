"""STK-07: whether a 仓单 takes more of a part than there is, judged over all that is stored (handbook 12.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import inspect

from bondesk.areas.stock.rolling import Moved, first_below
from bondesk.areas.stock.stock_model import StockDocument, StockLine, Stocktake, StocktakeLine
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, note
from bondesk.base.numbers import plain

_ZERO = Decimal(0)


def enough_left(document: StockDocument, facts: Facts) -> Iterator[Finding]:
    """STK-07: a stored document leaves bonded stock of a counted part below 0 (a warning, once per part).

    A document not stored yet is judged when it is audited: while a file is imported, what stands further down in it
    is not there to be counted.
    """
    if not _stored(document):
        return
    own: dict[str, list[Moved]] = defaultdict(list)
    for position, line in enumerate(document.lines):
        if line.scope == "bonded" and line.stock_change and document.document_date:
            own[line.part_no].append(Moved(document.document_date, line.stock_change, document.document_no, position))
    for part_no, mine in own.items():
        count = opening(part_no, facts) if any(one.change < 0 for one in mine) else None
        below = count and first_below(*count, [*others(part_no, document.id, facts), *mine])
        if below and below.moved.day >= document.document_date:
            taken = min(mine, key=lambda one: one.change)
            text = f"料号 {part_no} 在 {below.moved.day}（仓单 {below.moved.number}）库存为负 {plain(below.left)}"
            assert isinstance(taken.key, int)
            yield note("STK-07", text, "quantity", taken.key, table="lines")


def _stored(document: StockDocument) -> bool:
    state: Any = inspect(document, raiseerr=False)
    return bool(getattr(document, "id", None)) and (state is None or not state.transient)


def opening(part_no: str, facts: Facts) -> tuple[date, Decimal] | None:
    """Return the day a part's bonded stock was first counted, and how much there was; None when it never was."""
    days: dict[date, Decimal] = defaultdict(lambda: _ZERO)
    counts = facts.index(Stocktake, Stocktake.id)
    for line in facts.find(StocktakeLine, part_no=part_no, scope="bonded"):
        count = counts.get(line.header_id)
        if count is not None and count.kind != "T":
            days[count.count_date] += line.counted_qty or _ZERO
    return min(days.items()) if days else None


def others(part_no: str, document_id: int, facts: Facts) -> Iterator[Moved]:
    """Yield the bonded movements of a part in all documents that stand but one."""
    for line in facts.find(StockLine, part_no=part_no, scope="bonded"):
        if line.header_id != document_id and line.moved_on is not None and line.stock_change:
            owner = facts.one(StockDocument, id=line.header_id)
            if owner is not None and owner.state != "VOID":
                yield Moved(line.moved_on, line.stock_change, owner.document_no)
