"""A table as PDF pages: rows streamed a page at a time, headings repeated, figures whole, totals below.

Rows wait until the first few are there, which say how wide columns must be; after that one page is kept at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bondesk.adapters.paper.fonts import paper_font
from bondesk.adapters.paper.page_plan import AIR, MARGIN, PagePlan, is_number, planned
from bondesk.adapters.paper.pages import BAD, BAND, LINE, TEXT, Pages
from bondesk.base.cell_words import shown_value
from bondesk.base.columns import PLACES, Kind
from bondesk.base.sheets import ColumnLook, TableHead

_SAMPLE = 300
_LEADING = 1.3


@dataclass(frozen=True, slots=True)
class _Row:
    """A row ready to be drawn: the lines of every cell, its height, which cells are below 0."""

    cells: list[list[str]]
    height: float
    negative: frozenset[int]
    last: bool = False


class PaperTable:
    """A table on pages; see :class:`bondesk.engine.ports.TableWriter`."""

    def __init__(self, path: Path, title: str, columns: Sequence[ColumnLook], head: TableHead, mark: str = "") -> None:
        """Begin beside ``path``; ``mark`` lies behind every page. ``EXP-07`` without a font."""
        self._font = paper_font()
        self._columns, self._places = columns, [PLACES.get(Kind(column.kind)) for column in columns]
        self._numbers = [is_number(column.kind) for column in columns]
        self._pages = Pages(path, title, head, mark, self._font)
        self._waiting: list[tuple[list[str], frozenset[int], bool]] = []
        self._plan: PagePlan | None = None
        self._rooms: list[float] = []
        self._heading = _Row([], 0, frozenset())
        self._page: list[_Row] = []
        self._left = 0.0
        self._word = ""
        self._first = True

    def add(self, row: Sequence[object]) -> None:
        """Write one more row."""
        self._take(row, last=False)

    def add_total(self, row: Sequence[object]) -> None:
        """Write the row of sums."""
        self._take(row, last=True)

    def add_aside(self, name: str, row: Sequence[object]) -> None:
        """Leave it out: pages have one table."""

    def _take(self, row: Sequence[object], *, last: bool) -> None:
        texts = [shown_value(value, places) for value, places in zip(row, self._places, strict=True)]
        below = frozenset(place for place, text in enumerate(texts) if self._numbers[place] and text.startswith("-"))
        if self._plan is None:
            self._waiting.append((texts, below, last))
            if len(self._waiting) >= _SAMPLE:
                self._begin()
            return
        self._place(texts, below, last=last)

    def _begin(self) -> PagePlan:
        """Plan the pages by the rows that wait, and place these."""
        plan = planned(self._font, self._columns, [texts for texts, *_ in self._waiting])
        self._plan, size = plan, plan.size
        self._rooms = [width - 2 * AIR * size for width in plan.widths]
        titles = [
            self._font.balanced(column.heading, size, room)
            for column, room in zip(self._columns, self._rooms, strict=True)
        ]
        self._heading = _Row(titles, self._height(titles), frozenset())
        self._left = self._body(plan)
        for texts, below, last in self._waiting:
            self._place(texts, below, last=last)
        self._waiting = []
        return plan

    def _height(self, cells: Sequence[Sequence[str]]) -> float:
        assert self._plan is not None
        return (max((len(lines) for lines in cells), default=1) * _LEADING + 0.5) * self._plan.size

    def _body(self, plan: PagePlan) -> float:
        """Return how high the rows of the next page may be together."""
        return self._pages.top(plan, first=self._first) - MARGIN - self._heading.height

    def _place(self, texts: list[str], below: frozenset[int], *, last: bool) -> None:
        plan = self._plan
        assert plan is not None
        cells = [
            [text]
            if self._numbers[place] or self._font.width(text, plan.size) <= self._rooms[place]
            else self._font.wrapped(text, plan.size, self._rooms[place])
            for place, text in enumerate(texts)
        ]
        most = int((self._body(plan) / plan.size - 0.5) / _LEADING)
        if any(len(lines) > most for lines in cells):  # longer than a page
            cells = [[*lines[: most - 1], f"{lines[most - 1]}…"] if len(lines) > most else lines for lines in cells]
        height = self._height(cells)
        if height > self._left and self._page:
            self._flush(plan)
        self._page.append(_Row(cells, height, below, last))
        self._left -= height

    def _flush(self, plan: PagePlan, *, end: bool = False) -> float:
        """Draw the page, or the pages side by side; return where the last one stops. ``end`` leaves it open."""
        top, bands, word = 0.0, plan.bands, ""
        for number, band in enumerate(bands, 1):
            top = self._draw(plan, band)
            word = f"左右第 {number} 张，共 {len(bands)} 张" if len(bands) > 1 else ""
            if not (end and number == len(bands)):
                self._pages.end(plan, word)
        self._word = word
        self._page, self._first = [], False
        self._left = self._body(plan)
        return top

    def _draw(self, plan: PagePlan, band: Sequence[int]) -> float:
        canvas, top = self._pages.canvas, self._pages.begin(plan, first=self._first)
        wider, heading = plan.stretch(band), self._heading.height
        width = wider * sum(plan.widths[place] for place in band)
        canvas.setFillColor(BAND)
        canvas.rect(MARGIN, top - heading, width, heading, stroke=0, fill=1)
        self._draw_row(plan, band, self._heading, top, wider, bold=True)
        top -= heading
        canvas.setLineWidth(0.4)
        canvas.setStrokeColor(LINE)
        lines = [(MARGIN, top, MARGIN + width, top)]
        for row in self._page:
            self._draw_row(plan, band, row, top, wider, bold=row.last)
            top -= row.height
            lines.append((MARGIN, top, MARGIN + width, top))
        canvas.setLineWidth(0.4)
        canvas.setStrokeColor(LINE)
        canvas.lines(lines)
        return top

    def _draw_row(
        self, plan: PagePlan, band: Sequence[int], row: _Row, top: float, wider: float, *, bold: bool
    ) -> None:
        pages, size, x = self._pages, plan.size, MARGIN
        canvas, air, base = pages.canvas, AIR * plan.size, top - plan.size * 1.15
        canvas.setFillColor(TEXT)
        for place in band:
            lines = row.cells[place]
            if row.negative and place in row.negative:
                canvas.setFillColor(BAD)
            if self._numbers[place]:
                self._draw_right(lines, x + plan.widths[place] * wider - air, base, place, size, bold=bold)
            else:
                for number, line in enumerate(lines):
                    if line:
                        pages.text(x + air, base - number * size * _LEADING, line, size, bold=bold)
            if row.negative and place in row.negative:
                canvas.setFillColor(TEXT)
            x += plan.widths[place] * wider

    def _draw_right(
        self, lines: Sequence[str], edge: float, base: float, place: int, size: float, *, bold: bool
    ) -> None:
        """Draw figures to the right edge, smaller where the column was planned for shorter ones: never cut."""
        for number, line in enumerate(lines):
            if line:
                width = self._font.width(line, size)
                shrunk = min(1.0, self._rooms[place] / width) if width else 1.0
                y = base - number * size * _LEADING
                self._pages.text(edge - width * shrunk, y, line, size * shrunk, bold=bold)

    def close(self) -> None:
        """Finish the pages: the notes below the last row, then the file."""
        plan = self._plan or self._begin()
        top = self._flush(plan, end=True)
        written = self._pages.number
        self._pages.notes(plan, top - 4)
        self._pages.end(plan, self._word if self._pages.number == written else "")
        self._pages.close()

    def drop(self) -> None:
        """Give the table up; nothing is on disk yet but what another program left."""
        self._pages.drop()
