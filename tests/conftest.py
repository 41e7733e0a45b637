"""Offices made once per worker and copied for every test, so that each test has its own data."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bondesk import app
from bondesk.settings import Connection, Home, Settings
from builders.databases import like, migrated, server_database
from builders.office import Office, copy_of, found_codes, found_factory, found_masters, open_office

Opener = Callable[..., Office]

# No test fails by the clock: a busy machine makes both data and checks slow.
settings.register_profile("bondesk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("bondesk")


@pytest.fixture(autouse=True, scope="session")
def no_card_of_this_machine() -> Iterator[None]:
    """Windows and commands of tests leave the machine's readers alone; tests of cards bring their own port."""
    patch = pytest.MonkeyPatch()
    patch.setattr(app, "card_port", lambda: None)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def codes_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with schema, customs codes and people."""
    path = tmp_path_factory.mktemp("codes") / "home"
    found_codes(path)
    return path


@pytest.fixture(scope="session")
def masters_template(codes_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo company's masters, without source documents."""
    path = copy_of(codes_template, tmp_path_factory.mktemp("masters") / "home")
    found_masters(path)
    return path


@pytest.fixture(scope="session")
def factory_template(masters_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with every demo workbook imported and the BOMs rolled up."""
    path = copy_of(masters_template, tmp_path_factory.mktemp("factory") / "home")
    found_factory(path)
    return path


@pytest.fixture
def office_at(tmp_path: Path) -> Iterator[Opener]:
    """Open copies of a template: ``office_at(template, "name", rehearsal=True)``."""
    opened: list[Office] = []

    def open_copy(template: Path, name: str = "home", *, rehearsal: bool = False) -> Office:
        office = open_office(copy_of(template, tmp_path / name), rehearsal=rehearsal)
        opened.append(office)
        return office

    yield open_copy
    for office in opened:
        office.close()


@pytest.fixture
def codes_office(office_at: Opener, codes_template: Path) -> Office:
    """An office that knows the customs codes only."""
    return office_at(codes_template)


@pytest.fixture
def masters_office(office_at: Opener, masters_template: Path) -> Office:
    """An office with masters and the book."""
    return office_at(masters_template)


@pytest.fixture
def factory_office(office_at: Opener, factory_template: Path) -> Office:
    """An office with everything of the demo company, nothing declared yet."""
    return office_at(factory_template)


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A database of its own on the test server; skips without one."""
    with server_database() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database on the test server with the schema in it, to be copied."""
    with server_database() as url:
        migrated(tmp_path_factory.mktemp("server"), url)
        yield url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the schema in it, to be copied."""
    path = tmp_path_factory.mktemp("file") / "migrated.sqlite"
    migrated(path.parent, f"sqlite:///{path.as_posix()}")
    return path


@pytest.fixture
def home_on(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], Home]]:
    """Make a data folder over an empty migrated database: ``home_on("sqlite")``, ``home_on("postgres")``."""
    with ExitStack() as databases:

        def make(kind: str) -> Home:
            home = Home(tmp_path / "home")
            if kind == "sqlite":
                shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "a.sqlite")
                url = f"sqlite:///{(tmp_path / 'a.sqlite').as_posix()}"
            else:
                url = databases.enter_context(server_database(like(request.getfixturevalue("migrated_postgres"))))
            home.write(Settings(connections=[Connection(name="团队", url=url)]))
            return home

        yield make
