"""The two tables of 数据预录入: documents with ticks where they are ready, and the uploads with their states."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from bondesk.base.steps import Table
from bondesk.desktop import style
from bondesk.desktop.step_table import StepModel, StepTable
from bondesk.desktop.told_rows import ToldRows
from bondesk.engine.pre_entry_book import Entered
from bondesk.engine.pre_entry_choice import Candidate

Index = QModelIndex | QPersistentModelIndex
_COLUMNS = (("单据", 150), ("编号", 200), ("状态", 90), ("说明", 520))
_UPLOADS = (
    ("状态", 22),
    ("单据", 14),
    ("编号", 22),
    ("预录入编号", 22),
    ("时间", 17),
    ("用户", 15),
    ("方式", 12),
    ("说明", 40),
)


class CandidateModel(StepModel):
    """Documents: a box where one can be ticked, the reason in quiet colour where it cannot."""

    def __init__(self, rows: Sequence[Candidate], ticked: Collection[int], parent: QWidget | None = None) -> None:
        """Show ``rows``; ``ticked`` are places among them."""
        table = Table("待预录入", tuple(title for title, _ in _COLUMNS), tuple(_cells(one) for one in rows))
        super().__init__(table, ticked, parent)
        self.candidates = rows

    def tick_all(self, ticked: bool) -> None:
        """Tick or untick every row shown that is ready."""
        ready = {number for number in self.rows if not self.candidates[number].why_not}
        self.ticked = (self.ticked or set()) | ready if ticked else (self.ticked or set()) - ready
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, 0))
        self.ticking.emit()

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Leave the box of what is not ready alone."""
        flags = super().flags(index)
        return flags & ~Qt.ItemFlag.ItemIsUserCheckable if self._why_not(index) else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what :class:`StepModel` does; no box and a quiet ink where a row is not ready."""
        if why := self._why_not(index):
            if role == Qt.ItemDataRole.CheckStateRole:
                return None
            if role == Qt.ItemDataRole.ForegroundRole:
                return QColor(style.tone("muted").foreground)
            if role == Qt.ItemDataRole.ToolTipRole:
                return why
        return super().data(index, role)

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802 - Qt
        """Tick or untick a row that is ready."""
        return not self._why_not(index) and super().setData(index, value, role)

    def _why_not(self, index: Index) -> str:
        return self.candidates[self.rows[index.row()]].why_not


def _cells(one: Candidate) -> tuple[str, ...]:
    before = f"曾经上传：{one.before}" if one.before else ""
    return one.title, one.number, one.state, "；".join(part for part in (one.why_not, before) if part)


class CandidateTable(StepTable):
    """The table; Space ticks what is selected."""

    def __init__(self, rows: Sequence[Candidate], ticked: Collection[int], parent: QWidget) -> None:
        """Show ``rows``."""
        model = CandidateModel(rows, ticked)
        super().__init__(model.table, None, parent, model)
        model.setParent(self)
        self.setObjectName("pre_entry_documents")
        self.view.setObjectName("pre_entry_documents_rows")
        self.filter.setObjectName("pre_entry_documents_filter")
        for column, (_title, width) in enumerate(_COLUMNS):
            self.view.setColumnWidth(column, style.scaled(width))
        if rows:
            self.view.selectRow(0)
        else:
            self.count.setText("没有单据。有标准报文的单据请用「发送」；接口不可用时先勾选上面的「报文接口不可用」")

    def toggle_ready(self) -> None:
        """Tick the selected rows that are ready, or untick them when all are ticked."""
        model = self.model
        assert isinstance(model, CandidateModel)
        assert model.ticked is not None
        chosen = {model.rows[index.row()] for index in self.view.selectionModel().selectedRows()}
        ready = {number for number in chosen if not model.candidates[number].why_not}
        model.ticked = model.ticked - ready if ready <= model.ticked else model.ticked | ready
        if model.rows:
            model.dataChanged.emit(model.index(0, 0), model.index(len(model.rows) - 1, 0))
        model.ticking.emit()


def uploads_table(parent: QWidget) -> ToldRows:
    """Return the empty table of uploads."""
    return ToldRows("pre_entry_uploads", _UPLOADS, _told, lambda one: one.tone, "还没有上传过", parent)


def _told(one: Entered) -> tuple[str, ...]:
    at = f"{one.at:%Y-%m-%d %H:%M}"
    return one.word, one.title, one.document_no, one.number, at, one.user_name, one.way_title, one.told
