"""How a table lies on pages: upright or across, how small its letters are, which columns stand beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bondesk.adapters.paper.fonts import PaperFont
from bondesk.base.columns import PLACES, Kind
from bondesk.base.sheets import ColumnLook

#: A4 in points, the margins, and the sizes letters are written in.
A4 = (595.28, 841.89)
MARGIN = 30.0
SIZE, SMALLEST = 8.0, 6.0
#: Air at both sides of a cell, in letters of its size.
AIR = 0.4
#: A text column wider than this many Chinese letters is broken into lines.
_WIDEST = 16
_NARROWEST = 2.6
#: What keeps a text as wide as its column from being broken for the last bit of a fraction.
_SLACK = 0.1
#: Columns stretch to fill the page, but no more than by this.
_STRETCH = 1.6


@dataclass(frozen=True, slots=True)
class PagePlan:
    """A page size, the size of letters, the width of every column, and the columns of each page side by side.

    Columns that do not fit on one page go on the next; the first few, which name the row, are repeated there.
    """

    page: tuple[float, float]
    size: float
    widths: tuple[float, ...]
    bands: tuple[tuple[int, ...], ...]

    @property
    def room(self) -> float:
        """Return the width between the margins."""
        return self.page[0] - 2 * MARGIN

    def stretch(self, band: Sequence[int]) -> float:
        """Return by how much the columns of one page are wider than planned, so that they fill it."""
        return min(self.room / sum(self.widths[place] for place in band), _STRETCH) if band else 1.0


def is_number(kind: str) -> bool:
    """Tell whether values of a kind stand to the right."""
    return kind in PLACES or kind == Kind.INTEGER


def planned(font: PaperFont, columns: Sequence[ColumnLook], rows: Sequence[Sequence[str]]) -> PagePlan:
    """Plan pages for ``columns`` by the texts of the first ``rows``."""
    natural = [_natural(font, look, [row[place] for row in rows]) for place, look in enumerate(columns)]
    upright, across = A4, (A4[1], A4[0])
    whole = sum(natural)
    if whole <= upright[0] - 2 * MARGIN:
        return _one(upright, natural, SIZE)
    room = across[0] - 2 * MARGIN
    if whole * SMALLEST / SIZE <= room:
        size = min(SIZE, SIZE * room / whole)
        return _one(across, [width * size / SIZE for width in natural], size)
    size = SMALLEST + 0.5
    return _side_by_side(across, columns, [width * size / SIZE for width in natural], size)


def _natural(font: PaperFont, look: ColumnLook, texts: Sequence[str]) -> float:
    """Return how wide a column wants to be at full size: its numbers whole, its texts within reason."""
    title = font.width(look.heading, SIZE)
    widest = max((font.width(text, SIZE) for text in texts), default=0.0)
    if not is_number(look.kind):
        widest = min(widest, _WIDEST * SIZE)
    if look.kind in (Kind.TEXT, Kind.MEMO):  # longer ones may follow
        widest = max(widest, min(look.width / 2, _WIDEST) * SIZE)
    least = max(_NARROWEST * SIZE, title / 2 + 1 if len(look.heading) > 4 else title)  # a long heading takes two lines
    return max(widest, least) + 2 * AIR * SIZE + _SLACK


def _one(page: tuple[float, float], widths: Sequence[float], size: float) -> PagePlan:
    stretch = min((page[0] - 2 * MARGIN) / sum(widths), _STRETCH) if widths else 1.0
    return PagePlan(page, size, tuple(width * stretch for width in widths), (tuple(range(len(widths))),))


def _side_by_side(
    page: tuple[float, float], columns: Sequence[ColumnLook], widths: list[float], size: float
) -> PagePlan:
    room = page[0] - 2 * MARGIN
    widths = [min(width, room / 2) for width in widths]
    names = _naming(columns, widths, room * 0.4)
    bands: list[tuple[int, ...]] = []
    band, used = list(names), sum(widths[place] for place in names)
    for place in range(len(names), len(columns)):
        if used + widths[place] > room and len(band) > len(names):
            bands.append(tuple(band))
            band, used = list(names), sum(widths[one] for one in names)
        band.append(place)
        used += widths[place]
    return PagePlan(page, size, tuple(widths), (*bands, tuple(band)))


def _naming(columns: Sequence[ColumnLook], widths: Sequence[float], room: float) -> tuple[int, ...]:
    """Return the leading columns that name a row: up to the first figure, as far as there is room."""
    names: list[int] = []
    for place, look in enumerate(columns):
        if look.kind in PLACES or sum(widths[: place + 1]) > room:
            break
        names.append(place)
    return tuple(names)
