"""What the two journals of vouchers share: their conditions, and which copy of a voucher stands in them.

A voucher stands once: our draft, or a formal copy no draft stands for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from bondesk.areas.accounts.valuation import Rates
from bondesk.areas.codes.customs_code import CustomsCode
from bondesk.areas.setup.company import company_of
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, note
from bondesk.base.formal_copy import DRAFT, FORMAL, MATCHED
from bondesk.base.numbers import AMOUNT_PLACES, half_up
from bondesk.base.options import option
from bondesk.ledger.books import LedgerWork

DIRECTIONS = (("", "全部"), ("I", "进口"), ("E", "出口"))
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class JournalOptions:
    """Which vouchers."""

    record_no: str = option("备案号", "", reference="account handbook", help="空 = 全部账册和手册")
    date_from: date | None = option("申报日期起", None, help="空 = 不限")
    date_to: date | None = option("申报日期止", None, help="空 = 不限")
    ie_flag: str = option("进出口", "", choices=DIRECTIONS)
    mode: str = option("监管方式", "", table="supervision_mode", help="空 = 全部")
    item_no: int | None = option("备案序号", None, help="空 = 全部")
    partner: str = option("客户供应商", "", reference="partner", help="空 = 全部")
    customs: str = option("申报地海关", "", table="customs_office", help="空 = 全部")


def voucher_lines(
    work: LedgerWork,
    head: Any,
    line: Any,
    number: InstrumentedAttribute[str],
    options: JournalOptions,
    stands: ColumnElement[bool],
) -> Select[Any]:
    """Return the statement of heads with their lines; ``number`` is what customs calls the voucher.

    ``stands`` tells which drafts stand for the formal copy of their number; another gives way to it.
    """
    mine = head.company_id == work.company_id, number != ""
    unpaired = and_(head.copy == FORMAL, or_(head.match_state.is_(None), head.match_state != MATCHED))
    drafted = select(number).where(*mine, head.copy == DRAFT, stands).correlate(None)
    copied = select(number).where(*mine, unpaired, head.state != "VOID").correlate(None)
    alone = and_(unpaired, or_(number == "", number.not_in(drafted)))
    ours = and_(head.copy == DRAFT, or_(stands, number == "", number.not_in(copied)))
    statement = (
        select(head, line)
        .join(line, and_(line.company_id == head.company_id, line.header_id == head.id))
        .where(head.company_id == work.company_id, head.state != "VOID", or_(ours, alone))
    )
    statement = narrowed(statement, head, line, options)
    if options.date_from is not None:
        statement = statement.where(head.declared_on >= options.date_from)
    if options.date_to is not None:
        statement = statement.where(head.declared_on <= options.date_to)
    return statement.order_by(head.declared_on, head.internal_no, line.line_no)


def narrowed(statement: Select[Any], head: Any, line: Any, options: JournalOptions) -> Select[Any]:
    """Return the statement with every condition but the days."""
    wanted = (
        (options.record_no, head.record_no),
        (options.ie_flag, head.ie_flag),
        (options.mode, head.supervision_mode),
        (options.item_no, line.item_no),
        (options.partner, head.partner),
        (options.customs, head.declare_customs),
    )
    for given, column in wanted:
        statement = statement.where(column == given) if given not in ("", None) else statement
    return statement


def lines_read(work: LedgerWork, statement: Select[Any]) -> Iterator[list[Any]]:
    """Read the lines in batches, so that progress can be told between them."""
    for batch in work.session.execute(statement.execution_options(yield_per=_BATCH)).partitions():
        yield list(batch)


class Money:
    """Amounts in 核销币制 at the rate of the voucher's date; what has no rate is told once."""

    def __init__(self, facts: Facts) -> None:
        """Read the rates."""
        self._rates = Rates(facts)
        self.currency = company_of(facts).verification_currency or "CNY"
        self._missing: dict[tuple[str, date], None] = {}

    def converted(self, amount: Decimal | None, currency: str, day: date | None) -> Decimal | None:
        """Return an amount in 核销币制, None without an amount, a date or a rate."""
        if amount is None or day is None:
            return None
        rate = self._rates.between(currency, self.currency, day)
        if rate is None:
            self._missing[currency, day] = None
            return None
        return half_up(Fraction(amount) * rate, AMOUNT_PLACES)

    @property
    def findings(self) -> Iterator[Finding]:
        """Say which rates are missing."""
        for currency, day in self._missing:
            yield note("RATE-01", f"{currency} 在 {day} 没有汇率，未折算成{self.currency}")


def code_names(facts: Facts, table: str) -> Mapping[str, str]:
    """Return the names of a code table by code."""
    return {row.code: row.name for row in facts.find(CustomsCode, table_name=table)}
