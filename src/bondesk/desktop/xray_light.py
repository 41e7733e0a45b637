"""Lights between a form and its message: the field one is in shows its element, an element shows its field."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject
from PySide6.QtWidgets import QApplication, QWidget

from bondesk.base.findings import note
from bondesk.desktop.field_editor import mark_lit
from bondesk.desktop.form_body import FormBody
from bondesk.desktop.line_grid import LineGrid
from bondesk.engine.xray import Place


class XrayLight(QObject):
    """``entered(place)`` is called when the cursor comes into a field of the form."""

    def __init__(self, body: FormBody, entered: Callable[[Place], object], parent: QObject) -> None:
        """Watch ``body``."""
        super().__init__(parent)
        self._body, self._entered = body, entered
        self._lit: QWidget | None = None
        self._grid: LineGrid | None = None
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_changed)
        for key, grid in body.grids.items():
            grid.view.selectionModel().currentChanged.connect(
                lambda now, _before, key=key: self._cell_changed(key, now)
            )

    def _focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        if now is None or not self._body.isAncestorOf(now):
            return
        for key, cell in self._body.header.cells.items():
            if cell.isAncestorOf(now):
                self._entered(Place("", None, key))
                return
        for key, grid in self._body.grids.items():
            if grid.isAncestorOf(now):
                self._cell_changed(key, grid.view.currentIndex())

    def _cell_changed(self, key: str, index: QModelIndex) -> None:
        grid = self._body.grids[key]
        if index.isValid() and index.column() < len(grid.model.fields):
            self._entered(Place(key, index.row(), grid.model.fields[index.column()].key))

    def light(self, place: Place | None, *, reveal: bool = False) -> None:
        """Light the field at ``place`` (None: nothing); ``reveal`` brings it into sight without taking the cursor."""
        self._put_out()
        if place is None:
            return
        if not place.table:
            cell = self._body.header.cells.get(place.field)
            if cell is not None:
                self._lit = cell.editor.box
                mark_lit(self._lit, True)
                if reveal:
                    self._body.header.bring(place.field)
                    self._body.scroller.ensureWidgetVisible(cell)
            return
        grid = self._body.grids.get(place.table)
        if grid is not None and place.line is not None:
            self._grid = grid
            if reveal:
                self._body.tabs.setCurrentWidget(grid)
            grid.view.light(place.line, grid.model.column(place.field), reveal=reveal)

    def _put_out(self) -> None:
        if self._lit is not None:
            mark_lit(self._lit, False)
        if self._grid is not None:
            self._grid.view.light(-1, -1)
        self._lit = self._grid = None

    def go(self, place: Place | None) -> None:
        """Put the cursor into the field at ``place``."""
        if place is not None and (place.field or place.line is not None):
            self._body.findings.go_to(note("", "", place.field, place.line, table=place.table))
