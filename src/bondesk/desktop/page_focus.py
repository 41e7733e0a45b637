"""Where the keyboard is among the pages: the page it is in is the one used last; a closed page hands it on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid


class PageFocus(QObject):
    """Follows the keyboard for the pages ``is_open`` knows."""

    def __init__(
        self,
        is_open: Callable[[QWidget], bool],
        touch: Callable[[QWidget], object],
        current: Callable[[], QWidget | None],
        parent: QObject,
    ) -> None:
        """``touch`` is told the page the keyboard is in, ``current`` is the page used last."""
        super().__init__(parent)
        self._is_open, self._touch, self._current = is_open, touch, current
        self._came_from: QWidget | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._hand_on)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._moved)

    def settle(self) -> None:
        """Look in a moment whether a closed page left the keyboard behind."""
        self._later.start()

    def _page_of(self, widget: QWidget | None) -> QWidget | None:
        """Return the open page a widget stands in; the window is not enough when two stand side by side."""
        while widget is not None and isValid(widget):
            if self._is_open(widget):
                return widget
            widget = widget.parentWidget()
        return None

    def _moved(self, old: QWidget | None, new: QWidget | None) -> None:
        if not isValid(self):
            return
        self._came_from = self._page_of(old) or (self._came_from if old is None else None)
        page = self._page_of(new)
        if page is not None:
            self._touch(page)

    def _hand_on(self) -> None:
        """Give the keyboard a closed page left behind to the page now in front, where the cursor was in it.

        Qt gives it to whatever comes next, be it a tree of modules.
        """
        page = self._current()
        focus = page.window().focusWidget() if page is not None else None
        left_behind = self._came_from is not None and not self._is_open(self._came_from)
        if page is not None and (focus is None or left_behind):
            self._came_from = None
            (page.focusWidget() or page).setFocus(Qt.FocusReason.OtherFocusReason)
