"""Texts of a message turned back into the values of a document: any order, old codes, elements nobody knows.

The element table that writes a message reads it as well. What cannot be read is said and left empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, String
from sqlalchemy.orm import InstrumentedAttribute

from bondesk.base.change import Mark
from bondesk.base.columns import ExactDecimal, scaled_integer
from bondesk.base.errors import ExcessDecimals
from bondesk.base.findings import Finding, error
from bondesk.base.messages import Element, Message, ReadMessage

#: (table, text) → the code a text of the table stands for: old three-digit countries and currencies become alpha-3.
ReadCode = Callable[[str, str], str | None]
Texts = Mapping[str, str]
_CONVERTED = {"country", "currency"}


def folded(texts: Texts) -> dict[str, str]:
    """Return the texts of a group by element name in small letters: producers spell ``version`` as they like."""
    return {name.casefold(): text for name, text in texts.items()}


def first_row(read: ReadMessage, *groups: str) -> Texts:
    """Return the first row of the first of ``groups`` that has one, empty without any."""
    return next((read.groups[group][0] for group in groups if read.groups.get(group)), {})


def day_of(text: str) -> date | None:
    """Read ``yyyyMMdd`` or ``yyyy-MM-dd``, with or without a time; None when it is neither."""
    for form, length in (("%Y%m%d", 8), ("%Y-%m-%d", 10)):
        try:
            return datetime.strptime(text[:length], form).date()
        except ValueError:
            continue
    return None


class MessageReader:
    """Sets attributes of heads and lines from the texts of a message and collects what it cannot read.

    IMP-02 dates, IMP-07 numbers, IMP-10 texts that are too long; ``code`` turns old codes into the present ones.
    """

    def __init__(self, code: ReadCode | None = None) -> None:
        """Read codes through ``code``; without it they stay as they are."""
        self.findings: list[Finding] = []
        self._read_code = code or (lambda _table, text: text)
        self._table = ""
        self._line: int | None = None

    def at(self, table: str, line: int) -> None:
        """Say which line of which table is read next, for findings."""
        self._table, self._line = table, line

    def code(self, table: str, text: str) -> str:
        """Return an alpha-3 code; three digits are the old one."""
        return (self._read_code(table, text) or text) if text.isdecimal() else text

    def fill(self, row: Any, table: Sequence[Element], texts: Texts) -> None:
        """Set every attribute an element holds, empty where the (folded) text is."""
        for element in table:
            if isinstance(element.value, InstrumentedAttribute):
                setattr(row, element.value.key, self._value(element, element.value, texts))

    def fill_named(self, row: Any, table: Sequence[Element], texts: Texts) -> None:
        """Set what the message says: elements that hold an attribute, and computed ones that name one.

        An element the message does not have leaves its attribute alone; of two for one attribute the one that holds
        it counts.
        """
        held = {element.value.key for element in table if isinstance(element.value, InstrumentedAttribute)}
        for element in table:
            if element.name.casefold() not in texts:
                continue
            attribute = element.value
            if not isinstance(attribute, InstrumentedAttribute):
                named = element.field if isinstance(element.field, str) else ""
                attribute = getattr(type(row), named, None) if named and named not in held else None
            if isinstance(attribute, InstrumentedAttribute):
                setattr(row, attribute.key, self._value(element, attribute, texts))

    def rows(self, found: Sequence[Texts], model: type[Any], table: Sequence[Element], key: str) -> Iterator[Any]:
        """Return lines of ``model`` filled by name, numbered by place where they bear no number."""
        for place, texts in enumerate(found):
            row = model(line_no=place + 1)
            self.at(key, place)
            self.fill_named(row, table, folded(texts))
            row.line_no = row.line_no or place + 1
            yield row

    def _value(self, element: Element, attribute: Any, texts: Texts) -> Any:
        text = texts.get(element.name.casefold(), "")
        column, stripped = attribute.property.columns[0], text.strip()
        if isinstance(column.type, String):
            kept = text.rstrip() if element.name == "Type" else stripped
            if column.type.length and len(kept) > column.type.length:
                told = f"“{kept[:20]}…”超过 {column.type.length} 个字符"
                return self._wrong(element, attribute, "IMP-10", told, "")
            table = column.info["shown"].table if "shown" in column.info else ""
            return self.code(table, kept) if table in _CONVERTED else kept
        if isinstance(column.type, Boolean):
            return stripped in {"1", "Y", "y", "true"} if stripped else None
        if not stripped:
            return None
        if isinstance(column.type, ExactDecimal):
            return self._number(element, attribute, stripped, column.type.places)
        day = column.type.python_type is date
        return self._day(element, attribute, stripped) if day else self._whole(element, attribute, stripped)

    def _number(self, element: Element, attribute: Any, text: str, places: int) -> Decimal | None:
        try:
            number = Decimal(text)
            scaled_integer(number, places)
        except (ArithmeticError, ExcessDecimals):
            self._wrong(element, attribute, "IMP-07", f"“{text}”不是数字，或超过 {places} 位小数", None)
            return None
        return number

    def _whole(self, element: Element, attribute: Any, text: str) -> int | None:
        whole = text.partition(".")[0] if not text.partition(".")[2].strip("0") else text
        if whole.isdecimal() and len(whole) < 19:
            return int(whole)
        self._wrong(element, attribute, "IMP-07", f"“{text}”不是整数", None)
        return None

    def _day(self, element: Element, attribute: Any, text: str) -> date | None:
        day = day_of(text)
        if day is None:
            self._wrong(element, attribute, "IMP-02", f"“{text}”不是日期（yyyyMMdd）", None)
        return day

    def _wrong(self, element: Element, attribute: Any, code: str, text: str, instead: Any) -> Any:
        where = f"「{element.label}」({element.name})"
        self.findings.append(error(code, f"{where}{text}", attribute.key, self._line, table=self._table))
        return instead


@dataclass(frozen=True, slots=True)
class CopyReading:
    """Reads customs' own copy of a document through the element table of its message, not stored.

    ``groups`` gives the name a group of the message bears in a receipt, ``names`` what elements (in small letters) are
    called there; ``codes`` turns the codes of a head attribute into ours, one it does not name says nothing. Rows that
    customs struck are left out, the others are unmarked.
    """

    message: Message
    header: type[Any]
    groups: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __call__(self, read: ReadMessage, code: ReadCode) -> tuple[Any, list[Finding]]:
        """Return the head with its lines, and what cannot be read."""
        reader, header = MessageReader(code), self.header()
        for group in self.message.groups:
            rows = read.groups.get(group.name) or read.groups.get(self.groups.get(group.name, ""), ())
            named = [{self.names.get(name, name): text for name, text in folded(row).items()} for row in rows]
            if not group.table:
                reader.fill_named(header, group.elements, named[0] if named else {})
                continue
            relation = getattr(self.header, group.table)
            lines = list(reader.rows(named, relation.property.mapper.class_, group.elements, group.table))
            kept = [line for line in lines if getattr(line, "row_mark", "") != Mark.STRUCK]
            setattr(header, group.table, [_unmarked(line) for line in kept])
        for key, ours in self.codes.items():
            said = vars(header).pop(key, "")
            if said in ours:
                setattr(header, key, ours[said])
        return header, reader.findings


def _unmarked(line: Any) -> Any:
    if hasattr(line, "row_mark"):
        line.row_mark = Mark.SAME.value
    return line
