"""The lower part of 数据更新: what is on offer with its ticks, or what became of the copies of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from bondesk.desktop.download_tables import offered_table, result_table
from bondesk.desktop.step_table import StepTable
from bondesk.engine.download_port import OfferedCopy
from bondesk.engine.download_runs import Item, Run


class DownloadBody(QStackedWidget):
    """Two tables, one in sight. ``changed`` after ticks, selection or table changed; ``wanted`` on a double click."""

    changed = Signal()
    wanted = Signal()

    def __init__(self, titles: Mapping[str, str], parent: QWidget) -> None:
        """Show an empty list; ``titles`` names the kinds."""
        super().__init__(parent)
        self.setObjectName("download_body")
        self._titles = dict(titles)
        self.copies: Sequence[OfferedCopy] = ()
        self.run: Run | None = None
        self.results: StepTable | None = None
        self.offered = self._take(None, offered_table((), self._titles, self))

    def _take(self, former: StepTable | None, table: StepTable) -> StepTable:
        if former is not None:
            self.removeWidget(former)
            former.deleteLater()
        self.addWidget(table)
        self.setCurrentWidget(table)
        table.model.ticking.connect(self.changed)
        table.view.doubleClicked.connect(lambda _index: self.wanted.emit())
        table.view.selectionModel().selectionChanged.connect(lambda _on, _off: self.changed.emit())
        if table.model.rowCount():
            table.view.selectRow(0)
            table.view.setFocus()
        return table

    def show_offered(self, copies: Sequence[OfferedCopy]) -> None:
        """List what is on offer, nothing ticked."""
        self.copies = copies
        self.offered = self._take(self.offered, offered_table(copies, self._titles, self))
        self.changed.emit()

    def show_results(self, run: Run) -> None:
        """List what became of the copies of a run."""
        self.run = run
        self.results = self._take(self.results, result_table(run.items, self))
        self.changed.emit()

    @property
    def listing(self) -> bool:
        """Tell whether what is on offer is in sight."""
        return self.currentWidget() is self.offered

    @property
    def ticked(self) -> list[OfferedCopy]:
        """Return the ticked copies, in the order of the list."""
        return [self.copies[one] for one in sorted(self.offered.model.ticked or ())]

    def tick_all(self) -> None:
        """全选: tick every row shown."""
        self.setCurrentWidget(self.offered)
        self.offered.model.tick_all(ticked=True)

    def switch(self) -> None:
        """Show the other table."""
        here = self.results if self.listing else self.offered
        if here is not None:
            self.setCurrentWidget(here)
            here.view.setFocus()
        self.changed.emit()

    @property
    def marked(self) -> Item | None:
        """Return the copy under the cursor of the results."""
        if self.listing or self.results is None or self.run is None:
            return None
        index = self.results.view.currentIndex()
        return self.run.items[self.results.model.rows[index.row()]] if index.isValid() else None
