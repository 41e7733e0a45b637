"""What follows from a typed head value: proposed for empty boxes, renewed where it followed from the former value.

A document or line table declares a ``fill`` and which cells follow from which (``fills``); what a user typed himself
is never touched. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bondesk.base.facts import Facts

#: (values of the head or row, key of the box just typed, facts) → values for boxes that follow from it.
HeadFill = Callable[[Mapping[str, Any], str, Facts], Mapping[str, Any]]
_EMPTY = (None, "")


def following(
    fill: HeadFill, targets: frozenset[str], values: Mapping[str, Any], key: str, before: Any, facts: Facts
) -> Mapping[str, Any]:
    """Return what boxes of ``targets`` get after ``key`` changed from ``before`` to what ``values`` holds.

    A box is free when it is empty, or holds exactly what followed from ``before``; a free box that nothing follows
    for any more is emptied.
    """
    bare = {name: None if name in targets else value for name, value in values.items()}
    stale = fill({**bare, key: before}, key, facts) if before not in _EMPTY else {}
    held = {name for name in targets if values.get(name) not in _EMPTY and values.get(name) == stale.get(name)}
    free = held | {name for name in targets if values.get(name) in _EMPTY}
    fresh = fill({**values, **dict.fromkeys(free)}, key, facts)
    if not fresh and held:
        return {}  # nothing is known of the new value: what stands there stays until something is
    found = {name: fresh.get(name) for name in free if fresh.get(name) not in _EMPTY}
    emptied = {name: "" if isinstance(values[name], str) else None for name in held - set(found)}
    return {**found, **emptied}
