"""A line to the database that can be cut and mended: over SQLite by refusing to connect, over PostgreSQL for real."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import create_engine, event, text

from bondesk.engine.store import Store


class BrokenLine:
    """Stands between a store and its database. ``broken``: no connection can be made; ``cut`` breaks the open ones."""

    def __init__(self, store: Store) -> None:
        """Watch ``store``."""
        self.store, self.broken, self._cut_at_commit = store, False, False
        event.listen(store.sql, "do_connect", self._connect)
        self._carry_out = store.sql.dialect.do_commit
        store.sql.dialect.do_commit = self._commit  # type: ignore[method-assign]
        event.listen(store.sql, "handle_error", self._judge)

    def cut(self) -> None:
        """Break every open connection; nothing reaches the database until :meth:`mend`."""
        self.broken = True
        self.end_sessions()

    def mend(self) -> None:
        """Let connections be made again."""
        self.broken = False

    def cut_at_commit(self) -> None:
        """Break the connection once, while the next commit is on its way."""
        self._cut_at_commit = True

    def end_sessions(self) -> None:
        """End the sessions at the server, as an idle time-out does; SQLite just closes its file."""
        if self.store.is_sqlite:
            self.store.sql.dispose()
            return
        admin = create_engine(self.store.url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        admin.dispose()

    def _connect(self, dialect: Any, _record: Any, _arguments: Any, _options: Any) -> None:
        if self.broken:
            words = "unable to open database file" if self.store.is_sqlite else "connection refused"
            raise dialect.dbapi.OperationalError(words)

    def _commit(self, connection: Any) -> None:
        """Over PostgreSQL the session has ended before; SQLite carries it out, but the answer never arrives."""
        cut, self._cut_at_commit = self._cut_at_commit, False
        if cut and not self.store.is_sqlite:
            self.end_sessions()
        self._carry_out(connection)
        if cut and self.store.is_sqlite:
            raise sqlite3.OperationalError("the line went dead")

    def _judge(self, context: Any) -> None:
        if "line went dead" in str(context.original_exception):
            context.is_disconnect = True
