"""Report 5 核注清单流水账: every line of every note in order, with what it did to the ledger (handbook 16)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, or_, select

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.codes.customs_code import units_of
from bondesk.areas.declarations.declared_books import counts_declarations
from bondesk.areas.notes.bonded_note import BONDED_NOTE
from bondesk.areas.notes.bonded_note_model import WRITEOFF_MARKS, BondedNote, NoteLine
from bondesk.areas.notes.note_posting import STAGES
from bondesk.areas.reports.chosen_books import choice_name, explained_title, no_row
from bondesk.areas.reports.journal import JournalOptions, Money, lines_read, narrowed, voucher_lines
from bondesk.base.batches import batches
from bondesk.base.columns import Kind
from bondesk.base.explanation import Explanation
from bondesk.base.findings import Finding, note
from bondesk.base.formal_copy import FORMAL
from bondesk.base.numbers import plain
from bondesk.base.options import option
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable, known_day
from bondesk.base.steps import Progress
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.posting import Posting, Stage

ZERO = Decimal(0)
_Q = Kind.QUANTITY
_GOODS = (("I", "料件"), ("E", "成品"))


@dataclass(frozen=True, slots=True)
class NoteJournalOptions(JournalOptions):
    """The conditions of a journal, and whether notes that moved nothing yet are shown."""

    posted_only: bool = option("只看已核扣", False)
    known_on: date | None = known_day()


COLUMNS = (
    ReportColumn("bond_no", "清单编号", Kind.CODE, 20),
    ReportColumn("internal_no", "企业内部清单编号", Kind.CODE, 16),
    ReportColumn("record_no", "备案号", Kind.CODE, 14),
    ReportColumn("ie_flag", "进出口", Kind.TEXT, 6),
    ReportColumn("mode", "监管方式", Kind.CODE, 8),
    ReportColumn("declared_on", "申报日期", Kind.DATE, 12),
    ReportColumn("state", "状态", Kind.TEXT, 10),
    ReportColumn("writeoff", "核扣标志", Kind.TEXT, 10),
    ReportColumn("line_no", "项", Kind.INTEGER, 6),
    ReportColumn("goods", "料件/成品", Kind.TEXT, 8),
    ReportColumn("item_no", "备案序号", Kind.INTEGER, 8),
    ReportColumn("name", "商品名称", Kind.TEXT, 18),
    ReportColumn("uc_version", "版本", Kind.CODE, 8),
    ReportColumn("quantity", "申报数量", _Q, 14),
    ReportColumn("unit", "单位", Kind.TEXT, 6),
    ReportColumn("legal_qty", "法定数量", _Q, 14),
    ReportColumn("price", "单价", Kind.PRICE, 12),
    ReportColumn("total", "总价", Kind.AMOUNT, 14),
    ReportColumn("currency", "币制", Kind.CODE, 6),
    ReportColumn("converted", "折核销币制金额", Kind.AMOUNT, 16, totalled=True),
    ReportColumn("effect", "底账增减", _Q, 14, explained=True),
    ReportColumn("running", "该项累计", _Q, 14, explained=True),
    ReportColumn("partner", "客户供应商", Kind.CODE, 12),
    ReportColumn("customs", "申报地海关", Kind.CODE, 10),
)
_COLUMN = {column.key: place for place, column in enumerate(COLUMNS)}
_Item = tuple[str, str, int]
#: What postings of a line stand under: whether of the formal copy, the line, and the item it had when they were made.
_Moved = tuple[bool, int, int]
_Line = tuple[BondedNote, NoteLine, int]


def run(work: LedgerWork, options: NoteJournalOptions) -> Generator[Progress, None, ReportTable]:
    """Return a row per note line; the running figure of an item starts with what was posted before the period.

    Lines whose postings lie in the period though their note does not, or under an item the line no longer has, follow
    at the end: what corrects a closed cycle is posted in the open one (decision 0035).
    """
    books = {book.record_no: book for book in work.facts.find(Account, copy="approved")}
    findings = _other_basis(books, options.record_no)
    effects, running = _effects(work, books, options)
    money, units, rows = Money(work.facts), units_of(work.facts), list[ReportRow]()
    for batch in _read(work, options, effects):
        yield Progress(len(rows), len(rows) + len(batch), f"已读 {len(rows):,} 项")
        for head, line, item_no in batch:
            if head.record_no in books and counts_declarations(books[head.record_no]):
                continue
            effect = effects.get((head.copy == FORMAL, line.id, item_no))
            if options.posted_only and effect is None:
                continue
            item = (head.record_no, head.goods_flag, item_no)
            running[item] += effect or ZERO
            unit = units.get(line.dcl_unit)
            values = _values(head, line, item_no, money.converted(line.total, line.currency, head.declared_on))
            row = (*values, effect, running[item], head.partner, head.declare_customs)
            opens = ("bonded_note_formal" if head.copy == FORMAL else "bonded_note", head.id)
            key = f"{head.internal_no}/{line.line_no}"
            rows.append(ReportRow(key, _with_unit(row, unit.name if unit else ""), opens))
    findings += money.findings
    if not rows and not findings:
        findings.append(note("RPT-13", "没有符合条件的核注清单；按账册统计前请先下载或导入核注清单"))
    return ReportTable(tuple(rows), tuple(findings))


def _read(work: LedgerWork, options: NoteJournalOptions, effects: Mapping[_Moved, Decimal]) -> Iterator[list[_Line]]:
    """Read the lines of the period's notes, then the lines and items of ``effects`` that were not among them."""
    rest: dict[int, set[_Moved]] = defaultdict(set)
    for key, effect in effects.items():
        if effect and options.item_no in (None, key[2]):
            rest[key[1]].add(key)
    for batch in lines_read(work, _lines(work, options).where(NoteLine.row_mark != "2")):
        for head, line in batch:
            rest[line.id].discard((head.copy == FORMAL, line.id, line.item_no))
        yield [(head, line, line.item_no) for head, line in batch]
    ids = sorted(line_id for line_id, keys in rest.items() if keys)
    statement = narrowed(_every_line(work), BondedNote, NoteLine, replace(options, item_no=None))
    for some in batches(ids):
        for batch in lines_read(work, statement.where(NoteLine.id.in_(some))):
            yield [(head, line, item) for head, line in batch for _formal, _id, item in sorted(rest[line.id])]


