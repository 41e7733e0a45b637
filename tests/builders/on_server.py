"""A template's data folder with its database on a server: the rows are copied, nothing is imported anew."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import insert, select, text

from bondesk.base.batches import batches
from bondesk.base.records import Base
from bondesk.engine.schema import upgrade
from bondesk.engine.store import open_store
from bondesk.settings import Connection, Home, carried
from builders.office import copy_of

_AT_ONCE = 2000


def on_server(template: Path, path: Path, url: str) -> Path:
    """Copy a template of the embedded database to ``path``, its rows into the database without rows at ``url``."""
    home = Home(copy_of(template, path))
    settings = home.read()
    if settings.connections[0].url:  # the template lies on a server already
        return path
    embedded, server = open_store(home.url_of(settings.connections[0])), open_store(url)
    upgrade(server, carried("migrations"))
    with embedded.sql.connect() as source, server.sql.begin() as target:
        for table in Base.metadata.sorted_tables:
            if not target.scalar(text("SELECT to_regclass(:name)"), {"name": table.name}):
                continue
            rows = [dict(row) for row in source.execute(select(table)).mappings()]
            for some in batches(rows, _AT_ONCE):
                target.execute(insert(table), some)
    embedded.dispose()
    server.dispose()
    home.write(settings.model_copy(update={"connections": [Connection(name="团队", url=url)]}))
    return path
