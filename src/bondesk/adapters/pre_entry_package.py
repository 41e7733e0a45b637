"""The package of a document to be pre-entered: its files and 清单.json, which says what they are and their digests.

As a folder a clerk types from or uploads by hand, or as a zip for a service. A folder is there whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError

from bondesk.adapters.folder_words import sync_folder
from bondesk.base.errors import OutsideFailure
from bondesk.base.file_words import reason_of
from bondesk.engine.download_port import ChallengeSigner, Tell
from bondesk.engine.pre_entry_port import Paper, PreEntryAnswer, PreEntryWay

MANIFEST, TOLD = "清单.json", "说明.txt"
WRITING = "正在写出"
_CHUNK = 1 << 18
#: Signs no name of a file or folder may hold.
_FORBIDDEN = str.maketrans(dict.fromkeys('\\/:*?"<>|\r\n\t', "-"))
_HOW = """{mark}{kind}　{number}　（{company}）

怎样录入
1. 用操作员IC卡登录单一窗口（或 QP），进入这类单据的录入画面。
2. 按 {workbook} 逐项录入，或按画面的导入功能整理后上传；工作簿中代码与名称并列，以代码为准。
3. {message}
4. 录入后暂存、核对、申报，记下「预录入统一编号」。
5. 回到保税台「数据预录入」，在上传记录中选中这一份，按「登记编号」填入该编号。

{user} {at}　上传标识 {key}
"""


class ManifestFile(BaseModel):
    """One file of a package."""

    name: Annotated[str, Field(pattern=r'^[^\\/:*?"<>|]{1,200}$')]
    title: str
    size: int
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Manifest(BaseModel):
    """What 清单.json says."""

    format: Literal[1] = 1
    key: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    kind: str
    code: str
    number: str
    revision: int
    digest: str
    company: str
    user: str
    at: str
    again: bool
    training: bool
    note: str
    card: str = ""
    files: list[ManifestFile]


def manifest_of(paper: Paper, card: str = "") -> Manifest:
    """Return the manifest of a paper; reads its files for size and digest."""
    files = []
    for one in paper.files:
        with one.path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        files.append(ManifestFile(name=one.name, title=one.title, size=one.path.stat().st_size, sha256=digest))
    return Manifest(
        key=paper.key,
        kind=paper.kind,
        code=paper.code,
        number=paper.number,
        revision=paper.revision,
        digest=paper.digest,
        company=paper.company,
        user=paper.user_name,
        at=paper.at.isoformat(),
        again=paper.again,
        training=paper.training,
        note=paper.note,
        card=card,
        files=files,
    )


def write_zip(paper: Paper, target: Path, card: str = "") -> None:
    """Write the package as a zip."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, manifest_of(paper, card).model_dump_json(indent=1))
        for one in paper.files:
            archive.write(one.path, one.name)


