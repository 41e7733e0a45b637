"""The database behind a data connection: engine, sessions, and what keeps SQLite honest."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine as SqlEngine
from sqlalchemy import create_engine, event, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bondesk.base.errors import Disconnected, OutsideFailure
from bondesk.engine.line import Line

CHINA = ZoneInfo("Asia/Shanghai")
Clock = Callable[[], datetime]


#: libpq: give up on a silent host, and notice a dead line in half a minute instead of hours.
_WATCHFUL = {
    "connect_timeout": 10,
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


def china_now() -> datetime:
    """Return the present moment in China time, without zone and microseconds."""
    return datetime.now(CHINA).replace(tzinfo=None, microsecond=0)


@dataclass(frozen=True)
class Store:
    """An opened data connection."""

    url: str
    sql: SqlEngine
    line: Line = field(default_factory=Line, compare=False)

    @property
    def is_sqlite(self) -> bool:
        """Tell whether the embedded database is behind it."""
        return self.sql.dialect.name == "sqlite"

    def session(self) -> Session:
        """Open a session; the caller closes it."""
        return self._maker()()

    def _maker(self) -> sessionmaker[Session]:
        return sessionmaker(self.sql, autoflush=True, expire_on_commit=False)

    def dispose(self) -> None:
        """Close every connection."""
        self.sql.dispose()

    def ping(self) -> None:
        """Ask the database for a sign of life; ``OutsideFailure`` says what is wrong."""
        try:
            with self.sql.connect() as connection:
                connection.execute(select(1))
        except SQLAlchemyError as problem:
            raise unreachable(problem) from problem

    def reconnect(self) -> None:
        """Drop every connection, dead ones without a farewell, and open a fresh one."""
        self.dispose()
        self.ping()


def open_store(url: str) -> Store:
    """Open the database at ``url`` (``sqlite:///file`` or ``postgresql+psycopg://…``)."""
    parsed = make_url(url)
    options: dict[str, Any] = {"pool_pre_ping": True}
    if parsed.get_backend_name() == "sqlite":
        options["connect_args"] = {"timeout": 30}
    else:
        options["connect_args"] = _WATCHFUL
    sql = create_engine(parsed, **options)
    if sql.dialect.name == "sqlite":
        event.listen(sql, "connect", _prepare_sqlite)
    return Store(url, sql)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "cache_size=-65536"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def lost(problem: SQLAlchemyError) -> bool:
    """Tell whether the database cannot be reached any more, in contrast to refusing one statement."""
    if not isinstance(problem, OperationalError | InterfaceError):
        return False
    if problem.connection_invalidated or problem.statement is not None:
        return problem.connection_invalidated
    if isinstance(problem.orig, sqlite3.Error):
        return "unable to open" in str(problem.orig)
    state = getattr(problem.orig, "sqlstate", None)
    return state is None or state[:2] in _AWAY


def unreachable(problem: SQLAlchemyError) -> OutsideFailure:
    """Say why a database could not be opened, before anything was done in it."""
    kind = Disconnected if lost(problem) else OutsideFailure
    failure = kind(f"连接不上数据库：{connection_trouble(problem)}")
    failure.__cause__ = problem
    return failure


def outside(problem: SQLAlchemyError, *, committing: bool = False) -> OutsideFailure:
    """Say in Chinese that the database failed; the technical text goes to the log with the cause.

    ``committing``: the commit was sent already, so a lost connection leaves open whether it was carried out.
    """
    failure = _said(problem, committing)
    failure.__cause__ = problem
    return failure


def _said(problem: SQLAlchemyError, committing: bool) -> OutsideFailure:
    if lost(problem) and committing:
        text = "提交时与数据库的连接中断，刚才的操作可能已经保存，也可能没有。请重新连接，查看结果后再决定是否重做。"
        return Disconnected(text, saved=None)
    if lost(problem):
        return Disconnected(f"与数据库的连接已断开，刚才的操作没有保存。{connection_trouble(problem)}")
    detail = str(problem.orig) if isinstance(problem, DBAPIError) else type(problem).__name__
    return OutsideFailure(f"数据库操作失败，刚才的操作没有保存。请检查数据连接后重试。（{detail}）")


#: Classes of SQL states that mean: connection lost, no resources, stopped by the operator.
_AWAY = ("08", "53", "57")
#: What servers say, in English and in Chinese, and what it means to the user. The first that fits counts.
_TROUBLES = (
    (("password authentication failed", "认证失败", "no password supplied"), "数据库用户名或密码不正确"),
    (('database "', "数据库 "), "服务器上没有这个数据库，请核对数据库名，或请管理员建立"),
    (('role "', "角色"), "数据库用户不存在，请核对用户名"),
    (("pg_hba.conf",), "服务器不允许本机连接，请管理员在 pg_hba.conf 中放行"),
    (("could not translate host", "failed to resolve", "name or service not known"), "找不到主机，请核对主机名"),
    (("connection refused",), "主机上没有数据库服务在该端口等待，请核对主机与端口，并确认服务已启动"),
    (("timeout", "timed out", "no route to host", "unreachable"), "主机没有应答，请检查网络、主机与端口"),
    (("too many", "连接过多"), "服务器的连接数已满，请稍后再试"),
    (("starting up", "shutting down", "terminating connection"), "数据库服务正在启动或停止，请稍后再试"),
    (("unable to open database file",), "数据文件打不开，请检查路径与权限"),
    (("not a database",), "该文件不是数据库文件"),
)


def connection_trouble(problem: SQLAlchemyError) -> str:
    """Say what keeps the database out of reach and what to do, with the server's own words behind."""
    detail = " ".join(str(problem.orig if isinstance(problem, DBAPIError) else problem).split())
    said = detail.lower()
    for marks, text in _TROUBLES:
        if any(mark in said for mark in marks):
            return f"{text}。（{detail}）"
    return f"请检查网络与数据连接设置。（{detail}）"
