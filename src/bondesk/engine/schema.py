"""The database schema: brought to the newest migration, without importing alembic when it is there already."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.exc import SQLAlchemyError

from bondesk.base.errors import OutsideFailure
from bondesk.engine.closed_periods import set_again
from bondesk.engine.store import Store, unreachable

#: The newest migration; a test compares it with the scripts.
HEAD = "0027"


def present_revision(store: Store) -> str:
    """Return the migration the database stands at, "" when it is empty."""
    try:
        with store.sql.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return ""
            return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")
    except SQLAlchemyError as problem:
        raise unreachable(problem) from problem


def upgrade(store: Store, migrations: Path) -> bool:
    """Bring the database to the newest migration; return whether anything had to be done.

    Triggers of closed periods that somebody took away are set again.
    """
    present = present_revision(store)
    if present == HEAD:
        with store.sql.begin() as connection:
            set_again(connection)
        return False
    refuse_newer(present, migrations)
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    with store.sql.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return True


def refuse_newer(present: str, migrations: Path) -> None:
    """Refuse (``OutsideFailure``) a database that a newer program has changed."""
    if present and not any(path.name.startswith(present) for path in (migrations / "versions").glob("*.py")):
        raise OutsideFailure(f"数据库版本 {present} 比程序新，请先更新程序")


def foreign_tables(store: Store) -> int:
    """Return how many tables another program has in a database that is not ours (0 = empty, or ours)."""
    try:
        with store.sql.connect() as connection:
            names = inspect(connection).get_table_names()
    except SQLAlchemyError as problem:
        raise unreachable(problem) from problem
    return 0 if "alembic_version" in names else len(names)
