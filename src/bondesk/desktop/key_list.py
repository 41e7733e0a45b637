"""快捷键一览: every key of window, module tree, list, form and grid, read off the registries that act on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from bondesk.desktop import style
from bondesk.desktop.commands import Commands, shortcut_text
from bondesk.desktop.context import DeskContext
from bondesk.desktop.window_commands import HIDDEN

Section = tuple[str, list[tuple[str, str]]]
#: Keys of tables that are no orders: they move and edit, as in a spreadsheet.
TABLE_KEYS: tuple[tuple[str, str], ...] = (
    ("下一格；最后一格之后新增一行", "回车"),
    ("下一格／上一格", "Tab / Shift+Tab"),
    ("修改单元格", "F2 或直接输入"),
    ("放弃对单元格的修改", "Esc"),
    ("打开代码表（代码栏）", "空格"),
)


def registry_keys(commands: Commands) -> list[tuple[str, str]]:
    """Return (title, keys) of every command that has a key."""
    found = [(one.title, shortcut_text(one.shortcut)) for one in commands if one.shortcut and one.group != HIDDEN]
    hidden = [shortcut_text(one.shortcut) for one in commands if one.shortcut and one.group == HIDDEN]
    return [*found, ("第 1 … 9 页", f"{hidden[0]} … {hidden[-1]}")] if hidden else found


def widget_keys(widget: QWidget) -> list[tuple[str, str]]:
    """Return (title, keys) of every order under ``widget``, each once."""
    found: dict[str, str] = {}
    for action in (*widget.actions(), *widget.findChildren(QAction)):
        if action.objectName().startswith("command.") and not action.shortcut().isEmpty():
            keys = shortcut_text(action.shortcut().toString())
            found.setdefault(f"{action.text()}", keys)
    return list(found.items())


def sections(context: DeskContext, window: Commands, tree: Commands, open_pages: Sequence[QWidget]) -> list[Section]:
    """Return every section; a list and a form are made for it when none is open."""
    found: list[Section] = [("窗口", registry_keys(window)), ("模块树（光标在树上时）", registry_keys(tree))]
    for title, page, made in _pages(context, open_pages):
        keys = widget_keys(page)
        if keys:
            found.append((title, keys))
        if made:
            page.deleteLater()
    found.append(("明细表格中移动与录入", list(TABLE_KEYS)))
    return found


def _pages(context: DeskContext, open_pages: Sequence[QWidget]) -> Iterator[tuple[str, QWidget, bool]]:
    from bondesk.desktop.form_page import FormPage
    from bondesk.desktop.list_page import ListPage
    from bondesk.desktop.report_page import ReportPage

    catalogue, identity = context.engine.catalogue, context.identity
    seen = [document for document in catalogue.documents if identity.may(document.key, "view")]
    richest = sorted(seen, key=lambda one: (not one.creatable, -len(one.lines) - len(one.flow.moves)))
    shown = next((page for page in open_pages if isinstance(page, ListPage)), None)
    if shown is not None:
        yield "列表", shown, False
    elif richest:
        yield "列表", ListPage(context, richest[0]), True
    form = next((page for page in open_pages if isinstance(page, FormPage)), None)
    writable = [document for document in richest if document.creatable and identity.may(document.key, "new")]
    if form is not None:
        yield "单据与明细表格", form, False
    elif writable:
        yield "单据与明细表格", FormPage(context, writable[0], None), True
    report = next((page for page in open_pages if isinstance(page, ReportPage)), None)
    granted = [one for one in catalogue.reports if identity.may(one.key, "view")]
    if report is not None:
        yield "报表", report, False
    elif granted:
        yield "报表", ReportPage(context, granted[0]), True


class KeyList(QDialog):
    """The list, narrowed by a few typed letters."""

    def __init__(self, found: Sequence[Section], parent: QWidget) -> None:
        """Show ``found``."""
        super().__init__(parent)
        self.setObjectName("key_list")
        self.setWindowTitle("快捷键一览")
        self.resize(560, 640)
        self.search = QLineEdit(self)
        self.search.setObjectName("key_search")
        self.search.setPlaceholderText("输入操作或按键，例如 保存、Ctrl+S")
        self.search.textChanged.connect(self._narrow)
        self.tree = QTreeWidget(self)
        self.tree.setObjectName("key_tree")
        self.tree.setHeaderLabels(["操作", "按键"])
        self.tree.setColumnWidth(0, 40 * style.CHARACTER)
        self._rows: list[tuple[QTreeWidgetItem, list[QTreeWidgetItem]]] = []
        for title, keys in found:
            section = QTreeWidgetItem(self.tree, [title])
            font = section.font(0)
            font.setBold(True)
            section.setFont(0, font)
            self._rows.append((section, [QTreeWidgetItem(section, [name, key]) for name, key in keys]))
        self.tree.expandAll()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.setObjectName("key_buttons")
        buttons.button(QDialogButtonBox.StandardButton.Close).setText("关闭")
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (self.search, self.tree, buttons):
            layout.addWidget(widget)

    def _narrow(self, typed: str) -> None:
        wanted = typed.strip().lower()
        for section, items in self._rows:
            for item in items:
                item.setHidden(wanted not in f"{item.text(0)} {item.text(1)}".lower())
            section.setHidden(all(item.isHidden() for item in items))
