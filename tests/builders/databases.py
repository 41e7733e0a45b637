"""Databases of their own for tests: on the test server, empty or as copies of one that has the schema."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from bondesk.app import open_engine
from bondesk.settings import Connection, Home, Settings


def like(url: str) -> str:
    """Return the clause that copies the database at ``url``."""
    return f'TEMPLATE "{make_url(url).database}"'


def made_database(server: str, clause: str = "") -> str:
    """Make a database on a server, empty or as ``clause`` says, and return its address."""
    name = f"bondesk_{uuid.uuid4().hex[:12]}"
    _run(server, f'CREATE DATABASE "{name}" {clause}')
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@contextmanager
def server_database(clause: str = "") -> Iterator[str]:
    """Make a database on the test server and drop it again; skips without a server."""
    server = os.environ.get("BONDESK_TEST_POSTGRES", "")
    if not server:
        pytest.skip("BONDESK_TEST_POSTGRES names no server")
    url = made_database(server, clause)
    yield url
    _run(server, f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')


def _run(server: str, statement: str) -> None:
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(statement))
    admin.dispose()


def migrated(path: Path, url: str) -> None:
    """Bring the empty database at ``url`` to the present schema."""
    home = Home(path / "home")
    home.write(Settings(connections=[Connection(name="团队", url=url)]))
    open_engine(home).store.dispose()
