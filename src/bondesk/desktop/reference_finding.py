"""Stored documents a clerk may mean by a few letters: by number, by name, by the pinyin of the name. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType
from bondesk.desktop.code_matching import sounds_like
from bondesk.desktop.codes_loading import sounds
from bondesk.engine.act import Act
from bondesk.engine.query import Condition, PageRow, Query, count, page

#: Rows a list shows at once.
MOST_FOUND = 20
#: Documents whose names are kept by pinyin; with more of them the newest ones are.
MOST_NAMES = 5_000
Found = tuple[str, str]


@dataclass
class KnownNames:
    """Numbers and names by pinyin, per kind of document; lives on the lane's thread only."""

    by_key: dict[str, tuple[int, list[tuple[str, str, str]]]] = field(default_factory=dict)


def name_key(document: DocumentType) -> str:
    """Return the attribute that names a document beside its number, "" when none does."""
    number = document.number[0].key
    texts = [
        entry
        for entry in document.list_fields
        if entry.kind is Kind.TEXT and not entry.choices and not entry.table and entry.key != number
    ]
    named = [entry.key for entry in texts if entry.key.endswith("name")]
    return (named or [entry.key for entry in texts] or [""])[0]


def find(act: Act, document: DocumentType, typed: str, known: KnownNames) -> list[Found]:
    """Return up to :data:`MOST_FOUND` (number, name), the likeliest first; the first by number for no text."""
    number, name = document.number[0].key, name_key(document)
    order = ((number, False),)

    def rows(*conditions: Condition) -> list[Found]:
        return _pairs(document, page(act, document, Query(conditions, order=order), 0, MOST_FOUND))

    typed = typed.strip()
    if not typed:
        return rows()
    found = dict(rows(Condition(number, "eq", typed)))
    found.update(rows(Condition(number, "begins", typed)))
    for key in filter(None, (name, number)):
        if len(found) < MOST_FOUND:
            found.update(dict(rows(Condition(key, "contains", typed))) | found)
    if len(found) < MOST_FOUND and name and typed.isascii() and typed.isalpha():
        found.update(_by_sound(act, document, typed.lower(), known) | found)
    return list(found.items())[:MOST_FOUND]


def find_any(act: Act, documents: Sequence[DocumentType], typed: str, known: KnownNames) -> list[Found]:
    """Return up to :data:`MOST_FOUND` (number, name) of several kinds: the likeliest of each in turn."""
    each = [find(act, document, typed, known) for document in documents]
    mixed = (one for likely in zip_longest(*each) for one in likely if one is not None)
    return list(dict(mixed).items())[:MOST_FOUND]


def _by_sound(act: Act, document: DocumentType, typed: str, known: KnownNames) -> dict[str, str]:
    total = count(act, document, Query())
    kept = known.by_key.get(document.key)
    if kept is None or kept[0] != total:
        pairs = _pairs(document, page(act, document, Query(), 0, MOST_NAMES))
        kept = known.by_key[document.key] = (total, [(number, name, sounds(name)) for number, name in pairs])
    heard = []
    for number, name, sound in kept[1]:
        initials, _, syllables = sound.partition(" ")
        if initials.startswith(typed) or sounds_like(syllables, typed):
            heard.append((initials != typed, len(name), number, name))
    heard.sort()
    return {number: name for _, _, number, name in heard[:MOST_FOUND]}


def _pairs(document: DocumentType, rows: list[PageRow]) -> list[Found]:
    keys = [entry.key for entry in document.list_fields]
    number, name = keys.index(document.number[0].key), name_key(document)
    place = keys.index(name) if name else -1
    return [(str(row.values[number]), str(row.values[place] or "") if name else "") for row in rows]
