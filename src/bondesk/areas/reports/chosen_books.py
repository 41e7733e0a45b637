"""What reports on books share: the conditions, a run over the chosen books, row keys, and the vouchers behind figures.

Without a book every approved one is reported (handbook 16). A book is read in the ledger its 统计依据 names, notes or
declarations, never both (row 188); one without any of these says so, RPT-40.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol

from bondesk.areas.accounts.book_model import Account, AccountLine
from bondesk.areas.accounts.book_reading import Period, approved_books, read_period
from bondesk.areas.codes.customs_code import units_of
from bondesk.areas.declarations.declared_books import books_of, counted_paper, counts_declarations, not_known
from bondesk.areas.reports.picked_vouchers import Picked, formula_option, ledger_of, picked_of
from bondesk.base.columns import Kind
from bondesk.base.errors import Refused
from bondesk.base.explanation import Explanation
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, note
from bondesk.base.numbers import QUANTITY_PLACES, half_up, plain
from bondesk.base.options import option
from bondesk.base.reports import ReportColumn, ReportRow, ReportTable, known_day
from bondesk.base.steps import Progress
from bondesk.ledger.books import Books, LedgerWork
from bondesk.ledger.formula import said
from bondesk.ledger.posting import Posting, Stage

NO_BOOK = note("RPT-10", "没有已审批的账册，请先导入或下载账册")
_TOLD_EVERY = 500


@dataclass(frozen=True, slots=True)
class BookOptions:
    """Which book and period; without a begin the period starts with the book."""

    record_no: str = option("备案号", "", reference="account handbook", help="空 = 全部账册")
    date_from: date | None = option("期间起", None, help="空 = 账册开始")
    date_to: date | None = option("期间止", None, help="空 = 不限")
    item_no: int | None = option("备案序号", None, help="空 = 全部")
    partner: str = option("客户供应商", "", reference="partner", help="只算它的单证，不列结余；空 = 全部")
    customs: str = option("申报地海关", "", table="customs_office", help="只算向它申报的单证，不列结余；空 = 全部")
    known_on: date | None = known_day()
    formula: str = formula_option()


#: How rows about an item of a book begin.
ITEM_COLUMNS = (
    ReportColumn("record_no", "备案号", Kind.CODE, 14),
    ReportColumn("item_no", "备案序号", Kind.INTEGER, 8),
    ReportColumn("hs_code", "商品编码", Kind.CODE, 12),
    ReportColumn("name", "商品名称", Kind.TEXT, 18),
    ReportColumn("spec", "规格型号", Kind.TEXT, 14),
    ReportColumn("unit", "单位", Kind.TEXT, 6),
)


def item_values(opened: OpenedBook, line: AccountLine) -> tuple[Any, ...]:
    """Return the values of :data:`ITEM_COLUMNS`."""
    return (
        opened.book.record_no,
        line.item_no,
        line.hs_code,
        line.name,
        line.spec or "",
        unit_name(opened.work.facts, line),
    )


def unit_name(facts: Facts, line: AccountLine) -> str:
    """Return the name of an item's unit."""
    unit = units_of(facts).get(line.dcl_unit)
    return unit.name if unit else line.dcl_unit


class Chosen(Protocol):
    """Conditions that may name a book."""

    @property
    def record_no(self) -> str:
        """Return the book, "" for all."""


