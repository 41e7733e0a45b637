"""Per-machine settings: where data lies, which data connections exist, where the client's folders are."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path
from pydantic import BaseModel, ValidationError

from bondesk.base.errors import OutsideFailure, WrongCall

EMBEDDED = "本机数据"


class Connection(BaseModel):
    """One 数据连接: a name and a database URL ("" = the embedded file of the data folder)."""

    name: str
    url: str = ""


class Settings(BaseModel):
    """What ``settings.json`` in the data folder holds."""

    connections: list[Connection] = [Connection(name=EMBEDDED)]
    gateway_root: str = ""
    demo: bool = False


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
            return Settings.model_validate_json(self.settings_file.read_text(encoding="utf-8"))
        except (ValidationError, OSError) as problem:
            raise OutsideFailure(f"设置文件 {self.settings_file} 读不出来：{problem}") from problem

    def write(self, settings: Settings) -> None:
        """Write the settings in one rename."""
        self.path.mkdir(parents=True, exist_ok=True)
        fresh = self.settings_file.with_suffix(".new")
        fresh.write_text(settings.model_dump_json(indent=2), encoding="utf-8")
        os.replace(fresh, self.settings_file)

    def url_of(self, connection: Connection) -> str:
        """Return the database URL of a connection."""
        return connection.url or f"sqlite:///{self.database_file.as_posix()}"

    def connection(self, name: str) -> Connection:
        """Return the connection called ``name`` ("" = the first one)."""
        known = self.read().connections
        for connection in known:
            if name in ("", connection.name):
                return connection
        raise WrongCall(f"没有数据连接 {name}；已有：{'、'.join(c.name for c in known)}")


def default_home() -> Home:
    """Return the data folder: ``BONDESK_HOME`` or the platform's place for user data."""
    chosen = os.environ.get("BONDESK_HOME")
    return Home(Path(chosen) if chosen else user_data_path("Bondesk", appauthor=False))


def carried(folder: str) -> Path:
    """Return a top-level folder the program carries (resources, migrations …), installed or in the source tree."""
    here = Path(__file__).resolve().parent
    installed = here / "_carried" / folder
    return installed if installed.is_dir() else here.parents[1] / folder
