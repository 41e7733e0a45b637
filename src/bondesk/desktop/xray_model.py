"""The lines of a message as a table: XML, what it means, and the word for what differs from the last sending."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase

from bondesk.desktop import style
from bondesk.engine.xray import CHANGED, GONE, NEW, Place, XrayLine

Index = QModelIndex | QPersistentModelIndex
HEADINGS = ("报文", "含义")
_MARKS = {CHANGED: ("已改", "warn"), NEW: ("新增", "good"), GONE: ("已去掉", "bad")}


class XrayModel(QAbstractTableModel):
    """Read-only lines; a marked one has a tone and the word for it."""

    def __init__(self, parent: QObject) -> None:
        """Start empty."""
        super().__init__(parent)
        self.lines: Sequence[XrayLine] = ()
        self._fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self._fixed.setFamilies([self._fixed.family(), *style.FONTS])
        self._struck = QFont(self._fixed)
        self._struck.setStrikeOut(True)

    def show_lines(self, lines: Sequence[XrayLine]) -> None:
        """Show other lines."""
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """Return how many lines there are."""
        return len(self.lines) if parent is None or not parent.isValid() else 0

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """Return two."""
        return len(HEADINGS)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the headings."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return HEADINGS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return text, font, tone and tooltip of a cell."""
        line = self.lines[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{'  ' * line.depth}{line.xml}" if index.column() == 0 else meaning(line)
            case Qt.ItemDataRole.ToolTipRole:
                return told(line)
            case Qt.ItemDataRole.FontRole if index.column() == 0:
                return self._struck if line.mark == GONE else self._fixed
            case Qt.ItemDataRole.BackgroundRole if line.mark:
                return QColor(style.tone(_MARKS[line.mark][1]).background)
            case Qt.ItemDataRole.ForegroundRole if line.mark:
                return QColor(style.tone(_MARKS[line.mark][1]).foreground)
            case Qt.ItemDataRole.ForegroundRole if line.place is None:
                return QColor(style.scheme().quiet)
        return None

    def row_of(self, table: str, line: int | None, field: str) -> int:
        """Return the first line made of a field, -1 when there is none."""
        wanted = Place(table, line, field)
        return next((row for row, one in enumerate(self.lines) if one.place == wanted), -1)

    def next_mark(self, row: int, by: int) -> int:
        """Return the next (1) or previous (-1) marked line, round and round; -1 when there is none."""
        count = len(self.lines)
        rows = ((row + by * step) % count for step in range(1, count + 1))
        return next((one for one in rows if self.lines[one].mark), -1)


def meaning(line: XrayLine) -> str:
    """Say what a line means, the word of its difference before it."""
    return f"{_MARKS[line.mark][0]}　{line.label}" if line.mark else line.label


def told(line: XrayLine) -> str:
    """Say everything about a line: what it means, how it stands to the last sending, the XML in full."""
    words = [line.label] if line.label else []
    if line.mark:
        words.append(_MARKS[line.mark][0])
    if line.mark == CHANGED:
        words.append(f"上次发送的是“{line.before}”" if line.before else "上次发送时为空")
    return "\n".join(one for one in ("，".join(words), line.xml) if one)
