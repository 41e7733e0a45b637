"""After a crash: which unsaved input was left behind, and what to do with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from bondesk.base.errors import WrongCall
from bondesk.desktop import style
from bondesk.desktop.context import DeskContext
from bondesk.desktop.draft_store import DRAFTS, DraftStore, LeftBehind

_HEADINGS = ("单据", "编号", "最后输入时间", "内容")


class RestoreDialog(QDialog):
    """Lists unsaved input with a tick each; opened with ``open()``."""

    def __init__(self, context: DeskContext, left: Sequence[LeftBehind], parent: QWidget) -> None:
        """Offer ``left``."""
        super().__init__(parent)
        self.setObjectName("restore_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("恢复未保存的输入")
        self.resize(640, 320)
        self._context, self._left = context, list(left)
        text = QLabel(f"上次程序没有正常退出，有 {len(left)} 张单据的输入尚未保存。勾选后可恢复或放弃。", self)
        text.setObjectName("restore_text")
        text.setWordWrap(True)
        self.tree = QTreeWidget(self)
        self.tree.setObjectName("restore_list")
        self.tree.setHeaderLabels(list(_HEADINGS))
        self.tree.setRootIsDecorated(False)
        self.tree.setAlternatingRowColors(True)
        self._items = [QTreeWidgetItem(self._texts(one)) for one in self._left]
        for item in self._items:
            item.setCheckState(0, Qt.CheckState.Checked)
        self.tree.addTopLevelItems(self._items)
        for column in range(len(_HEADINGS)):
            self.tree.resizeColumnToContents(column)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.MARGIN, style.MARGIN, style.MARGIN, style.MARGIN)
        layout.setSpacing(style.WIDE_GAP)
        layout.addWidget(text)
        layout.addWidget(self.tree, 1)
        layout.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addStretch(1)
        for name, text, run in (
            ("restore_yes", "恢复", self._restore),
            ("restore_no", "放弃", self._discard),
            ("restore_later", "以后再说", self.reject),
        ):
            button = QPushButton(text, self)
            button.setObjectName(name)
            button.setDefault(name == "restore_yes")
            button.setAutoDefault(name == "restore_yes")
            button.clicked.connect(run)
            row.addWidget(button)
        return row

    def _texts(self, one: LeftBehind) -> list[str]:
        document = self._context.engine.catalogue.document(one.kept.document)
        lines = sum(line.touched for lines in one.kept.lines.values() for line in lines)
        head = len(one.kept.was.keys() | one.kept.unread.keys())
        parts = [f"表头 {head} 项" if head else "", f"明细 {lines} 行" if lines else ""]
        parts.append(f"未确认的行 {len(one.kept.rows)}" if one.kept.rows else "")
        number = one.kept.number or ("新增" if one.kept.id is None else "")
        return [document.title, number, one.kept.saved_at, "、".join(part for part in parts if part)]

    def _ticked(self) -> list[LeftBehind]:
        ticked = [item.checkState(0) is Qt.CheckState.Checked for item in self._items]
        return [one for one, on in zip(self._left, ticked, strict=True) if on]

    def _restore(self) -> None:
        for one in self._ticked():
            open_restored(self._context, one)
        self.accept()

    def _discard(self) -> None:
        store: DraftStore = self._context.extras[DRAFTS]
        for one in self._ticked():
            store.discard(one)
        self.accept()


def open_restored(context: DeskContext, left: LeftBehind) -> None:
    """Open the form of unsaved input; the file goes once the form keeps its own."""
    from bondesk.desktop.form_page import FormPage

    document, document_id = context.engine.catalogue.document(left.kept.document), left.kept.id
    key = f"form.{document.key}.{document_id or f'new.{left.path.stem}'}"
    context.open_page(key, document.title, partial(FormPage, context, document, document_id, left=left))


def offer(context: DeskContext, parent: QWidget) -> None:
    """Look for input left behind; ask about what the user may still edit."""

    def found(left: list[LeftBehind]) -> None:
        mine = [one for one in left if _may(context, one)]
        if mine:
            RestoreDialog(context, mine, parent).open()

    store: DraftStore = context.extras[DRAFTS]
    store.left_behind(found, parent)


def _may(context: DeskContext, left: LeftBehind) -> bool:
    try:
        document = context.engine.catalogue.document(left.kept.document)
    except WrongCall:
        return False
    return context.identity.may(document.key, "new" if left.kept.id is None else "edit")
