"""Both versions of a document that two people changed, side by side; the clerk chooses field by field."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from bondesk.base.documents import DocumentType
from bondesk.desktop import style
from bondesk.desktop.cell_text import NameOf, cell_text
from bondesk.desktop.kept_input import Change, Difference, Side

_COLUMNS = ("项目", "我的", "对方的", "采用", "说明")
_TAKEN = 3
_WIDTH = 520
_LOUD = {Change.BOTH, Change.GONE}


class KeptPane(QWidget):
    """``merge`` brings the differences for which the clerk's own version was chosen; ``given_up`` when none is."""

    given_up = Signal()
    merge = Signal(object)

    def __init__(self, name_of: NameOf, parent: QWidget) -> None:
        """Start hidden."""
        super().__init__(parent)
        self.setObjectName("kept_pane")
        self._name_of = name_of
        self.found: tuple[Difference, ...] = ()
        self.sides: list[Side] = []
        self._items: list[QTreeWidgetItem] = []
        self.title = QLabel(self)
        self.title.setObjectName("kept_title")
        self.title.setProperty("role", "heading")
        self.title.setWordWrap(True)
        hint = QLabel("← 采用我的　→ 采用对方的　空格切换；合并后核对，再按 Ctrl+S 保存", self)
        hint.setObjectName("kept_hint")
        hint.setProperty("role", "quiet")
        hint.setWordWrap(True)
        self.tree = QTreeWidget(self)
        self.tree.setObjectName("kept_tree")
        self.tree.setHeaderLabels(list(_COLUMNS))
        self.tree.setRootIsDecorated(False)
        self.tree.setAlternatingRowColors(True)
        self.tree.installEventFilter(self)
        self.tree.itemDoubleClicked.connect(lambda item, _column: self._turn(self.tree.indexOfTopLevelItem(item)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, style.GAP, style.MARGIN, style.GAP)
        layout.setSpacing(style.GAP)
        layout.addWidget(self.title)
        layout.addWidget(hint)
        layout.addWidget(self.tree, 1)
        layout.addLayout(self._buttons())
        self.setMinimumWidth(_WIDTH * 3 // 4)
        self.resize(_WIDTH, self.height())
        self.hide()

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.button = QPushButton("按所选合并", self)
        self.button.setObjectName("kept_merge")
        self.button.setToolTip("把采用「我的」的内容填入单据，可按 Ctrl+Z 撤销")
        self.button.clicked.connect(self._merge)
        mine, theirs = QPushButton("全部用我的", self), QPushButton("全部用对方的", self)
        for button, side, name in ((mine, Side.MINE, "kept_all_mine"), (theirs, Side.THEIRS, "kept_all_theirs")):
            button.setObjectName(name)
            button.clicked.connect(lambda _checked=False, side=side: self._take_all(side))
        close = QPushButton("放弃我的输入", self)
        close.setObjectName("kept_close")
        close.clicked.connect(self._close)
        for button in (self.button, mine, theirs, close):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)
        row.addStretch(1)
        return row

    def show_differences(self, document: DocumentType, found: Sequence[Difference], who: str) -> None:
        """List ``found``; ``who`` says who stored the other version, and when. Hide when there is nothing."""
        self.found = tuple(found)
        self.sides = [one.proposed for one in found]
        both = sum(one.change in _LOUD for one in found)
        self.title.setText(f"{who}修改了这张单据：共 {len(found)} 处不同" + (f"，其中 {both} 处冲突" if both else ""))
        self.tree.clear()
        self._items = [QTreeWidgetItem(self._texts(document, one)) for one in found]
        for item, one in zip(self._items, found, strict=True):
            for column in range(len(_COLUMNS)):
                item.setToolTip(column, item.text(column))
            if one.change in _LOUD:
                item.setForeground(len(_COLUMNS) - 1, QColor(style.tone("warn").foreground))
            self.tree.addTopLevelItem(item)
        self._write_sides()
        for column in range(len(_COLUMNS)):
            self.tree.resizeColumnToContents(column)
            self.tree.setColumnWidth(column, min(self.tree.columnWidth(column), 170))
        self.setVisible(bool(found))
        if found:
            self.tree.setCurrentItem(self._items[0])
            self.tree.setFocus()

    def _texts(self, document: DocumentType, one: Difference) -> list[str]:
        if one.entry is not None:
            where = f"{document.line_table(one.table).title}第{one.place}行 " if one.table else ""
            mine, theirs = (cell_text(one.entry, value, self._name_of) or "空" for value in (one.mine, one.theirs))
            return [f"{where}{one.entry.label}", mine, theirs, "", one.change]
        table = document.line_table(one.table)
        texts = (cell_text(entry, (one.line or {}).get(entry.key), self._name_of) for entry in table.fields)
        line = " ".join([text for text in texts if text][:6])
        mine, theirs = ("删除", line) if one.change is Change.TAKEN else (line, "没有这一行")
        return [f"{table.title}第{one.place}行", mine, theirs, "", one.change]

    def _write_sides(self) -> None:
        for item, side in zip(self._items, self.sides, strict=True):
            item.setText(_TAKEN, side)
            for column, own in ((1, Side.MINE), (2, Side.THEIRS)):
                font = item.font(column)
                font.setBold(side is own)
                item.setFont(column, font)
        self.button.setText(f"按所选合并（我的 {sum(side is Side.MINE for side in self.sides)} 处）")

    def choose(self, row: int, side: Side) -> None:
        """Take one difference from a side."""
        if 0 <= row < len(self.sides):
            self.sides[row] = side
            self._write_sides()

    def _turn(self, row: int) -> None:
        if 0 <= row < len(self.sides):
            self.choose(row, Side.THEIRS if self.sides[row] is Side.MINE else Side.MINE)

    def _take_all(self, side: Side) -> None:
        self.sides = [side] * len(self.sides)
        self._write_sides()

    def _merge(self) -> None:
        chosen = tuple(one for one, side in zip(self.found, self.sides, strict=True) if side is Side.MINE)
        self.hide()
        self.merge.emit(chosen)

    def _close(self) -> None:
        self.hide()
        self.given_up.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Choose with the arrows, turn with Space, merge with Ctrl+Enter."""
        if watched is self.tree and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            row = self.tree.currentIndex().row()
            match event.key():
                case Qt.Key.Key_Left:
                    self.choose(row, Side.MINE)
                case Qt.Key.Key_Right:
                    self.choose(row, Side.THEIRS)
                case Qt.Key.Key_Space:
                    self._turn(row)
                case Qt.Key.Key_Return | Qt.Key.Key_Enter if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                    self._merge()
                case _:
                    return False
            return True
        return super().eventFilter(watched, event)
