"""Saved views: filters, order, columns and grouping under a name, kept per user in the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QInputDialog, QMenu, QToolButton, QWidget

from bondesk.base.documents import DocumentType
from bondesk.desktop.background import while_alive
from bondesk.desktop.context import DeskContext
from bondesk.desktop.list_columns import columns_of
from bondesk.desktop.list_conditions import read_condition, written
from bondesk.desktop.questions import ask
from bondesk.engine.preferences import prefer, preference
from bondesk.engine.query import Condition
from bondesk.engine.summing import grouping_keys

_LONGEST = 20
#: Blanks that keep a button's text clear of its menu arrow.
ARROW_ROOM = "   "


@dataclass(frozen=True, slots=True)
class View:
    """What a list shows and how."""

    conditions: tuple[Condition, ...] = ()
    any_of: tuple[tuple[Condition, ...], ...] = ()
    text: str = ""
    order: tuple[tuple[str, bool], ...] = ()
    columns: tuple[str, ...] = ()
    grouping: tuple[str, ...] = ()


def written_view(view: View) -> dict[str, Any]:
    """Return a view as JSON."""
    return {
        "conditions": [written(one) for one in view.conditions],
        "any_of": [[written(one) for one in choice] for choice in view.any_of],
        "text": view.text,
        "order": [[key, descending] for key, descending in view.order],
        "columns": list(view.columns),
        "grouping": list(view.grouping),
    }


def read_view(document: DocumentType, kept: dict[str, Any]) -> View:
    """Read a view; what names fields that do not exist any more is left out."""
    known = {column.key for column in columns_of(document, tuple(kept.get("columns", ())))}
    every = {one.key for one in columns_of(document)} | known
    conditions = [read_condition(document, one) for one in kept.get("conditions", ())]
    choices = [[read_condition(document, one) for one in choice] for choice in kept.get("any_of", ())]
    groupable = grouping_keys(document)
    return View(
        conditions=tuple(one for one in conditions if one is not None),
        any_of=tuple(filter(None, (tuple(one for one in choice if one is not None) for choice in choices))),
        text=str(kept.get("text", "")),
        order=tuple((str(key), bool(down)) for key, down in kept.get("order", ()) if key in every),
        columns=tuple(key for key in kept.get("columns", ()) if key in known),
        grouping=tuple(key for key in kept.get("grouping", ()) if key in groupable),
    )


class ListViews(QObject):
    """The views of one document and user; ``chosen`` brings the view to show, ``noted`` that the names changed."""

    chosen = Signal(object)
    noted = Signal()

    def __init__(
        self, context: DeskContext, document: DocumentType, present: Callable[[], View], page: QWidget
    ) -> None:
        """Save what ``present`` returns."""
        super().__init__(page)
        self._context, self._document, self._present, self._page = context, document, present, page
        self._kept: dict[str, Any] = {}
        self.default = ""
        self.current = ""

    @property
    def names(self) -> list[str]:
        """Return the names of the saved views, in the order saved."""
        return list(self._kept)

    @property
    def _name(self) -> str:
        return f"view.{self._document.key}"

    def read(self) -> None:
        """Read the views; show the default one, if there is one."""
        name = self._name

        def done(kept: Any) -> None:
            if not isinstance(kept, dict):
                return
            views = kept.get("views", {})
            self._kept = {str(key): value for key, value in views.items() if isinstance(value, dict)}
            self.default = str(kept.get("default", ""))
            self.noted.emit()
            if self.default in self._kept:
                self.choose(self.default)

        self._context.lane.act(lambda act: preference(act, name), while_alive(self, done), lambda _problem: None)

    def _keep(self, said: str) -> None:
        value = {"views": self._kept, "default": self.default} if self._kept else None
        name, say = self._name, self._context.show_message
        self._context.lane.act(
            lambda act: prefer(act, name, value),
            while_alive(self, lambda _nothing: say(said)),
            while_alive(self, lambda problem: say(str(problem))),
        )
        self.noted.emit()

    def choose(self, name: str) -> None:
        """Show a saved view, "" the list as declared."""
        self.current = name
        self.noted.emit()
        self.chosen.emit(read_view(self._document, self._kept[name]) if name else View())

    def save(self) -> None:
        """Save over the current view, or ask for a name."""
        if self.current:
            self.save_as(self.current)
        else:
            self.ask_name()

    def save_as(self, name: str) -> None:
        """Save what is shown under ``name``."""
        self._kept[name] = written_view(self._present())
        self.current = name
        self._keep(f"视图「{name}」已保存")

    def ask_name(self) -> None:
        """Ask for a name; one that is taken is asked about."""
        dialog = QInputDialog(self._page)
        dialog.setObjectName("view_name")
        dialog.setWindowTitle("另存视图")
        dialog.setLabelText("视图名称（保存筛选、排序、列和分组）：")
        dialog.setOkButtonText("保存")
        dialog.setCancelButtonText("取消")
        dialog.textValueSelected.connect(self._named)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _named(self, text: str) -> None:
        name = text.strip()[:_LONGEST]
        if not name:
            self._context.show_message("视图没有保存：请输入名称")
        elif name in self._kept:
            question = f"视图「{name}」已存在，确定覆盖吗？"
            ask(self._page, "另存视图", question, "覆盖", lambda: self.save_as(name))
        else:
            self.save_as(name)

    def delete(self) -> None:
        """Ask, then forget the current view; what is shown stays."""
        name = self.current
        if name:
            ask(self._page, "删除视图", f"确定删除视图「{name}」吗？", "删除", lambda: self._delete(name))

    def _delete(self, name: str) -> None:
        self._kept.pop(name, None)
        self.default = "" if self.default == name else self.default
        self.current = ""
        self._keep(f"视图「{name}」已删除")

    def toggle_default(self) -> None:
        """Open the list with the current view from now on, or no longer."""
        self.default = "" if self.default == self.current else self.current
        said = f"以后打开时显示视图「{self.default}」" if self.default else "以后打开时显示全部"
        self._keep(said)


class ViewButton(QToolButton):
    """The drop-down of views."""

    def __init__(self, views: ListViews, parent: QWidget) -> None:
        """Offer what ``views`` holds."""
        super().__init__(parent)
        self.setObjectName("list_views")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolTip("视图：筛选、排序、列和分组（Ctrl+Shift+V）")
        self._views = views
        self._menu = QMenu(self)
        self._menu.setObjectName("list_views_menu")
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)
        views.noted.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.setText(f"视图：{self._views.current or '全部'}{ARROW_ROOM}")

    def _fill(self) -> None:
        views, menu = self._views, self._menu
        menu.clear()
        for name in ("", *views.names):
            text = (name or "全部") + ("（默认）" if name and name == views.default else "")
            action = menu.addAction(text, partial(views.choose, name))
            action.setCheckable(True)
            action.setChecked(name == views.current)
        menu.addSeparator()
        if views.current:
            menu.addAction(f"覆盖「{views.current}」", views.save)
        menu.addAction("另存为…", views.ask_name)
        if views.current:
            default = menu.addAction("打开时显示此视图", views.toggle_default)
            default.setCheckable(True)
            default.setChecked(views.default == views.current)
            menu.addAction(f"删除「{views.current}」…", views.delete)
