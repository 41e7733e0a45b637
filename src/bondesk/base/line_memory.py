"""What was found out about a line that will not change any more: rules as you type ask again only about others."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

from bondesk.base.findings import Finding

T = TypeVar("T")


def remembered(find: Callable[..., T], line: Any, *context: Hashable) -> T:
    """Return ``find(line, *context)``; of a line with a memory it is found out once.

    ``find`` looks at nothing but the line's own values and ``context``. Stored lines have no memory: they may
    be written to at any time.
    """
    memory = getattr(line, "memory", None)
    if memory is None:
        return find(line, *context)
    key = (find, context)
    if key not in memory:
        memory[key] = find(line, *context)
    found: T = memory[key]
    return found


def placed(findings: Iterable[Finding], position: int, table: str) -> Iterator[Finding]:
    """Yield findings about a line as findings about line ``position`` of ``table``."""
    for finding in findings:
        yield replace(finding, line=position, table=table)
