"""Ties the source to the rows of a draft: compare, choose, take over, and see each source row's row in the book."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from bondesk.base.change import Candidate, Comparison, Counted
from bondesk.base.findings import Finding
from bondesk.desktop.form_work import in_act, sentence
from bondesk.desktop.source_pane import SourcePane
from bondesk.engine import changing
from bondesk.engine.act import Act
from bondesk.engine.line_query import LineQuery, line_place

if TYPE_CHECKING:
    from bondesk.desktop.change_rows import ChangeRows


class Extracting(QObject):
    """The source side of one table of a draft."""

    def __init__(self, rows: ChangeRows) -> None:
        """Stand left of ``rows``, hidden until asked for."""
        super().__init__(rows)
        self._rows = rows
        self._generation = 0
        table = rows.table
        self.pane = SourcePane(table.key, rows.changed.source, table.fields, rows.model.text, rows.sides)
        self.pane.hide()
        #: Says which rows of other tables must be stored first.
        self.why_unsaved: Callable[[], str] = lambda: ""
        self.pane.looked.connect(self._looked)
        self.pane.extract.connect(self.extract)
        self.pane.cancelled.connect(self._cancel)
        self.pane.closed.connect(self.close)

    def why_not(self) -> str:
        """Return why nothing can be extracted now."""
        return self._rows.why_locked() or self.why_unsaved()

    def why_not_extract(self) -> str:
        """Return why the chosen rows cannot be taken over now."""
        if not self.pane.isVisibleTo(self._rows):
            return "请先点「提取」与来源比较"
        return self.why_not() or ("" if self.pane.model.chosen() else "没有勾选任何行")

    def open(self) -> None:
        """Compare the source with the draft, and show it."""
        if not self.pane.isVisibleTo(self._rows):
            width = self._rows.sides.width()
            self.pane.show()
            self._rows.sides.setSizes([width * 9 // 20, width - width * 9 // 20])
        self.pane.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._compare()

    def close(self) -> None:
        """Hide the source."""
        self._generation += 1
        self.pane.stop_waiting()
        self.pane.hide()
        self._rows.model.highlight(frozenset(), -1)
        self._rows.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._rows.bound.refresh()

    def refresh(self) -> None:
        """Compare again after the rows have changed, as long as the source is shown."""
        if self.pane.isVisibleTo(self._rows):
            self._compare()

    def _compare(self) -> None:
        self._generation += 1
        generation, rows = self._generation, self._rows
        document, key, document_id = rows.deeds.document, rows.table.key, rows.deeds.base().id
        if document_id is None:
            return
        self.pane.wait()

        def done(comparison: Comparison) -> None:
            if generation == self._generation:
                self.pane.show_comparison(comparison)
                rows.bound.refresh()

        def failed(problem: Exception) -> None:
            if generation == self._generation:
                self.pane.stop_waiting(f"比较没有完成：{sentence(problem)}")

        in_act(rows.context, self, lambda act: changing.compare(act, document, document_id, key), done, failed)

    def _cancel(self) -> None:
        """Do not wait for the answer any longer."""
        self._generation += 1
        self.pane.stop_waiting("已取消比较；按 Ctrl+E 重新比较")

    def extract(self) -> None:
        """Take the ticked rows over."""
        rows = self._rows
        if why := self.why_not_extract():
            rows.context.show_message(why)
            return
        document, key, keys = rows.deeds.document, rows.table.key, self.pane.model.chosen()

        def work(act: Act, document_id: int, revision: int) -> Counted:
            return changing.extract(act, document, document_id, key, keys, revision)

        def failed(found: Sequence[Finding]) -> None:
            self.pane.stop_waiting()
            rows.refused("提取", found)

        self.pane.wait()
        rows.deeds.order(work, partial(rows.tell, "提取"), failed)

    def _looked(self, candidate: Candidate | None) -> None:
        """Bring the row a source row belongs to into sight and make the cells stand out that differ."""
        rows = self._rows
        if candidate is None or candidate.line_id is None or rows.strip.dirty:
            rows.model.highlight(frozenset(), -1)
            return
        keys, line_id, query = frozenset(candidate.before), candidate.line_id, rows.model.query
        document, key = rows.deeds.document, rows.table.key

        def done(place: int | None) -> None:
            if self.pane.candidate() is not candidate:
                return
            if place is None and query != LineQuery():
                rows.chips.clear()
                rows.entry.then = lambda: self._looked(candidate)
                rows.filter()
            elif place is not None:
                rows.show_row(place, next((rows.model.column(one) for one in candidate.before), -1))
                rows.model.highlight(keys, place)

        rows.deeds.look(lambda act, header: line_place(act, document, header, key, query, line_id), done)
