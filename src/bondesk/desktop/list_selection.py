"""What is selected in a list: rows at hand at once, rows far away fetched before something is done to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QObject

from bondesk.desktop.background import while_alive
from bondesk.desktop.clipboard_table import copy_table
from bondesk.desktop.lane import Lane
from bondesk.desktop.list_model import ListModel
from bondesk.desktop.list_view import ListView, size_of
from bondesk.engine.act import Act
from bondesk.engine.query import PageRow, page

#: Rows looked at to decide whether a command may run; a larger selection is decided by its first rows.
_LOOKED_AT = 500
_BATCH = 1000


class ListSelection(QObject):
    """The selection of one list view."""

    def __init__(self, view: ListView, model: ListModel, lane: Lane) -> None:
        """Read ``view`` over ``model``; fetch through ``lane``."""
        super().__init__(view)
        self._view, self.model, self._lane = view, model, lane

    @property
    def size(self) -> int:
        """Return how many rows are selected."""
        return size_of(self._view.selected_rows())

    def at_hand(self) -> list[PageRow]:
        """Return the first selected rows that are in memory."""
        found = []
        for number, row in enumerate(row for part in self._view.selected_rows() for row in part):
            if number == _LOOKED_AT:
                break
            here = self.model.peek(row)
            if here is not None:
                found.append(here)
        return found

    def current(self) -> PageRow | None:
        """Return the row under the cursor, or the first selected one."""
        row = self.model.peek(self._view.currentIndex().row()) if self._view.currentIndex().isValid() else None
        return row or next(iter(self.at_hand()), None)

    def with_rows(self, then: Callable[[list[PageRow]], object], failed: Callable[[Exception], None]) -> None:
        """Call ``then`` with every selected row, top down, fetching those that are not in memory."""
        ranges = self._view.selected_rows()
        here = [self.model.peek(row) for part in ranges for row in part]
        rows = [row for row in here if row is not None]
        if len(rows) == len(here):
            then(rows)
            return
        document, query = self.model.document, self.model.query

        def job(act: Act) -> list[PageRow]:
            return [row for start, length in _batches(ranges) for row in page(act, document, query, start, length)]

        def done(fetched: list[PageRow]) -> None:
            then(fetched)

        self._lane.act(job, while_alive(self, done), while_alive(self, failed))

    def copy(self, rows: Sequence[PageRow], *, headings: bool) -> None:
        """Put rows on the clipboard in the columns' order, as they are shown, numbers exact."""
        header, model = self._view.header, self.model
        order = [header.logicalIndex(place) for place in range(header.count())]
        titles = [model.columns[column].title for column in order] if headings else []
        texts = [[model.text(row, column) for column in order] for row in rows]
        copy_table(texts, [model.columns[column].right for column in order], titles)


def _batches(ranges: Sequence[range]) -> Iterator[tuple[int, int]]:
    for part in ranges:
        for start in range(part.start, part.stop, _BATCH):
            yield start, min(_BATCH, part.stop - start)
