"""The head fields of a document, group by group in as many columns as the width allows, so that all fit one screen."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from bondesk.base.columns import Kind
from bondesk.base.fields import Field
from bondesk.base.findings import Finding, Severity
from bondesk.base.rule_sources import with_source
from bondesk.desktop import style
from bondesk.desktop.context import DeskContext
from bondesk.desktop.editors import make_editor
from bondesk.desktop.field_editor import FieldEditor, mark_wrong

#: Pixels one field wants with its label; a field this many characters wide takes two places.
_FIELD_WIDTH, _WIDE = 240, 24
#: What a box needs beside its label.
_BOX_WIDTH = 132
_MOST_COLUMNS = 4
_TITLE_WIDTH = 76
TONES = {Severity.ERROR: "bad", Severity.CONFIRM: "warn", Severity.NOTE: "info"}


class FieldCell(QWidget):
    """An editor with the message about its value underneath."""

    def __init__(self, context: DeskContext, entry: Field, parent: QWidget) -> None:
        """Make the editor of ``entry``."""
        super().__init__(parent)
        self.editor = editor = make_editor(context, entry, self)
        self.findings: tuple[Finding, ...] = ()
        self.quiet = False
        self.message = QLabel(self)
        self.message.setObjectName(f"message.{editor.entry.key}")
        font = self.message.font()
        font.setPointSizeF(max(7.0, font.pointSizeF() - 1.5))
        self.message.setFont(font)
        self.message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.message.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addWidget(editor)
        layout.addWidget(self.message)
        layout.addStretch(1)
        editor.noted.connect(self.refresh)

    def show_findings(self, findings: Sequence[Finding], *, quiet: bool) -> None:
        """Show what the rules say; ``quiet`` keeps silent about an empty box nobody has been in yet."""
        self.findings, self.quiet = tuple(findings), quiet
        self.refresh()

    def refresh(self) -> None:
        """Write the weightiest thing there is to say, with its code."""
        tone, text = self._word()
        self.message.setText(text)
        self.message.setToolTip("\n".join(self._sentences()))
        self.message.setVisible(bool(text))
        if text:
            style.set_tone(self.message, tone, "ink")
        mark_wrong(self.editor.box, tone == "bad")

    def _sentences(self) -> list[str]:
        """Say everything there is, each with the source of its rule."""
        said = [with_source(self.editor.problem_code, self.editor.problem)] if self.editor.problem else []
        if not self.quiet:
            said += [with_source(one.code, one.text) for one in self.findings]
        return said or [self.editor.advice]

    def _word(self) -> tuple[str, str]:
        if self.editor.problem:
            return "bad", f"[{self.editor.problem_code}] {self.editor.problem}"
        if self.findings and not self.quiet:
            worst = min(self.findings, key=lambda one: list(TONES).index(one.severity))
            return TONES[worst.severity], f"[{worst.code}] {worst.text}"
        return ("warn", self.editor.advice) if self.editor.advice else ("", "")


class HeaderForm(QWidget):
    """The head of a document. ``edited`` brings the key of a field the user changed, ``left`` of one left."""

    edited = Signal(str)
    left = Signal(str)

    def __init__(self, context: DeskContext, groups: Sequence[tuple[str, Sequence[Field]]], parent: QWidget) -> None:
        """Show ``groups`` of (title, fields)."""
        super().__init__(parent)
        self.setObjectName("header_form")
        self._groups = groups
        self._columns = 0
        self.cells: dict[str, FieldCell] = {}
        self._labels: dict[str, QLabel] = {}
        self._titles: list[QLabel] = []
        self._rules: list[QFrame] = []
        self.touched: set[str] = set()
        for place, (title, fields) in enumerate(groups):
            self._add_title(place, title)
            for entry in fields:
                self._add(context, entry)
        for cell in self.cells.values():
            if (source := self.cells.get(cell.editor.entry.elements_of)) is not None:
                cell.editor.follow(source.editor)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(style.MARGIN, style.GAP, style.MARGIN, style.GAP)
        self._grid.setHorizontalSpacing(style.GAP)
        self._grid.setVerticalSpacing(style.GAP - 2)
        self.arrange(_MOST_COLUMNS)

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
        editor.left.connect(lambda: self._left(key))
        self.cells[key], self._labels[key] = cell, label

    def _left(self, key: str) -> None:
        self.touched.add(key)
        if self.cells[key].quiet:
            self.cells[key].quiet = False
            self.cells[key].refresh()
        self.left.emit(key)

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
        for place, (_title, fields) in enumerate(self._groups):
            if place:
                self._grid.addWidget(self._rules[place - 1], row, 0, 1, 2 * columns + 1)
                row += 1
            row = self._arrange_group(self._titles[place], fields, row)
        self._grid.setRowStretch(row, 1)
        self._set_order()

    def _arrange_group(self, title: QLabel, fields: Sequence[Field], top: int) -> int:
        upper = Qt.AlignmentFlag.AlignTop
        row, column = top, 0
        for entry in fields:
            span = self._columns if entry.elements_of else min(2, self._columns) if _is_wide(entry) else 1
            if column + span > self._columns:
                row, column = row + 1, 0
            self._grid.addWidget(self._labels[entry.key], row, 2 * column + 1, upper)
            self._grid.addWidget(self.cells[entry.key], row, 2 * column + 2, 1, 2 * span - 1)
            column += span
        self._grid.addWidget(title, top, 0, row - top + 1, 1, upper)
        return row + 1

    def _set_order(self) -> None:
        boxes = [cell.editor.box for cell in self.cells.values()]
        for before, after in itertools.pairwise(boxes):
            QWidget.setTabOrder(before, after)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Take as many columns as fit."""
        super().resizeEvent(event)
        self.arrange(self.wanted_columns(self.width()))

    def wanted_columns(self, width: int) -> int:
        """Return how many columns fit into ``width`` pixels, the longest label included."""
        room = width - _TITLE_WIDTH - 2 * style.MARGIN
        longest = max((label.sizeHint().width() for label in self._labels.values()), default=0)
        return max(1, min(_MOST_COLUMNS, room // max(_FIELD_WIDTH, longest + _BOX_WIDTH)))

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Show the values of a draft; forget which boxes were visited."""
        self.touched.clear()
        for key, cell in self.cells.items():
            cell.editor.set_value(values.get(key))
            cell.show_findings((), quiet=False)

    def set_editable(self, editable: bool) -> None:
        """Let everything be typed but what the program fills, or grey all."""
        for cell in self.cells.values():
            cell.editor.set_editable(editable and not cell.editor.entry.readonly)

    def show_findings(self, findings: Sequence[Finding], *, all_loud: bool) -> None:
        """Show findings beside their fields; an empty box not yet visited stays quiet unless ``all_loud``."""
        for key, cell in self.cells.items():
            mine = [finding for finding in findings if finding.field == key and finding.line is None]
            empty = cell.editor.value() in (None, "")
            cell.show_findings(mine, quiet=empty and not all_loud and key not in self.touched)

    def problems(self) -> Iterator[FieldEditor]:
        """Iterate over the editors whose text cannot be read."""
        return (cell.editor for cell in self.cells.values() if cell.editor.problem)

    def commit(self) -> None:
        """Finish typing wherever it is under way."""
        for cell in self.cells.values():
            cell.editor.commit()

    def focus_first(self) -> None:
        """Put the cursor into the first box that can be typed into."""
        for cell in self.cells.values():
            if cell.editor.editable:
                cell.editor.box.setFocus(Qt.FocusReason.OtherFocusReason)
                return


def _wanted(entry: Field) -> bool:
    return entry.required and not entry.readonly


def _is_wide(entry: Field) -> bool:
    return entry.kind is Kind.MEMO or (entry.width >= _WIDE and not entry.choices and not entry.table)
