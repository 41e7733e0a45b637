"""申报要素: what a commodity code asks to be declared, and the values of one part in that order. Pure.

A part keeps its values as the customs declaration writes them, joined by ``|`` in the order of its code's
elements (handbook 6.3, 17). Codes and their elements change every January, so values move by element name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SEPARATOR = "|"
#: Longest 规格型号 of a declaration, in bytes as customs counts them (a Chinese sign is 2; handbook 6.3).
MOST_BYTES = 255
#: Elements that may stay empty for any code.
OPTIONAL = frozenset({"GTIN", "CAS", "其他"})


@dataclass(frozen=True, slots=True)
class Element:
    """One element a code asks for; ``choices`` is a fixed list of (code, name) where customs has one."""

    name: str
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def required(self) -> bool:
        """Tell whether customs expects a value."""
        return self.name not in OPTIONAL


def element_names(declared: str) -> tuple[str, ...]:
    """Read the elements of a code (``index:name`` joined by ``|``) in the order of their index.

    >>> element_names("0:品牌类型|1:出口享惠情况|10:其他|2:用途")
    ('品牌类型', '出口享惠情况', '用途', '其他')
    """
    found = []
    for place, part in enumerate(filter(None, declared.split(SEPARATOR))):
        index, colon, name = part.partition(":")
        ordered = int(index) if colon and index.strip().isdigit() else place
        found.append((ordered, place, (name if colon else part).strip()))
    return tuple(name for _, _, name in sorted(found))


def values_of(text: str, count: int) -> list[str]:
    """Split a stored text into ``count`` values; a surplus stays with the last one, so that nothing is lost.

    >>> values_of("0|3|片式", 5), values_of("a|b|c", 2)
    (['0', '3', '片式', '', ''], ['a', 'b|c'])
    """
    if count <= 0:
        return []
    found = text.split(SEPARATOR, count - 1) if text else []
    return [value.strip() for value in found] + [""] * (count - len(found))


def spec_text(values: Sequence[str]) -> str:
    """Join values as the declaration's 规格型号; an entirely empty list is "".

    >>> spec_text(["0", "3", "", "ＴＤＫ", ""]), spec_text(["", ""])
    ('0|3||ＴＤＫ|', '')
    """
    return SEPARATOR.join(values) if any(values) else ""


def byte_length(text: str) -> int:
    """Count as customs does: a Chinese or full-width sign is two bytes (GB18030).

    >>> byte_length("0402 片式")
    9
    """
    return len(text.encode("gb18030", "replace"))


def carried_over(before: Sequence[str], after: Sequence[str], text: str) -> str:
    """Return the values of ``text`` (in the order ``before``) in the order ``after``, matched by element name.

    An element with a new name begins empty. Without a known order before, the values stay where they are.

    >>> carried_over(["品牌类型", "用途", "其他"], ["品牌类型", "材质", "用途", "其他"], "0|电源用|x")
    '0||电源用|x'
    """
    if not before or not after:
        return text
    known = dict(zip(before, values_of(text, len(before)), strict=True))
    return spec_text([known.get(name, "") for name in after])


def missing(elements: Sequence[str], text: str) -> tuple[str, ...]:
    """Return the elements customs expects that have no value; () while nothing is filled in at all."""
    if not text.replace(SEPARATOR, "").strip():
        return ()
    values = values_of(text, len(elements))
    return tuple(name for name, value in zip(elements, values, strict=True) if not value and name not in OPTIONAL)