def _every_line(work: LedgerWork) -> Select[Any]:
    head: Any = BondedNote
    own = and_(NoteLine.company_id == head.company_id, NoteLine.header_id == head.id)
    statement = select(head, NoteLine).join(NoteLine, own).where(head.company_id == work.company_id)
    return statement.order_by(head.declared_on, head.internal_no, NoteLine.line_no)


def _lines(work: LedgerWork, options: JournalOptions) -> Select[Any]:
    """Return the notes with their lines; a draft stands for its formal copy as it does in the ledger."""
    moves = and_(BondedNote.state == "APPROVED", BondedNote.writeoff_mark.in_(STAGES))
    stands = or_(moves, BondedNote.list_state == "3")
    return voucher_lines(work, BondedNote, NoteLine, BondedNote.bond_no, options, stands)


def _with_unit(row: tuple[Any, ...], unit: str) -> tuple[Any, ...]:
    place = _COLUMN["unit"]
    return (*row[:place], unit or row[place], *row[place + 1 :])


def _values(head: BondedNote, line: NoteLine, item_no: int, converted: Decimal | None) -> tuple[Any, ...]:
    return (
        head.bond_no,
        head.internal_no,
        head.record_no,
        "进口" if head.ie_flag == "I" else "出口",
        head.supervision_mode,
        head.declared_on,
        BONDED_NOTE.flow.state(head.state).title,
        choice_name(WRITEOFF_MARKS, head.writeoff_mark),
        line.line_no,
        choice_name(_GOODS, head.goods_flag),
        item_no,
        line.name if item_no == line.item_no else "",
        line.uc_version,
        line.dcl_qty,
        line.dcl_unit,
        line.legal_qty1,
        line.price,
        line.total,
        line.currency,
        converted,
    )


