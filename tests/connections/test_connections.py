"""Data connections: no secret in any file, old files cleaned, kept where the system keeps secrets, tested honestly."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked
from sqlalchemy import make_url

from bondesk import cli
from bondesk.app import first_administrator, open_engine
from bondesk.base.data_connection import ASKED, KEPT, NO_PASSWORD, ConnectionDraft, PasswordNeeded
from bondesk.base.errors import OutsideFailure, Refused
from bondesk.connections import Connections
from bondesk.engine.schema import HEAD
from bondesk.settings import Connection, Home, Settings

SECRET = "s3cret@/: 密码"
SERVER = ConnectionDraft(
    "二厂", server=True, host="db.local", database="bondesk", user="clerk", password=SECRET, way=KEPT
)


class Drawer(KeyringBackend):
    """A credential store in memory, behind keyring's own backend interface."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


@pytest.fixture(autouse=True)
def restored(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test may reach the machine's own credential store."""
    former = keyring.get_keyring()
    monkeypatch.delenv("BONDESK_DB_PASSWORD", raising=False)
    keyring.set_keyring(NoKeyring())
    yield
    keyring.set_keyring(former)


@pytest.fixture
def drawer() -> Drawer:
    keyring.set_keyring(made := Drawer())
    return made


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def book(home: Home) -> Connections:
    return Connections(home, open_engine)


def written(home: Home) -> str:
    return home.settings_file.read_text(encoding="utf-8")


def old_file(home: Home, url: str) -> None:
    home.path.mkdir(parents=True)
    entry = {"name": "老连接", "url": url}
    home.settings_file.write_text(json.dumps({"connections": [entry]}), encoding="utf-8")


def test_a_password_goes_to_the_store_and_into_no_file(home: Home, book: Connections, drawer: Drawer) -> None:
    saved = book.save(None, SERVER)
    assert saved.password == KEPT
    assert drawer.held == {("Bondesk", "postgresql+psycopg://clerk@db.local:5432/bondesk"): SECRET}
    for path in home.path.rglob("*"):
        assert path.is_dir() or "s3cret" not in path.read_text(encoding="utf-8")
    assert make_url(home.url_of(saved)).password == SECRET
    assert [one.name for one in book.all()] == ["本机数据", "二厂"]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://clerk:top%40secret@db/bondesk",
        "postgresql+psycopg://clerk@db/bondesk?password=top%40secret",
    ],
)
def test_an_old_file_is_cleaned_at_the_first_look(home: Home, drawer: Drawer, url: str) -> None:
    old_file(home, url)
    (connection,) = home.read().connections
    assert (connection.url, connection.password) == ("postgresql+psycopg://clerk@db/bondesk", KEPT)
    assert drawer.held == {("Bondesk", connection.url): "top@secret"}
    assert "secret" not in written(home)
    assert make_url(home.url_of(connection)).password == "top@secret"


def test_without_a_store_an_old_password_is_asked_for(home: Home, book: Connections) -> None:
    old_file(home, "postgresql+psycopg://clerk:top-secret@db/bondesk")
    (connection,) = book.all()
    assert connection.password == ASKED
    assert "secret" not in written(home)
    assert book.asks(connection)
    with pytest.raises(PasswordNeeded, match="BONDESK_DB_PASSWORD"):
        home.url_of(connection)


def test_a_url_without_password_is_left_alone(home: Home) -> None:
    old_file(home, "postgresql+psycopg://clerk@db:5432/bondesk")
    before = written(home)
    assert home.read().connections[0].password == NO_PASSWORD
    assert written(home) == before


