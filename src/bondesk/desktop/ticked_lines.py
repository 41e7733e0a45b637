"""Lines that are ticked instead of typed: rights of a 权限组, groups of a user; the same model, another face."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bondesk.base.documents import LineTable, Offer
from bondesk.desktop.context import DeskContext
from bondesk.desktop.line_grid import LineGrid
from bondesk.desktop.offer_dialog import apply_ticks, ask_offers
from bondesk.desktop.offered_lines import Taken, stranger_title, taken
from bondesk.desktop.tick_tree import TickTree


class TickedLines(LineGrid):
    """A line table shown as a tree of ticks. Offers are asked anew whenever another draft is shown."""

    def __init__(self, context: DeskContext, table: LineTable, stack: QUndoStack, parent: QWidget) -> None:
        """Tick the lines of ``table``; every tick goes onto ``stack``."""
        super().__init__(context, table, stack, parent)
        for child in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            child.hide()
        self._offers: Sequence[Offer] = ()
        self._strangers: tuple[str, ...] = ()
        self.ticks = TickTree(table.key, table.quick, self)
        self.view.setFocusProxy(self.ticks.tree)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, self.ticks, 1)
        self.ticks.wanted.connect(self._wanted)
        self.model.edited.connect(self.show_lines)
        self.model.modelReset.connect(self._ask)

    def _ask(self) -> None:
        self.show_lines()
        ask_offers(self._context, self, self.table, self.head(), self.show_offers)

    def show_offers(self, offers: Sequence[Offer]) -> None:
        """Show what may be ticked."""
        if list(offers) != list(self._offers):
            self._offers = offers
            self._build()

    def _build(self) -> None:
        self._strangers = self._unknown(taken(self.table, self._offers, self.model.lines))
        self.ticks.show_offers(self._offers, self._strangers)
        self.show_lines()

    def _unknown(self, held: Taken) -> tuple[str, ...]:
        return tuple(stranger_title(self.table, self.model.lines[row]) for row in held.strangers)

    def show_lines(self) -> None:
        """Tick what is there; a line no offer has gets a leaf of its own under 未知."""
        if not self._offers:
            return
        held = taken(self.table, self._offers, self.model.lines)
        known = len(self._offers)
        self.ticks.show_ticks({*held.rows, *range(known, known + len(held.strangers))})
        if self._unknown(held) != self._strangers:
            # Built anew a moment later: the leaf that was clicked must outlive its click.
            QTimer.singleShot(0, self, self._build)

    def _wanted(self, wanted: Mapping[int, bool]) -> None:
        if self.model.editable:
            apply_ticks(self.model, self._offers, taken(self.table, self._offers, self.model.lines), wanted)

    def set_editable(self, editable: bool) -> None:
        """Let ticks be changed, or only looked at."""
        super().set_editable(editable)
        self.ticks.set_editable(editable)

    def append(self) -> None:
        """Go into the tree: lines come by ticking."""
        self.ticks.tree.setFocus(Qt.FocusReason.TabFocusReason)

    def show_place(self, row: int, key: str) -> None:
        """Go to the leaf of the line a finding is about."""
        held = taken(self.table, self._offers, self.model.lines)
        places = {line: place for place, rows in held.rows.items() for line in rows}
        places |= {line: len(self._offers) + number for number, line in enumerate(held.strangers)}
        if row in places:
            self.ticks.go_to(places[row])


def lines_widget(context: DeskContext, table: LineTable, stack: QUndoStack, parent: QWidget) -> LineGrid:
    """Return what a form shows the lines of ``table`` in."""
    kind = TickedLines if table.offers is not None and table.ticked else LineGrid
    return kind(context, table, stack, parent)
