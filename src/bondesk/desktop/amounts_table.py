"""How much of each row to take: the table of a step with one column typed into, always within what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from bondesk.base.columns import Kind
from bondesk.base.fields import Field
from bondesk.base.numbers import plain
from bondesk.base.readings import Unreadable
from bondesk.base.steps import Amounts, amount_problem
from bondesk.desktop import style
from bondesk.desktop.step_table import StepModel, StepTable
from bondesk.desktop.typed_values import read_typed

Index = QModelIndex | QPersistentModelIndex
_NOTHING = "不取"
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class AmountsModel(StepModel):
    """The rows of the step with the amount as last column; ``refused`` says why a typed amount was not taken."""

    refused = Signal(str)

    def __init__(self, step: Amounts, parent: QWidget | None = None) -> None:
        """Start from what is proposed."""
        super().__init__(step.table, None, parent)
        self.step, self.amounts = step, list(step.proposed)
        self.column = len(step.table.headings)
        self._entry = Field(
            "amount", step.heading, Kind.QUANTITY, "", (), "", "", False, False, 0, places=step.places, length=0
        )

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return one more than the table has."""
        return 0 if parent.isValid() else self.column + 1

    def is_right(self, column: int) -> bool:
        """Write the amount to the right too."""
        return column == self.column or super().is_right(column)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let the amount be typed."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == self.column else flags

    def headerData(  # noqa: N802 - Qt's signature
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the amount's heading beside those of the table."""
        if orientation is Qt.Orientation.Horizontal and section == self.column:
            if role == Qt.ItemDataRole.DisplayRole:
                return self.step.heading
            return super().headerData(0, orientation, role) if role != Qt.ItemDataRole.TextAlignmentRole else _RIGHT
        return super().headerData(section, orientation, role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the amount as text; a row not taken says so."""
        if index.column() != self.column:
            return super().data(index, role)
        number = self.rows[index.row()]
        amount, most = self.amounts[number], self.step.most[number]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return plain(amount) if amount else _NOTHING
            case Qt.ItemDataRole.EditRole:
                return plain(amount) if amount else ""
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT
            case Qt.ItemDataRole.ForegroundRole:
                tone = "muted" if not amount else "info" if amount < most else ""
                return QColor(style.tone(tone).foreground) if tone else None
            case Qt.ItemDataRole.ToolTipRole:
                if not amount:
                    return "本次不取，留到以后"
                return f"本次取一部分，剩余 {plain(most - amount)}" if amount < most else "取完"
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802 - Qt's name
        """Take a typed amount; one that cannot be taken is refused and the former stays."""
        if role != Qt.ItemDataRole.EditRole or index.column() != self.column:
            return super().setData(index, value, role)
        number = self.rows[index.row()]
        try:
            amount = read_typed(self._entry, str(value), date.today()) or Decimal(0)
            problem = amount_problem(self.step, number, amount)
        except Unreadable as unreadable:
            problem = unreadable.text
        if problem:
            self.refused.emit(f"{self.step.table.rows[number][0]}：{problem}；仍为 {plain(self.amounts[number])}")
            return False
        self._put({number: amount})
        return True

    def put_all(self, numbers: Iterable[int], *, all_of_it: bool) -> None:
        """Take all that is left of some rows, or nothing of them."""
        self._put({number: self.step.most[number] if all_of_it else Decimal(0) for number in numbers})

    def _put(self, amounts: dict[int, Decimal]) -> None:
        for number, amount in amounts.items():
            self.amounts[number] = amount
        if self.rows:
            self.dataChanged.emit(self.index(0, self.column), self.index(len(self.rows) - 1, self.column))
        self.refused.emit("")
        self.ticking.emit()


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class _AmountEditor(QStyledItemDelegate):
    """A box for the amount; Enter takes it and goes to the next row."""

    def __init__(self, go_down: Callable[[], object], parent: QWidget) -> None:
        super().__init__(parent)
        self._go_down = go_down

    def createEditor(  # noqa: N802 - Qt's name
        self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index
    ) -> QWidget:
        box = QLineEdit(parent)
        box.setObjectName("amount_box")
        box.setAlignment(_RIGHT)
        box.setFrame(False)
        return box

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in _ENTER
            and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
            and isinstance(editor, QWidget)
        ):
            self.commitData.emit(editor)
            self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)
            self._go_down()
            return True
        return super().eventFilter(editor, event)


class AmountsTable(StepTable):
    """The step on screen: type an amount, Enter to the next row; Space takes all or nothing of the selected rows."""

    def __init__(self, step: Amounts, parent: QWidget | None = None) -> None:
        """Show ``step`` with what it proposes."""
        self.amounts = AmountsModel(step)
        super().__init__(step.table, None, parent, self.amounts)
        self.amounts.setParent(self)
        self.view.setItemDelegateForColumn(self.amounts.column, _AmountEditor(self._down, self))
        triggers = QAbstractItemView.EditTrigger
        self.view.setEditTriggers(triggers.AnyKeyPressed | triggers.EditKeyPressed | triggers.DoubleClicked)
        self.view.selectionModel().currentChanged.connect(self._stay_in_column)
        self.view.installEventFilter(self)
        self.view.verticalHeader().setVisible(False)
        self.view.horizontalHeader().setStretchLastSection(False)
        for name, text, all_of_it in (("amounts_all", "全部取完", True), ("amounts_none", "全部不取", False)):
            self.bar.addWidget(self._button(name, text, all_of_it))
        self.problem = QLabel(self)
        self.problem.setObjectName("amounts_problem")
        self.problem.setVisible(False)
        style.set_tone(self.problem, "bad", "ink")
        self.amounts.refused.connect(self._refused)
        own = self.layout()
        assert own is not None, "the table has made its layout"
        own.addWidget(self.problem)

    def _button(self, name: str, text: str, all_of_it: bool) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.setToolTip("对筛选后显示的各行")
        button.clicked.connect(lambda: self.amounts.put_all(self.amounts.rows, all_of_it=all_of_it))
        return button

    def begin(self) -> None:
        """Put the cursor into the first amount."""
        self.view.setFocus()
        if self.amounts.rows:
            self.view.setCurrentIndex(self.amounts.index(0, self.amounts.column))
        self.amounts.ticking.emit()

    def answer(self) -> dict[Any, Decimal]:
        """Return what is to be taken of each row, by id; a box still open counts."""
        box = self.view.viewport().focusWidget()
        if isinstance(box, QLineEdit) and box.objectName() == "amount_box":
            self.view.commitData(box)
        return dict(zip(self.amounts.step.ids, self.amounts.amounts, strict=True))

    @property
    def takes_any(self) -> bool:
        """Tell whether anything is taken at all."""
        return any(self.amounts.amounts)

    def _down(self) -> None:
        if self.problem.isVisible():
            return  # what was typed was refused: it is put right here
        row = min(self.view.currentIndex().row() + 1, self.amounts.rowCount() - 1)
        self.view.setCurrentIndex(self.amounts.index(row, self.amounts.column))

    def _stay_in_column(self, current: QModelIndex) -> None:
        if current.isValid() and current.column() != self.amounts.column:
            self.view.setCurrentIndex(self.amounts.index(current.row(), self.amounts.column))

    def _refused(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Space takes all or nothing of the selected rows, Delete nothing."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched is self.view:
            chosen = [self.amounts.rows[one.row()] for one in self.view.selectionModel().selectedRows()]
            if event.key() == Qt.Key.Key_Space and chosen:
                self.amounts.put_all(chosen, all_of_it=not all(self.amounts.amounts[number] for number in chosen))
                return True
            if event.key() == Qt.Key.Key_Delete and chosen:
                self.amounts.put_all(chosen, all_of_it=False)
                return True
        return super().eventFilter(watched, event)

    def _ticked(self) -> None:
        super()._ticked()
        taken = sum(1 for amount in self.amounts.amounts if amount)
        part = sum(
            1 for amount, most in zip(self.amounts.amounts, self.amounts.step.most, strict=True) if 0 < amount < most
        )
        self.count.setText(f"{self.count.text()}，取 {taken:,} 行" + (f"（部分 {part:,} 行）" if part else ""))
