"""What a release changed in a code, as a clerk reads it: only the columns that differ, by their Chinese titles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_TITLES = {
    "name": "名称",
    "valid_from": "生效日期",
    "valid_to": "失效日期",
    "confidence": "可信度",
    "legal_unit1": "法定第一单位",
    "legal_unit2": "法定第二单位",
    "supervision_condition": "监管条件",
    "elements": "申报要素",
    "aliases": "别名",
    "old_code": "旧代码",
    "full_name": "全称",
    "alpha2": "二位代码",
    "note": "说明",
}
_KEYS = frozenset({"table_name", "code", "hs_code", "name", "valid_from"})


def in_words(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, str]:
    """Return the former and the new values of what differs, ``标题：值`` joined by ``；``.

    A code that was not there before says only what its own columns (code, name, start) do not say already.
    """
    old, new = _flat(before), _flat(after)
    keys = [key for key in new if (key not in _KEYS if not before else old.get(key, "") != new[key])]
    return _said(keys, old) if before else "", _said([key for key in keys if new[key] or before], new)


def _flat(values: Mapping[str, Any]) -> dict[str, str]:
    return dict(_pairs(values))


def _pairs(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from ((str(key), str(one)) for key, one in value.items())
        else:
            yield name, "" if value is None else str(value)


def _said(keys: list[str], values: Mapping[str, str]) -> str:
    return "；".join(f"{_TITLES.get(key, key)}：{values.get(key) or '（空）'}" for key in keys)
