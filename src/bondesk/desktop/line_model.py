"""The lines of one table as a Qt model: every edit is an undoable command, what cannot be read stays in its cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QUndoCommand, QUndoStack

from bondesk.base.documents import LineTable
from bondesk.base.fields import Field
from bondesk.base.findings import Finding, Severity, error
from bondesk.base.rule_sources import with_source
from bondesk.desktop import style
from bondesk.desktop.cell_text import NameOf, cell_text
from bondesk.desktop.edited import EditedLine, Unread, blank_line
from bondesk.desktop.form_edits import CellChange, CellsEdit, LinesPut, change_of
from bondesk.desktop.typed_values import edit_text

Index = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_TONES = {Severity.ERROR: "bad", Severity.CONFIRM: "warn", Severity.NOTE: "info"}
_WEIGHT = list(_TONES)
_FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class LineModel(QAbstractTableModel):
    """Lines by columns. ``edited`` after any edit; ``shown`` (row, column) asks the view to show an undone cell.

    ``ordered`` brings the command of cells somebody has just changed, so that the rest of a line can be filled.
    """

    edited = Signal()
    ordered = Signal(object)
    shown = Signal(int, int)

    def __init__(self, table: LineTable, name_of: NameOf, stack: QUndoStack, parent: QObject | None = None) -> None:
        """Edit lines of ``table`` through commands on ``stack``; ``name_of`` names customs codes."""
        super().__init__(parent)
        self.table = table
        self.fields: tuple[Field, ...] = table.fields
        self.lines: list[EditedLine] = []
        self.editable = False
        self._name_of, self._stack = name_of, stack
        self._columns = {entry.key: place for place, entry in enumerate(self.fields)}
        self._found: dict[tuple[int, str], list[Finding]] = {}
        self._by_row: dict[int, list[Finding]] = {}

    def replace(self, lines: Sequence[EditedLine]) -> None:
        """Show other lines; nothing to undo."""
        self.beginResetModel()
        self.lines = list(lines)
        self._found, self._by_row = {}, {}
        self.endResetModel()

    def set_editable(self, editable: bool) -> None:
        """Let cells be typed into, or grey all."""
        if editable != self.editable:
            self.editable = editable
            self._repaint()

    def column(self, key: str) -> int:
        """Return the column of a field, -1 when it is not shown."""
        return self._columns.get(key, -1)

    def can_edit(self, column: int) -> bool:
        """Tell whether cells of ``column`` can be typed into."""
        return self.editable and not self.fields[column].readonly

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return how many lines there are."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.fields)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let what can be edited be edited."""
        return _FLAGS | Qt.ItemFlag.ItemIsEditable if self.can_edit(index.column()) else _FLAGS

    def headerData(  # noqa: N802 - Qt's signature
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return labels (required ones with a star) and line numbers, coloured when the line has findings."""
        if orientation is Qt.Orientation.Vertical:
            return self._line_header(section, role)
        entry = self.fields[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{entry.label} *" if entry.required and not entry.readonly else entry.label
            case Qt.ItemDataRole.ToolTipRole:
                return f"{entry.label}：{entry.help}" if entry.help else entry.label
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if entry.numeric else _LEFT
        return None

    def _line_header(self, row: int, role: int) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return row + 1
        found = self._by_row.get(row)
        if found and role == Qt.ItemDataRole.ToolTipRole:
            return _sentences(found)
        if found and role == Qt.ItemDataRole.ForegroundRole:
            return QColor(style.tone(_tone_of(found)).foreground)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return text, alignment, colours or tooltip of a cell."""
        line, entry = self.lines[index.row()], self.fields[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.text(line, entry)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if entry.numeric and not entry.choices else _LEFT
            case Qt.ItemDataRole.BackgroundRole:
                return self._background(index.row(), line, entry)
            case Qt.ItemDataRole.ForegroundRole:
                return None if self.can_edit(index.column()) else QColor(style.scheme().quiet)
            case Qt.ItemDataRole.ToolTipRole:
                return self._tooltip(index.row(), line, entry)
        return None

    def text(self, line: EditedLine, entry: Field) -> str:
        """Return what a cell shows."""
        unread = line.unread.get(entry.key)
        return unread.raw if unread else cell_text(entry, line.values.get(entry.key), self._name_of)

    def plain_text(self, row: int, column: int) -> str:
        """Return what a cell is copied as: the code without its name."""
        line, entry = self.lines[row], self.fields[column]
        unread = line.unread.get(entry.key)
        if unread or entry.choices:
            return self.text(line, entry)
        return edit_text(entry, line.values.get(entry.key))

    def _background(self, row: int, line: EditedLine, entry: Field) -> QColor | None:
        if entry.key in line.unread:
            return QColor(style.tone("bad").background)
        if found := self._found.get((row, entry.key)):
            return QColor(style.tone(_tone_of(found)).background)
        return QColor(style.scheme().window) if entry.readonly or not self.editable else None

    def _tooltip(self, row: int, line: EditedLine, entry: Field) -> str | None:
        unread = line.unread.get(entry.key)
        said = [with_source(unread.code, unread.text)] if unread else []
        if found := self._found.get((row, entry.key)):
            said.append(_sentences(found))
        text = self.text(line, entry)
        return "\n".join([text, *said] if text else said) or None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802 - Qt's name
        """Give a cell another value."""
        if role != Qt.ItemDataRole.EditRole or not self.can_edit(index.column()):
            return False
        self.change([change_of(self.lines[index.row()], self.fields[index.column()].key, value)])
        return True

    def set_unread(self, line: EditedLine, key: str, unread: Unread) -> None:
        """Keep a text that cannot be read in its cell."""
        self.change([change_of(line, key, None, unread)])

    def hold(self, line: EditedLine, key: str, unread: Unread | None) -> None:
        """Let a text stand in a cell for the moment it is looked up; nothing to undo."""
        line.unread.pop(key, None)
        if unread is not None:
            line.unread[key] = unread
        self._repaint()

    def change(self, changes: Sequence[CellChange]) -> None:
        """Order changes of cells, as one thing to undo; none where nothing is new."""
        real = [change for change in changes if change.before != change.after]
        if real:
            command = CellsEdit(self, real)
            self._stack.push(command)
            self.ordered.emit(command)

    def insert(self, row: int, fresh: Sequence[EditedLine] = ()) -> None:
        """Order lines (a blank one by default) to be inserted before ``row``."""
        self._stack.push(LinesPut(self, row, fresh or [blank_line(self.table)]))

    def together(self, title: str, commands: Sequence[QUndoCommand]) -> None:
        """Order several commands that are undone as one."""
        self._stack.beginMacro(title)
        for command in commands:
            self._stack.push(command)
        self._stack.endMacro()

    def write(self, changes: Sequence[CellChange], *, undone: bool) -> None:
        """Write cells; called by commands only."""
        rows = {id(line): row for row, line in enumerate(self.lines)} if len(changes) > 1 else {}
        touched = []
        ordered = tuple(reversed(changes)) if undone else tuple(changes)
        for change in ordered:
            value, unread = change.before if undone else change.after
            change.line.values[change.key] = value
            change.line.seen = None
            change.line.unread.pop(change.key, None)
            if unread is not None:
                change.line.unread[change.key] = unread
            row = rows.get(id(change.line), -1) if rows else self._row_of(change.line)
            if self._found.pop((row, change.key), None):
                self._by_row[row] = [one for one in self._by_row[row] if one.field != change.key]
            touched.append((row, self.column(change.key)))
        top, bottom = min(row for row, _ in touched), max(row for row, _ in touched)
        self.dataChanged.emit(self.index(max(top, 0), 0), self.index(bottom, len(self.fields) - 1))
        typed = [spot for spot, change in zip(touched, ordered, strict=True) if change.key != "line_no"]
        if undone and typed:  # lines that were only renumbered are no place to go to
            self.shown.emit(*typed[-1])
        self.edited.emit()

    def _row_of(self, line: EditedLine) -> int:
        return next((row for row, other in enumerate(self.lines) if other is line), -1)

    def put(self, row: int, lines: Sequence[EditedLine]) -> None:
        """Insert lines; called by commands only."""
        self.beginInsertRows(QModelIndex(), row, row + len(lines) - 1)
        self.lines[row:row] = lines
        self._forget_findings()
        self.endInsertRows()
        self.edited.emit()

    def take(self, row: int, count: int) -> None:
        """Remove lines; called by commands only."""
        self.beginRemoveRows(QModelIndex(), row, row + count - 1)
        del self.lines[row : row + count]
        self._forget_findings()
        self.endRemoveRows()
        self.edited.emit()

    def shift(self, row: int, count: int, by: int) -> None:
        """Move lines by one place; called by commands only."""
        self.beginMoveRows(QModelIndex(), row, row + count - 1, QModelIndex(), row - 1 if by < 0 else row + count + 1)
        moved = self.lines[row : row + count]
        del self.lines[row : row + count]
        self.lines[row + by : row + by] = moved
        self._forget_findings()
        self.endMoveRows()
        self.edited.emit()

    def _forget_findings(self) -> None:
        """Drop what was said about lines by their place; the rules are asked again in a moment."""
        self._found, self._by_row = {}, {}

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Colour the cells findings are about."""
        self._forget_findings()
        for finding in findings:
            assert finding.line is not None
            if finding.field in self._columns:
                self._found.setdefault((finding.line, finding.field), []).append(finding)
            self._by_row.setdefault(finding.line, []).append(finding)
        self._repaint()

    def _repaint(self) -> None:
        if self.lines:
            last = len(self.lines) - 1
            self.dataChanged.emit(self.index(0, 0), self.index(last, len(self.fields) - 1))
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, last)

    def unread_findings(self) -> list[Finding]:
        """Say which cells hold a text that cannot be read."""
        return [
            error(
                unread.code,
                f"「{self.fields[self._columns[key]].label}」“{unread.raw[:40]}”：{unread.text}",
                key,
                row,
                table=self.table.key,
            )
            for row, line in enumerate(self.lines)
            for key, unread in line.unread.items()
            if key in self._columns
        ]


def _tone_of(findings: Sequence[Finding]) -> str:
    return _TONES[min((finding.severity for finding in findings), key=_WEIGHT.index)]


def _sentences(findings: Sequence[Finding]) -> str:
    return "\n".join(with_source(finding.code, finding.text) for finding in findings)
