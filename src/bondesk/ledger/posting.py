"""Postings and the signs they carry (handbook 5.6, 8.4). Pure.

A posting is immutable and names its document and line. A correction is a reversing posting: the same
values, ``reversal`` set, counted with the opposite sign. What corrects a closed period is dated in the open one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bondesk.base.errors import Refused


class Stage(StrEnum):
    """How final a posting is: 预核扣 or 已核扣."""

    RESERVED = "reserved"
    POSTED = "posted"


@dataclass(frozen=True, slots=True)
class Posting:
    """One movement of one item of a book.

    ``term`` is ``in_out`` for materials and ``consume`` for products (declared product quantity, exploded
    when read). ``quantity`` is the declared quantity (5 decimals, unsigned), ``effect`` -1 or +1 as the
    sign table says, ``amount`` the declared total in ``currency``. ``corrects`` is the day of a closed period a
    posting of the open one stands for.
    """

    record_no: str
    goods_flag: str
    item_no: int
    uc_version: str
    mode: str
    ie_flag: str
    term: str
    business_date: date
    stage: Stage
    quantity: Decimal
    effect: int
    amount: Decimal
    currency: str
    document_key: str
    document_no: str
    document_id: int
    line_id: int
    line_no: int
    reversal: bool = False
    corrects: date | None = None

    @property
    def signed(self) -> Decimal:
        """Return the quantity with its sign in the ledger."""
        return self.quantity * (-self.effect if self.reversal else self.effect)


@dataclass(frozen=True, slots=True)
class Only:
    """Which postings a reader needs, so that a long ledger is not read for a few; None and "" = whatever there is."""

    goods_flag: str = ""
    items: frozenset[int] | None = None
    modes: frozenset[str] | None = None
    documents: frozenset[int] | None = None

    def holds(self, one: Posting) -> bool:
        """Tell whether a posting is needed."""
        return (
            self.goods_flag in {"", one.goods_flag}
            and (self.items is None or one.item_no in self.items)
            and (self.modes is None or one.mode in self.modes)
            and (self.documents is None or one.document_id in self.documents)
        )


EVERY = Only()


@dataclass(frozen=True, slots=True)
class Effect:
    """One row of the sign table: effect on 进出口总数 and on 消耗; ``manual_*`` as the manual prints it.

    It holds from ``valid_from`` to ``valid_to``, both included; None = without bound.
    """

    mode: str
    goods_flag: str
    ie_flag: str
    in_out: int
    consume: int
    manual_in_out: int | None = None
    manual_consume: int | None = None
    source: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    def valid(self, day: date) -> bool:
        """Tell whether the row holds on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class EffectTable:
    """The sign table with its two switches (handbook 8.4), read as it is on a business day.

    ``exchange_sign`` MANUAL takes the printed sign of 成品退换 (4600); ``strict_manual_formula`` drops every
    row the manual does not print.
    """

    def __init__(
        self, effects: Iterable[Effect], exchange_sign: str = "PHYSICAL", strict_manual_formula: bool = False
    ) -> None:
        """Index the effects once."""
        self._rows: dict[tuple[str, str, str], list[Effect]] = defaultdict(list)
        for row in effects:
            self._rows[row.mode, row.goods_flag, row.ie_flag].append(row)
        for rows in self._rows.values():
            rows.sort(key=lambda row: row.valid_from or date.min)
        self._manual_exchange = exchange_sign == "MANUAL"
        self._strict = strict_manual_formula

    @property
    def rows(self) -> Sequence[Effect]:
        """Return every row of every period."""
        return [row for rows in self._rows.values() for row in rows]

    def effect(self, mode: str, goods_flag: str, ie_flag: str, day: date | None = None) -> tuple[int, int]:
        """Return the effect on (进出口总数, 消耗) on a day, of the newest period without one.

        A combination that is unknown, or not known on that day, stops with NOTE-08.
        """
        rows = self._rows.get((mode, goods_flag, ie_flag), [])
        row = next((one for one in reversed(rows) if day is None or one.valid(day)), None)
        if row is None:
            raise Refused(unknown(mode, goods_flag, ie_flag, day, rows), "NOTE-08")
        if self._strict and row.manual_in_out is None and row.manual_consume is None:
            return 0, 0
        if self._manual_exchange and row.source == "M!":
            return row.manual_in_out or 0, row.manual_consume or 0
        return row.in_out, row.consume

    def writeoff_mode(self, mode: str, goods_flag: str, ie_flag: str, day: date | None = None) -> str:
        """Return D 正扣 when the ledger moves with the direction, F 反扣 against it, N when not at all.

        A product that comes back reduces what was exported: 反扣, though its material returns (handbook 8.4).
        """
        in_out, consume = self.effect(mode, goods_flag, ie_flag, day)
        if (in_out if goods_flag == "I" else consume) == 0:
            return "N"
        if goods_flag == "I":
            return "D" if in_out == (1 if ie_flag == "I" else -1) else "F"
        return "D" if ie_flag == "E" and consume == 1 else "F"


def unknown(mode: str, goods_flag: str, ie_flag: str, day: date | None, rows: Sequence[Effect] = ()) -> str:
    """Say that nobody knows what a combination does to the ledger on a day, when it is known, and what to do."""
    goods, way = ("料件" if goods_flag == "I" else "成品"), ("进口" if ie_flag == "I" else "出口")
    when = f"在 {day} " if day is not None else ""
    known = "、".join(f"{row.valid_from or '最早'} 至 {row.valid_to or '今后'}" for row in rows)
    only = f"（符号表只有 {known} 的规定）" if known else ""
    advice = "请核对监管方式与清单申报日期；确有此业务的，先更新海关参数「监管方式对账册的影响」"
    return f"监管方式 {mode}（{goods}{way}）{when}对底账的影响未定义{only}，不能记账。{advice}"


def changes(existing: Iterable[Posting], desired: Iterable[Posting]) -> Sequence[Posting]:
    """Return the reversals and new postings that turn what stands into what should stand.

    Empty when both are equal; what stands is ``existing`` less what its reversals took back. What stands keeps the
    sign it was posted with: another sign table never changes what is posted (handbook 8.4).
    """
    standing: Counter[Posting] = Counter()
    for posting in existing:
        plain = replace(posting, reversal=False, business_date=posting.corrects or posting.business_date, corrects=None)
        standing[plain] += -1 if posting.reversal else 1
    if not standing:
        return tuple(one for one in desired if one.effect)
    wanted = Counter(_signed_as_posted(standing, desired))
    reversed_ones = [replace(posting, reversal=True) for posting in (standing - wanted).elements()]
    return (*reversed_ones, *(wanted - standing).elements())


def _signed_as_posted(standing: Counter[Posting], desired: Iterable[Posting]) -> Iterator[Posting]:
    """Return what is desired with the effect of its standing twin; what has no effect and no twin is left out."""
    left = +standing
    signed: dict[Posting, list[Posting]] = defaultdict(list)
    for one in left:
        signed[replace(one, effect=0)].append(one)
    for one in desired:
        twins = [twin for twin in signed.get(replace(one, effect=0), ()) if left[twin] > 0]
        kept = next((twin for twin in twins if twin == one), twins[0] if twins else one)
        left[kept] -= 1
        if kept.effect:
            yield kept
