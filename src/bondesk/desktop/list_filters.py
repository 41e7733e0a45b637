"""The filter panel of a list: one typed editor per column shown, turned into conditions the database answers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QWidget

from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType
from bondesk.desktop import style
from bondesk.desktop.choice_filter import ChoiceFilter
from bondesk.desktop.code_filter import CodeFilter
from bondesk.desktop.context import Codes
from bondesk.desktop.filter_editors import DateFilter, Filter, NumberFilter, TextFilter
from bondesk.desktop.list_columns import STATE_KEY, ListColumn
from bondesk.engine.query import Condition

_PER_ROW, _MOST_ROWS = 3, 5
_ROW = 32


def filter_for(document: DocumentType, column: ListColumn, codes: Codes, parent: QWidget) -> Filter:
    """Make the editor that fits a column."""
    entry = column.field
    if entry is None:
        return ChoiceFilter(STATE_KEY, [(state.key, state.title) for state in document.flow.states], parent)
    if entry.choices:
        return ChoiceFilter(entry.key, entry.choices, parent)
    if entry.kind is Kind.YESNO:
        return ChoiceFilter(entry.key, ((True, "是"), (False, "否")), parent)
    if entry.table:
        return CodeFilter(entry, codes, parent)
    if entry.kind in (Kind.DATE, Kind.TIME):
        return DateFilter(entry, parent)
    return NumberFilter(entry, parent) if entry.numeric else TextFilter(entry.key, parent)


class FilterPanel(QScrollArea):
    """The editors of all columns shown; ``changed`` when the conditions may be others."""

    changed = Signal()

    def __init__(self, document: DocumentType, columns: Sequence[ListColumn], codes: Codes, parent: QWidget) -> None:
        """Lay the editors out in a grid, label before editor."""
        super().__init__(parent)
        self.setObjectName("filter_panel")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._document, self._codes = document, codes
        self._columns, self._editors, self._built = tuple(columns), list[Filter](), False

    @property
    def filters(self) -> list[Filter]:
        """Return the editors, made when first wanted: most lists are looked at without them."""
        if not self._built:
            self._build()
        return self._editors

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Make the editors."""
        if not self._built:
            self._build()
        super().showEvent(event)

    def show_columns(self, columns: Sequence[ListColumn]) -> None:
        """Offer editors for ``columns``; what was asked of those that stay is kept."""
        if [column.key for column in columns] == [column.key for column in self._columns]:
            return
        self._columns = tuple(columns)
        if self._built:
            self._build()

    def _build(self) -> None:
        before, columns = {editor.key: editor.condition() for editor in self._editors}, self._columns
        self._built = True
        inner = QWidget(self)
        inner.setObjectName("filter_grid")
        self._editors = [filter_for(self._document, column, self._codes, inner) for column in columns]
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 0, 0, style.GAP)
        grid.setHorizontalSpacing(style.WIDE_GAP)
        grid.setVerticalSpacing(style.GAP)
        for position, (column, editor) in enumerate(zip(columns, self._editors, strict=True)):
            row, place = divmod(position, _PER_ROW)
            label = QLabel(column.title, inner)
            label.setProperty("role", "quiet")
            grid.addWidget(label, row, 2 * place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(editor, row, 2 * place + 1)
            grid.setColumnStretch(2 * place + 1, 1)
            kept = before.get(editor.key)
            if kept is not None:
                editor.take(kept)
            editor.changed.connect(self.changed)
        self.setWidget(inner)
        rows = -(-len(self._editors) // _PER_ROW)
        self.setFixedHeight(min(rows, _MOST_ROWS) * _ROW + style.GAP)
        if any(before.values()):
            self.changed.emit()

    def conditions(self) -> tuple[Condition, ...]:
        """Return what all editors demand together."""
        found = (editor.condition() for editor in self._editors)
        return tuple(condition for condition in found if condition is not None)

    def clear(self) -> None:
        """Empty every editor, telling it once."""
        with QSignalBlocker(self):
            for editor in self._editors:
                editor.clear()
        self.changed.emit()

    def clear_one(self, key: str) -> None:
        """Empty the editor of one column."""
        for editor in self._editors:
            if editor.key == key:
                editor.clear()
