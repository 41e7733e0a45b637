"""A file of a message imported as a document: a formal copy as customs has it, or a draft of another program.

The whole file or nothing, every fault in one answer, as with workbooks. A formal copy that is known by one of its
numbers is replaced, a draft never is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import or_, select

from bondesk.base.documents import DocumentType, MessageReading
from bondesk.base.errors import Refused
from bondesk.base.fields import field_of
from bondesk.base.file_words import reason_of
from bondesk.base.findings import errors_in
from bondesk.base.steps import Outcome, Progress, Steps
from bondesk.engine.act import Act
from bondesk.engine.drafts import apply_draft, draft_of
from bondesk.engine.formal_copies import NEW, UNCHANGED, UPDATED, take_copy, values_of
from bondesk.engine.history import log_bulk
from bondesk.engine.linking import link_waiting
from bondesk.engine.records import findings_of

ENDINGS = (".xml", ".zip")
_STEPS = 3


def takes(document: DocumentType, path: Path) -> bool:
    """Tell whether a file is a message this kind of document can be made of."""
    return document.from_message is not None and path.suffix.lower() in ENDINGS


def import_message_steps(act: Act, document: DocumentType, path: Path) -> Steps:
    """Import the message in ``path`` (XML, or the zip it was sent in).

    ``Refused`` carries every finding: IMP-00 no such message, IMP-08 the draft exists, IMP-09 nothing names it.
    """
    act.require(document, "import")
    yield Progress(0, _STEPS, f"读取 {path.name}")
    header = read_document(act, document, _bytes(path), path.name)
    yield Progress(1, _STEPS, "检查")
    with act.session.no_autoflush:
        found = _existing(act, document, header)
        findings = findings_of(act, document, header)
    yield Progress(2, _STEPS, "保存")
    if document.of_customs and document.windowed:
        return _taken(act, document, header, path.name)
    stored = _store(act, document, header, found)
    number = document.number_of(stored)
    log_bulk(act, document, "导入", [(stored.id, number, {"文件": path.name})])
    act.facts.forget()
    link_waiting(act)
    text = f"已{'更新' if found is not None else '导入'}「{document.title}」{number}"
    count = len(findings)
    return Outcome(text + (f"，提示 {count} 条" if count else ""), {document.key: [stored.id]}, tuple(findings))


def read_document(act: Act, document: DocumentType, content: bytes, name: str) -> Any:
    """Return the unstored document a message holds; ``Refused`` with everything that cannot be read."""
    reading = _reading(document)
    try:
        read = act.packer.read(reading.message, content)
    except ValueError as problem:
        text = f"文件 {name} 不是「{reading.message.title}」报文（{reading.message.root}）：{problem}"
        raise Refused(text, "IMP-00") from problem
    header, findings = reading.read(read, act.codebook.read)
    if errors_in(findings):
        raise Refused(findings)
    for key, value in document.variant.items():
        setattr(header, key, value)
    return header


def _reading(document: DocumentType) -> MessageReading:
    if document.from_message is None:
        raise Refused(f"「{document.title}」不能从报文导入", "IMP-00")
    return document.from_message


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        reason = reason_of(problem)
        raise Refused(f"文件 {path.name} 读不出来：{reason}；请检查文件是否被其他程序占用", "IMP-00") from problem


def _existing(act: Act, document: DocumentType, header: Any) -> Any:
    reading = _reading(document)
    named = [part == value for part in reading.keys if (value := getattr(header, part.key))]
    if not named:
        labels = "、".join(field_of(part).label for part in reading.keys)
        raise Refused(f"报文中没有{labels}，不知道是哪一份「{document.title}」", "IMP-09")
    mine = select(document.header).filter_by(company_id=act.company_id, **document.variant)
    found = act.session.scalars(mine.where(or_(*named)).order_by(document.header.id)).all()
    if found and not reading.replaces:
        raise Refused(f"「{document.title}」编号“{document.number_of(found[0])}”已存在，没有导入", "IMP-08")
    return found[0] if found else None


def _taken(act: Act, document: DocumentType, header: Any, name: str) -> Outcome:
    """Take an approved book whole, its rows too, as a download does."""
    number = document.number_of(header)
    taken = take_copy(act, document, values_of(document, header))
    log_bulk(act, document, "导入", [(taken.id, number, {"文件": name})])
    word = {NEW: "已导入", UPDATED: "已更新", UNCHANGED: "没有变化："}[taken.outcome]
    return Outcome(f"{word}「{document.title}」{number}", {document.key: [taken.id]})


def _store(act: Act, document: DocumentType, header: Any, found: Any) -> Any:
    """Add the document, or bring the stored one to what the file says; its pairing stays as it is."""
    if found is None:
        header.created_by = header.changed_by = act.user_id
        header.created_at = header.changed_at = act.now()
        if document.flow.first and not header.state:
            header.state = document.flow.first
        act.session.add(header)
        act.session.flush()
        return header
    draft = draft_of(document, header)
    draft.head = {key: value for key, value in draft.head.items() if value not in (None, "")}
    apply_draft(document, found, draft)
    found.changed_by, found.changed_at = act.user_id, act.now()
    act.session.flush()
    return found
