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


@contextmanager
def server_database(template: str = "") -> Iterator[str]:
    """Make a database on the test server, empty or like the one at ``template``; skips without a server."""
    server = os.environ.get("BONDESK_TEST_POSTGRES", "")
    if not server:
        pytest.skip("BONDESK_TEST_POSTGRES names no server")
    name = f"bondesk_{uuid.uuid4().hex[:12]}"
    like = f' TEMPLATE "{make_url(template).database}"' if template else ""
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"{like}'))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


def migrated(path: Path, url: str) -> None:
    """Bring the empty database at ``url`` to the present schema."""
    home = Home(path / "home")
    home.write(Settings(connections=[Connection(name="团队", url=url)]))
    open_engine(home).store.dispose()
