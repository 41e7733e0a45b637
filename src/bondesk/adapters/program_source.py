"""Where releases of the program lie: a folder of the network, or a web address. No login, no card.

Both hold ``program.json`` (the manifest), ``program.sig`` (its signature) and the file the manifest names.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import IO

from bondesk.adapters.update_server import PATIENCE, UpdateServer
from bondesk.base.errors import OutsideFailure
from bondesk.base.file_words import reason_of
from bondesk.base.program_release import ProgramRelease, Tell

MANIFEST, SIGNATURE = "program.json", "program.sig"
_LONGEST_MANIFEST, _LONGEST_SIGNATURE, _CHUNK = 200_000, 1_000, 1 << 18


class ProgramFolder:
    """The :class:`bondesk.base.program_release.ProgramSource` of a folder."""

    def __init__(self, folder: Path) -> None:
        """Look into ``folder`` when asked."""
        self._folder, self.place = folder, str(folder)

    def newest(self) -> tuple[bytes, bytes] | None:
        """Return manifest and signature; None when the folder holds no release."""
        manifest, signature = self._folder / MANIFEST, self._folder / SIGNATURE
        try:
            if not self._folder.is_dir():
                raise OutsideFailure(f"更新目录 {self._folder} 打不开；请检查网络或权限")
            if not manifest.exists():
                return None
            if manifest.stat().st_size > _LONGEST_MANIFEST:
                raise OutsideFailure(f"更新目录 {self._folder} 中的 {MANIFEST} 过大，请联系程序的发布者")
            return manifest.read_bytes(), signature.read_bytes() if signature.exists() else b""
        except OSError as problem:
            raise OutsideFailure(f"更新目录 {self._folder} 读不出来：{reason_of(problem)}") from problem

    def fetch(self, release: ProgramRelease, folder: str, tell: Tell) -> str:
        """Copy the file, going on where an earlier try stopped; parts of other releases go."""
        source, part = self._folder / release.file, Path(folder) / f"{release.file}.{release.sha256[:16]}.part"
        try:
            stream = source.open("rb")
        except OSError as problem:
            raise OutsideFailure(f"新版本 {source} 打不开：{reason_of(problem)}") from problem
        try:
            part.parent.mkdir(parents=True, exist_ok=True)
            for other in part.parent.glob("*.part"):
                if other != part:
                    other.unlink(missing_ok=True)
            done = part.stat().st_size if part.exists() else 0
            with stream, part.open("ab" if done <= release.size else "wb") as target:
                _copy(stream, target, release.size, tell)
        except OSError as problem:
            text = f"新版本没有复制完：{reason_of(problem)}；已收到的部分保留，请检查网络和磁盘空间后再试"
            raise OutsideFailure(text) from problem
        return str(part)


def _copy(stream: IO[bytes], target: IO[bytes], size: int, tell: Tell) -> None:
    stream.seek(target.tell())
    tell(target.tell(), size)
    while target.tell() <= size and (piece := stream.read(_CHUNK)):
        target.write(piece)
        tell(target.tell(), size)


class ProgramServer:
    """The :class:`bondesk.base.program_release.ProgramSource` of a web address, asked for when it is needed."""

    def __init__(self, address: Callable[[], str], title: str, patience: int = PATIENCE) -> None:
        """Ask ``address()``; the server may be silent for ``patience`` seconds."""
        self._address, self.place, self._patience = address, title, patience

    def newest(self) -> tuple[bytes, bytes] | None:
        """Return manifest and signature; None when the server has no release."""
        server = self._server(Path())
        manifest = server.index(MANIFEST, _LONGEST_MANIFEST)
        if manifest is None:
            return None
        return manifest, server.index(SIGNATURE, _LONGEST_SIGNATURE) or b""

    def fetch(self, release: ProgramRelease, folder: str, tell: Tell) -> str:
        """Download the file, going on where an earlier try broke off."""
        return str(self._server(Path(folder)).download(release.file, release.size, release.sha256, tell))

    def _server(self, folder: Path) -> UpdateServer:
        return UpdateServer(self._address(), folder, self._patience)
