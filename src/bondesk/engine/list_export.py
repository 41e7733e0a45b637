"""Export of a list: what the screen shows, or one of the document's 导出设置, streamed so that memory does not grow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import Select, and_, func, select

from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType, LineTable
from bondesk.base.errors import Refused, WrongCall
from bondesk.base.export_layout import ExportLayout
from bondesk.base.fields import Field, field_of
from bondesk.base.sheets import ColumnLook
from bondesk.base.steps import Outcome, Steps
from bondesk.engine.act import Act
from bondesk.engine.clauses import MOST_VALUES, STATE, attribute_of
from bondesk.engine.history import log_deed
from bondesk.engine.query import Query, filtered, ordered
from bondesk.engine.summing import measures, totals
from bondesk.engine.table_export import table_steps

_BATCH = 1000
_UNSAFE = str.maketrans(dict.fromkeys('/\\:*?"<>|', "、"))


@dataclass(frozen=True, slots=True)
class Part:
    """One column of an export: heading, mapped attribute, its field (None for the state)."""

    heading: str
    attribute: Any
    field: Field | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The columns of an export; with ``lines`` every line of that table is a row."""

    parts: tuple[Part, ...]
    lines: LineTable | None = None
    with_names: bool = True


def file_stem(title: str, act_time: Any) -> str:
    """Return how an export is called: ``核注清单_20241125_0930``, without signs no file name may hold."""
    return f"{title.translate(_UNSAFE)}_{act_time:%Y%m%d_%H%M}"


def layouts(act: Act, document: DocumentType) -> list[str]:
    """Return the names of the document's export layouts, the usual one first."""
    found = act.facts.find(ExportLayout, document_key=document.key)
    return [layout.name for layout in sorted(found, key=lambda one: (not one.usual, one.name))]


def usual_layout(act: Act, document: DocumentType) -> str:
    """Return the name of the layout marked 默认格式, "" when none is."""
    found = act.facts.find(ExportLayout, document_key=document.key)
    return next((layout.name for layout in found if layout.usual), "")


def shown_plan(document: DocumentType, query: Query) -> Plan:
    """Plan the columns a query shows."""
    state = (STATE,) if document.flow.states else ()
    keys = query.columns or (*state, *(attribute.key for attribute in document.list_columns))
    return Plan(tuple(_head_part(document, key, "") for key in keys))


def layout_plan(act: Act, document: DocumentType, name: str) -> Plan:
    """Plan the columns of a layout; ``WrongCall`` when there is none so named, ``Refused`` when a column is gone."""
    found = act.facts.find(ExportLayout, document_key=document.key, name=name)
    if not found:
        known = "、".join(layouts(act, document)) or "无"
        raise WrongCall(f"「{document.title}」没有导出格式 {name}；可用：{known}")
    layout = found[0]
    parts, lines = [], None
    for column in layout.columns:
        table_key, dot, key = column.field_key.rpartition(".")
        if not dot:
            parts.append(_head_part(document, column.field_key, column.heading))
            continue
        table = next((one for one in document.lines if one.key == table_key), None)
        if table is None or key not in {entry.key for entry in table.fields}:
            raise Refused(f"导出格式「{name}」的列「{column.label}」已不存在，请在导出设置中修改", "EXP-02")
        if lines not in (None, table):
            raise Refused(f"导出格式「{name}」含有两个表体的列，请在导出设置中拆成两个格式", "EXP-01")
        lines = table
        attribute = getattr(table.model, key)
        entry = field_of(attribute)
        parts.append(Part(column.heading or entry.label, attribute, entry))
    if not parts:
        raise Refused(f"导出格式「{name}」没有列，请在导出设置中添加", "EXP-03")
    return Plan(tuple(parts), lines, bool(layout.with_names))


def _head_part(document: DocumentType, key: str, heading: str) -> Part:
    if key == STATE and document.flow.states:
        return Part(heading or "状态", document.header.state, None)
    attribute = attribute_of(document, key)
    entry = field_of(attribute)
    return Part(heading or entry.label, attribute, entry)


