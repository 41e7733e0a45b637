"""The data connections of one machine for the login window: listed, edited, tested and opened.

Everything here may block (files, credential store, network) and is called off the UI thread, :meth:`Connections.all`
alone excepted.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bondesk import secrets
from bondesk.base.data_connection import ASKED, KEPT, NO_PASSWORD, POSTGRES_PORT, ConnectionDraft
from bondesk.base.errors import Refused
from bondesk.base.findings import Finding, Severity
from bondesk.settings import Connection, Home

if TYPE_CHECKING:
    from bondesk.engine.engine import Engine


class Connections:
    """The connections in a data folder; passwords typed at the login stay in memory until the program ends."""

    def __init__(self, home: Home, open_engine: Callable[[Home, Connection, str], Engine]) -> None:
        """Work on the settings of ``home``; ``open_engine`` opens a connection with a typed password."""
        self._home, self._open_engine = home, open_engine
        self._typed: dict[str, str] = {}

    def all(self) -> list[Connection]:
        """Return the connections in order."""
        return self._home.read().connections

    def asks(self, connection: Connection) -> bool:
        """Tell whether the password of this connection is typed at every login."""
        return connection.password == ASKED

    def take_password(self, connection: Connection, typed: str) -> None:
        """Use ``typed`` when the connection is opened next."""
        self._typed[connection.name] = typed

    def open(self, connection: Connection) -> Engine:
        """Open a connection; ``PasswordNeeded`` when its password is neither typed nor kept."""
        return self._open_engine(self._home, connection, self._typed.get(connection.name, ""))

    def store_problem(self) -> str:
        """Return why passwords cannot be kept on this machine, "" when they can."""
        return secrets.store_problem()

    def draft(self, connection: Connection) -> ConnectionDraft:
        """Return a connection as the dialog shows it; the password is not in it."""
        if not connection.url:
            return ConnectionDraft(connection.name)
        from sqlalchemy.engine import make_url

        url = make_url(connection.url)
        if url.get_backend_name() == "sqlite":
            return ConnectionDraft(connection.name, path=url.database or "")
        return ConnectionDraft(
            connection.name,
            server=True,
            host=url.host or "",
            port=url.port or POSTGRES_PORT,
            database=url.database or "",
            user=url.username or "",
            way=connection.password,
        )

    def test(self, former: Connection | None, draft: ConnectionDraft) -> str:
        """Say what lies behind a draft; ``OutsideFailure`` says in Chinese what is wrong. Nothing is changed."""
        from bondesk.app import probed

        _refuse(draft)
        connection = _connection(draft)
        typed = draft.password
        if not typed and former is not None and draft.way == KEPT:
            typed = secrets.kept(former.url) or ""
        if not typed and connection.password != NO_PASSWORD:
            raise Refused("请填写数据库密码后再测试", "CONN-02")
        return probed(self._home.url_of(connection, typed))

    def save(self, former: Connection | None, draft: ConnectionDraft) -> Connection:
        """Take over a new (``former`` None) or changed connection and its password; ``Refused`` says why not."""
        _refuse(draft)
        settings = self._home.read()
        others = [one for one in settings.connections if one != former]
        connection = _connection(draft)
        if any(one.name == connection.name for one in others):
            raise Refused(f"已有名为 {connection.name} 的数据连接，请换一个名称", "CONN-01")
        self._keep_password(former, connection, draft)
        place = settings.connections.index(former) if former in settings.connections else len(others)
        others.insert(place, connection)
        self._home.write(settings.model_copy(update={"connections": others}))
        self._forget_unused(former, others)
        self._typed.pop(connection.name, None)
        return connection

    def _keep_password(self, former: Connection | None, connection: Connection, draft: ConnectionDraft) -> None:
        if connection.password != KEPT:
            return
        password = draft.password
        if not password and former is not None:
            password = secrets.kept(former.url) or ""
        if not password:
            raise Refused("请填写数据库密码，或改为每次登录时输入", "CONN-02")
        secrets.keep(connection.url, password)

    def remove(self, connection: Connection) -> None:
        """Drop a connection and its kept password; the database itself stays. The last one is refused."""
        settings = self._home.read()
        others = [one for one in settings.connections if one != connection]
        if not others:
            raise Refused("至少要保留一个数据连接", "CONN-04")
        self._home.write(settings.model_copy(update={"connections": others}))
        self._forget_unused(connection, others)

    def _forget_unused(self, former: Connection | None, present: list[Connection]) -> None:
        used = {one.url for one in present if one.password == KEPT}
        if former is not None and former.password == KEPT and former.url not in used:
            secrets.forget(former.url)


def _refuse(draft: ConnectionDraft) -> None:
    if found := [Finding(Severity.ERROR, "CONN-02", text, part) for part, text in draft.problems()]:
        raise Refused(found)


def _connection(draft: ConnectionDraft) -> Connection:
    name = draft.name.strip()
    if not draft.server:
        path = draft.path.strip()
        return Connection(name=name, url=f"sqlite:///{Path(path).expanduser().absolute().as_posix()}" if path else "")
    from sqlalchemy.engine import URL

    url = URL.create("postgresql+psycopg", draft.user, None, draft.host, draft.port, draft.database)
    way = draft.way if draft.way in (KEPT, ASKED) else NO_PASSWORD
    fields = {"name": name, "url": url.render_as_string(hide_password=False), "password": way}
    return Connection.model_validate(fields)
