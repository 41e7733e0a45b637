"""Import of workbooks: every fault in one answer, all of the file or nothing of it (interchange 1)."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import delete, insert, inspect, select

from bondesk.base.documents import DocumentType, LineTable
from bondesk.base.errors import Refused
from bondesk.base.findings import Finding, Severity, error, errors_in
from bondesk.base.records import Record, new_id
from bondesk.base.sheets import SheetBook
from bondesk.base.steps import Outcome, Progress, Steps
from bondesk.engine.act import Act
from bondesk.engine.grouping import Arrived, arrange
from bondesk.engine.history import log_bulk
from bondesk.engine.posting import post_document
from bondesk.engine.records import load
from bondesk.engine.sheet_reading import ReadSheet, SheetReader
from bondesk.engine.tables import ImportRun

_BATCH = 2000
#: Columns the store fills itself.
_OWN = {"company_id", "id", "header_id", "origin_run", "origin_sheet", "origin_row", "revision"}
_OWN |= {"created_by", "created_at", "changed_by", "changed_at"}


def import_steps(act: Act, document: DocumentType, source: Path) -> Steps:
    """Import ``source`` as documents of one type.

    Yields progress; returns counts and the warnings. ``Refused`` carries every finding with its sheet,
    row, column, value and code, and leaves nothing behind.
    """
    act.require(document, "import")
    if document.workbook is None:
        raise Refused(f"「{document.title}」没有导入模板", "IMP-00")
    yield Progress(0, 4, f"读取 {source.name}")
    content = source.read_bytes()
    book = act.files.read(content)
    reader = SheetReader(act.codebook)
    sheets = _read_sheets(reader, document, book)
    unreadable = bool(errors_in(reader.findings))
    if unreadable and not _leave_out(document, sheets, reader.findings):
        raise Refused(reader.findings)
    yield Progress(1, 4, "整理单据")
    arrived = arrange(document, sheets, reader.findings)
    yield Progress(2, 4, f"检查 {len(arrived)} 张单据")
    findings = list(reader.findings)
    existing = _existing(act, document, arrived, findings)
    _keep_stored(act, document, arrived, existing)
    act.facts.arriving(document.header, [one.head for one in arrived])
    for number, one in enumerate(arrived):
        findings.extend(_check(act, document, one))
        if number % _BATCH == _BATCH - 1:
            yield Progress(2, 4, f"检查 {number + 1}/{len(arrived)}")
    if not arrived and not unreadable:
        findings.append(error("IMP-09", "工作表中没有数据行"))
    if errors_in(findings):
        raise Refused(findings)
    yield Progress(3, 4, "保存")
    run = _start_run(act, document, source.name, content, sheets)
    ids = yield from _store(act, document, arrived, existing, run)
    lines = sum(one.line_count for one in arrived)
    text = f"已导入「{document.title}」{len(arrived)} 条" + (f"，明细 {lines} 行" if document.lines else "")
    warnings = [finding for finding in findings if finding.severity is not Severity.ERROR]
    text += f"，提示 {len(warnings)} 条" if warnings else ""
    return Outcome(text, {document.key: ids}, tuple(warnings))


def _read_sheets(reader: SheetReader, document: DocumentType, book: SheetBook) -> list[ReadSheet]:
    assert document.workbook is not None
    read: list[ReadSheet] = []
    plans = document.workbook.sheets
    for plan in plans:
        sheet = next((s for s in book.sheets if s.name.strip() == plan.title), None)
        if sheet is None and len(plans) == 1 and book.sheets:
            sheet = book.sheets[0]
        if sheet is None:
            if plan.part == "" or any(heading.required for heading in plan.headings):
                reader.findings.append(error("IMP-01", f"缺少工作表「{plan.title}」"))
            continue
        found = reader.read_pairs(sheet, plan) if plan.pairs else reader.read_rows(sheet, plan)
        if found is not None:
            read.append(found)
    return read


def _leave_out(document: DocumentType, sheets: list[ReadSheet], findings: list[Finding]) -> bool:
    """Take out the rows with unreadable cells, so that the same answer holds what the rules say of the others.

    False where that would blame innocent rows: a heading is missing, or rules look across several sheets.
    """
    assert document.workbook is not None
    if not sheets or len(document.workbook.sheets) > 1:
        return False
    wrong = {finding.place.row for finding in errors_in(findings) if finding.place is not None}
    for sheet in sheets:
        kept = [pair for pair in zip(sheet.records, sheet.rows, strict=True) if pair[1] not in wrong]
        sheet.records, sheet.rows = [record for record, _ in kept], [row for _, row in kept]
    return True


def _existing(
    act: Act, document: DocumentType, arrived: list[Arrived], findings: list[Finding]
) -> dict[tuple[Any, ...], tuple[int, int]]:
    """Return (id, revision) of the stored documents the file names again; refuse them where declared."""
    header = document.header
    keys = document.number
    statement = select(header.id, header.revision, *keys).where(header.company_id == act.company_id)
    wanted = {one.number: one for one in arrived}
    firsts = {number[0] for number in wanted}
    if len(firsts) <= 500:
        statement = statement.where(keys[0].in_(firsts))
    stored = {tuple(row[2:]): (row[0], row[1]) for row in act.session.execute(statement) if tuple(row[2:]) in wanted}
    assert document.workbook is not None
    if document.workbook.on_existing == "refuse":
        for number in stored:
            label = "/".join(str(part) for part in number)
            text = f"「{document.title}」{label} 已存在，不能重复导入"
            findings.append(replace(error("IMP-08", text), place=wanted[number].place))
    return stored


def _keep_stored(
    act: Act,
    document: DocumentType,
    arrived: list[Arrived],
    existing: dict[tuple[Any, ...], tuple[int, int]],
) -> None:
    """Let a document that is updated keep what its workbook has no heading for."""
    known = [one for one in arrived if one.number in existing]
    if not known:
        return
    header = document.header
    keys = [key for key in _columns(header) if key not in known[0].texts]
    ids = [existing[one.number][0] for one in known]
    columns = [getattr(header, key) for key in keys]
    stored: dict[int, Any] = {}
    for start in range(0, len(ids), 500):
        statement = select(header.id, *columns).where(header.company_id == act.company_id)
        for row in act.session.execute(statement.where(header.id.in_(ids[start : start + 500]))):
            stored[row[0]] = row[1:]
    for one in known:
        for key, value in zip(keys, stored[existing[one.number][0]], strict=True):
            setattr(one.head, key, value)


def _check(act: Act, document: DocumentType, one: Arrived) -> Iterator[Finding]:
    """Derive and run the rules on one arrived document; findings get their workbook place."""
    with act.session.no_autoflush:
        if document.derive is not None:
            document.derive(one.head, act.facts)
        for rule in document.rules:
            for finding in rule(one.head, act.facts):
                yield replace(finding, **one.located(finding))


def _start_run(act: Act, document: DocumentType, name: str, content: bytes, sheets: list[ReadSheet]) -> ImportRun:
    run = ImportRun(
        id=new_id(),
        company_id=act.company_id,
        document_key=document.key,
        file_name=name[:255],
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        columns={sheet.name: sheet.letters for sheet in sheets},
        user_id=act.user_id,
        at=act.now(),
    )
    act.session.add(run)
    act.session.flush()
    return run


def _store(
    act: Act,
    document: DocumentType,
    arrived: list[Arrived],
    existing: dict[tuple[Any, ...], tuple[int, int]],
    run: ImportRun,
) -> Generator[Progress, None, list[int]]:
    """Write heads and lines with bulk statements; returns the ids."""
    assert document.workbook is not None
    heads, changed, logged = [], [], []
    common = _common(act, document)
    lines: dict[str, list[dict[str, Any]]] = {table.key: [] for table in document.lines}
    columns = {table.key: _columns(table.model) for table in document.lines}
    head_columns = _columns(document.header)
    for one in arrived:
        stored = existing.get(one.number)
        one.id = stored[0] if stored else new_id()
        values = _values(one.head, head_columns)
        origin = {"origin_run": run.id, "origin_sheet": one.sheet, "origin_row": one.row}
        if stored:
            update = {"company_id": act.company_id, "id": one.id, "revision": stored[1] + 1, **values, **origin}
            changed.append({**update, "changed_by": act.user_id, "changed_at": act.now()})
        else:
            heads.append({**common, **document.workbook.imported, **values, **origin, "id": one.id})
        logged.append((one.id, one.label, {"文件": run.file_name, "行数": one.line_count}))
        for table in document.lines:
            lines[table.key].extend(_line_values(act, table, one, run, columns[table.key]))
    yield from _write(act, document, heads, changed, lines)
    log_bulk(act, document, "导入", logged)
    act.facts.forget()
    if document.posts is not None:
        for one in arrived:
            post_document(act, document, load(act, document, one.id))
    return [one.id for one in arrived]


def _write(
    act: Act,
    document: DocumentType,
    heads: list[dict[str, Any]],
    changed: list[dict[str, Any]],
    lines: dict[str, list[dict[str, Any]]],
) -> Iterator[Progress]:
    session = act.session
    table = document.header.__table__
    for start in range(0, len(heads), _BATCH):
        session.execute(insert(table), heads[start : start + _BATCH])
    if changed:
        session.expire_all()
        for values in changed:
            keys = (table.c.company_id == values["company_id"]) & (table.c.id == values["id"])
            session.execute(table.update().where(keys).values(**values))
        _drop_lines(act, document, [values["id"] for values in changed])
    for lines_table in document.lines:
        rows = lines[lines_table.key]
        for start in range(0, len(rows), _BATCH):
            session.execute(insert(lines_table.model.__table__), rows[start : start + _BATCH])
            yield Progress(3, 4, f"保存 {min(start + _BATCH, len(rows))}/{len(rows)} 行")


def _drop_lines(act: Act, document: DocumentType, ids: list[int]) -> None:
    for model in {table.model for table in document.lines}:
        for start in range(0, len(ids), 500):
            act.session.execute(
                delete(model.__table__).where(
                    model.__table__.c.company_id == act.company_id,
                    model.__table__.c.header_id.in_(ids[start : start + 500]),
                )
            )


def _common(act: Act, document: DocumentType) -> dict[str, Any]:
    common: dict[str, Any] = {"company_id": act.company_id, **document.variant}
    if issubclass(document.header, Record):
        common |= {"revision": 1, "created_by": act.user_id, "created_at": act.now()}
        common |= {"changed_by": act.user_id, "changed_at": act.now()}
    return common


def _columns(model: type[Any]) -> dict[str, Any]:
    """Return the attribute keys a record may fill, with the scalar default of each."""
    found = {}
    for attribute in inspect(model).column_attrs:
        if attribute.key in _OWN:
            continue
        default = attribute.columns[0].default
        found[attribute.key] = default.arg if default is not None and default.is_scalar else None
    return found


def _values(record: SimpleNamespace, columns: dict[str, Any]) -> dict[str, Any]:
    values = {}
    for key, value in record.__dict__.items():
        if key in columns:
            values[key] = columns[key] if value is None and columns[key] is not None else value
    return values


def _line_values(
    act: Act, table: LineTable, one: Arrived, run: ImportRun, columns: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    fixed = {"company_id": act.company_id, "header_id": one.id, **table.fixed, "origin_run": run.id}
    numbered = "line_no" in columns
    for position, record in enumerate(getattr(one.head, table.attribute_key)):
        sheet, row = one.line_places[table.key][position]
        values = _values(record, columns)
        if numbered and not values.get("line_no"):
            values["line_no"] = position + 1
        yield {**values, **fixed, "id": new_id(), "origin_sheet": sheet, "origin_row": row}
