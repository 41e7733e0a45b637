"""Per-machine settings: where data lies, which data connections exist, where the client's folders are."""

from __future__ import annotations

import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, ValidationError

from bondesk import secrets
from bondesk.base.client_folders import FormFolders
from bondesk.base.data_connection import ASKED, KEPT, NO_PASSWORD, PasswordNeeded
from bondesk.base.errors import OutsideFailure, Refused, WrongCall

_log = logging.getLogger(__name__)
EMBEDDED = "本机数据"
PASSWORD_VARIABLE = "BONDESK_DB_PASSWORD"
#: ``user:password@`` or ``?password=`` in a database URL.
_WITH_PASSWORD = re.compile(r"://[^/@?]*:[^/?]+@|[?&]password=")


class Connection(BaseModel):
    """One 数据连接: a name, a database URL without password ("" = the embedded file of the data folder), and
    where the password comes from (``bondesk.base.data_connection``).
    """

    model_config = ConfigDict(frozen=True)

    name: str
    url: str = ""
    password: Literal["none", "kept", "asked"] = "none"


class Settings(BaseModel):
    """What ``settings.json`` in the data folder holds; ``update_folder`` is where notices of new versions and update
    packages of the code tables lie; ``update_url`` is the web address of such packages, which then takes their place.
    ``pre_entry_folder`` takes the packages of 数据预录入 ("" = below the data folder); ``pre_entry_card`` asks for the
    IC card before any is written.
    ``client_folders`` are the boxes of the Single Window client; without any they lie below ``gateway_root``.
    """

    connections: list[Connection] = [Connection(name=EMBEDDED)]
    gateway_root: str = ""
    client_folders: list[FormFolders] = []
    update_folder: str = ""
    update_url: str = ""
    pre_entry_folder: str = ""
    pre_entry_card: bool = False
    demo: bool = False
    training: bool = False


@dataclass(frozen=True)
class Home:
    """The data folder of one machine."""

    path: Path

    @property
    def settings_file(self) -> Path:
        """Return where the settings lie."""
        return self.path / "settings.json"

    @property
    def database_file(self) -> Path:
        """Return where the embedded database lies."""
        return self.path / "bondesk.sqlite"

    @property
    def log_file(self) -> Path:
        """Return where the program writes its log."""
        return self.path / "logs" / "bondesk.log"

    @property
    def layout_file(self) -> Path:
        """Return where window layouts are remembered."""
        return self.path / "layout.ini"

    def read(self) -> Settings:
        """Read the settings, defaults when there are none; ``OutsideFailure`` when the file is damaged."""
        if not self.settings_file.exists():
            return Settings()
        try:
            settings = Settings.model_validate_json(self.settings_file.read_text(encoding="utf-8"))
        except (ValidationError, OSError) as problem:
            raise OutsideFailure(f"设置文件 {self.settings_file} 读不出来：{problem}") from problem
        if not any(_WITH_PASSWORD.search(connection.url) for connection in settings.connections):
            return settings
        cleaned = _without_secrets(settings)
        self.write(cleaned)
        return cleaned

    def write(self, settings: Settings) -> None:
        """Write the settings in one rename; a password in a URL moves to the credential store, or is asked for."""
        settings = _without_secrets(settings)
        self.path.mkdir(parents=True, exist_ok=True)
        fresh = self.settings_file.with_suffix(".new")
        fresh.write_text(settings.model_dump_json(indent=2), encoding="utf-8")
        os.replace(fresh, self.settings_file)

    def url_of(self, connection: Connection, typed: str = "") -> str:
        """Return the database URL of a connection with its password: typed, kept, or BONDESK_DB_PASSWORD.

        ``PasswordNeeded`` when there is none of these.
        """
        if not connection.url:
            return f"sqlite:///{self.database_file.as_posix()}"
        if connection.password == NO_PASSWORD:
            return connection.url
        password = typed
        if not password and connection.password == KEPT:
            password = secrets.kept(connection.url) or ""
        password = password or os.environ.get(PASSWORD_VARIABLE, "")
        if not password:
            raise PasswordNeeded(
                f"数据连接 {connection.name} 需要数据库密码：请在登录窗口输入，命令行可设置环境变量 {PASSWORD_VARIABLE}"
            )
        from sqlalchemy.engine import make_url

        return make_url(connection.url).set(password=password).render_as_string(hide_password=False)

    def connection(self, name: str) -> Connection:
        """Return the connection called ``name`` ("" = the first one)."""
        known = self.read().connections
        for connection in known:
            if name in ("", connection.name):
                return connection
        raise WrongCall(f"没有数据连接 {name}；已有：{'、'.join(c.name for c in known)}")


def _without_secrets(settings: Settings) -> Settings:
    return settings.model_copy(update={"connections": [without_secret(one) for one in settings.connections]})


def without_secret(connection: Connection) -> Connection:
    """Return the connection as a file may hold it; the password in its URL goes to the credential store if it can."""
    if not _WITH_PASSWORD.search(connection.url):
        return connection
    from sqlalchemy.engine import URL, make_url

    url = make_url(connection.url).difference_update_query(["password"])
    password = make_url(connection.url).query.get("password", url.password or "")
    parts = (url.drivername, url.username, None, url.host, url.port, url.database, url.query)
    bare = URL.create(*parts).render_as_string(hide_password=False)
    way = ASKED
    try:
        secrets.keep(bare, str(password))
        way = KEPT
    except (OutsideFailure, Refused) as problem:
        _log.warning("the password of data connection %s is asked for from now on: %s", connection.name, problem)
    return Connection.model_validate({"name": connection.name, "url": bare, "password": way})


def default_home() -> Home:
    """Return the data folder: ``BONDESK_HOME`` or the platform's place for user data."""
    chosen = os.environ.get("BONDESK_HOME")
    return Home(Path(chosen) if chosen else user_data_path("Bondesk", appauthor=False))


def carried(folder: str) -> Path:
    """Return a top-level folder the program carries (resources, migrations …), installed or in the source tree."""
    here = Path(__file__).resolve().parent
    installed = here / "_carried" / folder
    return installed if installed.is_dir() else here.parents[1] / folder
