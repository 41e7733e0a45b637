"""按导入格式导出: documents written in the layout their import reads, so that a file can be mended and brought back.

Importing such a file gives the same documents again; codes stand as codes, numbers with every decimal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.fields import Field
from bondesk.base.sheets import WrittenSheet
from bondesk.base.steps import Outcome, Progress, Steps
from bondesk.base.workbooks import Heading, SheetPlan
from bondesk.engine.act import Act
from bondesk.engine.history import log_deed
from bondesk.engine.import_headings import own_plans
from bondesk.engine.query import Query, filtered, ordered

#: What the choice of formats calls it; no layout of 导出设置 may have this name.
TITLE = "导入格式（可修改后再导入）"
#: Rows of one sheet, the heading included.
_MOST_ROWS = 1_048_576
_BATCH = 200


def import_format_steps(act: Act, document: DocumentType, query: Query, path: Path, ids: Sequence[int] = ()) -> Steps:
    """Write the documents of ``query`` (or only ``ids``) as an import workbook.

    A workbook with a 项目·内容 sheet holds one document (EXP-06). Needs the right 导出.
    """
    act.require(document, "export")
    act.require(document, "view")
    if document.workbook is None:
        raise Refused(f"「{document.title}」没有导入格式", "IMP-00")
    plans = own_plans(act, document)
    wanted = _ids(act, document, query, ids)
    if any(plan.pairs for plan in plans) and len(wanted) != 1:
        raise Refused(f"「{document.title}」的导入格式一个文件只放一份，请选中一份再导出", "EXP-06")
    sheets = [_Sheet(plan, document) for plan in plans]
    for start in range(0, len(wanted), _BATCH):
        yield Progress(start, len(wanted), f"正在导出 {path.name}")
        for header in _loaded(act, document, wanted[start : start + _BATCH]):
            for sheet in sheets:
                sheet.add(header)
        act.session.expunge_all()
    longest = max((len(sheet.rows) for sheet in sheets), default=0)
    if longest > _MOST_ROWS:
        raise Refused(f"共 {longest:,} 行，超过 Excel 一张工作表的行数；请缩小筛选范围", "EXP-05")
    act.files.write_sheets(path, [sheet.written() for sheet in sheets])
    log_deed(act, "导出", f"导入格式 {len(wanted)} 份，文件 {path.name}", document=document)
    return Outcome(f"已按导入格式导出 {len(wanted):,} 份：{path}")


def _ids(act: Act, document: DocumentType, query: Query, ids: Sequence[int]) -> list[int]:
    header = document.header
    statement = filtered(act, document, query, select(header.id)).order_by(*ordered(act, document, query))
    found = list(act.session.scalars(statement))
    chosen = set(ids)
    return [one for one in found if one in chosen] if ids else found


def _loaded(act: Act, document: DocumentType, ids: Sequence[int]) -> Iterator[Any]:
    header = document.header
    found = {row.id: row for row in act.session.scalars(select(header).where(header.id.in_(ids)))}
    yield from (found[one] for one in ids)


class _Sheet:
    """Collects the rows of one planned sheet."""

    def __init__(self, plan: SheetPlan, document: DocumentType) -> None:
        self._plan, self._document = plan, document
        self._headings = (*((plan.join,) if plan.join else ()), *plan.head, *plan.headings)
        titles: tuple[object, ...] = ("项目", "内容") if plan.pairs else tuple(h.own or h.text for h in self._headings)
        self.rows: list[tuple[object, ...]] = [titles]

    def add(self, header: Any) -> None:
        """Add what one document has in this sheet."""
        if self._plan.pairs:
            self.rows += [
                (heading.own or heading.text, _cell(heading.field, _value(header, heading)))
                for heading in self._headings
            ]
            return
        if not self._plan.part:
            self.rows.append(tuple(_cell(heading.field, _value(header, heading)) for heading in self._headings))
            return
        table = self._document.line_table(self._plan.part)
        for line in getattr(header, table.attribute_key):
            cells = [
                _cell(heading.field, _value(self._owner(heading, header, line), heading)) for heading in self._headings
            ]
            self.rows.append(tuple(cells))

    def _owner(self, heading: Heading, header: Any, line: Any) -> Any:
        return header if heading is self._plan.join or heading in self._plan.head else line

    def written(self) -> WrittenSheet:
        """Return the sheet as it is written."""
        return WrittenSheet(self._plan.title, self.rows, heading_row=0)


def _value(row: Any, heading: Heading) -> Any:
    return getattr(row, heading.attribute.key)


def _cell(entry: Field, value: Any) -> object:
    """Write a value as its cell is read back: choices by name, codes as texts, yes and no as words."""
    if value is None or value == "":
        return None
    if entry.choices:
        return entry.choice_name(str(value)) or None
    if entry.kind is Kind.YESNO:
        return "是" if value else "否"
    return value
