"""Exact attribution: why the stock and the book differ, split in one fixed order (decision 0032). Pure.

Each step applies one more correction to what was computed before, and its part is the change of the difference; what
is left after the last is unexplained. The parts therefore sum to the difference exactly, to the last digit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from bondesk.ledger.consumption import ZERO

#: The steps in their order, with their words; documented for the user in the help of 差异归因.
STEPS: Mapping[str, str] = {
    "unmatched": "未对应单据",
    "timing": "时间差",
    "rounding": "单位换算与舍入",
    "version": "单耗版本",
    "outsourced": "外发库存",
    "scrap": "边角料",
    "count_class": "盘点类别",
}
UNEXPLAINED = "未解释"


@dataclass(frozen=True, slots=True)
class Split:
    """The difference of one material: its parts in the order of the steps, and what no step explains."""

    item_no: int
    total: Decimal
    parts: tuple[Decimal, ...]
    unexplained: Decimal

    @property
    def bars(self) -> tuple[Decimal, ...]:
        """Return everything that is drawn; the sum is ``total``."""
        return (*self.parts, self.unexplained)


def telescoped(differences: Sequence[Mapping[int, Decimal]]) -> list[Split]:
    """Split the first difference by how each further correction changes it, material by material.

    ``differences[0]`` is before any correction, ``differences[n]`` after the first n. A material missing in one is 0.
    """
    items = sorted({item for one in differences for item in one})
    splits = []
    for item in items:
        values = [one.get(item, ZERO) for one in differences]
        parts = tuple(before - after for before, after in pairwise(values))
        splits.append(Split(item, values[0], parts, values[-1]))
    return splits
