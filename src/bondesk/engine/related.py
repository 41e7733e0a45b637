"""关联单据: what a document refers to, what refers to it, its messages and receipts, the workbooks it came from.

Forward and backward follow the declared references (:attr:`Field.reference`), generic over the catalogue,
one query each; a document adds what no reference says (``DocumentType.related``). Nothing is listed the
user may not view.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from bondesk.base.documents import MOST_RELATED, DocumentType, Related
from bondesk.base.errors import Refused
from bondesk.base.fields import Field, field_of
from bondesk.base.records import Row
from bondesk.engine import records
from bondesk.engine.act import Act
from bondesk.engine.tables import ImportRun, Outbox, ReceiptFile

MESSAGE, RECEIPT, WORKBOOK = "message", "receipt", "workbook"
#: What an unpacked message may hold: ours are far smaller, and a zip may lie about itself.
_MOST_TEXT = 20 * 1024 * 1024
_SENT = {"ready": "待交", "releasing": "正在交付", "handed": "已交客户端", "unknown": "结果不明", "failed": "没有交出"}
_RECEIVED = {"applied": "已处理", "quarantined": "待查"}


@dataclass(frozen=True, slots=True)
class RelatedFile:
    """A stored file of a document: ``source`` is message, receipt or workbook."""

    source: str
    id: int
    name: str
    at: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class RelatedGroup:
    """What belongs together under one title; ``more`` says that not all of it is listed."""

    title: str
    rows: tuple[Related | RelatedFile, ...]
    more: bool = False


def related(act: Act, document: DocumentType, document_id: int) -> list[RelatedGroup]:
    """Return what belongs to a stored document, group by group; groups without a row are left out."""
    act.require(document, "view")
    header = records.load(act, document, document_id)
    found: dict[str, list[Related]] = {}
    for one in (*_declared(act, document, header), *_forward(act, document, header), *_backward(act, document, header)):
        if act.identity.may(one.document_key, "view") and not _is(one, document, document_id):
            found.setdefault(one.document_key, []).append(one)
    groups = [_group(act.catalogue.document(key).title, _once(rows)) for key, rows in found.items()]
    return groups + [group for group in _files(act, document, header) if group.rows]


def _is(one: Related, document: DocumentType, document_id: int) -> bool:
    return (one.document_key, one.document_id) == (document.key, document_id)


def _once(rows: Sequence[Related]) -> list[Related]:
    """Keep one row per document, with every reason it belongs."""
    reasons: dict[int, dict[str, None]] = {}
    for row in rows:
        reasons.setdefault(row.document_id, {})[row.why] = None
    first = {row.document_id: row for row in reversed(rows)}
    return [Related(first[key].document_key, key, first[key].number, "；".join(whys)) for key, whys in reasons.items()]


def _group(title: str, rows: Sequence[Related | RelatedFile]) -> RelatedGroup:
    return RelatedGroup(title, tuple(rows[:MOST_RELATED]), len(rows) > MOST_RELATED)


def _declared(act: Act, document: DocumentType, header: Any) -> Sequence[Related]:
    return document.related(header, act) if document.related is not None else ()


def _forward(act: Act, document: DocumentType, header: Any) -> Iterator[Related]:
    """Follow the references of the head and of the lines to the documents they name."""
    for entry in document.head_fields:
        value = getattr(header, entry.key)
        if entry.reference and value:
            yield from _named(act, entry, [value], entry.label)
    for table in document.lines:
        for attribute, entry in zip(table.columns, table.fields, strict=True):
            if entry.reference:
                values = select(attribute).where(*_of(act, table.model), table.model.header_id == header.id)
                found = act.session.scalars(values.distinct().order_by(attribute).limit(MOST_RELATED + 1)).all()
                yield from _named(act, entry, [value for value in found if value], f"{table.title}的{entry.label}")


def _named(act: Act, entry: Field, values: Sequence[Any], why: str) -> Iterator[Related]:
    for key in entry.references if values else ():
        target = act.catalogue.document(key)
        if act.identity.may(key, "view"):
            yield from _rows(act, target, _heads(act, target).where(target.number[0].in_(values)), why)


def _backward(act: Act, document: DocumentType, header: Any) -> Iterator[Related]:
    """Find the documents whose head or lines name this one."""
    number = getattr(header, document.number[0].key)
    if number in (None, ""):
        return
    for other in act.catalogue.documents:
        if not act.identity.may(other.key, "view"):
            continue
        for attribute in (one for part in other.form for one in part.attributes):
            entry = _reference(attribute, document)
            if entry is not None:
                yield from _rows(act, other, _heads(act, other).where(attribute == number), f"其{entry.label}为本档案")
        for table in other.lines:
            for attribute, entry in zip(table.columns, table.fields, strict=True):
                if document.key in entry.references:
                    owners = select(table.model.header_id).where(*_of(act, table.model), attribute == number)
                    statement = _heads(act, other).where(other.header.id.in_(owners))
                    yield from _rows(act, other, statement, f"{table.title}中有本档案")


def _reference(attribute: Any, document: DocumentType) -> Field | None:
    entry = field_of(attribute)
    return entry if document.key in entry.references else None


def _heads(act: Act, document: DocumentType) -> Select[Any]:
    header = document.header
    statement = select(header.id, *(getattr(header, part.key) for part in document.number))
    for key, value in document.variant.items():
        statement = statement.where(getattr(header, key) == value)
    return statement.where(*_of(act, header)).order_by(header.id.desc()).limit(MOST_RELATED + 1)


def _of(act: Act, model: Any) -> list[Any]:
    return [model.company_id == act.company_id] if issubclass(model, Row) else []


def _rows(act: Act, document: DocumentType, statement: Select[Any], why: str) -> Iterator[Related]:
    fields = [field_of(part) for part in document.number]
    for key, *parts in act.session.execute(statement):
        words = [entry.choice_name(str(part)) for entry, part in zip(fields, parts, strict=True) if part is not None]
        yield Related(document.key, key, "/".join(word for word in words if word), why)


def _files(act: Act, document: DocumentType, header: Any) -> Iterator[RelatedGroup]:
    yield _group("发出的报文", _messages(act, document, header.id))
    yield _group("收到的回执", _receipts(act, document, header.id, document.number_of(header)))
    yield _group("导入的工作簿", _workbooks(act, document, header))


def _messages(act: Act, document: DocumentType, document_id: int) -> list[RelatedFile]:
    columns = (Outbox.id, Outbox.file_name, Outbox.handed_at, Outbox.created_at, Outbox.state, Outbox.problem)
    statement = select(*columns).where(*_belonging(act, Outbox, document, document_id))
    rows = act.session.execute(statement.order_by(Outbox.created_at.desc()).limit(MOST_RELATED + 1))
    return [
        RelatedFile(MESSAGE, row.id, row.file_name, row.handed_at or row.created_at, state)
        for row in rows
        for state in [_said(_SENT, row.state, row.problem)]
    ]


def _receipts(act: Act, document: DocumentType, document_id: int, number: str) -> list[RelatedFile]:
    columns = (ReceiptFile.id, ReceiptFile.file_name, ReceiptFile.received_at, ReceiptFile.state, ReceiptFile.reason)
    statement = select(*columns).where(*_belonging(act, ReceiptFile, document, document_id))
    rows = act.session.execute(statement.order_by(ReceiptFile.received_at.desc()).limit(MOST_RELATED + 1))
    own = f"{document.title} {number}："  # said of a receipt anywhere, needless beside its document
    return [
        RelatedFile(RECEIPT, row.id, row.file_name, row.received_at, _outcome(row.state, row.reason.removeprefix(own)))
        for row in rows
    ]


def _outcome(state: str, reason: str) -> str:
    return reason if state == "applied" and reason else _said(_RECEIVED, state, reason)


def _belonging(act: Act, model: Any, document: DocumentType, document_id: int) -> tuple[Any, ...]:
    return (
        model.company_id == act.company_id,
        model.document_key == document.key,
        model.document_id == document_id,
    )


def _said(words: dict[str, str], state: str, reason: str) -> str:
    word = words.get(state, state)
    return f"{word}：{reason}" if reason else word


def _workbooks(act: Act, document: DocumentType, header: Any) -> list[RelatedFile]:
    """List the workbooks head and lines were read from; one of another kind of document needs its right too."""
    runs = _runs(act, document, header)
    if not runs:
        return []
    columns = (ImportRun.id, ImportRun.document_key, ImportRun.file_name, ImportRun.at)
    statement = select(*columns).where(ImportRun.company_id == act.company_id, ImportRun.id.in_(runs))
    rows = act.session.execute(statement.order_by(ImportRun.at.desc()))
    return [
        RelatedFile(WORKBOOK, row.id, row.file_name, row.at, "已导入")
        for row in rows
        if act.identity.may(row.document_key, "view")
    ]


def _runs(act: Act, document: DocumentType, header: Any) -> set[int]:
    runs = {header.origin_run} if isinstance(header, Row) else set()
    for table in document.lines:
        model: Any = table.model
        if issubclass(model, Row):
            statement = select(model.origin_run).where(*_of(act, model), model.header_id == header.id).distinct()
            runs.update(act.session.scalars(statement.limit(MOST_RELATED)))
    return {run for run in runs if run is not None}


def file_of(act: Act, document: DocumentType, document_id: int, wanted: RelatedFile) -> tuple[str, bytes]:
    """Return name and bytes of a file :func:`related` listed; messages and receipts as one readable text."""
    groups = related(act, document, document_id)
    listed = (row for group in groups for row in group.rows if isinstance(row, RelatedFile))
    if not any((row.source, row.id) == (wanted.source, wanted.id) for row in listed):
        raise Refused("这个文件不属于本单据，或已不存在", "GONE")
    model: Any = {MESSAGE: Outbox, RECEIPT: ReceiptFile, WORKBOOK: ImportRun}[wanted.source]
    statement = select(model.content).where(model.company_id == act.company_id, model.id == wanted.id)
    content: bytes = act.session.scalars(statement).one()
    if wanted.source == WORKBOOK:
        return wanted.name, content
    return f"{wanted.name.rpartition('.')[0] or wanted.name}.txt", text_of(content).encode("utf-8")


def text_of(content: bytes) -> str:
    """Return a message or receipt as text: every part of a zip under its name, undecodable bytes marked."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content[:_MOST_TEXT].decode("utf-8-sig", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [_part(archive, entry) for entry in archive.infolist() if not entry.is_dir()]
    return "\n\n".join(parts)


def _part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    with archive.open(entry) as stream:
        raw = stream.read(_MOST_TEXT + 1)
    text = raw[:_MOST_TEXT].decode("utf-8-sig", "replace")
    cut = "\n……（文件过大，以下省略）" if len(raw) > _MOST_TEXT else ""
    return f"==== {entry.filename} ====\n{text}{cut}"
