"""Finding a customs code by what a clerk types: code, Chinese name, pinyin, the enterprise's own word. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bondesk.desktop.context import Codes

Entry = tuple[str, str, str]
#: Rows a list of codes shows at once; who wants another types one more letter.
MOST_MATCHES = 200
#: Codes remembered per field as used lately.
MOST_RECENT = 20


class KnownCodes:
    """The code tables of a window, indexed at first use and again whenever a table was loaded anew."""

    def __init__(self, codes: Codes) -> None:
        """Look up in ``codes``, which may be filled later."""
        self._codes = codes
        self._indexes: dict[str, tuple[Sequence[Entry], dict[str, str], dict[str, str]]] = {}
        self.recent: dict[str, list[str]] = {}
        #: Called after a code was taken.
        self.taken: Callable[[], object] = lambda: None

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
        return self._index(table)[0].get(code, "") or self._codes.former.get(table, {}).get(code, "")

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

    def used(self, field: str, code: str) -> None:
        """Remember that ``code`` was taken in a field."""
        recent = self.recent.setdefault(field, [])
        if code in recent:
            recent.remove(code)
        recent.insert(0, code)
        del recent[MOST_RECENT:]
        self.taken()

    def remember(self, kept: Mapping[str, Sequence[str]]) -> None:
        """Put what was taken in earlier sessions behind what was taken meanwhile."""
        for field, codes in kept.items():
            self.recent[field] = list(dict.fromkeys([*self.recent.get(field, ()), *codes]))[:MOST_RECENT]

    def matches(self, table: str, typed: str, field: str = "") -> list[tuple[str, str]]:
        """Return (code, name) of what ``typed`` may mean, the likeliest first; all when nothing is typed.

        Among equally likely ones those taken lately in ``field`` come first.
        """
        entries = self._codes.entries.get(table, ())
        lately = {code: place for place, code in enumerate(self.recent.get(field, ()))}
        wanted = typed.strip().lower()
        own = self._own_words(table, wanted) if wanted else {}
        ranked = []
        for place, entry in enumerate(entries):
            rank = min(_rank(entry, wanted), own.get(entry[0], _NONE)) if wanted else 0
            if rank < _NONE:
                ranked.append((rank, lately.get(entry[0], MOST_RECENT), place))
        ranked.sort()
        return [entries[place][:2] for _, _, place in ranked[:MOST_MATCHES]]

    def _own_words(self, table: str, wanted: str) -> Mapping[str, int]:
        """Return the codes whose enterprise word resembles what was typed, with the rank of the best word."""
        found: dict[str, int] = {}
        for word, code in self._codes.synonyms.get(table, {}).items():
            own = word.lower()
            rank = 0 if own == wanted else 3 if own.startswith(wanted) else _NONE
            if rank < found.get(code, _NONE):
                found[code] = rank
        return found


_NONE = 99


def _rank(entry: Entry, wanted: str) -> int:
    """Return how good a match is (0 best), a great number for none."""
    code, name = entry[0].lower(), entry[1].lower()
    initials, _, syllables = entry[2].partition(" ")
    tests = (
        code == wanted or name == wanted,
        code.startswith(wanted),
        initials == wanted,
        name.startswith(wanted),
        initials.startswith(wanted),
        syllables.replace("'", "").startswith(wanted),
        wanted in name,
        sounds_like(syllables, wanted),
        wanted in code,
        wanted in initials,
    )
    return next((rank for rank, holds in enumerate(tests) if holds), _NONE)


def sounds_like(syllables: str, wanted: str) -> bool:
    """Tell whether a name in pinyin (syllables parted by ``'``) has a syllable from which on it reads ``wanted``.

    >>> sounds_like("qian'ke", "qiank"), sounds_like("mei'yuan", "yuan"), sounds_like("qian'ke", "ianke")
    (True, True, False)
    """
    if not syllables or not wanted:
        return False
    parts = syllables.split("'")
    return any("".join(parts[start:]).startswith(wanted) for start in range(len(parts)))
