"""The codes a user takes most lately, field by field: kept in the database, so that they follow the user."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from bondesk.desktop.background import while_alive
from bondesk.desktop.code_lookup import known_codes
from bondesk.desktop.context import DeskContext
from bondesk.engine.preferences import prefer, preference

RECENT_CODES = "recent_codes"
#: Milliseconds after the first code taken until all of them are written with one statement.
KEPT_AFTER_MS = 3_000


class RecentCodes(QObject):
    """Fills what the window's code lists know of the past, and keeps what they learn."""

    def __init__(self, context: DeskContext, parent: QObject) -> None:
        """Read what is kept through the lane."""
        super().__init__(parent)
        self._context, self._known = context, known_codes(context)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(KEPT_AFTER_MS)
        self._timer.timeout.connect(self.keep)
        self._known.taken = self._taken
        context.lane.closing.connect(self._leaving)
        context.lane.act(
            lambda act: preference(act, RECENT_CODES, {}),
            while_alive(self, self._known.remember),
            while_alive(self, _quiet),
        )

    def _taken(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _leaving(self) -> None:
        if self._timer.isActive():
            self.keep()

    def keep(self) -> None:
        """Write now."""
        self._timer.stop()
        kept = {field: list(codes) for field, codes in self._known.recent.items()}
        self._context.lane.act(lambda act: prefer(act, RECENT_CODES, kept), lambda _nothing: None, _quiet)


def _quiet(_problem: Exception) -> None:
    """What was used lately is no reason to interrupt anybody; a lost connection says so elsewhere."""
