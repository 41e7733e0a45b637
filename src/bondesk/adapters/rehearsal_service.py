"""The rehearsal customs' HTTP service: what it has on file, for whose card answers its challenge (ic-card 2.5).

It listens on this computer only, on a port of its own, and begins when it is first asked for. A challenge is answered
once; the certificate has to be valid and the signature its own. The password of the card never comes here.
"""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import re
import secrets
import socket
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from bondesk.adapters.card.certificate import is_signed, read_certificate
from bondesk.adapters.rehearsal_archive import Archive
from bondesk.adapters.rehearsal_pre_entry import NotTaken, PreEntryShelf
from bondesk.base.errors import OutsideFailure
from bondesk.base.file_words import reason_of
from bondesk.engine.card_failures import CardFailure

_log = logging.getLogger(__name__)
HOST = "127.0.0.1"
#: Folder of the program releases the service gives to everybody.
UPDATES = "程序更新"
_RANGE = re.compile(r"bytes=(\d{1,12})-")
_LONGEST, _LONGEST_PACKAGE = 64 << 10, 64 << 20
#: Seconds a client may take to hear that it was turned away, and bytes thrown away at once meanwhile.
_LINGERS, _PIECE = 5.0, 64 << 10
_CHALLENGE_LIVES, _TOKEN_LIVES = timedelta(minutes=5), timedelta(minutes=30)


class _Turned(Exception):
    """A request is turned away, with the sentence the client shows."""

    def __init__(self, status: HTTPStatus, text: str) -> None:
        super().__init__(text)
        self.status = status