def test_typed_before_kept_before_environment(home: Home, drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = Connection(name="二厂", url="postgresql+psycopg://clerk@db/bondesk", password="kept")
    monkeypatch.setenv("BONDESK_DB_PASSWORD", "from-environment")
    assert make_url(home.url_of(connection)).password == "from-environment"
    drawer.set_password("Bondesk", connection.url, "from-store")
    assert make_url(home.url_of(connection)).password == "from-store"
    assert make_url(home.url_of(connection, "typed")).password == "typed"
    drawer.locked = True
    assert make_url(home.url_of(connection)).password == "from-environment"


def test_without_a_store_nothing_is_kept(home: Home, book: Connections) -> None:
    assert "没有可用的系统凭据库" in book.store_problem()
    with pytest.raises(OutsideFailure, match="每次登录时输入"):
        book.save(None, SERVER)
    assert not home.settings_file.exists()
    saved = book.save(None, replace(SERVER, way=ASKED))
    assert book.asks(saved)
    assert "s3cret" not in written(home)


def test_a_password_too_long_is_refused(book: Connections, drawer: Drawer) -> None:
    with pytest.raises(Refused, match="1280"):
        book.save(None, replace(SERVER, password="x" * 1281))
    assert drawer.held == {}
    book.save(None, replace(SERVER, password="x" * 1280))


def test_a_changed_connection_takes_its_password_along(book: Connections, drawer: Drawer) -> None:
    saved = book.save(None, SERVER)
    draft = book.draft(saved)
    assert draft == replace(SERVER, password="")
    moved = book.save(saved, replace(draft, name="二厂新服务器", host="db2.local"))
    assert drawer.held == {("Bondesk", "postgresql+psycopg://clerk@db2.local:5432/bondesk"): SECRET}
    assert [one.name for one in book.all()] == ["本机数据", "二厂新服务器"]
    book.save(moved, replace(book.draft(moved), way=NO_PASSWORD))
    assert drawer.held == {}


def test_a_removed_connection_leaves_no_password(book: Connections, drawer: Drawer) -> None:
    saved = book.save(None, SERVER)
    twin = book.save(None, replace(SERVER, name="二厂（同库）"))
    book.remove(saved)
    assert len(drawer.held) == 1
    book.remove(twin)
    assert drawer.held == {}
    with pytest.raises(Refused, match="至少要保留一个"):
        book.remove(book.all()[0])


def test_names_are_unique(book: Connections, drawer: Drawer) -> None:
    assert not drawer.held
    with pytest.raises(Refused, match="已有名为 本机数据"):
        book.save(None, ConnectionDraft("本机数据"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": " "}, "请填写连接名称"),
        ({"host": ""}, "请填写主机"),
        ({"database": "a/b"}, "数据库不能含有"),
        ({"user": ""}, "请填写用户"),
        ({"port": 0}, "端口须为"),
        ({"password": ""}, "请填写数据库密码"),
    ],
)
def test_what_is_missing_is_said(book: Connections, drawer: Drawer, change: dict[str, object], said: str) -> None:
    assert not drawer.held
    with pytest.raises(Refused, match=said):
        book.save(None, replace(SERVER, **change))  # type: ignore[arg-type]


def test_other_settings_survive_an_edit(home: Home, book: Connections) -> None:
    home.write(Settings(gateway_root="D:/client", demo=True, update_folder="//srv/updates"))
    book.save(None, ConnectionDraft("归档", path=str(home.path / "old.sqlite")))
    settings = home.read()
    assert (settings.gateway_root, settings.demo, settings.update_folder) == ("D:/client", True, "//srv/updates")


def test_a_file_is_tested_without_being_made(home: Home, book: Connections, tmp_path: Path) -> None:
    draft = ConnectionDraft("新文件", path=str(tmp_path / "new.sqlite"))
    assert "还不存在" in book.test(None, draft)
    assert not (tmp_path / "new.sqlite").exists()
    with pytest.raises(OutsideFailure, match="不存在，请先建立"):
        book.test(None, replace(draft, path=str(tmp_path / "nowhere" / "new.sqlite")))
    (tmp_path / "new.sqlite").write_text("no database, just a text that is long enough to have a header" * 20)
    with pytest.raises(OutsideFailure, match="不是数据库文件"):
        book.test(None, draft)


def test_a_foreign_database_is_recognised(book: Connections, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "other.sqlite")
    other.execute("CREATE TABLE sales (id INTEGER)")
    other.commit()
    other.close()
    with pytest.raises(OutsideFailure, match="别的程序的 1 张表"):
        book.test(None, ConnectionDraft("别人的", path=str(tmp_path / "other.sqlite")))


def test_users_and_revision_are_told(home: Home, book: Connections) -> None:
    own = ConnectionDraft("本机数据")
    engine = open_engine(home)
    assert book.test(None, own) == f"连接成功：数据结构版本 {HEAD}，还没有用户，登录时先建立第一个管理员"
    first_administrator(engine, "secret-1")
    assert book.test(None, own) == f"连接成功：用户 1 个，数据结构版本 {HEAD}"
    with engine.store.sql.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(OutsideFailure, match="版本 9999 比程序新"):
        book.test(None, own)
    engine.store.dispose()


@pytest.mark.postgres
def test_a_server_is_tested(book: Connections, postgres_url: str) -> None:
    url = make_url(postgres_url)
    draft = ConnectionDraft(
        "团队", server=True, host=str(url.host), port=url.port or 0, database=str(url.database), user=str(url.username)
    )
    assert "数据库是空的" in book.test(None, draft)
    with pytest.raises(OutsideFailure, match="没有这个数据库"):
        book.test(None, replace(draft, database="no_such_base"))
    saved = book.save(None, draft)
    engine = book.open(saved)
    first_administrator(engine, "secret-1")
    assert book.test(saved, book.draft(saved)) == f"连接成功：用户 1 个，数据结构版本 {HEAD}"
    engine.store.dispose()


def test_a_typed_password_is_used_and_not_written(home: Home) -> None:
    asked: list[str] = []

    def opened(_home: Home, _connection: Connection, typed: str) -> object:
        asked.append(typed)
        return object()

    book = Connections(home, opened)  # type: ignore[arg-type]
    saved = book.save(None, replace(SERVER, password="", way=ASKED))
    book.take_password(saved, SECRET)
    book.open(saved)
    assert asked == [SECRET]
    assert "s3cret" not in written(home)


def test_the_command_line_resolves_alike(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    home.write(Settings(connections=[Connection(name="二厂", url="postgresql+psycopg://c@db/b", password="asked")]))
    assert cli.main(["--home", str(home.path), "check"]) == cli.OUTSIDE
    assert "BONDESK_DB_PASSWORD" in capsys.readouterr().err
