"""Asks for the totals of a list and of what is selected in it, off the UI thread, the latest question only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from bondesk.base.documents import DocumentType
from bondesk.desktop.background import while_alive
from bondesk.desktop.lane import Lane
from bondesk.desktop.list_selection import ListSelection
from bondesk.desktop.list_totals import TotalsBar
from bondesk.engine.act import Act
from bondesk.engine.query import PageRow, Query
from bondesk.engine.summing import Totals, totals

#: Milliseconds a selection may go on changing; rows whose sum is told.
_SETTLE_MS, _MOST_SELECTED = 250, 5000


class ListSums(QObject):
    """Fills the totals bar; ``selected`` brings the sentence about the selection ("" for none)."""

    selected = Signal(str)

    def __init__(self, document: DocumentType, lane: Lane, bar: TotalsBar, selection: ListSelection) -> None:
        """Count for ``bar``."""
        super().__init__(bar)
        self._document, self._lane, self._bar, self._selection = document, lane, bar, selection
        self._generation = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE_MS)
        self._timer.timeout.connect(self._add_selected)

    def count(self, query: Query) -> None:
        """Add up everything ``query`` finds."""
        self._generation += 1
        if self._bar.shown_measures():
            self._ask(lambda act: totals(act, self._document, query), self._bar.say)

    def selection_changed(self) -> None:
        """Add up the selection once it has settled."""
        self.selected.emit("")
        if self._selection.size > 1 and self._bar.shown_measures():
            self._timer.start()

    def _add_selected(self) -> None:
        size = self._selection.size
        if 1 < size <= _MOST_SELECTED:
            self._selection.with_rows(self._add_rows, lambda _problem: None)

    def _add_rows(self, rows: list[PageRow]) -> None:
        document, ids = self._document, [row.id for row in rows]

        def done(found: Totals) -> None:
            if self._selection.size == len(ids):
                self.selected.emit(self._bar.sentence(found))

        self._ask(lambda act: totals(act, document, Query(), ids), done)

    def _ask(self, work: Callable[[Act], Totals], done: Callable[[Totals], None]) -> None:
        generation = self._generation

        def answered(found: Totals) -> None:
            if generation == self._generation:
                done(found)

        self._lane.act(work, while_alive(self, answered), lambda _problem: None)
