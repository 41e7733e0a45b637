"""What extracting a source into a draft would do, as a table with ticks: rows over a list, nothing made per row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from bondesk.base.change import Candidate, Comparison, Outcome
from bondesk.base.fields import Field
from bondesk.desktop import style
from bondesk.desktop.list_model import TONE_ROLE

Index = QModelIndex | QPersistentModelIndex
HEADINGS = ("结果", "序号 / 名称", "不同之处", "说明")
RESULT, _LABEL, _DIFFERENCES, _REASON = range(4)
TONES = {
    Outcome.ADD: "good",
    Outcome.MODIFY: "warn",
    Outcome.OVERWRITE: "warn",
    Outcome.RESTORE: "info",
    Outcome.REFUSED: "bad",
}
#: (field, value) → what a cell shows.
Write = Callable[[Field, Any], str]


class CandidateModel(QAbstractTableModel):
    """Candidates of one comparison, those of the chosen outcome shown; ``ticked`` when another set is chosen."""

    ticked = Signal()

    def __init__(self, fields: Sequence[Field], write: Write, parent: QObject) -> None:
        """Show nothing until :meth:`show_comparison`; ``fields`` name what differs, ``write`` writes values."""
        super().__init__(parent)
        self._labels = {entry.key: entry for entry in fields}
        self._write = write
        self.comparison = Comparison(0, ())
        self._shown: Sequence[Candidate] = ()
        self._unticked: set[Any] = set()
        self._outcome: Outcome | None = None

    def show_comparison(self, comparison: Comparison) -> None:
        """Show another comparison; everything that can be extracted is ticked, as far as it was before."""
        self.beginResetModel()
        known = {one.key for one in comparison.candidates}
        self._unticked &= known
        self.comparison = comparison
        self._filter()
        self.endResetModel()
        self.ticked.emit()

    def show_outcome(self, outcome: Outcome | None) -> None:
        """Show the candidates of one outcome (None = all)."""
        self.beginResetModel()
        self._outcome = outcome
        self._filter()
        self.endResetModel()

    def _filter(self) -> None:
        everything, wanted = self.comparison.candidates, self._outcome
        self._shown = everything if wanted is None else [one for one in everything if one.outcome is wanted]

    def counts(self) -> Counter[Outcome]:
        """Return how many candidates there are of each outcome."""
        return Counter(one.outcome for one in self.comparison.candidates)

    def chosen(self) -> list[Any]:
        """Return the keys of the ticked candidates, in source order, shown or not."""
        return [one.key for one in self.comparison.candidates if self.is_ticked(one)]

    def is_ticked(self, one: Candidate) -> bool:
        """Tell whether a candidate will be extracted."""
        return one.outcome is not Outcome.REFUSED and one.key not in self._unticked

    def tick_shown(self, on: bool) -> None:
        """Tick everything shown that can be extracted, or take the ticks away."""
        keys = {one.key for one in self._shown}
        self._unticked = self._unticked - keys if on else self._unticked | keys
        self._told()

    def toggle(self, rows: Sequence[int]) -> None:
        """Tick rows, or take the ticks away when all of them have one."""
        able = [self._shown[row] for row in rows if self._shown[row].outcome is not Outcome.REFUSED]
        keys = {one.key for one in able}
        on = not all(self.is_ticked(one) for one in able)
        self._unticked = self._unticked - keys if on else self._unticked | keys
        self._told()

    def _told(self) -> None:
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, 0))
        self.ticked.emit()

    def candidate(self, row: int) -> Candidate | None:
        """Return the candidate of a row."""
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return how many candidates are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return the fixed columns."""
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(  # noqa: N802 - Qt's signature
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the headings."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADINGS[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let what can be extracted be ticked."""
        flags = super().flags(index)
        if index.column() == RESULT and self._shown[index.row()].outcome is not Outcome.REFUSED:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def setData(  # noqa: N802 - Qt's signature
        self, index: Index, _value: Any, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Follow a click on a tick."""
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        self.toggle([index.row()])
        return True

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return text, tick, tone and tooltip of a cell."""
        one, column = self._shown[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(one, column)
        if role == Qt.ItemDataRole.CheckStateRole and column == RESULT and one.outcome is not Outcome.REFUSED:
            return Qt.CheckState.Checked if self.is_ticked(one) else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ForegroundRole and column == RESULT:
            return QColor(style.tone(TONES[one.outcome]).foreground)
        if role == TONE_ROLE and column == RESULT:
            return TONES[one.outcome]
        return None

    def _text(self, one: Candidate, column: int) -> str:
        if column == RESULT:
            return one.outcome.value
        if column == _LABEL:
            return one.label
        return self.differences(one) if column == _DIFFERENCES else one.reason

    def differences(self, one: Candidate) -> str:
        """Write what differs: label, old value, new value."""
        return "；".join(
            f"{entry.label}：{self._word(entry, before)} → {self._word(entry, one.values.get(key))}"
            for key, before in one.before.items()
            if (entry := self._labels.get(key)) is not None
        )

    def _word(self, entry: Field, value: Any) -> str:
        return self._write(entry, value) or "空"
