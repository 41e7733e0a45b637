"""A text as a clerk would type it, read into the value of a field: settings and templates keep such texts. Pure."""

from __future__ import annotations

from typing import Any

from bondesk.base.codebook import CodeBook
from bondesk.base.columns import Kind
from bondesk.base.fields import Field
from bondesk.base.numbers import MAX_DIGITS, places_of
from bondesk.base.readings import Unreadable, read_code, read_date, read_integer, read_number, read_text, read_yes_no


def read_value(entry: Field, text: str, book: CodeBook) -> Any:
    """Return the value ``text`` stands for; "" (texts) or None when blank; :class:`Unreadable` with the reason.

    A coded value may be written as code, as name, or as both (``0615 进料对口``).
    """
    if entry.choices:
        return _choice(entry, read_code(text))
    if entry.table:
        return _code(entry, read_code(text), book)
    if entry.places:
        return _number(entry, text)
    match entry.kind:
        case Kind.INTEGER:
            return read_integer(text)
        case Kind.DATE:
            return read_date(text)
        case Kind.TIME:
            raise Unreadable("IMP-02", "时间由程序填写，不能预先给定")
        case Kind.YESNO:
            return read_yes_no(text)
    read = read_code(text) if entry.kind is Kind.CODE else read_text(text)
    if entry.length and len(read) > entry.length:
        raise Unreadable("IMP-10", f"超过{entry.length}个字符")
    return read


def _choice(entry: Field, text: str) -> str:
    for code, name in entry.choices:
        if text in (code, name, f"{code} {name}"):
            return code
    if not text:
        return ""
    allowed = "、".join(name for code, name in entry.choices if code)
    raise Unreadable("NOTE-15", f"没有“{text}”，可填：{allowed}")


def _code(entry: Field, text: str, book: CodeBook) -> str:
    if not text:
        return ""
    found = book.read(entry.table, text)
    if found is None and " " in text:
        code, name = text.split(" ", 1)
        found = code if book.name(entry.table, code) == name.strip() else None
    if found is not None:
        return found
    near = book.nearest(entry.table, text)
    hint = f"，相近的有：{'、'.join(near)}" if near else ""
    raise Unreadable("NOTE-15", f"“{text}”不是海关参数，也未在企业参数中对照{hint}")


def _number(entry: Field, text: str) -> Any:
    value = read_number(text)
    if value is not None and places_of(value) > entry.places:
        raise Unreadable("IMP-07", f"小数超过{entry.places}位")
    if value is not None and abs(value) >= 10 ** (MAX_DIGITS - entry.places):
        raise Unreadable("IMP-07", f"数字过大，整数最多{MAX_DIGITS - entry.places}位")
    return value


def written(entry: Field, value: Any, book: CodeBook) -> str:
    """Write a value as :func:`read_value` reads it back, a code with its name beside it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    name = entry.choice_name(str(value)) if entry.choices else book.name(entry.table, str(value)) if entry.table else ""
    return f"{value} {name}" if name and name != str(value) else str(value)
