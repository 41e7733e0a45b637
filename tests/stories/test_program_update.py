"""客户端程序更新 (row 183): signed releases from folder and service, resumed, verified, installed beside, gone back from."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import bondesk
from bondesk import program_versions
from bondesk.adapters.program_source import ProgramFolder, ProgramServer
from bondesk.adapters.rehearsal_service import UPDATES, RehearsalService
from bondesk.app import open_engine
from bondesk.base.errors import OutsideFailure, Refused
from bondesk.base.program_release import ProgramSource
from bondesk.base.steps import Cancelled
from bondesk.engine.engine import Engine
from bondesk.engine.keeping import keep_before_migration
from bondesk.engine.schema import HEAD, present_revision
from bondesk.program_updates import HomeUpdates
from bondesk.settings import Home, Settings, carried
from builders.wheels import key_pair, released, small_tree, wheel, whole_tree

NEXT = "9.0.0"


def untold(_done: int, _total: int) -> None:
    """Nobody looks."""


class Shop:
    """A data folder, a publisher's folder with a signed small release, and the keys the program carries."""

    def __init__(self, path: Path) -> None:
        self.home, self.out, self.keys = Home(path / "home"), path / "out", path / "keys"
        self.key = key_pair(self.keys)

    def publish(
        self, version: str = NEXT, key: Ed25519PrivateKey | None = None, requires: tuple[str, ...] = ()
    ) -> Path:
        made = wheel(self.out, version, small_tree(version), requires)
        released(self.out, made, key or self.key)
        return made

    def updates(self, source: ProgramSource | None = None, present: str = "0.1.0") -> HomeUpdates:
        return HomeUpdates(self.home, lambda: source or ProgramFolder(self.out), self.keys, present)

    def fetched(self) -> HomeUpdates:
        updates = self.updates()
        release = updates.newer()
        assert release is not None
        updates.download(release, untold)
        return updates


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.delenv(program_versions.VARIABLE, raising=False)
    return Shop(tmp_path)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[RehearsalService]:
    made = RehearsalService(tmp_path)
    yield made
    made.stop()


def test_only_a_newer_release_is_on_offer_with_its_notes(shop: Shop) -> None:
    shop.out.mkdir()
    assert shop.updates().newer() is None
    shop.publish()
    found = shop.updates().newer()
    assert found is not None
    assert (found.version, found.notes, found.signer) == (NEXT, "新增数据预录入", "trial")
    assert shop.updates(present=NEXT).newer() is None


def test_what_is_not_signed_by_a_key_the_program_carries_is_refused(shop: Shop) -> None:
    shop.publish(key=Ed25519PrivateKey.generate())
    with pytest.raises(Refused, match="PROG-03"):
        shop.updates().newer()
    (shop.keys / "trial.pub").rename(shop.keys / "other.pub")
    with pytest.raises(Refused, match="PROG-02"):
        shop.updates().newer()


def test_a_file_changed_on_its_way_is_discarded_and_never_installed(shop: Shop) -> None:
    made = shop.publish()
    release = shop.updates().newer()
    assert release is not None
    content = bytearray(made.read_bytes())
    content[40] ^= 1
    made.write_bytes(content)
    with pytest.raises(Refused, match="PROG-04"):
        shop.updates().download(release, untold)
    assert not list(shop.home.path.rglob("*.whl"))
    assert not list(shop.home.path.rglob("*.part"))
    with pytest.raises(Refused, match="PROG-04"):
        shop.updates().install(untold)


def test_a_file_changed_after_the_download_is_not_installed(shop: Shop) -> None:
    shop.publish()
    updates = shop.fetched()
    (waiting,) = shop.home.path.rglob("*.whl")
    waiting.write_bytes(waiting.read_bytes()[:-1] + b"x")
    with pytest.raises(Refused, match="PROG-04"):
        updates.install(untold)
    assert program_versions.read_pointer(shop.home.path / "versions").version == ""
    assert updates.downloaded() is None, "it is not asked for at every login, and can be downloaded again"
    assert shop.fetched().install(untold).version == NEXT


