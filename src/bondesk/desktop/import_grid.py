"""The grid of one sheet about to be imported: typing, pasting and deleting as in a spreadsheet."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QApplication, QTableView, QWidget

from bondesk.desktop import style
from bondesk.desktop.import_model import CorrectedCells, RawModel
from bondesk.engine.import_reading import Cell

#: Rows looked at to choose the first widths of columns.
_SAMPLE_ROWS = 60
_WIDEST, _NARROWEST = 260, 56
_MOST_CELLS = 20_000


class RawView(QTableView):
    """One sheet; ``corrected`` brings texts by cell, typed, pasted or deleted together."""

    corrected = Signal(object)

    def __init__(self, model: RawModel, parent: QWidget) -> None:
        """Show ``model``."""
        super().__init__(parent)
        self.setObjectName("import_grid")
        self.raw = model
        self.setModel(model)
        self.setItemDelegate(CorrectedCells(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        # Chinese is composed right into a cell, without opening it first.
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        self.verticalHeader().setDefaultSectionSize(style.ROW_HEIGHT)
        self.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        model.typed.connect(lambda cell, text: self.corrected.emit({cell: text}))
        standard = QKeySequence.StandardKey
        for key, deed in ((standard.Copy, self.copy), (standard.Paste, self.paste), (standard.Delete, self.empty)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(deed)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Go down on Enter as in a spreadsheet."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            here = self.currentIndex()
            below = self.raw.index(here.row() + 1, here.column())
            if below.isValid():
                self.setCurrentIndex(below)
            return
        super().keyPressEvent(event)

    def fit_columns(self) -> None:
        """Give every column the width its heading and first rows need."""
        metrics = self.fontMetrics()
        above = max(self.raw.sheet.heading_row - 1, 0) if self.raw.sheet is not None and not self.raw.filtered else 0
        for column in range(self.raw.columnCount()):
            texts = [str(self.raw.headerData(column, Qt.Orientation.Horizontal))]
            rows = range(above, min(self.raw.rowCount(), above + _SAMPLE_ROWS))
            texts += [str(self.raw.index(row, column).data() or "") for row in rows]
            wide = max(metrics.horizontalAdvance(text.splitlines()[0] if text else "") for text in texts) + 28
            self.setColumnWidth(column, min(max(wide, _NARROWEST), _WIDEST))

    def _block(self) -> list[QModelIndex]:
        return sorted(self.selectedIndexes(), key=lambda index: (index.row(), index.column()))[:_MOST_CELLS]

    def copy(self) -> None:
        """Put the selected cells on the clipboard as a spreadsheet would."""
        rows: dict[int, list[str]] = {}
        for index in self._block():
            rows.setdefault(index.row(), []).append(str(index.data() or ""))
        QApplication.clipboard().setText("\n".join("\t".join(cells) for cells in rows.values()))

    def empty(self) -> None:
        """Make the selected cells empty."""
        self.corrected.emit({self.raw.cell(index): "" for index in self._block()})

    def paste(self) -> None:
        """Lay the clipboard's table over the cells from the current one; one value fills a whole selection."""
        here = self.currentIndex()
        lines = QApplication.clipboard().text().rstrip("\r\n").splitlines()
        if not here.isValid() or not lines:
            return
        selected = self._block()
        if len(lines) == 1 and "\t" not in lines[0] and len(selected) > 1:
            self.corrected.emit({self.raw.cell(index): lines[0] for index in selected})
            return
        texts: dict[Cell, str] = {}
        for down, line in enumerate(lines):
            for right, text in enumerate(line.split("\t")):
                index = self.raw.index(here.row() + down, here.column() + right)
                if index.isValid() and len(texts) < _MOST_CELLS:
                    texts[self.raw.cell(index)] = text
        self.corrected.emit(texts)
