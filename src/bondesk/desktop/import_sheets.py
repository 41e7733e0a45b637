"""The sheets of a workbook about to be imported, as tabs of grids in which a clerk mends what is wrong."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from bondesk.base.findings import Finding, Severity
from bondesk.desktop import style
from bondesk.desktop.import_grid import RawView
from bondesk.desktop.import_model import RawModel
from bondesk.engine.cell_places import column_letter
from bondesk.engine.import_preview import ImportPreview
from bondesk.engine.import_reading import Cell


class ImportSheets(QWidget):
    """Tabs of sheets with a filter, a walk through the findings and a line about the current cell.

    ``corrected`` brings texts by cell; ``moved`` the current cell.
    """

    corrected = Signal(object)
    moved = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        """Start without a workbook."""
        super().__init__(parent)
        self.setObjectName("import_sheets")
        self.preview: ImportPreview | None = None
        self.views: list[RawView] = []
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("import_tabs")
        self.tabs.setDocumentMode(True)
        self.tabs.currentChanged.connect(lambda _page: self._say())
        self.wrong_only = QCheckBox("只看有问题的行", self)
        self.wrong_only.setObjectName("import_wrong_only")
        self.wrong_only.toggled.connect(self._filter)
        self.back = self._button("import_back", "上一处", "上一处问题（Shift+F8）", lambda: self.walk(-1))
        self.next = self._button("import_next", "下一处 F8", "下一处问题（F8）", lambda: self.walk(1))
        self.line = QLabel(self)
        self.line.setObjectName("import_cell")
        self.line.setTextFormat(Qt.TextFormat.PlainText)
        self.line.setWordWrap(True)
        self.line.setMinimumHeight(style.ROW_HEIGHT)
        self.empty = QLabel("把工作簿拖到这里，或点「选择文件…」", self)
        self.empty.setObjectName("import_empty")
        self.empty.setProperty("role", "quiet")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.bar = QHBoxLayout()
        self.bar.setSpacing(style.GAP)
        for widget in (self.wrong_only, self.back, self.next):
            self.bar.addWidget(widget)
        self.bar.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(style.GAP)
        layout.addLayout(self.bar)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self.line)
        self._follow()
        for key, step in (("F8", 1), ("Shift+F8", -1)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(lambda step=step: self.walk(step))

    def _button(self, name: str, text: str, tip: str, deed: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        button.clicked.connect(deed)
        return button

    def show_preview(self, preview: ImportPreview | None) -> None:
        """Show another workbook, or the same one checked again, without moving what is looked at."""
        names = [sheet.name for sheet in preview.sheets] if preview is not None else []
        fresh = names != [view.raw.name for view in self.views] or (
            self.preview is not None and preview is not None and self.preview.opened is not preview.opened
        )
        self.preview = preview
        if fresh:
            self._make_views(names)
        for position, view in enumerate(self.views):
            assert preview is not None
            view.raw.show_preview(preview)
            view.raw.show_wrong_only(self.wrong_only.isChecked()) if fresh else None
            if fresh:
                view.fit_columns()
            self.tabs.setTabText(position, self._title(preview, view.raw.name))
        if fresh:
            first = next((n for n, view in enumerate(self.views) if view.raw.sheet and view.raw.sheet.found), 0)
            self.tabs.setCurrentIndex(first)
        self._follow()
        self._say()

    def _make_views(self, names: list[str]) -> None:
        self.tabs.clear()
        for view in self.views:
            view.deleteLater()
        self.views = []
        for name in names:
            view = RawView(RawModel(name, self), self)
            view.corrected.connect(self.corrected)
            view.selectionModel().currentChanged.connect(lambda _now, _before: self._say())
            self.views.append(view)
            self.tabs.addTab(view, name)

    @staticmethod
    def _title(preview: ImportPreview, name: str) -> str:
        sheet = preview.sheet(name)
        if sheet is None or sheet.found is None:
            return f"{name}（不导入）"
        errors = sum(
            preview.findings[position].severity is Severity.ERROR
            for (sheet_name, _), found in preview.rows.items()
            if sheet_name == name
            for position in found
        )
        return f"{name}（错误 {errors}）" if errors else name

    def _filter(self, on: bool) -> None:
        cell = self.current()
        for view in self.views:
            view.raw.show_wrong_only(on)
        if cell is not None:
            self.go(cell)
        self._say()

    def _follow(self) -> None:
        self.tabs.setVisible(bool(self.views))
        self.line.setVisible(bool(self.views))
        self.empty.setVisible(not self.views)
        any_wrong = self.preview is not None and bool(self.preview.rows)
        for button, tip in ((self.back, "上一处问题（Shift+F8）"), (self.next, "下一处问题（F8）")):
            button.setEnabled(any_wrong)
            button.setToolTip(tip if any_wrong else "没有问题")
        self.wrong_only.setEnabled(any_wrong or self.wrong_only.isChecked())

    def set_editable(self, on: bool) -> None:
        """Let cells be corrected or only looked at."""
        triggers = QAbstractItemView.EditTrigger
        keys = triggers.DoubleClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed
        for view in self.views:
            view.setEditTriggers(keys if on else triggers.NoEditTriggers)

    def view(self) -> RawView | None:
        """Return the grid in front."""
        position = self.tabs.currentIndex()
        return self.views[position] if 0 <= position < len(self.views) else None

    def current(self) -> Cell | None:
        """Return the cell under the cursor."""
        view = self.view()
        index = view.currentIndex() if view is not None else QModelIndex()
        return view.raw.cell(index) if view is not None and index.isValid() else None

    def go(self, cell: Cell) -> bool:
        """Put the cursor on a cell; False when it is not shown."""
        for position, view in enumerate(self.views):
            index = view.raw.index_of(cell) if view.raw.name == cell[0] else QModelIndex()
            if index.isValid():
                self.tabs.setCurrentIndex(position)
                view.setCurrentIndex(index)
                view.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
                return True
        return False

    def go_to(self, finding: Finding) -> None:
        """Put the cursor on the cell a finding is about."""
        cell = self.preview.cell_of(finding) if self.preview is not None else None
        if cell is not None:
            self.go(cell)

    def walk(self, step: int) -> None:
        """Go to the next cell with an error (any finding when there is no error), round the end to the first."""
        if self.preview is None:
            return
        order = {view.raw.name: position for position, view in enumerate(self.views)}
        errors = [f for f in self.preview.findings if f.severity is Severity.ERROR] or self.preview.findings
        cells = {cell for finding in errors if (cell := self.preview.cell_of(finding)) is not None}
        places = sorted((order[cell[0]], cell[1], cell[2], cell) for cell in cells)
        if not places:
            return
        here = self.current()
        spot = (order[here[0]], here[1], here[2]) if here is not None else (-1, 0, 0)
        if step > 0:
            chosen = next((place for place in places if place[:3] > spot), places[0])
        else:
            chosen = next((place for place in reversed(places) if place[:3] < spot), places[-1])
        if self.go(chosen[3]) and (view := self.view()) is not None:
            view.setFocus()

    def _say(self) -> None:
        cell, view = self.current(), self.view()
        if cell is None or view is None or view.raw.sheet is None:
            self.line.setText("双击单元格或按 F2 更正；Ctrl+V 可粘贴，Ctrl+Z 撤销。工作簿本身不会被改动。")
        else:
            text = view.raw.sheet.text(cell[1], cell[2])
            said = "　".join(view.raw.said(cell))
            self.line.setText(f"{column_letter(cell[2])}{cell[1]}：{text or '（空）'}" + (f"　{said}" if said else ""))
        self.moved.emit(cell)
