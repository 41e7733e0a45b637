"""Documents by the beginning of a number, of every kind at once: one statement, each part of it along an index."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, literal, or_, select, union_all

from bondesk.base.documents import DocumentType
from bondesk.engine.act import Act
from bondesk.engine.search import HITS, LEAST_LETTERS, Hit, is_text, of_kind, searchable, told

#: Greater than any sign of a number.
_LAST = "\uffff"


def search_numbers(act: Act, text: str, limit: int = HITS) -> list[Hit]:
    """Return documents one of whose indexed numbers is ``text`` (these first) or begins with it, in menu order.

    Of those that begin with it the greatest numbers are told, as the newest mostly have them. Small letters find
    capitals. Up to ``limit`` of a kind; fewer than two letters find nothing.
    """
    wanted = text.strip()
    if len(wanted) < LEAST_LETTERS:
        return []
    kinds = {one.key: one for one in searchable(act.catalogue, act.identity)}
    parts = [
        _part(act, document, attribute, test, limit)
        for document in kinds.values()
        for attribute in leading(document)
        for test in (_equals(attribute, wanted), _begins(attribute, wanted))
    ]
    if not parts:
        return []
    found: dict[str, dict[int, bool]] = {}
    for key, document_id, number in act.session.execute(union_all(*parts)):
        ids = found.setdefault(key, {})
        ids[document_id] = ids.get(document_id, False) or number.upper() == wanted.upper()
    hits = [hit for key in kinds if key in found for hit in _named(act, kinds[key], found[key], limit)]
    return sorted(hits, key=lambda hit: not found[hit.document_key][hit.document_id])


def leading(document: DocumentType) -> list[Any]:
    """Return the texts of the head an index begins with (the company aside) that are numbers of its own.

    What names another document or a code is none: all notes of a book would be found by the book's number.
    """
    header, keys = document.header, []
    for index in sorted(header.__table__.indexes, key=lambda one: one.name):
        names = [column.name for column in index.columns if column.name != "company_id"]
        keys += names[:1]
    shown = {entry.key: entry for entry in document.head_fields}
    own = [key for key in dict.fromkeys(keys) if key in shown and not _refers(shown[key])]
    return [attribute for key in own if is_text(attribute := getattr(header, key))]


def _refers(entry: Any) -> bool:
    return bool(entry.reference or entry.table or entry.choices)


def _part(act: Act, document: DocumentType, attribute: Any, test: ColumnElement[bool], limit: int) -> Any:
    statement = select(literal(document.key), document.header.id, attribute)
    statement = of_kind(act, document, statement).where(test).order_by(attribute.desc()).limit(limit)
    return select(statement.subquery())


def _equals(attribute: Any, wanted: str) -> ColumnElement[bool]:
    equal: ColumnElement[bool] = attribute.in_(tuple(dict.fromkeys((wanted, wanted.upper()))))
    return equal


def _begins(attribute: Any, wanted: str) -> ColumnElement[bool]:
    """Compare as a range, which every database answers along an index (LIKE only under conditions)."""
    return or_(*(attribute.between(start, start + _LAST) for start in dict.fromkeys((wanted, wanted.upper()))))


def _named(act: Act, document: DocumentType, ids: dict[int, bool], limit: int) -> list[Hit]:
    hits = told(act, document, document.header.id.in_(ids), limit * 2)
    return sorted(hits, key=lambda hit: list(ids).index(hit.document_id))[:limit]
