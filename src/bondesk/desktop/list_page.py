"""The one list page: every document's list, filters, sorting and commands follow from its declaration."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QItemSelection
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from bondesk.base.documents import DocumentType
from bondesk.base.errors import OutsideFailure, Refused, WrongCall
from bondesk.desktop import style
from bondesk.desktop.command_bar import CommandBar
from bondesk.desktop.commands import CommandActions
from bondesk.desktop.context import DeskContext
from bondesk.desktop.layout import Layout
from bondesk.desktop.list_commands import list_commands
from bondesk.desktop.list_deeds import ListDeeds
from bondesk.desktop.list_exports import ListExports
from bondesk.desktop.list_head import ListHead
from bondesk.desktop.list_looks import ListLooks
from bondesk.desktop.list_menus import cell_menu
from bondesk.desktop.list_model import ListModel
from bondesk.desktop.list_selection import ListSelection
from bondesk.desktop.list_sums import ListSums
from bondesk.desktop.list_totals import TotalsBar
from bondesk.desktop.list_view import ListView, kept_columns
from bondesk.desktop.offered_scripts import OfferedScripts
from bondesk.desktop.search_walk import SearchWalk
from bondesk.desktop.work_strip import WorkStrip
from bondesk.desktop.workbook_drop import WorkbookDrop
from bondesk.engine.query import STATE, Condition, Query

LAYOUT = "layout"
#: Groups of commands the toolbar leaves to keys, menus and the row below it.
_ELSEWHERE = ("hidden", "rows", "look")


class ListPage(QWidget):
    """The list of one document type; its first rows are asked for before it is shown."""

    def __init__(self, context: DeskContext, document: DocumentType) -> None:
        """Show what ``context``'s user may see and do."""
        super().__init__()
        self.setObjectName(f"list.{document.key}")
        self.setWindowTitle(document.title)
        self._context, self.document = context, document
        self._stale, self._loading = False, True
        self._selected_sums = ""
        self._kept: tuple[set[int], int, int] = (set(), 0, 0)
        kept = context.extras.get(LAYOUT)
        columns = kept_columns(document, kept, self.objectName()) if isinstance(kept, Layout) else ()
        self.model = ListModel(document, context.lane, context.codes, self)
        self.body = QStackedWidget(self)  # what holds the parts is there first: moving them costs a new styling
        self.rows = QWidget(self.body)
        self.looks = ListLooks(context, document, self.model, self, self.body)
        self.looks.columns = columns
        self._asked = Query(columns=columns)
        self.looks.views.read()
        self.model.load(self._asked)  # the database works while the rest of the page is made
        self.view = ListView(self.model, self.rows)
        self.head = ListHead(document, context.codes, self.model.names, self)
        self.selection = ListSelection(self.view, self.model, context.lane)
        self.deeds = ListDeeds(context, document, self.selection, self)
        self.exports = ListExports(context, document, self.selection, self.shown_query, self.deeds.explain, self)
        self.totals = TotalsBar(self.view, document, self.model.names, self.rows)
        self.sums = ListSums(document, context.lane, self.totals, self.selection)
        self.looks.build(self.head, self.view)
        self.offered = OfferedScripts(context, document, self)
        self.commands = list_commands(
            context,
            document,
            self.selection,
            self.deeds,
            self.looks,
            self.exports,
            self.offered,
            refresh=self.reload,
            head=self.head,
        )
        inner = dict.fromkeys(("list.open", "list.delete", "list.copy_rows", "list.copy_bare"), self.view)
        self.bound = CommandActions(self.commands, self, inner)
        self._build()
        self._connect()
        self.offered.show(self.commands, self.bound)
        self.view.notice.say("正在读取…")
        if isinstance(kept, Layout):
            self.view.remember_columns(kept, self.objectName())

    @property
    def search(self) -> Any:
        """Return the search box."""
        return self.head.search

    @property
    def filters(self) -> Any:
        """Return the panel of filter editors."""
        return self.head.filters

    def _build(self) -> None:
        page = QVBoxLayout(self)
        page.setContentsMargins(0, style.GAP, 0, style.GAP)
        page.setSpacing(style.GAP)
        page.addWidget(CommandBar("list_toolbar", self.bound, _ELSEWHERE, self))
        layout = QVBoxLayout()
        layout.setContentsMargins(style.MARGIN, 0, style.MARGIN, 0)
        layout.setSpacing(style.GAP)
        page.addLayout(layout, 1)
        layout.addWidget(self.head)
        inner = QVBoxLayout(self.rows)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(self.view, 1)
        inner.addWidget(self.totals)
        self.body.raise_()  # in the order of the page: after what stands above it
        self.body.addWidget(self.rows)
        self.body.addWidget(self.looks.groups)
        layout.addWidget(self.body, 1)
        self.strip = WorkStrip(self)
        layout.addWidget(self.strip)
        layout.addWidget(self.exports.strip)

    def _connect(self) -> None:
        self.head.asked.connect(self._requery)
        self.looks.asked.connect(self._requery)
        self.looks.said.connect(self.head.count_label.setText)
        self.model.loaded.connect(self._loaded)
        SearchWalk(self.head, self.model, self.view, lambda: self._loading)
        self.model.failed.connect(self._failed)
        self.model.arrived.connect(self._show_state)
        self.model.counted.connect(lambda _rows: self.sums.count(self.model.query))
        self.view.arranged.connect(lambda: self.sums.count(self.model.query))
        self.view.doubleClicked.connect(lambda _index: self.deeds.open())
        self.view.customContextMenuRequested.connect(
            lambda place: cell_menu(self.view, self.model, self.bound, self.head.add, place)
        )
        self.view.notice.pressed.connect(self._notice_pressed)
        self.deeds.working.connect(self.strip.follow)
        if "list.import" in self.commands:
            WorkbookDrop(self).dropped.connect(self.deeds.import_workbook)
        self.sums.selected.connect(self._say_selected)
        self.view.selectionModel().selectionChanged.connect(self._selection_changed)

    def _selection_changed(self, _on: QItemSelection, _off: QItemSelection) -> None:
        self._show_state()
        self.sums.selection_changed()

    def _say_selected(self, text: str) -> None:
        self._selected_sums = text
        self._show_state()

    def query(self) -> Query:
        """Return what the page asks for: filters, searched text, order, columns."""
        return Query(self.head.conditions(), self.head.text, self.looks.order, self.head.any_of, self.looks.columns)

    def shown_query(self) -> Query:
        """Return what the page shows, the columns in the order the user dragged them into."""
        return replace(self._asked, columns=self.view.shown_keys())

    def reload(self) -> None:
        """Read again, keeping place and selection."""
        self._stale = False
        ids = {row.id for row in self.selection.at_hand()}
        top = max(0, self.view.rowAt(0))
        self._kept = (ids, top, self.view.horizontalScrollBar().value())
        self._load(top)

    def _requery(self) -> None:
        """Ask anew from the top, when the question really is another."""
        self.head.show_columns(self.looks.columns)
        grouped = bool(self.looks.grouping)
        if self.query() != self._asked or self._stale:
            self._stale = False
            self._kept = (set(), 0, self.view.horizontalScrollBar().value())
            self._load(0)
        elif grouped or self.body.currentIndex():
            self._show_groups()

    def _load(self, near: int) -> None:
        self._asked = self.query()
        self._loading = True
        self._show_state()
        if self.model.rowCount() == 0:
            self.view.notice.say("正在读取…")
        self.model.load(self._asked, near)
        self._show_groups()

    def _show_groups(self) -> None:
        """Show groups instead of rows while there is a grouping."""
        self.body.setCurrentIndex(1 if self.looks.grouping else 0)
        if self.looks.grouping:
            self.looks.count_groups(self._asked)
        else:
            self._show_state()

    def clear_conditions(self) -> None:
        """Empty the search and every filter."""
        self.head.clear()

    def show_only_state(self, key: str) -> None:
        """Narrow the list to one state of the flow, as the tiles of the start page do."""
        self.looks.group_by(())
        self.head.demand((Condition(STATE, "in", (key,)),), (), "")

    def remembered(self) -> str:
        """Return what is searched for, to be shown again at the next login."""
        return self.head.text

    def recall(self, kept: str) -> None:
        """Search again for what was searched for."""
        self.search.setText(kept)

    def document_changed(self, key: str) -> None:
        """Read again when documents of this type changed; a hidden page waits until it is shown."""
        self._stale = self._stale or key == self.document.key
        if self._stale and self.isVisible():
            self.reload()

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
        elif self.model.query.filtered:
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
        if selected:
            text = f"{text}，选中 {selected:,} 条" + (f"，合计 {self._selected_sums}" if self._selected_sums else "")
        if not self.looks.grouping:
            self.head.count_label.setText(text)
        self.bound.refresh()
