"""What a condition and a sort key of a list mean in SQL: the same rows in the same order on both databases.

Texts match without regard to the case of A–Z and sort by code point; what is empty is smallest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, Text, and_, case, false, not_, or_

from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType
from bondesk.base.errors import WrongCall
from bondesk.base.fields import Field, field_of
from bondesk.base.readings import Unreadable, read_date, read_integer, read_number, read_yes_no
from bondesk.engine.act import Act
from bondesk.engine.periods import PERIODS, period

#: The pseudo attribute every document with a flow has.
STATE = "state"
#: Values one 在列表中 may hold: what every database takes as parameters of one statement.
MOST_VALUES = 10_000
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Condition:
    """One filter: attribute key, operator and value.

    ``op``: eq, ne, contains, excludes, begins, ge, le, gt, lt, between (value a pair), in (value a
    sequence), period (value a word of :data:`bondesk.engine.periods.PERIODS`), blank, filled.
    What is empty is not equal to anything and contains nothing, so ne and excludes find it.
    """

    key: str
    op: str
    value: Any = None


class Clauses:
    """Writes conditions and order of one document's list for the database of an act."""

    def __init__(self, act: Act, document: DocumentType) -> None:
        """Write for ``document``; words such as 本月 count from the act's day."""
        self._document = document
        self._today = act.now().date()
        self.postgres = act.session.get_bind().dialect.name == "postgresql"

    def like(self, attribute: Any, text: str, *, within: bool) -> ColumnElement[bool]:
        """Match texts that hold (or begin with) ``text``; SQLite's LIKE folds A–Z only, and so does collation C."""
        escaped = text.replace("/", "//").replace("%", "/%").replace("_", "/_")
        mask = f"{'%' if within else ''}{escaped}%"
        found: ColumnElement[bool] = (
            attribute.collate("C").ilike(mask, escape="/") if self.postgres else attribute.like(mask, escape="/")
        )
        return found

    def order(self, key: str, descending: bool) -> Any:
        """Return the ORDER BY element of a sort key; states follow the flow, not their codes."""
        attribute = attribute_of(self._document, key)
        if key == STATE:
            places = {state.key: place for place, state in enumerate(self._document.flow.states)}
            element: Any = case(places, value=attribute, else_=len(places))
            return element.desc() if descending else element.asc()
        if self.postgres and is_text(attribute):
            attribute = attribute.collate("C")
        element = attribute.desc() if descending else attribute.asc()
        if not self.postgres:  # SQLite puts NULL where we want it, and only so uses its indexes
            return element
        return element.nulls_last() if descending else element.nulls_first()

    def clause(self, condition: Condition) -> ColumnElement[bool]:
        """Return the WHERE element of a condition; ``WrongCall`` for an unknown field, operator or value."""
        attribute = attribute_of(self._document, condition.key)
        match condition.op:
            case "contains" | "excludes" | "begins":
                return self._text_clause(attribute, condition)
            case "in":
                return self._in_clause(attribute, condition)
            case "blank" | "filled":
                return blank(attribute) if condition.op == "blank" else not_(blank(attribute))
            case "between":
                return self._between(condition.key, attribute, *condition.value)
            case "period":
                if condition.value not in PERIODS:
                    raise WrongCall(f"不认识的期间 {condition.value}；可用：{'、'.join(PERIODS)}")
                return self._between(condition.key, attribute, *period(condition.value, self._today))
            case "eq" | "ne" | "ge" | "le" | "gt" | "lt":
                return self._compared(attribute, condition)
            case other:
                raise WrongCall(f"不认识的筛选方式 {other}")

    def _compared(self, attribute: Any, condition: Condition) -> ColumnElement[bool]:
        value = typed_value(self._document, condition.key, condition.value)
        if condition.op in {"eq", "ne"} and (value is None or value == ""):
            return blank(attribute) if condition.op == "eq" else not_(blank(attribute))
        if self.postgres and is_text(attribute) and condition.op not in {"eq", "ne"}:
            attribute = attribute.collate("C")
        found: ColumnElement[bool] = getattr(attribute, f"__{condition.op}__")(value)
        return or_(found, attribute.is_(None)) if condition.op == "ne" else found

    def _text_clause(self, attribute: Any, condition: Condition) -> ColumnElement[bool]:
        if not is_text(attribute):
            raise WrongCall(f"「{label_of(self._document, condition.key)}」不是文字，不能按包含筛选")
        found = self.like(attribute, str(condition.value), within=condition.op != "begins")
        return or_(not_(found), attribute.is_(None)) if condition.op == "excludes" else found

    def _in_clause(self, attribute: Any, condition: Condition) -> ColumnElement[bool]:
        values = [typed_value(self._document, condition.key, one) for one in condition.value]
        if len(values) > MOST_VALUES:
            raise WrongCall(
                f"「{label_of(self._document, condition.key)}」列出了 {len(values)} 个值，最多 {MOST_VALUES}"
            )
        found: ColumnElement[bool] = attribute.in_(values) if values else false()
        return found

    def _between(self, key: str, attribute: Any, low: Any, high: Any) -> ColumnElement[bool]:
        """Both ends belong to it; a moment of time belongs to its whole day."""
        first, last = typed_value(self._document, key, low), typed_value(self._document, key, high)
        if label_kind(self._document, key) is Kind.TIME and isinstance(last, date) and not isinstance(last, datetime):
            first = datetime.combine(first, time()) if not isinstance(first, datetime) else first
            found: ColumnElement[bool] = and_(attribute >= first, attribute < datetime.combine(last + _DAY, time()))
            return found
        within: ColumnElement[bool] = attribute.between(first, last)
        return within


