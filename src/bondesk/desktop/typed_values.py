"""What a clerk typed into a box, read into the value of a field, and back into the text of the box.

Reading follows :mod:`bondesk.base.readings` as far as a typed text and a workbook cell mean the same; a
typed text may also be a sum or a short date. Nothing is rounded: what does not fit is said. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bondesk.base.columns import Kind
from bondesk.base.fields import Field
from bondesk.base.numbers import MAX_DIGITS, half_up, padded, places_of, plain
from bondesk.base.options import Option
from bondesk.base.readings import Unreadable, read_date, read_number
from bondesk.desktop.arithmetic import evaluate

#: Longer texts are no number and no date; reading them would only cost time.
_LONGEST_NUMBER = 60
_INTEGER_DIGITS = 9
_PADDED = {Kind.AMOUNT, Kind.PRICE}
_KEPT_CONTROLS = {"\n", "\t"}
_OPTION_KINDS = {"yesno": Kind.YESNO, "integer": Kind.INTEGER, "number": Kind.FACTOR, "date": Kind.DATE}


def read_typed(entry: Field, text: str, today: date) -> Any:
    """Read what was typed into a box of ``entry``; ``today`` completes short dates.

    Returns Decimal, int, date, datetime or str; None (or "" for texts) for an empty box. :class:`Unreadable`
    carries the code and the sentence shown beside the box.
    """
    if entry.kind is Kind.INTEGER and not entry.places:
        return _integer(text)
    if entry.numeric:
        return _number(text, entry.places)
    if entry.kind is Kind.DATE:
        return _date(text, today)
    if entry.kind is Kind.TIME:
        return _moment(text)
    return _text(entry, text)


def edit_text(entry: Field, value: Any) -> str:
    """Write ``value`` as a box shows it; :func:`read_typed` reads it back to the same value."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case Decimal():
            return padded(value, entry.places) if entry.kind in _PADDED else plain(value)
        case datetime():
            return value.isoformat(" ", "seconds")
        case date():
            return value.isoformat()
        case _:
            return str(value)


def field_of_option(option: Option) -> Field:
    """Return the field an option is edited as."""
    kind = _OPTION_KINDS.get(option.kind, Kind.TEXT)
    return Field(
        key=option.key,
        label=option.label,
        kind=kind,
        help=option.help,
        choices=tuple(option.choices),
        table=option.table,
        reference=option.reference,
        required=False,
        readonly=False,
        width=16,
        places=option.places if kind is Kind.FACTOR else 0,
        length=0,
    )


def _half_width(text: str) -> str:
    """Write what an input method left full-width as numbers and dates want it: ``１２。５`` is ``12.5``."""
    return unicodedata.normalize("NFKC", text).replace("。", ".").strip()


def _exact(text: str) -> Fraction | Decimal | None:
    """Read a number or a sum; refuse what no column could hold before anything is computed with it."""
    text = _half_width(text)
    if text.startswith("="):
        return evaluate(text[1:])
    if not text:
        return None
    if len(text) > _LONGEST_NUMBER:
        raise Unreadable("IMP-07", "不是数字")
    value = read_number(text)
    if value is None:
        return None
    if not value.is_finite():
        raise Unreadable("IMP-07", f"“{text}”不是数字")
    if value and not -_LONGEST_NUMBER < value.adjusted() <= MAX_DIGITS:
        raise Unreadable("IMP-07", f"数字超过{MAX_DIGITS}位")
    return value if value else Decimal(0)


def _number(text: str, places: int) -> Decimal | None:
    exact = _exact(text)
    if exact is None:
        return None
    value = exact if isinstance(exact, Decimal) else half_up(exact, places)
    if isinstance(exact, Fraction) and Fraction(value) != exact:
        raise Unreadable("IMP-07", f"结果约 {plain(value)}，小数超过{places}位；可用 =ROUND(算式,{places}) 取舍")
    if places_of(value) > places:
        raise Unreadable("IMP-07", f"小数超过{places}位")
    if abs(value) >= Decimal(10) ** (MAX_DIGITS - places):
        raise Unreadable("IMP-07", f"整数超过{MAX_DIGITS - places}位")
    return value


def _integer(text: str) -> int | None:
    exact = _exact(text)
    if exact is None:
        return None
    if exact != int(exact):
        raise Unreadable("IMP-07", "须为整数")
    if abs(exact) >= 10**_INTEGER_DIGITS:
        raise Unreadable("IMP-07", f"整数超过{_INTEGER_DIGITS}位")
    return int(exact)


_SHORT = re.compile(r"(\d{1,2})[-/.](\d{1,2})", re.ASCII)
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_COUNTED = re.compile(r"[+-]\d{1,3}", re.ASCII)
_DAYS = {"今天": 0, "今日": 0, "昨天": -1, "明天": 1}
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


def _date(text: str, today: date) -> date | None:
    """Read ``2024-01-31``, ``20240131``, ``1/31`` (this year), ``今天``, ``+3`` and what workbooks hold."""
    text = _half_width(text)
    if not text:
        return None
    if len(text) > _LONGEST_NUMBER:
        raise Unreadable("IMP-02", "不是日期，如 2024-01-31")
    if (days := _DAYS.get(text)) is not None:
        return today + timedelta(days)
    if counted := _COUNTED.fullmatch(text):
        return today + timedelta(int(counted[0]))
    try:
        if short := _SHORT.fullmatch(text):
            return date(today.year, int(short[1]), int(short[2]))
        if digits := _DIGITS.fullmatch(text):
            return _sane(date(int(digits[1]), int(digits[2]), int(digits[3])))
    except ValueError:
        raise Unreadable("IMP-02", f"没有“{text}”这一天") from None
    found = read_date(text)
    return None if found is None else _sane(found)


def _sane(day: date) -> date:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise Unreadable("IMP-02", f"年份 {day.year} 不合理")
    return day


def _moment(text: str) -> datetime | None:
    text = _half_width(text)
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise Unreadable("IMP-02", "不是时间，如 2024-01-31 08:30") from None


def _text(entry: Field, text: str) -> str:
    text = text.strip()
    if entry.length and len(text) > entry.length:
        raise Unreadable("IMP-10", f"最多{entry.length}个字符，现为{len(text)}个")
    kept = _KEPT_CONTROLS if entry.kind is Kind.MEMO else set()
    if any(unicodedata.category(sign) in {"Cc", "Cs"} and sign not in kept for sign in text):
        raise Unreadable("FORM-02", "含有不可见的控制字符，请删除")
    return text
