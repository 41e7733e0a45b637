"""企业内部编号 of generated notes and declarations, every series of a run drawn in one statement (handbook 0.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from bondesk.base.facts import Work


class InternalNumbers:
    """Numbers ``{I|E}{yyMMdd}{4 digits}`` for the documents of one run."""

    def __init__(self, work: Work, document_key: str, wanted: Iterable[tuple[str, date]]) -> None:
        """Draw one number per (direction, day) in ``wanted``."""
        counts = Counter(_series(ie_flag, day) for ie_flag, day in wanted)
        self._next = {series: work.draw(f"{document_key}/{series}", count) for series, count in counts.items()}

    def next(self, ie_flag: str, day: date) -> str:
        """Return the next number of a direction and day; ``KeyError`` when none was wanted."""
        series = _series(ie_flag, day)
        number = self._next[series]
        self._next[series] += 1
        return f"{series}{number:04d}"


def _series(ie_flag: str, day: date) -> str:
    return f"{ie_flag}{day:%y%m%d}"
