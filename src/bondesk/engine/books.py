"""The ledger as stored: whole months from kept totals, parts of months and single vouchers from postings.

Reading the kept totals costs the same however many postings are behind them. They hold what is known today; what was
known on an earlier day is always summed from the postings. Either way the sums run heading by heading over an index
that holds nothing but heading, day and signed quantity.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, case, func, select
from sqlalchemy.orm import Session

from bondesk.engine.tables import AMOUNT, QUANTITY, BalanceRow, HeadingRow, PostingRow
from bondesk.ledger.balance import Movement
from bondesk.ledger.consumption import ZERO
from bondesk.ledger.imports import Imported
from bondesk.ledger.posting import EVERY, Only, Posting, Stage

#: Columns of tables, not of the mapped classes: rows come as they are, thousands at a time.
_KEY = tuple(HeadingRow.__table__.c[name] for name in Movement._fields[:-2])
_POSTING = tuple(PostingRow.__table__.c[name] for name in Posting.__dataclass_fields__)
_STAGE = list(Posting.__dataclass_fields__).index("stage")


class StoredBooks:
    """Books of one company; see :class:`bondesk.ledger.books.Books`."""

    def __init__(self, session: Session, company_id: int, known_on: date | None = None) -> None:
        """Read through ``session``; with ``known_on`` only what was posted up to the end of that day."""
        self._session = session
        self._company_id = company_id
        self._known_on = known_on
        self._headings: dict[str, Mapping[int, Sequence[Any]]] = {}

    def as_known(self, known_on: date | None) -> StoredBooks:
        """Return the same books as they were known at the end of a day (截至知晓日); None = as known now."""
        return StoredBooks(self._session, self._company_id, known_on)

    def movements(self, record_no: str, begin: date | None, end: date | None) -> Sequence[Movement]:
        """Return the postings of a book summed per item, version, mode, direction and stage, in that order."""
        heading = HeadingRow.__table__.c
        statement = select(heading.id, *self._sums(begin, end))
        statement = statement.where(heading.company_id == self._company_id, heading.record_no == record_no)
        sums = {}
        for number, *parts in self._session.execute(statement):
            moved = [part for part in parts if part is not None]
            if moved:
                sums[number] = moved[0] if len(moved) == 1 else sum(moved, ZERO)
        headings = self._headings_of(record_no, sums)
        return [Movement._make((*key, sums[number], ZERO)) for number, key in headings.items() if number in sums]

    def _headings_of(self, record_no: str, wanted: Iterable[int]) -> Mapping[int, Sequence[Any]]:
        """Return the headings of a book by number, in order; they only ever come, so what is new is read again."""
        known = self._headings.get(record_no, {})
        if not known.keys() >= set(wanted):
            heading = HeadingRow.__table__.c
            mine = heading.company_id == self._company_id, heading.record_no == record_no
            rows = self._session.execute(select(heading.id, *_KEY).where(*mine).order_by(*_KEY))
            known = self._headings[record_no] = {number: key for number, *key in rows}
        return known

    def _sums(self, begin: date | None, end: date | None) -> Iterator[ScalarSelect[Any]]:
        """Yield what to add per heading: kept totals of whole months, postings of the days before and after them."""
        first, after = _whole_months(begin, end)
        if self._known_on is not None or (first is not None and after is not None and first >= after):
            yield self._posted(begin, end)
            return
        yield self._kept(first, after)
        if begin is not None and first is not None and begin < first:
            yield self._posted(begin, first - timedelta(days=1))
        if end is not None and after is not None and after <= end:
            yield self._posted(after, end)

    def _posted(self, begin: date | None, end: date | None) -> ScalarSelect[Any]:
        row, heading = PostingRow, HeadingRow
        statement = select(func.sum(row.signed, type_=QUANTITY))
        statement = statement.where(row.company_id == heading.company_id, row.heading_id == heading.id)
        return self._within(statement, begin, end).correlate(heading).scalar_subquery()

    def _kept(self, first: date | None, after: date | None) -> ScalarSelect[Any]:
        row, heading = BalanceRow, HeadingRow
        statement = select(func.sum(row.quantity, type_=QUANTITY))
        statement = statement.where(row.company_id == heading.company_id, row.heading_id == heading.id)
        if first is not None:
            statement = statement.where(row.month >= first)
        if after is not None:
            statement = statement.where(row.month < after)
        return statement.correlate(heading).scalar_subquery()

    def postings(
        self, record_no: str, begin: date | None, end: date | None, stage: str, only: Only = EVERY
    ) -> Sequence[Posting]:
        """Return the single postings of a book in one stage, by date and voucher."""
        row = PostingRow
        statement = self._within(select(*_POSTING), begin, end).where(row.company_id == self._company_id)
        if stage == Stage.POSTED.value and only.items is None and only.modes is None:
            statement = statement.where(row.record_no == record_no, row.stage == stage)
            if only.goods_flag:
                statement = statement.where(row.goods_flag == only.goods_flag)
        else:  # few of many: their headings lead there, and say all of this
            statement = statement.where(row.heading_id.in_(self._few(record_no, stage, only)))
        if only.documents is not None:
            statement = statement.where(row.document_id.in_(sorted(only.documents)))
        order = row.business_date, row.document_no, row.line_no, row.id
        return _read(self._session.execute(statement.order_by(*order)))

    def _few(self, record_no: str, stage: str, only: Only) -> Select[int]:
        row = HeadingRow
        mine = select(row.id).where(row.company_id == self._company_id, row.record_no == record_no, row.stage == stage)
        if only.goods_flag:
            mine = mine.where(row.goods_flag == only.goods_flag)
        for column, wanted in ((row.item_no, only.items), (row.mode, only.modes)):
            if wanted is not None:
                mine = mine.where(column.in_(sorted(wanted)))
        return mine

    def imported(self, record_no: str, begin: date | None, end: date | None) -> Sequence[Imported]:
        """Return the posted imports of a book summed per material, currency and day; the database adds them up."""
        row = PostingRow
        key: list[Any] = [row.item_no, row.currency, row.business_date]
        sums = [
            func.sum(case((row.reversal, -column), else_=column), type_=kind)
            for column, kind in ((row.quantity, QUANTITY), (row.amount, AMOUNT))
        ]
        mine = row.company_id == self._company_id, row.record_no == record_no, row.stage == Stage.POSTED.value
        statement = self._within(select(*key, *sums), begin, end).where(*mine, row.goods_flag == "I", row.effect == 1)
        return [Imported(*one) for one in self._session.execute(statement.group_by(*key))]

    def _within(self, statement: Select[Any], begin: date | None, end: date | None) -> Select[Any]:
        """Restrict to postings of the days, and to those known."""
        row = PostingRow
        if begin is not None:
            statement = statement.where(row.business_date >= begin)
        if end is not None:
            statement = statement.where(row.business_date <= end)
        if self._known_on is not None:
            statement = statement.where(row.posted_at < datetime.combine(self._known_on + timedelta(days=1), time.min))
        return statement


def summed_quantity() -> ColumnElement[Decimal]:
    """Return the SQL sum of signed quantities of postings, from what each is made of."""
    return func.sum(signed_quantity(), type_=QUANTITY)


def signed_quantity() -> ColumnElement[Decimal]:
    """Return what ``signed`` of a posting has to be."""
    return PostingRow.quantity * case((PostingRow.reversal, -PostingRow.effect), else_=PostingRow.effect)


def _whole_months(begin: date | None, end: date | None) -> tuple[date | None, date | None]:
    """Return the first of the first whole month within the days, and the first day after the last one."""
    first = begin if begin is None or begin.day == 1 else _next_month(begin)
    if end is None:
        return first, None
    following = end + timedelta(days=1)
    return first, following.replace(day=1)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def stored_postings(session: Session, *mine: ColumnElement[bool]) -> Sequence[Posting]:
    """Return the postings for which ``mine`` hold, oldest first; no mapped object is made of a row."""
    found = session.execute(select(*_POSTING, PostingRow.__table__.c.id).where(*mine)).all()
    # sorted here: to read in the order of the primary key, SQLite walks along every posting there is
    return _read(one[:-1] for one in sorted(found, key=lambda one: one[-1]))


def _read(rows: Iterable[Sequence[Any]]) -> list[Posting]:
    return [Posting(*(*one[:_STAGE], Stage(one[_STAGE]), *one[_STAGE + 1 :])) for one in rows]
