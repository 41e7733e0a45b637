"""提取: what the enterprise has consolidated beside the draft; ticked rows are taken over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bondesk.base.change import Candidate, Comparison, Outcome
from bondesk.base.fields import Field
from bondesk.desktop import style
from bondesk.desktop.candidate_model import CandidateModel, Write

_CHIPS = (None, Outcome.ADD, Outcome.MODIFY, Outcome.OVERWRITE, Outcome.RESTORE, Outcome.REFUSED)
#: A comparison that takes longer than this shows that it is under way.
_SLOW_MS = 300


class SourcePane(QWidget):
    """``looked`` brings the candidate under the cursor, ``closed`` that the pane is not wanted any more."""

    looked = Signal(object)
    extract = Signal()
    cancelled = Signal()
    closed = Signal()

    def __init__(self, key: str, title: str, fields: Sequence[Field], write: Write, parent: QWidget) -> None:
        """Show candidates of the source ``title``; empty until :meth:`show_comparison`."""
        super().__init__(parent)
        self.setObjectName(f"source.{key}")
        self._key, self._title = key, title
        self.model = CandidateModel(fields, write, self)
        self.view = self._make_view()
        self.said = QLabel(self)
        self.said.setObjectName(f"source_said.{key}")
        self.said.setProperty("role", "quiet")
        self.said.setWordWrap(True)
        self.said.setContentsMargins(style.MARGIN, 0, 0, 0)
        self.bar = QProgressBar(self)
        self.bar.setObjectName(f"source_progress.{key}")
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.cancel = self._button("source_cancel", "取消", self.cancelled.emit)
        self.take = self._button("source_take", "提取所选 Ctrl+回车", self.extract.emit)
        self.take.setProperty("role", "primary")
        self.all = self._button("source_all", "全选", partial(self.model.tick_shown, True))
        self.none = self._button("source_none", "全不选", partial(self.model.tick_shown, False))
        self._group = QButtonGroup(self)
        self._chips: dict[Outcome | None, QToolButton] = {one: self._chip(one) for one in _CHIPS}
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(_SLOW_MS)
        self._slow.timeout.connect(lambda: self._show_waiting(True))
        self._build()
        self.model.ticked.connect(self._count)
        self.view.selectionModel().currentRowChanged.connect(
            lambda now, _before: self.looked.emit(self.model.candidate(now.row()))
        )
        self.setMinimumWidth(style.scaled(300))
        self._show_waiting(False)

    def _make_view(self) -> QTableView:
        view = _CandidateView(self)
        view.setObjectName(f"source_table.{self._key}")
        view.setModel(self.model)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setAlternatingRowColors(True)
        view.setTabKeyNavigation(False)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.verticalHeader().setDefaultSectionSize(style.ROW_HEIGHT)
        view.horizontalHeader().setHighlightSections(False)
        view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for section, characters in enumerate((12, 22, 48, 40)):
            view.setColumnWidth(section, characters * style.CHARACTER)
        return view

    def _button(self, name: str, text: str, run: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(f"{name}.{self._key}")
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False: run())
        return button

    def _chip(self, outcome: Outcome | None) -> QToolButton:
        chip = QToolButton(self)
        chip.setObjectName(f"source_chip.{self._key}.{outcome.name.lower() if outcome else 'all'}")
        chip.setProperty("role", "chip")
        chip.setCheckable(True)
        chip.setChecked(outcome is None)
        chip.clicked.connect(lambda _checked=False: self.model.show_outcome(outcome))
        self._group.addButton(chip)
        return chip

    def _build(self) -> None:
        close = QToolButton(self)
        close.setObjectName(f"source_close.{self._key}")
        close.setText("✕")
        close.setToolTip("收起来源（Esc）")
        close.setAutoRaise(True)
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(self.closed)
        heading = QLabel(self._title, self)
        heading.setObjectName(f"source_title.{self._key}")
        heading.setProperty("role", "heading")
        top = _row(heading, None, close)
        top.setContentsMargins(style.MARGIN, style.GAP, 0, 0)
        chips = _row(*self._chips.values(), None)
        chips.setContentsMargins(style.MARGIN, 0, 0, 0)
        waiting = _row(self.bar, self.cancel)
        waiting.setContentsMargins(style.MARGIN, 0, 0, 0)
        below = _row(self.all, self.none, None, self.take)
        below.setContentsMargins(style.MARGIN, 0, 0, style.GAP)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, style.GAP, 0)
        layout.setSpacing(style.GAP)
        layout.addLayout(top)
        layout.addLayout(chips)
        layout.addLayout(waiting)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.said)
        layout.addLayout(below)

    def wait(self) -> None:
        """Show, when it lasts, that the comparison is under way."""
        self.said.setText(f"正在与{self._title}比较…")
        self.take.setEnabled(False)
        self._slow.start()

    def _show_waiting(self, waiting: bool) -> None:
        self.bar.setVisible(waiting)
        self.cancel.setVisible(waiting)

    def stop_waiting(self, text: str = "") -> None:
        """Say that nothing is under way any more, and why nothing came of it."""
        self._slow.stop()
        self._show_waiting(False)
        self.said.setText(text)

    def show_comparison(self, comparison: Comparison) -> None:
        """Show another comparison; the cursor stays on its row as far as there is one."""
        row = max(0, self.view.currentIndex().row())
        self.stop_waiting()
        self.model.show_comparison(comparison)
        counts = self.model.counts()
        for outcome, chip in self._chips.items():
            count = counts[outcome] if outcome is not None else len(comparison.candidates)
            chip.setText(f"{outcome.value if outcome else '全部'} {count:,}")
            chip.setVisible(outcome is None or count > 0)
        if self.model.rowCount():
            self.view.setCurrentIndex(self.model.index(min(row, self.model.rowCount() - 1), 0))
        self._count()

    def _count(self) -> None:
        comparison, chosen = self.model.comparison, len(self.model.chosen())
        if not comparison.compared:
            self.said.setText(f"{self._title}中没有内容" if not self._slow.isActive() else self.said.text())
        elif not comparison.candidates:
            self.said.setText(f"与{self._title}一致，没有需要提取的内容（共比较 {comparison.compared:,} 行）")
        else:
            self.said.setText(f"已选 {chosen:,} 行；另有 {comparison.same:,} 行相同，不处理")
        self.take.setEnabled(chosen > 0)
        self.take.setToolTip("" if chosen else "没有勾选任何行")

    def candidate(self) -> Candidate | None:
        """Return the candidate under the cursor."""
        return self.model.candidate(self.view.currentIndex().row())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Close on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


class _CandidateView(QTableView):
    """Space ticks every selected row."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Tick with the space bar."""
        model = self.model()
        if event.key() == Qt.Key.Key_Space and isinstance(model, CandidateModel):
            model.toggle([index.row() for index in self.selectionModel().selectedRows()])
        else:
            super().keyPressEvent(event)


def _row(*parts: Any) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(style.GAP)
    for part in parts:
        if part is None:
            row.addStretch(1)
        else:
            row.addWidget(part)
    return row
