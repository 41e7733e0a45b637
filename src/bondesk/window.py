"""The window's composition: ties the desktop to ``app`` late, so that the login window is there at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bondesk.connections import Connections
from bondesk.desktop.application import run_desktop
from bondesk.program_updates import updates_of
from bondesk.settings import Connection, Home, carried
from bondesk.training import TrainingRoom

if TYPE_CHECKING:
    from bondesk.desktop.first_administrator import FirstAdministrator, Tell
    from bondesk.engine.engine import Engine


def run_window(home: Home, account: str = "", password: str = "") -> int:
    """Open the window over a data folder; with ``account`` sign in at once (the demo company)."""
    book = Connections(home, open_engine)
    connections = book.all()
    start = (connections[0], account, password) if account else None
    practising = home.read().training
    return run_desktop(
        connections,
        book.open,
        home.layout_file,
        start,
        carried("resources") / "help",
        book=book,
        found=found,
        program=None if practising else updates_of(home),
        practice=None if practising else TrainingRoom(home),
    )


def open_engine(home: Home, connection: Connection, typed: str) -> Engine:
    """Open a connection; runs off the UI thread, for the import alone takes a while."""
    from bondesk.app import open_engine as opened

    return opened(home, connection, typed)


def found(engine: Engine, entry: FirstAdministrator, tell: Tell) -> None:
    """Load the customs codes, then make enterprise and first administrator; ``tell`` may stop it in between."""
    from bondesk.app import Enterprise, first_administrator, load_codes

    load_codes(engine, lambda done, total: tell("正在载入海关参数表", done, total))
    enterprise = Enterprise(entry.enterprise, entry.customs_code, entry.credit_code)
    first_administrator(engine, entry.password, entry.account, entry.name, enterprise)
