"""Column types that know what they hold: exact decimals, codes, texts of the trade.

The ``Annotated`` alias carries the kind (under the info key ``kind``); :func:`bondesk.base.fields.shown`
carries the label (under ``shown``), so the two never share a key.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Context, Decimal
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import BigInteger, Dialect, Numeric, String, Text
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from bondesk.base import numbers
from bondesk.base.errors import ExcessDecimals

_WIDE = Context(prec=60)


class Kind(StrEnum):
    """What a column holds, as far as reading, showing and aligning it goes."""

    TEXT = "text"
    MEMO = "memo"
    CODE = "code"
    QUANTITY = "quantity"
    WEIGHT = "weight"
    PRICE = "price"
    AMOUNT = "amount"
    PERCENT = "percent"
    CONSUMPTION = "consumption"
    FACTOR = "factor"
    RATE = "rate"
    INTEGER = "integer"
    DATE = "date"
    TIME = "time"
    YESNO = "yesno"


#: Decimal places of the exact kinds (handbook 0.2).
PLACES: dict[Kind, int] = {
    Kind.QUANTITY: numbers.QUANTITY_PLACES,
    Kind.WEIGHT: numbers.WEIGHT_PLACES,
    Kind.PRICE: numbers.PRICE_PLACES,
    Kind.AMOUNT: numbers.AMOUNT_PLACES,
    Kind.PERCENT: numbers.PERCENT_PLACES,
    Kind.CONSUMPTION: numbers.CONSUMPTION_PLACES,
    Kind.FACTOR: numbers.FACTOR_PLACES,
    Kind.RATE: numbers.RATE_PLACES,
}


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal with a fixed number of places that no database turns into a float.

    SQLite keeps a scaled 64-bit integer, PostgreSQL ``NUMERIC(18, places)``. Sums in SQL are exact.
    Excess decimals, more than 18 digits, floats and non-finite numbers raise :class:`ExcessDecimals`;
    nothing is rounded here. Multiplying two such columns in SQL is not supported: do it in Python.
    """

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        """Keep ``places`` decimals."""
        super().__init__()
        self.places = places

    def __repr__(self) -> str:
        """Write the type as a migration does."""
        return f"ExactDecimal({self.places})"

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the stored type for ``dialect``."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Numeric(numbers.MAX_DIGITS, self.places))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Turn a Decimal or int into what the database stores."""
        if value is None:
            return None
        scaled = scaled_integer(value, self.places)
        return value if dialect.name == "postgresql" else scaled

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Decimal | None]:
        """Return what turns a stored value back into a Decimal with exactly ``places`` decimals.

        One plain function: lists and sums read hundreds of thousands of these.
        """
        places, unit = -self.places, Decimal(1).scaleb(-self.places)

        def read(value: Any) -> Decimal | None:
            if value is None:
                return None
            if isinstance(value, int):
                return Decimal(value).scaleb(places, _WIDE)
            return Decimal(value).quantize(unit, context=_WIDE)

        return read


def scaled_integer(value: Decimal | int, places: int) -> int:
    """Return ``value * 10**places`` as an exact int; refuse what does not fit.

    >>> scaled_integer(Decimal("1.50000"), 5)
    150000
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise ExcessDecimals(f"{value!r} is not an exact number")
    number = Decimal(value)
    if not number.is_finite():
        raise ExcessDecimals(f"{value} is not a finite number")
    scaled = number.scaleb(places, _WIDE)
    whole = int(scaled)
    if whole != scaled:
        raise ExcessDecimals(f"{value} has more than {places} decimals")
    if abs(whole) >= 10**numbers.MAX_DIGITS:
        raise ExcessDecimals(f"{value} has more than {numbers.MAX_DIGITS} digits")
    return whole


def _exact(kind: Kind) -> Any:
    return mapped_column(ExactDecimal(PLACES[kind]), info={"kind": kind})


def _text(length: int, kind: Kind = Kind.TEXT) -> Any:
    return mapped_column(String(length), default="", server_default="", info={"kind": kind})


Qty = Annotated[Decimal, _exact(Kind.QUANTITY)]
Weight = Annotated[Decimal, _exact(Kind.WEIGHT)]
Price = Annotated[Decimal, _exact(Kind.PRICE)]
#: A price as the ERP writes it, finer than the 4 decimals of a declared price.
SourcePrice = Annotated[Decimal, mapped_column(ExactDecimal(9), info={"kind": Kind.FACTOR})]
Amount = Annotated[Decimal, _exact(Kind.AMOUNT)]
Percent = Annotated[Decimal, _exact(Kind.PERCENT)]
#: A rate in % as 报核 shows it, 4 decimals.
RatePercent = Annotated[Decimal, mapped_column(ExactDecimal(4), info={"kind": Kind.PERCENT})]
ConsumptionQty = Annotated[Decimal, _exact(Kind.CONSUMPTION)]
Factor = Annotated[Decimal, _exact(Kind.FACTOR)]
ExchangeRateValue = Annotated[Decimal, _exact(Kind.RATE)]

Code4 = Annotated[str, _text(4, Kind.CODE)]
Code10 = Annotated[str, _text(10, Kind.CODE)]
Code18 = Annotated[str, _text(18, Kind.CODE)]
Code32 = Annotated[str, _text(32, Kind.CODE)]
Code64 = Annotated[str, _text(64, Kind.CODE)]
Text32 = Annotated[str, _text(32)]
Text64 = Annotated[str, _text(64)]
Text255 = Annotated[str, _text(255)]
Text512 = Annotated[str, _text(512)]
Memo = Annotated[str, mapped_column(Text, default="", server_default="", info={"kind": Kind.MEMO})]
