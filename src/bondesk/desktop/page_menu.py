"""The context menu of a tab."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from bondesk.desktop.page_group import PageGroup


class Pages(Protocol):
    """What the menu orders."""

    side: PageGroup

    def group_of(self, page: QWidget) -> PageGroup | None:
        """Return the group a page stands in."""

    def count(self) -> int:
        """Return how many pages are open."""

    def shut(self, page: QWidget) -> bool:
        """Close a page."""

    def close_others(self, page: QWidget) -> bool:
        """Close every page but one."""

    def close_right(self, page: QWidget) -> bool:
        """Close the tabs to the right."""

    def tear_off(self, page: QWidget) -> None:
        """Give a page a window of its own."""

    def put_back(self, page: QWidget) -> None:
        """Put a page back among the tabs."""

    def beside(self, page: QWidget) -> None:
        """Put a page into the second group."""


def show_page_menu(pages: Pages, page: QWidget, at: QPoint) -> QMenu:
    """Open the menu of ``page`` at a place of the screen."""
    menu = QMenu(page)
    menu.setObjectName("page_menu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    group = pages.group_of(page)
    last = group is None or group.indexOf(page) == group.count() - 1
    menu.addAction("关闭", lambda: pages.shut(page))
    menu.addAction("关闭其他", lambda: pages.close_others(page)).setEnabled(pages.count() > 1)
    menu.addAction("关闭右侧", lambda: pages.close_right(page)).setEnabled(not last)
    menu.addSeparator()
    menu.addAction("移到新窗口", lambda: pages.tear_off(page))
    if group is pages.side:
        menu.addAction("放回左侧", lambda: pages.put_back(page))
    else:
        menu.addAction("左右并排", lambda: pages.beside(page)).setEnabled(pages.count() > 1)
    menu.popup(at)
    return menu
