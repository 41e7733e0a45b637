"""Head fields group by group in as many columns as the width allows, so that all fit one screen."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from bondesk.base.columns import Kind
from bondesk.base.fields import Field
from bondesk.desktop import style
from bondesk.desktop.context import DeskContext
from bondesk.desktop.field_cell import FieldCell

#: Pixels one field wants with its label; a field this many characters wide takes two places.
_FIELD_WIDTH, _WIDE = 240, 24
#: What a box needs beside its label.
_BOX_WIDTH = 132
MOST_COLUMNS = 4
_TITLE_WIDTH = 76
#: Pixels between rows, and where the screen is too small for them.
_ROW_GAP, _CLOSE = 4, 2


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields under a title; groups of one ``tab`` share a page."""

    title: str
    fields: tuple[Field, ...]
    tab: str = ""


class HeadPage(QWidget):
    """Groups of fields. ``edited`` brings the key of a field the user changed, ``left`` of one left."""

    edited = Signal(str)
    left = Signal(str)

    def __init__(self, context: DeskContext, groups: Sequence[FieldGroup], parent: QWidget) -> None:
        """Show ``groups``."""
        super().__init__(parent)
        self._groups = groups
        self._columns = 0
        self.cells: dict[str, FieldCell] = {}
        self._labels: dict[str, QLabel] = {}
        self._titles: list[QLabel] = []
        self._rules: list[QFrame] = []
        for place, part in enumerate(groups):
            self._add_title(place, part.title)
            for entry in part.fields:
                self._add(context, entry)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(style.MARGIN, style.GAP, style.MARGIN, style.GAP)
        self._grid.setHorizontalSpacing(style.GAP)
        self._grid.setVerticalSpacing(_ROW_GAP)
        self.arrange(MOST_COLUMNS)

    def _add_title(self, place: int, title: str) -> None:
        label = QLabel(title, self)
        label.setObjectName(f"group.{title}")
        label.setProperty("role", "heading")
        label.setWordWrap(True)
        label.setFixedWidth(_TITLE_WIDTH)
        label.setMinimumHeight(26)
        self._titles.append(label)
        if place:
            rule = QFrame(self)
            rule.setObjectName(f"rule.{title}")
            rule.setFixedHeight(1)
            rule.setProperty("role", "rule")
            self._rules.append(rule)

    def _add(self, context: DeskContext, entry: Field) -> None:
        cell = FieldCell(context, entry, self)
        editor = cell.editor
        star = f'<span style="color:{style.STAR}">*</span>' if _wanted(entry) else ""
        label = QLabel(f"{star}{entry.label}", self)
        label.setObjectName(f"label.{entry.key}")
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        label.setMinimumHeight(26)
        label.setToolTip(entry.help)
        key = entry.key
        editor.changed.connect(lambda: self.edited.emit(key))
        editor.left.connect(lambda: self.left.emit(key))
        self.cells[key], self._labels[key] = cell, label

    def arrange(self, columns: int) -> None:
        """Lay the fields out in ``columns`` columns."""
        if columns == self._columns:
            return
        while self._grid.count():
            self._grid.takeAt(0)
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 0)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 0)
        self._columns = columns
        for column in range(columns):
            self._grid.setColumnStretch(2 * column + 2, 1)
        row = 0
        for place, part in enumerate(self._groups):
            if place:
                self._grid.addWidget(self._rules[place - 1], row, 0, 1, 2 * columns + 1)
                row += 1
            row = self._arrange_group(self._titles[place], part.fields, row)
        self._grid.setRowStretch(row, 1)
        self._set_order()

    def _arrange_group(self, title: QLabel, fields: Sequence[Field], top: int) -> int:
        upper = Qt.AlignmentFlag.AlignTop
        last = top
        for entry, row, column, span in places(fields, self._columns):
            last = top + row
            self._grid.addWidget(self._labels[entry.key], last, 2 * column + 1, upper)
            self._grid.addWidget(self.cells[entry.key], last, 2 * column + 2, 1, 2 * span - 1)
        self._grid.addWidget(title, top, 0, last - top + 1, 1, upper)
        return last + 1

    def pack(self, height: int) -> None:
        """Let rows stand a little closer when they do not fit into ``height`` pixels otherwise."""
        self._grid.setVerticalSpacing(_ROW_GAP)
        if 0 < height < self.sizeHint().height():
            self._grid.setVerticalSpacing(_CLOSE)

    def _set_order(self) -> None:
        boxes = [cell.editor.box for cell in self.cells.values()]
        for before, after in itertools.pairwise(boxes):
            QWidget.setTabOrder(before, after)

    def wanted_columns(self, width: int) -> int:
        """Return how many columns fit into ``width`` pixels, each as wide as its own longest label wants."""
        room = width - _TITLE_WIDTH - 2 * style.MARGIN
        return next((count for count in range(MOST_COLUMNS, 1, -1) if self._needed(count) <= room), 1)

    def _needed(self, columns: int) -> int:
        labels = [0] * columns
        for part in self._groups:
            for entry, _row, column, _span in places(part.fields, columns):
                labels[column] = max(labels[column], self._labels[entry.key].sizeHint().width())
        return sum(max(_FIELD_WIDTH, label + _BOX_WIDTH) for label in labels)


def places(fields: Sequence[Field], columns: int) -> Iterator[tuple[Field, int, int, int]]:
    """Lay fields out row by row: (field, row, column, columns it takes)."""
    row = column = 0
    for entry in fields:
        span = columns if entry.elements_of else min(2, columns) if _is_wide(entry) else 1
        if column + span > columns:
            row, column = row + 1, 0
        yield entry, row, column, span
        column += span


def _wanted(entry: Field) -> bool:
    return entry.required and not entry.readonly


def _is_wide(entry: Field) -> bool:
    return entry.kind is Kind.MEMO or (entry.width >= _WIDE and not entry.choices and not entry.table)
