"""Rows of a list of any length, fetched page by page through the lane as they come into sight."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from bondesk.desktop.background import while_alive
from bondesk.desktop.lane import Lane
from bondesk.engine.act import Act

PAGE_ROWS = 200
#: Pages kept in memory; the least recently painted go first.
KEPT_PAGES = 40
#: Pages worth fetching when the user scrolls fast: what was passed by long ago is forgotten.
WANTED_PAGES = 4
#: Milliseconds the view may come to rest before pages are asked for.
SETTLE_MS = 25
#: (act, offset, limit, rows there are in all) → rows.
Fetch = Callable[[Act, int, int, int], Sequence[Any]]


class PagedRows(QObject):
    """A cache of pages, the least recently painted forgotten first.

    ``arrived`` brings the first and the last row of a page that came in, ``failed`` the exception.
    """

    arrived = Signal(int, int)
    failed = Signal(object)

    def __init__(self, lane: Lane, parent: QObject) -> None:
        """Hold nothing until :meth:`replace`."""
        super().__init__(parent)
        self._lane = lane
        self.count = 0
        self._fetch: Fetch = lambda _act, _offset, _limit, _total: ()
        self._generation = 0
        self._pages: OrderedDict[int, Sequence[Any]] = OrderedDict()
        self._wanted: OrderedDict[int, None] = OrderedDict()
        self._asked: int | None = None
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._ask)

    def replace(self, fetch: Fetch, count: int, first: int, rows: Sequence[Any]) -> None:
        """Hold other rows: ``count`` in all, page number ``first`` of them at hand."""
        self._generation += 1
        self._fetch, self.count, self._asked = fetch, count, None
        self._wanted.clear()
        self._pages.clear()
        if rows:
            self._pages[first] = rows

    def grow(self, count: int) -> None:
        """Learn that there are more rows than were known when they were replaced."""
        self.count = max(self.count, count)

    def forget(self) -> None:
        """Drop the pages in memory: what is painted is asked for again."""
        self._pages.clear()

    def peek(self, row: int) -> Any:
        """Return a row if its page is here, else None; nothing is fetched."""
        rows = self._pages.get(row // PAGE_ROWS)
        offset = row % PAGE_ROWS
        return rows[offset] if rows is not None and offset < len(rows) else None

    def look(self, row: int) -> Any:
        """Return a row if its page is here; else ask for it and return None."""
        found = self.peek(row)
        if found is None:
            self._want(row // PAGE_ROWS)
        else:
            self._pages.move_to_end(row // PAGE_ROWS)
        return found

    def _want(self, number: int) -> None:
        if number == self._asked:
            return
        self._wanted.pop(number, None)
        self._wanted[number] = None
        while len(self._wanted) > WANTED_PAGES:
            self._wanted.popitem(last=False)
        if self._asked is None and not self._settle.isActive():
            self._settle.start()

    def _ask(self) -> None:
        """Fetch the page wanted last: it is the one the user looks at."""
        if not self._wanted or self._asked is not None:
            return
        number, _ = self._wanted.popitem()
        self._asked = number
        generation, fetch, total = self._generation, self._fetch, self.count

        def done(rows: Sequence[Any]) -> None:
            if generation == self._generation:
                self._keep(number, rows)

        def failed(problem: Exception) -> None:
            if generation == self._generation:
                self._asked = None
                self.failed.emit(problem)

        self._lane.act(
            lambda act: fetch(act, number * PAGE_ROWS, PAGE_ROWS, total),
            while_alive(self, done),
            while_alive(self, failed),
        )

    def _keep(self, number: int, rows: Sequence[Any]) -> None:
        self._asked = None
        self._pages[number] = rows
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)
        self.arrived.emit(number * PAGE_ROWS, min((number + 1) * PAGE_ROWS, self.count) - 1)
        self._ask()
