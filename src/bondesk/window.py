"""The window's composition: ties the desktop to ``app`` late, so that the login window is there at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bondesk.desktop.application import run_desktop
from bondesk.settings import Connection, Home, carried

if TYPE_CHECKING:
    from bondesk.engine.engine import Engine


def run_window(home: Home, account: str = "", password: str = "") -> int:
    """Open the window over a data folder; with ``account`` sign in at once (the demo company)."""
    settings = home.read()

    def open_engine(connection: Connection) -> Engine:
        from bondesk.app import open_engine as opened

        return opened(home, connection)

    start = (settings.connections[0], account, password) if account else None
    return run_desktop(settings.connections, open_engine, home.layout_file, start, carried("resources") / "help")
