"""Formal copies: taken from what customs sends, and what a pair keeps from being changed (handbook 7, 18)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any, Literal

from sqlalchemy import String, delete, insert, inspect, select

from bondesk.base.batches import batches
from bondesk.base.documents import DocumentType, LineTable
from bondesk.base.errors import Refused
from bondesk.base.facts import Told
from bondesk.base.formal_copy import MATCHED
from bondesk.base.records import new_ids
from bondesk.engine.act import Act
from bondesk.engine.drafts import column_values
from bondesk.engine.matching import renew
from bondesk.engine.posting import post_document

NEW, UPDATED, UNCHANGED = "new", "updated", "unchanged"
_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Taken:
    """The stored document, and what taking the copy did to it."""

    id: int
    outcome: Literal["new", "updated", "unchanged"]


def require_unpaired(document: DocumentType, header: Any) -> None:
    """MAT-05: what is paired with its formal copy is changed by customs alone, until the pair is undone."""
    if getattr(header, "match_state", "") == MATCHED:
        number = document.number_of(header)
        raise Refused(f"{number} 已与正式单对应，不能修改、删除或再次申报；请先在对碰页取消对应", "MAT-05")


def take_formal(act: Act, document: DocumentType, values: Mapping[str, Any]) -> int:
    """Store one formal copy as customs gave it and return its id; :func:`take_copy` says more."""
    return take_copy(act, document, values).id


def take_copy(act: Act, document: DocumentType, values: Mapping[str, Any]) -> Taken:
    """Store one copy as customs gave it; one with the same number is updated, or left alone when nothing differs.

    ``values`` holds attribute keys of the head and, under the key of a line table, its lines as mappings. What is
    not named stays as it was; lines follow by place. A draft is never touched but through a pair, which is kept and
    followed. Of an approved book that customs has changed meanwhile the former copy becomes a version.
    ``Refused``: FLOW-02 no kind of customs' own, IMP-05 no number, DOWN-01 older than what is stored, DOWN-06 a line
    without a quantity.
    """
    act.require(document, "import")
    if not document.of_customs:
        raise Refused(f"「{document.title}」不是海关正式单，不能下载到这里", "FLOW-02")
    number = {part.key: values.get(part.key) for part in document.number}
    if not all(number.values()):
        raise Refused(f"「{document.title}」缺少编号，不能保存", "IMP-05")
    mine = select(document.header).filter_by(company_id=act.company_id, **document.variant, **number)
    header = act.session.scalars(mine).one_or_none()
    known = header is not None
    if header is None:
        header = _blank_head(act, document)
    else:
        values = _superseding(act, document, header, values)
    outcome = _windowed(act, document, header, values) if document.windowed else _plain(act, document, header, values)
    taken = Taken(header.id, outcome if known else "new")
    if taken.outcome != UNCHANGED:
        act.facts.forget()
        post_document(act, document, header)
        if known:
            renew(act, document, [taken.id])
    return taken


def values_of(document: DocumentType, header: Any) -> dict[str, Any]:
    """Return what an unstored head and its lines were given, as :func:`take_copy` wants it."""
    tables = {table.attribute_key: table.key for table in document.lines}
    values = {key: value for key, value in vars(header).items() if not key.startswith("_") and key not in tables}
    for attribute, key in tables.items():
        if attribute in vars(header):
            rows = getattr(header, attribute)
            values[key] = [{k: v for k, v in vars(row).items() if not k.startswith("_")} for row in rows]
    return {key: value for key, value in values.items() if key not in document.variant}


def _blank_head(act: Act, document: DocumentType) -> Any:
    given = {**document.variant, **(document.workbook.imported if document.workbook is not None else {})}
    header = document.header(company_id=act.company_id, **given)
    for key, value in _usual(document.header).items():
        if key not in given:
            setattr(header, key, value)
    return header


def _superseding(act: Act, document: DocumentType, header: Any, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep the version customs has changed and return what to store; a copy older than the stored one is refused.

    Messages that do not say the 变更次数 (EML111) are placed by their 申报日期: a later one is the next change.
    """
    if document.change is None:
        return values
    number, stored = document.number_of(header), header.change_count or 0
    changes = values.get("change_count")
    if changes is None:
        day, known = values.get("declared_on"), header.declared_on
        if day is not None and known is not None and day < known:
            text = f"{number} 下载的是 {day} 申报的，本系统已有 {known} 申报的，没有更新"
            raise Refused(text, "DOWN-01")
        later = day is not None and (values.get("declare_kind") == "2" if known is None else day > known)
        changes = stored + 1 if later else stored
        values = {**values, "change_count": changes}
    if changes < stored:
        text = f"{number} 下载的是第 {changes} 次变更，本系统已有第 {stored} 次变更，没有更新"
        raise Refused(text, "DOWN-01")
    if changes > stored:
        document.change.keep(header, act)
    return values


def _plain(act: Act, document: DocumentType, header: Any, values: Mapping[str, Any]) -> Any:
    """Bring head and lines to what customs says, row by row, so that the log names every changed value."""
    tables = {table.key: table for table in document.lines}
    with act.session.no_autoflush:
        for key, value in values.items():
            if key in tables:
                _follow(tables[key], header, value)
            else:
                _assign(header, key, value)
        if document.derive is not None:
            document.derive(header, act.facts)
        act.session.add(header)
        lines = [line for key in tables if key in values for line in getattr(header, tables[key].attribute_key)]
        touched = act.session.is_modified(header) or any(
            inspect(line).pending or act.session.is_modified(line) for line in lines
        )
    act.session.flush()
    return UPDATED if touched else UNCHANGED


