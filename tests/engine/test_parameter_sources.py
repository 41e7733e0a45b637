"""Where update packages come from: a folder, and a web server that is slow, breaks off, lies, or wants a password."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bondesk.adapters.parameter_folder import ParameterFolder
from bondesk.adapters.parameter_server import ParameterServer
from bondesk.adapters.parameter_zip import LARGEST
from bondesk.app import parameter_source
from bondesk.base.errors import OutsideFailure
from bondesk.base.steps import Cancelled
from bondesk.settings import Home, Settings

CONTENT = bytes(range(256)) * 2000
FILE = "bondesk-codes-2025.02.zip"


def quiet(_done: int, _total: int) -> None:
    """Tell nobody."""


@dataclass
class Publisher:
    """What a server says; ``asked`` remembers (path, Range, Authorization)."""

    content: bytes = CONTENT
    index: dict[str, Any] = field(default_factory=dict)
    breaks_after: int = 0
    ranges: bool = True
    status: int = 200
    delay: int = 0
    password: str = ""
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        sha = hashlib.sha256(self.content).hexdigest()
        self.index = {"version": "2025.02", "file": FILE, "size": len(self.content), "sha256": sha, **self.index}

    def source(self, folder: Path, user: str = "", path: str = "/codes") -> ParameterServer:
        return ParameterServer(f"http://{user}127.0.0.1:{self.port}{path}", folder, patience=2)


class _Handler(BaseHTTPRequestHandler):
    publisher: Publisher

    def do_GET(self) -> None:  # noqa: N802 - the library's name
        told, headers = self.publisher, self.headers
        told.asked.append((self.path, headers.get("Range", ""), headers.get("Authorization", "")))
        time.sleep(told.delay)
        wanted = f"Basic {base64.b64encode(told.password.encode()).decode()}"
        if told.password and headers.get("Authorization") != wanted:
            self.send_error(401)
            return
        if told.status != 200:
            self.send_response(told.status)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()
            return
        if self.path.endswith("codes.json"):
            self._answer(200, json.dumps(told.index).encode())
            return
        start = int(headers["Range"].removeprefix("bytes=").rstrip("-")) if headers["Range"] and told.ranges else 0
        self._answer(206 if start else 200, told.content[start:], start)

    def _answer(self, status: int, content: bytes, start: int = 0) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        if status == 206:
            whole = len(self.publisher.content)
            self.send_header("Content-Range", f"bytes {start}-{whole - 1}/{whole}")
        self.end_headers()
        cut = self.publisher.breaks_after
        self.publisher.breaks_after = 0 if len(content) > cut else cut
        with contextlib.suppress(ConnectionError):  # whoever asked may have heard enough
            self.wfile.write(content[:cut] if cut and len(content) > cut else content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


Publish = Callable[..., Publisher]


@pytest.fixture
def publish() -> Iterator[Publish]:
    servers = []

    def start(**told: Any) -> Publisher:
        publisher = Publisher(**told)
        handler = type("Handler", (_Handler,), {"publisher": publisher})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        publisher.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        servers.append(server)
        return publisher

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_the_version_is_asked_for_before_anything_is_fetched(publish: Publish, tmp_path: Path) -> None:
    publisher = publish()
    source = publisher.source(tmp_path)
    offered = source.newest()
    assert offered is not None
    assert (offered.version, offered.size) == ("2025.02", len(CONTENT))
    assert [path for path, _, _ in publisher.asked] == ["/codes/codes.json"]
    told: list[tuple[int, int]] = []
    assert source.fetch(offered, lambda done, total: told.append((done, total))) == CONTENT
    assert told[0] == (0, len(CONTENT))
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert list(tmp_path.iterdir()) == [], "nothing of it is left behind"


def test_a_broken_download_goes_on_where_it_broke(publish: Publish, tmp_path: Path) -> None:
    publisher = publish(breaks_after=200_000)
    source = publisher.source(tmp_path)
    offered = source.newest()
    assert offered is not None
    with pytest.raises(OutsideFailure, match="断开，已收到的部分保留"):
        source.fetch(offered, quiet)
    assert publisher.source(tmp_path).fetch(offered, quiet) == CONTENT
    ranges = [asked for path, asked, _ in publisher.asked if path.endswith(".zip")]
    assert ranges == ["", "bytes=200000-"]


def test_a_server_without_ranges_starts_over(publish: Publish, tmp_path: Path) -> None:
    publisher = publish(breaks_after=200_000, ranges=False)
    source = publisher.source(tmp_path)
    offered = source.newest()
    assert offered is not None
    with pytest.raises(OutsideFailure):
        source.fetch(offered, quiet)
    assert source.fetch(offered, quiet) == CONTENT


def test_a_stopped_download_goes_on_later(publish: Publish, tmp_path: Path) -> None:
    publisher = publish()
    source = publisher.source(tmp_path)
    offered = source.newest()
    assert offered is not None

    def stop(done: int, _total: int) -> None:
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        source.fetch(offered, stop)
    assert source.fetch(offered, quiet) == CONTENT
    assert publisher.asked[-1][1].startswith("bytes=")


def test_a_part_of_another_package_is_thrown_away(publish: Publish, tmp_path: Path) -> None:
    (tmp_path / "bondesk-codes-2025.01.zip.0123456789abcdef.part").write_bytes(b"old")
    source = publish().source(tmp_path)
    offered = source.newest()
    assert offered is not None
    assert source.fetch(offered, quiet) == CONTENT
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_what_was_announced_is_discarded(publish: Publish, tmp_path: Path) -> None:
    source = publish(index={"sha256": "0" * 64}).source(tmp_path)
    offered = source.newest()
    assert offered is not None
    with pytest.raises(OutsideFailure, match="已丢弃"):
        source.fetch(offered, quiet)
    assert list(tmp_path.iterdir()) == []


def test_more_than_was_announced_is_not_read(publish: Publish, tmp_path: Path) -> None:
    source = publish(index={"size": 1000}).source(tmp_path)
    offered = source.newest()
    assert offered is not None
    with pytest.raises(OutsideFailure, match="与目录不符"):
        source.fetch(offered, quiet)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"index": {"size": LARGEST + 1}}, "读不懂"),
        ({"index": {"version": "x"}}, "读不懂"),
        ({"index": {"file": "../evil.zip"}}, "读不懂"),
        ({"index": {"version": "2025.03"}}, "前后不一致"),
        ({"index": {"notes": "x" * 200_000}}, "codes.json 过大"),
        ({"status": 500}, "错误 500"),
        ({"status": 302}, "没有跟去"),
        ({"delay": 3}, "没有回应"),
        ({"password": "user:other"}, "用户和密码"),
    ],
)
def test_failures_are_said_without_secrets(publish: Publish, tmp_path: Path, told: dict[str, Any], words: str) -> None:
    source = publish(**told).source(tmp_path, user="user:top-secret@")
    with pytest.raises(OutsideFailure, match=words) as failure:
        source.newest()
    assert "secret" not in str(failure.value)
    assert failure.value.__cause__ is None


def test_user_and_password_of_the_address_are_sent(publish: Publish, tmp_path: Path) -> None:
    publisher = publish(password="user:p@ss")
    assert publisher.source(tmp_path, user="user:p%40ss@").newest() is not None


def test_no_index_means_no_package_and_no_server_is_said(publish: Publish, tmp_path: Path) -> None:
    assert publish(status=404).source(tmp_path).newest() is None
    with pytest.raises(OutsideFailure, match="连不上"):
        ParameterServer("http://127.0.0.1:1/", tmp_path, patience=2).newest()
    with pytest.raises(OutsideFailure, match="不是 http"):
        ParameterServer("ftp://example.org/", tmp_path).newest()


def test_a_folder(tmp_path: Path) -> None:
    assert ParameterFolder(tmp_path).newest() is None
    (tmp_path / FILE).write_bytes(CONTENT)
    source = ParameterFolder(tmp_path)
    offered = source.newest()
    assert offered is not None
    told: list[tuple[int, int]] = []
    assert source.fetch(offered, lambda done, total: told.append((done, total))) == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    (tmp_path / FILE).unlink()
    with pytest.raises(OutsideFailure, match="读不出来"):
        source.fetch(offered, quiet)
    with pytest.raises(OutsideFailure, match="打不开"):
        ParameterFolder(tmp_path / "away").newest()


def test_the_settings_choose_the_source(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert parameter_source(home) is None
    home.write(Settings(update_folder=str(tmp_path)))
    assert isinstance(parameter_source(home), ParameterFolder)
    home.write(Settings(update_folder=str(tmp_path), update_url="https://codes.example.org/bondesk"))
    assert isinstance(parameter_source(home), ParameterServer)
