"""The pages in the middle: tabs opened by key, closed by middle click, a word when there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QLabel, QStackedWidget, QTabBar, QTabWidget, QToolButton, QWidget

_HINT = "从左侧选择模块，或按 Ctrl+K 输入名称打开"


class PageTabs(QStackedWidget):
    """Pages by key. A page is closed by ``page.close()``: it may refuse (unsaved work) by ignoring the event.

    The tab shows the page's window title and follows it. ``switched`` when another page is in front.
    """

    switched = Signal()

    def __init__(self, parent: QWidget) -> None:
        """Start with the hint."""
        super().__init__(parent)
        self.setObjectName("page_stack")
        hint = QLabel(_HINT, self)
        hint.setObjectName("page_hint")
        hint.setProperty("role", "quiet")
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("pages")
        self.tabs.setDocumentMode(True)
        self.tabs.setMovable(True)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.setElideMode(Qt.TextElideMode.ElideRight)
        self.tabs.tabBar().setObjectName("page_bar")
        self.tabs.tabBar().installEventFilter(self)
        self.addWidget(hint)
        self.addWidget(self.tabs)
        self.tabs.currentChanged.connect(self._changed)

    def open_page(self, key: str, title: str, make: Callable[[], QWidget]) -> None:
        """Bring the page with ``key`` to the front, made by ``make`` when it is not open yet."""
        page = self.page(key)
        if page is None:
            page = make()
            page.setObjectName(key)
            page.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            position = self.tabs.addTab(page, title)
            self.tabs.setTabToolTip(position, f"{title}（中键或 Ctrl+W 关闭）")
            self._add_close_button(position, page)
            made = page
            page.windowTitleChanged.connect(lambda text: self._retitle(made, text))
        self.setCurrentWidget(self.tabs)
        self.tabs.setCurrentWidget(page)
        page.setFocus()

    def _add_close_button(self, position: int, page: QWidget) -> None:
        """Put a quiet cross on the tab; the style's own is red on every tab."""
        button = QToolButton(self.tabs)
        button.setObjectName(f"close.{page.objectName()}")
        button.setProperty("role", "tab_close")
        button.setText("×")
        button.setToolTip("关闭")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self.close_page(self.tabs.indexOf(page)))
        self.tabs.tabBar().setTabButton(position, QTabBar.ButtonPosition.RightSide, button)

    def page(self, key: str) -> QWidget | None:
        """Return the open page with ``key``."""
        return next((page for page in self.pages() if page.objectName() == key), None)

    def pages(self) -> Iterator[QWidget]:
        """Iterate over the open pages, left to right."""
        widgets = [self.tabs.widget(position) for position in range(self.tabs.count())]
        yield from (page for page in widgets if page is not None)

    def current(self) -> QWidget | None:
        """Return the page in front."""
        return self.tabs.currentWidget() if self.tabs.count() else None

    def close_page(self, position: int) -> bool:
        """Close a page; False when it refuses."""
        page = self.tabs.widget(position)
        if page is None:
            return True
        if not page.close():
            self.tabs.setCurrentWidget(page)
            return False
        self.tabs.removeTab(self.tabs.indexOf(page))
        return True

    def close_current(self) -> None:
        """Close the page in front."""
        self.close_page(self.tabs.currentIndex())

    def close_all(self) -> bool:
        """Close every page; stop at the first that refuses and return False."""
        return all(self.close_page(0) for _ in range(self.tabs.count()))

    def _retitle(self, page: QWidget, title: str) -> None:
        position = self.tabs.indexOf(page)
        if position >= 0 and title:
            self.tabs.setTabText(position, title)
            self.tabs.setTabToolTip(position, f"{title}（中键或 Ctrl+W 关闭）")

    def _changed(self, _position: int) -> None:
        self.setCurrentIndex(1 if self.tabs.count() else 0)
        self.switched.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Close the tab under a middle click."""
        bar = self.tabs.tabBar()
        released = event.type() == QEvent.Type.MouseButtonRelease
        if watched is bar and released and isinstance(event, QMouseEvent):
            position = bar.tabAt(event.position().toPoint())
            if event.button() is Qt.MouseButton.MiddleButton and position >= 0:
                self.close_page(position)
                return True
        return super().eventFilter(watched, event)
