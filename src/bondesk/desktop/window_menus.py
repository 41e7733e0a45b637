"""Menus and toolbar of the signed-in window, drawn from its commands."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu

from bondesk.desktop import looks
from bondesk.desktop.commands import CommandActions
from bondesk.desktop.layout import Layout
from bondesk.desktop.window_commands import HIDDEN

_DOCKS = {"module_dock": "模块树", "jobs_dock": "后台任务栏", "help_dock": "帮助栏"}
_RECEIVE, _SEND = "gateway.receive", "gateway.hand_over"


def make_menus(window: QMainWindow, bound: CommandActions, layout: Layout, docks: Sequence[QDockWidget]) -> None:
    """Give ``window`` one menu per group of commands, and the toolbar."""
    ids = bound.ids()
    for group, actions in bound.grouped():
        if group == HIDDEN:
            continue
        menu = window.menuBar().addMenu(group)
        menu.setObjectName(f"menu.{group}")
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(bound.refresh)
        if group == "视图":
            for dock in docks:
                dock.toggleViewAction().setText(_DOCKS.get(dock.objectName(), dock.windowTitle()))
                menu.addAction(dock.toggleViewAction())
            menu.addSeparator()
        if group == "外观":
            _add_schemes(menu, layout)
        menu.addActions(actions)
    bar = window.addToolBar("单一窗口" if _RECEIVE in ids else "工具")
    bar.setObjectName("desk_toolbar")
    bar.setMovable(False)
    bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    bar.addAction(bound["desk.palette"])
    if _RECEIVE in ids:
        bar.addSeparator()
        bar.addActions([bound[_SEND], bound[_RECEIVE]])
    bar.addSeparator()
    bar.addAction(bound["desk.jobs"])
    bar.addAction(bound["help.page"])


def _add_schemes(menu: QMenu, layout: Layout) -> None:
    group = QActionGroup(menu)
    for key, title in looks.SCHEMES:
        action = group.addAction(title)
        action.setObjectName(f"look.{key}")
        action.setCheckable(True)
        action.setChecked(key == looks.chosen_scheme(layout))
        action.triggered.connect(lambda _on=False, key=key: looks.choose_scheme(layout, key))
        menu.addAction(action)
    menu.addSeparator()
