"""The database behind a data connection: engine, sessions, and what keeps SQLite honest."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine as SqlEngine
from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bondesk.base.errors import OutsideFailure

CHINA = ZoneInfo("Asia/Shanghai")
Clock = Callable[[], datetime]


def china_now() -> datetime:
    """Return the present moment in China time, without zone and microseconds."""
    return datetime.now(CHINA).replace(tzinfo=None, microsecond=0)


@dataclass(frozen=True)
class Store:
    """An opened data connection."""

    url: str
    sql: SqlEngine

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


def open_store(url: str) -> Store:
    """Open the database at ``url`` (``sqlite:///file`` or ``postgresql+psycopg://…``)."""
    parsed = make_url(url)
    options: dict[str, Any] = {"pool_pre_ping": True}
    if parsed.get_backend_name() == "sqlite":
        options["connect_args"] = {"timeout": 30}
    sql = create_engine(parsed, **options)
    if sql.dialect.name == "sqlite":
        event.listen(sql, "connect", _prepare_sqlite)
    return Store(url, sql)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "cache_size=-65536"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def outside(problem: SQLAlchemyError) -> OutsideFailure:
    """Say in Chinese that the database failed; the technical text goes to the log with the cause."""
    detail = str(problem.orig) if isinstance(problem, DBAPIError) else type(problem).__name__
    failure = OutsideFailure(f"数据库操作失败，刚才的操作没有保存。请检查数据连接后重试。（{detail}）")
    failure.__cause__ = problem
    return failure
