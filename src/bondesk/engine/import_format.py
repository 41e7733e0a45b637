"""按导入格式导出: documents written in the layout their import reads, so that a file can be mended and brought back.

Importing such a file gives the same documents again; codes stand as codes, numbers with every decimal.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType, LineTable
from bondesk.base.errors import Refused
from bondesk.base.fields import Field
from bondesk.base.sheets import WrittenSheet
from bondesk.base.steps import Outcome, Progress, Steps
from bondesk.base.workbooks import Heading, SheetPlan
from bondesk.engine.act import Act
from bondesk.engine.history import log_deed
from bondesk.engine.import_headings import own_plans
from bondesk.engine.ports import SheetsWriter
from bondesk.engine.query import Query, filtered, ordered

#: What the choice of formats calls it; no layout of 导出设置 may have this name.
TITLE = "导入格式（可修改后再导入）"
#: Rows of one sheet, the heading included.
_MOST_ROWS = 1_048_576
_BATCH = 200
#: Rows of a windowed table written between two looks at whether to go on.
_ROWS = 2_000


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
    if document.windowed:
        yield from _streamed(act, document, plans, wanted[0], path)
        return _told(act, document, 1, path)
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
    return _told(act, document, len(wanted), path)


def _told(act: Act, document: DocumentType, count: int, path: Path) -> Outcome:
    log_deed(act, "导出", f"导入格式 {count} 份，文件 {path.name}", document=document)
    return Outcome(f"已按导入格式导出 {count:,} 份：{path}")


def _streamed(
    act: Act, document: DocumentType, plans: Sequence[SheetPlan], header_id: int, path: Path
) -> Generator[Progress, None, None]:
    """Write one document whose rows may be any number: they go from the database into the file, a batch at a time."""
    (header,) = _loaded(act, document, [header_id])
    writer = act.files.sheets_writer(path)
    try:
        for plan in plans:
            headings = plan.all_headings
            writer.begin(plan.title, 2 if plan.pairs else len(headings))
            if not plan.part:
                sheet = _Sheet(plan, document)
                sheet.add(header)
                for row in sheet.rows:
                    writer.add(row)
                continue
            writer.add(tuple(heading.own or heading.text for heading in headings))
            yield from _write_rows(act, document.line_table(plan.part), plan, header_id, writer)
        writer.close()
    except BaseException:
        writer.drop()
        raise


def _write_rows(
    act: Act, table: LineTable, plan: SheetPlan, header_id: int, writer: SheetsWriter
) -> Generator[Progress, None, None]:
    model = table.model
    mine = [model.company_id == act.company_id, model.header_id == header_id]
    mine += [getattr(model, key) == value for key, value in table.fixed.items()]
    total = int(act.session.execute(select(func.count()).select_from(model).where(*mine)).scalar_one())
    if total >= _MOST_ROWS:
        raise Refused(f"「{plan.title}」共 {total:,} 行，超过 Excel 一张工作表的行数", "EXP-05")
    fields = [heading.field for heading in plan.headings]
    statement = select(*(getattr(model, heading.attribute.key) for heading in plan.headings)).where(*mine)
    statement = statement.order_by(model.line_no, model.id).execution_options(yield_per=_ROWS)
    for done, row in enumerate(act.session.execute(statement)):
        if done % _ROWS == 0:
            yield Progress(done, total, f"正在导出{plan.title} {done:,}/{total:,} 行")
        writer.add(tuple(_cell(entry, value) for entry, value in zip(fields, row, strict=True)))


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
