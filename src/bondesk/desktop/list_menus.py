"""The right-click menus of a list: of a cell, of a heading, and the menus for grouping and views."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from bondesk.desktop.commands import CommandActions
from bondesk.desktop.list_conditions import cell_condition
from bondesk.desktop.list_groups import group_title
from bondesk.desktop.list_model import ListModel
from bondesk.desktop.list_view import ListView
from bondesk.engine.clauses import is_text
from bondesk.engine.query import Condition
from bondesk.engine.summing import MONTH, grouping_keys

_LONGEST = 16


def _menu(name: str, parent: QWidget) -> QMenu:
    menu = QMenu(parent)
    menu.setObjectName(name)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setToolTipsVisible(True)
    return menu


def cell_menu(
    view: ListView, model: ListModel, bound: CommandActions, demand: Callable[[Condition], object], place: QPoint
) -> QMenu:
    """Open the menu of the row and cell at ``place``: filter by the cell, copy it, the row's commands."""
    menu, index = _menu("list_menu", view), view.indexAt(place)
    row = model.peek(index.row()) if index.isValid() else None
    if row is not None:
        column, value = model.columns[index.column()], model.value(row, index.column())
        text = model.text(row, index.column()) or "空"
        short = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
        menu.addAction(f"只看{column.title}等于「{short}」", lambda: demand(cell_condition(column.key, value, "eq")))
        menu.addAction(f"排除{column.title}等于「{short}」", lambda: demand(cell_condition(column.key, value, "ne")))
        attribute = getattr(model.document.header, column.key)
        if column.field is not None and not column.field.choices and is_text(attribute) and value:
            menu.addAction(f"包含「{short}」", lambda: demand(Condition(column.key, "contains", value)))
        menu.addSeparator()
        menu.addAction("复制单元格", lambda: QApplication.clipboard().setText(model.text(row, index.column())))
    for group, actions in bound.grouped():
        if group not in ("hidden", "view", "look"):
            menu.addActions(actions)
            menu.addSeparator()
    menu.popup(view.viewport().mapToGlobal(place))
    return menu


def heading_menu(
    view: ListView, model: ListModel, place: QPoint, ask: Callable[[str, Any], object], set_up: Callable[[], object]
) -> QMenu:
    """Open the menu of a heading; ``ask`` takes (sort | add | hide | group | best width, what)."""
    menu, section = _menu("heading_menu", view), view.header.logicalIndexAt(place)
    if 0 <= section < len(model.columns):
        column = model.columns[section]
        menu.addAction("升序", lambda: ask("sort", ((column.key, False),)))
        menu.addAction("降序", lambda: ask("sort", ((column.key, True),)))
        others = tuple(one for one in model.sorting if one[0] != column.key)
        if others:
            menu.addAction("再按此列升序", lambda: ask("sort", (*others, (column.key, False))))
            menu.addAction("再按此列降序", lambda: ask("sort", (*others, (column.key, True))))
        if model.sorting:
            menu.addAction("取消排序", lambda: ask("sort", ()))
        menu.addSeparator()
        for key in (column.key, column.key + MONTH):
            if key in grouping_keys(model.document):
                title = group_title(model.document, key)
                menu.addAction(f"按{title}分组", partial(ask, "group", (key,)))
        menu.addSeparator()
        hide = menu.addAction("隐藏此列", lambda: ask("hide", column.key))
        hide.setEnabled(len(model.columns) > 1)
        menu.addAction("最合适的列宽", lambda: view.resizeColumnToContents(section))
    menu.addAction("列设置…", set_up)
    menu.popup(view.header.mapToGlobal(place))
    return menu


def group_menu(
    menu: QMenu, model: ListModel, grouping: tuple[str, ...], choose: Callable[[tuple[str, ...]], object]
) -> None:
    """Fill the menu of the 分组 button: no grouping, one column, then a second one."""
    menu.clear()
    document, keys = model.document, grouping_keys(model.document)
    none = menu.addAction("不分组", lambda: choose(()))
    none.setCheckable(True)
    none.setChecked(not grouping)
    menu.addSeparator()
    for key in keys:
        action = menu.addAction(f"按{group_title(document, key)}", partial(choose, (key,)))
        action.setCheckable(True)
        action.setChecked(grouping[:1] == (key,))
    if grouping:
        second = menu.addMenu("再按第二列")
        for key in keys:
            if key != grouping[0]:
                action = second.addAction(group_title(document, key), partial(choose, (grouping[0], key)))
                action.setCheckable(True)
                action.setChecked(grouping[1:] == (key,))