@dataclass(frozen=True, slots=True)
class OpenedBook:
    """A book being reported: the ledger it is counted in, and how its rows are called."""

    work: LedgerWork
    book: Account
    several: bool = False
    picked: Picked = Picked()

    @property
    def books(self) -> Books:
        """Return the ledger the book is counted in, through the picked vouchers."""
        return ledger_of(self.work, self.book, self.picked)

    def picking(self, options: object) -> OpenedBook:
        """Return the book through the vouchers conditions pick."""
        return replace(self, picked=picked_of(options))

    @property
    def paper(self) -> str:
        """Return what the book counts: 清单 or 报关单."""
        return "报关单" if counts_declarations(self.book) else "清单"

    @property
    def record_no(self) -> str:
        """Return 备案号."""
        return self.book.record_no

    def key(self, row: object) -> str:
        """Name a row as the command line does, with the book where there are several."""
        return f"{self.book.record_no}/{row}" if self.several else str(row)

    def posted(self, begin: date | None, end: date | None) -> Sequence[Posting]:
        """Return the postings of the period."""
        return self.books.postings(self.book.record_no, begin, end, Stage.POSTED.value)

    def period(self, begin: date | None, end: date | None) -> Period:
        """Return the period folded."""
        return read_period(self.work, self.book, begin, end, self.books)

    def name_of(self, goods_flag: str, item_no: int) -> str:
        """Return the name of an item, "" when the book has none."""
        lines = self.book.materials if goods_flag == "I" else self.book.products
        return next((line.name for line in lines if line.item_no == item_no), "")


def opened_books(work: LedgerWork, record_no: str) -> list[OpenedBook]:
    """Return the chosen books, opened."""
    books = approved_books(work.facts, record_no)
    return [OpenedBook(work, book, len(books) > 1) for book in books]


RowsOf = Callable[[OpenedBook], Iterator[ReportRow | Finding]]
#: Which books a report is about: all, or handbooks (EML).
BookFilter = Callable[[Account], bool]


def over_books(
    work: LedgerWork,
    options: Chosen,
    rows_of: RowsOf,
    *,
    wanted: BookFilter = lambda _book: True,
    counted: bool = True,
    none: Finding = NO_BOOK,
) -> Generator[Progress, None, ReportTable]:
    """Run ``rows_of`` over every chosen book; it yields rows, and findings where they come up.

    ``counted`` says that the figures come from vouchers, so that a book without any is told (RPT-40);
    ``none`` is said where no book is wanted.
    """
    books = [book for book in approved_books(work.facts, options.record_no) if wanted(book)]
    if not books:
        return ReportTable((), (none,))
    rows: list[ReportRow] = []
    picked = picked_of(options)
    findings = [note("RPT-48", said(picked.formula), "formula")] if picked.formula else []
    for place, book in enumerate(books):
        yield Progress(place, len(books), f"账册 {book.record_no}")
        if counted and work.known_on is not None and counts_declarations(book):
            findings.append(note("RPT-45", not_known(book), "known_on"))
            continue
        findings += _without_papers(work, book) if counted else ()
        for one in rows_of(OpenedBook(work, book, len(books) > 1, picked)):
            if isinstance(one, Finding):
                findings.append(one)
                continue
            rows.append(one)
            if len(rows) % _TOLD_EVERY == 0:
                yield Progress(place, len(books), f"账册 {book.record_no}：已算 {len(rows):,} 行")
    if not rows and not findings:
        findings.append(note("RPT-13", "没有符合条件的数据"))
    return ReportTable(tuple(rows), tuple(dict.fromkeys(findings)))


def _without_papers(work: LedgerWork, book: Account) -> Iterator[Finding]:
    paper, there = counted_paper(work, book)
    if not there:
        text = f"{book.record_no} 按{paper}统计，系统中还没有它的{paper}，请先下载或导入"
        yield note("RPT-40", text, "record_no")
    elif counts_declarations(book):
        waiting = books_of(work, book).postings(book.record_no, None, None, Stage.RESERVED.value)
        if count := len({one.document_id for one in waiting}):
            text = f"{book.record_no} 有 {count} 份报关单尚未放行，未计入数量；下载报关单状态后重新查询"
            yield note("RPT-41", text, "record_no")


def located(work: LedgerWork, record_no: str, row: str, *, products: bool = False) -> tuple[OpenedBook, AccountLine]:
    """Find the book and item a row key names; RPT-11 when there is none."""
    book_no, _, item = row.rpartition("/")
    for book in approved_books(work.facts, book_no or record_no):
        for line in book.products if products else book.materials:
            if str(line.item_no) == item:
                return OpenedBook(work, book), line
    raise no_row(row, "备案序号，或 备案号/备案序号")


