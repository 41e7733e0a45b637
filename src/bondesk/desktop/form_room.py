"""How much of a form's height its lines must have: whatever the head wants, four of them stay in sight."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QTabWidget, QVBoxLayout, QWidget

from bondesk.desktop import style
from bondesk.desktop.line_grid import LineGrid

_LEAST_LINES = 4
#: Findings in sight below the lines.
FINDINGS = 2


def head_scroller(parent: QWidget) -> QScrollArea:
    """Return what the head scrolls in when it must; one row is its least height (Qt's own is two)."""
    scroller = QScrollArea(parent)
    scroller.setObjectName("form_scroll")
    scroller.setWidgetResizable(True)
    scroller.setFrameShape(QFrame.Shape.NoFrame)
    scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroller.setMinimumHeight(style.BOX_HEIGHT)
    return scroller


def head_room(height: int, wanted: int, tabs: QTabWidget, grids: Iterable[LineGrid]) -> int:
    """Return how high the head may be of ``height``: what it wants, as far as the lines leave it; it scrolls then."""
    return min(wanted, max(height - least_lines(tabs, grids), 3 * style.ROW_HEIGHT))


def least_lines(tabs: QTabWidget, grids: Iterable[LineGrid]) -> int:
    """Return how high tabs of line tables must be for four lines to be seen in each."""
    lines = max(lines_height(grid, _LEAST_LINES) for grid in grids)
    return tabs.tabBar().sizeHint().height() + lines + style.GAP + 4


def lines_height(grid: LineGrid, lines: int) -> int:
    """Return how high a grid is with its heading, so many lines, scroll bar and the row below."""
    view, layout = grid.view, grid.layout()
    assert isinstance(layout, QVBoxLayout)
    last = layout.itemAt(layout.count() - 1)
    margins, below = layout.contentsMargins(), last.sizeHint().height() if last is not None else 0
    rows = lines * view.verticalHeader().defaultSectionSize()
    frame = view.horizontalHeader().sizeHint().height() + view.horizontalScrollBar().sizeHint().height()
    return margins.top() + frame + 2 * view.frameWidth() + rows + layout.spacing() + below + margins.bottom()
