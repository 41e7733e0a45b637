"""Long sequences in parts: a statement takes only so many values, and progress is told between them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

#: Values a statement may name at once on every database, with room for others beside them.
AT_ONCE = 500


def batches(items: Sequence[T], size: int = AT_ONCE) -> Iterator[Sequence[T]]:
    """Yield ``items`` in their order, ``size`` at a time.

    >>> list(batches([1, 2, 3], 2)), list(batches(""))
    ([[1, 2], [3]], [])
    """
    for start in range(0, len(items), size):
        yield items[start : start + size]
