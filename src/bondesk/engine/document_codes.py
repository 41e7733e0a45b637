"""The code table ``document``: documents by their titles, so that settings can name one as any code is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bondesk.base.catalogue import Catalogue
from bondesk.base.codebook import CodeBook

TABLE = "document"


class WithDocuments:
    """A code book that also knows the documents of the catalogue."""

    def __init__(self, book: CodeBook, catalogue: Catalogue) -> None:
        """Answer ``document`` from ``catalogue``, everything else from ``book``."""
        self._book = book
        self._titles = {document.key: document.title for document in catalogue.documents}

    def read(self, table: str, text: str) -> str | None:
        """Return the code ``text`` stands for; a document by key or title."""
        if table != TABLE:
            return self._book.read(table, text)
        return next((key for key, title in self._titles.items() if text in (key, title)), None)

    def name(self, table: str, code: str) -> str:
        """Return the Chinese name of ``code``, or ""."""
        return self._titles.get(code, "") if table == TABLE else self._book.name(table, code)

    def entries(self, table: str, on: date | None = None) -> Sequence[tuple[str, str]]:
        """Return (code, name) of every row valid on the date."""
        return list(self._titles.items()) if table == TABLE else self._book.entries(table, on)

    def nearest(self, table: str, text: str) -> tuple[str, ...]:
        """Return up to three names that look like ``text``."""
        return () if table == TABLE else self._book.nearest(table, text)

    def synonyms(self, table: str) -> Mapping[str, str]:
        """Return the enterprise's own words."""
        return {} if table == TABLE else self._book.synonyms(table)

    def old_code(self, table: str, code: str) -> str:
        """Return the 3-digit customs code of an alpha-3 country or currency, or ""."""
        return "" if table == TABLE else self._book.old_code(table, code)
