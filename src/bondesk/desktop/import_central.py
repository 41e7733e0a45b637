"""数据导入: every kind of workbook in one place, and what came in before."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QListWidget, QPushButton, QVBoxLayout, QWidget

from bondesk.base.documents import DocumentType
from bondesk.base.steps import Table
from bondesk.desktop import style
from bondesk.desktop.codes_loading import initials
from bondesk.desktop.context import DeskContext
from bondesk.desktop.form_work import in_act, off_thread, sentence
from bondesk.desktop.help_dock import offer_help
from bondesk.desktop.import_dialog import ImportDialog
from bondesk.desktop.opened_files import copy_to_look_at
from bondesk.desktop.step_table import StepTable
from bondesk.engine import import_history
from bondesk.engine.import_history import PastImport

_HEADINGS = ("时间", "用户", "单据", "文件", "行数", "结果")
_CHOOSE = "选择单据后按「导入」（回车），再选择文件、预览、确认；下面是已导入的工作簿"


class ImportCentral(QDialog):
    """Chooses a kind by a few letters and opens its import; lists past imports and opens their workbooks again."""

    def __init__(self, context: DeskContext, parent: QWidget) -> None:
        """Offer the kinds the user may import."""
        super().__init__(parent)
        self.setObjectName("import_central")
        self.setWindowTitle("数据导入")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context = context
        self._kinds = importable_kinds(context)
        self._past: list[PastImport] = []
        self.search = QLineEdit(self)
        self.search.setObjectName("import_central_search")
        self.search.setPlaceholderText("查找单据：名称或拼音首字母")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._narrow)
        self.search.returnPressed.connect(self.bring)
        self.kinds = QListWidget(self)
        self.kinds.setObjectName("import_central_kinds")
        self.kinds.itemActivated.connect(lambda _item: self.bring())
        self.kinds.currentRowChanged.connect(lambda _row: self._refresh())
        self.message = QLabel(_CHOOSE, self)
        self.message.setObjectName("import_central_message")
        self.message.setWordWrap(True)
        self.run = self._button("import_central_run", "导入…", self.bring)
        self.again = self._button("import_central_again", "再次打开", self.open_again)
        self.leave = self._button("import_central_close", "关闭", self.reject)
        self.table = StepTable(Table("导入记录", _HEADINGS, ()), parent=self)
        self._build()
        offer_help(context, self, "importing")
        self._narrow("")
        self.load()

    def _button(self, name: str, text: str, run: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False: run())
        return button

    def _build(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(style.GAP)
        buttons.addStretch(1)
        for button in (self.run, self.again, self.leave):
            buttons.addWidget(button)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(style.MARGIN, style.MARGIN, style.MARGIN, style.MARGIN)
        self._layout.setSpacing(style.WIDE_GAP)
        self._layout.addWidget(self.search)
        self._layout.addWidget(self.kinds, 2)
        self._layout.addWidget(self.message)
        self._layout.addWidget(self.table, 3)
        self._layout.addLayout(buttons)
        self.resize(style.scaled(900), style.scaled(640))

    def _narrow(self, text: str) -> None:
        wanted = text.strip().casefold()
        self.kinds.clear()
        for document in self._kinds:
            if wanted in document.title.casefold() or wanted in initials(document.title).casefold():
                self.kinds.addItem(document.title)
                self.kinds.item(self.kinds.count() - 1).setData(Qt.ItemDataRole.UserRole, document.key)
        self.kinds.setCurrentRow(0)
        self._refresh()

    def bring(self) -> None:
        """Open the import of the marked kind."""
        item = self.kinds.currentItem()
        if item is not None:
            self._open(self._context.engine.catalogue.document(item.data(Qt.ItemDataRole.UserRole)))

    def _open(self, document: DocumentType, path: str = "") -> None:
        dialog = ImportDialog(self._context, document, self, path)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(lambda _result: self.load())
        dialog.open()

    def load(self) -> None:
        """Read the history anew."""
        in_act(self._context, self, import_history.past_imports, self._show, self._failed)

    def _show(self, past: list[PastImport]) -> None:
        self._past = past
        rows = tuple((one.at, one.user_name, one.title, one.file_name, one.rows, one.result) for one in past)
        fresh = StepTable(Table("导入记录", _HEADINGS, rows), parent=self)
        self._layout.replaceWidget(self.table, fresh)
        self.table.deleteLater()
        self.table = fresh
        fresh.view.selectionModel().currentRowChanged.connect(lambda *_: self._refresh())
        fresh.view.doubleClicked.connect(lambda _index: self.open_again())
        self._refresh()

    def _failed(self, problem: Exception) -> None:
        self.message.setText(sentence(problem))
        style.set_tone(self.message, "bad", "ink")

    def _marked(self) -> PastImport | None:
        index = self.table.view.currentIndex()
        return self._past[self.table.model.rows[index.row()]] if index.isValid() and self._past else None

    def open_again(self) -> None:
        """Open the workbook of the marked import in the import of its kind; nothing is stored before 导入."""
        marked, context = self._marked(), self._context
        if marked is None:
            return
        run_id = marked.id

        def job() -> tuple[DocumentType, str]:
            with context.engine.acting(context.identity) as act:
                document, name, content = import_history.workbook_of(act, run_id)
            return document, str(copy_to_look_at(name, content))

        off_thread(context, self, job, lambda found: self._open(*found), self._failed)

    def _refresh(self) -> None:
        for button, why in (
            (self.run, "" if self.kinds.currentItem() is not None else "没有匹配的单据"),
            (self.again, "" if self._marked() is not None else "请先选择一条导入记录"),
        ):
            button.setEnabled(not why)
            button.setToolTip(why)


def importable_kinds(context: DeskContext) -> list[DocumentType]:
    """Return the kinds the user may import, in menu order."""
    may = context.identity.may
    return [one for one in context.engine.catalogue.documents if one.workbook is not None and may(one.key, "import")]
