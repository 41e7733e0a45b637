"""关联单据 beside a form: what belongs to the document, as a tree by kind; Enter opens."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from bondesk.base.documents import DocumentType, Related
from bondesk.desktop import opened_files, style
from bondesk.desktop.context import DeskContext
from bondesk.desktop.form_work import in_act, off_thread, sentence
from bondesk.desktop.pane_heading import pane_heading
from bondesk.engine.related import WORKBOOK, RelatedFile, RelatedGroup, file_of, related

_WIDTH = 400
_ROW = Qt.ItemDataRole.UserRole


class _Tree(QTreeWidget):
    """``chosen`` by Enter, Space or a double click on a row that is no branch."""

    chosen = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter and Space open; the arrows are Qt's."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space} and self.currentItem() is not None:
            self.chosen.emit()
        else:
            super().keyPressEvent(event)


class RelatedPane(QWidget):
    """Hidden until :meth:`load`; reads again after every save while it is open."""

    title, shortcut = "关联", "Ctrl+Shift+R"

    def __init__(self, context: DeskContext, document: DocumentType, parent: QWidget) -> None:
        """Show what belongs to one document of ``document``."""
        super().__init__(parent)
        self.setObjectName("related_pane")
        self._context, self._document = context, document
        self._document_id: int | None = None
        self.open_path: opened_files.Opener = opened_files.open_with_system
        self.tree = _Tree(self)
        self.tree.setObjectName("related_tree")
        self.tree.setHeaderLabels(["单据", "说明"])
        self.tree.setColumnWidth(0, 190)
        self.tree.setAlternatingRowColors(True)
        self.tree.setUniformRowHeights(True)
        self.tree.chosen.connect(lambda: self._open(self.tree.currentItem()))
        self.tree.itemDoubleClicked.connect(self._double_clicked)
        self.tree.currentItemChanged.connect(lambda *_items: self._follow())
        self.said = QLabel(self)
        self.said.setObjectName("related_said")
        self.said.setWordWrap(True)
        self.go = QPushButton("打开", self)
        self.go.setObjectName("related_open")
        self.go.setAutoDefault(False)
        self.go.clicked.connect(lambda _checked=False: self._open(self.tree.currentItem()))
        self._build()
        self.clear()

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, style.GAP, style.MARGIN, style.GAP)
        layout.setSpacing(style.GAP)
        layout.addLayout(pane_heading(self, "related", "关联单据", self.go))
        layout.addWidget(self.tree, 1)
        layout.addWidget(self.said)
        self.setMinimumWidth(_WIDTH)
        self.setFocusProxy(self.tree)

    def load(self, document_id: int) -> None:
        """Read what belongs to a document through the lane and show it."""
        if document_id != self._document_id:
            self.clear()
        self._document_id = document_id
        document = self._document
        self.show()

        def done(groups: list[RelatedGroup]) -> None:
            if document_id == self._document_id:
                self.show_groups(groups)

        in_act(self._context, self, lambda act: related(act, document, document_id), done, self._failed)

    def show_groups(self, groups: Sequence[RelatedGroup]) -> None:
        """Show groups, all of them open."""
        self.tree.clear()
        for group in groups:
            count = f"{len(group.rows)}{'+' if group.more else ''}"
            branch = QTreeWidgetItem([f"{group.title}（{count}）"])
            branch.setFirstColumnSpanned(True)
            branch.addChildren([_item(row) for row in group.rows])
            if group.more:
                branch.addChild(QTreeWidgetItem([f"还有…（只列出最近{len(group.rows)}张，其余请到列表中查询）"]))
            self.tree.addTopLevelItem(branch)
            branch.setExpanded(True)
            branch.setFirstColumnSpanned(True)
        first = self.tree.topLevelItem(0)
        if first is not None and (row := first.child(0)) is not None:
            self.tree.setCurrentItem(row)
        self.said.setText("" if groups else "没有关联的单据，也没有报文、回执和导入的工作簿")
        self._follow()

    def clear(self) -> None:
        """Forget the document shown and hide."""
        self._document_id = None
        self.tree.clear()
        self.said.clear()
        self._follow()
        self.hide()

    def _follow(self) -> None:
        item = self.tree.currentItem()
        row = item.data(0, _ROW) if item is not None else None
        self.go.setEnabled(row is not None)
        self.go.setText("打开原工作簿" if isinstance(row, RelatedFile) and row.source == WORKBOOK else "打开")
        self.go.setToolTip("" if row is not None else "请选中一张单据或一个文件")

    def _failed(self, problem: Exception) -> None:
        self.said.setText(sentence(problem))

    def _double_clicked(self, item: QTreeWidgetItem) -> None:
        if item.data(0, _ROW) is not None:  # a branch opens and closes by itself
            self._open(item)

    def _open(self, item: QTreeWidgetItem | None) -> None:
        row = item.data(0, _ROW) if item is not None else None
        if isinstance(row, Related):
            self._context.open_document(self._context.engine.catalogue.document(row.document_key), row.document_id)
        elif isinstance(row, RelatedFile):
            self._look_at(row)
        elif item is not None:
            item.setExpanded(not item.isExpanded())

    def _look_at(self, row: RelatedFile) -> None:
        """Write a read-only copy of a message, receipt or workbook and open it."""
        document, document_id = self._document, self._document_id
        engine, identity = self._context.engine, self._context.identity
        if document_id is None:
            return

        def job() -> Path:
            with engine.acting(identity) as act:
                name, content = file_of(act, document, document_id, row)
            return opened_files.copy_to_look_at(name, content)

        def done(path: Path) -> None:
            if not self.open_path(path):
                self.said.setText(f"本机没有能打开“{path.name}”的程序")

        off_thread(self._context, self, job, done, self._failed)


def _item(row: Related | RelatedFile) -> QTreeWidgetItem:
    if isinstance(row, Related):
        texts = [row.number, row.why]
    else:
        texts = [row.name, f"{row.state}　{row.at:%Y-%m-%d %H:%M}" if row.at else row.state]
    item = QTreeWidgetItem(texts)
    item.setData(0, _ROW, row)
    for column, text in enumerate(texts):
        item.setToolTip(column, text)
    return item
