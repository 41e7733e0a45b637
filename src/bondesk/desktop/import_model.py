"""A sheet of a workbook about to be imported: raw cells as they stand, coloured by what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPolygonF
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from bondesk.base.findings import Severity
from bondesk.base.readings import cell_text
from bondesk.desktop import style
from bondesk.desktop.findings_view import WORDS
from bondesk.engine.cell_places import column_letter
from bondesk.engine.import_preview import ImportPreview, PreviewSheet
from bondesk.engine.import_reading import Cell

Index = QModelIndex | QPersistentModelIndex
TONES = {Severity.ERROR: "bad", Severity.CONFIRM: "warn", Severity.NOTE: "info"}
#: Tells the delegate that a cell was corrected.
CORRECTED = int(Qt.ItemDataRole.UserRole) + 1
_MARK = 7


class RawModel(QAbstractTableModel):
    """One sheet of a preview; ``typed`` brings a cell and the text typed into it.

    Texts are made when a cell is painted, so 200,000 rows cost nothing until they are looked at.
    """

    typed = Signal(object, str)

    def __init__(self, name: str, parent: QObject) -> None:
        """Show nothing of the sheet ``name`` yet."""
        super().__init__(parent)
        self.name = name
        self.preview: ImportPreview | None = None
        self.sheet: PreviewSheet | None = None
        self._rows: list[int] | None = None
        self._wrong_only = False

    def show_preview(self, preview: ImportPreview) -> None:
        """Show a newer preview; rows and columns stay where they are as far as they can."""
        sheet = preview.sheet(self.name)
        rows = self._rows_of(preview, sheet, self._rows or [])
        same = (
            self.sheet is not None
            and sheet is not None
            and (sheet.height, sheet.width) == (self.sheet.height, self.sheet.width)
            and rows == self._rows
        )
        if not same:
            self.beginResetModel()
        self.preview, self.sheet, self._rows = preview, sheet, rows
        if not same:
            self.endResetModel()
        elif self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)

    def show_wrong_only(self, on: bool) -> None:
        """Keep only the headings and the rows with a finding, or show all; mended rows stay until asked again."""
        self._wrong_only = on
        if self.preview is not None:
            self.beginResetModel()
            self._rows = self._rows_of(self.preview, self.sheet, [])
            self.endResetModel()

    def _rows_of(self, preview: ImportPreview, sheet: PreviewSheet | None, kept: Sequence[int]) -> list[int] | None:
        if not self._wrong_only or sheet is None:
            return None
        heading = {sheet.heading_row} if sheet.heading_row else set()
        return [row for row in sorted({*heading, *kept, *preview.wrong_rows(self.name)}) if row <= sheet.height]

    @property
    def filtered(self) -> bool:
        """Tell whether only some rows are shown."""
        return self._rows is not None

    def row_of(self, index_row: int) -> int:
        """Return the Excel row shown at a position."""
        return index_row + 1 if self._rows is None else self._rows[index_row]

    def cell(self, index: Index) -> Cell:
        """Return the workbook cell behind an index."""
        return self.name, self.row_of(index.row()), index.column()

    def index_of(self, cell: Cell) -> QModelIndex:
        """Return where a workbook cell is shown; an invalid index when it is not."""
        _, row, column = cell
        if self._rows is None:
            return self.index(row - 1, column)
        return self.index(self._rows.index(row), column) if row in self._rows else QModelIndex()

    def raw_text(self, cell: Cell) -> str:
        """Return what the file itself holds."""
        return cell_text(self.preview.opened.raw(cell)) if self.preview is not None else ""

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return how many rows are shown."""
        if parent.isValid() or self.sheet is None:
            return 0
        return self.sheet.height if self._rows is None else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return the width of the sheet."""
        return 0 if parent.isValid() or self.sheet is None else self.sheet.width

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every cell may be corrected."""
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def headerData(  # noqa: N802 - Qt's signature
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return Excel's letter with the heading found there, or Excel's row number."""
        if self.sheet is None or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if orientation is Qt.Orientation.Vertical:
            return str(self.row_of(section)) if role == Qt.ItemDataRole.DisplayRole else None
        found = self.sheet.found
        for heading, name, index in found.columns if found is not None else ():
            if index == section:
                meant = f"{name} → 标准列标题「{heading.text}」" if heading.own == name else name
                return f"{column_letter(section)} {name}" if role == Qt.ItemDataRole.DisplayRole else meant
        if role == Qt.ItemDataRole.ToolTipRole:
            return "这一列没有可识别的列标题，不导入" if found is not None and found.row >= 0 else None
        return column_letter(section)

    def _findings(self, cell: Cell) -> tuple[int, ...]:
        assert self.preview is not None
        found = self.preview.cells.get(cell, ())
        if cell[2] == 0:
            whole = self.preview.rows.get(cell[:2], ())
            found += tuple(
                position
                for position in whole
                if self.sheet and self.sheet.column_of(self.preview.findings[position]) is None
            )
        return found

    def said(self, cell: Cell) -> list[str]:
        """Say what is wrong with a cell and how it was corrected, one sentence each."""
        if self.preview is None:
            return []
        findings = (self.preview.findings[position] for position in self._findings(cell))
        said = [f"{WORDS[finding.severity]}：{finding.text}" for finding in findings]
        if cell in self.preview.corrections:
            said.append(f"已更正，原为“{self.raw_text(cell)}”")
        return said

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return text, colours, font or tooltip of a cell."""
        if self.sheet is None or self.preview is None:
            return None
        cell = self.cell(index)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self.sheet.text(cell[1], cell[2])
        if role in (Qt.ItemDataRole.BackgroundRole, Qt.ItemDataRole.ForegroundRole):
            return self._colour(cell, role)
        if role == Qt.ItemDataRole.FontRole and cell[1] == self.sheet.heading_row:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(self.said(cell)) or None
        if role == CORRECTED:
            return cell in self.preview.corrections
        return None

    def _colour(self, cell: Cell, role: int) -> QColor | None:
        assert self.preview is not None
        assert self.sheet is not None
        ground = role == Qt.ItemDataRole.BackgroundRole
        weight = self.preview.weight(self._findings(cell))
        if weight is not None:
            tone = style.tone(TONES[weight])
            return QColor(tone.background if ground else tone.foreground)
        if cell[1] == self.sheet.heading_row:
            return QColor(style.scheme().window) if ground else None
        return None if ground or cell[1] > self.sheet.heading_row else QColor(style.scheme().quiet)

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        """Hand on what was typed; the preview shows it when it has been checked."""
        if role != Qt.ItemDataRole.EditRole or str(value) == self.data(index):
            return False
        self.typed.emit(self.cell(index), str(value))
        return True


class CorrectedCells(QStyledItemDelegate):
    """Draws a small corner on corrected cells, as spreadsheets mark a noted cell."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the cell and its mark."""
        super().paint(painter, option, index)
        if index.data(CORRECTED):
            corner = QPointF(option.rect.right() + 1, option.rect.top())
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(style.scheme().accent))
            painter.drawPolygon(QPolygonF([corner, corner - QPointF(_MARK, 0), corner + QPointF(0, _MARK)]))
            painter.restore()
