"""What is looked at before a workbook is opened: its first bytes and its zip directory."""

from __future__ import annotations

import codecs
import io
import re
import zipfile

from bondesk.base.errors import Refused

_MAX_TOTAL = 1 << 30
_MAX_RATIO = 100
#: Below this a high ratio is an ordinary sparse sheet, not a bomb.
_HARMLESS = 50 << 20
_LOOKED_AT = 4096
_SPREADSHEET = b"urn:schemas-microsoft-com:office:spreadsheet"
_WORKBOOK_PARTS = {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}
_OTHERS = {"word/document.xml": " Word 文档", "ppt/presentation.xml": " PowerPoint 文稿"}
_SAVE_AS = "请在 Excel 中打开后另存为 .xlsx"
NEEDS_PASSWORD = "文件打不开：工作簿设有打开密码，请在 Excel 中取消密码后另存"


def kind_of(content: bytes) -> str:
    """Return ``xlsx``, ``xls``, ``xml`` or ``html`` by the first bytes; refuse everything else, saying what it is."""
    if not content.strip(b"\0 \r\n\t"):
        raise Refused("文件打不开：文件是空的，不是 Excel 工作簿", "IMP-00")
    if content[:4] == b"PK\x03\x04":
        return "xlsx"
    if content[:4] == b"\xd0\xcf\x11\xe0":
        _refuse_foreign_container(content)
        return "xls"
    start = content[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] == b"<":
        return "xml" if _SPREADSHEET in start else "html"
    if start[:13].lower() == b"mime-version:":
        raise Refused(f"文件打不开：这是网页归档（.mht），不是 Excel 工作簿；{_SAVE_AS}", "IMP-00")
    if _is_text(content[:_LOOKED_AT]):
        raise Refused(f"文件打不开：这是文本文件（如 CSV），不是 Excel 工作簿；{_SAVE_AS}", "IMP-00")
    raise Refused("文件打不开：不是 Excel 工作簿（.xlsx 或 .xls）", "IMP-00")


def _refuse_foreign_container(content: bytes) -> None:
    """The container of .xls also holds encrypted .xlsx and other Office documents."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Refused(NEEDS_PASSWORD, "IMP-00")
    if "WordDocument".encode("utf-16-le") in content:
        raise Refused("文件打不开：这是 Word 文档，不是 Excel 工作簿", "IMP-00")


def _is_text(start: bytes) -> bool:
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    if b"\0" in start or not re.search(rb"[,;\t].*[\r\n]", start):
        return False
    for encoding in ("utf-8", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            decoder.decode(start)
        except UnicodeDecodeError:
            continue
        return True
    return False


def check_zip(content: bytes) -> None:
    """Refuse a workbook that unpacks to more than 1 GB, or beyond 100:1 when it is large, or is none at all."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            total = sum(entry.file_size for entry in archive.infolist())
            names = set(archive.namelist())
    except zipfile.BadZipFile:
        raise Refused("文件打不开：工作簿已损坏，请在 Excel 中打开后另存", "IMP-00") from None
    if total > _MAX_TOTAL or (total > _HARMLESS and total > _MAX_RATIO * len(content)):
        raise Refused("文件打不开：解压后过大，可能不是正常的工作簿", "IMP-00")
    if names.isdisjoint(_WORKBOOK_PARTS):
        kind = next((title for part, title in _OTHERS.items() if part in names), "压缩包")
        raise Refused(f"文件打不开：这是{kind}，不是 Excel 工作簿", "IMP-00")
