"""The code tables a screen needs, read generically, with the pinyin initials clerks narrow them by."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from bondesk.base.catalogue import Catalogue
from bondesk.base.options import options_of
from bondesk.desktop.context import Codes
from bondesk.engine.act import Act


def tables_of(catalogue: Catalogue) -> tuple[str, ...]:
    """Return the code tables any field or option of the catalogue names, sorted."""
    return tuple(sorted({table for table in _named_tables(catalogue) if table}))


def _named_tables(catalogue: Catalogue) -> Iterator[str]:
    for document in catalogue.documents:
        fields = [*document.list_fields, *document.head_fields]
        fields += [entry for table in document.lines for entry in table.fields]
        yield from (entry.table for entry in fields)
    declared: list[Any] = [script.options for script in catalogue.scripts]
    declared += [report.options for report in catalogue.reports]
    for options in declared:
        yield from (entry.table for entry in options_of(options))


def read_codes(act: Act) -> Codes:
    """Read every named table in code order, without initials yet: names are wanted at once, initials later."""
    codes = Codes()
    for table in tables_of(act.catalogue):
        codes.entries[table] = tuple((code, name, "") for code, name in sorted(act.codebook.entries(table)))
        codes.synonyms[table] = dict(act.codebook.synonyms(table))
        codes.former[table] = dict(act.codebook.former(table))
    return codes


def with_initials(codes: Codes, table: str) -> tuple[tuple[str, str, str], ...]:
    """Return the entries of one table with the pinyin of their names: initials, blank, syllables."""
    return tuple((code, name, sounds(name)) for code, name, _ in codes.entries[table])


def load_codes(act: Act) -> Codes:
    """Read every named table with the initials of every name; meant for a worker thread."""
    codes = read_codes(act)
    for table in codes.entries:
        codes.entries[table] = with_initials(codes, table)
    return codes


@cache
def initials(text: str) -> str:
    """Return the lower-case pinyin initials of ``text``; other letters and digits stay.

    >>> initials("千克"), initials("PE袋")
    ('qk', 'ped')
    """
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()


@cache
def sounds(text: str) -> str:
    """Return initials and syllables of ``text``, by which a look-up finds it.

    >>> sounds("千克")
    "qk qian'ke"
    """
    from pypinyin import lazy_pinyin

    syllables = "'".join(lazy_pinyin(text)).lower()
    return f"{initials(text)} {syllables}"