def is_text(attribute: Any) -> bool:
    """Tell whether an attribute holds texts."""
    return isinstance(attribute.type, String | Text)


def blank(attribute: Any) -> ColumnElement[bool]:
    """Return the clause "nothing stands here"."""
    missing: ColumnElement[bool] = attribute.is_(None)
    return or_(attribute == "", missing) if is_text(attribute) else missing


def attribute_of(document: DocumentType, key: str) -> Any:
    """Return the mapped attribute ``key`` of a head; ``WrongCall`` names those there are."""
    attribute = getattr(document.header, key, None)
    if attribute is None or not hasattr(attribute, "property") or not hasattr(attribute.property, "columns"):
        known = "、".join(entry.key for entry in available_fields(document))
        raise WrongCall(f"「{document.title}」没有字段 {key}；可用：{known}")
    return attribute


def available_fields(document: DocumentType) -> tuple[Field, ...]:
    """Return every field a list may show and filter: the declared columns, then the other head fields."""
    found = {entry.key: entry for entry in (*document.list_fields, *document.head_fields)}
    return tuple(found.values())


def _field(document: DocumentType, key: str) -> Field | None:
    try:
        return field_of(attribute_of(document, key))
    except LookupError:
        return None


def label_of(document: DocumentType, key: str) -> str:
    """Return what a clerk calls attribute ``key``."""
    entry = _field(document, key)
    return entry.label if entry is not None else "状态" if key == STATE else key


def label_kind(document: DocumentType, key: str) -> Kind | None:
    """Return the kind of attribute ``key``, None when it has no label."""
    entry = _field(document, key)
    return entry.kind if entry is not None else None


_READERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.DATE: read_date,
    Kind.YESNO: read_yes_no,
    Kind.INTEGER: read_integer,
}


def typed_value(document: DocumentType, key: str, value: Any) -> Any:
    """Turn a text into the type of attribute ``key``; ``WrongCall`` when it cannot be read.

    Names of choices and states stand for their codes; a moment of time may be given as a day.
    """
    if not isinstance(value, str):
        return value
    entry = _field(document, key)
    if entry is None:
        return _code(((state.key, state.title) for state in document.flow.states), value) if key == STATE else value
    try:
        if entry.kind is Kind.TIME:
            return read_moment(value)
        if entry.kind in _READERS:
            return _READERS[entry.kind](value)
        if entry.numeric:
            return read_number(value)
    except Unreadable as problem:
        raise WrongCall(f"「{entry.label}」的值“{value}”：{problem}") from problem
    return _code(entry.choices, value)


def _code(choices: Any, value: str) -> str:
    by_name: dict[str, str] = {name: code for code, name in choices}
    return by_name.get(value, value)


def read_moment(text: str) -> datetime | date | None:
    """Read a moment of time (ISO), or a day."""
    try:
        return datetime.fromisoformat(text) if "T" in text or ":" in text else read_date(text)
    except ValueError:
        return read_date(text)


def one_of(clauses: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Join clauses of which one must hold; nothing holds when there are none."""
    return or_(false(), *clauses)
