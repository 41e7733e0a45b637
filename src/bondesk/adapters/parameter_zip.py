"""Update packages of the code tables: a signed zip; nothing of it is believed before signature and hashes are right.

Format 1: ``manifest.json``, its Ed25519 signature ``manifest.sig`` (64 bytes) and one CSV per table.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pydantic import BaseModel, Field, ValidationError

from bondesk.base.errors import OutsideFailure, Refused
from bondesk.base.parameter_package import ADD, CHANGE, CLOSE, PackageTable, ParameterPackage, version_numbers

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
LARGEST, _MEMBERS, _RATIO, _UNPACKED = 50_000_000, 200, 100, 200_000_000
_NEEDED = ("code", "name", "valid_from")
_HS_NEEDED = ("legal_unit1", "legal_unit2", "supervision_condition", "declaration_elements")
PACKAGE_FILE = re.compile(r"bondesk-codes-(\d{1,6}(?:\.\d{1,6}){0,4})\.zip")
_Version = Annotated[str, Field(pattern=r"^\d{1,6}(\.\d{1,6}){0,4}$")]


class _Table(BaseModel):
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    rows: int
    delta: bool = False


class _Manifest(BaseModel):
    format: Literal[1]
    version: _Version
    key: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]
    created: date
    effective_from: date
    notes: Annotated[str, Field(max_length=5000)] = ""
    requires: _Version = "0"
    tables: Annotated[list[_Table], Field(min_length=1, max_length=_MEMBERS)]


def public_keys(folder: Path) -> dict[str, bytes]:
    """Read the trusted keys of a folder (``NAME.pub``, PEM) by name."""
    return {path.stem: path.read_bytes() for path in sorted(folder.glob("*.pub"))}


def read_package(content: bytes, keys: Mapping[str, bytes], program: str) -> ParameterPackage:
    """Check and read a package; ``Refused`` (CODES-01 … CODES-06) says what is wrong with it."""
    members = _members(content)
    manifest = _manifest(members, keys)
    if version_numbers(manifest.requires) > version_numbers(program):
        raise Refused(f"更新包需要程序版本 {manifest.requires} 以上，现在是 {program}；请先更新程序", "CODES-04")
    names = [table.name for table in manifest.tables]
    extra = set(members) - {MANIFEST, SIGNATURE} - {f"{name}.csv" for name in names}
    if extra or len(set(names)) != len(names):
        raise _damaged(f"清单与内容不符：{'、'.join(sorted(extra)) or '同一张表出现两次'}")
    tables = tuple(_table(table, members) for table in manifest.tables)
    return ParameterPackage(manifest.version, manifest.effective_from, manifest.notes, tables, manifest.key)


def _damaged(why: str) -> Refused:
    return Refused(f"更新包已损坏，没有使用：{why}。请重新取得更新包", "CODES-01")


def _members(content: bytes) -> dict[str, bytes]:
    if len(content) > LARGEST:
        raise _damaged("文件过大")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
            names = [info.filename for info in infos]
            if len(infos) > _MEMBERS or len(set(names)) != len(names):
                raise _damaged("文件数目不对")
            for info in infos:
                if "/" in info.filename or "\\" in info.filename or info.filename.startswith("."):
                    raise _damaged(f"不允许的文件名 {info.filename}")
            unpacked, packed = sum(i.file_size for i in infos), sum(i.compress_size for i in infos)
            if unpacked > _UNPACKED or unpacked > _RATIO * max(packed, 1):
                raise _damaged("解压后过大")
            return {info.filename: archive.read(info) for info in infos}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as problem:
        raise _damaged("不是完整的 zip 文件") from problem


def _manifest(members: Mapping[str, bytes], keys: Mapping[str, bytes]) -> _Manifest:
    if MANIFEST not in members or SIGNATURE not in members:
        raise _damaged("缺少清单或签名")
    try:
        manifest = _Manifest.model_validate_json(members[MANIFEST])
    except ValidationError as problem:
        raise _damaged("清单读不懂") from problem
    if manifest.key not in keys:
        raise Refused(f"更新包由未知的密钥 {manifest.key} 签名，没有使用；请从正式渠道取得更新包", "CODES-02")
    try:
        key = load_pem_public_key(keys[manifest.key])
    except ValueError as problem:
        raise OutsideFailure(f"程序所带的公钥 {manifest.key} 已损坏，请重新安装程序") from problem
    if not isinstance(key, Ed25519PublicKey):
        raise OutsideFailure(f"程序所带的公钥 {manifest.key} 不是 Ed25519 公钥，请重新安装程序")
    try:
        key.verify(members[SIGNATURE], members[MANIFEST])
    except InvalidSignature as problem:
        raise Refused("更新包的签名不对，可能被改动过，没有使用；请从正式渠道取得更新包", "CODES-03") from problem
    return manifest


def _table(table: _Table, members: Mapping[str, bytes]) -> PackageTable:
    file = f"{table.name}.csv"
    content = members.get(file)
    if content is None:
        raise _damaged(f"缺少 {file}")
    if hashlib.sha256(content).hexdigest() != table.sha256:
        raise _damaged(f"{file} 的校验值与清单不符")
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        wanted = (*_NEEDED, *(_HS_NEEDED if table.name == "hs_code" else ()), *(("change",) if table.delta else ()))
        missing = [column for column in wanted if column not in (reader.fieldnames or ())]
        if missing:
            raise _wrong(file, 1, missing[0], "缺少这一列")
        rows = tuple(_checked(reader, file, table.delta))
    except (UnicodeDecodeError, csv.Error) as problem:
        raise _damaged(f"{file} 不是 UTF-8 的 CSV") from problem
    if len(rows) != table.rows:
        raise _damaged(f"{file} 有 {len(rows)} 行，清单写的是 {table.rows} 行")
    return PackageTable(table.name, table.delta, rows)


def _checked(reader: csv.DictReader[str], file: str, delta: bool) -> Iterator[dict[str, str]]:
    seen = set()
    for row in reader:
        line = reader.line_num
        if None in row or None in row.values():
            raise _wrong(file, line, "", "列数与表头不符")
        for column in ("code", "name", "valid_from"):
            if not row[column]:
                raise _wrong(file, line, column, "不能为空")
        for column in ("valid_from", "valid_to"):
            if row.get(column) and not _is_day(row[column]):
                raise _wrong(file, line, column, f"“{row[column]}”不是日期（年-月-日）")
        if delta and row["change"] not in (ADD, CHANGE, CLOSE):
            raise Refused(f"{file} 第 {line} 行 change 列：“{row['change']}”不允许，代码只能停用，不能删除", "CODES-05")
        if delta and row["change"] == CLOSE and not row.get("valid_to"):
            raise _wrong(file, line, "valid_to", "停用的代码须写失效日期")
        key = (row["code"], row["valid_from"])
        if key in seen:
            raise _wrong(file, line, "code", f"{row['code']} 重复")
        seen.add(key)
        yield row


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("2025-01-01")


def _wrong(file: str, line: int, column: str, why: str) -> Refused:
    where = f"{file} 第 {line} 行" + (f" {column} 列" if column else "")
    return Refused(f"更新包内容有误，没有使用：{where}：{why}", "CODES-06")
