"""Update packages of the code tables from a web server: ``codes.json`` names the newest one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError

from bondesk.adapters.parameter_zip import LARGEST, PACKAGE_FILE
from bondesk.adapters.update_server import PATIENCE, UpdateServer
from bondesk.base.errors import OutsideFailure
from bondesk.base.file_words import reason_of
from bondesk.base.parameter_package import OfferedPackage

INDEX = "codes.json"
_LONGEST_INDEX = 100_000


class _Index(BaseModel):
    """What ``codes.json`` says of the newest package."""

    version: Annotated[str, Field(pattern=r"^\d{1,6}(\.\d{1,6}){0,4}$")]
    file: Annotated[str, Field(pattern=PACKAGE_FILE.pattern)]
    size: Annotated[int, Field(gt=0, le=LARGEST)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ParameterServer:
    """The :class:`bondesk.engine.ports.ParameterSource` of a web address; parts of downloads lie in ``folder``."""

    def __init__(self, address: str, folder: Path, patience: int = PATIENCE) -> None:
        """Ask ``address`` when wanted; the server may be silent for ``patience`` seconds."""
        self._server = UpdateServer(address, folder, patience)

    def newest(self) -> OfferedPackage | None:
        """Return what ``codes.json`` names, None when the server has none; ``OutsideFailure`` when it is away."""
        content = self._server.index(INDEX, _LONGEST_INDEX)
        if content is None:
            return None
        place = self._server.place
        try:
            index = _Index.model_validate_json(content)
        except ValidationError:
            raise OutsideFailure(f"更新服务器 {place} 的 {INDEX} 读不懂，请联系参数的发布者") from None
        match = PACKAGE_FILE.fullmatch(index.file)
        if match is None or match[1] != index.version:
            raise OutsideFailure(f"更新服务器 {place} 的 {INDEX} 前后不一致，请联系参数的发布者")
        return OfferedPackage(index.version, index.file, place, index.size, index.sha256)

    def fetch(self, offered: OfferedPackage, tell: Callable[[int, int], None]) -> bytes:
        """Download the package, going on with what an earlier try left; damaged parts are discarded."""
        part = self._server.download(offered.file, offered.size, offered.sha256, tell)
        try:
            content = part.read_bytes()
            part.unlink()
        except OSError as problem:
            raise OutsideFailure(f"下载的更新包读不出来：{reason_of(problem)}") from problem
        return content
