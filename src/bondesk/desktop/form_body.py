"""What a form edits: head above, lines in tabs, findings below, one undo stack over all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent, QUndoStack
from PySide6.QtWidgets import QApplication, QSplitter, QTabWidget, QVBoxLayout, QWidget

from bondesk.base.documents import DocumentType
from bondesk.base.findings import Finding, error
from bondesk.desktop.context import DeskContext
from bondesk.desktop.edited import EditedLine, lines_of, snapshot, unstorable
from bondesk.desktop.enter_walk import EnterWalk
from bondesk.desktop.findings_strip import FindingsStrip
from bondesk.desktop.form_edits import HeadEdit, HeadFollow
from bondesk.desktop.form_findings import FormFindings
from bondesk.desktop.form_room import FINDINGS, head_room, head_scroller, least_lines
from bondesk.desktop.form_words import codes_awaited, unread_text
from bondesk.desktop.head_filling import HeadFilling
from bondesk.desktop.header_form import HeaderForm, groups_of
from bondesk.desktop.line_grid import LineGrid
from bondesk.desktop.row_tabs import RowTabs, pages_of
from bondesk.desktop.ticked_lines import lines_widget
from bondesk.engine.drafts import Draft


class FormBody(QWidget):
    """``edited`` after any edit, done or undone; ``rows_edited`` after typing in a single row of a window."""

    edited = Signal()
    rows_edited = Signal()

    def __init__(self, context: DeskContext, document: DocumentType, parent: QWidget) -> None:
        """Edit drafts of ``document``; empty until :meth:`load`."""
        super().__init__(parent)
        self.setObjectName("form_body")
        self.document = document
        self.base = Draft({})
        self.head: dict[str, Any] = {}
        self.editable = False
        self.edits = self._visit = 0
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self._divide)
        self.stack = QUndoStack(self)
        self._make_places()
        self.header = HeaderForm(context, groups_of(document), self.scroller.viewport())
        pages = pages_of(self.tabs)
        self.grids = {table.key: lines_widget(context, table, self.stack, pages) for table in document.typed_lines}
        self.rows = RowTabs(context, document, lambda: self.base, self.tabs)
        for grid in self.grids.values():
            grid.head = lambda: self.head
        self.strip = FindingsStrip(self.split)
        self._build()
        places = (self.header, self.scroller, self.grids, self.rows.windows, self.tabs)
        self.findings = FormFindings(*places, self.strip, self.fit)
        self.filling = HeadFilling(context, document.fill, document.fills, self.header, lambda: self.head, self._follow)
        self.walk = EnterWalk(self.go_on, self.focusPreviousChild, self)
        for cell in self.header.cells.values():
            self.walk.watch(cell.editor)
            cell.editor.noted.connect(self._again.start)
        self.header.edited.connect(self._head_edited)
        self.header.left.connect(self._head_left)
        for grid in self.grids.values():
            grid.model.edited.connect(self._lines_edited)
        for window in self.rows:
            window.counted.connect(self.findings.count_lines)
            window.edited.connect(self.rows_edited)

    def _make_places(self) -> None:
        """Make what holds the parts first: moving a filled part into its place later costs a new styling of it."""
        self.split = QSplitter(Qt.Orientation.Vertical, self)
        self.split.setObjectName("form_split")
        self.split.setChildrenCollapsible(False)
        scroller = None if self.document.windowed else head_scroller(self.split)
        self.tabs = QTabWidget(self.split)
        self.scroller = scroller or head_scroller(pages_of(self.tabs))
        self.tabs.setObjectName("form_tabs")
        self.tabs.setDocumentMode(True)
        for part in (self.tabs, self.tabs.tabBar()):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _build(self) -> None:
        self.scroller.setWidget(self.header)
        self.rows.add(self.scroller)
        for grid in self.grids.values():
            self.tabs.addTab(grid, grid.table.title)
        if not self.rows:
            self.split.addWidget(self.scroller)
        self.split.addWidget(self.tabs)
        self.split.addWidget(self.strip)
        self.tabs.setVisible(bool(self.grids or self.rows))
        self.split.setStretchFactor(1 if self.grids else 0, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.split)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Give the head what it wants, the rest to the lines."""
        super().showEvent(event)
        self.fit()

    def fit(self) -> None:
        """Divide the height: the head as high as it is while four lines stay in sight, findings two rows."""
        self._divide()
        self._again.start()  # words that came just now count only once they are laid out

    def _divide(self) -> None:
        height = self.split.height()
        if not self.isVisible() or height <= 0:
            return
        strip = self.strip.wanted_height(FINDINGS)
        lines = least_lines(self.tabs, self.grids.values()) if self.grids else 0
        viewport = self.scroller.viewport()
        self.header.fit(viewport.width(), viewport.height() if self.rows else height - strip - lines)
        if self.rows:
            self.split.setSizes([height - strip, strip])
            return
        head = height - strip
        if self.grids:
            head = head_room(head, self.header.sizeHint().height() + 2, self.tabs, self.grids.values())
        self.split.setSizes([head, max(0, height - head - strip), strip])

    def load(self, draft: Draft) -> None:
        """Show another draft; what was edited before is forgotten."""
        self.base, self.head = draft, dict(draft.head)
        self.stack.clear()
        self.header.show_values(self.head)
        self.filling.begin(self.head)
        for key, lines in lines_of(self.document, draft).items():
            self.grids[key].model.replace(lines)
        self.rows.show_document()
        self.findings.forget()

    def set_editable(self, editable: bool, reason: str = "当前不能修改") -> None:
        """Let everything be edited, or grey it because of ``reason``."""
        self.editable = editable
        self.header.set_editable(editable)
        for grid in self.grids.values():
            grid.set_editable(editable)
        self.rows.set_editable("" if editable else reason)

    def draft(self) -> Draft:
        """Return what is on the screen as a draft of its own."""
        return snapshot(
            self.document, self.base, self.head, {key: grid.model.lines for key, grid in self.grids.items()}
        )

    def adopt(self, stored: Draft, lines: dict[str, list[EditedLine]], *, untouched: bool) -> None:
        """Take over what a save made of the draft of ``lines``; keys typed during the save stay typed."""
        if untouched:
            places = {key: grid.view.currentIndex() for key, grid in self.grids.items()}
            spots = {key: (place.row(), place.column()) for key, place in places.items()}
            self.load(stored)
            for key, spot in spots.items():
                self.grids[key].view.show_cell(*spot)
            return
        self.base = stored
        for key, sent in lines.items():
            for line, kept in zip(sent, stored.lines.get(key, ()), strict=False):
                line.id = kept.id

    def lines(self) -> dict[str, list[EditedLine]]:
        """Return the lines being edited, by table."""
        return {key: list(grid.model.lines) for key, grid in self.grids.items()}

    @property
    def dirty(self) -> bool:
        """Tell whether there is anything to save, unreadable texts included."""
        return self.head_dirty or self.rows.unstored() is not None

    @property
    def head_dirty(self) -> bool:
        """Tell whether anything but single rows is to be saved."""
        return not self.stack.isClean() or any(True for _ in self.header.problems())

    def write_head(self, key: str, value: Any) -> None:
        """Set a head value and show it; called by commands."""
        self.head[key] = value
        cell = self.header.cells.get(key)
        if cell is not None and (cell.editor.value() != value or cell.editor.problem):
            cell.editor.set_value(value)
            cell.refresh()
            self.header.reveal(key)
        self._count_edit()

    def write_heads(self, values: Mapping[str, Any]) -> None:
        """Set several head values and show them without moving the cursor; called by commands."""
        for key, value in values.items():
            self.head[key] = value
            cell = self.header.cells.get(key)
            if cell is not None:
                cell.editor.set_value(value)
                cell.refresh()
        self._count_edit()

    def _count_edit(self) -> None:
        self.edits += 1
        self.edited.emit()

    def _head_edited(self, key: str) -> None:
        value = self.header.cells[key].editor.value()
        self.header.touched.add(key)
        self.stack.push(HeadEdit(self, key, self.head.get(key), value, self._visit))

    def _follow(self, key: str, cause: Any, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        self.stack.push(HeadFollow(self, key, cause, before, after))

    def _head_left(self, _key: str) -> None:
        self._visit += 1

    def _lines_edited(self) -> None:
        self.findings.count_lines()
        self._count_edit()

    def go_on(self) -> None:
        """Go to the next box; from the last one to the first cell of the lines, opening a line where there is none."""
        if self.header.go_on(QApplication.focusWidget()):
            return
        boxes = [cell.editor.box for cell in self.header.cells.values() if cell.editor.editable]
        last = bool(boxes) and boxes[-1] is QApplication.focusWidget()
        grid = next(iter(self.grids.values()), None)
        if last and (self.rows.go_in() or grid is None):
            return  # outside the form its keys, the one to save among them, would do nothing
        if grid is None or not last:
            self.focusNextChild()
            return
        self.tabs.setCurrentWidget(grid)
        self.enter_lines(grid)

    def enter_lines(self, grid: LineGrid) -> None:
        """Put the cursor into a grid: a new line when it is empty, the first cell else."""
        grid.view.setFocus(Qt.FocusReason.TabFocusReason)
        if grid.model.editable and not grid.model.rowCount():
            grid.append()
        else:
            grid.view.start_line(0)

    def switch_part(self) -> None:
        """Go from the head to the lines as they were left, and back."""
        grid = self.tabs.currentWidget()
        focus = QApplication.focusWidget()
        if self.rows:
            if self.rows.go_out(grid, self.scroller):
                self.header.focus_first()
            else:
                self.rows.go_in()
            return
        if isinstance(grid, LineGrid) and not (focus is not None and grid.isAncestorOf(focus)):
            if grid.view.currentIndex().isValid():
                grid.view.setFocus(Qt.FocusReason.OtherFocusReason)
            else:
                self.enter_lines(grid)
        elif focus is not None:
            self.commit()
            self.header.focus_first()

    def undo(self) -> None:
        """Take back the last edit; a text that cannot be read goes first."""
        for editor in self.header.problems():
            if editor.box is QApplication.focusWidget():
                editor.set_value(self.head.get(editor.entry.key))
                self.header.cells[editor.entry.key].refresh()
                return
        self._visit += 1
        self.stack.undo()

    def redo(self) -> None:
        """Do again what was taken back."""
        self.stack.redo()

    def commit(self) -> None:
        """Finish typing wherever it is under way, in a box or in a cell."""
        focus = QApplication.focusWidget()
        for grid in self.grids.values():
            if focus is not None and grid.view.isAncestorOf(focus):
                grid.view.setFocus()
        self.header.commit()
        self.filling.flush()

    def looking_up(self) -> bool:
        """Tell whether a typed code still waits for the code book, or boxes for what follows from others."""
        return self.filling.busy or codes_awaited(self.header, self.grids.values())

    def blocking(self) -> list[Finding]:
        """Say what keeps even a draft from being stored: texts that cannot be read, numbers that are missing."""
        found = [
            error(one.problem_code, unread_text(one.entry.label, one.text(), one.problem), one.entry.key)
            for one in self.header.problems()
        ]
        for grid in self.grids.values():
            found += grid.model.unread_findings()
        return found + ([] if found else unstorable(self.document, self.draft()))
