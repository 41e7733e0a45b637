"""Report 6 报关单流水账: every line of every declaration in order (handbook 16)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from sqlalchemy import true

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.codes.customs_code import units_of
from bondesk.areas.declarations.declaration import DECLARATION
from bondesk.areas.declarations.declaration_lines import DeclarationLine
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.areas.declarations.declared_books import counts_declarations
from bondesk.areas.reports.chosen_books import explained_title, no_row
from bondesk.areas.reports.journal import JournalOptions, Money, lines_read, voucher_lines
from bondesk.areas.risk.inspection_record import InspectionRecord
from bondesk.base.columns import Kind
from bondesk.base.explanation import Explanation
from bondesk.base.findings import note
from bondesk.base.formal_copy import FORMAL
from bondesk.base.numbers import plain
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable
from bondesk.base.steps import Progress
from bondesk.ledger.books import LedgerWork

COLUMNS = (
    ReportColumn("declaration_no", "海关编号", Kind.CODE, 20),
    ReportColumn("internal_no", "企业内部编号", Kind.CODE, 16),
    ReportColumn("declared_on", "申报日期", Kind.DATE, 12),
    ReportColumn("entry_exit_date", "进出口日期", Kind.DATE, 12),
    ReportColumn("ie_flag", "进出口", Kind.TEXT, 6),
    ReportColumn("mode", "监管方式", Kind.CODE, 8),
    ReportColumn("record_no", "备案号", Kind.CODE, 14),
    ReportColumn("line_no", "项", Kind.INTEGER, 6),
    ReportColumn("item_no", "备案序号", Kind.INTEGER, 8),
    ReportColumn("hs_code", "商品编码", Kind.CODE, 12),
    ReportColumn("name", "商品名称", Kind.TEXT, 18),
    ReportColumn("quantity", "成交数量", Kind.QUANTITY, 14, explained=True),
    ReportColumn("unit", "单位", Kind.TEXT, 6),
    ReportColumn("price", "单价", Kind.PRICE, 12),
    ReportColumn("total", "总价", Kind.AMOUNT, 14),
    ReportColumn("currency", "币制", Kind.CODE, 6),
    ReportColumn("converted", "折算金额", Kind.AMOUNT, 16, totalled=True),
    ReportColumn("note_no", "清单编号", Kind.CODE, 20),
    ReportColumn("state", "状态", Kind.TEXT, 10),
    ReportColumn("inspected", "查验", Kind.TEXT, 6),
    ReportColumn("partner", "客户供应商", Kind.CODE, 12),
    ReportColumn("customs", "申报地海关", Kind.CODE, 10),
)


def run(work: LedgerWork, options: JournalOptions) -> Generator[Progress, None, ReportTable]:
    """Return a row per line of every declaration, those of no book included."""
    money, units, rows = Money(work.facts), units_of(work.facts), list[ReportRow]()
    inspected = {one.declaration for one in work.facts.find(InspectionRecord)}
    statement = voucher_lines(work, Declaration, DeclarationLine, Declaration.declaration_no, options, true())
    for batch in lines_read(work, statement):
        yield Progress(len(rows), len(rows) + len(batch), f"已读 {len(rows):,} 项")
        for head, line in batch:
            unit = units.get(line.dcl_unit)
            values = _values(head, line, unit.name if unit else line.dcl_unit, money, inspected)
            opens = ("declaration_formal" if head.copy == FORMAL else "declaration", head.id)
            rows.append(ReportRow(f"{head.internal_no}/{line.line_no}", values, opens))
    findings = list(money.findings)
    if not rows:
        findings.append(note("RPT-13", "没有符合条件的报关单；请先下载或导入报关单"))
    elif options.record_no:
        book = work.facts.one(Account, copy="approved", record_no=options.record_no)
        if book is not None and not counts_declarations(book):
            text = f"{options.record_no} 按核注清单统计：这里的报关单供核对，不计入它的报表和报核"
            findings.append(note("RPT-42", text, "record_no"))
    return ReportTable(tuple(rows), tuple(findings))


def _values(head: Declaration, line: DeclarationLine, unit: str, money: Money, inspected: set[str]) -> tuple[Any, ...]:
    return (
        head.declaration_no,
        head.internal_no,
        head.declared_on,
        head.entry_exit_date,
        "进口" if head.ie_flag == "I" else "出口",
        head.supervision_mode,
        head.record_no,
        line.line_no,
        line.item_no,
        line.hs_code,
        line.name,
        line.dcl_qty,
        unit,
        line.price,
        line.total,
        line.currency,
        money.converted(line.total, line.currency, head.declared_on),
        head.note_no,
        DECLARATION.flow.state(head.state).title,
        "查验" if head.internal_no in inspected or head.state == "INSPECT" else "",
        head.partner,
        head.declare_customs,
    )


def explain(work: LedgerWork, options: JournalOptions, row: str, column: str) -> Explanation:
    """Explain a quantity (``企业内部编号/项``) by the note lines or source lines it was made of."""
    title = explained_title(COLUMNS, column)
    number, _, line_no = row.rpartition("/")
    statement = voucher_lines(work, Declaration, DeclarationLine, Declaration.declaration_no, options, true())
    for head, line in work.session.execute(statement.where(Declaration.internal_no == number)):
        if str(line.line_no) == line_no:
            trace = work.trace("declaration_formal" if head.copy == FORMAL else "declaration", line.id)
            told = "由下列单证生成" if trace is not None else "直接录入或导入"
            return Explanation(f"{head.internal_no} 第{line_no}项 {title}", plain(line.dcl_qty), told,
                               (trace,) if trace else ())  # fmt: skip
    raise no_row(row, "企业内部编号/项")


DECLARATION_JOURNAL = Report(
    key="declaration_journal",
    title="报关单流水账",
    columns=COLUMNS,
    run=run,
    explain=explain,
    options=JournalOptions,
    help="按日期逐项列出报关单：数量、金额、折算金额、清单编号、状态与是否查验。",
)