def _other_basis(books: dict[str, Account], record_no: str) -> list[Finding]:
    return [
        note("RPT-42", f"{number} 按报关单统计，它的核注清单不列在这里，请看「报关单流水账」", "record_no")
        for number, book in sorted(books.items())
        if counts_declarations(book) and record_no in ("", number)
    ]


def _effects(
    work: LedgerWork, books: dict[str, Account], options: NoteJournalOptions
) -> tuple[dict[_Moved, Decimal], dict[_Item, Decimal]]:
    """Return what every note line did to the ledger, and each item's sum before the period."""
    effects: dict[_Moved, Decimal] = defaultdict(Decimal)
    before: dict[_Item, Decimal] = defaultdict(Decimal)
    for number in books if not options.record_no else (options.record_no,):
        for one in work.books.postings(number, options.date_from, options.date_to, Stage.POSTED.value):
            effects[one.document_key == "bonded_note_formal", one.line_id, one.item_no] += one.signed
        if options.date_from is not None:
            for moved in work.books.movements(number, None, options.date_from - timedelta(days=1)):
                if moved.stage == Stage.POSTED.value:
                    before[number, moved.goods_flag, moved.item_no] += moved.quantity
    return dict(effects), before


def explain(work: LedgerWork, options: NoteJournalOptions, row: str, column: str) -> Explanation:
    """Explain what a note line (``内部编号/项``) did by its source lines, the running figure by all before."""
    title = explained_title(COLUMNS, column)
    number, _, line_no = row.rpartition("/")
    every = replace(options, item_no=None)
    for statement in (_lines(work, every), _every_line(work)):
        for head, line in work.session.execute(statement.where(BondedNote.internal_no == number)):
            if str(line.line_no) == line_no:
                return _explained(work, head, title, _postings(work, options, head, line, column))
    raise no_row(row, "企业内部清单编号/项")


def _postings(
    work: LedgerWork, options: NoteJournalOptions, head: BondedNote, line: NoteLine, column: str
) -> Sequence[Posting]:
    """Return what moved the item by this line in the period, or all up to it for the running figure."""
    begin = None if column == "running" else options.date_from
    postings = [
        one
        for one in work.books.postings(head.record_no, begin, options.date_to, Stage.POSTED.value)
        if one.goods_flag == head.goods_flag and one.item_no == line.item_no
    ]
    if column != "running":
        return [one for one in postings if one.line_id == line.id]
    last = max((place for place, one in enumerate(postings) if one.line_id == line.id), default=-1)
    return postings[: last + 1]


def _explained(work: LedgerWork, head: BondedNote, title: str, postings: Sequence[Posting]) -> Explanation:
    total, parts = ZERO, []
    for one in postings:
        total += one.signed
        trace = work.trace(one.document_key, one.line_id)
        word = "冲销 " if one.reversal else ""
        word = f"更正 {one.corrects} {word}" if one.corrects else word
        name = f"{one.business_date} {word}{one.document_no} 第{one.line_no}项（监管方式 {one.mode}）"
        parts.append(Explanation(name, f"{one.signed:f}", f"累计 {plain(total)}", (trace,) if trace else ()))
    told = "监管方式对底账的影响 × 申报数量" if postings else "还没有核扣，底账未变动"
    return Explanation(f"{head.internal_no} {title}", plain(total), told, tuple(parts))


NOTE_JOURNAL = Report(
    key="note_journal",
    title="核注清单流水账",
    columns=COLUMNS,
    run=run,
    explain=explain,
    options=NoteJournalOptions,
    help="按日期逐项列出核注清单：数量、金额、对底账的增减与该项的累计。",
)
