"""What the login window needs to know about the data connections of the machine; the composition root answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from bondesk.base.data_connection import ConnectionDraft


class DataConnection(Protocol):
    """One 数据连接 as the settings hold it."""

    @property
    def name(self) -> str:
        """Return the name the user chooses it by."""


class ConnectionBook(Protocol):
    """The data connections: all but ``all`` and ``asks`` may block and is called off the UI thread."""

    def all(self) -> Sequence[Any]:
        """Return the connections in order."""

    def asks(self, connection: Any) -> bool:
        """Tell whether the password of this connection is typed at every login."""

    def take_password(self, connection: Any, typed: str) -> None:
        """Use ``typed`` when the connection is opened next."""

    def store_problem(self) -> str:
        """Return why passwords cannot be kept on this machine, "" when they can."""

    def draft(self, connection: Any) -> ConnectionDraft:
        """Return a connection as the dialog shows it, without its password."""

    def test(self, former: Any, draft: ConnectionDraft) -> str:
        """Say what lies behind a draft; ``OutsideFailure`` or ``Refused`` say what is wrong."""

    def save(self, former: Any, draft: ConnectionDraft) -> Any:
        """Take over a new (``former`` None) or changed connection; ``Refused`` says why not."""

    def remove(self, connection: Any) -> None:
        """Drop a connection; the database itself stays."""
