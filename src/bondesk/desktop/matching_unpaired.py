"""未对应: drafts on the left, formal copies on the right, and below them where the two that are marked differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from bondesk.base.documents import DocumentType
from bondesk.base.findings import Finding, errors_in
from bondesk.base.matching import ComparedRow, Matching
from bondesk.desktop import style
from bondesk.desktop.background import while_alive
from bondesk.desktop.context import DeskContext
from bondesk.desktop.list_view import ListView
from bondesk.desktop.matching_tables import ValueModel, enter_table, value_table
from bondesk.desktop.summed_list import SummedModel
from bondesk.engine import matching as acts
from bondesk.engine.query import PageRow, Query

_SETTLE_MS = 150
TITLES = {"drafts": "草单", "formals": "正式单"}
_CHOOSE = "在左边选一张草单、右边选一张正式单，这里列出两张单的不同之处"


class Side(QWidget):
    """One list of unpaired papers with its heading."""

    failed = Signal(object)
    marked = Signal()

    def __init__(
        self, context: DeskContext, matching: Matching, document: DocumentType, name: str, parent: QWidget
    ) -> None:
        """Show nothing until :meth:`load`: the number, the columns of ``matching``, the sums."""
        super().__init__(parent)
        self.setObjectName(f"matching_{name}")
        title = TITLES[name]
        self._title, self._empty = title, f"没有未对应的{title}"
        self._columns = tuple(dict.fromkeys((*(one.key for one in document.number), *matching.columns)))
        self.heading = QLabel(title, self)
        self.heading.setObjectName(f"matching_{name}_heading")
        self.heading.setProperty("role", "heading")
        self.model = SummedModel(matching, document, context.lane, context.codes, self)
        self.view = ListView(self.model, self)
        self.view.setObjectName(f"matching_{name}_rows")
        self.view.setSelectionMode(ListView.SelectionMode.SingleSelection)
        self.view.sort_asked.connect(self._sort)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self.marked.emit())
        self.model.loaded.connect(lambda _rows: self.marked.emit())
        self.model.counted.connect(self._counted)
        self.model.failed.connect(self.failed)
        self._query = Query()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(style.GAP)
        layout.addWidget(self.heading)
        layout.addWidget(self.view, 1)

    def load(self, query: Query) -> None:
        """Show the papers of a query, sorted as before."""
        self._query = Query(query.conditions, order=self.model.sorting, columns=self._columns)
        self.model.load(self._query)

    def _sort(self, order: tuple[tuple[str, bool], ...]) -> None:
        order = tuple(one for one in order if not self.model.is_sum(one[0]))
        self.model.show_sorting(order)
        self._query = Query(self._query.conditions, order=order, columns=self._columns)
        self.model.load(self._query)

    def _counted(self, rows: int) -> None:
        self.heading.setText(f"{self._title}未对应 {rows:,} 张")
        self.view.notice.say("" if rows else self._empty)

    def current(self) -> PageRow | None:
        """Return the marked paper."""
        rows = self.view.selected_rows()
        return self.model.peek(rows[0].start) if rows else None

    def label(self) -> str:
        """Return the number of the marked paper."""
        row = self.current()
        return self.model.label(row) if row is not None else ""


class Unpaired(QWidget):
    """Both lists and the comparison; ``chosen`` when another pair of papers is marked, ``failed`` on trouble."""

    chosen = Signal()
    failed = Signal(object)

    def __init__(self, context: DeskContext, matching: Matching, parent: QWidget) -> None:
        """Show nothing until :meth:`load`."""
        super().__init__(parent)
        self.setObjectName("matching_unpaired")
        self._context, self._matching = context, matching
        catalogue = context.engine.catalogue
        self.drafts = Side(context, matching, catalogue.document(matching.draft), "drafts", self)
        self.formals = Side(context, matching, catalogue.document(matching.formal), "formals", self)
        self.findings: Sequence[Finding] = ()
        self._asked: tuple[int, int] | None = None
        self.said = QLabel(_CHOOSE, self)
        self.said.setObjectName("matching_said")
        self.said.setProperty("role", "quiet")
        self.said.setWordWrap(True)
        self.values = ValueModel(self)
        self.value_view = value_table("matching_beside", self.values, self)
        self.value_view.setColumnHidden(6, True)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._compare)
        for side in (self.drafts, self.formals):
            side.marked.connect(self._marked)
            side.failed.connect(self.failed)
        self._build()

    def _build(self) -> None:
        both = QSplitter(Qt.Orientation.Horizontal, self)
        both.setObjectName("matching_sides")
        both.addWidget(self.drafts)
        both.addWidget(self.formals)
        both.setChildrenCollapsible(False)
        below = QWidget(self)
        inner = QVBoxLayout(below)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(style.GAP)
        inner.addWidget(self.said)
        inner.addWidget(self.value_view, 1)
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.setObjectName("matching_unpaired_split")
        split.addWidget(both)
        split.addWidget(below)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.GAP, style.GAP, style.GAP, style.GAP)
        layout.addWidget(split)

    def load(self, options: Any) -> None:
        """Show what is unpaired under ``options``."""
        self.drafts.load(acts.query_of(self._matching, options, formal=False))
        self.formals.load(acts.query_of(self._matching, options, formal=True))

    def pair(self) -> tuple[int, int] | None:
        """Return the ids of the marked draft and formal copy."""
        draft, formal = self.drafts.current(), self.formals.current()
        return (draft.id, formal.id) if draft is not None and formal is not None else None

    def why_not(self) -> str:
        """Say why the marked papers cannot be paired, "" when they can."""
        if self.pair() is None:
            return "请先在左边选一张草单，右边选一张正式单"
        if self._asked != self.pair():
            return "正在比较两张单据，请稍候"
        wrong = errors_in(self.findings)
        return wrong[0].text if wrong else ""

    def _marked(self) -> None:
        if self.pair() is None:
            self._asked, self.findings = None, ()
            self.values.show_rows(())
            self._say(_CHOOSE, "")
        self._settle.start()
        self.chosen.emit()

    def _compare(self) -> None:
        pair, matching = self.pair(), self._matching
        if pair is None:
            return

        def done(found: tuple[Sequence[Finding], Sequence[ComparedRow]]) -> None:
            if pair == self.pair():
                self._asked = pair
                self._show(*found)

        self._context.lane.act(
            lambda act: acts.check(act, matching, *pair), while_alive(self, done), while_alive(self, self.failed.emit)
        )

    def _show(self, findings: Sequence[Finding], rows: Sequence[ComparedRow]) -> None:
        self.findings = findings
        self.values.show_rows(rows)
        both = f"{self.drafts.label()} 与 {self.formals.label()}："
        wrong = errors_in(findings)
        if wrong:
            self._say(both + "；".join(one.text for one in wrong), "bad")
        elif findings:
            self._say(both + "；".join(one.text for one in findings), "warn")
        else:
            self._say(both + (f"{len(rows)} 项不同" if rows else "一致"), "" if rows else "good")
        self.chosen.emit()

    def _say(self, text: str, tone: str) -> None:
        self.said.setText(text)
        style.set_tone(self.said, tone, "ink")

    def enter_next(self) -> None:
        """Go from the drafts to the formal copies, from there to what differs, and back."""
        views = (self.drafts.view, self.formals.view, self.value_view)
        focused = next((place for place, view in enumerate(views) if view.hasFocus()), -1)
        enter_table(views[(focused + 1) % len(views)])
