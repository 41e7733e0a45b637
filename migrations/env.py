"""Alembic environment: runs on the connection the program hands over, or on a URL from the command line."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine

from bondesk.areas.codes.code_release import CodeRelease
from bondesk.areas.index import CATALOGUE
from bondesk.base.attachment import Attachment
from bondesk.base.formal_copy import MatchPair
from bondesk.base.records import Base
from bondesk.engine.tables import Outbox

assert CATALOGUE.documents, "importing the catalogue maps the areas' tables"
assert CodeRelease.metadata is Base.metadata, "importing it maps the releases of the code tables"
assert Outbox.metadata is Base.metadata, "importing it maps the engine's tables"
assert Attachment.metadata is Base.metadata, "importing it maps the attachments"
assert MatchPair.metadata is Base.metadata, "importing it maps the pairs of draft and formal copy"
target_metadata = Base.metadata


def run(connection: object) -> None:
    """Migrate on ``connection``."""
    context.configure(
        connection=connection,
        target_metadata=target_metadata,
        render_as_batch=True,
        compare_type=True,
        user_module_prefix="",
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    url = context.get_x_argument(as_dictionary=True).get("url") or context.config.get_main_option("sqlalchemy.url")
    with create_engine(url).begin() as opened:
        run(opened)