class RehearsalService:
    """The service over one rehearsal folder; ``clock`` says whether certificates, challenges and logins still hold."""

    def __init__(self, root: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Prepare; :meth:`address` starts it."""
        self._archive, self._clock = Archive(root), clock
        self._shelf = PreEntryShelf(root, clock)
        self._updates = root / UPDATES
        self._server: ThreadingHTTPServer | None = None
        self._lock = threading.Lock()
        self._challenges: dict[str, datetime] = {}
        self._tokens: dict[str, datetime] = {}

    def address(self) -> str:
        """Return where it listens; the first call starts it. ``OutsideFailure`` when that is impossible."""
        with self._lock:
            if self._server is None:
                try:
                    self._server = ThreadingHTTPServer((HOST, 0), _handler(self))
                except OSError as problem:
                    raise OutsideFailure(f"演练海关的下载服务不能启动：{reason_of(problem)}") from problem
                threading.Thread(target=self._server.serve_forever, name="rehearsal-service", daemon=True).start()
            return f"http://{HOST}:{self._server.server_address[1]}"

    def stop(self) -> None:
        """Stop listening; the next :meth:`address` starts it anew and knows no logins."""
        with self._lock:
            server, self._server = self._server, None
            self._challenges.clear()
            self._tokens.clear()
        if server is not None:
            server.shutdown()
            server.server_close()

    def challenge(self) -> Mapping[str, str]:
        """Give a random text to sign, once, within five minutes."""
        fresh = secrets.token_hex(16)
        with self._lock:
            self._forget(self._challenges, _CHALLENGE_LIVES)
            self._challenges[fresh] = self._clock()
        return {"random": fresh}

    def login(self, given: Mapping[str, str]) -> Mapping[str, str]:
        """Check an answered challenge and return a token."""
        random = given.get("random", "")
        with self._lock:
            self._forget(self._challenges, _CHALLENGE_LIVES)
            if self._challenges.pop(random, None) is None:
                raise _Turned(HTTPStatus.UNAUTHORIZED, "登录已过期，请重新用IC卡登录")
        try:
            certificate = read_certificate(base64.b64decode(given["certificate"], validate=True), given["algorithm"])
            value = base64.b64decode(given["signature"], validate=True)
            if not is_signed(certificate, random.encode("ascii"), value):
                raise _Turned(HTTPStatus.UNAUTHORIZED, "IC卡的签名与证书不符，不能登录")
        except (KeyError, ValueError, CardFailure) as problem:
            raise _Turned(HTTPStatus.BAD_REQUEST, "IC卡的证书或签名读不懂，不能登录") from problem
        if not certificate.not_before <= self._clock() <= certificate.not_after:
            raise _Turned(HTTPStatus.UNAUTHORIZED, "IC卡的证书不在有效期内，不能登录")
        token = secrets.token_hex(32)
        with self._lock:
            self._tokens[token] = self._clock()
        return {"token": token, "card": certificate.card_number, "company": certificate.company}

    def kinds(self) -> list[str]:
        """Return the message codes of which something is on file."""
        return self._archive.codes()

    def copies(self, code: str, begin: str, end: str) -> list[Mapping[str, str]]:
        """List what is on file of a kind."""
        try:
            first, last = date.fromisoformat(begin), date.fromisoformat(end)
        except ValueError as problem:
            raise _Turned(HTTPStatus.BAD_REQUEST, "日期范围读不懂") from problem
        return [
            {"number": one.number, "day": one.day, "title": one.title, "state": one.state}
            for one in self._archive.listed(code, first, last)
        ]

    def copy(self, code: str, number: str) -> bytes:
        """Return one copy."""
        content = self._archive.content(code, number)
        if content is None:
            raise _Turned(HTTPStatus.NOT_FOUND, f"海关没有 {number}")
        return content

    def pre_enter(self, key: str, stream: BufferedIOBase, size: int) -> Mapping[str, str]:
        """Take one package of 数据预录入 and return its number."""
        try:
            came = self._shelf.fresh(key)
            try:
                with came.open("wb") as target:
                    while size and (piece := stream.read(min(size, _LONGEST))):
                        target.write(piece)
                        size -= len(piece)
                if size:
                    raise NotTaken("没有传完就断开了")
                return {"number": self._shelf.take(key, came)}
            finally:
                came.unlink(missing_ok=True)
        except NotTaken as problem:
            raise _Turned(HTTPStatus.UNPROCESSABLE_ENTITY, str(problem)) from problem

    def update(self, name: str) -> bytes:
        """Return a file of a program release; nobody has to sign in for it."""
        known = {path.name: path for path in self._updates.glob("*") if path.is_file()}
        if name not in known:
            raise _Turned(HTTPStatus.NOT_FOUND, "没有这个文件")
        return known[name].read_bytes()

    def require_login(self, token: str) -> None:
        """Turn away who has not signed in, or half an hour ago."""
        with self._lock:
            self._forget(self._tokens, _TOKEN_LIVES)
            if token not in self._tokens:
                raise _Turned(HTTPStatus.UNAUTHORIZED, "登录已过期，请重新用IC卡登录")

    def _forget(self, kept: dict[str, datetime], lives: timedelta) -> None:
        oldest = self._clock() - lives
        for one in [key for key, at in kept.items() if at < oldest]:
            del kept[one]


class _Handler(BaseHTTPRequestHandler):
    """Reads requests and writes answers; knows nothing of what they mean."""

    service: ClassVar[RehearsalService]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Challenge and login."""
        self._answer(self._posted)

    def do_GET(self) -> None:
        """Kinds, list, one copy."""
        self._answer(self._got)

    def _posted(self, path: str, query: Mapping[str, str]) -> Any:
        size, uploads = int(self.headers.get("Content-Length") or 0), path == "/pre-entry"
        if not 0 <= size <= (_LONGEST_PACKAGE if uploads else _LONGEST):
            self.close_connection = True
            raise _Turned(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "请求过大")
        if uploads:
            self.close_connection = True  # what is turned away is not read to its end
            self._require_login()
            return self.service.pre_enter(query.get("key", ""), self.rfile, size)
        body = self.rfile.read(size)
        if path == "/challenge":
            return self.service.challenge()
        if path == "/login":
            given = json.loads(body)
            if not isinstance(given, dict):
                raise ValueError("no object")
            return self.service.login({str(key): str(value) for key, value in given.items()})
        raise _Turned(HTTPStatus.NOT_FOUND, "没有这项服务")

    def _got(self, path: str, query: Mapping[str, str]) -> Any:
        if path.startswith("/updates/"):
            return self.service.update(path.removeprefix("/updates/"))
        self._require_login()
        if path == "/kinds":
            return self.service.kinds()
        if path == "/copies":
            return self.service.copies(query.get("kind", ""), query.get("begin", ""), query.get("end", ""))
        if path == "/copy":
            return self.service.copy(query.get("kind", ""), query.get("number", ""))
        raise _Turned(HTTPStatus.NOT_FOUND, "没有这项服务")

    def _require_login(self) -> None:
        self.service.require_login((self.headers.get("Authorization") or "").removeprefix("Bearer "))

    def _answer(self, act: Callable[[str, Mapping[str, str]], Any]) -> None:
        parts = urlsplit(self.path)
        try:
            status, found = HTTPStatus.OK, act(parts.path, {k: v[-1] for k, v in parse_qs(parts.query).items()})
        except _Turned as turned:
            status, found = turned.status, {"reason": str(turned)}
        except (ValueError, OSError) as problem:
            _log.warning("rehearsal service: %s", problem)
            status, found = HTTPStatus.BAD_REQUEST, {"reason": "请求读不懂"}
        plain = isinstance(found, bytes)
        begun = _RANGE.fullmatch(self.headers.get("Range") or "")
        ranged = f"bytes {begun[1]}-" if isinstance(found, bytes) and begun and int(begun[1]) < len(found) else ""
        if isinstance(found, bytes) and begun and ranged:
            status, ranged = HTTPStatus.PARTIAL_CONTENT, f"{ranged}{len(found) - 1}/{len(found)}"
            found = found[int(begun[1]) :]
        content = found if isinstance(found, bytes) else json.dumps(found, ensure_ascii=False).encode("utf-8")
        self.send_response(status)
        self.send_header("Content-Type", "application/xml" if plain else "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        if ranged:
            self.send_header("Content-Range", ranged)
        self.end_headers()
        self.wfile.write(content)
        if self.close_connection:
            self._linger()

    def _linger(self) -> None:
        """Take what is still under way: a connection closed upon unread bytes is reset, and the answer is lost."""
        with contextlib.suppress(OSError):
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(_LINGERS)
            left = _LONGEST_PACKAGE
            while left > 0 and (taken := len(self.connection.recv(_PIECE))):
                left -= taken

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: requests name business numbers."""


def _handler(service: RehearsalService) -> type[_Handler]:
    return type("Handler", (_Handler,), {"service": service})


_SHARED: dict[Path, RehearsalService] = {}


def shared_service(root: Path) -> RehearsalService:
    """Return the one service of a rehearsal folder in this process."""
    return _SHARED.setdefault(root.resolve(), RehearsalService(root))
