"""Files of customs' copies read into values: messages by their root, workbooks by the headings they have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import PurePath
from typing import Any

from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.findings import Finding, errors_in
from bondesk.base.sheets import SheetBook
from bondesk.base.workbooks import Heading, SheetPlan
from bondesk.engine.act import Act
from bondesk.engine.download_port import DownloadKind, ReadCopy
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.formal_copies import values_of
from bondesk.engine.grouping import Arrived, arrange
from bondesk.engine.import_reading import Reading, reading_steps
from bondesk.engine.message_import import ENDINGS

#: What dates a copy, the first that is filled.
_DAYS = ("changed_on", "approved_on", "declared_on", "entered_on", "moved_on", "valid_from")
#: Customs gives its copies a place beyond the declared ones.
_LAST = 1000
_SHOWN = 3


def download_kinds(documents: Sequence[DocumentType]) -> tuple[DownloadKind, ...]:
    """Return the kinds of customs' own documents in business order; of the same place the menu's order counts."""
    found = [_kind(one) for one in documents if one.of_customs]
    return tuple(sorted(found, key=lambda kind: kind.order))


def _kind(document: DocumentType) -> DownloadKind:
    code = document.from_message.message.code if document.from_message is not None else ""
    return DownloadKind(document.key, document.title, document.downloaded or _LAST, document.key, code)


class EngineReader:
    """The :class:`bondesk.engine.download_port.CopyReader` of an engine; codes are read as its company reads them."""

    def __init__(self, engine: Engine) -> None:
        """Read with the catalogue and the codes of ``engine``."""
        self._engine = engine

    def kinds(self) -> tuple[DownloadKind, ...]:
        """Return every kind there is, in business order."""
        return download_kinds(self._engine.catalogue.documents)

    def read(self, name: str, content: bytes, kind: str = "") -> Sequence[ReadCopy]:
        """Read a message or a workbook; ``Refused`` (IMP-00) when it is none of a known kind."""
        keys = [one.key for one in self.kinds() if kind in ("", one.key)]
        documents = [self._engine.catalogue.document(key) for key in keys]
        with self._engine.acting(SYSTEM) as act:
            if PurePath(name).suffix.lower() in ENDINGS:
                return (_message(act, documents, name, content),)
            return tuple(_workbook(act, documents, name, act.files.read(content)))


def _message(act: Act, documents: Sequence[DocumentType], name: str, content: bytes) -> ReadCopy:
    reasons: list[str] = []
    for document in documents:
        reading = document.from_message
        if reading is None:
            continue
        try:
            read = act.packer.read(reading.message, content)
        except ValueError as problem:
            reasons.append(str(problem))
            continue
        header, findings = reading.read(read, act.codebook.read)
        return _copy(act, document, values_of(document, header), findings)
    reason = "不是核注清单、报关单、账册、手册、资质或修撤单的报文"
    if len(set(reasons)) == 1:
        reason = reasons[0].partition("：")[0]
    raise Refused(f"文件 {name} 不能识别：{reason}", "IMP-00")


def _workbook(act: Act, documents: Sequence[DocumentType], name: str, book: SheetBook) -> Iterator[ReadCopy]:
    best: tuple[int, DocumentType, Reading] | None = None
    for document in documents:
        if document.workbook is None:
            continue
        reading = _read(act, document, book)
        hits = sum(len(found.columns) or len(found.indexes) for found in reading.found.values())
        hits += sum(len(sheet.pair_rows) for sheet in reading.sheets)
        fits = reading.complete and reading.sheets and _named(document, reading) and _recognised(document, reading)
        if fits and (best is None or hits > best[0]):
            best = hits, document, reading
    if best is None:
        raise Refused(
            f"文件 {name} 不能识别：没有一种正式单的标题与它相符（须有编号列，如 清单编号、海关编号）", "IMP-00"
        )
    _hits, document, reading = best
    findings = list(reading.findings)
    for one in arrange(document, reading.sheets, findings):
        rows = set(one.rows)
        mine = [f for f in errors_in(findings) if f.place is None or (f.place.sheet, f.place.row) in rows]
        yield _copy(act, document, _arrived(document, reading, one), mine)


def _lenient(document: DocumentType) -> DocumentType:
    """Return the document with no heading needed but its number: what customs left out, customs left out."""
    assert document.workbook is not None
    keys = {part.key for part in document.number}

    def heading(one: Heading) -> Heading:
        return replace(one, required=one.required and one.attribute.key in keys)

    def sheet(one: SheetPlan) -> SheetPlan:
        return replace(one, headings=tuple(map(heading, one.headings)), head=tuple(map(heading, one.head)))

    layouts = tuple(replace(one, sheet=sheet(one.sheet)) for one in document.workbook.layouts)
    plan = replace(document.workbook, sheets=tuple(map(sheet, document.workbook.sheets)), layouts=layouts)
    return replace(document, workbook=plan)


def _read(act: Act, document: DocumentType, book: SheetBook) -> Reading:
    steps = reading_steps(act, _lenient(document), book)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: Reading = end.value
            return found


def _recognised(document: DocumentType, reading: Reading) -> bool:
    """Tell whether half of what a head must have is there: a 申请表编号 alone makes no application of a 仓单."""
    assert document.workbook is not None
    heads = (one.head if one.part else one.headings for one in document.workbook.sheets)
    wanted = {one.attribute.key for part in heads for one in part if one.required}
    there = {one.attribute.key for found in reading.found.values() for one, _name, _index in found.columns}
    there |= {key for sheet in reading.sheets for key in sheet.pair_rows}
    return 2 * len(wanted & there) >= len(wanted)


def _named(document: DocumentType, reading: Reading) -> bool:
    """Tell whether some head bears the number customs gave it."""
    heads = (record for sheet in reading.sheets if not sheet.plan.part for record in sheet.records)
    return any(all(getattr(head, part.key, None) for part in document.number) for head in heads)


def _arrived(document: DocumentType, reading: Reading, one: Arrived) -> dict[str, Any]:
    """Return what the file says of a document: of the head only what it has headings for."""
    said = one.pair_rows or one.texts
    values = {key: getattr(one.head, key) for key in said if hasattr(one.head, key)}
    values |= {part.key: getattr(one.head, part.key) for part in document.number}
    parts = {sheet.plan.part for sheet in reading.sheets}
    for table in document.lines:
        if table.key not in parts:
            continue
        rows = getattr(one.head, table.attribute_key, ())
        columns = one.line_texts.get(table.key, {})
        values[table.key] = [{key: value for key, value in vars(row).items() if key in columns} for row in rows]
    return values


def _copy(act: Act, document: DocumentType, values: Mapping[str, Any], findings: Sequence[Finding]) -> ReadCopy:
    number = "/".join(str(values.get(part.key) or "") for part in document.number)
    day = next((found for key in _DAYS if isinstance(found := values.get(key), date)), None)
    return ReadCopy(document.key, number, _title(act, document, values), day, values, tuple(errors_in(findings)))


def _title(act: Act, document: DocumentType, values: Mapping[str, Any]) -> str:
    """Say in a few words what a copy is: the first columns of its list behind the number."""
    words = []
    numbers = {part.key for part in document.number}
    told = {values.get(key) for key in numbers}
    for entry in document.list_fields:
        value = values.get(entry.key)
        known = value in (None, "") or value in told
        if entry.key in numbers or known or entry.kind in (Kind.DATE, Kind.TIME):
            continue
        text = entry.choice_name(str(value)) if entry.choices else str(value)
        name = act.codebook.name(entry.table, text) if entry.table else ""
        words.append(f"{text} {name}".strip())
    return "　".join(words[:_SHOWN])
