"""The ledger as stored: movements by one GROUP BY, postings by one indexed query."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from bondesk.engine.tables import QUANTITY, PostingRow
from bondesk.ledger.balance import Movement
from bondesk.ledger.posting import Posting, Stage


class StoredBooks:
    """Books of one company; see :class:`bondesk.ledger.books.Books`."""

    def __init__(self, session: Session, company_id: int) -> None:
        """Read through ``session``."""
        self._session = session
        self._company_id = company_id

    def movements(self, record_no: str, begin: date | None, end: date | None) -> Sequence[Movement]:
        """Return the postings of a book summed per item, version, mode, direction and stage."""
        row = PostingRow
        sign = case((row.reversal, -row.effect), else_=row.effect)
        summed = func.sum(row.quantity * sign, type_=QUANTITY)
        key = (row.goods_flag, row.item_no, row.uc_version, row.mode, row.ie_flag, row.stage)
        grouped = cast("Select[Any]", select(*key, summed))
        statement = self._where(grouped, record_no, begin, end).group_by(*key)
        return [Movement(*values) for values in self._session.execute(statement)]

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
        return statement


def posting_of(row: PostingRow) -> Posting:
    """Return a stored posting as the ledger takes it."""
    values = {name: getattr(row, name) for name in Posting.__dataclass_fields__}
    return Posting(**{**values, "stage": Stage(row.stage)})
