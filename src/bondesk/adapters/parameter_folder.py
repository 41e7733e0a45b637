"""Update packages in a folder of the network or of this machine: ``bondesk-codes-<version>.zip``, newest first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bondesk.adapters.parameter_zip import LARGEST, PACKAGE_FILE
from bondesk.base.errors import OutsideFailure
from bondesk.base.file_words import reason_of
from bondesk.base.parameter_package import OfferedPackage, version_numbers

_CHUNK = 1 << 20


class ParameterFolder:
    """The :class:`bondesk.engine.ports.ParameterSource` of a folder."""

    def __init__(self, folder: Path) -> None:
        """Look into ``folder`` when asked."""
        self._folder = folder

    def newest(self) -> OfferedPackage | None:
        """Return the package of the highest version; ``OutsideFailure`` when the folder is away."""
        try:
            files = {match[1]: name for name in self._names() if (match := PACKAGE_FILE.fullmatch(name))}
        except OSError as problem:
            raise OutsideFailure(f"更新目录 {self._folder} 打不开：{reason_of(problem)}；请检查网络或权限") from problem
        if not files:
            return None
        version = max(files, key=version_numbers)
        return OfferedPackage(version, files[version], str(self._folder))

    def _names(self) -> list[str]:
        return [path.name for path in self._folder.iterdir()]

    def fetch(self, offered: OfferedPackage, tell: Callable[[int, int], None]) -> bytes:
        """Read the package piece by piece; one larger than any package is not read to its end."""
        path = self._folder / offered.file
        read = bytearray()
        try:
            total = path.stat().st_size
            with path.open("rb") as stream:
                while piece := stream.read(_CHUNK):
                    read += piece
                    tell(len(read), max(total, len(read)))
                    if len(read) > LARGEST:
                        break
        except OSError as problem:
            raise OutsideFailure(f"更新包 {path} 读不出来：{reason_of(problem)}") from problem
        return bytes(read)
