"""Alembic environment: runs on the connection the program hands over, or on a URL from the command line."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, create_engine

from bondesk.areas.codes.code_release import CodeRelease
from bondesk.areas.index import CATALOGUE
from bondesk.base.attachment import Attachment
from bondesk.base.formal_copy import MatchPair
from bondesk.base.records import Base
from bondesk.engine.closed_periods import guards, lifting, standing_guards
from bondesk.engine.tables import Outbox

assert CATALOGUE.documents, "importing the catalogue maps the areas' tables"
assert CodeRelease.metadata is Base.metadata, "importing it maps the releases of the code tables"
assert Outbox.metadata is Base.metadata, "importing it maps the engine's tables"
assert Attachment.metadata is Base.metadata, "importing it maps the attachments"
assert MatchPair.metadata is Base.metadata, "importing it maps the pairs of draft and formal copy"
target_metadata = Base.metadata
#: The migration from which on the triggers of closed periods stand.
GUARDED_SINCE = "0025"


def run(connection: Connection) -> None:
    """Migrate on ``connection``.

    SQLite rebuilds a table by renaming another, which the triggers that read it would forbid, and drops those of the
    rebuilt table: they are lifted for the time of a migration and set again behind it, in the same transaction.
    """
    context.configure(
        connection=connection,
        target_metadata=target_metadata,
        render_as_batch=True,
        compare_type=True,
        user_module_prefix="",
    )
    embedded = connection.dialect.name == "sqlite"
    with context.begin_transaction():
        lifted = standing_guards(connection) if embedded else frozenset()
        if lifted:
            _all(connection, lifting("sqlite"))
        context.run_migrations()
        if embedded and (context.get_context().get_current_revision() or "") >= GUARDED_SINCE:
            _all(connection, lifting("sqlite"))
            _all(connection, guards("sqlite"))


def _all(connection: Connection, statements: tuple[str, ...]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    url = context.get_x_argument(as_dictionary=True).get("url") or context.config.get_main_option("sqlalchemy.url")
    with create_engine(url).begin() as opened:
        run(opened)
