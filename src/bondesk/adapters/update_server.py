"""A web server with updates: small index files, and large files that go on where a download broke off.

The address may hold a user and a password; no sentence and no log line ever shows them.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit, urlunsplit

from bondesk.base.errors import OutsideFailure

_CHUNK, PATIENCE = 1 << 16, 10


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A server that sends elsewhere is not followed: credentials and trust belong to the address that was set."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        """Follow nothing."""
        return


class UpdateServer:
    """One web address; parts of downloads lie in ``folder``."""

    def __init__(self, address: str, folder: Path, patience: int = PATIENCE) -> None:
        """Ask ``address`` when wanted; the server may be silent for ``patience`` seconds."""
        parts = urlsplit(address)
        self._fits = parts.scheme in ("http", "https") and bool(parts.hostname)
        host = parts.hostname or ""
        port = f":{parts.port}" if self._fits and parts.port else ""
        self._base = urlunsplit((parts.scheme, f"{host}{port}", parts.path.rstrip("/") + "/", "", ""))
        self.place = f"{parts.scheme}://{host}{port}"
        self._folder, self._patience = folder, patience
        self._headers = {"User-Agent": "bondesk"}
        if parts.username:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        self._opener = urllib.request.build_opener(_NoRedirects())

    def index(self, file: str, longest: int) -> bytes | None:
        """Return a small file, None when the server has none; ``OutsideFailure`` when it is away."""
        try:
            with self._open(file) as answer:
                content: bytes = answer.read(longest + 1)
        except urllib.error.HTTPError as problem:
            if problem.code == http.HTTPStatus.NOT_FOUND:
                return None
            raise self._away(problem) from None
        except (OSError, http.client.HTTPException, ValueError) as problem:
            raise self._away(problem) from None
        if len(content) > longest:
            raise OutsideFailure(f"更新服务器 {self.place} 的 {file} 过大，请联系发布者")
        return content

    def download(self, file: str, size: int, sha256: str, tell: Callable[[int, int], None]) -> Path:
        """Bring a file here, going on with what an earlier try left, and return where it lies; damaged parts go."""
        part = self._folder / f"{file}.{sha256[:16]}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._clear_others(part)
            self._download(file, size, part, tell)
            with part.open("rb") as stream:
                whole = hashlib.file_digest(stream, "sha256").hexdigest() == sha256 and part.stat().st_size == size
        except ValueError as problem:
            part.unlink(missing_ok=True)
            raise self._away(problem) from None
        except (OSError, http.client.HTTPException) as problem:
            raise self._away(problem) from None
        if not whole:
            part.unlink(missing_ok=True)
            raise OutsideFailure(f"从 {self.place} 下载的更新包不完整或已损坏，已丢弃；请再试一次")
        return part

    def _clear_others(self, part: Path) -> None:
        """Parts of other packages are of no use any more."""
        for other in self._folder.glob("*.part"):
            if other != part:
                other.unlink(missing_ok=True)

    def _download(self, file: str, size: int, part: Path, tell: Callable[[int, int], None]) -> None:
        present = part.stat().st_size if part.exists() else 0
        if present > size:
            part.unlink()
            present = 0
        if present == size:
            return
        with self._open(file, present) as answer:
            goes_on = present and answer.status == http.HTTPStatus.PARTIAL_CONTENT
            if goes_on and not (answer.headers.get("Content-Range") or "").startswith(f"bytes {present}-"):
                raise ValueError("another range")
            with part.open("ab" if goes_on else "wb") as stream:
                self._copy(answer, stream, present if goes_on else 0, size, tell)

    def _copy(self, answer: Any, stream: IO[bytes], done: int, total: int, tell: Callable[[int, int], None]) -> None:
        tell(done, total)
        while piece := answer.read(_CHUNK):
            done += len(piece)
            if done > total:
                raise ValueError("longer than told")
            stream.write(piece)
            tell(done, total)
        if done < total:
            raise ConnectionError("broke off")

    def _open(self, file: str, start: int = 0) -> Any:
        if not self._fits:
            raise OutsideFailure("设置的更新地址不是 http:// 或 https:// 开头的网址，请管理员改正")
        headers = {**self._headers, **({"Range": f"bytes={start}-"} if start else {})}
        request = urllib.request.Request(self._base + file, headers=headers)
        return self._opener.open(request, timeout=self._patience)

    def _away(self, problem: Exception) -> OutsideFailure:
        """Say what failed in words of ours; what the library says may hold the address with its password."""
        return OutsideFailure(f"更新服务器 {self.place} {_reason(problem)}")


def _reason(problem: Exception) -> str:
    if isinstance(problem, urllib.error.HTTPError):
        if problem.code in (http.HTTPStatus.UNAUTHORIZED, http.HTTPStatus.FORBIDDEN):
            return "拒绝访问，请检查更新地址中的用户和密码"
        if problem.code in (301, 302, 303, 307, 308):
            return "要求转到别的地址，没有跟去；请管理员核对更新地址"
        return f"不能提供更新（错误 {problem.code}），请稍后再试"
    inner = getattr(problem, "reason", problem)
    if isinstance(inner, TimeoutError):
        return "没有回应，请检查网络后再试"
    if isinstance(problem, ValueError):
        return "给出的内容与目录不符，已丢弃；请稍后再试"
    broke_off = isinstance(problem, ConnectionError | http.client.HTTPException)
    if broke_off and not isinstance(problem, urllib.error.URLError):
        return "在下载中断开，已收到的部分保留，再试时接着下载"
    return "连不上，请检查网络或更新地址"
