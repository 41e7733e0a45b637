"""The sheet 说明 of an exported report: the derivation of figures as indented rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bondesk.base.explanation import Explanation
from bondesk.base.reports import Report
from bondesk.base.steps import Progress
from bondesk.engine import reporting
from bondesk.engine.act import Act

#: Figures that are explained in one workbook; the sheet says so when there are more.
MOST_FIGURES = 200
_HEADINGS = ("来历", "数值", "说明")
_INDENT = "　　"


@dataclass(frozen=True, slots=True)
class Told:
    """What is explained: cells (row key, column key) of a report run with ``options``, or what already was."""

    options: Any = None
    cells: tuple[tuple[str, str], ...] = ()
    shown: tuple[Explanation, ...] = ()


def explained_rows(act: Act, report: Report, told: Told) -> Iterator[Sequence[Any] | Progress]:
    """Give the rows of the sheet, each figure after an empty row; nothing when nothing is to be explained."""
    if not told.cells and not told.shown:
        return
    yield _HEADINGS
    for one in told.shown:
        yield from _rows(one, 0)
    cells = told.cells[:MOST_FIGURES]
    for done, (row, column) in enumerate(cells):
        yield Progress(done, len(cells), f"正在说明 {row} 的来历")
        yield from _rows(reporting.explain(act, report, told.options, row, column), 0)
        yield ()
    if len(told.cells) > MOST_FIGURES:
        yield (f"共 {len(told.cells)} 个数字，只说明了前 {MOST_FIGURES} 个；请少选一些行", "", "")


def _rows(one: Explanation, depth: int) -> Iterator[Sequence[Any]]:
    yield (_INDENT * depth + one.title, one.value, one.reason)
    for part in one.parts:
        yield from _rows(part, depth + 1)
