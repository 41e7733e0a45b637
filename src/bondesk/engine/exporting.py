"""Export of reports and templates into workbooks that show what the screen shows; lists: list_export."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bondesk.base.batches import batches
from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.reports import Report, ReportTable
from bondesk.base.sheets import ColumnLook, TableHead, TemplateHeading, TemplateSheet, WrittenSheet
from bondesk.base.steps import Outcome, Steps
from bondesk.base.workbooks import Heading, SheetPlan
from bondesk.engine.act import Act
from bondesk.engine.explained_sheet import Told, explained_rows
from bondesk.engine.history import log_deed
from bondesk.engine.import_headings import own_plans, with_own
from bondesk.engine.reporting import totals
from bondesk.engine.table_export import table_steps

#: Kinds of files that hold one table and no further sheet.
_ONE_TABLE = (".csv", ".pdf")


def report_steps(
    act: Act,
    report: Report,
    table: ReportTable,
    path: Path,
    columns: Sequence[str] = (),
    told: Told | None = None,
    conditions: Sequence[tuple[str, str]] = (),
) -> Steps:
    """Write rows of a report and their total row; ``columns`` are the keys of those shown, in their order.

    ``conditions`` stand in the head of the export. ``told`` adds the sheet 说明 with the derivation of figures. A text
    file (``.csv``) has neither, pages (``.pdf``) have no 说明. A cancelled or failed export leaves no file behind.
    """
    act.require_report(report.key, report.title)
    places = [report.column_place(key) for key in columns] or list(range(len(report.columns)))
    barred = report.bars.parts if report.bars is not None else ()
    looks = [
        ColumnLook(one.title, one.width, one.kind, one.key in barred)
        for one in (report.columns[place] for place in places)
    ]
    rows = ([row.values[place] for place in places] for row in table.rows)
    aside = explained_rows(act, report, told) if told is not None and path.suffix.lower() not in _ONE_TABLE else None
    sums, head = _total_row(report, table, places), report_head(act, table, conditions)
    yield from table_steps(act, path, report.title, looks, rows, len(table.rows), aside, sums, head)
    log_deed(act, "导出", f"报表 {len(table.rows)} 行，文件 {path.name}", module=report.title)
    return Outcome(f"已导出 {len(table.rows):,} 行：{path}")


def report_head(act: Act, table: ReportTable, conditions: Sequence[tuple[str, str]]) -> TableHead:
    """Return what the export says of itself: enterprise, conditions, when and by whom, and what there is to say."""
    made = f"{act.now():%Y-%m-%d %H:%M}　{act.identity.name}"
    notes = tuple(f"{one.code}　{one.text}" for one in table.findings)
    return TableHead(act.catalogue.enterprise(act.facts), tuple(conditions), made, notes)


def _total_row(report: Report, table: ReportTable, places: Sequence[int]) -> list[Any] | None:
    """Return the row of sums, None without any; the word stands in the first column that is not summed."""
    sums = totals(report, table)
    row: list[Any] = [sums[place] for place in places]
    label = next((n for n, value in enumerate(row) if value is None), None)
    if all(value is None for value in row):
        return None
    if label is not None:
        row[label] = "合计"
    return row


def write_template(act: Act, document: DocumentType, path: Path) -> None:
    """Write the import template: headings (the enterprise's own where set), a row of explanation, the code lists."""
    act.require(document, "import")
    if document.workbook is None:
        raise Refused(f"「{document.title}」没有导入模板", "IMP-00")
    tables: dict[str, Sequence[tuple[str, str]]] = {}
    listed: set[str] = set()
    sheets = [_template_sheet(act, plan, tables, listed) for plan in own_plans(act, document)]
    act.files.write_template(path, sheets, tables)


def write_templates(act: Act, document: DocumentType, path: Path) -> list[Path]:
    """Write the import template, and beside it one for every other layout (``NAME_LAYOUT.xlsx``); return the files."""
    write_template(act, document, path)
    assert document.workbook is not None
    written = [path]
    for layout in document.workbook.layouts:
        (plan,) = with_own(act, document, (layout.sheet,))
        written.append(path.with_name(f"{path.stem}_{layout.title}{path.suffix}"))
        act.files.write_sheets(written[-1], [layout_sheet(plan)])
    return written


#: Labels of the head beside each other in the template of a form.
_BESIDE = 4


def layout_sheet(plan: SheetPlan) -> WrittenSheet:
    """Return the empty sheet of a layout: one table, or labels with room beside them above the table of lines."""
    if not plan.scattered:
        return WrittenSheet(plan.title, [[_starred(one) for one in plan.all_headings]], heading_row=0)
    labels = [_starred(one) for one in plan.head]
    rows: list[list[object]] = [[plan.title], []]
    for batch in batches(labels, _BESIDE):
        rows.append([cell for label in batch for cell in (label, None)])
    rows += [[], [_starred(one) for one in plan.headings]]
    return WrittenSheet(plan.title, rows, heading_row=len(rows) - 1)


def _starred(heading: Heading) -> str:
    return (heading.own or heading.text) + ("*" if heading.required and not heading.filled else "")


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
