"""账册版本比较: two versions of a book, or the book as it was on a day, column by column.

A version is named by its 变更次数 or by a day: on a day the newest version approved by then was valid. Only rows
that differ leave the database, so that a book of hundreds of thousands of rows is compared in seconds.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, inspect, select

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.accounts.book_tables import TABLES
from bondesk.base.change import ChangedTable
from bondesk.base.columns import Kind
from bondesk.base.errors import Refused
from bondesk.base.explanation import Explanation
from bondesk.base.fields import Field, field_of
from bondesk.base.findings import note
from bondesk.base.numbers import plain
from bondesk.base.options import option
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable
from bondesk.base.steps import Progress
from bondesk.ledger.books import LedgerWork

_TITLES = {"materials": "料件", "products": "成品", "consumptions": "单损耗"}
#: Head columns that differ between any two versions, or say nothing about what customs approved.
_OWN = {"copy", "book_kind", "internal_no", "seq_no", "record_no", "declare_kind", "change_count", "entered_on"}
_OWN |= {"declared_on", "changed_on", "replaced_on", "customs_at", "customs_reason"}


@dataclass(frozen=True, slots=True)
class BookDifferenceOptions:
    """Which two versions of which account or handbook."""

    record_no: str = option("备案号", "", reference="account handbook", help="账册或手册；空 = 唯一的已审批账册或手册")
    base: str = option("基准版本", "", help="变更次数（如 0）或日期（如 2024-06-30，取当日有效的版本）；空 = 上一版本")
    other: str = option("对照版本", "", help="变更次数或日期；空 = 现行版本")


COLUMNS = (
    ReportColumn("part", "部分", Kind.TEXT, 8),
    ReportColumn("number", "序号", Kind.TEXT, 12),
    ReportColumn("name", "商品名称", Kind.TEXT, 20),
    ReportColumn("change", "变化", Kind.TEXT, 8),
    ReportColumn("column", "栏目", Kind.TEXT, 16),
    ReportColumn("old", "基准版本", Kind.TEXT, 32, explained=True),
    ReportColumn("new", "对照版本", Kind.TEXT, 32, explained=True),
)


def run(work: LedgerWork, options: BookDifferenceOptions) -> Generator[Progress, None, ReportTable]:
    """Return one row per column that differs, one per row added or removed."""
    base, other = chosen_versions(work, options)
    rows = list(_head_rows(base, other))
    for number, table in enumerate(TABLES):
        yield Progress(number, len(TABLES), f"比较{_TITLES[table.key]}")
        rows += _line_rows(work, table, base, other)
    told = f"基准：{_said(base)}；对照：{_said(other)}"
    return ReportTable(tuple(rows), (note("RPT-14", told if rows else f"{told}。两个版本没有差异"),))


def chosen_versions(work: LedgerWork, options: BookDifferenceOptions) -> tuple[Account, Account]:
    """Return the two copies meant; ``RPT-10`` when there is no such book, ``RPT-15`` no such version."""
    copies = _copies(work, options.record_no.strip())
    other = _version(copies, options.other.strip()) if options.other.strip() else copies[-1]
    if options.base.strip():
        return _version(copies, options.base.strip()), other
    before = [one for one in copies if one.change_count < other.change_count]
    if not before:
        raise Refused(f"备案号 {other.record_no} 在变更次数 {other.change_count} 之前没有历史版本可以比较", "RPT-15")
    return before[-1], other


def _copies(work: LedgerWork, record_no: str) -> list[Account]:
    """Return the approved and former copies of one book, oldest first."""
    approved = [one for one in work.facts.find(Account, copy="approved") if record_no in ("", one.record_no)]
    if len(approved) != 1:
        what = (
            f"没有已审批的账册或手册 {record_no}".rstrip()
            if not approved
            else "已审批的账册或手册不止一本，请填写备案号"
        )
        raise Refused(what, "RPT-10")
    former = work.facts.find(Account, copy="archived", record_no=approved[0].record_no)
    return sorted((*former, approved[0]), key=lambda one: one.change_count)


def _version(copies: list[Account], named: str) -> Account:
    if named.isascii() and named.isdigit() and len(named) < 6:
        found = [one for one in copies if one.change_count == int(named)]
    else:
        try:
            day = date.fromisoformat(named)
        except ValueError:
            raise Refused(f"版本“{named}”不能识别，请填写变更次数或日期（如 2024-06-30）", "RPT-15") from None
        found = [one for one in copies if (begin := since(one)) is None or begin <= day]
    if not found:
        known = "、".join(f"{one.change_count}（{since(one) or '日期未记录'} 起）" for one in copies)
        raise Refused(f"备案号 {copies[0].record_no} 没有版本 {named}；已有变更次数：{known}", "RPT-15")
    return found[-1]


def since(book: Account) -> date | None:
    """Return the day from which a copy was valid; None when it is not known."""
    return book.changed_on if book.change_count else book.approved_on


def _said(book: Account) -> str:
    until = f"，{book.replaced_on} 被替换" if book.replaced_on else ""
    return f"{book.record_no} 变更次数 {book.change_count}（{since(book) or '日期未记录'} 起{until}）"


def _head_rows(base: Account, other: Account) -> Iterator[ReportRow]:
    for attribute in inspect(Account).column_attrs:
        mapped = getattr(Account, attribute.key)
        if attribute.key in _OWN or "shown" not in mapped.property.columns[0].info:
            continue
        old, new = getattr(base, attribute.key), getattr(other, attribute.key)
        if old != new and (old or new):
            entry = field_of(mapped)
            values = ("表头", "", "", "改变", entry.label, word(entry, old), word(entry, new))
            yield ReportRow(f"表头:{entry.label}", values)


def _line_rows(work: LedgerWork, table: ChangedTable, base: Account, other: Account) -> Iterator[ReportRow]:
    old, new = _only(work, table, base.id, other.id), _only(work, table, other.id, base.id)
    title = _TITLES[table.key]
    for named in sorted(old.keys() | new.keys()):
        before, after = old.get(named), new.get(named)
        number = "/".join(str(part) for part in named)
        name = str((after or before or {}).get("name", ""))
        if before is None or after is None:
            change, side = ("增加", after) if before is None else ("删除", before)
            told = _summary(table, side or {})
            values = ("", told) if before is None else (told, "")
            yield ReportRow(f"{title}:{number}", (title, number, name, change, "整行", *values))
            continue
        for entry in _fields(table):
            if before[entry.key] != after[entry.key]:
                values = (word(entry, before[entry.key]), word(entry, after[entry.key]))
                key = f"{title}:{number}:{entry.label}"
                yield ReportRow(key, (title, number, name, "改变", entry.label, *values))


def _only(work: LedgerWork, table: ChangedTable, mine: int, theirs: int) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    """Return the rows of a copy that the other one does not have just so, by what names them."""
    keys = list(dict.fromkeys((*table.match, *table.kept)))
    rows = work.session.execute(_rows(work, table, keys, mine).except_(_rows(work, table, keys, theirs)))
    found = (dict(zip(keys, row, strict=True)) for row in rows)
    return {tuple(values[key] for key in table.match): values for values in found}


def _rows(work: LedgerWork, table: ChangedTable, keys: list[str], header_id: int) -> Select[Any]:
    model = table.model
    statement = select(*(getattr(model, key) for key in keys))
    statement = statement.where(model.company_id == work.company_id, model.header_id == header_id)
    for key, value in table.fixed.items():
        statement = statement.where(getattr(model, key) == value)
    return statement


def _fields(table: ChangedTable) -> list[Field]:
    return [field_of(getattr(table.model, key)) for key in table.kept if key not in table.match]


def _summary(table: ChangedTable, values: Mapping[str, Any]) -> str:
    """Write the values customs compares, so that the row is recognised."""
    fields = [field_of(getattr(table.model, key)) for key in table.compared]
    return "；".join(f"{one.label} {said}" for one in fields if (said := word(one, values.get(one.key))))


def word(entry: Field, value: Any) -> str:
    """Write one value as the report shows it."""
    if value is None or value == "":
        return ""
    if entry.choices:
        return entry.choice_name(str(value))
    if isinstance(value, bool):
        return "是" if value else "否"
    return plain(value) if isinstance(value, Decimal) else str(value)


def explain(work: LedgerWork, options: BookDifferenceOptions, row: str, column: str) -> Explanation:
    """Say of which version a value (row ``料件:13:商品名称``) is, and when that was valid."""
    places = {"old": 5, "new": 6}
    if column not in places:
        raise Refused(f"报表没有可解释的列 {column}；可用：old、new", "RPT-11")
    base, other = chosen_versions(work, options)
    rows = [*_head_rows(base, other)]
    for table in TABLES:
        rows += _line_rows(work, table, base, other)
    found = next((one for one in rows if one.key == row), None)
    if found is None:
        raise Refused(f"报表没有行 {row}（写法：料件:序号:栏目）", "RPT-11")
    return Explanation(row, str(found.values[places[column]]), _said(base if column == "old" else other))


BOOK_DIFFERENCE = Report(
    key="book_difference",
    title="账册手册版本比较",
    columns=COLUMNS,
    run=run,
    explain=explain,
    options=BookDifferenceOptions,
    area="accounts",
    help="比较账册或手册的两个版本：哪些行增加、删除，哪些栏目由什么改为什么；填写日期即取当日有效的版本。",
)
