"""A made-up document with a column of every kind, for tests of lists: its rows are drawn at random."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import BigInteger, Boolean, Date, DateTime, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bondesk.base.columns import Amount, Code4, Kind, Qty, Text64
from bondesk.base.documents import DocumentType, group
from bondesk.base.fields import shown
from bondesk.base.flow import AUDITED_AND_SENT


class Own(DeclarativeBase):
    """A metadata of its own, so that the program's schema does not know the made-up table."""

    type_annotation_map = {
        int: BigInteger,
        str: String(64),
        date: Date,
        datetime: DateTime,
        bool: Boolean,
    }


class Voucher(Own):
    """One row; ``note`` may be NULL, the other texts are empty instead."""

    __tablename__ = "voucher"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(16), info={"kind": Kind.CODE})
    number: Mapped[Text64] = shown("编号")
    note: Mapped[str | None] = shown("备注", String(64))
    kind: Mapped[Code4] = shown("类型", choices=(("I", "进口"), ("E", "出口")))
    currency: Mapped[Code4] = shown("币制", table="currency")
    unit: Mapped[Code4] = shown("单位", table="unit")
    quantity: Mapped[Qty | None] = shown("数量")
    amount: Mapped[Amount | None] = shown("金额")
    boxes: Mapped[int | None] = shown("箱数", Integer, counted=True)
    day: Mapped[date | None] = shown("日期")
    moment: Mapped[datetime | None] = shown("时间")
    urgent: Mapped[bool] = shown("加急")


VOUCHER = DocumentType(
    key="voucher",
    title="凭证",
    area="config",
    header=Voucher,
    number=(Voucher.number,),
    list_columns=(Voucher.number, Voucher.kind, Voucher.quantity, Voucher.amount, Voucher.day),
    form=(
        group(
            "凭证",
            *(Voucher.number, Voucher.note, Voucher.kind, Voucher.currency, Voucher.unit, Voucher.quantity),
            *(Voucher.amount, Voucher.boxes, Voucher.day, Voucher.moment, Voucher.urgent),
        ),
    ),
    flow=AUDITED_AND_SENT,
)


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)


STATES = tuple(state.key for state in AUDITED_AND_SENT.states)
TEXTS = st.text(alphabet="aAbBz电%_/-'é ", max_size=4)
QUANTITIES = st.one_of(
    st.none(),
    st.decimals(-3, 3, places=5),
    st.sampled_from([Decimal("9999999999999.99999"), Decimal("-9999999999999.99999"), Decimal("0.00001")]),
)
AMOUNTS = st.one_of(st.none(), st.decimals(-5, 5, places=2), st.just(Decimal("9999999999999999.99")))
DAYS = st.one_of(st.none(), st.dates(date(2023, 12, 25), date(2024, 3, 5)))
MOMENTS = st.one_of(st.none(), st.datetimes(datetime(2024, 1, 30), datetime(2024, 2, 3)).map(_whole))
BOXES = st.one_of(st.none(), st.integers(-2, 5))
COLUMNS: dict[str, st.SearchStrategy[Any]] = {
    "state": st.sampled_from(STATES),
    "number": TEXTS,
    "note": st.one_of(st.none(), TEXTS),
    "kind": st.sampled_from(["", "I", "E"]),
    "currency": st.sampled_from(["", "USD", "CNY"]),
    "unit": st.sampled_from(["007", "035"]),
    "quantity": QUANTITIES,
    "amount": AMOUNTS,
    "boxes": BOXES,
    "day": DAYS,
    "moment": MOMENTS,
    "urgent": st.booleans(),
}
ROWS = st.lists(st.fixed_dictionaries(COLUMNS), max_size=12)
