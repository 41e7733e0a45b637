"""A database with the customs codes, made once per worker and copied for every test that writes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bondesk.adapters.excel.files import ExcelFiles
from bondesk.adapters.xml.packing import SingleWindowPacker
from bondesk.adapters.xml.receipt_reading import SingleWindowReceipts
from bondesk.app import load_codes
from bondesk.areas.index import CATALOGUE
from bondesk.base.identity import Identity
from bondesk.base.records import Base
from bondesk.engine.engine import Engine
from bondesk.engine.store import open_store


def engine_over(path: Path) -> Engine:
    """Open the program's engine over a database file."""
    store = open_store(f"sqlite:///{path.as_posix()}")
    return Engine(CATALOGUE, store, ExcelFiles(), SingleWindowPacker(), SingleWindowReceipts())


@pytest.fixture(scope="session")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file that holds the schema and the carried customs codes."""
    path = tmp_path_factory.mktemp("codes") / "codes.sqlite"
    engine = engine_over(path)
    Base.metadata.create_all(engine.store.sql)
    load_codes(engine)
    with engine.store.sql.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.store.dispose()
    return path


@pytest.fixture
def engine(coded: Path, tmp_path: Path) -> Iterator[Engine]:
    """The program's engine over a fresh copy."""
    shutil.copy(coded, tmp_path / "company.sqlite")
    opened = engine_over(tmp_path / "company.sqlite")
    yield opened
    opened.store.dispose()


@pytest.fixture
def granted() -> Callable[..., Identity]:
    """Make a user with the given (document, action) rights and no others."""
    return lambda *rights: Identity(7, "guest", "客人", frozenset(rights))