def export_steps(
    act: Act, document: DocumentType, query: Query, path: Path, layout: str = "", ids: Sequence[int] = ()
) -> Steps:
    """Write the rows of ``query`` (or only ``ids``) to a workbook, or to text when ``path`` ends in ``.csv``.

    Needs the right 导出. A cancelled or failed export leaves no file behind.
    """
    act.require(document, "export")
    act.require(document, "view")
    plan = layout_plan(act, document, layout) if layout else shown_plan(document, query)
    if len(ids) > MOST_VALUES:
        raise Refused(f"选中了 {len(ids)} 条，一次最多导出 {MOST_VALUES} 条选中的单据；请改用筛选后导出全部", "EXP-04")
    statement = _statement(act, document, query, plan, ids)
    total = act.session.execute(select(func.count()).select_from(statement.order_by(None).subquery())).scalar_one()
    rows = chain(_rows(act, document, statement, plan), _total_rows(act, document, query, plan, ids))
    yield from table_steps(act, path, document.title, [_look(part) for part in plan.parts], rows, total)
    log_deed(act, "导出", f"列表 {total} 行，文件 {path.name}", document=document)
    return Outcome(f"已导出 {total:,} 行：{path}")


def _look(part: Part) -> ColumnLook:
    entry = part.field
    return ColumnLook(part.heading, entry.width if entry else 10, entry.kind if entry else Kind.TEXT)


def _statement(act: Act, document: DocumentType, query: Query, plan: Plan, ids: Sequence[int]) -> Select[Any]:
    header, columns = document.header, [part.attribute for part in plan.parts]
    labelled = [column.label(f"c{number}") for number, column in enumerate(columns)]
    statement: Select[Any] = select(*labelled).select_from(header)
    order = ordered(act, document, query)
    if plan.lines is not None:
        line = plan.lines.model
        on = [line.company_id == header.company_id, line.header_id == header.id]
        on += [getattr(line, key) == value for key, value in plan.lines.fixed.items()]
        statement = statement.outerjoin(line, and_(*on))
        order = [*order, line.line_no, line.id]
    statement = filtered(act, document, query, statement).order_by(*order)
    return statement.where(header.id.in_(ids)) if ids else statement


def _rows(act: Act, document: DocumentType, statement: Select[Any], plan: Plan) -> Iterator[Sequence[Any]]:
    shown = [_shower(act, document, part, plan.with_names) for part in plan.parts]
    for batch in act.session.execute(statement.execution_options(yield_per=_BATCH)).partitions():
        for row in batch:
            yield [show(value) for show, value in zip(shown, row, strict=True)]


def _shower(act: Act, document: DocumentType, part: Part, with_names: bool) -> Callable[[Any], Any]:
    """Return how the values of one column read: codes with names, or bare."""
    entry = part.field
    if entry is None:
        titles = {state.key: state.title for state in document.flow.states}
        return lambda value: titles.get(value, value)
    if entry.choices:
        return entry_choice(entry) if with_names else (lambda value: value or "")
    if entry.table and with_names:
        table = entry.table

        @cache
        def named(value: Any) -> Any:
            return f"{value} {act.codebook.name(table, value)}".strip() if value else value

        return named
    return lambda value: value


def entry_choice(entry: Field) -> Callable[[Any], Any]:
    """Return how a field with fixed choices reads."""
    return lambda value: entry.choice_name(value or "")


def _total_rows(
    act: Act, document: DocumentType, query: Query, plan: Plan, ids: Sequence[int]
) -> Iterable[Sequence[Any]]:
    """Return a row of sums per currency or unit, when the export has head columns that add up."""
    by_key = {measure.field.key: measure for measure in measures(document)}
    keys = [part.field.key if part.field else STATE for part in plan.parts]
    summed = [key for key in keys if key in by_key]
    label = next((place for place, key in enumerate(keys) if key not in by_key), None)
    if plan.lines is not None or not summed or label is None:
        return
    found = totals(act, document, query, ids).sums
    for name in sorted({name for key in summed for name in found[key]}):
        kinds = {by_key[key].field.kind for key in summed if name in found[key]}
        table = "currency" if Kind.AMOUNT in kinds else "unit"
        row: list[Any] = [found[key].get(name) if key in by_key else None for key in keys]
        row[label] = f"合计 {act.codebook.name(table, name) or name}".strip() if name else "合计"
        yield row
