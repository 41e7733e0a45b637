"""首次倒挂雷达: per material the first day its balance falls below zero, the document that does it, and the way out."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bondesk.areas.accounts.book_model import Account, AccountLine
from bondesk.areas.accounts.book_reading import approved_books, filed_of, materials_of
from bondesk.areas.declarations.declared_books import books_of, counts_declarations
from bondesk.areas.notes.unfinished_notes import unfinished_postings
from bondesk.areas.reports.shortage_table import located, row_key, unit_name
from bondesk.base.columns import Kind
from bondesk.base.errors import Refused
from bondesk.base.explanation import Explanation
from bondesk.base.findings import note
from bondesk.base.numbers import half_up, plain
from bondesk.base.options import option
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable, known_day
from bondesk.base.steps import Progress
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.posting import Posting, Stage
from bondesk.ledger.radar import Event, FirstNegative, Step, first_negatives, steps_of

_Q = Kind.QUANTITY
_DRAFT = "draft"
_STAGES = {Stage.POSTED.value: "已核扣", Stage.RESERVED.value: "预核扣", _DRAFT: "未核扣"}
_EXACT, _MOST = 14, 200


@dataclass(frozen=True, slots=True)
class FirstNegativeOptions:
    """Which books, from which day on, and whether unfinished notes count."""

    record_no: str = option("备案号", "", reference="account handbook", help="空 = 全部账册")
    since: date | None = option("起始日期", None, help="只看这一天及以后的倒挂；空 = 从账册开始")
    reserved: bool = option("计入预核扣", True)
    drafts: bool = option("计入草稿和在途清单", True, help="暂存、已审核、已发送而未核扣的清单")
    item_no: int | None = option("备案序号", None, help="空 = 全部料件")
    known_on: date | None = known_day()


COLUMNS = (
    ReportColumn("record_no", "备案号", Kind.CODE, 14),
    ReportColumn("item_no", "备案序号", Kind.INTEGER, 8),
    ReportColumn("name", "商品名称", Kind.TEXT, 18),
    ReportColumn("unit", "单位", Kind.TEXT, 6),
    ReportColumn("day", "首次倒挂日", Kind.DATE, 12),
    ReportColumn("balance", "当日结存", _Q, 14, explained=True),
    ReportColumn("document_no", "引起的清单", Kind.CODE, 16),
    ReportColumn("document_day", "清单日期", Kind.DATE, 12),
    ReportColumn("stage", "核扣", Kind.TEXT, 8),
    ReportColumn("effect", "该清单的影响", _Q, 14, explained=True),
    ReportColumn("move_to", "可推迟到", Kind.DATE, 12),
    ReportColumn("reduce", "须减少料件", _Q, 14, explained=True),
    ReportColumn("reduce_product", "须减少成品", _Q, 14),
    ReportColumn("forward", "可提前的清单", Kind.TEXT, 24),
    ReportColumn("advice", "最小的改动", Kind.TEXT, 40),
)


def events_of(work: LedgerWork, book: Account, options: FirstNegativeOptions) -> list[Event]:
    """Return everything that moves a book, in the stages chosen."""
    books = books_of(work, book)
    found = _events(books.postings(book.record_no, None, None, Stage.POSTED.value), Stage.POSTED.value)
    if options.reserved:
        found += _events(books.postings(book.record_no, None, None, Stage.RESERVED.value), Stage.RESERVED.value)
    if options.drafts and work.known_on is None and not counts_declarations(book):
        found += _events(unfinished_postings(work, book.record_no), _DRAFT)
    return found


def _events(postings: Sequence[Posting], stage: str) -> list[Event]:
    return [
        Event(
            one.business_date, stage, one.document_key, one.document_id, one.document_no, one.line_id,
            one.goods_flag, one.item_no, one.uc_version, one.signed,
        )
        for one in postings
    ]  # fmt: skip


def run(work: LedgerWork, options: FirstNegativeOptions) -> Generator[Progress, None, ReportTable]:
    """Return a row per material that falls below zero, the earliest first; a note says when none does."""
    books = approved_books(work.facts, options.record_no)
    if not books:
        return ReportTable((), (note("RPT-10", "没有已审批的账册，请先导入或下载账册"),))
    rows: list[ReportRow] = []
    for number, book in enumerate(books):
        yield Progress(number, len(books), f"账册 {book.record_no}")
        lines = {line.item_no: line for line in materials_of(book)}
        for found in first_negatives(events_of(work, book, options), filed_of(book), options.since):
            line = lines.get(found.material_no)
            if line is not None and options.item_no in (None, line.item_no):
                cause = found.cause.document
                opens = (cause.document_key, cause.document_id)
                rows.append(ReportRow(row_key(books, book, line), _values(work, book, line, found), opens))
    rows.sort(key=lambda row: (row.values[4], row.values[0], row.values[1]))
    return ReportTable(tuple(rows), () if rows else (note("RPT-13", "没有料件倒挂"),))


def _values(work: LedgerWork, book: Account, line: AccountLine, found: FirstNegative) -> tuple[Any, ...]:
    cause = found.cause
    return (
        book.record_no,
        line.item_no,
        line.name,
        unit_name(work.facts, line),
        found.day,
        found.balance,
        cause.document.document_no,
        cause.day,
        _STAGES[cause.document.stage],
        half_up(cause.effect, 5),
        found.move_to,
        found.reduce,
        found.reduce_product,
        "、".join(dict.fromkeys(step.document.document_no for step in found.bring_forward)),
        _advice(found),
    )


def _advice(found: FirstNegative) -> str:
    """Say the changes that would do, the mildest first."""
    cause = found.cause
    told = []
    if found.bring_forward:
        numbers = "、".join(dict.fromkeys(step.document.document_no for step in found.bring_forward))
        told.append(f"把 {numbers} 提前到 {found.day} 或以前")
    if found.move_to is not None:
        told.append(f"把 {cause.document.document_no} 推迟到 {found.move_to}")
    if found.reduce_product is not None:
        told.append(f"成品 {cause.document.item_no} 少出口 {plain(found.reduce_product)}")
    elif found.reduce <= half_up(-cause.effect, 5):
        told.append(f"{cause.document.document_no} 少用料件 {plain(found.reduce)}")
    else:
        told.append(f"到当日为止各清单共少用料件 {plain(found.reduce)}")
    return "；或".join(told)


def explain(work: LedgerWork, options: FirstNegativeOptions, row: str, column: str) -> Explanation:
    """Explain a balance by every document of the material up to the day, each down to its source."""
    titles = {entry.key: entry.title for entry in COLUMNS if entry.explained}
    if column not in titles:
        raise Refused(f"报表没有可解释的列 {column}；可用：{'、'.join(titles)}", "RPT-11")
    book, line = located(work, options.record_no, row)
    events, filed = events_of(work, book, options), filed_of(book)
    named = first_negatives(events, filed, options.since)
    found = next((one for one in named if one.material_no == line.item_no), None)
    if found is None:
        raise Refused(f"料件 {line.item_no} 没有倒挂", "RPT-11")
    title = f"料件 {line.item_no} {titles[column]}"
    if column == "effect":
        value = plain(half_up(found.cause.effect, _EXACT))
        return Explanation(title, value, _STAGES[found.cause.document.stage], _traced(work, found.cause))
    steps = [one for one in steps_of(events, filed)[line.item_no] if one.day <= found.day]
    shown = found.balance if column == "balance" else found.reduce
    reason = f"截至 {found.day} 日终，{len(steps)} 份清单累计" if column == "balance" else "当日结存补到 0 的数量"
    return Explanation(title, plain(shown), reason, _running(work, steps, found.cause))


def _running(work: LedgerWork, steps: Sequence[Step], cause: Step) -> tuple[Explanation, ...]:
    """List the last documents with the running balance; what came before is one line."""
    parts = []
    before = steps[:-_MOST]
    total = sum((one.effect for one in before), start=steps[0].effect * 0)
    if before:
        parts.append(Explanation(f"此前 {len(before)} 份清单", plain(half_up(total, _EXACT))))
    for one in steps[-_MOST:]:
        total += one.effect
        word = "（引起倒挂）" if one is cause or one == cause else ""
        name = f"{one.day} 清单 {one.document.document_no}（{_STAGES[one.document.stage]}）{word}"
        value = plain(half_up(one.effect, _EXACT))
        parts.append(Explanation(name, value, f"结存 {plain(half_up(total, 5))}", _traced(work, one)))
    return tuple(parts)


def _traced(work: LedgerWork, one: Step) -> tuple[Explanation, ...]:
    trace = work.trace(one.document.document_key, one.document.line_id)
    return (trace,) if trace else ()


FIRST_NEGATIVE = Report(
    key="first_negative",
    title="首次倒挂雷达",
    columns=COLUMNS,
    run=run,
    explain=explain,
    options=FirstNegativeOptions,
    help="按日期逐份清单推算每个料件的结存：哪一天首次为负、由哪份清单引起、怎样改动最小。",
)
