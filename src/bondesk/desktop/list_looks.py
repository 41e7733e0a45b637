"""How a list is looked at: order, columns, grouping, saved views, and the buttons that change them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from bondesk.base.documents import DocumentType
from bondesk.desktop.background import while_alive
from bondesk.desktop.column_dialog import ColumnDialog
from bondesk.desktop.context import DeskContext
from bondesk.desktop.list_columns import declared_keys
from bondesk.desktop.list_groups import GroupView, group_title
from bondesk.desktop.list_head import ListHead
from bondesk.desktop.list_menus import group_menu, heading_menu
from bondesk.desktop.list_model import ListModel
from bondesk.desktop.list_view import ListView
from bondesk.desktop.list_views import ARROW_ROOM, ListViews, View, ViewButton
from bondesk.engine.query import Query
from bondesk.engine.summing import Group, group_conditions, groups


class ListLooks(QObject):
    """``asked`` tells that the list must be read anew or shown otherwise; ``said`` brings the groups' sentence."""

    asked = Signal()
    said = Signal(str)

    def __init__(
        self, context: DeskContext, document: DocumentType, model: ListModel, page: QWidget, body: QWidget
    ) -> None:
        """Begin with the list as declared; the groups lie in ``body``."""
        super().__init__(page)
        self._context, self._document, self._model, self._page = context, document, model, page
        self.order: tuple[tuple[str, bool], ...] = ()
        self.columns: tuple[str, ...] = ()
        self.grouping: tuple[str, ...] = ()
        self._opened: tuple[str, ...] = ()
        self._generation = 0
        self.views = ListViews(context, document, self.present, page)
        self.views.chosen.connect(self._show_view)
        self.groups = GroupView(document, model.names, body)
        self.groups.opened.connect(self._open_group)

    def build(self, head: ListHead, view: ListView) -> None:
        """Put the buttons into the search row and follow the headings."""
        self._head, self._view = head, view
        self.group_button = QToolButton(head)
        self.group_button.setObjectName("list_group")
        self.group_button.setText(f"分组{ARROW_ROOM}")
        self.group_button.setToolTip("按一列或两列分组汇总（Ctrl+G）")
        self.group_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.group_button)
        menu.setObjectName("list_group_menu")
        menu.aboutToShow.connect(lambda: group_menu(menu, self._model, self.grouping, self.group_by))
        self.group_button.setMenu(menu)
        self.back_button = QToolButton(head)
        self.back_button.setObjectName("list_back")
        self.back_button.setText("返回分组")
        self.back_button.setToolTip("回到分组汇总（Ctrl+G）")
        self.back_button.clicked.connect(self.back)
        self.back_button.hide()
        self.view_button = ViewButton(self.views, head)
        place = head.row.indexOf(head.clear_button)
        head.row.insertWidget(place, self.group_button)
        head.row.insertWidget(place + 1, self.back_button)
        head.row.insertWidget(0, self.view_button)
        view.sort_asked.connect(self.sort)
        view.header.customContextMenuRequested.connect(self.show_heading_menu)

    def present(self) -> View:
        """Return what is shown, to be saved."""
        head = self._head
        shown = self._view.shown_keys()
        columns = () if shown == declared_keys(self._document) else shown
        return View(head.conditions(), head.any_of, head.text, self.order, columns, self.grouping)

    def _show_view(self, view: View) -> None:
        self.order, self.columns, self.grouping = view.order, view.columns, view.grouping
        self._opened = ()
        self._model.show_sorting(self.order)
        self._show_grouping()
        self._head.demand(view.conditions, view.any_of, view.text)

    def sort(self, order: tuple[tuple[str, bool], ...]) -> None:
        """Sort by ``order``, first key first."""
        self.order = order
        self._model.show_sorting(order)
        self.asked.emit()

    def sort_here(self) -> None:
        """Sort by the column the cursor is in: ascending, descending, unsorted."""
        here = self._view.currentIndex()
        if here.isValid():
            self._view.sort_by(self._model.columns[here.column()].key)
        elif self._model.rowCount():
            self._view.enter_rows()

    def show_columns(self, keys: tuple[str, ...]) -> None:
        """Show these columns in this order; () the declared ones."""
        self.columns = () if keys == declared_keys(self._document) else keys
        if tuple(column.key for column in self._model.columns) == keys:
            self._view.arrange()  # only dragged headings go back
        self.asked.emit()

    def set_up_columns(self) -> None:
        """Open 列设置."""
        dialog = ColumnDialog(self._document, self._view.shown_keys(), self._page)
        dialog.chosen.connect(self.show_columns)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def default_columns(self) -> None:
        """Show the declared columns again."""
        self.show_columns(declared_keys(self._document))

    def group_by(self, keys: tuple[str, ...]) -> None:
        """Group by one or two columns; () shows the rows."""
        self.grouping, self._opened = keys, ()
        self._show_grouping()
        self.asked.emit()

    def _show_grouping(self) -> None:
        titles = "、".join(group_title(self._document, key) for key in self.grouping)
        self.group_button.setText((f"分组：{titles}" if titles else "分组") + ARROW_ROOM)
        self.back_button.setVisible(bool(self._opened))

    def count_groups(self, query: Query) -> None:
        """Ask for the groups of ``query`` and show them."""
        self._generation += 1
        generation, keys, document = self._generation, self.grouping, self._document
        self.said.emit("正在分组…")

        def done(found: list[Group]) -> None:
            if generation == self._generation:
                self.groups.show_groups(keys, found)
                self.said.emit(self.groups.said(found))

        def failed(problem: Exception) -> None:
            self.said.emit(f"没有分组：{problem}")

        self._context.lane.act(
            lambda act: groups(act, document, query, keys), while_alive(self, done), while_alive(self, failed)
        )

    def _open_group(self, keys: tuple[str, ...], values: tuple[Any, ...]) -> None:
        """Show the rows of one group; 返回分组 leads back."""
        self._opened, self.grouping = self.grouping, ()
        self._before = (self._head.extra, self._head.any_of)
        self._show_grouping()
        self._head.add(*group_conditions(keys, values))

    def back(self) -> None:
        """Leave an opened group."""
        if self._opened:
            self.grouping, self._opened = self._opened, ()
            self._head.extra, self._head.any_of = self._before
            self._show_grouping()
            self._head.add()

    def open_grouping(self) -> None:
        """Lead back to the groups, or open the menu of the button."""
        if self._opened:
            self.back()
        else:
            self.group_button.showMenu()

    def open_views(self) -> None:
        """Open the menu of views."""
        self.view_button.showMenu()

    def show_heading_menu(self, place: QPoint) -> None:
        """Open the menu of the heading at ``place``."""
        heading_menu(self._view, self._model, place, self._do, self.set_up_columns)

    def _do(self, what: str, value: Any) -> None:
        match what:
            case "sort":
                self.sort(value)
            case "group":
                self.group_by(value)
            case "hide":
                self.show_columns(tuple(key for key in self._view.shown_keys() if key != value))
