"""What 数据下载 lists: copies on offer with ticks, and what became of the copies of a run, a colour beside the word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from bondesk.base.steps import Table
from bondesk.desktop import style
from bondesk.desktop.list_model import TONE_ROLE
from bondesk.desktop.list_view import StateDelegate
from bondesk.desktop.step_table import StepModel, StepTable
from bondesk.engine.download_port import OfferedCopy
from bondesk.engine.download_runs import REFUSED, Item
from bondesk.engine.formal_copies import NEW, UNCHANGED, UPDATED

Index = QModelIndex | QPersistentModelIndex
_OFFERED = (("数据", 130), ("编号", 180), ("内容", 320), ("日期", 100), ("海关状态", 90))
_RESULTS = (("数据", 130), ("编号", 180), ("日期", 100), ("结果", 90), ("原因", 420))
_OUTCOME = 3
_TONES = {"": "plain", NEW: "good", UPDATED: "info", UNCHANGED: "muted", REFUSED: "bad"}


class ResultModel(StepModel):
    """The copies of a run; the outcome has a tone."""

    def __init__(self, items: Sequence[Item], parent: QWidget | None = None) -> None:
        """Show ``items`` in the order they are taken."""
        rows = tuple((one.kind_title, one.number, one.day, one.word, one.reason) for one in items)
        super().__init__(Table("下载结果", tuple(title for title, _ in _RESULTS), rows), None, parent)
        self.items = items

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return text, alignment, and the tone of an outcome."""
        if role == TONE_ROLE and index.column() == _OUTCOME:
            return _TONES[self.items[self.rows[index.row()]].outcome]
        return super().data(index, role)


def offered_table(offered: Sequence[OfferedCopy], titles: dict[str, str], parent: QWidget) -> StepTable:
    """Return the copies on offer, none of them ticked."""
    rows = tuple((titles.get(one.kind, one.kind), one.number, one.title, one.day, one.state) for one in offered)
    table = Table("可下载的数据", tuple(title for title, _ in _OFFERED), rows)
    return _named(StepTable(table, (), parent), "download_offered", _OFFERED)


def result_table(items: Sequence[Item], parent: QWidget) -> StepTable:
    """Return what became of the copies of a run."""
    model = ResultModel(items)
    shown = _named(StepTable(model.table, None, parent, model), "download_results", _RESULTS)
    model.setParent(shown)
    shown.view.setItemDelegateForColumn(_OUTCOME, StateDelegate(shown.view))
    return shown


def _named(table: StepTable, name: str, columns: Iterable[tuple[str, int]]) -> StepTable:
    table.setObjectName(name)
    table.view.setObjectName(f"{name}_rows")
    table.filter.setObjectName(f"{name}_filter")
    for column, (_title, width) in enumerate(columns):
        table.view.setColumnWidth(column, style.scaled(width))
    return table
