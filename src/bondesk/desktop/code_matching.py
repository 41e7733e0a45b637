"""Finding a customs code by what a clerk types: code, Chinese name, pinyin initials. No Qt."""

from __future__ import annotations

from collections.abc import Sequence

from bondesk.desktop.context import Codes

Entry = tuple[str, str, str]
#: Rows a list of codes shows at once; who wants another types one more letter.
MOST_MATCHES = 200


class KnownCodes:
    """The code tables of a window, indexed at first use and again whenever a table was loaded anew."""

    def __init__(self, codes: Codes) -> None:
        """Look up in ``codes``, which may be filled later."""
        self._codes = codes
        self._indexes: dict[str, tuple[Sequence[Entry], dict[str, str], dict[str, str]]] = {}

    def _index(self, table: str) -> tuple[dict[str, str], dict[str, str]]:
        """Return names by code and codes by name of one table."""
        entries = self._codes.entries.get(table, ())
        kept = self._indexes.get(table)
        if kept is None or kept[0] is not entries:
            names = {code: name for code, name, _ in entries}
            by_name = {name: code for code, name, _ in reversed(entries)}
            kept = self._indexes[table] = (entries, names, by_name)
        return kept[1], kept[2]

    def name(self, table: str, code: str) -> str:
        """Return the Chinese name of ``code``, or ""."""
        return self._index(table)[0].get(code, "")

    __call__ = name

    def exact(self, table: str, text: str) -> str | None:
        """Return the code ``text`` stands for beyond doubt: own word, code, name; None when it is none."""
        names, by_name = self._index(table)
        own = self._codes.synonyms.get(table, {}).get(text)
        if own is not None:
            return own
        if text in names:
            return text
        if text.upper() in names:
            return text.upper()
        return by_name.get(text)

    def matches(self, table: str, typed: str) -> list[tuple[str, str]]:
        """Return (code, name) of what ``typed`` may mean, the likeliest first; all when nothing is typed."""
        entries = self._codes.entries.get(table, ())
        wanted = typed.strip().lower()
        if not wanted:
            return [(code, name) for code, name, _ in entries[:MOST_MATCHES]]
        ranked = [(rank, place) for place, entry in enumerate(entries) if (rank := _rank(entry, wanted)) is not None]
        ranked.sort()
        return [entries[place][:2] for _, place in ranked[:MOST_MATCHES]]


def _rank(entry: Entry, wanted: str) -> int | None:
    """Return how good a match is (0 best), None for none."""
    code, name, initials = entry[0].lower(), entry[1].lower(), entry[2]
    tests = (
        code == wanted or name == wanted,
        code.startswith(wanted),
        initials == wanted,
        name.startswith(wanted),
        initials.startswith(wanted),
        wanted in name,
        wanted in code,
        wanted in initials,
    )
    return next((rank for rank, holds in enumerate(tests) if holds), None)
