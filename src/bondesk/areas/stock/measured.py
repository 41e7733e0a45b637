"""Quantities of stock lines in the part's own unit, and what both 仓单 and 盘点 ask of a part."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.goods.consolidation_map import ConsolidationMap
from bondesk.areas.goods.part import Part
from bondesk.areas.notes.source_document import quantity_ratio
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, error, note
from bondesk.base.numbers import QUANTITY_PLACES, half_up


def own_unit(line: Any, facts: Facts) -> Decimal | None:
    """Return the line's quantity in the part's own unit at 5 decimals, None when it cannot be converted."""
    exact = exact_own_unit(line, facts)
    return None if exact is None else half_up(exact, QUANTITY_PLACES)


def exact_own_unit(line: Any, facts: Facts) -> Fraction | None:
    """Return the line's quantity in the part's own unit, not rounded; None when it cannot be converted."""
    part = facts.index(Part, Part.part_no).get(line.part_no)
    if part is None or line.quantity is None:
        return None
    same = not line.erp_unit or line.erp_unit == part.erp_unit
    ratio = Fraction(1) if same else quantity_ratio(line.erp_unit, part, facts)
    return None if ratio is None else Fraction(line.quantity) * ratio


def part_findings(line: Any, position: int, facts: Facts) -> Iterator[Finding]:
    """STK-03 quantity, IMP-05 unknown part, IMP-06 unit, STK-04 not mapped (a warning: the line is kept)."""
    if line.quantity is not None and line.quantity <= 0:
        yield error("STK-03", "数量须大于0", "quantity", position, table="lines")
    part = facts.index(Part, Part.part_no).get(line.part_no)
    if part is None:
        yield error("IMP-05", f"料号 {line.part_no} 不在料号档案中", "part_no", position, table="lines")
        return
    if line.quantity is not None and own_unit(line, facts) is None:
        text = f"企业单位 {line.erp_unit} 与料号档案的企业单位 {part.erp_unit} 不一致且不能换算"
        yield error("IMP-06", text, "erp_unit", position, table="lines")
    if part.goods_kind != "S" and not _mapped(line.part_no, facts):
        yield note("STK-04", "料号未归并, 不计入项号级结果", "part_no", position, table="lines")


def _mapped(part_no: str, facts: Facts) -> bool:
    """Tell whether a part belongs to an item of a book the enterprise has; rows of other books do not count."""
    books = {"", *(book.record_no for book in facts.find(Account, copy="approved"))}
    rows = facts.groups(ConsolidationMap, ConsolidationMap.part_no).get(part_no, ())
    return any(row.active in (None, True) and (row.record_no or "") in books for row in rows)
