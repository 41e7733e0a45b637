"""A release of the program: its manifest, signed with Ed25519, and the wheel it names. Nothing is believed unproved."""

from __future__ import annotations

import csv
import hashlib
import importlib.metadata
import io
import re
import sys
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from email.parser import HeaderParser
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationError

from bondesk.base.errors import OutsideFailure, Refused
from bondesk.base.program_release import ProgramRelease, Tell

LARGEST, _MEMBERS, _UNPACKED, _RATIO, _CHUNK = 200 << 20, 20_000, 1 << 30, 200, 1 << 18
_FILE = re.compile(r"bondesk-(\d{1,6}(?:\.\d{1,6}){1,4})-py3-none-any\.whl")
_EXACT = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?\s*==\s*([0-9A-Za-z.!+]+)\s*(?:;\s*(.*))?$")
_UNREADABLE = (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, ValueError)
#: What Windows does not take for the name of a file, or takes for another one.
_ODD = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?|.*[. ]|.*[<>:\"|?*\x00-\x1f\\].*")
_FROM, _BELOW = re.compile(r">=\s*3\.(\d+)"), re.compile(r"<\s*3\.(\d+)")


class _Manifest(BaseModel):
    format: Literal[1]
    version: Annotated[str, Field(pattern=r"^\d{1,6}(\.\d{1,6}){1,4}$")]
    key: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]
    published: date
    notes: Annotated[str, Field(max_length=10_000)] = ""
    file: Annotated[str, Field(pattern=_FILE.pattern)]
    size: Annotated[int, Field(gt=0, le=LARGEST)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def read_release(manifest: bytes, signature: bytes, keys: Mapping[str, bytes]) -> ProgramRelease:
    """Check the signature of a manifest and read it; ``Refused`` (PROG-01 … PROG-03) says what is wrong."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        told = _Manifest.model_validate_json(manifest)
    except ValidationError as problem:
        raise Refused("新版本的说明读不懂，没有使用；请联系程序的发布者", "PROG-01") from problem
    match = _FILE.fullmatch(told.file)
    if match is None or match[1] != told.version:
        raise Refused("新版本的说明前后不一致，没有使用；请联系程序的发布者", "PROG-01")
    if told.key not in keys:
        raise Refused(f"新版本由未知的密钥 {told.key} 签名，没有使用；请从正式渠道取得程序", "PROG-02")
    try:
        key = load_pem_public_key(keys[told.key])
    except ValueError as problem:
        raise OutsideFailure(f"程序所带的公钥 {told.key} 已损坏，请重新安装程序") from problem
    if not isinstance(key, Ed25519PublicKey):
        raise OutsideFailure(f"程序所带的公钥 {told.key} 不是 Ed25519 公钥，请重新安装程序")
    try:
        key.verify(signature, manifest)
    except InvalidSignature as problem:
        raise Refused("新版本的签名不对，可能被改动过，没有使用；请从正式渠道取得程序", "PROG-03") from problem
    return ProgramRelease(told.version, told.published, told.notes, told.file, told.size, told.sha256, told.key)


def verify_file(release: ProgramRelease, path: Path, tell: Tell) -> None:
    """Make sure that a file is the one that was signed; ``Refused`` (PROG-04) otherwise."""
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while piece := stream.read(_CHUNK):
            digest.update(piece)
            done += len(piece)
            tell(done, release.size)
    if done != release.size or digest.hexdigest() != release.sha256:
        raise Refused(f"下载的 {release.file} 与签名的不是同一个文件，已丢弃；请重新下载", "PROG-04")


def require_fitting(release: ProgramRelease, wheel: Path) -> None:
    """Make sure that what a verified wheel needs is here; ``Refused``: PROG-01, PROG-05."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            metadata = archive.read(f"bondesk-{release.version}.dist-info/METADATA").decode("utf-8")
    except _UNREADABLE as problem:
        raise _damaged("不是完整的程序文件") from problem
    _require_fitting(metadata, release.version)


def unpack(release: ProgramRelease, wheel: Path, folder: Path, tell: Tell) -> None:
    """Unpack a verified wheel; every file has to be as its RECORD says. ``Refused``: PROG-01, PROG-05."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            infos = [one for one in archive.infolist() if not one.is_dir()]
            _require_sound(infos)
            info = f"bondesk-{release.version}.dist-info"
            record = dict(_record(archive.read(f"{info}/RECORD").decode("utf-8")))
            _require_fitting(archive.read(f"{info}/METADATA").decode("utf-8"), release.version)
            total = sum(one.file_size for one in infos)
            done = 0
            for one in infos:
                content = archive.read(one)
                if one.filename != f"{info}/RECORD" and record.get(one.filename) != _digest(content):
                    raise _damaged(f"{one.filename} 与文件清单不符")
                target = folder / one.filename
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
                done += len(content)
                tell(done, total)
    except _UNREADABLE as problem:
        raise _damaged("不是完整的程序文件") from problem


def _damaged(why: str) -> Refused:
    return Refused(f"新版本的文件已损坏，没有安装：{why}。请重新取得", "PROG-01")


def _require_sound(infos: list[zipfile.ZipInfo]) -> None:
    names = [one.filename for one in infos]
    if len(names) > _MEMBERS or len({name.casefold() for name in names}) != len(names):
        raise _damaged("文件数目不对")
    for one in infos:
        path = PurePosixPath(one.filename)
        outside = path.is_absolute() or any(_ODD.fullmatch(part) for part in path.parts)
        if outside or (one.external_attr >> 28) == 0xA or path.parts[0].partition("-")[0] != "bondesk":
            raise _damaged(f"不允许的文件 {one.filename}")
    unpacked, packed = sum(one.file_size for one in infos), sum(one.compress_size for one in infos)
    if unpacked > _UNPACKED or unpacked > _RATIO * max(packed, 1):
        raise _damaged("解压后过大")


def _record(text: str) -> Iterator[tuple[str, str]]:
    for row in csv.reader(io.StringIO(text)):
        if row:
            yield row[0], row[1]


def _digest(content: bytes) -> str:
    return "sha256=" + urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode("ascii")


def _require_fitting(metadata: str, version: str) -> None:
    """PROG-05: this Python, and exactly the libraries the release names, have to be here already."""
    told = HeaderParser().parsestr(metadata)
    if told["Version"] != version:
        raise _damaged("版本号与说明不符")
    python = told["Requires-Python"] or ""
    least, below = _FROM.search(python), _BELOW.search(python)
    minor = sys.version_info.minor
    if (least and minor < int(least[1])) or (below and minor >= int(below[1])):
        raise Refused(f"新版本 {version} 需要 Python {python}，请由管理员重新安装程序", "PROG-05")
    missing = list(_missing(told.get_all("Requires-Dist") or []))
    if missing:
        raise Refused(f"新版本 {version} 需要 {'、'.join(missing)}，本机没有；请由管理员重新安装程序", "PROG-05")


def _missing(wanted: list[str], installed: Callable[[str], str] = importlib.metadata.version) -> Iterator[str]:
    """Give what is wanted and not here; what is wanted in another form than an exact version counts as missing.

    >>> list(_missing(["A==1", "B==2", "C==3; extra == 'dev'", "D>1"], {"A": "1", "B": "1"}.__getitem__))
    ['B 2', 'D>1']
    """
    for line in wanted:
        if "extra ==" in line:
            continue
        exact = _EXACT.fullmatch(line.strip())
        if exact is None:
            yield line
            continue
        name, version, marker = exact.groups()
        if marker and not _applies(marker):
            continue
        try:
            if installed(name) == version:
                continue
        except (KeyError, importlib.metadata.PackageNotFoundError):
            pass
        yield f"{name} {version}"


def _applies(marker: str) -> bool:
    """Tell whether a marker applies here; only the system is ever asked for, any other applies.

    >>> _applies("sys_platform == 'no-such'"), _applies("python_version > '3'")
    (False, True)
    """
    system = re.fullmatch(r"""sys_platform\s*==\s*['"]([^'"]+)['"]""", marker.strip())
    return system is None or system[1] == sys.platform