def test_a_download_from_the_service_goes_on_where_it_broke_off(shop: Shop, service: RehearsalService) -> None:
    shop.out = shop.home.path.parent / UPDATES
    shop.publish()
    source = ProgramServer(lambda: f"{service.address()}/updates", "演练海关", patience=30)
    updates = shop.updates(source)
    release = updates.newer()
    assert release is not None
    begun: list[int] = []

    def stop(done: int, _total: int) -> None:
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        updates.download(release, stop)
    (part,) = shop.home.path.rglob("*.part")
    part.write_bytes((shop.out / release.file).read_bytes()[:100])
    updates.download(release, lambda done, _total: begun.append(done))
    assert begun[0] == 100, "it goes on"
    assert updates.downloaded() == release


def test_what_a_release_needs_has_to_be_here(shop: Shop) -> None:
    shop.publish(requires=("SQLAlchemy==99.1", "never-heard-of==1; sys_platform == 'no-such'"))
    with pytest.raises(Refused, match=r"PROG-05.*SQLAlchemy 99\.1"):
        shop.fetched()
    assert shop.updates().downloaded() is None, "said at the download, not after everything was closed for it"


def test_only_what_can_be_gone_back_to_is_kept(shop: Shop) -> None:
    versions = shop.home.path / "versions"
    for present, fresh in (("0.1.0", "9.0.0"), ("9.0.0", "9.1.0"), ("9.1.0", "9.2.0")):
        shop.publish(fresh)
        updates = shop.updates(present=present)
        release = updates.newer()
        assert release is not None
        updates.download(release, untold)
        updates.install(untold)
    assert sorted(one.name for one in versions.iterdir() if one.is_dir()) == ["9.1.0", "9.2.0"]
    (versions / "9.2.0" / "FILES").unlink()
    assert program_versions.chosen(versions, "0.1.0") is None
    assert "已损坏" in updates.trouble()
    shop.publish("9.3.0")
    shop.fetched().install(untold)
    assert program_versions.read_pointer(versions).before == "", "what did not run is not gone back to"


@pytest.mark.parametrize("name", ["bondesk/con.py", "bondesk/a.", "bondesk/a:b", "bondesk/../../x", "bondesk/CLI.py"])
def test_names_windows_does_not_take_are_refused(shop: Shop, name: str) -> None:
    released(shop.out, wheel(shop.out, NEXT, {**small_tree(NEXT), name: b""}), shop.key)
    with pytest.raises(Refused, match="PROG-01"):
        shop.fetched().install(untold)
    assert not list((shop.home.path / "versions").iterdir())


def test_copies_before_migrations_stay_whoever_tries_again(shop: Shop) -> None:
    """A database of a newer program is refused without a copy; trying again adds none and pushes none out."""
    engine, folder, migrations = open_engine(shop.home), shop.home.path / "backups", carried("migrations")
    with engine.store.sql.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for _again in range(2):
        with pytest.raises(OutsideFailure, match="先更新程序"):
            keep_before_migration(engine.store, folder, migrations)
    assert not folder.exists()
    for revision in ("0001", "0002", "0002", "0003", "0004", "0005", "0006"):
        with engine.store.sql.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = ?", (revision,))
        (kept,) = [keep_before_migration(engine.store, folder, migrations)]
        assert kept is not None
        owner = kept.name.rsplit("-", 2)[0]
        kept.rename(folder / f"{owner}-{revision}-2020010{revision[-1]}000000.sqlite")
    other = folder / "bondesk-0123abcd-0001-20190101000000.sqlite"
    other.write_bytes(b"of a database of the same name in another folder")
    kept = keep_before_migration(engine.store, folder, migrations)
    assert other.exists()
    other.unlink()
    names = [one.name.split("-")[2] for one in sorted(folder.iterdir())]
    assert names == ["0002", "0003", "0004", "0005", "0006"]
    assert kept is not None
    assert kept.exists(), "the newest of its structure"
    engine.store.dispose()


