"""Where pages stand: a group of tabs (two of them side by side) or a window of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QMouseEvent
from PySide6.QtWidgets import QSplitter, QTabBar, QTabWidget, QToolButton, QVBoxLayout, QWidget

#: A tab dropped this far from the bar goes into a window of its own.
_TORN_OFF = 70
_LEAST_WIDTH, _LEAST_HEIGHT = 300, 240
#: A title is cut to this many Chinese characters at least; more tabs than fit are scrolled.
_LEAST_TITLE = 7


class PageBar(QTabBar):
    """Tabs that stay readable however many there are."""

    def minimumTabSizeHint(self, index: int) -> QSize:  # noqa: N802 - Qt's name
        """Keep the whole of short titles and the beginning of long ones."""
        whole = self.tabSizeHint(index)
        text = self.fontMetrics().horizontalAdvance(self.tabText(index))
        least = min(text, self.fontMetrics().horizontalAdvance("字" * _LEAST_TITLE))
        return QSize(whole.width() - text + least, whole.height())


class PageGroup(QTabWidget):
    """Tabs of pages. Signals bring the page: ``front`` when another is in front, ``shut`` and ``torn`` on request.

    ``menu_asked`` brings the page and where on the screen.
    """

    front = Signal()
    shut = Signal(object)
    torn = Signal(object, object)
    menu_asked = Signal(object, object)

    def __init__(self, name: str, parent: QWidget) -> None:
        """Start empty; ``name`` tells the groups apart."""
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("role", "pages")
        self.setTabBar(PageBar(self))
        self.setDocumentMode(True)
        self.setMovable(True)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setMinimumSize(_LEAST_WIDTH, _LEAST_HEIGHT)  # two groups share a narrow screen; pages scroll
        bar = self.tabBar()
        for widget in (self, bar):  # with the cursor here every shortcut of the page would be dead
            widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        bar.setObjectName(f"{name}_bar" if name != "pages" else "page_bar")
        bar.installEventFilter(self)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        bar.customContextMenuRequested.connect(self._ask_menu)
        self.currentChanged.connect(lambda _place: self.front.emit())

    def take(self, page: QWidget, title: str) -> None:
        """Put a page at the end and bring it to the front."""
        place = self.addTab(page, title)
        self.name_tab(page, title)
        button = QToolButton(self)
        button.setObjectName(f"close.{page.objectName()}")
        button.setProperty("role", "tab_close")
        button.setText("×")
        button.setToolTip("关闭")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self.shut.emit(page))
        self.tabBar().setTabButton(place, QTabBar.ButtonPosition.RightSide, button)
        self.setCurrentWidget(page)

    def name_tab(self, page: QWidget, title: str) -> None:
        """Write the title of a page on its tab."""
        place = self.indexOf(page)
        if place >= 0 and title:
            self.setTabText(place, title)
            self.setTabToolTip(place, f"{title}（中键或 Ctrl+W 关闭，右键更多）")

    def pages(self) -> list[QWidget]:
        """Return the pages, left to right."""
        widgets = [self.widget(place) for place in range(self.count())]
        return [page for page in widgets if page is not None]

    def _ask_menu(self, place: QPoint) -> None:
        page = self.widget(self.tabBar().tabAt(place))
        if page is not None:
            self.menu_asked.emit(page, self.tabBar().mapToGlobal(place))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Close the tab under a middle click; tear off one that is dropped far from the bar."""
        if event.type() != QEvent.Type.MouseButtonRelease or not isinstance(event, QMouseEvent):
            return super().eventFilter(watched, event)
        bar, place = self.tabBar(), event.position().toPoint()
        if event.button() is Qt.MouseButton.MiddleButton:
            page = self.widget(bar.tabAt(place))
            if page is not None:
                self.shut.emit(page)
                return True
        elif event.button() is Qt.MouseButton.LeftButton and not -_TORN_OFF < place.y() < bar.height() + _TORN_OFF:
            page = self.currentWidget()
            if page is not None:
                self.torn.emit(page, event.globalPosition().toPoint())
        return super().eventFilter(watched, event)


def halve(split: QSplitter) -> None:
    """Give two groups the same room."""
    split.setSizes([split.width() // 2] * 2)


class PageWindow(QWidget):
    """A window that holds one page; its closing closes the page, which may refuse."""

    active = Signal(object)
    closed = Signal(object)

    def __init__(self, page: QWidget, title: str, actions: Sequence[QAction], over: QWidget) -> None:
        """Take ``page`` over; ``actions`` are the main window's, so that its shortcuts act here too."""
        super().__init__(over, Qt.WindowType.Window)
        self.setObjectName(f"window.{page.objectName()}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.page: QWidget | None = page
        self.addActions(list(actions))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(page)
        self.resize(1100, 720)
        self.name(title)
        page.show()
        page.destroyed.connect(self._gone)

    def name(self, title: str) -> None:
        """Show the page's title."""
        if title:
            self.setWindowTitle(title)

    def release(self) -> QWidget | None:
        """Give the page back and close."""
        page, self.page = self.page, None
        if page is not None:
            page.destroyed.disconnect(self._gone)
            page.setParent(None)
        self.close()
        return page

    def _gone(self) -> None:
        self.page = None
        self.close()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Tell when the user comes to this window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow() and self.page is not None:
            self.active.emit(self.page)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Close the page first: one with unsaved work keeps its window."""
        if self.page is not None:
            page = self.page
            if not page.close():
                event.ignore()
                return
            self.page = None
        self.closed.emit(self)
        event.accept()


class LastUsed:
    """The order in which pages were used, newest first, and a walk through it as Ctrl+Tab does."""

    def __init__(self, alive: Callable[[QWidget], bool]) -> None:
        """Forget pages that are no longer ``alive``."""
        self._alive = alive
        self._order: list[QWidget] = []
        self._walk: list[QWidget] = []

    def pages(self) -> list[QWidget]:
        """Return the pages, newest first."""
        self._order = [page for page in self._order if self._alive(page)]
        return list(self._order)

    def touch(self, page: QWidget) -> bool:
        """Make ``page`` the newest; True when it was not."""
        order = self.pages()
        if order[:1] == [page]:
            return False
        self._order = [page, *(other for other in order if other is not page)]
        return True

    def next(self, by: int) -> QWidget | None:
        """Return the page ``by`` steps on in the order the walk began with."""
        if not self._walk or any(not self._alive(page) for page in self._walk):
            self._walk = self.pages()
        order = self.pages()
        if len(order) < 2:
            return None
        here = self._walk.index(order[0]) if order[0] in self._walk else 0
        return self._walk[(here + by) % len(self._walk)]

    def end_walk(self) -> None:
        """Let the next walk begin with the present order."""
        self._walk = []
