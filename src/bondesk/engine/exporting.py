"""Export of lists, reports and templates into workbooks that show what the screen shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.fields import Field
from bondesk.base.reports import Report, ReportTable
from bondesk.base.sheets import ColumnLook, TemplateHeading, TemplateSheet
from bondesk.base.workbooks import Heading, SheetPlan
from bondesk.engine.act import Act
from bondesk.engine.history import log_deed
from bondesk.engine.import_headings import own_plans
from bondesk.engine.query import Query, page
from bondesk.engine.reporting import totals

_PAGE = 1000


def export_list(act: Act, document: DocumentType, query: Query, path: Path) -> int:
    """Write every row a list shows, codes with their names; return how many rows."""
    act.require(document, "export")
    fields = document.list_fields
    looks = [ColumnLook(entry.label, entry.width, entry.kind) for entry in fields]
    if document.flow.states:
        looks.insert(0, ColumnLook("状态", 10, "text"))
    written = 0

    def rows() -> Iterator[Sequence[Any]]:
        nonlocal written
        while batch := page(act, document, query, written, _PAGE):
            for row in batch:
                values = [_shown(act, entry, value) for entry, value in zip(fields, row.values, strict=True)]
                if document.flow.states:
                    values.insert(0, document.flow.state(row.state).title)
                yield values
            written += len(batch)

    act.files.write_table(path, document.title, looks, rows())
    log_deed(act, "导出", f"列表 {written} 行，文件 {path.name}", document=document)
    return written


def _shown(act: Act, entry: Field, value: Any) -> Any:
    if entry.choices:
        return entry.choice_name(value or "")
    if entry.table and value:
        return f"{value} {act.codebook.name(entry.table, value)}".strip()
    return value


def export_report(act: Act, report: Report, table: ReportTable, path: Path) -> None:
    """Write a report's rows and its total row."""
    looks = [ColumnLook(column.title, column.width, column.kind) for column in report.columns]
    rows: list[Sequence[Any]] = [row.values for row in table.rows]
    sums = totals(report, table)
    if any(value is not None for value in sums):
        rows.append(("合计", *sums[1:]))
    act.files.write_table(path, report.title, looks, rows)
    log_deed(act, "导出", f"报表 {len(table.rows)} 行，文件 {path.name}", module=report.title)


def write_template(act: Act, document: DocumentType, path: Path) -> None:
    """Write the import template: headings (the enterprise's own where set), a row of explanation, the code lists."""
    if document.workbook is None:
        raise Refused(f"「{document.title}」没有导入模板", "IMP-00")
    tables: dict[str, Sequence[tuple[str, str]]] = {}
    listed: set[str] = set()
    sheets = [_template_sheet(act, plan, tables, listed) for plan in own_plans(act, document)]
    act.files.write_template(path, sheets, tables)


def _template_sheet(
    act: Act, plan: SheetPlan, tables: dict[str, Sequence[tuple[str, str]]], listed: set[str]
) -> TemplateSheet:
    for heading in plan.all_headings:
        entry = heading.field
        if entry.table and entry.table not in listed:
            listed.add(entry.table)
            tables[heading.own or heading.text] = act.codebook.entries(entry.table)
    return TemplateSheet(
        title=plan.title,
        headings=tuple(_template_heading(heading) for heading in plan.all_headings),
        layout="pairs" if plan.pairs else "rows",
    )


def _template_heading(heading: Heading) -> TemplateHeading:
    entry = heading.field
    parts = [entry.help] if entry.help else []
    if entry.choices:
        parts.append("可填：" + "、".join(name for _, name in entry.choices))
    elif entry.table:
        parts.append("海关代码、名称或企业参数中的写法")
    elif entry.places:
        parts.append(f"数字，最多{entry.places}位小数")
    elif entry.kind == "date":
        parts.append("日期，如 2024-01-31")
    if heading.own:
        parts.insert(0, f"标准列标题：{heading.text}")
    if heading.filled:
        parts.append(f"空白时为 {heading.filled}")
    required = heading.required and not heading.filled
    return TemplateHeading(heading.own or heading.text, required, "；".join(parts), entry.width)