#: How rows about a material of a product version are called.
VERSION_KEY = "成品序号#版本#料件序号"


def version_book(work: LedgerWork, record_no: str, row: str) -> tuple[OpenedBook, str]:
    """Find the book of a row called :data:`VERSION_KEY`, and the rest of its key; RPT-11 when it cannot be one."""
    head, mark, rest = row.partition("#")
    book_no, _, product = head.rpartition("/")
    books = approved_books(work.facts, book_no or record_no)
    if not product.isdigit() or not mark or not books:
        raise no_row(row, VERSION_KEY)
    return OpenedBook(work, books[0]), f"{product}#{rest}"


def no_row(row: str, way: str) -> Refused:
    """Return the refusal of a row that is not in the report."""
    return Refused(f"报表没有行 {row}（写法：{way}）", "RPT-11")


def explained_title(columns: Iterable[ReportColumn], column: str) -> str:
    """Return the title of a column that can be explained; RPT-11 for another."""
    titles = {entry.key: entry.title for entry in columns if entry.explained}
    if column not in titles:
        offered = f"；可用：{'、'.join(titles)}" if titles else "；本表的行可用「打开单据」查看"
        raise Refused(f"报表没有可解释的列 {column}{offered}", "RPT-11")
    return titles[column]


def nothing_explained(columns: tuple[ReportColumn, ...]) -> Callable[[Any, Any, str, str], Explanation]:
    """Return the ``explain`` of a report without explained columns: its rows are documents, which open."""

    def explain(_work: Any, _options: Any, row: str, column: str) -> Explanation:
        explained_title(columns, column)
        raise no_row(row, "")

    return explain


def vouchers(work: LedgerWork, postings: Iterable[Posting], paper: str = "清单") -> tuple[Explanation, ...]:
    """Return the vouchers of a figure with their running total, each down to its source lines and cells."""
    total, parts = Decimal(0), []
    for posting in postings:
        total += posting.signed
        word = "冲销 " if posting.reversal else ""
        word = f"更正 {posting.corrects} {word}" if posting.corrects else word
        title = f"{posting.business_date} {word}{paper} {posting.document_no} 第{posting.line_no}项"
        trace = work.trace(posting.document_key, posting.line_id)
        parts.append(Explanation(title, f"{posting.signed:f}", f"累计 {plain(total)}", (trace,) if trace else ()))
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class ModeColumn:
    """A column that counts some supervision modes in one direction ("" = both); ``sign`` is how it is shown."""

    key: str
    title: str
    modes: tuple[str, ...]
    ie_flag: str
    sign: int


def mode_column(columns: Iterable[ModeColumn], mode: str, ie_flag: str) -> tuple[str, int] | None:
    """Return the key and sign of the column a mode counts in, None when it has none."""
    for one in columns:
        if mode in one.modes and one.ie_flag in ("", ie_flag):
            return one.key, one.sign
    return None


class Footing:
    """Hands a once-rounded sum out in parts that add up to it: each part is the growth of the rounded sum."""

    def __init__(self) -> None:
        """Start every sum at 0."""
        self._exact: dict[object, Fraction] = {}

    def part(self, key: object, exact: Fraction) -> Decimal:
        """Add ``exact`` to the sum ``key`` and return by how much it grew as it is shown."""
        before = self._exact.get(key, Fraction(0))
        self._exact[key] = before + exact
        return half_up(before + exact, QUANTITY_PLACES) - half_up(before, QUANTITY_PLACES)


def choice_name(choices: Iterable[tuple[str, str]], code: str | None) -> str:
    """Return the word of a choice, the code itself when it is none."""
    return dict(choices).get(code or "", code or "")


def names_of(lines: Iterable[AccountLine]) -> Mapping[int, str]:
    """Return the names of a book's items."""
    return {line.item_no: line.name for line in lines}
