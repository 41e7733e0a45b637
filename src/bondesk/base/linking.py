"""待关联: a copy of customs' that names another document which is not here yet, and is linked when that comes (18)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

WAITING, LINKED = "0", "1"
LINK_STATES = ((WAITING, "待关联"), (LINKED, "已关联"))


@dataclass(frozen=True, slots=True)
class Awaits:
    """``attribute`` holds the number of a document of one of the kinds ``parents``; ``state`` says whether it is here.

    The number is the first of the parent's number attributes; any copy of it will do, draft or formal.
    """

    attribute: Any
    state: Any
    parents: tuple[str, ...]
