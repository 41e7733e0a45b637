"""The code tables ``document`` and ``right``: documents and what may be granted by their titles, named as any code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bondesk.base.catalogue import Catalogue
from bondesk.base.codebook import CodeBook, OutOfDate
from bondesk.base.documents import BASIC_RIGHTS

TABLE, RIGHTS = "document", "right"
#: Grants everything.
_ALL = "*.*"


def right_name(catalogue: Catalogue, right: str) -> str:
    """Return what ``document.action`` grants in words, "" when nothing declares it.

    The words are those of the tree the rights are ticked in; without a document, those of what all have.
    """
    if right == _ALL:
        return "全部权限"
    key, _, action = right.partition(".")
    if not key:
        return dict(BASIC_RIGHTS).get(action, "")
    for document in (one for one in catalogue.documents if one.key == key):
        return next(
            (f"{document.title}·{title}" for name, title in catalogue.rights_of(document) if name == action), ""
        )
    return next((f"{one.title}·查看" for one in catalogue.reports if one.key == key and action == "view"), "")


def declared_name(catalogue: Catalogue, table: str, code: str) -> str:
    """Return the name of a code the catalogue itself declares, "" for those of the customs."""
    if table == RIGHTS:
        return right_name(catalogue, code)
    return next((one.title for one in catalogue.documents if one.key == code), "") if table == TABLE else ""


class WithDocuments:
    """A code book that also knows the documents of the catalogue."""

    def __init__(self, book: CodeBook, catalogue: Catalogue) -> None:
        """Answer ``document`` from ``catalogue``, everything else from ``book``."""
        self._book = book
        self._titles = {document.key: document.title for document in catalogue.documents}
        self._catalogue = catalogue

    def read(self, table: str, text: str) -> str | None:
        """Return the code ``text`` stands for; a document by key or title."""
        if table != TABLE:
            return self._book.read(table, text)
        return next((key for key, title in self._titles.items() if text in (key, title)), None)

    def name(self, table: str, code: str) -> str:
        """Return the Chinese name of ``code``, or ""."""
        if table == RIGHTS:
            return right_name(self._catalogue, code)
        return self._titles.get(code, "") if table == TABLE else self._book.name(table, code)

    def entries(self, table: str, on: date | None = None) -> Sequence[tuple[str, str]]:
        """Return (code, name) of every row valid on the date."""
        return list(self._titles.items()) if table == TABLE else self._book.entries(table, on)

    def out_of_date(self, table: str, code: str, on: date) -> OutOfDate | None:
        """Return why ``code`` may not be used on the date; a document always may."""
        return None if table == TABLE else self._book.out_of_date(table, code, on)

    def former(self, table: str) -> Mapping[str, str]:
        """Return the names of codes that are not valid today."""
        return {} if table == TABLE else self._book.former(table)

    def nearest(self, table: str, text: str) -> tuple[str, ...]:
        """Return up to three names that look like ``text``."""
        return () if table == TABLE else self._book.nearest(table, text)

    def synonyms(self, table: str) -> Mapping[str, str]:
        """Return the enterprise's own words."""
        return {} if table == TABLE else self._book.synonyms(table)

    def old_code(self, table: str, code: str) -> str:
        """Return the 3-digit customs code of an alpha-3 country or currency, or ""."""
        return "" if table == TABLE else self._book.old_code(table, code)
