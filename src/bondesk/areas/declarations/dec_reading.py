"""A DecMessage read back into a declaration: any order, both spellings, old codes, elements nobody knows (2.2, 4.5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bondesk.areas.declarations import dec_elements as elements
from bondesk.areas.declarations.dec_message import NOTE_CODE
from bondesk.areas.declarations.dec_status import CHANNELS
from bondesk.areas.declarations.declaration_lines import DeclarationLine
from bondesk.areas.declarations.declaration_model import AttachedDocument, Container, Declaration
from bondesk.base.findings import Finding
from bondesk.base.formal_copy import DRAFT, FORMAL
from bondesk.base.message_reader import MessageReader, ReadCode, Texts, first_row, folded
from bondesk.base.messages import Element, ReadMessage

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
    """Return the formal copy a message of a declared 报关单 holds: as far as customs, not yet stored.

    A copy customs gives says its own state (CusDecStatus, a CHANNEL letter).
    """
    declaration, findings = read_declaration(read, code, FORMAL)
    channel = CHANNELS.get(folded(first_row(read, "DecHead")).get("cusdecstatus", "").strip())
    declaration.state = "DECLARED" if declaration.declaration_no else "UPLOADED"
    declaration.customs_state = declaration.state
    if channel is not None and channel.state:
        declaration.state, declaration.customs_state = channel.state, channel.customs_state
    return declaration, findings


def read_declaration(
    read: ReadMessage, code: ReadCode | None = None, copy: str = DRAFT
) -> tuple[Declaration, list[Finding]]:
    """Return the declaration a message holds, not stored, and what in it cannot be read.

    IMP-02 dates, IMP-07 numbers, IMP-10 texts that are too long; ``code`` turns old codes into the present ones.
    """
    reader = MessageReader(code)
    head = folded(first_row(read, "DecHead"))
    free, sign = folded(first_row(read, "DecFreeTxt")), folded(first_row(read, "DecSign"))
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


def _lines(rows: Sequence[Texts], declaration: Declaration, reader: MessageReader) -> Iterator[DeclarationLine]:
    """Read the goods, the two countries turned back on exports (4.4), in the order of their numbers."""
    found = []
    for place, texts in enumerate(rows):
        line, written = DeclarationLine(line_no=0), folded(texts)
        reader.at("lines", place)
        reader.fill(line, elements.GOODS, written)
        origin, destination = (written.get(name, "").strip() for name in ("origincountry", "destinationcountry"))
        if declaration.ie_flag == "E":
            origin, destination = destination, origin
        line.origin_country = reader.code("country", origin)
        line.destination_country = reader.code("country", destination)
        line.line_no = line.line_no or place + 1
        found.append(line)
    yield from sorted(found, key=lambda line: line.line_no)


def _rows(
    read: ReadMessage, group: str, model: type[Any], table: Sequence[Element], key: str, reader: MessageReader
) -> Iterator[Any]:
    for place, texts in enumerate(read.groups.get(group, ())):
        row = model(line_no=place + 1)
        reader.at(key, place)
        reader.fill(row, table, folded(texts))
        yield row
