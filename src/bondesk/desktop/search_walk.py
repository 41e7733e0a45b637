"""From the search box of a list into its rows: Enter or Down, as soon as what was typed has been searched for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from bondesk.desktop.list_head import ListHead
from bondesk.desktop.list_model import ListModel
from bondesk.desktop.list_view import ListView

_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down)


class SearchWalk(QObject):
    """Watches the search box of one list."""

    def __init__(self, head: ListHead, model: ListModel, view: ListView, loading: Callable[[], bool]) -> None:
        """Lead from ``head`` to the first row of ``view``; while ``loading`` the walk waits for the answer."""
        super().__init__(view)
        self._head, self._model, self._view, self._loading = head, model, view, loading
        self._pending = False
        head.search.installEventFilter(self)
        head.search.textEdited.connect(self._stay)
        model.loaded.connect(self._loaded)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Take Enter and Down of the box."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or event.key() not in _KEYS:
            return False
        self._head.ask_now()
        self._pending = self._loading()
        if not self._pending:
            self._view.enter_rows()
        return True

    def _stay(self, _text: str) -> None:
        """More is typed: the walk begins anew with the next Enter."""
        self._pending = False

    def _loaded(self, _rows: int) -> None:
        """Go on, unless the cursor has gone elsewhere meanwhile."""
        wanted, self._pending = self._pending and self._head.search.hasFocus(), False
        if wanted:
            self._view.enter_rows()
