"""附件: files kept with a document, each content once per company, checked by its hash whenever it is read.

Seeing and opening needs 查看, adding and describing 修改 in whatever state the document is (letters of
customs arrive after the approval); a file is taken away by who attached it, or by whoever may still
change the document. Codes ATT-01 … ATT-07 are explained in ``resources/decisions``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bondesk.base.attachment import MOST_BYTES, AttachedFile, Attachment
from bondesk.base.attachment_names import safe_name, size_text, startable
from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.engine import history, records
from bondesk.engine.act import Act
from bondesk.engine.attached_files import files_of, keep, let_go


@dataclass(frozen=True, slots=True)
class Paper:
    """What is written beside an attached file: one of the document's kinds, last valid day, remark."""

    kind: str = ""
    valid_to: date | None = None
    remark: str = ""


def takes_files(document: DocumentType) -> bool:
    """Tell whether files can be attached to documents of this kind."""
    return not document.flow.closed and bool(document.attachment_kinds)


def kind_title(document: DocumentType, kind: str) -> str:
    """Return the Chinese title of an attachment kind, or the kind itself."""
    return dict(document.attachment_kinds).get(kind, kind)


def attach(
    act: Act, document: DocumentType, document_id: int, name: str, content: bytes, paper: Paper | None = None
) -> int:
    """Attach ``content`` under ``name`` and return the attachment's id.

    ATT-01 too large, ATT-02 empty, ATT-03 a program, ATT-04 already attached, ATT-06 unknown kind.
    """
    act.require(document, "edit")
    header = _owner(act, document, document_id)
    name, paper = safe_name(name), paper or Paper()
    kind = _known_kind(document, paper.kind)
    _require_content(name, content)
    digest = hashlib.sha256(content).hexdigest()
    twin = next(
        (one for one in files_of(act, document, document_id) if one.sha256 == digest and one.kind == kind), None
    )
    if twin is not None:
        raise Refused(f"“{name}”与已有附件“{twin.file_name}”内容相同，不必重复添加", "ATT-04")
    keep(act, digest, content)
    row = Attachment(
        document_key=document.key,
        document_id=document_id,
        kind=kind,
        file_name=name,
        size=len(content),
        sha256=digest,
        valid_to=paper.valid_to,
        remark=paper.remark[:255],
        user_id=act.user_id,
        user_name=act.identity.name,
        at=act.now(),
    )
    act.session.add(row)
    act.session.flush()
    _log(act, document, header, "添加附件", row)
    act.facts.forget()
    return row.id


def _require_content(name: str, content: bytes) -> None:
    if not content:
        raise Refused(f"“{name}”是空文件，没有添加", "ATT-02")
    if len(content) > MOST_BYTES:
        text = (
            f"“{name}”有 {size_text(len(content))}，超过每个文件 {size_text(MOST_BYTES)} 的上限；请压缩或拆分后再添加"
        )
        raise Refused(text, "ATT-01")
    if startable(name):
        raise Refused(f"“{name}”是程序文件，不能作为附件；请改为 PDF、图片或表格", "ATT-03")


def attachments(act: Act, document: DocumentType, document_id: int) -> Sequence[Attachment]:
    """Return the files of a document, oldest first; their bytes are not read."""
    act.require(document, "view")
    return files_of(act, document, document_id)


def content_of(act: Act, attachment_id: int) -> bytes:
    """Return the bytes of an attached file; ATT-05 when they are not what was attached, ATT-03 for a program."""
    row, document = _attachment(act, attachment_id)
    act.require(document, "view")
    if startable(row.file_name):
        raise Refused(f"“{row.file_name}”是程序文件，不能打开", "ATT-03")
    stored = act.session.get(AttachedFile, (act.company_id, row.sha256))
    if stored is None or hashlib.sha256(stored.content).hexdigest() != row.sha256:
        raise Refused(f"附件“{row.file_name}”的内容已损坏（与添加时的指纹不符），请用原件重新添加", "ATT-05")
    content: bytes = stored.content
    return content


def describe(act: Act, attachment_id: int, paper: Paper) -> None:
    """Change kind, last valid day and remark of an attached file."""
    row, document = _attachment(act, attachment_id)
    act.require(document, "edit")
    header = _owner(act, document, row.document_id)
    row.kind = _known_kind(document, paper.kind)
    row.valid_to, row.remark = paper.valid_to, paper.remark[:255]
    if act.session.is_modified(row):
        act.session.flush()
        _log(act, document, header, "修改附件", row)
        act.facts.forget()


def why_not_detach(act: Act, document: DocumentType, header: Any, row: Attachment) -> str:
    """Say why the acting user cannot take a file away; "" when nothing speaks against it."""
    if row.user_id == act.user_id:
        return ""
    try:
        records.require_editable(act, document, header)
    except Refused as problem:
        return f"“{row.file_name}”由 {row.user_name} 添加，只有本人可以删除（{problem.findings[0].text}）"
    return ""


def detach(act: Act, attachment_id: int) -> None:
    """Take a file away; its bytes go with the last document that holds them. ATT-07 when it must stay."""
    row, document = _attachment(act, attachment_id)
    act.require(document, "edit")
    header = _owner(act, document, row.document_id)
    if reason := why_not_detach(act, document, header, row):
        raise Refused(reason, "ATT-07")
    _log(act, document, header, "删除附件", row)
    act.session.delete(row)
    act.session.flush()
    let_go(act, [row.sha256])
    act.facts.forget()


def _owner(act: Act, document: DocumentType, document_id: int) -> Any:
    if not takes_files(document):
        raise Refused(f"「{document.title}」不能添加附件", "ATT-06")
    return records.load(act, document, document_id)


def _attachment(act: Act, attachment_id: int) -> tuple[Attachment, DocumentType]:
    row = act.session.get(Attachment, (act.company_id, attachment_id))
    if row is None:
        raise Refused("附件不存在，可能已被其他用户删除", "GONE")
    return row, act.catalogue.document(row.document_key)


def _known_kind(document: DocumentType, kind: str) -> str:
    kinds = [key for key, _title in document.attachment_kinds]
    if not kind:
        return kinds[0]
    if kind not in kinds:
        titles = "、".join(title for _key, title in document.attachment_kinds)
        raise Refused(f"没有附件种类“{kind}”，可选：{titles}", "ATT-06")
    return kind


def _log(act: Act, document: DocumentType, header: Any, action: str, row: Attachment) -> None:
    said = {"文件名": row.file_name, "种类": kind_title(document, row.kind)}
    if row.valid_to is not None:
        said["有效期至"] = row.valid_to.isoformat()
    if row.remark:
        said["备注"] = row.remark
    history.log_bulk(act, document, action, [(row.document_id, document.number_of(header), said)])
