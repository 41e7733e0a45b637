"""Whether newer customs codes can be had: asked while the user types at the login, shown there, and applied from there.

Whoever asks may hang on a folder of the network, so nothing ever waits for that thread.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from bondesk.base.parameter_package import OfferedPackage

if TYPE_CHECKING:
    from bondesk.desktop.code_update_dialog import CodeUpdateDialog, Run
    from bondesk.engine.engine import Engine

_log = logging.getLogger(__name__)


class CodeNews(QObject):
    """``come`` brings the :class:`OfferedPackage` when it is newer than what the database has, else None."""

    come = Signal(object)

    def look(self, engine: Engine | None) -> None:
        """Ask the source of ``engine`` in a thread of its own; what goes wrong is logged and shown to nobody."""
        if engine is not None and engine.parameters is not None:
            threading.Thread(target=self._ask, args=(engine,), name="code news", daemon=True).start()

    def _ask(self, engine: Engine) -> None:
        from bondesk.engine import code_updating

        try:
            found = code_updating.newer(engine)
        except Exception:  # news are a courtesy: their failure disturbs nobody
            _log.warning("the source of code tables could not be asked", exc_info=True)
            return
        if isValid(self):
            self.come.emit(found)


class UpdateAtLogin(CodeNews):
    """The button of the login window: what it says when there is news, and the dialog it opens."""

    def __init__(
        self, window: QWidget, show: Callable[[str], None], open_engine: Callable[[Any], Engine], run: Run
    ) -> None:
        """Tell news through ``show``; :meth:`open` works on what ``open_engine`` opens on the thread of ``run``."""
        super().__init__(window)
        self._window, self._show, self._open_engine, self._run = window, show, open_engine, run
        self.come.connect(self._told)

    def _told(self, offered: OfferedPackage | None) -> None:
        self._show(f"有新的海关参数 {offered.version}，不必登录就可以更新" if offered is not None else "")

    def open(self, connection: Any, crashed: Callable[[object], object]) -> CodeUpdateDialog:
        """Open the dialog for a data connection."""
        from bondesk.desktop.code_update_dialog import CodeUpdateDialog

        dialog = CodeUpdateDialog(partial(self._open_engine, connection), self._run, self._window, check_shown=False)
        dialog.crashed.connect(crashed)
        dialog.updated.connect(lambda _applied: self._show(""))
        dialog.open()
        return dialog
