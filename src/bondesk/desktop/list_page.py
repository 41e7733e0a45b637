"""The one list page: every document's list, filters, sorting and commands follow from its declaration."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QPoint, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bondesk.base.documents import DocumentType
from bondesk.base.errors import OutsideFailure, Refused, WrongCall
from bondesk.desktop import style
from bondesk.desktop.commands import CommandActions
from bondesk.desktop.context import DeskContext
from bondesk.desktop.layout import Layout
from bondesk.desktop.list_commands import list_commands
from bondesk.desktop.list_deeds import ListDeeds
from bondesk.desktop.list_filters import ChoiceFilter, FilterPanel
from bondesk.desktop.list_model import STATE_KEY, ListModel
from bondesk.desktop.list_selection import ListSelection
from bondesk.desktop.list_view import ListView
from bondesk.desktop.work_strip import WorkStrip
from bondesk.desktop.workbook_drop import WorkbookDrop
from bondesk.engine.query import Query

#: Milliseconds typing may pause before the list is searched.
DEBOUNCE_MS = 250
LAYOUT = "layout"


class ListPage(QWidget):
    """The list of one document type; its first rows are asked for before it is shown."""

    def __init__(self, context: DeskContext, document: DocumentType) -> None:
        """Show what ``context``'s user may see and do."""
        super().__init__()
        self.setObjectName(f"list.{document.key}")
        self.setWindowTitle(document.title)
        self._context, self.document = context, document
        self._order: tuple[tuple[str, bool], ...] = ()
        self._stale, self._loading = False, False
        self._asked = Query()
        self._kept: tuple[set[int], int, int] = (set(), 0, 0)
        self.model = ListModel(document, context.lane, context.codes, self)
        self._loading = True
        self.model.load(self._asked)  # the database works while the rest of the page is made
        self.view = ListView(self.model, self)
        self.selection = ListSelection(self.view, self.model, context.lane)
        self.deeds = ListDeeds(context, document, self.selection, self)
        self.filters = FilterPanel(document, self.model.columns, context.codes, self)
        self.search = QLineEdit(self)
        self.commands = list_commands(
            context, document, self.selection, self.deeds, refresh=self.reload, find=self.search.setFocus
        )
        inner = dict.fromkeys(("list.open", "list.delete", "list.copy_rows"), self.view)
        self.bound = CommandActions(self.commands, self, inner)
        self._build()
        self._connect()
        self.view.notice.say("正在读取…")
        kept = context.extras.get(LAYOUT)
        if isinstance(kept, Layout):
            self.view.remember_columns(kept, self.objectName())

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.MARGIN, style.GAP, style.MARGIN, style.GAP)
        layout.setSpacing(style.GAP)
        layout.addWidget(self._make_toolbar())
        layout.addLayout(self._make_search_row())
        layout.addWidget(self.filters)
        self.filters.hide()
        layout.addWidget(self.view, 1)
        self.strip = WorkStrip(self)
        layout.addWidget(self.strip)

    def _make_toolbar(self) -> QToolBar:
        bar = QToolBar(self)
        bar.setObjectName("list_toolbar")
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        for group, actions in self.bound.grouped():
            if group in ("hidden", "rows"):
                continue
            if bar.actions():
                bar.addSeparator()
            for action in actions:
                bar.addAction(action)
                bar.widgetForAction(action).setObjectName(action.objectName().replace("command.", "button."))
        return bar

    def _make_search_row(self) -> QHBoxLayout:
        self.search.setObjectName("list_search")
        self.search.setPlaceholderText("查找（Ctrl+F）：在所有文字列中查找")
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(360)
        self.filter_button = QToolButton(self)
        self.filter_button.setObjectName("list_filter")
        self.filter_button.setCheckable(True)
        self.filter_button.setText("筛选")
        self.filter_button.setToolTip("显示或隐藏按列筛选")
        self.clear_button = QPushButton("清除条件", self)
        self.clear_button.setObjectName("list_clear")
        self.clear_button.setFlat(True)
        self.clear_button.hide()
        self.count_label = QLabel(self)
        self.count_label.setObjectName("list_count")
        self.count_label.setProperty("role", "quiet")
        row = QHBoxLayout()
        row.setSpacing(style.GAP)
        row.addWidget(self.search, 1)
        row.addWidget(self.filter_button)
        row.addWidget(self.clear_button)
        row.addStretch(1)
        row.addWidget(self.count_label)
        return row

    def _connect(self) -> None:
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(DEBOUNCE_MS)
        self._typing.timeout.connect(self._requery)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.filters.changed.connect(self._typing.start)
        self.filter_button.toggled.connect(self.filters.setVisible)
        self.clear_button.clicked.connect(self.clear_conditions)
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(self._failed)
        self.model.arrived.connect(self._show_state)
        self.view.sort_asked.connect(self._sort)
        self.view.doubleClicked.connect(lambda _index: self.deeds.open())
        self.view.customContextMenuRequested.connect(self._show_menu)
        self.view.notice.pressed.connect(self._notice_pressed)
        self.deeds.working.connect(self.strip.follow)
        if "list.import" in self.commands:
            WorkbookDrop(self).dropped.connect(self.deeds.import_workbook)
        self.view.selectionModel().selectionChanged.connect(self._selection_changed)

    def _selection_changed(self, _on: QItemSelection, _off: QItemSelection) -> None:
        self._show_state()

    def query(self) -> Query:
        """Return what the page asks for: filters, searched text, order."""
        return Query(self.filters.conditions(), self.search.text().strip(), self._order)

    def reload(self) -> None:
        """Read again, keeping place and selection."""
        self._stale = False
        ids = {row.id for row in self.selection.at_hand()}
        top = max(0, self.view.rowAt(0))
        self._kept = (ids, top, self.view.horizontalScrollBar().value())
        self._load(top)

    def _requery(self) -> None:
        """Ask anew from the top, when the conditions really are others."""
        query = self.query()
        self.clear_button.setVisible(bool(query.conditions or query.text))
        columns = {condition.key for condition in query.conditions}
        self.filter_button.setText(f"筛选（{len(columns)}）" if columns else "筛选")
        if query != self._asked or self._stale:
            self._stale = False
            self._kept = (set(), 0, self.view.horizontalScrollBar().value())
            self._load(0)

    def _load(self, near: int) -> None:
        self._loading = True
        self._show_state()
        if self.model.rowCount() == 0:
            self.view.notice.say("正在读取…")
        self._asked = self.query()
        self.model.load(self._asked, near)

    def _sort(self, key: str, descending: bool) -> None:
        self._order = ((key, descending),) if key else ()
        self._requery()

    def clear_conditions(self) -> None:
        """Empty the search and every filter."""
        self.search.clear()
        self.filters.clear()
        self._typing.stop()
        self._requery()

    def show_only_state(self, key: str) -> None:
        """Narrow the list to one state of the flow, as the tiles of the start page do."""
        self.search.clear()
        self.filters.clear()
        for editor in self.filters.filters:
            if editor.key == STATE_KEY and isinstance(editor, ChoiceFilter):
                editor.tick(key)
        self._typing.stop()
        self._requery()

    def remembered(self) -> str:
        """Return what is searched for, to be shown again at the next login."""
        return self.search.text().strip()

    def recall(self, kept: str) -> None:
        """Search again for what was searched for."""
        self.search.setText(kept)

    def document_changed(self, key: str) -> None:
        """Read again when documents of this type changed; a hidden page waits until it is shown."""
        if key != self.document.key:
            return
        if self.isVisible():
            self.reload()
        else:
            self._stale = True

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Read when first shown, or when something changed meanwhile."""
        super().showEvent(event)
        if self._stale:
            self.reload()

    def codes_changed(self) -> None:
        """Paint again with the names of freshly loaded codes."""
        self.model.names.forget()
        self.view.viewport().update()

    def _loaded(self, rows: int) -> None:
        self._loading = False
        ids, top, left = self._kept
        if top < rows:
            self.view.scrollTo(self.model.index(top, 0), ListView.ScrollHint.PositionAtTop)
        self.view.horizontalScrollBar().setValue(left)
        self._select(ids)
        self._say_empty(rows)
        self._show_state()

    def _select(self, ids: set[int]) -> None:
        """Select the documents selected before, as far as they are at hand."""
        flags = self.view.selectionModel().SelectionFlag
        top = max(0, self.view.rowAt(0))
        for row in range(top, min(top + 200, self.model.rowCount())) if ids else ():
            here = self.model.peek(row)
            if here is not None and here.id in ids:
                index = self.model.index(row, 0)
                self.view.selectionModel().select(index, flags.Select | flags.Rows)
                if not self.view.currentIndex().isValid():
                    self.view.selectionModel().setCurrentIndex(index, flags.NoUpdate)

    def _say_empty(self, rows: int) -> None:
        notice = self.view.notice
        if rows:
            notice.say("")
        elif self.model.query.conditions or self.model.query.text:
            notice.say(f"没有符合条件的「{self.document.title}」", button="清除条件")
        else:
            ways = [f"「{self.commands[key].title}」" for key in ("list.new", "list.import") if key in self.commands]
            help_text = f"{self.document.help}\n\n" if self.document.help else ""
            hint = f"，点击{'或'.join(ways)}开始" if ways else ""
            notice.say(f"{help_text}还没有「{self.document.title}」{hint}")

    def _failed(self, problem: Exception) -> None:
        self._loading = False
        self._show_state()
        if isinstance(problem, Refused):
            text = "\n".join(finding.text for finding in problem.findings)
        elif isinstance(problem, OutsideFailure | WrongCall):
            text = str(problem)
        else:
            text = "读取列表时程序出错"
        self.view.notice.say(text, "error", "重试")

    def _notice_pressed(self) -> None:
        if self.view.notice.button.text() == "重试":
            self.reload()
        else:
            self.clear_conditions()

    def _show_state(self) -> None:
        """Say how many rows there are and are selected; bring the commands up to date."""
        rows, selected = self.model.rowCount(), self.selection.size
        text = "正在读取…" if self._loading else f"共 {rows:,} 条"
        self.count_label.setText(f"{text}，选中 {selected:,} 条" if selected else text)
        self.bound.refresh()

    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setObjectName("list_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        for group, actions in self.bound.grouped():
            if group != "hidden":
                menu.addActions(actions)
                menu.addSeparator()
        menu.popup(self.view.viewport().mapToGlobal(place))
