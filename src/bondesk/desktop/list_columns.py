"""The columns of a list: which there are, how they are headed, how wide they begin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bondesk.base.documents import DocumentType
from bondesk.base.fields import Field
from bondesk.desktop import style
from bondesk.desktop.context import Codes
from bondesk.engine.clauses import available_fields
from bondesk.engine.query import STATE

STATE_KEY = STATE


@dataclass(frozen=True, slots=True)
class ListColumn:
    """One column: attribute key, heading, width in pixels, and the field (None for the state)."""

    key: str
    title: str
    width: int
    field: Field | None = None

    @property
    def right(self) -> bool:
        """Tell whether the column's values align right."""
        return self.field is not None and self.field.numeric and not self.field.choices


def available_columns(document: DocumentType) -> tuple[ListColumn, ...]:
    """Return every column a list may show: the state, the declared ones, the other head fields."""
    state = [ListColumn(STATE_KEY, "状态", 96)] if document.flow.states else []
    fields = available_fields(document)
    return (*state, *map(column_of, fields))


def column_of(entry: Field) -> ListColumn:
    """Return the column of a field, as wide as its values want."""
    return ListColumn(entry.key, entry.label, _width(entry), entry)


def declared_keys(document: DocumentType) -> tuple[str, ...]:
    """Return the keys of the columns a list shows until the user says otherwise."""
    state = (STATE_KEY,) if document.flow.states else ()
    return (*state, *(attribute.key for attribute in document.list_columns))


def columns_of(document: DocumentType, keys: Sequence[str] = ()) -> tuple[ListColumn, ...]:
    """Return the columns named by ``keys`` (those there are not are left out), or the declared ones."""
    known = {column.key: column for column in available_columns(document)}
    return tuple(known[key] for key in keys or declared_keys(document) if key in known)


def _width(entry: Field) -> int:
    names = [len(name) for _, name in entry.choices]
    characters = 2 * max(names) if names else entry.width + (4 if entry.table else 0)
    return max(characters, 2 * len(entry.label) + 3) * style.CHARACTER + 16


def written_widths(columns: Iterable[tuple[str, int]]) -> str:
    """Write shown columns with their widths as the layout file keeps them.

    >>> written_widths([("part_no", 120), ("state", 96)]), read_widths("part_no:120 x:y state:96")
    ('part_no:120 state:96', {'part_no': 120, 'state': 96})
    """
    return " ".join(f"{key}:{width}" for key, width in columns)


def read_widths(text: str) -> dict[str, int]:
    """Read what :func:`written_widths` wrote; what is unreadable is left out."""
    pairs = (word.split(":") for word in text.split())
    return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2 and pair[1].isdigit()}


class CodeNames:
    """Names of codes by table, indexed at first use; :meth:`forget` after the tables were loaded anew."""

    def __init__(self, codes: Codes) -> None:
        """Look up in ``codes``."""
        self._codes = codes
        self._tables: dict[str, dict[str, str]] = {}

    def __call__(self, table: str, code: str) -> str:
        """Return the Chinese name of ``code``, or ""."""
        if table not in self._tables:
            present = {entry[0]: entry[1] for entry in self._codes.entries.get(table, ())}
            self._tables[table] = {**self._codes.former.get(table, {}), **present}
        return self._tables[table].get(code, "")

    def forget(self) -> None:
        """Index the tables again when next asked."""
        self._tables.clear()
