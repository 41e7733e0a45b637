"""已对应: the pairs on top, below them every value in which the marked one differs, accepted with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from bondesk.base.matching import ComparedRow, Matching, PairRow
from bondesk.desktop import style
from bondesk.desktop.background import while_alive
from bondesk.desktop.context import DeskContext
from bondesk.desktop.list_view import Notice
from bondesk.desktop.matching_tables import PairModel, ValueModel, chosen_rows, enter_table, pair_table, value_table
from bondesk.desktop.paged_rows import PAGE_ROWS
from bondesk.engine import matching as acts

_SETTLE_MS = 150
_CHOOSE = "选一对单据，这里三方对照：来源单证、对应前的草单、正式单"


class Paired(QWidget):
    """Pairs and their values; ``chosen`` when another is marked, ``failed`` on trouble."""

    chosen = Signal()
    failed = Signal(object)

    def __init__(self, context: DeskContext, matching: Matching, parent: QWidget) -> None:
        """Show nothing until :meth:`load`."""
        super().__init__(parent)
        self.setObjectName("matching_paired")
        self._context, self._matching = context, matching
        self.heading = QLabel("已对应", self)
        self.heading.setObjectName("matching_pairs_heading")
        self.heading.setProperty("role", "heading")
        self.model = PairModel(matching, context.lane, self)
        self.view = pair_table(self.model, self)
        self.notice = Notice(self.view.viewport())
        self._kept: int | None = None
        self.said = QLabel(_CHOOSE, self)
        self.said.setObjectName("matching_compared_said")
        self.said.setProperty("role", "quiet")
        self.only = QCheckBox("只看不同", self)
        self.only.setObjectName("matching_only_differing")
        self.only.setChecked(True)
        self.only.toggled.connect(lambda _on: self._compare())
        self.values = ValueModel(self)
        self.value_view = value_table("matching_values", self.values, self)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._compare)
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(self.failed)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._marked())
        self.value_view.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())
        self._build()

    def _build(self) -> None:
        top, below = QWidget(self), QWidget(self)
        above = QVBoxLayout(top)
        line = QHBoxLayout()
        line.addWidget(self.said, 1)
        line.addWidget(self.only)
        inner = QVBoxLayout(below)
        for layout in (above, inner):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(style.GAP)
        above.addWidget(self.heading)
        above.addWidget(self.view, 1)
        inner.addLayout(line)
        inner.addWidget(self.value_view, 1)
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.setObjectName("matching_paired_split")
        split.addWidget(top)
        split.addWidget(below)
        split.setChildrenCollapsible(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(style.GAP, style.GAP, style.GAP, style.GAP)
        outer.addWidget(split)

    def load(self, options: Any) -> None:
        """Show the pairs of a query; the one that was marked stays marked when it is among the newest."""
        self._kept = next((one.id for one in self.pairs()), None)
        self.model.load(options)

    def _loaded(self, rows: int) -> None:
        self.heading.setText(f"已对应 {rows:,} 对")
        self.notice.say("" if rows else "还没有对应的单据；在「未对应」中自动对应或手动对应")
        near = ((row, self.model.pair(row)) for row in range(min(rows, PAGE_ROWS)))
        again = next((row for row, pair in near if pair is not None and pair.id == self._kept), None)
        if again is not None:
            self.view.selectRow(again)
        self._marked()

    def pairs(self) -> list[PairRow]:
        """Return the marked pairs."""
        found = (self.model.pair(row) for row in chosen_rows(self.view))
        return [one for one in found if one is not None]

    def differences(self) -> list[int]:
        """Return the open differences that are marked; without a mark all open ones of the pair."""
        rows = [self.values.rows[row] for row in chosen_rows(self.value_view)] or list(self.values.rows)
        return [one.id for one in rows if one.id is not None and not one.handled]

    def _marked(self) -> None:
        if not self.pairs():
            self.values.show_rows(())
            self.said.setText(_CHOOSE)
        self._settle.start()
        self.chosen.emit()

    def _compare(self) -> None:
        pairs, matching, only = self.pairs(), self._matching, self.only.isChecked()
        if not pairs:
            return
        pair = pairs[0]

        def done(rows: Sequence[ComparedRow]) -> None:
            if [one.id for one in self.pairs()[:1]] == [pair.id]:
                self._show(pair, rows)

        self._context.lane.act(
            lambda act: acts.compare(act, matching, pair.id, only),
            while_alive(self, done),
            while_alive(self, self.failed.emit),
        )

    def _show(self, pair: PairRow, rows: Sequence[ComparedRow]) -> None:
        self.values.show_rows(rows)
        differing = [one for one in rows if one.kind]
        still = sum(not one.handled for one in differing)
        told = "一致" if not differing else f"{len(differing)} 项不同，待处理 {still} 项"
        self.said.setText(f"{pair.draft_no} 与 {pair.formal_no}：{told}")
        self.chosen.emit()

    def enter_next(self) -> None:
        """Go from the pairs to the values and back."""
        enter_table(self.value_view if self.view.hasFocus() else self.view)
