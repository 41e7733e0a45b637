"""Conditions of a list as a clerk reads them and as a saved view keeps them. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType
from bondesk.base.fields import Field
from bondesk.base.numbers import plain
from bondesk.desktop.cell_text import NameOf
from bondesk.desktop.list_columns import STATE_KEY, available_columns
from bondesk.engine.periods import PERIODS
from bondesk.engine.query import Condition

WORDS = {
    "contains": "包含",
    "excludes": "不包含",
    "begins": "开头是",
    "eq": "等于",
    "ne": "不等于",
    "ge": "不小于",
    "le": "不大于",
    "gt": "大于",
    "lt": "小于",
    "between": "介于",
    "in": "在列表中",
    "period": "在",
    "blank": "为空",
    "filled": "不为空",
}
#: What comparisons of days are called.
_DAYS = {**WORDS, "ge": "不早于", "le": "不晚于", "gt": "晚于", "lt": "早于", "eq": "是", "between": "在"}
_MOST_SHOWN = 3


def condition_text(document: DocumentType, condition: Condition, names: NameOf) -> str:
    """Write a condition as a chip shows it: ``品名 包含 电``."""
    column = next((one for one in available_columns(document) if one.key == condition.key), None)
    title, entry = (column.title, column.field) if column else (condition.key, None)
    days = entry is not None and entry.kind in (Kind.DATE, Kind.TIME)
    word = (_DAYS if days else WORDS).get(condition.op, condition.op)
    if condition.op in ("blank", "filled"):
        return f"{title} {word}"
    if condition.op == "period":
        return f"{title} {word} {PERIODS.get(condition.value, condition.value)}"
    if condition.op == "between":
        low, high = (value_text(document, entry, one, names) for one in condition.value)
        return f"{title} {word} {low} ~ {high}"
    if condition.op == "in":
        return f"{title} {_listed([value_text(document, entry, one, names) for one in condition.value])}"
    return f"{title} {word} {value_text(document, entry, condition.value, names)}"


def _listed(values: Sequence[str]) -> str:
    if len(values) == 1:
        return f"是 {values[0]}"
    more = f" 等 {len(values)} 个" if len(values) > _MOST_SHOWN else ""
    return f"是 {'、'.join(values[:_MOST_SHOWN])}{more}"


def value_text(document: DocumentType, entry: Field | None, value: Any, names: NameOf) -> str:
    """Write a value of a condition; ``entry`` is None for the state."""
    if entry is None:
        return document.flow.state(str(value)).title if document.flow.states else str(value)
    match value:
        case bool():
            return "是" if value else "否"
        case Decimal():
            return plain(value)
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
    if entry.choices:
        return entry.choice_name(str(value))
    return f"{value} {names(entry.table, str(value))}".rstrip() if entry.table else str(value)


def any_text(document: DocumentType, choice: Sequence[Condition], names: NameOf) -> str:
    """Write a group of which one condition must hold."""
    return " 或 ".join(condition_text(document, condition, names) for condition in choice)


def written(condition: Condition) -> dict[str, Any]:
    """Return a condition as JSON keeps it: exact numbers and days as text, read back by the field's kind."""
    return {"key": condition.key, "op": condition.op, "value": _plain(condition.value)}


def _plain(value: Any) -> Any:
    match value:
        case bool() | int() | None:
            return value
        case Decimal():
            return plain(value)
        case date():
            return value.isoformat()
        case tuple() | list():
            return [_plain(one) for one in value]
    return str(value)


def read_condition(document: DocumentType, kept: Any) -> Condition | None:
    """Read what :func:`written` wrote; None when its field does not exist any more or it is unreadable."""
    match kept:
        case {"key": str(key), "op": str(op), "value": value} if op in WORDS and key in _keys(document):
            return Condition(key, op, tuple(value) if isinstance(value, list) else value)
    return None


def _keys(document: DocumentType) -> set[str]:
    return {column.key for column in available_columns(document)}


def cell_condition(key: str, value: Any, op: str) -> Condition:
    """Return the condition "like this cell" or "not like it" (op eq or ne), for a moment its whole day."""
    if value is None or value == "":
        return Condition(key, "blank" if op == "eq" else "filled")
    if isinstance(value, datetime) and op == "eq":
        return Condition(key, "between", (value.date(), value.date()))
    if key == STATE_KEY and op == "eq":
        return Condition(key, "in", (value,))
    return Condition(key, op, value)
