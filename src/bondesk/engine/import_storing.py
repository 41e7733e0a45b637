"""Last stage of an import: the run with its workbook, heads and lines written with bulk statements."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

from sqlalchemy import delete, insert, inspect

from bondesk.base.batches import batches
from bondesk.base.documents import DocumentType, LineTable
from bondesk.base.records import Record, new_id
from bondesk.base.steps import Progress
from bondesk.engine.act import Act
from bondesk.engine.grouping import Arrived
from bondesk.engine.history import log_bulk
from bondesk.engine.import_reading import STEPS, Corrections, OpenedWorkbook, kept_corrections
from bondesk.engine.linking import link_waiting
from bondesk.engine.matching import renew
from bondesk.engine.posting import post_document
from bondesk.engine.records import load
from bondesk.engine.sheet_reading import ReadSheet
from bondesk.engine.tables import ImportRun

_BATCH = 2000
#: Columns the store fills itself.
_OWN = {"company_id", "id", "header_id", "origin_run", "origin_sheet", "origin_row", "revision"}
_OWN |= {"created_by", "created_at", "changed_by", "changed_at"}


def start_run(
    act: Act, document: DocumentType, opened: OpenedWorkbook, corrections: Corrections, sheets: list[ReadSheet]
) -> ImportRun:
    """Keep the workbook as it came, with what the clerk typed over it."""
    run = ImportRun(
        id=new_id(),
        company_id=act.company_id,
        document_key=document.key,
        file_name=opened.name[:255],
        sha256=opened.sha256,
        content=opened.content,
        columns={sheet.name: sheet.letters for sheet in sheets},
        corrections=kept_corrections(opened, corrections),
        user_id=act.user_id,
        at=act.now(),
    )
    act.session.add(run)
    act.session.flush()
    return run


def storing_steps(
    act: Act,
    document: DocumentType,
    arrived: list[Arrived],
    existing: Mapping[tuple[Any, ...], tuple[int, int]],
    run: ImportRun,
) -> Generator[Progress, None, list[int]]:
    """Write heads and lines with bulk statements; returns the ids."""
    assert document.workbook is not None
    heads, changed, logged = [], [], []
    common = _common(act, document)
    lines: dict[str, list[dict[str, Any]]] = {table.key: [] for table in document.lines}
    columns = {table.key: columns_of(table.model) for table in document.lines}
    head_columns = columns_of(document.header)
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
    renew(act, document, [values["id"] for values in changed])
    link_waiting(act)
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
    for batch in batches(heads, _BATCH):
        session.execute(insert(table), batch)
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
            yield Progress(3, STEPS, f"保存 {min(start + _BATCH, len(rows))}/{len(rows)} 行")


def _drop_lines(act: Act, document: DocumentType, ids: list[int]) -> None:
    for model in {table.model for table in document.lines}:
        for some in batches(ids):
            act.session.execute(
                delete(model.__table__).where(
                    model.__table__.c.company_id == act.company_id,
                    model.__table__.c.header_id.in_(some),
                )
            )


def _common(act: Act, document: DocumentType) -> dict[str, Any]:
    common: dict[str, Any] = {"company_id": act.company_id, **document.variant}
    if issubclass(document.header, Record):
        common |= {"revision": 1, "created_by": act.user_id, "created_at": act.now()}
        common |= {"changed_by": act.user_id, "changed_at": act.now()}
    return common


def columns_of(model: type[Any]) -> dict[str, Any]:
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