def _follow(table: LineTable, header: Any, lines: Sequence[Mapping[str, Any]]) -> None:
    present = list(getattr(header, table.attribute_key)) if header.id is not None else []
    wanted = []
    for place, line in enumerate(lines):
        values = {"line_no": place + 1, **table.fixed, **line}
        row = present[place] if place < len(present) else table.model()
        for key, value in values.items():
            _assign(row, key, value)
        _require_whole(table, place, vars(row))
        wanted.append(row)
    if wanted != present:
        setattr(header, table.attribute_key, wanted)


def _assign(row: Any, key: str, value: Any) -> None:
    """Set what differs; empty is empty, as text or as nothing, and what may not be empty has its usual value."""
    before = getattr(row, key)
    value = _usual(type(row)).get(key) if value is None else value
    if before != value and not (before in (None, "") and value in (None, "")):
        setattr(row, key, value)


def _windowed(act: Act, document: DocumentType, header: Any, values: Mapping[str, Any]) -> Any:
    """Take a copy of any number of rows: compared and written by the table, never loaded as objects."""
    tables = [table for table in document.lines if table.key in values]
    keys = {table.key for table in document.lines}
    record = SimpleNamespace(**{**column_values(header), **_head_of(values, keys)})
    for table in document.lines:
        lines = values.get(table.key, ())
        rows = [_row(table, place, line) for place, line in enumerate(lines, 1)]
        setattr(record, table.attribute_key, rows)
    with act.session.no_autoflush:
        if document.derive is not None:
            document.derive(record, act.facts)
    for key in column_values(header):
        _assign(header, key, getattr(record, key))
    act.session.add(header)
    touched = act.session.is_modified(header)
    act.session.flush()
    told: dict[str, str] = {}
    for table in tables:
        rows = getattr(record, table.attribute_key)
        before = _stored(act, table, header.id)
        if before == [_comparable(table, vars(row)) for row in rows]:
            continue
        told[table.title] = f"{len(before)} 行 → {len(rows)} 行"
        _replace(act, table, header.id, rows)
    if told:
        act.session.expire(header, [table.attribute_key for table in document.lines])
        act.tell(document.key, "下载", [Told(header.id, document.number_of(header), "海关的数据", {}, told)])
    return UPDATED if touched or told else UNCHANGED


def _head_of(values: Mapping[str, Any], tables: set[str]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in tables}


def _usual(model: Any) -> dict[str, Any]:
    found: dict[str, Any] = _scalar_defaults(model)
    return found


@cache
def _scalar_defaults(model: Any) -> dict[str, Any]:
    """Return the scalar defaults of a model's columns by attribute."""
    columns = ((one.key, one.columns[0].default) for one in inspect(model).column_attrs)
    return {key: default.arg for key, default in columns if default is not None and default.is_scalar}


def _columns(table: LineTable) -> dict[str, Any]:
    """Return the attributes of a row customs may fill, with their scalar defaults."""
    own = {"company_id", "id", "header_id", "origin_run", "origin_sheet", "origin_row"}
    keys = [one.key for one in inspect(table.model).column_attrs if one.key not in own]
    return {key: _usual(table.model).get(key) for key in keys}


def _row(table: LineTable, place: int, line: Mapping[str, Any]) -> SimpleNamespace:
    given = {key: value for key, value in line.items() if value is not None}
    row = {**_columns(table), "line_no": place, **table.fixed, **given}
    _require_whole(table, place - 1, row)
    return SimpleNamespace(**row)


def _require_whole(table: LineTable, place: int, values: Mapping[str, Any]) -> None:
    """DOWN-06: a line without a quantity or an item number is no line, and a blank must not become a 0."""
    for attribute in inspect(table.model).column_attrs:
        column = attribute.columns[0]
        needed = "shown" in column.info and not column.nullable and not isinstance(column.type, String)
        if needed and column.default is None and values.get(attribute.key) is None:
            raise Refused(f"「{table.title}」第 {place + 1} 行缺少「{column.info['shown'].label}」", "DOWN-06")


def _comparable(table: LineTable, values: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(None if values[key] == "" else values[key] for key in _columns(table))


def _stored(act: Act, table: LineTable, header_id: int) -> list[tuple[Any, ...]]:
    keys = list(_columns(table))
    statement = select(*(getattr(table.model, key) for key in keys)).where(*_mine(act, table, header_id))
    found = act.session.execute(statement.order_by(table.model.line_no, table.model.id))
    return [_comparable(table, dict(zip(keys, row, strict=True))) for row in found]


def _mine(act: Act, table: LineTable, header_id: int) -> list[Any]:
    model = table.model
    fixed = [getattr(model, key) == value for key, value in table.fixed.items()]
    return [model.company_id == act.company_id, model.header_id == header_id, *fixed]


def _replace(act: Act, table: LineTable, header_id: int, rows: Sequence[SimpleNamespace]) -> None:
    act.session.execute(delete(table.model).where(*_mine(act, table, header_id)))
    if not rows:
        return
    first = new_ids(len(rows))
    common = {"company_id": act.company_id, "header_id": header_id}
    keys = _columns(table)
    written = [
        {**common, "id": first + place, **{key: getattr(row, key) for key in keys}} for place, row in enumerate(rows)
    ]
    for batch in batches(written, _BATCH):
        act.session.execute(insert(table.model), batch)