def test_installed_beside_run_only_when_whole_and_gone_back_from(shop: Shop) -> None:
    shop.publish()
    updates = shop.fetched()
    assert updates.install(untold).version == NEXT
    versions = shop.home.path / "versions"
    assert program_versions.chosen(versions, "0.1.0") == versions / NEXT
    assert program_versions.chosen(versions, "9.1.0") is None, "a newer installed program wins"
    assert updates.downloaded() is None
    for change, undo in (
        (lambda: (versions / NEXT / "bondesk" / "cli.py").write_text("evil"), b'"""Nothing."""\n'),
        (lambda: (versions / NEXT / "bondesk" / "more.py").write_text("evil"), None),
    ):
        change()
        assert program_versions.chosen(versions, "0.1.0") is None, "what is not as it was verified is not run"
        assert "已损坏" in updates.trouble()
        assert updates.trouble() == "", "said once"
        if undo is not None:
            (versions / NEXT / "bondesk" / "cli.py").write_bytes(undo)
        else:
            (versions / NEXT / "bondesk" / "more.py").unlink()
    assert program_versions.chosen(versions, "0.1.0") is not None
    assert updates.back() == "安装的版本"
    assert program_versions.chosen(versions, "0.1.0") is None
    with pytest.raises(Refused, match="PROG-07"):
        updates.back()


def test_a_release_that_does_not_start_is_not_installed(shop: Shop) -> None:
    files = {**small_tree(NEXT), "bondesk/app.py": b"raise RuntimeError\n"}
    released(shop.out, wheel(shop.out, NEXT, files), shop.key)
    with pytest.raises(Refused, match="PROG-01"):
        shop.fetched().install(untold)
    assert not list((shop.home.path / "versions").iterdir())


def one_back(engine: Engine) -> str:
    """Take the last migration back and return what the database stands at."""
    config = Config()
    config.set_main_option("script_location", str(carried("migrations")))
    with engine.store.sql.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "-1")
    return present_revision(engine.store)


def test_the_whole_program_updates_itself_and_its_database(shop: Shop) -> None:
    """The real tree as version 9.0.0: installed by the old one, started through it, its database migrated with a copy."""
    home = shop.home
    home.write(Settings(update_folder=str(shop.out)))
    engine = open_engine(home)
    before = one_back(engine)
    engine.store.dispose()
    made = wheel(shop.out, NEXT, whole_tree(NEXT))
    released(shop.out, made, shop.key)
    updates = shop.fetched()
    updates.install(untold)
    begun = time.monotonic()
    assert program_versions.chosen(home.path / "versions", bondesk.__version__) is not None
    print(f"\n[start] the check of the files took {time.monotonic() - begun:.3f} s")
    code = "import bondesk.__main__ as m, sys; sys.argv = ['bondesk', '--home', sys.argv[1], 'init']; m.main()"
    environment = {**os.environ, "BONDESK_PASSWORD": "secret-1"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(home.path)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert f"{NEXT}/bondesk/" in _where(home), "the newer program ran"
    with closing(sqlite3.connect(home.database_file)) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)
    (kept,) = (home.path / "backups").glob(f"bondesk-*-{before}-*.sqlite")
    with closing(sqlite3.connect(kept)) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == (before,)


def _where(home: Home) -> str:
    """Ask the program that is started where it lies."""
    code = "import bondesk.__main__ as m, sys; sys.argv = ['b', '--home', sys.argv[1], 'describe']; m.main()"
    trial = "import sys, runpy, atexit; atexit.register(lambda: print(sys.modules['bondesk'].__file__)); " + code
    done = subprocess.run([sys.executable, "-c", trial, str(home.path)], capture_output=True, text=True, check=False)
    return done.stdout
