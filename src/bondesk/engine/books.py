"""The ledger as stored: whole months from kept totals, parts of months and single vouchers from postings.

Reading the kept totals costs the same however many postings are behind them. They hold what is known today; what was
known on an earlier day is always summed from the postings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from bondesk.engine.tables import QUANTITY, BalanceRow, PostingRow
from bondesk.ledger.balance import Movement
from bondesk.ledger.posting import Posting, Stage


class StoredBooks:
    """Books of one company; see :class:`bondesk.ledger.books.Books`."""

    def __init__(self, session: Session, company_id: int, known_on: date | None = None) -> None:
        """Read through ``session``; with ``known_on`` only what was posted up to the end of that day."""
        self._session = session
        self._company_id = company_id
        self._known_on = known_on

    def as_known(self, known_on: date | None) -> StoredBooks:
        """Return the same books as they were known at the end of a day (截至知晓日); None = as known now."""
        return StoredBooks(self._session, self._company_id, known_on)

    def movements(self, record_no: str, begin: date | None, end: date | None) -> Sequence[Movement]:
        """Return the postings of a book summed per item, version, mode, direction and stage, in that order."""
        sums: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
        for statement in self._sums(record_no, begin, end):
            for *key, quantity in self._session.execute(statement):
                sums[tuple(key)] += quantity
        return [Movement(*(*key, sums[key])) for key in sorted(sums)]

    def _sums(self, record_no: str, begin: date | None, end: date | None) -> Iterator[Select[Any]]:
        """Yield what to add: kept totals of whole months, postings of the days before and after them."""
        first, after = _whole_months(begin, end)
        if self._known_on is not None or (first is not None and after is not None and first >= after):
            yield self._posted(record_no, begin, end)
            return
        yield self._kept(record_no, first, after)
        if begin is not None and first is not None and begin < first:
            yield self._posted(record_no, begin, first - timedelta(days=1))
        if end is not None and after is not None and after <= end:
            yield self._posted(record_no, after, end)

    def _posted(self, record_no: str, begin: date | None, end: date | None) -> Select[Any]:
        key = _key(PostingRow)
        return self._where(select(*key, summed_quantity()), record_no, begin, end).group_by(*key)

    def _kept(self, record_no: str, first: date | None, after: date | None) -> Select[Any]:
        row = BalanceRow
        key = _key(row)
        statement = select(*key, func.sum(row.quantity, type_=QUANTITY))
        statement = statement.where(row.company_id == self._company_id, row.record_no == record_no)
        if first is not None:
            statement = statement.where(row.month >= first)
        if after is not None:
            statement = statement.where(row.month < after)
        return statement.group_by(*key)

    def postings(self, record_no: str, begin: date | None, end: date | None, stage: str) -> Sequence[Posting]:
        """Return the single postings of a book in one stage, by date and voucher."""
        row = PostingRow
        statement = self._where(select(row), record_no, begin, end).where(row.stage == stage)
        order = (row.business_date, row.document_no, row.line_no, row.id)
        return [posting_of(found) for found in self._session.scalars(statement.order_by(*order))]

    def _where(self, statement: Select[Any], record_no: str, begin: date | None, end: date | None) -> Select[Any]:
        row = PostingRow
        statement = statement.where(row.company_id == self._company_id, row.record_no == record_no)
        if begin is not None:
            statement = statement.where(row.business_date >= begin)
        if end is not None:
            statement = statement.where(row.business_date <= end)
        if self._known_on is not None:
            statement = statement.where(row.posted_at < datetime.combine(self._known_on + timedelta(days=1), time.min))
        return statement


def summed_quantity() -> ColumnElement[Decimal]:
    """Return the SQL sum of signed quantities of postings."""
    sign = case((PostingRow.reversal, -PostingRow.effect), else_=PostingRow.effect)
    return func.sum(PostingRow.quantity * sign, type_=QUANTITY)


def _key(row: Any) -> tuple[Any, ...]:
    return (row.goods_flag, row.item_no, row.uc_version, row.mode, row.ie_flag, row.stage)


def _whole_months(begin: date | None, end: date | None) -> tuple[date | None, date | None]:
    """Return the first of the first whole month within the days, and the first day after the last one."""
    first = begin if begin is None or begin.day == 1 else _next_month(begin)
    if end is None:
        return first, None
    following = end + timedelta(days=1)
    return first, following.replace(day=1)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def posting_of(row: PostingRow) -> Posting:
    """Return a stored posting as the ledger takes it."""
    values = {name: getattr(row, name) for name in Posting.__dataclass_fields__}
    return Posting(**{**values, "stage": Stage(row.stage)})
