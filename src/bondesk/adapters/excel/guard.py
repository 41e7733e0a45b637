"""What is looked at before a workbook is opened: its first bytes and its zip directory."""

from __future__ import annotations

import io
import zipfile

from bondesk.base.errors import Refused

_MAX_TOTAL = 1 << 30
_MAX_RATIO = 100
#: Below this a high ratio is an ordinary sparse sheet, not a bomb.
_HARMLESS = 50 << 20


def kind_of(content: bytes) -> str:
    """Return ``xlsx``, ``xls`` or ``html`` by the first bytes; refuse everything else."""
    if content[:4] == b"PK\x03\x04":
        return "xlsx"
    if content[:4] == b"\xd0\xcf\x11\xe0":
        return "xls"
    if content.lstrip()[:1] == b"<":
        return "html"
    raise Refused("文件打不开：不是 Excel 工作簿（.xlsx 或 .xls）", "IMP-00")


def check_zip(content: bytes) -> None:
    """Refuse a workbook that unpacks to more than 1 GB, or beyond 100:1 when it is large."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            total = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        raise Refused("文件打不开：工作簿已损坏，请在 Excel 中打开后另存", "IMP-00") from None
    if total > _MAX_TOTAL or (total > _HARMLESS and total > _MAX_RATIO * len(content)):
        raise Refused("文件打不开：解压后过大，可能不是正常的工作簿", "IMP-00")
