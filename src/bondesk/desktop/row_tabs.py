"""The windows of rows of one form: a tab each behind the head, which is a tab itself, and one set of acts for all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QTabWidget, QWidget

from bondesk.base.documents import DocumentType
from bondesk.desktop.change_rows import ChangeRows
from bondesk.desktop.context import DeskContext
from bondesk.desktop.draft_files import TypedRow
from bondesk.desktop.row_deeds import RowDeeds
from bondesk.engine.drafts import Draft


class RowTabs(QObject):
    """The windows by table key; empty for documents whose lines are typed into the draft."""

    def __init__(
        self, context: DeskContext, document: DocumentType, base: Callable[[], Draft], tabs: QTabWidget
    ) -> None:
        """Make a window for every windowed table of ``document``."""
        super().__init__(tabs)
        self._tabs = tabs
        self.deeds = RowDeeds(context, document, base, self)
        windowed = [table for table in document.lines if table.windowed]
        self.windows = {table.key: ChangeRows(context, table, self.deeds, pages_of(tabs)) for table in windowed}
        for window in self:
            if window.source is not None:
                window.source.why_unsaved = partial(self._why_unsaved, window)
        self._last = next(iter(self.windows.values()), None)
        self.deeds.acted.connect(self._acted)
        tabs.currentChanged.connect(self._turned)

    def __iter__(self) -> Iterator[ChangeRows]:
        """Iterate in the order of the tabs."""
        return iter(self.windows.values())

    def __bool__(self) -> bool:
        """Tell whether there is any window."""
        return bool(self.windows)

    def _why_unsaved(self, window: ChangeRows) -> str:
        """Consumption waits for the goods it refers to; materials and products wait for nothing but their head."""
        for key in window.changed.after:
            if self.windows[key].strip.dirty:
                return f"「{self.windows[key].table.title}」有一行尚未确认，请先确认或放弃"
        return ""

    def add(self, head: QScrollArea) -> None:
        """Rows by the hundred thousand want the whole height: the head is a tab before them."""
        if self:
            self._tabs.addTab(head, "表头")
        for window in self:
            self._tabs.addTab(window, window.table.title)

    def _turned(self, _place: int) -> None:
        shown = self._tabs.currentWidget()
        if isinstance(shown, ChangeRows):
            shown.bound.refresh()

    def _acted(self) -> None:
        """Follow an act on rows: goods take their consumption along."""
        for window in self:
            if window is not self._tabs.currentWidget():
                window.reload()

    def show_document(self) -> None:
        """Show the rows of the document of the form."""
        for window in self:
            window.show_document()

    def set_editable(self, reason: str) -> None:
        """Let rows be changed, or grey them because of ``reason``."""
        for window in self:
            window.set_editable(reason)

    def unstored(self) -> ChangeRows | None:
        """Return the window with a row that was typed and not confirmed."""
        return next((window for window in self if window.strip.dirty), None)

    def bring_back(self, typed: Mapping[str, TypedRow]) -> None:
        """Put rows that were typed and not confirmed back; the last of them is in sight."""
        for key, row in typed.items():
            if key in self.windows:
                self._tabs.setCurrentWidget(self.windows[key])
                self.windows[key].entry.bring_back(row)

    def forget(self) -> None:
        """Give up what is typed and not confirmed."""
        for window in self:
            window.entry.forget()

    def go_in(self) -> bool:
        """Go to the rows looked at last; False when there are none."""
        if self._last is None:
            return False
        self._tabs.setCurrentWidget(self._last)
        self._last.enter()
        return True

    def go_out(self, shown: QWidget | None, head: QScrollArea) -> bool:
        """Go back to the head when ``shown`` is a window."""
        if not isinstance(shown, ChangeRows):
            return False
        self._last = shown
        self._tabs.setCurrentWidget(head)
        return True


def pages_of(tabs: QTabWidget) -> QWidget:
    """Return what holds the pages of ``tabs``: a page made in it is not moved, and so not styled twice."""
    return tabs.findChild(QStackedWidget) or tabs
