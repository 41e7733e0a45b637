"""汇率: CNY per unit of a currency, by date; a document uses its own date's or the latest earlier one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from bondesk.base.columns import Code4, ExchangeRateValue
from bondesk.base.documents import DocumentType, group
from bondesk.base.facts import Facts
from bondesk.base.fields import shown
from bondesk.base.findings import Finding, error
from bondesk.base.records import Record
from bondesk.base.workbooks import SheetPlan, WorkbookPlan, must


class ExchangeRate(Record):
    """One rate of one currency on one date."""

    __tablename__ = "exchange_rate"
    __table_args__ = (Index("ix_exchange_rate_key", "company_id", "currency", "rate_date", unique=True),)

    currency: Mapped[Code4] = shown("币制", table="currency", required=True)
    rate_date: Mapped[date] = shown("日期", required=True)
    rate: Mapped[ExchangeRateValue] = shown("汇率", required=True, help="1 单位外币折人民币", default=Decimal(0))


def positive_rate(row: ExchangeRate, _facts: Facts) -> Iterator[Finding]:
    """Refuse a rate that is not above 0."""
    if row.rate <= 0:
        yield error("IMP-07", "汇率须大于0", "rate")


EXCHANGE_RATE = DocumentType(
    key="exchange_rate",
    title="汇率",
    area="codes",
    header=ExchangeRate,
    number=(ExchangeRate.currency, ExchangeRate.rate_date),
    list_columns=(ExchangeRate.currency, ExchangeRate.rate_date, ExchangeRate.rate),
    form=(group("汇率", ExchangeRate.currency, ExchangeRate.rate_date, ExchangeRate.rate),),
    rules=(positive_rate,),
    workbook=WorkbookPlan(
        "汇率",
        (SheetPlan("汇率", (must(ExchangeRate.currency), must(ExchangeRate.rate_date), must(ExchangeRate.rate))),),
    ),
    help="各币制对人民币的汇率；单证用当日汇率，没有时用 31 天内最近的。",
)
