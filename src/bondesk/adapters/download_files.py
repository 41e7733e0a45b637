"""Copies in files exported from the Single Window: workbooks and messages, chosen one by one or lying in a folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from bondesk.base.errors import OutsideFailure, Refused
from bondesk.base.file_words import reason_of
from bondesk.base.findings import errors_in
from bondesk.engine.download_port import ChallengeSigner, CopyReader, DownloadWay, OfferedCopy, ReadCopy, Tell

_ENDINGS = frozenset({".xls", ".xlsx", ".xlsm", ".csv", ".xml", ".zip"})
#: More files than anybody exports; a mistaken folder (a whole disk) is refused instead of being read for hours.
MOST_FILES = 2000


class DownloadFiles:
    """The :class:`bondesk.engine.download_port.DownloadSource` of files and folders; every file is read once.

    A file nobody can read is told by :meth:`problems`, not passed over silently. Of two files with the same copy the
    newer one counts.
    """

    title = "单一窗口导出的文件"
    needs_card = False

    def __init__(self, reader: CopyReader, places: Sequence[str]) -> None:
        """Read ``places``, files or folders (with what lies in them, not deeper), when first asked."""
        self._reader, self._places = reader, tuple(Path(place) for place in places)
        self._copies: list[tuple[ReadCopy, str]] | None = None
        self._unread: list[tuple[str, str]] = []

    def sign_in(self, challenge_signer: ChallengeSigner | None) -> None:
        """Nobody has to sign in."""

    def kinds(self) -> Sequence[str]:
        """Every kind may stand in a file."""
        return [kind.key for kind in self._reader.kinds()]

    def search(self, kind: str, begin: date, end: date, tell: Tell) -> Sequence[OfferedCopy]:
        """Return the copies of a kind whose day lies in the range, and those without a day."""
        found = []
        for copy, mark in self._read(tell):
            if copy.kind == kind and (copy.day is None or begin <= copy.day <= end):
                state = "内容有误" if errors_in(copy.findings) else ""
                found.append(OfferedCopy(kind, copy.number, copy.title, copy.day, state, mark))
        return found

    def problems(self) -> Sequence[tuple[str, str]]:
        """Return the files that could not be read: name and reason."""
        return tuple(self._unread)

    def fetch(self, offered: OfferedCopy) -> Mapping[str, Any]:
        """Return the values of a copy; ``Refused`` with every fault of it, or when its file is gone (DOWN-05)."""
        for copy, mark in self._read(_untold):
            if (copy.kind, copy.number, mark) == (offered.kind, offered.number, offered.mark):
                if errors_in(copy.findings):
                    raise Refused(copy.findings)
                return copy.values
        raise Refused(f"{offered.number} 所在的文件已改变或不在原处，请重新查询", "DOWN-05")

    def _read(self, tell: Tell) -> list[tuple[ReadCopy, str]]:
        if self._copies is None:
            paths = sorted(self._files(), key=lambda path: (path.stat().st_mtime_ns, path.name))
            if len(paths) > MOST_FILES:
                raise OutsideFailure(
                    f"所选目录中有 {len(paths)} 个文件，超过 {MOST_FILES} 个；请选择只放导出文件的目录"
                )
            found: list[tuple[ReadCopy, str]] = []
            self._unread = []
            for place, path in enumerate(paths):
                tell(f"读取 {path.name}", place, len(paths))
                found += self._copies_of(path)
            self._copies = found
        return self._copies

    def _files(self) -> Iterator[Path]:
        for place in self._places:
            try:
                if place.is_dir():
                    inside = (one for one in place.iterdir() if one.is_file() and one.suffix.lower() in _ENDINGS)
                    yield from (one for one in inside if not one.name.startswith(("~$", ".")))
                elif place.exists():
                    yield place
                else:
                    raise OutsideFailure(f"找不到 {place}，请重新选择文件或目录")
            except OSError as problem:
                raise OutsideFailure(f"{place} 打不开：{reason_of(problem)}") from problem

    def _copies_of(self, path: Path) -> Iterator[tuple[ReadCopy, str]]:
        try:
            content = path.read_bytes()
        except OSError as problem:
            self._unread.append((path.name, reason_of(problem)))
            return
        mark = f"{path.name[-150:]}#{hashlib.sha256(content).hexdigest()[:32]}"
        try:
            for copy in self._reader.read(path.name, content):
                yield copy, mark
        except Refused as refusal:
            self._unread.append((path.name, refusal.findings[0].text.removeprefix(f"文件 {path.name} ")))


def _untold(_text: str, _done: int, _total: int) -> None:
    """Fetching one copy shows no progress of its own."""


def files_way() -> DownloadWay:
    """Return the source as it can be chosen."""
    told = "在单一窗口查询后导出的 Excel，或下载的报文（XML、ZIP）；不用IC卡"
    return DownloadWay("files", DownloadFiles.title, told, needs_card=False, asks_files=True, open=DownloadFiles)
