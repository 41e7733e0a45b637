"""The attached files that go with a message: which they are, what customs calls them, and what it would not take.

EDOC-01 no PDF, EDOC-02 too large, EDOC-03 encrypted, EDOC-04 not readable, EDOC-05 twice the same file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from bondesk.base.attachment import MOST_BYTES, AttachedFile, Attachment
from bondesk.base.attachment_names import size_text
from bondesk.base.documents import DocumentType
from bondesk.base.findings import Finding, error
from bondesk.base.messages import SentPaper
from bondesk.engine.act import Act
from bondesk.engine.attached_files import files_of
from bondesk.engine.attachments import kind_title

_START = re.compile(rb"startxref\s+(\d+)\s+%%EOF")
#: What stands where the cross references of a PDF begin: a table, or an object that holds them.
_REFERENCES = re.compile(rb"\s*(?:xref\b|\d+\s+\d+\s+obj\b)")
_ENCRYPTED = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
#: How far from the end the last words of a PDF may stand.
_TAIL = 2048


def papers_of(act: Act, document: DocumentType, header: Any) -> tuple[tuple[SentPaper, ...], list[Finding]]:
    """Return the files that go with a document's message, and everything customs would refuse them for."""
    message = document.message
    if message is None or not message.papers or header.id is None:
        return (), []
    rows = [row for row in files_of(act, document, header.id) if row.kind in message.papers]
    papers, found, seen = [], list[Finding](), dict[str, Attachment]()
    for row in rows:
        content = act.session.scalar(
            select(AttachedFile.content).where(
                AttachedFile.company_id == act.company_id, AttachedFile.sha256 == row.sha256
            )
        )
        where = f"附件“{row.file_name}”（{kind_title(document, row.kind)}）"
        if (twin := seen.setdefault(row.sha256, row)) is not row:
            found.append(error("EDOC-05", f"{where}与“{twin.file_name}”内容相同，只能随报文发送一次，请删除其中一个"))
        found += [error(code, f"{where}{text}") for code, text in paper_problems(content or b"")]
        customs = str(getattr(header, "declare_customs", "") or "")
        papers.append(
            SentPaper(
                paper_name(customs, message.papers[row.kind], row),
                message.papers[row.kind],
                row.file_name,
                row.size,
                content or b"",
            )
        )
    return tuple(papers), found


def paper_name(customs: str, code: str, row: Attachment) -> str:
    """Return the name customs knows a file by: customs office, kind, IM, 18 digits; the same at every sending."""
    return f"{customs:0>4}{code}IM{row.at:%Y%m%d}{row.id % 10**10:010d}.pdf"


def paper_problems(content: bytes) -> Iterator[tuple[str, str]]:
    """Say what the Single Window would not take about a file: (code, Chinese reason)."""
    if content.lstrip(b"\xef\xbb\xbf \r\n\t")[:5] != b"%PDF-":
        yield "EDOC-01", "不是 PDF：随报文发送的单据须为 PDF，请转换后重新添加，或把附件种类改为「其他」"
        return
    if len(content) > MOST_BYTES:
        yield "EDOC-02", f"有 {size_text(len(content))}，超过 {size_text(MOST_BYTES)}，请压缩后重新添加"
    if _ENCRYPTED.search(content):
        yield "EDOC-03", "已加密，海关打不开；请去掉密码后重新添加"
    if not _whole(content):
        yield "EDOC-04", "已损坏或不完整（找不到 PDF 的结尾或页面），请用原件重新添加"


def _whole(content: bytes) -> bool:
    """Tell whether the end of a PDF is there and its last reference leads to the cross references of the file."""
    found = _START.findall(content[-_TAIL:])
    if not found:
        return False
    start = content.find(b"%PDF-")
    place = int(found[-1]) + (start if start > 0 else 0)
    return place < len(content) and _REFERENCES.match(content, place) is not None
