"""舍入台账: what rounding left between the parts' quantities and what was declared of the book's items.

A note line is the sum of its source lines, converted exactly and rounded once (handbook 2.3, 5.4, appendix D). What is
left is told here: per item, 料号级数量 = 项号级数量 + 舍入差, always (decision 0035).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from bondesk.areas.accounts.book_model import AccountLine
from bondesk.areas.codes.customs_code import units_of
from bondesk.areas.codes.units import document_places
from bondesk.areas.declarations.declared_books import counts_declarations
from bondesk.areas.notes.bonded_note_model import NoteLineSource
from bondesk.areas.notes.conversion import least_raised, rounding_leaves
from bondesk.areas.reports.book_rows import item_row
from bondesk.areas.reports.chosen_books import OpenedBook, explained_title, no_row, opened_books, over_books, unit_name
from bondesk.areas.reports.lost_sources import lost_sources
from bondesk.base.batches import batches
from bondesk.base.columns import Kind
from bondesk.base.explanation import Explanation
from bondesk.base.findings import Finding, note
from bondesk.base.numbers import QUANTITY_PLACES, plain
from bondesk.base.options import option
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable, known_day
from bondesk.base.steps import Progress
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.posting import Posting

ZERO = Decimal(0)
DRAFT_KEY = "bonded_note"
_Q, _F = Kind.QUANTITY, Kind.FACTOR
#: Goods flag and 备案序号.
_Key = tuple[str, int]
ROUNDED, RAISED, CHANGED, UNSOURCED, RETURNED = "舍入", "进到最小数", "数量改动", "无来源", "来源已退回"


@dataclass(frozen=True, slots=True)
class RoundingOptions:
    """Which book, up to which day, and whether every note line is listed."""

    record_no: str = option("备案号", "", reference="account handbook", help="空 = 全部账册")
    day: date | None = option("截止日期", None, help="空 = 今天")
    goods_flag: str = option("料件/成品", "", choices=(("", "全部"), ("I", "料件"), ("E", "成品")))
    item_no: int | None = option("备案序号", None, help="空 = 全部")
    per_line: bool = option("逐项列出清单表体", False, help="不选 = 每个备案序号一行")
    known_on: date | None = known_day()


COLUMNS = (
    ReportColumn("record_no", "备案号", Kind.CODE, 14),
    ReportColumn("goods", "料件/成品", Kind.TEXT, 8),
    ReportColumn("item_no", "备案序号", Kind.INTEGER, 8),
    ReportColumn("name", "商品名称", Kind.TEXT, 14),
    ReportColumn("unit", "单位", Kind.TEXT, 6),
    ReportColumn("voucher", "清单/项", Kind.CODE, 14),
    ReportColumn("declared_on", "申报日期", Kind.DATE, 11),
    ReportColumn("sources", "来源行数", Kind.INTEGER, 8),
    ReportColumn("part_level", "料号级数量", _F, 15, explained=True),
    ReportColumn("item_level", "项号级数量", _Q, 13, explained=True),
    ReportColumn("residue", "舍入差", _F, 12, explained=True),
    ReportColumn("running", "累计舍入差", _F, 12, explained=True),
    ReportColumn("nature", "性质", Kind.TEXT, 10),
)


@dataclass(frozen=True, slots=True)
class Rounded:
    """What one note line moved of one item, signed as in the ledger, beside the sum of its converted source lines."""

    posting: Posting
    item_level: Decimal
    part_level: Decimal
    sources: int
    places: int
    lost: bool = False

    @property
    def voucher(self) -> str:
        """Name the note and its line."""
        return f"{self.posting.document_no}/{self.posting.line_no}"

    @property
    def residue(self) -> Decimal:
        """Return 料号级 − 项号级."""
        return self.part_level - self.item_level

    @property
    def nature(self) -> str:
        """Tell what the difference comes from: one rounding cannot leave more than half its last place."""
        if not self.sources:
            return RETURNED if self.lost else UNSOURCED
        if rounding_leaves(self.part_level, self.item_level, self.sources, self.places):
            return ROUNDED
        return RAISED if least_raised(self.part_level, self.item_level, self.places) else CHANGED


def run(work: LedgerWork, options: RoundingOptions) -> Generator[Progress, None, ReportTable]:
    """Return a row per item, or per note line, of every chosen book counted from notes."""

    def rows_of(opened: OpenedBook) -> Iterator[ReportRow | Finding]:
        changed, filed = 0, _filed(opened)
        for key, lines in sorted(_items(opened, options, filed).items()):
            changed += sum(one.nature == CHANGED for one in lines)
            yield from _rows(opened, key, filed.get(key), lines, per_line=options.per_line)
        if changed:
            text = f"{opened.record_no} 有 {changed} 项清单表体的申报数量与来源折算相差超过舍入，是生成后改动的数量"
            yield note("RPT-49", f"{text}；选「逐项列出清单表体」查看", "per_line")

    return (yield from over_books(work, options, rows_of, wanted=lambda book: not counts_declarations(book)))


def _filed(opened: OpenedBook) -> Mapping[_Key, AccountLine]:
    both = (("I", opened.book.materials), ("E", opened.book.products))
    return {(goods, line.item_no): line for goods, lines in both for line in lines}


def _rows(
    opened: OpenedBook, key: _Key, filed: AccountLine | None, lines: Sequence[Rounded], *, per_line: bool
) -> Iterator[ReportRow]:
    goods, item_no = key
    name, unit = (filed.name, unit_name(opened.work.facts, filed)) if filed is not None else ("", "")
    head, running = (opened.record_no, "料件" if goods == "I" else "成品", item_no, name, unit), ZERO
    if not per_line:
        part, item = (sum((getattr(one, name) for one in lines), ZERO) for name in ("part_level", "item_level"))
        natures = "、".join(sorted({one.nature for one in lines}))
        figures = (sum(one.sources for one in lines), part, item, part - item, part - item, natures)
        values = (*head, f"{len(lines)} 项", None, *figures)
        yield item_row(opened.key(f"{goods}{item_no}"), values, opened.book, filed)
        return
    for one in lines:
        running += one.residue
        posting = one.posting
        figures = (one.sources, one.part_level, one.item_level, one.residue, running, one.nature)
        row = (*head, one.voucher, posting.business_date, *figures)
        named = opened.key(f"{goods}{item_no}:{one.voucher}")
        yield ReportRow(named, row, (posting.document_key, posting.document_id))


def _items(
    opened: OpenedBook, options: RoundingOptions, filed: Mapping[_Key, AccountLine]
) -> Mapping[_Key, Sequence[Rounded]]:
    """Return the posted lines of every item in the order of their postings; what was taken back moves nothing."""
    moved: dict[tuple[str, int, str, int], list[Posting]] = defaultdict(list)
    for one in opened.posted(None, options.day or opened.work.facts.today):
        if options.goods_flag in ("", one.goods_flag) and options.item_no in (None, one.item_no):
            moved[one.goods_flag, one.item_no, one.document_key, one.line_id].append(one)
    ids = sorted({line_id for _g, _i, key, line_id in moved if key == DRAFT_KEY})
    sources, units = _sources(opened.work, ids), units_of(opened.work.facts)
    bare = [one[-1] for (_g, _i, key, line_id), one in moved.items() if key == DRAFT_KEY and line_id not in sources]
    lost = lost_sources(opened.work, bare)
    found: dict[_Key, list[Rounded]] = defaultdict(list)
    for (goods, item_no, key, line_id), postings in moved.items():
        quantity = sum((one.signed for one in postings), ZERO)
        if not quantity:
            continue
        last = postings[-1]
        shares = sources.get(line_id, ()) if key == DRAFT_KEY else ()
        part = last.effect * sum(shares, ZERO) if shares else quantity
        line = filed.get((goods, item_no))
        unit = units.get(line.dcl_unit) if line is not None else None
        places = document_places(unit) if unit is not None else QUANTITY_PLACES
        gone = key == DRAFT_KEY and line_id in lost
        found[goods, item_no].append(Rounded(last, quantity, part, len(shares), places, gone))
    return found


def _sources(work: LedgerWork, line_ids: Sequence[int]) -> Mapping[int, Sequence[Decimal]]:
    """Return the converted quantities of the source lines of note lines."""
    found: dict[int, list[Decimal]] = defaultdict(list)
    for batch in batches(line_ids):
        statement = select(NoteLineSource.note_line_id, NoteLineSource.dcl_share).where(
            NoteLineSource.company_id == work.company_id,
            NoteLineSource.note_line_id.in_(batch),
        )
        for line_id, share in work.session.execute(statement):
            found[line_id].append(share)
    return found


@dataclass(frozen=True, slots=True)
class _Named:
    """A row key taken apart."""

    record_no: str
    goods: str
    item_no: int
    voucher: str


def _named(row: str) -> _Named:
    """Take ``[备案号/]I3[:清单号/项]`` apart."""
    item, _, voucher = row.partition(":")
    record_no, _, item = item.rpartition("/")
    if item[:1] not in ("I", "E") or not item[1:].isdecimal():
        raise no_row(row, "I 或 E 加备案序号；逐项时再加 :清单号/项")
    return _Named(record_no, item[0], int(item[1:]), voucher)


def explain(work: LedgerWork, options: RoundingOptions, row: str, column: str) -> Explanation:
    """Explain a figure of an item (``I3``) or of a note line (``I3:清单号/项``) by its note lines and source lines."""
    title, name = explained_title(COLUMNS, column), _named(row)
    for opened in opened_books(work, name.record_no or options.record_no):
        lines = _items(opened, options, _filed(opened)).get((name.goods, name.item_no), ())
        if name.voucher:
            place = next((number for number, one in enumerate(lines) if one.voucher == name.voucher), -1)
            lines = lines[0 if column == "running" else max(place, 0) : place + 1]
        if lines:
            return _explained(work, f"{opened.record_no} {name.goods}{name.item_no} {title}", column, lines)
    raise no_row(row, "I 或 E 加备案序号；逐项时再加 :清单号/项")


def _explained(work: LedgerWork, title: str, column: str, lines: Iterable[Rounded]) -> Explanation:
    figure = "residue" if column == "running" else column
    total, parts = ZERO, []
    for one in lines:
        value = getattr(one, figure)
        total += value
        told = f"{plain(one.part_level)} − {plain(one.item_level)}" if figure == "residue" else ""
        trace = work.trace(one.posting.document_key, one.posting.line_id)
        name = f"{one.posting.business_date} {one.voucher}（{one.nature}）"
        reason = "，".join(filter(None, (told, f"累计 {plain(total)}")))
        parts.append(Explanation(name, plain(value), reason, (trace,) if trace else ()))
    reasons = {
        "part_level": "各来源行折算数量（9位小数）之和，符号与底账相同",
        "item_level": "各项清单表体入账的申报数量之和",
        "residue": "料号级数量 − 项号级数量",
    }
    return Explanation(title, plain(total), reasons[figure], tuple(parts))


ROUNDING_LEDGER = Report(
    key="rounding_ledger",
    title="舍入台账",
    columns=COLUMNS,
    run=run,
    explain=explain,
    options=RoundingOptions,
    help="料号级数量折算成申报数量时舍入了多少：料号级数量 = 项号级数量 + 舍入差。",
)