def read_zip(path: Path) -> Manifest:
    """Check a zipped package and return its manifest; ``ValueError`` with a Chinese reason."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = Manifest.model_validate_json(archive.read(MANIFEST))
            named = {one.name: one for one in manifest.files}
            if set(archive.namelist()) != {MANIFEST, *named}:
                raise ValueError("资料包中的文件与清单不符")
            for name, one in named.items():
                with archive.open(name) as stream:
                    if hashlib.file_digest(stream, "sha256").hexdigest() != one.sha256:  # type: ignore[arg-type]
                        raise ValueError(f"{name} 的校验值与清单不符")
    except (zipfile.BadZipFile, KeyError, OSError, ValidationError) as problem:
        raise ValueError("资料包不完整或读不懂") from problem
    return manifest


class PackageFolder:
    """The :class:`bondesk.engine.pre_entry_port.PreEntry` of a folder: a folder per document, made in one rename."""

    title = "资料包目录"

    def __init__(self, folder: Path, *, needs_card: bool = False) -> None:
        """Write packages into ``folder``; with ``needs_card`` only whose card has answered a challenge may."""
        self._folder, self.needs_card, self._card = folder, needs_card, ""

    def sign_in(self, challenge_signer: ChallengeSigner | None) -> None:
        """Let the card prove itself where it is asked for; its number goes into the manifests."""
        if not self.needs_card:
            return
        if challenge_signer is None:
            raise OutsideFailure(f"{self.title}须用IC卡登录")
        from bondesk.adapters.card.certificate import is_signed, read_certificate

        challenge = secrets.token_hex(16).encode("ascii")
        proof = challenge_signer(challenge)
        certificate = read_certificate(proof.certificate, proof.signature.algorithm)
        if not is_signed(certificate, challenge, proof.signature.value):
            raise OutsideFailure("IC卡的签名与证书不符，不能登录")
        self._card = certificate.card_number

    def upload(self, paper: Paper, tell: Tell) -> PreEntryAnswer:
        """Write the package; one with the same key that is there already is left as it is."""
        if self.needs_card and not self._card:
            raise OutsideFailure(f"{self.title}须用IC卡登录")
        name = f"{paper.kind}_{paper.number}".translate(_FORBIDDEN).strip(" .")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for present in self._folder.glob(f"*_{paper.key[:8]}"):
                if _key_of(present) == paper.key:
                    return PreEntryAnswer(place=str(present))
            final = self._folder / f"{name[:80]}_{paper.at:%Y%m%d%H%M%S}_{paper.key[:8]}"
            part = self._folder / f".{paper.key}.part"
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
            try:
                self._fill(part, paper, tell)
                os.rename(part, final)  # noqa: PTH104 - the atomic act
            except BaseException:
                shutil.rmtree(part, ignore_errors=True)
                raise
            sync_folder(self._folder)
        except OSError as problem:
            raise OutsideFailure(
                f"资料包目录不能写入：{self._folder}（{reason_of(problem)}）。单据保持原状态，请检查目录后再上传"
            ) from problem
        return PreEntryAnswer(place=str(final))

    def _fill(self, part: Path, paper: Paper, tell: Tell) -> None:
        total, done = sum(one.path.stat().st_size for one in paper.files), 0
        for one in paper.files:
            with one.path.open("rb") as source, (part / one.name).open("wb") as target:
                while piece := source.read(_CHUNK):
                    target.write(piece)
                    done += len(piece)
                    tell(f"{WRITING}{one.title}", done, total)
                _durable(target)
        for name, text in (
            (TOLD, _told(paper)),
            (MANIFEST, manifest_of(paper, self._card).model_dump_json(indent=1)),
        ):
            with (part / name).open("wb") as target:
                target.write(text.encode("utf-8-sig" if name == TOLD else "utf-8"))
                _durable(target)
        sync_folder(part)


def _durable(stream: Any) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def _key_of(folder: Path) -> str:
    try:
        return str(json.loads((folder / MANIFEST).read_text(encoding="utf-8")).get("key", ""))
    except (OSError, ValueError, AttributeError):
        return ""


def _told(paper: Paper) -> str:
    message = next((one.name for one in paper.files if one.name.endswith(".xml")), "")
    said = f"{message} 是同一单据的标准报文，单一窗口支持报文导入时可直接使用。" if message else f"{paper.note}。"
    return _HOW.format(
        mark="【练习，不得录入正式系统】\n" if paper.training else "",
        kind=paper.kind,
        number=paper.number,
        company=paper.company or "未填写企业名称",
        workbook=paper.files[0].name,
        message=said,
        user=paper.user_name,
        at=f"{paper.at:%Y-%m-%d %H:%M}",
        key=paper.key,
    )


def package_way(folder: Callable[[], Path], *, needs_card: bool = False) -> PreEntryWay:
    """Return the folder as a place that can be chosen."""
    card = "，须用IC卡登录" if needs_card else ""
    told = f"每份单据写出一个资料包（录入用工作簿、报文、清单），在单一窗口或 QP 中录入{card}"
    return PreEntryWay(
        "package", "资料包目录", told, needs_card, lambda: PackageFolder(folder(), needs_card=needs_card)
    )
