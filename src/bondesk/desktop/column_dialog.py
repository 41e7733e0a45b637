"""列设置: which columns a list shows and in which order; applied as a whole, so that the list is read once."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from bondesk.base.documents import DocumentType
from bondesk.desktop import style
from bondesk.desktop.list_columns import available_columns, declared_keys


class ColumnDialog(QDialog):
    """Ticks and order; ``chosen`` brings the keys of the columns to show."""

    chosen = Signal(object)

    def __init__(self, document: DocumentType, shown: Sequence[str], parent: QWidget) -> None:
        """Start from the columns ``shown`` now."""
        super().__init__(parent)
        self.setObjectName("column_dialog")
        self.setWindowTitle(f"列设置 — {document.title}")
        self.resize(420, 520)
        self._document = document
        self.seek = QLineEdit(self)
        self.seek.setObjectName("column_find")
        self.seek.setPlaceholderText("查找列")
        self.seek.setClearButtonEnabled(True)
        self.seek.textChanged.connect(self._narrow)
        self.list = QListWidget(self)
        self.list.setObjectName("column_list")
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.itemChanged.connect(lambda _item: self._judge())
        self.hint = QLabel(self)
        self.hint.setObjectName("column_hint")
        self.hint.setProperty("role", "quiet")
        self.buttons = QDialogButtonBox(self)
        self.ok = self.buttons.addButton("确定", QDialogButtonBox.ButtonRole.AcceptRole)
        self.ok.setObjectName("column_ok")
        cancel = self.buttons.addButton("取消", QDialogButtonBox.ButtonRole.RejectRole)
        cancel.setObjectName("column_cancel")
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self.list, 1)
        row.addLayout(self._side())
        layout = QVBoxLayout(self)
        layout.setSpacing(style.GAP)
        layout.addWidget(self.seek)
        layout.addLayout(row, 1)
        layout.addWidget(self.hint)
        layout.addWidget(self.buttons)
        self.show_keys(shown)

    def _side(self) -> QVBoxLayout:
        side = QVBoxLayout()
        side.setSpacing(style.GAP)
        for name, text, run in (
            ("top", "移到最前", lambda: self.move_by(-self.list.count())),
            ("up", "上移 Alt+↑", lambda: self.move_by(-1)),
            ("down", "下移 Alt+↓", lambda: self.move_by(1)),
            ("default", "恢复默认", lambda: self.show_keys(declared_keys(self._document))),
        ):
            button = QPushButton(text, self)
            button.setObjectName(f"column_{name}")
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, run=run: run())
            if name in ("up", "down"):
                button.setShortcut(f"Alt+{name.title()}")
            side.addWidget(button)
        side.addStretch(1)
        return side

    def show_keys(self, keys: Sequence[str]) -> None:
        """Tick ``keys``, in their order; the other columns follow."""
        known = {column.key: column for column in available_columns(self._document)}
        self.list.clear()
        for key in dict.fromkeys((*(key for key in keys if key in known), *known)):
            item = QListWidgetItem(known[key].title)
            item.setData(Qt.ItemDataRole.UserRole, key)
            item.setSizeHint(QSize(0, 26))
            item.setFlags((item.flags() | Qt.ItemFlag.ItemIsUserCheckable) & ~Qt.ItemFlag.ItemIsDropEnabled)
            item.setCheckState(Qt.CheckState.Checked if key in keys else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self._judge()

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(row) for row in range(self.list.count())]

    def keys(self) -> tuple[str, ...]:
        """Return the ticked columns, in order."""
        on = Qt.CheckState.Checked
        return tuple(item.data(Qt.ItemDataRole.UserRole) for item in self._items() if item.checkState() is on)

    def move_by(self, rows: int) -> None:
        """Move the current column."""
        row = self.list.currentRow()
        place = max(0, min(self.list.count() - 1, row + rows))
        if row >= 0 and place != row:
            self.list.insertItem(place, self.list.takeItem(row))
            self.list.setCurrentRow(place)

    def _narrow(self, text: str) -> None:
        for item in self._items():
            item.setHidden(text.strip().lower() not in item.text().lower())

    def _judge(self) -> None:
        chosen = len(self.keys())
        self.hint.setText(f"已选 {chosen} 列，勾选显示；可拖动或用 Alt+↑↓ 调整顺序" if chosen else "至少要显示一列")
        self.ok.setEnabled(bool(chosen))

    def _accept(self) -> None:
        self.chosen.emit(self.keys())
        self.accept()
