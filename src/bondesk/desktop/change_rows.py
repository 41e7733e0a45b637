"""One line table of an account, handbook or qualification: search, marks, the window of rows, the row being typed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QToolButton, QVBoxLayout, QWidget

from bondesk.base.change import Counted
from bondesk.base.documents import LineTable
from bondesk.base.findings import Finding
from bondesk.desktop import style
from bondesk.desktop.commands import CommandActions
from bondesk.desktop.context import DeskContext
from bondesk.desktop.extracting import Extracting
from bondesk.desktop.findings_view import FindingsDialog
from bondesk.desktop.line_window import LineWindow, rows_view, selected_spans
from bondesk.desktop.mark_chips import MarkChips
from bondesk.desktop.questions import ask
from bondesk.desktop.row_commands import BUTTONS, row_commands
from bondesk.desktop.row_deeds import RowDeeds, refusals
from bondesk.desktop.row_entry import RowEntry
from bondesk.desktop.row_strip import RowStrip
from bondesk.engine import changing
from bondesk.engine.act import Act
from bondesk.engine.line_query import LineQuery, LineRow, changed_place, line_ids


class ChangeRows(QWidget):
    """``counted`` when the number of rows is known, ``edited`` when the row being typed changed."""

    counted = Signal()
    edited = Signal()

    def __init__(self, context: DeskContext, table: LineTable, deeds: RowDeeds, parent: QWidget) -> None:
        """Show the rows of ``table``; acts go through ``deeds``."""
        super().__init__(parent)
        self.setObjectName(f"rows.{table.key}")
        path = changing.path_of(deeds.document)
        self.context, self.table, self.deeds = context, table, deeds
        self.changed = path.table(table.key)
        self.drafts = path.draft == deeds.document.key
        self.locked = "当前不能修改"
        self.model = LineWindow(context, deeds.document, table, self)
        self._make_places()
        self.chips = MarkChips(table.key, self.drafts, self.upper)
        self.view = rows_view(self.model, self.upper)
        self.strip = RowStrip(context, table, self.changed, lambda: deeds.base().head, self.split)
        self.entry = RowEntry(self)
        self.source = Extracting(self) if self.drafts and self.changed.source else None
        self.commands = row_commands(self, context.identity)
        self.bound = CommandActions(self.commands, self, {"rows.edit": self.view})
        self._build()
        self._connect()

    def _make_places(self) -> None:
        """Make what holds the parts first: moving a filled part into its place later costs a new styling of it."""
        self.sides = QSplitter(Qt.Orientation.Horizontal, self)
        self.sides.setObjectName(f"rows_sides.{self.table.key}")
        self.sides.setChildrenCollapsible(False)
        self.split = QSplitter(Qt.Orientation.Vertical, self.sides)
        self.split.setObjectName(f"rows_split.{self.table.key}")
        self.split.setChildrenCollapsible(False)
        self.upper = QWidget(self.split)

    def _build(self) -> None:
        buttons = QHBoxLayout()
        buttons.setContentsMargins(style.MARGIN, 0, style.MARGIN, 0)
        buttons.setSpacing(2)
        for key in BUTTONS:
            if key in self.commands:
                button = QToolButton(self.upper)
                button.setObjectName(f"button.{self.table.key}.{key}")
                button.setDefaultAction(self.bound[key])
                button.setAutoRaise(True)
                button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
                buttons.addWidget(button)
        buttons.addStretch(1)
        above = QVBoxLayout(self.upper)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(style.GAP - 2)
        above.addWidget(self.chips)
        above.addWidget(self.view, 1)
        above.addLayout(buttons)
        self.split.addWidget(self.upper)
        self.split.addWidget(self.strip)
        self.split.setStretchFactor(0, 1)
        if self.source is not None:
            self.sides.addWidget(self.source.pane)
        self.sides.addWidget(self.split)
        self.sides.setStretchFactor(self.sides.count() - 1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.sides)

    def _connect(self) -> None:
        self.chips.wanted.connect(self.filter)
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(self._failed)
        self.model.rows.arrived.connect(lambda _first, _last: self.entry.follow())
        self.view.horizontalHeader().setSectionsClickable(True)
        self.view.horizontalHeader().sectionClicked.connect(self._sort)
        self.view.doubleClicked.connect(lambda _index: self.edit())
        self.view.selectionModel().currentRowChanged.connect(lambda _now, _before: self.entry.follow())
        self.view.selectionModel().selectionChanged.connect(lambda _on, _off: self.bound.refresh())
        self.deeds.working.connect(lambda _busy: self.bound.refresh())
        if self.source is not None:
            self.deeds.acted.connect(self.source.refresh)
            self.source.pane.model.ticked.connect(self.bound.refresh)
        self.strip.edited.connect(self._strip_edited)

    def _strip_edited(self) -> None:
        self.bound.refresh()
        self.edited.emit()

    def show_document(self) -> None:
        """Show the rows of the document of the form."""
        if self.deeds.base().id != self.model.header_id or not self.strip.dirty:
            self.entry.forget()
        if self.deeds.base().id != self.model.header_id:
            self.chips.clear()
            self.view.horizontalHeader().setSortIndicatorShown(False)
        self.model.show_document(self.deeds.base().id)

    def reload(self, line_id: int | None = None) -> None:
        """Look again; the cursor goes to a line, or stays where it was."""
        self.model.load(self.model.query, max(0, self.view.currentIndex().row()), line_id)

    def filter(self) -> None:
        """Show what the search box and the marks say."""
        self.model.load(self.chips.query(self.model.query.order))

    def _sort(self, section: int) -> None:
        key, before = self.model.fields[section].key, dict(self.model.query.order)
        order = () if before.get(key) else ((key, key in before),)
        header = self.view.horizontalHeader()
        header.setSortIndicatorShown(bool(order))
        if order:
            down = Qt.SortOrder.DescendingOrder if order[0][1] else Qt.SortOrder.AscendingOrder
            header.setSortIndicator(section, down)
        self.model.load(self.chips.query(order))

    def _loaded(self, row: int) -> None:
        self.chips.show_counts(self.model.rowCount(), self.model.marks)
        self.counted.emit()
        if row >= 0:
            self.show_row(row)
        self.entry.loaded()
        self.bound.refresh()

    def _failed(self, problem: Exception) -> None:
        self.context.show_message(str(problem))

    def show_row(self, row: int, column: int = -1) -> None:
        """Bring a row into sight and make it the current one."""
        here = max(0, self.view.currentIndex().column()) if column < 0 else column
        index = self.model.index(row, here)
        flag = QItemSelectionModel.SelectionFlag
        self.view.selectionModel().setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)
        self.view.scrollTo(index)

    def show_place(self, row: int, key: str, line_id: int | None = None) -> None:
        """Bring a row, or the stored line of an id, into sight, whatever is filtered now, and go to the field."""
        self.chips.clear()
        self.view.horizontalHeader().setSortIndicatorShown(False)
        column = max(0, self.model.column(key))

        def there() -> None:
            if line_id is None:
                self.show_row(min(row, self.model.rowCount() - 1), column)
            self.entry.go_to(key)

        self.entry.then = there
        self.model.load(LineQuery(), row, line_id)

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Colour the cells findings are about."""
        self.model.show_findings(findings)

    def set_editable(self, reason: str) -> None:
        """Let rows be changed, or grey them because of ``reason``."""
        self.locked = reason if self.drafts else "已审批的单据只能通过变更修改"
        self.entry.follow()
        self.bound.refresh()

    @property
    def editable(self) -> bool:
        """Tell whether rows may be changed."""
        return not self.locked and self.model.header_id is not None

    def current(self) -> LineRow | None:
        """Return the row under the cursor when its page is here."""
        index = self.view.currentIndex()
        row: LineRow | None = self.model.rows.peek(index.row()) if index.isValid() else None
        return row

    def spans(self) -> list[range]:
        """Return the selected rows."""
        return selected_spans(self.view)

    def edit(self) -> None:
        """Go into the row being typed."""
        self.strip.enter()

    def add(self) -> None:
        """Open a new row."""
        self.entry.add()

    def revert(self) -> None:
        """撤销行: take the changes of the selected rows back."""
        self._order_rows("撤销行", changing.revert)

    def strike(self) -> None:
        """删除行: mark the selected filed rows, remove the added ones."""
        count = sum(len(span) for span in self.spans())
        run = partial(self._order_rows, "删除行", changing.strike)
        if count > 1:
            text = f"确定删除选中的 {count:,} 行吗？\n已备案的行标记删除（可撤销），本次新增的行直接移除。"
            ask(self, "删除行", text, "删除", run)
        else:
            run()

    def _order_rows(self, title: str, verb: Any) -> None:
        document, key, query, spans = self.deeds.document, self.table.key, self.model.query, self.spans()

        def work(act: Act, document_id: int, revision: int) -> Counted:
            ids = line_ids(act, document, document_id, key, query, spans)
            counted: Counted = verb(act, document, document_id, key, ids, revision)
            return counted

        self.deeds.order(work, partial(self.tell, title), partial(self.refused, title))

    def tell(self, title: str, counted: Counted) -> None:
        """Say what an order did; what was refused is listed."""
        self.context.show_message(f"{title}：{counted}")
        if counted.refused:
            text = f"{title}：{counted}。下列行没有处理："
            FindingsDialog(title, text, refusals(counted), self).open()
        self.entry.forget()
        self.reload()

    def refused(self, title: str, findings: Sequence[Finding]) -> None:
        """Say why an order did nothing."""
        if not any(one.code == "CONFLICT" for one in findings):
            FindingsDialog(title, f"{title}没有完成。", findings, self).open()

    def step(self, by: int) -> None:
        """Go to the next (1) or previous (-1) row that is not 未修改."""
        document, key, query = self.deeds.document, self.table.key, self.model.query
        row = self.view.currentIndex().row()

        def done(place: int | None) -> None:
            if place is None:
                self.context.show_message("后面没有其他变更" if by > 0 else "前面没有其他变更")
            else:
                self.show_row(place)

        self.deeds.look(lambda act, header: changed_place(act, document, header, key, query, row, by), done)

    def why_locked(self) -> str:
        """Return why rows cannot be changed now."""
        return self.deeds.why_waiting() or ("请先保存表头" if self.model.header_id is None else "") or self.locked

    def why_no_rows(self) -> str:
        """Return why nothing can be done to selected rows."""
        return self.why_locked() or ("" if self.spans() else "请先选中一行")

    def why_no_change(self) -> str:
        """Return why there is no other change to go to."""
        same = self.model.marks.get("0", 0)
        return "" if sum(self.model.marks.values()) > same else "没有任何变更"

    def why_no_entry(self) -> str:
        """Return why the row cannot be entered."""
        return "" if self.current() is not None else "没有选中的行"

    def search(self) -> None:
        """Go to the search box."""
        self.chips.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.chips.search.selectAll()

    def enter(self) -> None:
        """Put the cursor into the rows: a new row when there is none."""
        if self.editable and not self.model.rowCount() and not self.chips.query(()).text:
            self.add()
            return
        self.view.setFocus(Qt.FocusReason.TabFocusReason)
        if not self.view.currentIndex().isValid() and self.model.rowCount():
            self.show_row(0)

    def index(self, row: int, key: str) -> QModelIndex:
        """Return the cell of an attribute in a row."""
        return self.model.index(row, self.model.column(key))
