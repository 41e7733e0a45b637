"""Report 33 原始单证使用情况表: of every source line what notes and declarations took, and what is left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, select

from bondesk.areas.declarations.declaration import DECLARATION
from bondesk.areas.declarations.declaration_lines import DeclarationLine, DeclarationLineSource
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.areas.goods.part import Part
from bondesk.areas.notes.bonded_note import BONDED_NOTE
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine, NoteLineSource
from bondesk.areas.notes.source_document import SourceDocument, SourceLine
from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.explanation import Explanation
from bondesk.base.findings import error, note
from bondesk.base.numbers import plain
from bondesk.base.options import option
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable
from bondesk.base.steps import Progress
from bondesk.ledger.books import LedgerWork

_DIRECTIONS = (("", "全部"), ("I", "进口"), ("E", "出口"))
_USES = (("", "全部"), ("OPEN", "尚有未生成"), ("USED", "已用完"), ("NONE", "完全未用"))
_BATCH = 500
_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class SourceUsageOptions:
    """Which source lines."""

    ie_flag: str = option("进出口", "", choices=_DIRECTIONS)
    date_from: date | None = option("单据日期起", None, help="空 = 不限")
    date_to: date | None = option("单据日期止", None, help="空 = 不限")
    document_no: str = option("单据号", "", help="包含此文字；空 = 全部")
    partner: str = option("客户供应商", "", reference="partner", help="空 = 全部")
    part_no: str = option("料号", "", reference="part", help="空 = 全部")
    use: str = option("使用情况", "", choices=_USES)


_Q = Kind.QUANTITY
COLUMNS = (
    ReportColumn("document_no", "单据号", Kind.CODE, 16),
    ReportColumn("line_no", "行号", Kind.INTEGER, 6),
    ReportColumn("part_no", "料号", Kind.CODE, 16),
    ReportColumn("name", "品名", Kind.TEXT, 18),
    ReportColumn("unit", "企业单位", Kind.TEXT, 8),
    ReportColumn("quantity", "数量", _Q, 14, totalled=True),
    ReportColumn("in_notes", "生成清单数量", _Q, 14, totalled=True, explained=True),
    ReportColumn("in_declarations", "生成报关单数量", _Q, 14, totalled=True, explained=True),
    ReportColumn("left", "未生成数量", _Q, 14, totalled=True, explained=True),
    ReportColumn("word", "使用情况", Kind.TEXT, 10),
    ReportColumn("documents", "生成的单证", Kind.TEXT, 30),
    ReportColumn("document_date", "单据日期", Kind.DATE, 12),
    ReportColumn("ie_flag", "进出口", Kind.TEXT, 8),
    ReportColumn("mode", "监管方式", Kind.CODE, 8),
    ReportColumn("partner", "客户供应商", Kind.CODE, 12),
)


@dataclass(frozen=True, slots=True)
class Use:
    """What one line of a note or declaration took of a source line."""

    kind: DocumentType
    number: str
    state: str
    line_id: int
    line_no: int
    quantity: Decimal
    derivation: str

    @property
    def of(self) -> str:
        """Name the line as explanations do."""
        return f"{self.kind.title} {self.number} 第{self.line_no}项（{self.kind.flow.state(self.state).title}）"


def run(work: LedgerWork, options: SourceUsageOptions) -> Generator[Progress, None, ReportTable]:
    """Return the chosen source lines; an empty table says so, a used quantity that does not add up too (RPT-33)."""
    chosen = work.session.execute(_lines(work, options)).all()
    parts = work.facts.index(Part, Part.part_no)
    rows: list[ReportRow] = []
    findings = []
    for start in range(0, len(chosen), _BATCH):
        yield Progress(start, len(chosen), "读取原始单证")
        batch = chosen[start : start + _BATCH]
        uses = uses_of(work, [line.id for _, line in batch])
        for document, line in batch:
            row = _row(document, line, parts.get(line.part_no), uses.get(line.id, ()))
            rows.append(row)
            if _sum(iter(uses.get(line.id, ()))) != line.used_qty:
                text = f"单据 {row.key} 已生成数量 {plain(line.used_qty)} 与所列单证的合计不符"
                findings.append(error("RPT-33", text))
    if not rows:
        findings.append(note("RPT-13", "没有符合条件的原始单证"))
    return ReportTable(tuple(rows), tuple(findings))


def _lines(work: LedgerWork, options: SourceUsageOptions) -> Select[SourceDocument, SourceLine]:
    document, line = SourceDocument, SourceLine
    owned = and_(document.company_id == line.company_id, document.id == line.header_id)
    statement = select(document, line).join(document, owned).where(line.company_id == work.company_id)
    wanted: tuple[tuple[object, Callable[[], Any]], ...] = (
        (options.ie_flag, lambda: document.ie_flag == options.ie_flag),
        (options.date_from, lambda: document.document_date >= options.date_from),
        (options.date_to, lambda: document.document_date <= options.date_to),
        (options.document_no, lambda: document.document_no.contains(options.document_no, autoescape=True)),
        (options.partner, lambda: document.partner == options.partner),
        (options.part_no, lambda: line.part_no == options.part_no),
        (options.use == "OPEN", lambda: line.used_qty < line.quantity),
        (options.use == "USED", lambda: line.used_qty >= line.quantity),
        (options.use == "NONE", lambda: line.used_qty == 0),
    )
    for given, condition in wanted:
        statement = statement.where(condition()) if given else statement
    return statement.order_by(document.document_date, document.document_no, line.line_no)


def uses_of(work: LedgerWork, line_ids: Sequence[int]) -> dict[int, list[Use]]:
    """Return by source line id what notes and declarations took of it, oldest first."""
    found: dict[int, list[Use]] = defaultdict(list)
    for kind, head, body, link, owner, number in (
        (BONDED_NOTE, BondedNote, NoteLine, NoteLineSource, NoteLineSource.note_line_id, BondedNote.internal_no),
        (
            DECLARATION,
            Declaration,
            DeclarationLine,
            DeclarationLineSource,
            DeclarationLineSource.declaration_line_id,
            Declaration.internal_no,
        ),
    ):
        statement = _taken(work, head, body, link, owner, number).where(link.source_line_id.in_(list(line_ids)))
        for source_id, *values in work.session.execute(statement):
            found[source_id].append(Use(kind, *values))
    return found


def _taken(work: LedgerWork, head: Any, body: Any, link: Any, owner: Any, number: Any) -> Select[Any]:
    columns = (link.source_line_id, number, head.state, body.id, body.line_no, link.quantity, link.derivation)
    return (
        select(*columns)
        .join(body, and_(body.company_id == link.company_id, body.id == owner))
        .join(head, and_(head.company_id == body.company_id, head.id == body.header_id))
        .where(link.company_id == work.company_id)
        .order_by(number, body.line_no)
    )


def _row(document: SourceDocument, line: SourceLine, part: Part | None, uses: Sequence[Use]) -> ReportRow:
    in_notes = _sum(one for one in uses if one.kind is BONDED_NOTE)
    in_declarations = _sum(one for one in uses if one.kind is not BONDED_NOTE)
    left = line.quantity - in_notes - in_declarations
    return ReportRow(
        f"{document.document_no}/{line.line_no}",
        (
            document.document_no,
            line.line_no,
            line.part_no,
            part.name if part else "",
            line.erp_unit,
            line.quantity,
            in_notes,
            in_declarations,
            left,
            "完全未用" if left == line.quantity else "已用完" if left <= 0 else "部分使用",
            _named(uses),
            document.document_date,
            "进口" if document.ie_flag == "I" else "出口",
            document.supervision_mode,
            document.partner,
        ),
        ("source_document", document.id),
    )


def _sum(uses: Iterator[Use]) -> Decimal:
    return sum((one.quantity for one in uses), Decimal(0))


def _named(uses: Sequence[Use]) -> str:
    numbers = list(dict.fromkeys(one.number for one in uses))
    more = f" 等 {len(numbers)} 份" if len(numbers) > _MOST_NAMED else ""
    return "、".join(numbers[:_MOST_NAMED]) + more


def explain(work: LedgerWork, options: SourceUsageOptions, row: str, column: str) -> Explanation:
    """Explain a figure of a row (``单据号/行号``) down to lines of notes and declarations and workbook cells."""
    titles = {entry.key: entry.title for entry in COLUMNS if entry.explained}
    if column not in titles:
        raise Refused(f"报表没有可解释的列 {column}；可用：{'、'.join(titles)}", "RPT-11")
    number, _, line_no = row.rpartition("/")
    statement = _lines(work, options).where(SourceDocument.document_no == number)
    found = [(head, line) for head, line in work.session.execute(statement) if str(line.line_no) == line_no]
    if not found:
        raise Refused(f"报表没有这一行 {row}（写法：单据号/行号）", "RPT-11")
    _, line = found[0]
    uses = uses_of(work, [line.id]).get(line.id, [])
    if column != "left":
        uses = [one for one in uses if (one.kind is BONDED_NOTE) == (column == "in_notes")]
    taken = _sum(iter(uses))
    value = line.quantity - taken if column == "left" else taken
    cell = work.cell(line, "quantity")
    whole = Explanation("单证数量", f"{plain(line.quantity)} {line.erp_unit}", "", (cell,) if cell else ())
    parts = tuple(_explained(work, one) for one in uses)
    reason = "单证数量减去各单证取用的数量" if column == "left" else f"{len(parts)} 项取用之和"
    return Explanation(f"单据 {row} {titles[column]}", f"{plain(value)} {line.erp_unit}", reason, (whole, *parts))


def _explained(work: LedgerWork, one: Use) -> Explanation:
    trace = work.trace(one.kind.key, one.line_id)
    return Explanation(one.of, plain(one.quantity), one.derivation, (trace,) if trace else ())


SOURCE_USAGE = Report(
    key="source_usage",
    title="原始单证使用情况表",
    columns=COLUMNS,
    run=run,
    explain=explain,
    options=SourceUsageOptions,
    help="每个原始单证行生成了哪些核注清单和报关单、各多少、还剩多少。",
)
