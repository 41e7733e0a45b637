"""A DecMessage read back into a declaration: any order, both spellings, old codes, elements nobody knows (2.2, 4.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import InstrumentedAttribute

from bondesk.areas.declarations import dec_elements as elements
from bondesk.areas.declarations.dec_message import NOTE_CODE
from bondesk.areas.declarations.dec_receipts import day_of
from bondesk.areas.declarations.declaration_lines import DeclarationLine
from bondesk.areas.declarations.declaration_model import AttachedDocument, Container, Declaration
from bondesk.base.columns import ExactDecimal, scaled_integer
from bondesk.base.errors import ExcessDecimals
from bondesk.base.findings import Finding, error
from bondesk.base.formal_copy import DRAFT, FORMAL
from bondesk.base.messages import Element, ReadMessage

#: (table, text) → the code a text of the table stands for: old three-digit countries and currencies become alpha-3.
ReadCode = Callable[[str, str], str | None]
Texts = Mapping[str, str]
_CONVERTED = {"country", "currency"}
#: Read beside what the element table says: numbers customs gave, and the declarant under his own name.
_MORE = (
    Element("EntryId", "海关编号", "C..18", value=Declaration.declaration_no),
    Element("PreEntryId", "预录入编号", "C..18", value=Declaration.pre_entry_no),
    Element("IEDate", "进出口日期", "DT8", value=Declaration.entry_exit_date),
)
#: (element, direction, field) of what stands in elements of its direction.
_OVERSEAS = (
    ("OverseasConsignorCode", "I", "overseas_code"),
    ("OverseasConsignorEname", "I", "overseas_name"),
    ("OverseasConsigneeCode", "E", "overseas_code"),
    ("OverseasConsigneeEname", "E", "overseas_name"),
)


def read_formal(read: ReadMessage, code: ReadCode | None = None) -> tuple[Declaration, list[Finding]]:
    """Return the formal copy a message of a declared 报关单 holds: as far as customs, not yet stored."""
    declaration, findings = read_declaration(read, code, FORMAL)
    declaration.state = "DECLARED" if declaration.declaration_no else "UPLOADED"
    declaration.customs_state = declaration.state
    return declaration, findings


def read_declaration(
    read: ReadMessage, code: ReadCode | None = None, copy: str = DRAFT
) -> tuple[Declaration, list[Finding]]:
    """Return the declaration a message holds, not stored, and what in it cannot be read.

    IMP-02 dates, IMP-07 numbers, IMP-10 texts that are too long; ``code`` turns old codes into the present ones.
    """
    reader = _Reader(code or (lambda _table, text: text))
    head = _folded(_first(read, "DecHead"))
    free, sign = _folded(_first(read, "DecFreeTxt")), _folded(_first(read, "DecSign"))
    declaration = Declaration(copy=copy)
    reader.fill(declaration, (*elements.HEAD, *_MORE), head)
    reader.fill(declaration, elements.FREE_TEXT, free)
    reader.fill(declaration, elements.SIGN, sign)
    _head_specials(declaration, head)
    declaration.lines = list(_lines(read.groups.get("DecList", ()), declaration, reader))
    declaration.containers = list(_rows(read, "Container", Container, elements.CONTAINER, "containers", reader))
    declaration.documents = list(_rows(read, "LicenseDocu", AttachedDocument, elements.LICENCE, "documents", reader))
    for row in declaration.documents:
        if row.document_code == NOTE_CODE and not declaration.note_no:
            declaration.note_no = row.document_no
    return declaration, reader.findings


def _first(read: ReadMessage, group: str) -> Texts:
    rows = read.groups.get(group) or ({},)
    return rows[0]


def _folded(texts: Texts) -> dict[str, str]:
    """Return the texts of a group by element name in small letters: producers spell ``version`` as they like."""
    return {name.casefold(): text for name, text in texts.items()}


def _head_specials(declaration: Declaration, head: Texts) -> None:
    declaration.ie_flag = (declaration.ie_flag or "").upper()
    promises = head.get("promiseitmes", "").strip()
    for key, sign in zip(elements.PROMISES, promises.ljust(len(elements.PROMISES), "9"), strict=False):
        setattr(declaration, key, sign if sign in "01" else "9")
    for name, direction, key in _OVERSEAS:
        if direction == declaration.ie_flag and head.get(name.casefold()):
            setattr(declaration, key, head[name.casefold()].strip())
    if "partenerid" not in head:
        declaration.declarant_person = head.get("declarename", "").strip()


def _lines(rows: Sequence[Texts], declaration: Declaration, reader: _Reader) -> Iterator[DeclarationLine]:
    """Read the goods, the two countries turned back on exports (4.4), in the order of their numbers."""
    found = []
    for place, texts in enumerate(rows):
        line, folded = DeclarationLine(line_no=0), _folded(texts)
        reader.at("lines", place)
        reader.fill(line, elements.GOODS, folded)
        origin, destination = (folded.get(name, "").strip() for name in ("origincountry", "destinationcountry"))
        if declaration.ie_flag == "E":
            origin, destination = destination, origin
        line.origin_country = reader.code("country", origin)
        line.destination_country = reader.code("country", destination)
        line.line_no = line.line_no or place + 1
        found.append(line)
    yield from sorted(found, key=lambda line: line.line_no)


def _rows(
    read: ReadMessage, group: str, model: type[Any], table: Sequence[Element], key: str, reader: _Reader
) -> Iterator[Any]:
    for place, texts in enumerate(read.groups.get(group, ())):
        row = model(line_no=place + 1)
        reader.at(key, place)
        reader.fill(row, table, _folded(texts))
        yield row


class _Reader:
    """Turns texts into the values of mapped attributes; what it cannot read it says and leaves empty."""

    def __init__(self, code: ReadCode) -> None:
        self.findings: list[Finding] = []
        self._read_code = code
        self._table = ""
        self._line: int | None = None

    def at(self, table: str, line: int) -> None:
        self._table, self._line = table, line

    def code(self, table: str, text: str) -> str:
        """Return an alpha-3 code; three digits are the old one."""
        return (self._read_code(table, text) or text) if text.isdecimal() else text

    def fill(self, row: Any, table: Sequence[Element], texts: Texts) -> None:
        """Set every attribute an element holds, empty where the text is."""
        for element in table:
            if isinstance(element.value, InstrumentedAttribute):
                setattr(row, element.value.key, self._value(element, texts.get(element.name.casefold(), "")))

    def _value(self, element: Element, text: str) -> Any:
        column = element.value.property.columns[0]
        stripped = text.strip()
        if isinstance(column.type, String):
            kept = text.rstrip() if element.name == "Type" else stripped
            if column.type.length and len(kept) > column.type.length:
                return self._wrong(element, "IMP-10", f"“{kept[:20]}…”超过 {column.type.length} 个字符", "")
            table = column.info["shown"].table if "shown" in column.info else ""
            return self.code(table, kept) if table in _CONVERTED else kept
        if not stripped:
            return None
        if isinstance(column.type, ExactDecimal):
            return self._number(element, stripped, column.type.places)
        return self._day(element, stripped) if column.type.python_type is date else self._whole(element, stripped)

    def _number(self, element: Element, text: str, places: int) -> Decimal | None:
        try:
            number = Decimal(text)
            scaled_integer(number, places)
        except (ArithmeticError, ExcessDecimals):
            self._wrong(element, "IMP-07", f"“{text}”不是数字，或超过 {places} 位小数", None)
            return None
        return number

    def _whole(self, element: Element, text: str) -> int | None:
        if text.isdecimal() and len(text) < 19:
            return int(text)
        self._wrong(element, "IMP-07", f"“{text}”不是整数", None)
        return None

    def _day(self, element: Element, text: str) -> date | None:
        day = day_of(text)
        if day is None:
            self._wrong(element, "IMP-02", f"“{text}”不是日期（yyyyMMdd）", None)
        return day

    def _wrong(self, element: Element, code: str, text: str, instead: Any) -> Any:
        where = f"「{element.label}」({element.name})"
        self.findings.append(error(code, f"{where}{text}", element.value.key, self._line, table=self._table))
        return instead
