"""The pages in the middle: tabs by key, two groups side by side, windows of their own, a start page without any."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget
from shiboken6 import isValid

from bondesk.desktop.page_focus import PageFocus
from bondesk.desktop.page_group import LastUsed, PageGroup, PageWindow, halve
from bondesk.desktop.page_menu import show_page_menu

Place = Literal["main", "side", "window"]
#: A walk with Ctrl+Tab ends when the key rests this long.
_WALK_MS = 1200


class PageTabs(QStackedWidget):
    """Pages by key. A page is closed by ``page.close()``: it may refuse (unsaved work) by ignoring the event.

    The tab shows the page's window title and follows it. ``switched`` when another page is in front.
    """

    switched = Signal()

    def __init__(self, parent: QWidget) -> None:
        """Start with nothing but an empty place; :meth:`set_start` fills it."""
        super().__init__(parent)
        self.setObjectName("page_stack")
        self.split = QSplitter(Qt.Orientation.Horizontal, self)
        self.split.setObjectName("page_split")
        self.split.setChildrenCollapsible(False)
        self.tabs, self.side = PageGroup("pages", self.split), PageGroup("pages_side", self.split)
        self.side.hide()
        self.windows: list[PageWindow] = []
        self._last, self._settling = LastUsed(self._is_open), False
        self._walk_over = QTimer(self)
        self._walk_over.setSingleShot(True)
        self._walk_over.setInterval(_WALK_MS)
        self._walk_over.timeout.connect(self._last.end_walk)
        self._focus = PageFocus(self._is_open, self._touch, self.current, self)
        self.addWidget(QWidget(self))
        self.addWidget(self.split)
        for group in (self.tabs, self.side):
            self.split.addWidget(group)
            group.front.connect(lambda group=group: self._fronted(group))
            group.shut.connect(self.shut)
            group.torn.connect(self.tear_off)
            group.menu_asked.connect(lambda page, at: show_page_menu(self, page, at))

    def set_start(self, start: QWidget) -> None:
        """Show ``start`` while no page is open."""
        former = self.widget(0)
        self.insertWidget(0, start)
        if former is not None:
            self.removeWidget(former)
            former.deleteLater()
        self.setCurrentIndex(1 if self.tabs.count() or self.side.count() else 0)

    def open_page(self, key: str, title: str, make: Callable[[], QWidget], place: Place = "main") -> None:
        """Bring the page with ``key`` to the front, made by ``make`` when it is not open yet."""
        page = self.page(key)
        if page is None:
            page = make()
            page.setObjectName(key)
            page.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            made = page
            page.windowTitleChanged.connect(lambda text: self._retitle(made, text))
            self._put(page, title, place)
        self.bring(page)

    def _put(self, page: QWidget, title: str, place: Place) -> None:
        if place == "window":
            self._float(page, title)
            return
        group = self.side if place == "side" else self.tabs
        group.take(page, title)
        if place == "side" and not self.side.isVisibleTo(self.split):
            self.side.show()
            halve(self.split)
        self.setCurrentWidget(self.split)

    def _float(self, page: QWidget, title: str) -> PageWindow:
        window = PageWindow(page, title, self.window().actions(), self.window())
        window.active.connect(self._touch)
        window.closed.connect(self._window_closed)
        self.windows.append(window)
        window.show()
        return window

    def bring(self, page: QWidget) -> None:
        """Bring an open page to the front and give it the keyboard."""
        window = self._window_of(page)
        if window is not None:
            window.show()
            window.raise_()
            window.activateWindow()
        else:
            self.setCurrentWidget(self.split)
            group = self.group_of(page)
            if group is not None:
                group.setCurrentWidget(page)
        page.setFocus()
        self._touch(page)

    def page(self, key: str) -> QWidget | None:
        """Return the open page with ``key``."""
        return next((page for page in self.pages() if page.objectName() == key), None)

    def pages(self) -> Iterator[QWidget]:
        """Iterate over the open pages: tabs left to right, the second group, windows."""
        yield from (*self.tabs.pages(), *self.side.pages())
        yield from (window.page for window in list(self.windows) if window.page is not None)

    def place_of(self, page: QWidget) -> Place:
        """Return where an open page stands."""
        if self._window_of(page) is not None:
            return "window"
        return "side" if self.group_of(page) is self.side else "main"

    def current(self) -> QWidget | None:
        """Return the page used last."""
        return next(iter(self._last.pages()), None)

    def count(self) -> int:
        """Return how many pages are open."""
        return sum(1 for _ in self.pages())

    def shut(self, page: QWidget) -> bool:
        """Close a page; False when it refuses."""
        window = self._window_of(page)
        if window is not None:
            return window.close()
        if not page.close():
            self.bring(page)
            return False
        group = self.group_of(page)
        if group is not None:
            group.removeTab(group.indexOf(page))
        self._settle()
        return True

    def close_current(self) -> None:
        """Close the page in front."""
        page = self.current()
        if page is not None:
            self.shut(page)

    def close_all(self) -> bool:
        """Close every page; stop at the first that refuses and return False."""
        return all(self.shut(page) for page in list(self.pages()))

    def close_others(self, page: QWidget) -> bool:
        """Close every page but one."""
        return all(self.shut(other) for other in list(self.pages()) if other is not page)

    def close_right(self, page: QWidget) -> bool:
        """Close the tabs to the right of a page in its group."""
        group = self.group_of(page)
        return group is None or all(self.shut(other) for other in group.pages()[group.indexOf(page) + 1 :])

    def tear_off(self, page: QWidget, at: QPoint | None = None) -> None:
        """Give a page a window of its own."""
        group = self.group_of(page)
        if group is None:
            return
        title = group.tabText(group.indexOf(page))
        group.removeTab(group.indexOf(page))
        window = self._float(page, title)
        if at is not None:
            window.move(at - QPoint(60, 10))
        self._settle()
        self.bring(page)

    def put_back(self, page: QWidget) -> None:
        """Put a page from its window, or from the second group, among the tabs."""
        window, group = self._window_of(page), self.group_of(page)
        title = page.windowTitle() or (window.windowTitle() if window else "")
        if window is not None:
            window.release()
        elif group is self.side:
            title = group.tabText(group.indexOf(page))
            group.removeTab(group.indexOf(page))
        else:
            return
        self._put(page, title, "main")
        self._settle()
        self.bring(page)

    def beside(self, page: QWidget) -> None:
        """Put a page into the second group, side by side with the tabs."""
        window, group, alone = self._window_of(page), self.group_of(page), not self.side.count()
        if group is self.side:
            return
        title = window.windowTitle() if window else ""
        if window is not None:
            window.release()
        elif group is not None:
            title = group.tabText(group.indexOf(page))
            group.removeTab(group.indexOf(page))
        self._put(page, title, "side")
        self._settle()
        self.bring(page)
        if alone:
            QTimer.singleShot(0, self, lambda: halve(self.split))  # what the pages want is known only now

    def float_or_back(self) -> None:
        """Tear the page in front off, or put it back."""
        page = self.current()
        if page is not None:
            (self.put_back if self.place_of(page) == "window" else self.tear_off)(page)

    def beside_or_back(self) -> None:
        """Put the page in front beside the others, or back among them."""
        page = self.current()
        if page is not None:
            (self.put_back if self.place_of(page) == "side" else self.beside)(page)

    def walk(self, by: int) -> None:
        """Go to the page used before (1), or back (-1); a quick row of steps goes further back."""
        page = self._last.next(by)
        if page is not None:
            self.bring(page)
            self._walk_over.start()

    def go_to(self, number: int) -> None:
        """Go to the page with a number, counted from 1 as they stand."""
        pages = list(self.pages())
        if 0 < number <= len(pages):
            self.bring(pages[number - 1])

    def group_of(self, page: QWidget) -> PageGroup | None:
        """Return the group a page stands in, None when it has a window of its own."""
        return next((group for group in (self.tabs, self.side) if group.indexOf(page) >= 0), None)

    def _window_of(self, page: QWidget) -> PageWindow | None:
        return next((window for window in self.windows if window.page is page), None)

    def _is_open(self, page: QWidget) -> bool:
        return isValid(page) and (self.group_of(page) is not None or self._window_of(page) is not None)

    def _retitle(self, page: QWidget, title: str) -> None:
        group, window = self.group_of(page), self._window_of(page)
        if group is not None:
            group.name_tab(page, title)
        elif window is not None:
            window.name(title)

    def _window_closed(self, window: PageWindow) -> None:
        if window in self.windows:
            self.windows.remove(window)
        self._settle()

    def _fronted(self, group: PageGroup) -> None:
        page = group.currentWidget()
        if page is not None:
            self._touch(page)
        self._settle()

    def _touch(self, page: QWidget) -> None:
        if self._is_open(page) and self._last.touch(page):
            self.switched.emit()

    def _settle(self) -> None:
        """Hide what is empty; the tabs come first."""
        if self._settling:
            return
        self._settling = True
        if self.side.count() and not self.tabs.count():
            for page in self.side.pages():
                title = self.side.tabText(self.side.indexOf(page))
                self.side.removeTab(self.side.indexOf(page))
                self.tabs.take(page, title)
        self.side.setVisible(bool(self.side.count()))
        self.setCurrentIndex(1 if self.tabs.count() else 0)
        self._settling = False
        self._focus.settle()
        self.switched.emit()
