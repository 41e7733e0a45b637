"""Conditions written as words, as the command line takes them: ``field=value``, ``field>=value``, ``field~text``."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bondesk.base.errors import WrongCall
from bondesk.engine.query import Condition

#: The signs, longest first, with what they ask (see :class:`~bondesk.engine.query.Condition`).
SIGNS = {">=": "ge", "<=": "le", "!=": "ne", "!~": "excludes", "=": "eq", ">": "gt", "<": "lt", "~": "contains"}
_WORD = re.compile(rf"([^=<>~!]+?)\s*({'|'.join(map(re.escape, SIGNS))})\s*(.*)", re.DOTALL)


def read_conditions(words: Iterable[str]) -> tuple[Condition, ...]:
    """Read words in their order; all must hold. ``WrongCall`` names a word without field or sign.

    ``field=`` finds what is empty, ``field!=`` what is filled.

    >>> [(one.key, one.op, one.value) for one in read_conditions(["item_no>=3", "name~电容", "state=", "spec!~a=b"])]
    [('item_no', 'ge', '3'), ('name', 'contains', '电容'), ('state', 'eq', ''), ('spec', 'excludes', 'a=b')]
    """
    return tuple(_condition(word) for word in words)


def _condition(word: str) -> Condition:
    found = _WORD.fullmatch(word.strip())
    if found is None:
        raise WrongCall(f"“{word}”不是条件的写法；可用：{'、'.join(f'字段{sign}值' for sign in SIGNS)}")
    key, sign, value = found.groups()
    if not value and SIGNS[sign] not in ("eq", "ne"):
        raise WrongCall(f"“{word}”没有写出要比较的值")
    return Condition(key.strip(), SIGNS[sign], value)
