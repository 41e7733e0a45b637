"""What the palette finds beside modules: documents by their number and the texts a clerk knows them by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from bondesk.base.catalogue import Catalogue
from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType
from bondesk.base.fields import Field, field_of
from bondesk.base.identity import Identity
from bondesk.base.records import Row
from bondesk.engine.act import Act

#: Documents of one kind a search shows, and the letters it takes at least.
HITS, LEAST_LETTERS = 8, 2
_TEXTS_SEARCHED = 8


@dataclass(frozen=True, slots=True)
class Hit:
    """A document found: its kind and id, its number, and the texts that tell it from others."""

    document_key: str
    document_id: int
    number: str
    text: str


def searchable(catalogue: Catalogue, identity: Identity) -> list[DocumentType]:
    """Return the kinds a search looks into, in menu order: what may be seen and is neither log nor former version."""
    return [
        document
        for document in catalogue.documents
        if identity.may(document.key, "view") and _searched(document) and not _kept_only(document)
    ]


def _kept_only(document: DocumentType) -> bool:
    """Tell whether documents are only kept: the log, whose number is no text, and versions that were replaced."""
    if document.change is not None:
        return document.key == document.change.version
    return document.flow.closed and not any(is_text(part) for part in document.number)


def search(act: Act, text: str, limit: int = HITS) -> list[Hit]:
    """Look for ``text`` in every kind the user may view; up to ``limit`` hits of each, one statement per kind."""
    found: list[Hit] = []
    for document in searchable(act.catalogue, act.identity):
        found += search_document(act, document, text, limit)
    return found


def search_document(act: Act, document: DocumentType, text: str, limit: int = HITS) -> list[Hit]:
    """Look for ``text`` in one kind: a number equal to it first, then numbers that begin with it, then the rest.

    Fewer than two letters find nothing. ``Refused`` (ACCESS-01) for a kind that may not be viewed.
    """
    act.require(document, "view")
    wanted = text.strip()
    attributes = _searched(document)
    if len(wanted) < LEAST_LETTERS or not attributes:
        return []
    matches = or_(*(attribute.contains(wanted, autoescape=True) for attribute in attributes))
    return told(act, document, matches, limit, _rank(document, wanted))


def told(
    act: Act, document: DocumentType, matches: ColumnElement[bool], limit: int, *order: ColumnElement[Any]
) -> list[Hit]:
    """Return the documents of one kind for which ``matches`` holds, choices written by their names."""
    header, many = document.header, 1 + len(document.number)
    statement = of_kind(act, document, select(header.id, *document.number, *_telling(document)).where(matches))
    rows = act.session.execute(statement.order_by(*order, header.id.desc()).limit(limit))
    return [Hit(document.key, row[0], number_text(document, row[1:many]), _joined(row[many:], "  ")) for row in rows]


def number_text(document: DocumentType, parts: Sequence[Any]) -> str:
    """Write the number of a document, choices by their names."""
    entries = [field_of(part) for part in document.number]
    words = [
        entry.choice_name(str(part)) if entry.choices and part is not None else part
        for entry, part in zip(entries, parts, strict=True)
    ]
    return _joined(words, "/")


def code_document(catalogue: Catalogue) -> DocumentType | None:
    """Return the document whose rows are the customs codes: the one numbered by table and code."""
    for document in catalogue.documents:
        if [part.key for part in document.number[:2]] == ["table_name", "code"]:
            return document
    return None


def code_row(act: Act, table: str, code: str) -> int | None:
    """Return the id of the newest row of a customs code, None when only the program knows it."""
    document = code_document(act.catalogue)
    if document is None:
        return None
    act.require(document, "view")
    header = document.header
    statement = select(func.max(header.id)).where(header.table_name == table, header.code == code)
    found: int | None = act.session.execute(statement).scalar()
    return found


def of_kind(act: Act, document: DocumentType, statement: Select[Any]) -> Select[Any]:
    """Narrow ``statement`` to the company's documents of one kind."""
    header = document.header
    if issubclass(header, Row):
        statement = statement.where(header.company_id == act.company_id)
    for key, value in document.variant.items():
        statement = statement.where(getattr(header, key) == value)
    return statement


def _rank(document: DocumentType, wanted: str) -> ColumnElement[Any]:
    numbers = [part for part in document.number if is_text(part)]
    if not numbers:
        return case((document.header.id == 0, 0), else_=1)
    equal = or_(*(func.upper(part) == wanted.upper() for part in numbers))
    begins = or_(*(part.startswith(wanted, autoescape=True) for part in numbers))
    return case((equal, 0), (begins, 1), else_=2)


def is_text(attribute: Any) -> bool:
    """Tell whether a mapped attribute holds text."""
    return getattr(attribute.type, "python_type", None) is str


def _searched(document: DocumentType) -> list[Any]:
    found = {part.key: part for part in document.number if is_text(part)}
    for entry in document.list_fields:
        if _speaks(entry) and len(found) < _TEXTS_SEARCHED:
            found.setdefault(entry.key, getattr(document.header, entry.key))
    return list(found.values())


def _telling(document: DocumentType) -> list[Any]:
    numbers = {part.key for part in document.number}
    fields = [entry for entry in document.list_fields if _speaks(entry) and entry.key not in numbers]
    return [getattr(document.header, entry.key) for entry in fields[:3]]


def _speaks(entry: Field) -> bool:
    return entry.kind in {Kind.TEXT, Kind.MEMO} and not entry.choices and not entry.table


def _joined(parts: Sequence[Any], glue: str) -> str:
    return glue.join(str(part) for part in parts if part not in (None, ""))
